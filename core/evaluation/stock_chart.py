"""Stock over time with orders, for one item under several policies, on common futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from torch import Tensor

from core.domain import UnknownNameError
from core.domain.period import Dates
from core.evaluation.settings import EvaluationSettings, StartingStock, initial_stock
from core.policies.protocol import Policy, memory_of
from core.simulator import Problem, SingleItemSystem, Trajectory, draw_scenario, trajectory

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StockPath:
    """One policy's stock: the spread over all futures, and one future in full.

    Args:
        low, median, high: 10, 50 and 90 % points of units on hand at the end of each period.
        stockout_risk: Share of futures in which something is short, per period.
        on_hand, owed: Units at the end of each period, in the sample future.
        orders: Units ordered in each period, in the sample future.
        arrivals: Units arrived in each period, in the sample future; what was due in period 0
            stands in the starting stock.
        cost: Mean money per period over all futures.

    All arrays have shape [horizon].
    """

    low: Floats
    median: Floats
    high: Floats
    stockout_risk: Floats
    on_hand: Floats
    owed: Floats
    orders: Floats
    arrivals: Floats
    cost: Floats


@dataclass(frozen=True, eq=False)
class StockChart:
    """Stock over time of one item.

    Args:
        item: Its name.
        index: Period numbers, shape [horizon].
        dates: First day of each period; None without a calendar.
        demand: Units demanded in the sample future, shape [horizon].
        start: Stock at the start.
        paths: By policy label.
        sample: Which future is the sample.
        seed, n_paths: Of the futures.
    """

    item: str
    index: npt.NDArray[np.int64]
    dates: Dates | None
    demand: Floats
    start: StartingStock
    paths: Mapping[str, StockPath]
    sample: int
    seed: int
    n_paths: int


def stock_chart(
    problem: Problem,
    policies: Mapping[str, Policy],
    settings: EvaluationSettings,
    stock: StartingStock,
    *,
    sample: int = 0,
) -> StockChart:
    """Project one item's stock from today on, under each policy, on the same futures.

    Args:
        problem: The item, starting today.
        policies: By label, each made for this one item.
        settings: Which futures; the warm-up is not played, today is period 0.
        stock: Today's stock and open orders.
        sample: The future that is shown in full.

    Raises:
        UnknownNameError: where there is no such future.
        ParameterError: where the settings cannot be.
    """
    settings.check()
    if not 0 <= sample < settings.n_paths:
        raise UnknownNameError("future", str(sample), map(str, (0, settings.n_paths - 1)))
    memory = max(map(memory_of, policies.values()), default=0)
    system = SingleItemSystem([problem], settings.n_paths, memory=memory)
    scenario = draw_scenario([problem], settings.n_paths, settings.horizon, settings.seed)
    initial = initial_stock([stock], scenario, settings.n_paths)
    scenario, initial = settings.with_outage(scenario, initial, system.parameters)
    runs = {
        label: trajectory(system, policy.act, scenario, initial=initial)
        for label, policy in policies.items()
    }
    demand = _numpy(scenario.demand[:, sample])
    paths = {label: stock_path(run, sample) for label, run in runs.items()}
    return chart_of_paths(problem, demand, paths, settings, stock, sample)


def chart_of_paths(
    problem: Problem,
    demand: Floats,
    paths: Mapping[str, StockPath],
    settings: EvaluationSettings,
    stock: StartingStock,
    sample: int = 0,
) -> StockChart:
    """Put stock over time beside its calendar.

    Args:
        problem: The item, starting today.
        demand: Units demanded in the sample future, shape [horizon].
        paths: By policy label, of the same futures and horizon.
        settings: Which futures were played.
        stock: Stock at the start.
        sample: The future that is shown in full.
    """
    index = np.arange(problem.start, problem.start + len(demand))
    return StockChart(
        item=problem.name,
        index=index,
        dates=None if settings.period is None else settings.period.start(index),
        demand=demand,
        start=stock,
        paths=paths,
        sample=sample,
        seed=settings.seed,
        n_paths=settings.n_paths,
    )


def stock_path(run: Trajectory, sample: int) -> StockPath:
    """Return the spread of one policy's stock over all futures, and one future in full."""
    on_hand = _numpy(run.on_hand)
    low, median, high = np.quantile(on_hand, [0.1, 0.5, 0.9], axis=1)
    return StockPath(
        low=low,
        median=median,
        high=high,
        stockout_risk=_numpy(run.unserved > 0).mean(1),
        on_hand=on_hand[:, sample],
        owed=_numpy((-run.inventory_level[:, sample]).clamp(min=0.0)),
        orders=_numpy(run.order[:, sample]),
        arrivals=_numpy(run.received[:, sample]),
        cost=_numpy(run.cost).mean(1),
    )


def _numpy(values: Tensor) -> Floats:
    return np.asarray(values.double().numpy())
