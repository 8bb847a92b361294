"""The long-run average cost of a policy on one instance, to a stated precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.evaluation.intervals import t_half_width
from core.evaluation.settings import initial_stock
from core.policies.protocol import Policy
from core.simulator import Flows, Problem, Scenario, SingleItemSystem, draw_scenario
from core.simulator.seeds import N_SEEDS, TEST_SEED

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LongRunSettings:
    """How precisely a long-run average is measured.

    Args:
        seed: First of the test futures; further batches take the next ones.
        n_paths: Futures per batch, played side by side.
        horizon: Periods counted per batch.
        warm_up: Least number of periods before that; slow systems get more.
        error_percent: Batches are added until the standard error is below this.
        max_batches: At most this many.
    """

    seed: int = TEST_SEED
    n_paths: int = 8192
    horizon: int = 200
    warm_up: int = 100
    error_percent: float = 0.05
    max_batches: int = 60


@dataclass(frozen=True, slots=True)
class LongRunCost:
    """A long-run average.

    Args:
        cost: Money per period.
        half_width: Half of its 95 % interval.
        standard_error: Money per period.
        n_paths: Independent futures.
        n_periods: Counted per future.
    """

    cost: float
    half_width: float
    standard_error: float
    n_paths: int
    n_periods: int


def long_run_cost_of(
    problem: Problem,
    policy: Policy,
    settings: LongRunSettings = LongRunSettings(),
    on_batch: Callable[[int, float], None] | None = None,
) -> LongRunCost:
    """Measure what a policy costs per period in the long run.

    Where demand is stationary and in whole units, the cost of holding and shortage in a period is
    replaced by its expectation given the stock just before demand: same mean, far less noise
    (conditional Monte Carlo).

    Args:
        problem: One instance.
        policy: Made for it.
        settings: How precisely.
        on_batch: Told the batches done and the relative error so far, in percent.

    References:
        Asmussen and Glynn (2007), Stochastic Simulation, V.4.
    """
    assert policy.n_items == 1 and settings.max_batches <= N_SEEDS
    system = SingleItemSystem([problem], settings.n_paths)
    warm_up = max(settings.warm_up, _memory(problem))
    means: list[Floats] = []
    for batch in range(settings.max_batches):
        n_periods = warm_up + settings.horizon
        scenario = draw_scenario([problem], settings.n_paths, n_periods, settings.seed + batch)
        means.append(_path_costs(system, policy, scenario, warm_up))
        paths = np.concatenate(means)
        error = float(paths.std(ddof=1) / math.sqrt(len(paths)))
        percent = 100 * error / max(abs(float(paths.mean())), 1e-12)
        if on_batch is not None:
            on_batch(batch + 1, percent)
        if percent < settings.error_percent:
            break
    half = float(t_half_width(paths))
    return LongRunCost(float(paths.mean()), half, error, len(paths), settings.horizon)


def _memory(problem: Problem) -> int:
    """Return periods until the start is forgotten: several lead times and order cycles."""
    mean, costs = float(problem.demand.mean(problem.start, 1)[0]), problem.costs
    cycle = math.sqrt(2 * costs.fixed_cost / (costs.holding_cost * mean))
    return math.ceil(20 * problem.lead_time.mean + 10 * min(cycle, 50.0))


def _path_costs(
    system: SingleItemSystem, policy: Policy, scenario: Scenario, warm_up: int
) -> Floats:
    """Return each future's mean cost per period, shape [n_paths].

    Periods at both ends count less (a Hann window): where orders follow one another like
    clockwork, all futures are at the same point of their cycle, and a plain mean over part of a
    cycle would be off.
    """
    window = np.hanning(scenario.horizon - warm_up + 2)[1:-1]
    weights = window / window.sum()
    whole_units = torch.equal(scenario.demand, scenario.demand.round())
    cost_of = (_expected_cost(system) if whole_units else None) or system.cost
    total = torch.zeros(scenario.n_envs, dtype=torch.float64)
    with torch.inference_mode():
        stocks = system.start(initial_stock(None, scenario, scenario.n_envs))
        for t in range(scenario.horizon):
            raw = policy.act(system.observe(stocks, scenario))
            stocks, flows = system.step(stocks, raw, scenario)
            if t >= warm_up:
                total += float(weights[t - warm_up]) * cost_of(flows)
    return np.asarray(total.numpy())


def _expected_cost(system: SingleItemSystem) -> Callable[[Flows], Tensor] | None:
    """Return the cost of a period given the stock before demand; None where it has no table."""
    problem, p = system.problems[0], system.parameters
    if not problem.demand.is_stationary or problem.lost_share not in (0.0, 1.0):
        return None
    chance = problem.demand.pmf(problem.start)
    # Full expectation at 0 stock or less; every unit of stock saves the chance that it is sold.
    mean = float(chance @ np.arange(len(chance)))
    tail = 1 - np.cumsum(chance)
    left = np.concatenate([[0.0], np.cumsum(1 - tail)])
    stock = np.arange(len(left))
    short = left - stock + mean
    costs = problem.costs
    table = torch.tensor(costs.holding_cost * left + costs.stockout_cost * short)
    last, zero = len(left) - 1, torch.zeros(1, dtype=torch.float64)

    def expected(flows: Flows) -> Tensor:
        before = flows.stock_before.double()
        row = before.round().clamp(0, last).long()
        beyond = (before - last).clamp(min=0.0) * costs.holding_cost
        owed = torch.maximum(-before, zero) * costs.stockout_cost
        return table[row] + beyond + owed + _ordering(flows)

    def _ordering(flows: Flows) -> Tensor:
        placed = p.fixed_cost * (flows.order > 0).to(p.dtype)
        return (placed + p.purchase_cost * flows.order).double()

    return expected
