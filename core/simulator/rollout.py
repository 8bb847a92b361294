"""Playing a policy over a scenario: total costs (fast), or every flow (for KPIs and charts)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.simulator.expected_cost import ExpectedCost
from core.simulator.protocol import Flows, Observation, SupplySystem
from core.simulator.scenario import Scenario
from core.simulator.single_item import InitialStock

Act = Callable[[Observation], Tensor]


@dataclass(frozen=True, eq=False)
class CostTotals:
    """Sums over the counted periods, shape [n_envs] each.

    Args:
        n_periods: Periods counted.
        on_hand: Unit-periods held.
        short: Units (lost) or unit-periods (backordered) charged.
        n_orders: Orders placed.
        ordered: Units ordered.
        cost: Money.
    """

    n_periods: int
    on_hand: Tensor
    short: Tensor
    n_orders: Tensor
    ordered: Tensor
    cost: Tensor

    @property
    def cost_per_period(self) -> Tensor:
        """Mean money per period, shape [n_envs]."""
        return self.cost / self.n_periods


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Every flow of every period, shape [horizon, n_envs] each; units, and cost in money."""

    order: Tensor
    received: Tensor
    demand: Tensor
    unserved: Tensor
    lost: Tensor
    short: Tensor
    on_hand: Tensor
    inventory_level: Tensor
    inventory_position: Tensor
    cost: Tensor


def total_costs(
    system: SupplySystem,
    act: Act,
    scenario: Scenario,
    *,
    initial: InitialStock | None = None,
    warm_up: int = 0,
    expected: ExpectedCost | None = None,
) -> CostTotals:
    """Play a policy and add up what it costs.

    Args:
        system: The supply system.
        act: A policy's ``act``.
        scenario: All randomness, drawn beforehand.
        initial: Stock at the start; empty where not given.
        warm_up: Periods played first and not counted.
        expected: Counts what is expected to be held and short, given the stock before demand, in
            place of what happened to be: the same mean, far less noise.
    """
    assert 0 <= warm_up < scenario.horizon
    p = system.parameters
    held, short, placed, ordered = (torch.zeros(p.n_envs, dtype=p.dtype) for _ in range(4))
    asked = torch.zeros((), dtype=p.dtype)
    with torch.inference_mode():
        stocks = system.start(initial)
        for t in range(scenario.horizon):
            seen = system.observe(stocks, scenario)
            stocks, flows = system.step(stocks, act(seen), scenario)
            if t >= warm_up:
                if expected is None:
                    held += flows.on_hand
                    short += flows.short
                else:
                    held += flows.stock_before
                    short += expected.short(flows.stock_before, seen.next_mean)
                    asked = asked + seen.next_mean
                placed += flows.order.sign()
                ordered += flows.order
        if expected is not None:
            held += short - asked.repeat_interleave(p.n_envs // asked.shape[0])
        cost = (
            p.holding_cost * held
            + p.stockout_cost * short
            + p.fixed_cost * placed
            + p.purchase_cost * ordered
        )
    return CostTotals(scenario.horizon - warm_up, held, short, placed, ordered, cost)


def trajectory(
    system: SupplySystem, act: Act, scenario: Scenario, *, initial: InitialStock | None = None
) -> Trajectory:
    """Play a policy and keep every flow."""
    rows: list[tuple[Flows, Tensor, Tensor]] = []
    with torch.inference_mode():
        stocks = system.start(initial)
        for _ in range(scenario.horizon):
            raw = act(system.observe(stocks, scenario))
            position = stocks.inventory_position
            stocks, flows = system.step(stocks, raw, scenario)
            rows.append((flows, position + flows.order, system.cost(flows)))
    return _stack(rows)


def _stack(rows: list[tuple[Flows, Tensor, Tensor]]) -> Trajectory:
    def column(pick: Callable[[Flows], Tensor | None]) -> Tensor:
        zero = torch.zeros_like(rows[0][0].demand)
        picked = [pick(flows) for flows, _, _ in rows]
        return torch.stack([zero if value is None else value for value in picked])

    return Trajectory(
        order=column(lambda f: f.order),
        received=column(lambda f: f.received),
        demand=column(lambda f: f.demand),
        unserved=column(lambda f: f.unserved),
        lost=column(lambda f: f.lost),
        short=column(lambda f: f.short),
        on_hand=column(lambda f: f.on_hand),
        inventory_level=column(lambda f: f.inventory_level),
        inventory_position=torch.stack([position for _, position, _ in rows]),
        cost=torch.stack([cost for _, _, cost in rows]),
    )
