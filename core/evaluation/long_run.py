"""The long-run average cost of a policy on one instance, to a stated precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.domain import mean_half_width
from core.policies.protocol import Policy, memory_of
from core.simulator import Flows, InitialStock, Problem, Scenario, SingleItemSystem, draw_scenario
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
    size = _Size.of(problem, settings)
    system = SingleItemSystem([problem], size.n_paths, memory=memory_of(policy))
    means: list[Floats] = []
    for batch in range(settings.max_batches):
        seed = settings.seed + batch
        scenario = draw_scenario([problem], size.n_paths, size.warm_up + size.horizon, seed)
        start = _anywhere_in_the_cycle(problem, scenario, seed)
        means.append(_path_costs(system, policy, scenario, start, size.warm_up))
        paths = np.concatenate(means)
        error = float(paths.std(ddof=1) / math.sqrt(len(paths)))
        percent = 100 * error / max(abs(float(paths.mean())), 1e-12)
        if on_batch is not None:
            on_batch(batch + 1, percent)
        if percent < settings.error_percent:
            break
    half = float(mean_half_width(paths))
    return LongRunCost(float(paths.mean()), half, error, len(paths), size.horizon)


# Order cycles that are counted, and that are played before; and the most periods of either.
_CYCLES, _CYCLES_BEFORE, _MAX_PERIODS, _MIN_PATHS = 40, 4, 20_000, 256


@dataclass(frozen=True, slots=True)
class _Size:
    """Futures, periods before counting and periods counted of one batch."""

    n_paths: int
    warm_up: int
    horizon: int

    @classmethod
    def of(cls, problem: Problem, settings: LongRunSettings) -> _Size:
        """Count many order cycles; with long ones, fewer futures."""
        cycle = _order_cycle(problem)
        horizon = min(max(settings.horizon, math.ceil(_CYCLES * cycle)), _MAX_PERIODS)
        memory = math.ceil(20 * problem.lead_time.mean + _CYCLES_BEFORE * cycle)
        warm_up = min(max(settings.warm_up, memory), _MAX_PERIODS)
        fewer = max(_MIN_PATHS, settings.n_paths * settings.horizon // horizon)
        return cls(min(settings.n_paths, fewer), warm_up, horizon)


def _order_cycle(problem: Problem) -> float:
    """Return the periods between two orders of economic size; 0 where orders cost nothing."""
    mean, costs = float(problem.demand.mean(problem.start, 1)[0]), problem.costs
    return math.sqrt(2 * costs.fixed_cost / (costs.holding_cost * mean))


def _anywhere_in_the_cycle(problem: Problem, scenario: Scenario, seed: int) -> InitialStock:
    """Start every future at a point of the cycle of its own, so that not all order in step."""
    noise = torch.Generator().manual_seed(seed)
    lot = float(problem.demand.mean(problem.start, 1)[0]) * _order_cycle(problem)
    most = scenario.outlook.protection_mean[0] + lot
    return InitialStock(torch.ceil(torch.rand(scenario.n_envs, generator=noise) * most))


def _path_costs(
    system: SingleItemSystem,
    policy: Policy,
    scenario: Scenario,
    initial: InitialStock,
    warm_up: int,
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
        stocks = system.start(initial)
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
