"""Lead times that vary, with orders that overtake one another: agents against the best base-stock.

Both are found on training or search futures and compared, path by path, on test futures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import torch

from benchmarks.playing import path_costs
from benchmarks.report import Row
from core.agents import TrainingConfig, train
from core.demand import poisson
from core.domain import CostRates, LeadTime, Verdict
from core.policies import SearchSettings, fit_policy
from core.simulator import Problem
from core.simulator.seeds import TEST_SEED

SECONDS, SEED = 60.0, 0
UNIFORM = tuple([0.2] * 5)
# Mean 2: each period the order arrives with chance 1/3; cut where less than 1 in 30,000 is left.
GEOMETRIC = tuple((2 / 3) ** k / 3 for k in range(26))
LEAD_TIMES = {"uniform on 0..4": UNIFORM, "geometric with mean 2": GEOMETRIC}
STOCKOUT_COSTS = (1.0, 9.0, 39.0)
SHORTAGES = {"backorder": 0.0, "lost": 1.0}
_MANY = SearchSettings(n_paths=2048, horizon=300)
_PATHS, _PERIODS = 4096, 400


@dataclass(frozen=True)
class Case:
    """One problem and its words."""

    words: str
    problem: Problem


def cases() -> Iterator[Case]:
    """Yield Poisson(10) demand under every lead time, stock-out cost and answer to a shortage."""
    for (lead, chances), p, (shortage, lost) in product(
        LEAD_TIMES.items(), STOCKOUT_COSTS, SHORTAGES.items()
    ):
        words = f"{shortage}, lead time {lead}, p = {p:g}"
        lead_time = LeadTime(2.0, probabilities=chances)
        costs = CostRates(1.0, p, unit_cost=0.0)
        yield Case(words, Problem(words, poisson(10.0), costs, lead_time, lost_share=lost))


def rows(seconds: float = SECONDS) -> list[Row]:
    """Learn and compare every case, one after the other, on one core."""
    torch.set_num_threads(1)
    return [_row(case, seconds) for case in cases()]


def _row(case: Case, seconds: float) -> Row:
    problem = case.problem
    rule = fit_policy("base_stock", [problem], _MANY)
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=seconds, seed=SEED)
    agent = train([problem], config).policy([problem])
    mine, best = (
        path_costs(problem, policy, _PATHS, _PERIODS, TEST_SEED) for policy in (agent, rule)
    )
    verdict = Verdict.from_pairs(mine.numpy(), best.numpy())
    share = 100 * verdict.half_width / verdict.reference_cost
    measured = (
        f"{verdict.percent:+.2f} % ± {share:.2f} (cost {float(mine.mean()):.4f} against "
        f"{float(best.mean()):.4f}, S = {rule.parameters_of(0)['order_up_to_level']:g})"
    )
    print(f"  {case.words}: {measured}", flush=True)
    return Row(
        f"pathwise against the best base-stock, Poisson(10), {case.words}",
        "below it, interval clear of 0",
        measured,
        verdict.high < 0,
        f"{seconds:.0f} s, seed {SEED}; {_PATHS} x {_PERIODS} test periods, paired, 95 %; "
        f"base-stock searched on {_MANY.n_paths} x {_MANY.horizon} periods",
    )
