"""Do 95 % intervals hold the truth 95 times in 100? On cost and risk as simulated."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.report import Row

Floats = npt.NDArray[np.float64]
N_TRUTH, N_EXPERIMENTS = 200_000, 4000
SIZES = (100, 400, 1000)
LOWEST, HIGHEST = 0.93, 0.97
# From so many futures on a difference is shown for one order.
LEAST_SHOWN = 1000
_AT_ONCE = 20_000
N_SERIES, SERIES_LENGTH = 2000, 91


def coverage(pairs: Floats, n: int, verdict: Callable[..., object], seed: int = 1) -> float:
    """Return how often the interval of n pairs holds the mean difference of all pairs.

    Args:
        pairs: Every pair, shape [2, n_truth]; experiments draw from it with replacement, so its
            own mean is exactly the truth.
        n: Pairs of an experiment.
        verdict: Verdict.from_pairs or Verdict.from_shares.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    truth = float((pairs[0] - pairs[1]).mean())
    held = 0
    for _ in range(N_EXPERIMENTS):
        found = verdict(*pairs[:, rng.integers(0, pairs.shape[1], n)])
        held += found.low - 1e-12 <= truth <= found.high + 1e-12
    return held / N_EXPERIMENTS


def rows() -> list[Row]:
    """Take one item of each kind of demand of the sample, at its reorder point."""
    with tempfile.TemporaryDirectory(prefix="quartermaster-bench-") as home:
        return [row for kind in _items(Path(home)) for row in _rows_of(*kind)]


def _items(home: Path) -> Iterator[tuple[str, object, object]]:
    """Yield kind of demand, problem and (s, S) of the first item of each kind."""
    from core.services.assortment import build_assortment
    from core.services.baselines import fitted_baseline
    from core.services.importing import load_sample
    from core.services.workspace import load_plan_data
    from core.store import open_store

    store = open_store(home)
    load_sample(store)
    data = load_plan_data(store)
    assert data is not None
    assortment = build_assortment(data, store)
    policy = fitted_baseline(assortment, store=store)
    seen: set[str] = set()
    for row, plan in enumerate(assortment.planned):
        if plan.demand_class not in seen:
            seen.add(plan.demand_class)
            yield f"{plan.key.label}, {plan.demand_class}", plan.problem, policy.select([row])
    store.close()


def _rows_of(name: str, problem: object, policy: object) -> Iterator[Row]:
    from core.domain import Verdict

    cost, risk = _double_order(problem, policy)
    for what, pairs, verdict in (
        ("cost", cost, Verdict.from_pairs),
        ("risk of running out", risk, Verdict.from_shares),
    ):
        found = {n: coverage(pairs, n, verdict) for n in SIZES}
        yield _row(f"{name}: {what}, a double order against a single one", found, pairs)
    yield _series_row(name, problem, policy)


def _row(what: str, found: dict[int, float], pairs: Floats) -> Row:
    shown = found[LEAST_SHOWN]
    difference = pairs[0] - pairs[1]
    spread = max(float(difference.std()), 1e-12)
    skew = float(((difference - difference.mean()) ** 3).mean()) / spread**3
    return Row(
        what,
        f"{LOWEST:.0%} to {HIGHEST:.0%} with {LEAST_SHOWN:,} futures",
        ", ".join(f"{n:,} futures {share:.1%}" for n, share in found.items()),
        LOWEST <= shown <= HIGHEST,
        f"{N_EXPERIMENTS:,} experiments drawn from {N_TRUTH:,} futures; mean difference "
        f"{difference.mean():.4g}, sd {spread:.4g}, skewness {skew:.1f}, "
        f"{np.mean(difference != 0):.2%} of futures differ",
    )


def _double_order(problem: object, policy: object) -> tuple[Floats, Floats]:
    """Return cost and running out of a double and a single order, shape [2, n_truth] each."""
    from core.domain import Period
    from core.explain import Situation, futures_of

    numbers = policy.parameters_of(0)
    level = numbers["reorder_point"]
    rules = problem.rules
    order = max(numbers["order_up_to_level"] - level, rules.pack_size, rules.min_order)
    today = Situation(problem, level, (), Period.DAY)
    cost, risk = [], []
    for seed in range(8000, 8000 + N_TRUTH // _AT_ONCE):
        both, _ = futures_of(
            today,
            (2 * order, order),
            policy,
            n_futures=_AT_ONCE,
            seed=seed,
        )
        cost.append([each.cost for each in both])
        risk.append([each.ran_out for each in both])
    return np.concatenate(cost, axis=1), np.concatenate(risk, axis=1)


def _series_row(name: str, problem: object, policy: object) -> Row:
    """Judge block intervals on one series of the back-test's length at a time."""
    from core.evaluation import block_length, block_verdict
    from core.policies import fit_policy
    from core.simulator import SingleItemSystem, draw_scenario, trajectory

    other = fit_policy("base_stock", [problem])
    system = SingleItemSystem([problem], N_SERIES)
    warm_up = 100
    drawn = draw_scenario([problem], N_SERIES, warm_up + SERIES_LENGTH, 8500)
    costs = [
        trajectory(system, each.act, drawn).cost[warm_up:].double().numpy()
        for each in (policy, other)
    ]
    truth = float((costs[0] - costs[1]).mean())
    memory = problem.lead_time.mean + problem.rules.review_period
    block = block_length(SERIES_LENGTH, memory)
    held = 0
    for path in range(N_SERIES):
        found = block_verdict(costs[0][:, path], costs[1][:, path], block)
        held += found.low <= truth <= found.high
    return Row(
        f"{name}: cost on one series of {SERIES_LENGTH} days, (s, S) against base-stock",
        f"{LOWEST:.0%} or more",
        f"{held / N_SERIES:.1%}",
        held / N_SERIES >= LOWEST,
        f"{N_SERIES:,} series, blocks of {block} days; truth is the mean of all. Careful, not "
        "exact: costs swing back after each order, which blocks do not count on",
    )
