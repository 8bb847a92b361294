"""Playing a scenario from today's stock on: key figures, and one item's stock over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from core.evaluation import (
    EvaluationSettings,
    StartingStock,
    StockChart,
    StockPath,
    chart_of_paths,
    initial_stock,
    stock_path,
)
from core.policies import Policy
from core.services.stock_charts import chart_horizon
from core.services.what_if_outcome import KPIS, PLAYED
from core.simulator import (
    InitialStock,
    Memory,
    Problem,
    Scenario,
    SingleItemSystem,
    Trajectory,
    draw_scenario,
    kpis,
    trajectory,
)

Floats = npt.NDArray[np.float64]
Played = dict[str, dict[str, Floats]]
"""By policy, then by key figure: item by item and future by future, shape [n_items, n_paths]."""


@dataclass(frozen=True, eq=False)
class Start:
    """Where some items stand today.

    Args:
        stocks: One per item.
        memory: Their recent sales, one column per item; None where no policy looks at them.
    """

    stocks: Sequence[StartingStock]
    memory: Memory | None = None

    def laid_out(self, scenario: Scenario, n_paths: int) -> InitialStock:
        """Return the start of every future, the same for all policies."""
        initial = initial_stock(self.stocks, scenario, n_paths)
        memory = None if self.memory is None else self.memory.repeated(n_paths)
        return replace(initial, memory=memory)


def play(
    problems: Sequence[Problem],
    policies: Mapping[str, Policy],
    settings: EvaluationSettings,
    start: Start,
) -> tuple[Played, StockChart | None]:
    """Play every policy on the same futures; a policy under two labels is played once.

    Args:
        problems: One per item.
        policies: By label, each made for exactly these items.
        settings: Which futures.
        start: Stock and recent sales of today.

    Returns:
        Key figures, and stock over time where there is one item.

    Raises:
        ParameterError: where the settings cannot be.
    """
    settings.check()
    n_seen = 0 if start.memory is None else start.memory.n_periods
    system = SingleItemSystem(problems, settings.n_paths, memory=n_seen)
    scenario = draw_scenario(problems, settings.n_paths, settings.n_periods, settings.seed)
    initial = start.laid_out(scenario, settings.n_paths)
    scenario, initial = settings.with_outage(scenario, initial, system.parameters)
    figures: dict[int, dict[str, Floats]] = {}
    paths: dict[int, StockPath] = {}
    assert settings.period is not None
    n_shown = chart_horizon(problems[0], settings.period)
    for policy in policies.values():
        if id(policy) in figures:
            continue
        run = trajectory(system, policy.act, scenario, initial=initial)
        figures[id(policy)] = _figures(run, system)
        if len(problems) == 1:
            paths[id(policy)] = stock_path(_first(run, n_shown), 0)
    played = {label: figures[id(policy)] for label, policy in policies.items()}
    if not paths:
        return played, None
    demand = scenario.demand[:n_shown, 0].double().numpy()
    shown = {label: paths[id(policy)] for label, policy in policies.items()}
    return played, chart_of_paths(problems[0], demand, shown, settings, start.stocks[0])


def _figures(run: Trajectory, system: SingleItemSystem) -> dict[str, Floats]:
    found, parameters = kpis(run, system.parameters), system.parameters
    tensors = {name: getattr(found, name) for name in KPIS} | {"demand": run.demand.mean(0)}
    return {name: parameters.per_item(tensors[name]).double().numpy() for name in PLAYED}


def _first(run: Trajectory, n_periods: int) -> Trajectory:
    """Return the first periods of a run."""
    return Trajectory(**{one.name: getattr(run, one.name)[:n_periods] for one in fields(run)})
