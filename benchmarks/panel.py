"""Agents that learn from a panel's own history, against rules tuned on the same history.

Everything before the cut is the past: demand models, rules and agents see nothing else. From the
cut on, everybody orders period by period and sees the own sales and stock-outs of the periods gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks.real_sales import M5, Floats, Panel, m5
from benchmarks.replay import Reel
from benchmarks.report import Row
from benchmarks.rivals import Outcome, rivals
from core.agents import TrainingConfig, train
from core.agents.baseline import fit_baseline
from core.agents.config import PRESETS
from core.agents.panel import PanelFutures
from core.domain import CostRates, Period, Verdict

SECONDS, SEEDS = PRESETS["standard"], range(5)
# Lead time of each calendar, periods.
LEAD_TIMES = {Period.WEEK: 2, Period.DAY: 3}


def rows(data: Path, stockout_cost: float, seconds: float = SECONDS) -> list[Row]:
    """Learn and compare, one calendar after the other, on one core.

    Args:
        data: Folder of the real sales; nothing is measured where it is missing.
        stockout_cost: Of a unit, in periods of holding it.
        seconds: Of learning, each.
    """
    torch.set_num_threads(1)
    if not (data / M5).exists():
        print(f"  left out: there is no {M5} in {data}")
        return []
    costs = CostRates(1.0, stockout_cost)
    panels = (m5(data, period, costs, lead) for period, lead in LEAD_TIMES.items())
    return [row for panel in panels for row in compare(panel, seconds)]


def compare(panel: Panel, seconds: float) -> list[Row]:
    """Return the verdict on a panel, and one row for each rule."""
    reel = Reel.of(panel)
    others = rivals(reel)
    for name, outcome in others.items():
        print(f"  {panel.words}, {name}: {outcome.tail.sum():.1f} per period", flush=True)
    runs = np.stack(list(_learned(panel, reel, seconds)))
    mine = runs.mean(0)
    best = min(others, key=lambda name: others[name].tail.sum())
    verdicts = _rows(panel, runs, (best, others[best]), len(others))
    return [*verdicts, *(_single(panel, mine, name, others[name]) for name in others)]


def _learned(panel: Panel, reel: Reel, seconds: float) -> Iterator[Floats]:
    """Yield what the agent of each seed costs on the tail, shape [n_items]."""
    baseline, source = fit_baseline(panel.problems), PanelFutures(reel.past)
    for seed in SEEDS:
        config = TrainingConfig.preset("quick", "pathwise", time_limit_s=seconds, seed=seed)
        agent = train(panel.problems, config, baseline=baseline, source=source)
        policy = agent.policy(panel.problems, baseline)
        _, tail = reel.play(policy.act, 1, policy.memory)
        print(f"  {panel.words}, seed {seed}: {tail.sum():.1f} per period", flush=True)
        yield tail[:, 0]


def _rows(panel: Panel, runs: Floats, best: tuple[str, Outcome], n_rules: int) -> list[Row]:
    """Return the verdict over seeds, which the bar is for, and the one by items."""
    name, outcome = best
    mine, what = runs.mean(0), f"panel agent on {panel.words} against the best rule tuned on the"
    seeds, problem = ", ".join(f"{run.sum():.0f}" for run in runs), panel.problems[0]
    over = _over_seeds(runs, outcome.tail)
    return [
        Row(
            f"{what} same past, {len(runs)} seeds",
            "below it on the mean of 5 seeds, interval clear of 0",
            f"{over.percent:+.2f} % ± {100 * over.half_width / over.reference_cost:.2f} over the "
            f"seeds; best rule on the held-out sales: {name}",
            over.high < 0,
            f"{len(mine)} items ({len(panel.left_out)} left out: too little past), lost sales, "
            f"h = {problem.costs.holding_cost:g}, p = {problem.costs.stockout_cost:g}, K = 0, "
            f"L = {problem.lead_time.mean:g}; {panel.tail.shape[1]} held-out periods; cost per "
            f"period of the seeds: {seeds}; {SECONDS:.0f} s each; the best of {n_rules} rules is "
            "picked on the held-out sales, which favours the rules",
        ),
        Row(
            f"{what} same past, by items",
            "",
            against(mine, outcome.tail),
            None,
            "mean of the seeds; 95 % by items: what to expect of other items like these",
        ),
    ]


def _single(panel: Panel, mine: Floats, name: str, outcome: Outcome) -> Row:
    return Row(
        f"panel agent on {panel.words} against {name}",
        "",
        against(mine, outcome.tail),
        None,
        f"the rule cost {outcome.past.sum():.0f} per period on the past it was tuned on",
    )


def _over_seeds(runs: Floats, other: Floats) -> Verdict:
    """Compare the total of every seed with that of a rule.

    Args:
        runs: Cost of each seed on each item, shape [n_seeds, n_items].
        other: Of the rule, shape [n_items].
    """
    totals = runs.sum(1)
    return Verdict.from_pairs(totals, np.full_like(totals, other.sum()))


def against(mine: Floats, other: Floats) -> str:
    """Say by how much one is cheaper: all items' money together, and the mean over items."""
    total = Verdict.from_pairs(mine, other)
    has_cost = other > 0
    ratio = 100 * mine[has_cost] / other[has_cost]
    each = Verdict.from_pairs(ratio, np.full_like(ratio, 100.0))
    share = 100 * total.half_width / total.reference_cost
    return (
        f"{total.percent:+.2f} % ± {share:.2f} ({mine.sum():.1f} against {other.sum():.1f} per "
        f"period), mean over items {each.difference:+.2f} % ± {each.half_width:.2f}"
    )
