"""The Today page's list: tiles by status, and every item that needs the planner, dearest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.domain import ItemKey, OrderProposal, Status
from core.planning.proposals import Plan

_FROM_SURPLUS = frozenset({Status.TOO_MUCH_ON_ORDER, Status.EXCESS})


@dataclass(frozen=True, slots=True)
class Tile:
    """How many items have a status, and what that is worth.

    Args:
        status: In words.
        count: Items.
        money: Expected stock-out cost if nothing is ordered, or, for what is too much, the value
            of what lies above the order-up-to level.
    """

    status: Status
    count: int
    money: float


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One item of the list.

    Args:
        proposal: Today's order and status.
        at_risk: Expected stock-out cost if nothing is ordered, money.
        money: What the item adds to its tile.
        order_by: Day by which an order is due; None if not within a year.
    """

    proposal: OrderProposal
    at_risk: float
    money: float
    order_by: date | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """What needs the planner today.

    Args:
        tiles: One per status that asks for something, most urgent first.
        lines: Items that need something, most money at risk first.
        at_risk: Money, all items.
        order_value: Money, all proposed orders.
        next_order_by: Next day on which an item that needs nothing today will; None if none.
    """

    tiles: tuple[Tile, ...]
    lines: tuple[WorkLine, ...]
    at_risk: float
    order_value: float
    next_order_by: tuple[date, ItemKey] | None


def worklist(
    plan: Plan, at_risk: Mapping[ItemKey, float], unit_costs: Mapping[ItemKey, float]
) -> Worklist:
    """Sort today's proposals into tiles and a list.

    Args:
        plan: Today's proposals.
        at_risk: Expected stock-out cost per item if nothing is ordered, money.
        unit_costs: Money per unit, per item.
    """
    lines = [_line(p, plan, at_risk, unit_costs) for p in plan.proposals]
    needy = [line for line in lines if line.proposal.status is not Status.FINE]
    order = list(Status)
    needy.sort(
        key=lambda line: (-line.at_risk, order.index(line.proposal.status), line.proposal.key)
    )
    tiles = (_tile(status, needy) for status in order if status is not Status.FINE)
    return Worklist(
        tiles=tuple(tiles),
        lines=tuple(needy),
        at_risk=sum(line.at_risk for line in lines),
        order_value=sum(line.proposal.value for line in lines),
        next_order_by=_next_order_by(lines),
    )


def _line(
    proposal: OrderProposal,
    plan: Plan,
    at_risk: Mapping[ItemKey, float],
    unit_costs: Mapping[ItemKey, float],
) -> WorkLine:
    key = proposal.key
    risk = at_risk.get(key, 0.0)
    money = _money(proposal, risk, unit_costs.get(key, 0.0))
    return WorkLine(proposal, risk, money, plan.order_by.get(key))


def money_word(status: Status) -> str:
    """Say what the money of a tile is."""
    return "too much" if status in _FROM_SURPLUS else "at risk"


def _money(proposal: OrderProposal, risk: float, unit_cost: float) -> float:
    if proposal.status not in _FROM_SURPLUS:
        return risk
    above = proposal.on_hand + proposal.on_order - proposal.order_up_to_level
    return max(above, 0.0) * unit_cost


def _tile(status: Status, lines: list[WorkLine]) -> Tile:
    own = [line for line in lines if line.proposal.status is status]
    return Tile(status, len(own), sum(line.money for line in own))


def _next_order_by(lines: list[WorkLine]) -> tuple[date, ItemKey] | None:
    waiting = [
        (line.order_by, line.proposal.key)
        for line in lines
        if line.proposal.order_quantity == 0 and line.order_by is not None
    ]
    return min(waiting, default=None)
