"""A clairvoyant bound: what nobody can beat on a scenario, even knowing all of it beforehand.

Until the first new order can arrive, stock moves as it must. After that a path is a lot-sizing
problem with known demand: choose the periods in which an order arrives and what each brings. The
least cost up to a period is found from the least costs up to earlier ones (a dynamic programme over
order cycles, all paths side by side):

- lost sales: the stock of today serves the earliest demand; what it leaves unserved in period t is
  worth min(p, c + h (t - i)) a unit where the last order arrived in i;
- backorders: from one arrival to the next the level is raised once, best to the p / (p + h)
  quantile of what was asked for till then.

Order rules are ignored, and quantities need not be whole: both make it only lower. It is the true
least cost for lost sales, and for backorders without a price per unit ordered; else it is below it:

- partly lost demand: every unserved unit is charged once, and never again for waiting;
- backorders: the price per unit ordered is not charged;
- open orders of today that are due after a new order could arrive, with (partly) backordered
  demand: only what it costs until that period is counted.

References:
    Wagner and Whitin (1958), Dynamic version of the economic lot size model, Management Science
    5(1); Zangwill (1966), A deterministic multi-period production scheduling model with
    backlogging, Management Science 13(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import torch
from torch import Tensor

from core.simulator import InitialStock, Scenario, SingleItemSystem


@dataclass(frozen=True, eq=False)
class ClairvoyantBound:
    """A lower bound on the cost of every policy, path by path; it is not a policy.

    Args:
        cost: Money over all periods, shape [n_envs].
        n_periods: Periods of the scenario.
    """

    cost: Tensor
    n_periods: int

    @property
    def cost_per_period(self) -> Tensor:
        """Mean money per period, shape [n_envs]."""
        return self.cost / self.n_periods


def clairvoyant_bound(
    system: SingleItemSystem, scenario: Scenario, initial: InitialStock | None = None
) -> ClairvoyantBound:
    """Bound the cost of every policy on every path of a scenario from below.

    Args:
        system: The items; its order rules are ignored.
        scenario: All demand and lead times.
        initial: Stock at the start; empty where not given.

    Returns:
        The bound of all periods, to be compared with ``total_costs`` without a warm-up.
    """
    p = system.parameters
    assert scenario.n_envs == p.n_envs
    with torch.inference_mode():
        prices = _Prices(*(row.double() for row in _price_rows(system)))
        idle = _Idle.of(system, scenario, initial)
        cost = _least_cost(_Lost(idle, prices), idle.can_arrive, prices.fixed_cost)
        is_owed = p.lost_share == 0.0
        if bool(is_owed.any()):
            owed = _least_cost(_Owed(idle, prices), idle.can_arrive, prices.fixed_cost)
            cost = torch.where(is_owed, owed, cost)
        is_hidden = idle.has_late_orders & (p.lost_share < 1.0)
        cost = torch.where(is_hidden, idle.forced.sum(0), cost)
    return ClairvoyantBound(cost.clone(), scenario.horizon)


def _price_rows(system: SingleItemSystem) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    p = system.parameters
    return p.holding_cost, p.stockout_cost, p.fixed_cost, p.purchase_cost


@dataclass(frozen=True, eq=False)
class _Prices:
    """[h, p, K, c] of every path, shape [n_envs]."""

    holding_cost: Tensor
    stockout_cost: Tensor
    fixed_cost: Tensor
    purchase_cost: Tensor


@dataclass(frozen=True, eq=False)
class _Idle:
    """Every path without any new order; shape [horizon, n_envs].

    Args:
        on_hand: Units left at the end.
        level: [IL] at the end.
        unserved: Demand not served in its own period.
        forced: Money of periods before the first new order can arrive; 0 from then on.
        is_free: Whether the period is one from then on.
        can_arrive: Whether a new order can arrive in the period.
        has_late_orders: Whether open orders are due after the first new one, shape [n_envs].
    """

    on_hand: Tensor
    level: Tensor
    unserved: Tensor
    forced: Tensor
    is_free: Tensor
    can_arrive: Tensor
    has_late_orders: Tensor

    @classmethod
    def of(
        cls, system: SingleItemSystem, scenario: Scenario, initial: InitialStock | None
    ) -> _Idle:
        """Play the scenario without ordering."""
        can_arrive = _arrivals(system, scenario)
        is_free = can_arrive.long().cumsum(0) > 0
        nothing = torch.zeros(scenario.n_envs, dtype=system.parameters.dtype)
        stocks, rows = system.start(initial), []
        for _ in range(scenario.horizon):
            received = nothing if stocks.received is None else stocks.received
            stocks, flows = system.step(stocks, nothing, scenario)
            row = (flows.on_hand, flows.inventory_level, flows.unserved, system.cost(flows))
            rows.append(torch.stack([*row, received]).double())
        on_hand, level, unserved, money, arrived = torch.stack(rows, dim=1)
        is_late = (arrived[1:] > 0) & is_free[:-1]
        return cls(on_hand, level, unserved, money * ~is_free, is_free, can_arrive, is_late.any(0))


def _arrivals(system: SingleItemSystem, scenario: Scenario) -> Tensor:
    """Return whether an order of any period arrives in each period, [horizon, n_envs]."""
    horizon, n_envs = scenario.demand.shape
    table = torch.zeros(horizon + system.max_lead_time, n_envs, dtype=torch.bool)
    placed = torch.arange(horizon).unsqueeze(1)
    wait = scenario.lead_time
    arrival = placed + (torch.tensor(system.max_lead_time) if wait is None else wait.long())
    table.scatter_(
        0, arrival.expand(horizon, n_envs), torch.ones(horizon, n_envs, dtype=torch.bool)
    )
    return table[:horizon]


class _Cycles(Protocol):
    """Money by period without orders, and of the periods that one arrival has to serve."""

    def without_orders(self) -> Tensor:
        """Return the money of all periods up to each one, shape [horizon, n_envs]."""
        ...

    def after(self, first: int) -> Tensor:
        """Return the same from an arrival on, up to each period; [horizon - first, n_envs]."""
        ...


def _least_cost(cycles: _Cycles, can_arrive: Tensor, fixed_cost: Tensor) -> Tensor:
    """Return the least money of all periods, shape [n_envs].

    References:
        Wagner and Whitin (1958).
    """
    before = torch.zeros_like(fixed_cost)
    best = cycles.without_orders().clone()
    for first in range(can_arrive.shape[0]):
        if bool(can_arrive[first].any()):
            begun = torch.where(can_arrive[first], before + fixed_cost, torch.inf)
            best[first:] = torch.minimum(best[first:], begun + cycles.after(first))
        before = best[first]
    return before


@dataclass(frozen=True, eq=False)
class _Lost:
    """Unmet demand is lost, or waits at no further charge."""

    idle: _Idle
    prices: _Prices

    def without_orders(self) -> Tensor:
        """Everything the stock of today leaves unserved is short."""
        short = self.prices.stockout_cost * self._unserved
        return (self._holding + short).cumsum(0)

    def after(self, first: int) -> Tensor:
        """Each unit is bought and held from the arrival on, or short, whichever is cheaper."""
        age = torch.arange(self._unserved.shape[0] - first).unsqueeze(1)
        kept = self.prices.purchase_cost + self.prices.holding_cost * age
        each = torch.minimum(kept, self.prices.stockout_cost)
        return (self._holding[first:] + self._unserved[first:] * each).cumsum(0)

    @cached_property
    def _holding(self) -> Tensor:
        """Money that today's stock costs in any case."""
        held = self.prices.holding_cost * self.idle.on_hand
        return torch.where(self.idle.is_free, held, self.idle.forced)

    @cached_property
    def _unserved(self) -> Tensor:
        return self.idle.unserved * self.idle.is_free


@dataclass(frozen=True, eq=False)
class _Owed:
    """Unmet demand waits, at p per unit and period."""

    idle: _Idle
    prices: _Prices

    def without_orders(self) -> Tensor:
        """Stock runs down, and then what is owed grows."""
        return self._idle_money.cumsum(0)

    def after(self, first: int) -> Tensor:
        """Raise the level once, to what serves the cycle best; never below that of no orders."""
        needed, sums = self._needed[first:], self._sums[first:]
        h, p = self.prices.holding_cost, self.prices.stockout_cost
        n = torch.arange(1, needed.shape[0] + 1).unsqueeze(1)
        n_held = torch.ceil(p / (p + h) * n - 1e-9).long().clamp(min=1)
        ordered = needed.gather(0, n_held - 1)
        held = sums.gather(0, n_held) - sums[:1]
        owed = sums[1:] - sums.gather(0, n_held)
        money = h * (n_held * ordered - held) + p * (owed - (n - n_held) * ordered)
        return torch.where(ordered > 0, money, self._idle_money[first:].cumsum(0))

    @cached_property
    def _idle_money(self) -> Tensor:
        level = self.idle.level
        money = self.prices.holding_cost * level.clamp(min=0.0)
        money += self.prices.stockout_cost * (-level).clamp(min=0.0)
        return torch.where(self.idle.is_free, money, self.idle.forced)

    @cached_property
    def _needed(self) -> Tensor:
        """Units that all new orders must have brought to serve all demand so far."""
        return -self.idle.level

    @cached_property
    def _sums(self) -> Tensor:
        zero = torch.zeros_like(self._needed[:1])
        return torch.cat([zero, self._needed.cumsum(0)])
