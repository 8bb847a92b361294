"""Today's order for every item: the agent's beside the baseline's, and the one in use."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import torch
from torch import Tensor

from core.domain import ItemKey, OrderProposal, PlannerError, Status, StockPosition, attribute
from core.explain import Levels
from core.planning.outlook import Projection
from core.planning.request import PlanRequest, PolicyUse
from core.planning.statuses import Standing, status_of
from core.planning.today import Today, position_of, split_position, todays_stocks
from core.policies.protocol import Policy


@dataclass(frozen=True)
class Plan:
    """Today's proposals, with what the worklist sorts and shows them by.

    Args:
        proposals: One per item, in the items' order, then those that cannot be planned.
        order_by: Day by which stock and orders will have fallen to the baseline's reorder point;
            None where that is more than a year away or unknown.
    """

    proposals: tuple[OrderProposal, ...]
    order_by: Mapping[ItemKey, date | None] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Quantities:
    """One policy's orders for all items, units, shape [n_items] each."""

    name: str
    raw: list[float]
    final: list[float]


def propose(request: PlanRequest) -> tuple[OrderProposal, ...]:
    """Work out today's order for every item.

    Args:
        request: Items, stock, open orders and policies.

    Raises:
        ParameterError: where an item has no stock position.
    """
    return plan_orders(request).proposals


def plan_orders(
    request: PlanRequest, unplannable: Mapping[ItemKey, PlannerError | str] | None = None
) -> Plan:
    """Work out today's orders, and list the items that cannot be planned beside them.

    Args:
        request: Items, stock, open orders and policies.
        unplannable: Items left out of the request, and why.
    """
    left_out = tuple(
        unplannable_proposal(key, str(reason), request.positions.get(key))
        for key, reason in (unplannable or {}).items()
    )
    if not request.items:
        return Plan(left_out)
    today = todays_stocks(
        request.problems,
        request.items,
        request.positions,
        request.period,
        request.today_index,
        request.memory,
    )
    baseline = _ask(request.baseline, today)
    agent = None if request.agent is None else _ask(request.agent, today)
    # As the policies are told it, so that page and policy mean the same lead time.
    waits = today.system.parameters.lead_time_mean.tolist()
    rule = None if request.rule is None else _ask(request.rule, today)
    asked = _Asked(baseline, agent, rule)
    lines = [_Line(request, row, asked, wait) for row, wait in enumerate(waits)]
    proposals = tuple(line.proposal() for line in lines)
    order_by = {line.key: line.order_by() for line in lines}
    return Plan((*proposals, *left_out), order_by)


def unplannable_proposal(
    key: ItemKey, reason: str, position: StockPosition | None = None
) -> OrderProposal:
    """Show an item that cannot be planned: nothing is proposed, and the note says why."""
    return OrderProposal(
        key=key,
        order_quantity=0.0,
        raw_quantity=0.0,
        policy="none",
        reason="It cannot be planned.",
        agent_quantity=None,
        agent_raw_quantity=None,
        baseline_quantity=0.0,
        baseline_raw_quantity=0.0,
        reorder_point=math.nan,
        order_up_to_level=math.nan,
        on_hand=math.nan if position is None else position.on_hand,
        on_order=0.0 if position is None else position.on_order,
        demand_mean=math.nan,
        cover_after=math.nan,
        value=0.0,
        runs_out=None,
        status=Status.DATA_PROBLEM,
        notes=(reason,),
    )


def _ask(policy: Policy, today: Today) -> _Quantities:
    """Ask for every item's order and pass it through the rules that the simulator uses."""
    observation = today.observe()
    assert policy.n_items == observation.inventory_position.shape[0]
    with torch.inference_mode():
        raw = policy.act(observation)
        final = today.system.rules.apply(raw, observation.inventory_position, 0)
    return _Quantities(policy.name, _numbers(raw), _numbers(final))


@dataclass(frozen=True, eq=False)
class _Asked:
    """What the policies of a plan order: the baseline, the agent, the planner's own rule."""

    baseline: _Quantities
    agent: _Quantities | None
    rule: _Quantities | None


class _Line:
    """One item of the plan."""

    def __init__(self, request: PlanRequest, row: int, asked: _Asked, lead_time_mean: float):
        self._request, self._row = request, row
        self._lead_time_mean = lead_time_mean
        self.item, self.problem = request.items[row], request.problems[row]
        self.key = self.item.key
        self._baseline, self._rule = asked.baseline, asked.rule
        self._agent = None if self.key in request.strangers else asked.agent
        self.position = position_of(self.item, request.positions)
        self.levels = Levels.of(request.baseline.parameters_of(row))
        level, due = split_position(self.position, request.period, request.today_index)
        n_periods = math.ceil(request.period.per_year)
        self._projection = Projection.of(
            self.problem.demand.mean(self.problem.start, n_periods),
            level,
            due,
            period=request.period,
            start=request.today_index,
        )

    @property
    def use(self) -> PolicyUse:
        """Who decides; never the agent where there is none."""
        return self._request.use_of(self.key)

    @property
    def in_use(self) -> _Quantities:
        """The quantities of the policy that decides."""
        if self._rule is not None:
            return self._rule
        return self._agent if self.use.uses_agent and self._agent else self._baseline

    def proposal(self) -> OrderProposal:
        """Put everything about the item on one line."""
        row, agent, baseline = self._row, self._agent, self._baseline
        quantity = self.in_use.final[row]
        return OrderProposal(
            key=self.key,
            order_quantity=quantity,
            raw_quantity=self.in_use.raw[row],
            policy=self.in_use.name,
            reason=self.use.reason,
            agent_quantity=None if agent is None else agent.final[row],
            agent_raw_quantity=None if agent is None else agent.raw[row],
            baseline_quantity=baseline.final[row],
            baseline_raw_quantity=baseline.raw[row],
            reorder_point=self.levels.reorder_point,
            order_up_to_level=self.levels.order_up_to_level,
            on_hand=self.position.on_hand,
            on_order=self.position.on_order,
            demand_mean=self._demand_mean(),
            cover_after=self._projection.lasts(self.position.inventory_position + quantity),
            value=quantity * self.item.costs.unit_cost,
            runs_out=self._projection.runs_out_on(),
            status=status_of(self._standing(quantity)),
            notes=self._notes(),
        )

    def order_by(self) -> date | None:
        """Return the day by which the baseline will want to order."""
        position = self.position.inventory_position
        wait = self._projection.falls_to(self.levels.reorder_point, position)
        if wait > self._request.period.per_year:
            return None
        return self._projection.day_of(wait)

    def _standing(self, quantity: float) -> Standing:
        rules, levels = self.item.rules, self.levels
        gap = levels.order_up_to_level - levels.reorder_point if levels.is_known else 0.0
        return Standing(
            on_hand=self.position.on_hand,
            on_order=self.position.on_order,
            order_quantity=quantity,
            reorder_point=levels.reorder_point,
            order_up_to_level=levels.order_up_to_level,
            lot=max(rules.pack_size, rules.min_order, gap),
            runs_out_in=self._projection.runs_out_in(),
            help_in=float(round(self._lead_time_mean)),
            is_estimate=self.position.is_estimate,
        )

    def _demand_mean(self) -> float:
        """Expected units per period over lead time and review, as the policies are told."""
        cover = max(1, round(self._lead_time_mean) + self.problem.rules.review_period)
        return float(self.problem.demand.mean(self.problem.start, cover).mean())

    def _notes(self) -> tuple[str, ...]:
        told = self._request.notes.get(self.key, ())
        notes = [note for note in told if note not in self.use.reason]
        if self.position.is_estimate:
            notes.append("Stock is an estimate: the order is provisional.")
        if self.item.assumed:
            labels = sorted(attribute("items", name).label.lower() for name in self.item.assumed)
            notes.append(f"Assumed, not given: {', '.join(labels)}.")
        overdue = self._overdue()
        if overdue:
            notes.append(f"{overdue:g} units on order are overdue and counted as arriving now.")
        return tuple(notes)

    def _overdue(self) -> float:
        start, period = self._request.today_index, self._request.period
        return sum(
            order.quantity
            for order in self.position.open_orders
            if int(period.number(order.due)) < start
        )


def _numbers(values: Tensor) -> list[float]:
    return [round(float(value), 4) + 0.0 for value in values]
