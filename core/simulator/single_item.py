"""The single-item system: one stocking point, one supplier.

In period t:

1. Orders due in t arrive. [Stocks: what `start` and `step` return]
2. The state is observed and an order placed; with a lead time of 0 it arrives at once.
3. Demand happens.
4. It is served from stock; the rest is lost, backordered, or some of each.
5. (Nothing perishes here.)
6. Costs: K per order, c per unit ordered, h per unit on hand at the end, p per unit short: once
   per lost unit, and per backordered unit at the end of every period until it is served.

An order placed in t with lead time L can serve demand from period t + L on.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.simulator.lead_times import all_fixed_alike, lead_time_probabilities
from core.simulator.memory import Memory
from core.simulator.parameters import Parameters
from core.simulator.pipeline import Pipeline, crossing_pipeline, fixed_pipeline
from core.simulator.problem import Problem
from core.simulator.protocol import Flows, Observation, Stocks
from core.simulator.rules import OrderRulesBatch
from core.simulator.scenario import Scenario
from core.simulator.shortage import serve_rule


@dataclass(frozen=True, eq=False)
class InitialStock:
    """Where a simulation starts.

    Args:
        inventory_level: [IL] units on hand less backorders, arrivals of t = 0 in, shape [n_envs].
        arrivals: Units already on order, due in 1, 2, ... periods, shape [n_due, n_envs].
        memory: Sales of the periods before t = 0; None where none is known.
    """

    inventory_level: Tensor
    arrivals: Tensor | None = None
    memory: Memory | None = None


class SingleItemSystem:
    """A batch of single-item systems; every environment may be a different item.

    Args:
        problems: One per item.
        n_paths: Environments per item.
        dtype: Number format of every quantity.
        whole_packs: False leaves orders unrounded, so that the cost has a gradient in them.
        memory: Latest periods whose sales policies may see.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        n_paths: int,
        dtype: torch.dtype = torch.float32,
        *,
        whole_packs: bool = True,
        memory: int = 0,
    ):
        self.problems = tuple(problems)
        self.memory = memory
        self._whole_packs = whole_packs
        chances = [lead_time_probabilities(problem.lead_time) for problem in self.problems]
        self._lead_time_is_fixed = all_fixed_alike(chances)
        self._take(Parameters.of(self.problems, n_paths, dtype))

    def _take(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.rules = OrderRulesBatch(parameters, whole_packs=self._whole_packs)
        self.max_lead_time = int(parameters.max_lead_time.max())
        self._serve = serve_rule(parameters.lost_share)
        self._has_fixed_cost = bool((parameters.fixed_cost > 0).any())
        self._has_purchase_cost = bool((parameters.purchase_cost > 0).any())

    def picked(self, rows: Tensor) -> SingleItemSystem:
        """Return some of the environments, in any number each.

        Args:
            rows: Environments, shape [n].
        """
        system = copy.copy(self)
        system._take(self.parameters.picked(rows))
        return system

    def start(self, initial: InitialStock | None = None) -> Stocks:
        """Return the stock at t = 0: as given, else empty with nothing on order."""
        p = self.parameters
        level = torch.zeros(p.n_envs, dtype=p.dtype) if initial is None else initial.inventory_level
        assert level.shape == (p.n_envs,)
        arrivals = None if initial is None else initial.arrivals
        position = level if arrivals is None else level + arrivals.sum(0)
        memory = self._remembered(None if initial is None else initial.memory)
        return Stocks(level, position, self._empty_or(arrivals), None, 0, memory)

    def observe(self, stocks: Stocks, scenario: Scenario) -> Observation:
        """Return what a policy may know now."""
        return Observation(stocks, self.parameters, *scenario.outlook.at(stocks.t))

    def step(self, stocks: Stocks, raw_order: Tensor, scenario: Scenario) -> tuple[Stocks, Flows]:
        """Play one period: events 2 to 6, then the arrivals of the next period.

        Args:
            stocks: Stock now.
            raw_order: Units asked for, before the rules, shape [n_envs].
            scenario: Demand and lead times of every period.
        """
        t = stocks.t
        demand, lead_time = scenario.at(t)
        order = self.rules.apply(raw_order, stocks.inventory_position, t)
        at_once, pipeline = stocks.pipeline.place(order, t, lead_time)
        before = stocks.inventory_level if at_once is None else stocks.inventory_level + at_once
        served = self._serve(before, demand, self.parameters.lost_share)
        # In place on a new tensor: half the time of three new ones, and just as differentiable.
        position = (stocks.inventory_position + order).sub_(demand)
        if served.lost is not None:
            position.add_(served.lost)
        received = _sum(stocks.received, at_once)
        flows = Flows(order, received, demand, before, *served)
        memory = stocks.memory
        if memory is not None:
            memory = memory.after(
                demand, served, self.parameters.lost_share, scenario.outlook.at(t)[0]
            )
        arrived, pipeline = pipeline.receive(t + 1)
        level = served.inventory_level
        level = level if arrived is None else level + arrived
        return Stocks(level, position, pipeline, arrived, t + 1, memory), flows

    def chances(self, scenario: Scenario, length: int) -> list[bool]:
        """Return for each period whether an order in it can change anything before the end.

        Between reviews it cannot. Nor can it where neither it nor any later one arrives in time,
        as long as placing an order costs nothing.

        Args:
            scenario: Lead times of every period.
            length: Periods until the end.
        """
        last = length - 1
        if not (self._has_fixed_cost or self._has_purchase_cost):
            late = scenario.lead_time
            waits = (
                [self.max_lead_time] * length if late is None else late[:length].amin(1).tolist()
            )
            last = max((t for t, wait in enumerate(waits) if t + wait < length), default=-1)
        return [t <= last and self.rules.may_order(t) for t in range(length)]

    def cost(self, flows: Flows) -> Tensor:
        """Return the money of one period, shape [n_envs]."""
        p = self.parameters
        cost = torch.addcmul(p.holding_cost * flows.on_hand, p.stockout_cost, flows.short)
        if self._has_fixed_cost:
            cost = torch.addcmul(cost, p.fixed_cost, (flows.order > 0).to(p.dtype))
        if self._has_purchase_cost:
            cost = torch.addcmul(cost, p.purchase_cost, flows.order)
        return cost

    def _remembered(self, memory: Memory | None) -> Memory | None:
        if self.memory == 0:
            return None
        p = self.parameters
        known = Memory.blank(0, p.n_envs, p.dtype) if memory is None else memory
        return known.latest(self.memory)

    def _empty_or(self, arrivals: Tensor | None) -> Pipeline:
        p = self.parameters
        if arrivals is None and self._lead_time_is_fixed:
            return fixed_pipeline(p.n_envs, self.max_lead_time, p.dtype)
        due = torch.zeros(0, p.n_envs, dtype=p.dtype) if arrivals is None else arrivals
        return crossing_pipeline(due, p.max_lead_time)


def _sum(first: Tensor | None, second: Tensor | None) -> Tensor | None:
    if first is None or second is None:
        return second if first is None else first
    return first + second
