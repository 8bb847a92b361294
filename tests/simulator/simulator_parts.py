"""Scenarios and runs by hand that several tests of the simulator use."""

from __future__ import annotations

import torch

from core.demand import poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.simulator import (
    InitialStock,
    Outlook,
    Problem,
    Scenario,
    SingleItemSystem,
    Stocks,
    Trajectory,
    trajectory,
)

COSTS = CostRates(holding_cost=1.0, stockout_cost=4.0, fixed_cost=2.0, unit_cost=10.0)


def item(lead_time=0, *, lost_share=1.0, rules=None, costs=COSTS, demand=None, name="item"):
    """Return a problem; ``lead_time`` is a number or a LeadTime."""
    late = lead_time if isinstance(lead_time, LeadTime) else LeadTime(float(lead_time))
    return Problem(
        name, demand or poisson(5), costs, late, rules or OrderRules(), lost_share=lost_share
    )


def scenario_of(demand, lead_time=None) -> Scenario:
    """Return these demands, [horizon, n_envs] or [horizon], as a scenario."""
    units = torch.as_tensor(demand, dtype=torch.float64)
    units = units.unsqueeze(1) if units.ndim == 1 else units
    late = None if lead_time is None else torch.as_tensor(lead_time, dtype=torch.float64)
    late = late.unsqueeze(1) if late is not None and late.ndim == 1 else late
    row = torch.zeros(1, units.shape[1], dtype=torch.float64)
    return Scenario(units, late, Outlook(row, row, row), seed=-1)


def base_stock(level):
    """Order up to a level; a function of the observation, like a policy's act."""
    return lambda observation: (level - observation.inventory_position).clamp(min=0.0)


def play_by_hand(problem, level, demand, start, lead_time=None) -> tuple[Trajectory, Stocks]:
    """Play one environment; return every flow, and the system's first state."""
    system = SingleItemSystem([problem], 1, torch.float64)
    initial = InitialStock(torch.tensor([start], dtype=torch.float64))
    scenario = scenario_of(demand, lead_time)
    run = trajectory(system, base_stock(level), scenario, initial=initial)
    return run, system.start(initial)


def column(values) -> list[float]:
    """Return one environment's row of numbers."""
    return [float(value) for value in values.reshape(-1)]
