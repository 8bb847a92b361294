"""Do 95 % intervals hold the truth 95 times in 100? On cost and risk as simulated."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import interval_grids
from benchmarks.interval_grids import HIGHEST, LOWEST
from benchmarks.report import Row
from core.domain import mean_half_width, share_difference_interval

Floats = npt.NDArray[np.float64]
Interval = Callable[[Floats], tuple[Floats, Floats]]
N_TRUTH, N_EXPERIMENTS, _BATCH = 200_000, 4000, 500
SIZES = (200, 400, 1000)
_SEEDS = 10
# From so many futures on a difference is shown for one order.
LEAST_SHOWN = 1000
_AT_ONCE = 20_000
N_SERIES, SERIES_LENGTH = 2000, 91


def coverage(differences: Floats, n: int, interval: Interval, seed: int = 1) -> float:
    """Return how often the interval of n pairs holds the mean difference of all pairs.

    Args:
        differences: Of every pair, shape [n_truth]; experiments draw from it with replacement, so
            its own mean is exactly the truth.
        n: Pairs of an experiment.
        interval: From differences, shape [n_experiments, n], to both ends.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    truth, held = float(differences.mean()), 0
    for _ in range(N_EXPERIMENTS // _BATCH):
        low, high = interval(differences[rng.integers(0, len(differences), (_BATCH, n))])
        held += int(((low - 1e-12 <= truth) & (truth <= high + 1e-12)).sum())
    return held / N_EXPERIMENTS


def of_means(differences: Floats) -> tuple[Floats, Floats]:
    """Return both ends of the interval of a mean, for every experiment."""
    middle, half = differences.mean(axis=1), mean_half_width(differences)
    return middle - half, middle + half


def of_shares(differences: Floats) -> tuple[Floats, Floats]:
    """Return both ends of the interval of paired shares, for every experiment."""
    more, fewer = (differences > 0).sum(axis=1), (differences < 0).sum(axis=1)
    return share_difference_interval(more, fewer, differences.shape[1])


def rows() -> list[Row]:
    """Take one item of each kind of demand of the sample, at its reorder point, and grids."""
    found = list(interval_grids.rows())
    with tempfile.TemporaryDirectory(prefix="quartermaster-bench-") as home:
        store, assortment, policy = _sample(Path(home))
        for kind in _items(assortment, policy):
            found += _rows_of(*kind)
        found += _comparison_rows(assortment, policy)
        store.close()
    return found


def _sample(home: Path) -> tuple[Any, Any, Any]:
    """Return the store, the sample's problems and their (s, S)."""
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
    return store, assortment, fitted_baseline(assortment, store=store)


def _items(assortment: Any, policy: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield kind of demand, problem and (s, S) of the first item of each kind."""
    seen: set[str] = set()
    for row, plan in enumerate(assortment.planned):
        if plan.demand_class not in seen:
            seen.add(plan.demand_class)
            yield f"{plan.key.label}, {plan.demand_class}", plan.problem, policy.select([row])


def _rows_of(name: str, problem: Any, policy: Any) -> Iterator[Row]:
    cost, risk = _double_order(problem, policy)
    for what, pairs, interval in (
        ("cost", cost, of_means),
        ("risk of running out", risk, of_shares),
    ):
        difference = pairs[0] - pairs[1]
        found = {n: coverage(difference, n, interval) for n in SIZES}
        yield _row(f"{name}: {what}, a double order against a single one", found, difference)
    yield _series_row(name, problem, policy)


def _row(what: str, found: dict[int, float], difference: Floats) -> Row:
    shown = found[LEAST_SHOWN]
    spread = max(float(difference.std()), 1e-12)
    skew = float(((difference - difference.mean()) ** 3).mean()) / spread**3
    n_differ = LEAST_SHOWN * float(np.mean(difference != 0))
    return Row(
        what,
        f"{LOWEST:.0%} to {HIGHEST:.0%} with {LEAST_SHOWN:,} futures",
        ", ".join(f"{n:,} futures {share:.1%}" for n, share in found.items()),
        LOWEST <= shown <= HIGHEST,
        f"{N_EXPERIMENTS:,} experiments drawn from {N_TRUTH:,} futures; mean difference "
        f"{difference.mean():.4g}, sd {spread:.4g}, skewness {skew:.1f}, {n_differ:.1f} of "
        f"{LEAST_SHOWN:,} futures differ",
    )


def _comparison_rows(assortment: Any, policy: Any) -> Iterator[Row]:
    """Judge what the comparison and the frontier show of all items, on their own futures."""
    from core.evaluation import EvaluationSettings
    from core.policies import fit_policy

    rules = {"s_S": policy, "base_stock": fit_policy("base_stock", assortment.problems)}
    settings = EvaluationSettings.standard(assortment.problems, assortment.data.period)
    played = _played(assortment.problems, rules, settings)
    cost = played["base_stock"]["cost"] - played["s_S"]["cost"]
    fill = played["s_S"]["fill_rate"]
    for what, values, n in (
        ("cost of base-stock against (s, S)", cost, settings.n_paths),
        ("cost of base-stock against (s, S), their sum", cost.sum(0, keepdims=True), 400),
        ("cost of base-stock against (s, S), their sum", cost.sum(0, keepdims=True), 50),
        ("fill rate under (s, S)", fill, 100),
    ):
        each = [coverage(row, n, of_means) for row in values if row.std() > 1e-9]
        yield Row(
            f"{len(cost)} items, {n} futures each: {what}",
            f"{LOWEST:.0%} to {HIGHEST:.0%} on the mean of items",
            f"{np.mean(each):.1%} (lowest {min(each):.1%}, highest {max(each):.1%})",
            bool(LOWEST <= np.mean(each) <= HIGHEST),
            f"{N_EXPERIMENTS:,} experiments an item, drawn from {values.shape[1]:,} futures of "
            f"{settings.horizon} days; {len(values) - len(each)} items never differ",
        )


def _played(problems: Any, rules: Any, settings: Any) -> dict[str, dict[str, Floats]]:
    """Return cost and fill rate by rule, shape [n_items, n_futures], over several seeds."""
    from core.evaluation.playing import play_all

    names = ("cost", "fill_rate")
    parts: dict[str, list[dict[str, Floats]]] = {rule: [] for rule in rules}
    for seed in range(settings.seed, settings.seed + _SEEDS):
        chunks = list(play_all(problems, rules, replace(settings, seed=seed)))
        for rule, own in parts.items():
            own.append({k: np.concatenate([c.played[rule][k] for c in chunks]) for k in names})
    return {
        rule: {name: np.concatenate([each[name] for each in own], axis=1) for name in names}
        for rule, own in parts.items()
    }


def _double_order(problem: Any, policy: Any) -> tuple[Floats, Floats]:
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


def _series_row(name: str, problem: Any, policy: Any) -> Row:
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
