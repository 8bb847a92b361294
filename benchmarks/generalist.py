"""The generalist that ships: problems it never saw, with no training on any of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
import torch

from benchmarks.learned import MOST_LEAD_TIME
from benchmarks.playing import path_costs
from benchmarks.report import Row
from core.agents import TrainedAgent, shipped_generalist
from core.agents.drawing import GENERAL_SCOPE, draw_kind, draw_problems
from core.agents.groups import GATED, OTHER, STEADY
from core.domain import Verdict
from core.evaluation import Comparison, EvaluationSettings, compare, gate, read_instances
from core.policies import Policy, SearchSettings, exact_cost, fit_gauge, fit_policy, quick_s_s
from core.simulator import Problem
from core.simulator.seeds import TEST_SEED

FAMILY = "lost_sales"
MEAN_BAR, WORST_BAR = 0.1, 0.5
_PATHS, _PERIODS, _BATCHES = 4096, 1500, 2
# Drawn with another seed than anything the agent learned from or was chosen on.
_DRAW_SEED, _N_EACH = 20_261, 250
_JUDGED, _FRESH = TEST_SEED, TEST_SEED + 7


def lost_sales_rows(reference: Path) -> list[Row]:
    """Put the generalist to work on every published lost-sales instance.

    Args:
        reference: Folder of the published instances; nothing is measured where it is missing.
    """
    agent = shipped_generalist()
    if agent is None or not reference.is_dir():
        return []
    torch.set_num_threads(1)
    instances = read_instances(reference / f"{FAMILY}.csv", FAMILY)
    scores = [_score(agent, i.problem, float(i.best_known_cost)) for i in instances]
    gaps = [gap for _, gap, _, _ in scores]
    worst = max(scores, key=lambda score: score[1])
    made = f"generalist of {agent.record.seconds / 60:.0f} min, seed {agent.record.seed}"
    summary = Row(
        f"generalist on {FAMILY}, {len(scores)} instances, no training on them",
        f"mean gap at most {MEAN_BAR:g} %, worst at most {WORST_BAR:g} %",
        f"mean gap {fmean(gaps):.2f} %, worst {worst[1]:.2f} % ({worst[0]})",
        fmean(gaps) <= MEAN_BAR and worst[1] <= WORST_BAR,
        f"{made}; L <= {MOST_LEAD_TIME}: optimum by value iteration, cost by Markov chain, no "
        f"standard error; longer: best known cost of the file, {_BATCHES} x {_PATHS} x {_PERIODS} "
        "test periods",
    )
    return [summary, *(_single(name, gap, error, start) for name, gap, error, start in scores)]


def _score(
    agent: TrainedAgent, problem: Problem, best_known: float
) -> tuple[str, float, float, float]:
    """Return name, gap in percent, its standard error, and the gap of where it starts."""
    policies: list[Policy] = [agent.policy([problem]), quick_s_s([problem])]
    if problem.lead_time.mean <= MOST_LEAD_TIME:
        optimum = fit_gauge("optimum", [problem]).cost_of(0)
        costs = [(exact_cost(problem, policy), 0.0) for policy in policies]
    else:
        optimum = best_known
        costs = [_simulated(problem, policy) for policy in policies]
    (mine, error), (start, _) = costs
    gap, before = 100 * (mine / optimum - 1), 100 * (start / optimum - 1)
    print(f"  {problem.name}: {before:.2f} % -> {gap:.3f} %", flush=True)
    return problem.name, gap, 100 * error / optimum, before


def _simulated(problem: Problem, policy: Policy) -> tuple[float, float]:
    """Return the cost per period and its standard error."""
    seeds = [TEST_SEED + batch for batch in range(_BATCHES)]
    costs = torch.cat([path_costs(problem, policy, _PATHS, _PERIODS, seed) for seed in seeds])
    return float(costs.mean()), float(costs.std() / costs.shape[0] ** 0.5)


def _single(name: str, gap: float, error: float, start: float) -> Row:
    noise = f" ± {error:.3f} (standard error)" if error else ""
    measured = f"gap {gap:.3f} %{noise}; where it starts: {start:.2f} %"
    return Row(f"generalist on {name}", "", measured, None, FAMILY)


def random_rows() -> list[Row]:
    """Hold the generalist against each item's own searched (s, S) on items drawn at random."""
    agent = shipped_generalist()
    if agent is None:
        return []
    torch.set_num_threads(1)
    rows: list[Row] = []
    for words, is_gated in (("orders of any size", False), ("a price or a least size", True)):
        problems = random_items(agent, _N_EACH, is_gated=is_gated)
        rows += _compared(agent, problems, words)
    return [*_in_all(rows), *rows]


# Of items without a price or a least size; about as many draws of the others would be steady.
_STEADY_SHARE = 0.15
_KEPT: list[tuple[Sequence[Problem], Comparison, float]] = []


def random_items(agent: TrainedAgent, n: int, *, is_gated: bool) -> list[Problem]:
    """Draw items whose unmet demand is lost: season, lead times of all kinds, rules.

    Args:
        agent: Whose ranges they lie in.
        n: How many.
        is_gated: Whether orders have a fixed cost, a minimum or a pack.
    """
    rng, scope = np.random.default_rng([_DRAW_SEED, is_gated]), agent.scope or GENERAL_SCOPE
    found: list[Problem] = []
    while len(found) < n:
        kind = draw_kind(GATED if is_gated else OTHER, rng, scope)
        if not is_gated and rng.random() < _STEADY_SHARE:
            kind = replace(kind, group=STEADY)
        drawn = draw_problems(kind, 1, rng, scope)[0]
        if drawn.lost_share == 1.0:
            found.append(replace(drawn, name=f"random {is_gated:d} {len(found)}"))
    return found


def _compared(agent: TrainedAgent, problems: Sequence[Problem], words: str) -> list[Row]:
    begin = time.perf_counter()
    policies = {"agent": agent.policy(problems), "s_S": fit_policy("s_S", problems)}
    judged = _compare(problems, policies, _JUDGED)
    decisions = gate(judged, None, "agent", "s_S", {})
    used = [row for row, decision in enumerate(decisions) if decision.uses_agent]
    fresh = _compare(problems, policies, _FRESH)
    _KEPT.append((problems, fresh, time.perf_counter() - begin))
    tally = fresh.counts("agent")
    worse = [r for r in used if fresh.verdicts["agent"][r].low > 0]
    percent = _percent(fresh)
    return [
        Row(
            f"generalist against searched (s, S), {len(problems)} random items with {words}",
            "",
            f"{percent.difference:+.2f} % ± {percent.half_width:.2f} per item; "
            f"{tally.wins} better, {tally.ties} cannot tell, {tally.losses} worse",
            None,
            _how(fresh, time.perf_counter() - begin),
        ),
        Row(
            f"gate over these {len(problems)} items",
            "no item worse beyond noise",
            f"agent used on {len(used)}; of those {len(worse)} worse on fresh futures",
            not worse,
            "decided on one set of test futures (Holm), looked at on another",
        ),
    ]


def _in_all(rows: Sequence[Row]) -> list[Row]:
    """Join both halves: percent per item, items as clusters."""
    percents = [_percents(comparison) for _, comparison, _ in _KEPT]
    joined = np.concatenate(percents)
    found = Verdict.from_pairs(joined, np.zeros_like(joined))
    seconds = sum(took for _, _, took in _KEPT)
    how = _how(_KEPT[0][1], seconds)
    _KEPT.clear()
    return [
        Row(
            f"generalist against searched (s, S), {len(joined)} random items",
            "lower cost on the mean, interval clear of 0",
            f"{found.difference:+.2f} % ± {found.half_width:.2f} per item",
            found.high < 0,
            how,
        )
    ]


def _compare(problems: Sequence[Problem], policies: dict[str, Policy], seed: int) -> Comparison:
    settings = EvaluationSettings(seed=seed, n_paths=100, horizon=364, warm_up=80, expects=True)
    return compare(problems, policies, "s_S", settings)


def _percents(comparison: Comparison) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    cost = {label: np.asarray(comparison.kpis[label]["cost"]) for label in ("agent", "s_S")}
    return np.asarray(100 * (cost["agent"] / np.maximum(cost["s_S"], 1e-12) - 1))


def _percent(comparison: Comparison) -> Verdict:
    percents = _percents(comparison)
    return Verdict.from_pairs(percents, np.zeros_like(percents))


def _how(comparison: Comparison, seconds: float) -> str:
    contract, search = comparison.contract, SearchSettings()
    return (
        f"items drawn with seed {_DRAW_SEED}, lost sales; paired on {contract.n_paths} futures x "
        f"{contract.horizon} periods each, 95 % over items; (s, S) searched on "
        f"{search.n_paths} x {search.horizon}; {seconds:.0f} s"
    )
