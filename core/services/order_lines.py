"""Today's orders as the planner leaves them: proposals with her decisions on them, by supplier."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.domain import Choice, Item, ItemKey, OrderProposal, Status
from core.planning import Projection, split_position
from core.services.assortment import Assortment
from core.services.ordering import Ordering
from core.store import DecisionRecord

OPEN = "open"
NO_SUPPLIER = "no supplier given"


@dataclass(frozen=True, eq=False)
class OrderLine:
    """One item's order as it stands.

    Args:
        proposal: What was proposed.
        item: The item.
        record: The decision that stands on it; None while it is open.
        cover_after: Periods that stock and orders last with the quantity that stands.
        stock_known: Whether the stock was told; else it counts as 0.
    """

    proposal: OrderProposal
    item: Item
    record: DecisionRecord | None
    cover_after: float
    stock_known: bool = True

    @property
    def key(self) -> ItemKey:
        """Item and location."""
        return self.proposal.key

    @property
    def supplier(self) -> str:
        """Who delivers it."""
        return self.item.supplier or NO_SUPPLIER

    @property
    def quantity(self) -> float:
        """Units as decided, else as proposed."""
        return _quantity(self.proposal, self.record)

    @property
    def value(self) -> float:
        """Money."""
        return self.quantity * self.item.costs.unit_cost

    @property
    def decision(self) -> str:
        """open, approved, adjusted or rejected."""
        return OPEN if self.record is None else self.record.decision.choice.value

    @property
    def is_open(self) -> bool:
        """Whether the planner has not decided yet."""
        return self.record is None

    @property
    def is_plannable(self) -> bool:
        """Whether there is a proposal at all."""
        return self.proposal.policy != "none"

    @property
    def needs_review(self) -> bool:
        """Whether something asks for the planner and she has not decided."""
        return self.is_open and self.proposal.status is not Status.FINE

    @property
    def difference(self) -> float | None:
        """Units that the agent orders more than the rule; None without an agent."""
        agent = self.proposal.agent_quantity
        return None if agent is None else agent - self.proposal.baseline_quantity


@dataclass(frozen=True, slots=True)
class SupplierTotal:
    """What one supplier would get.

    Args:
        supplier: Name.
        n_lines: Lines with a quantity.
        n_open: Of them, not decided yet.
        units: Ordered.
        value: Money.
    """

    supplier: str
    n_lines: int
    n_open: int
    units: float
    value: float


def order_lines(
    assortment: Assortment, ordering: Ordering, decisions: Mapping[ItemKey, DecisionRecord]
) -> tuple[OrderLine, ...]:
    """Put the decisions on the proposals, in the proposals' order."""
    items = {item.key: item for item in assortment.data.items}
    return tuple(
        OrderLine(
            proposal,
            items[proposal.key],
            decisions.get(proposal.key),
            _cover(assortment, proposal, decisions.get(proposal.key)),
            stock_is_known(assortment, proposal.key),
        )
        for proposal in ordering.proposals
    )


def supplier_totals(lines: Iterable[OrderLine]) -> tuple[SupplierTotal, ...]:
    """Add up per supplier, most money first."""
    by_name: dict[str, list[OrderLine]] = {}
    for line in lines:
        by_name.setdefault(line.supplier, []).append(line)
    totals = [_total(name, own) for name, own in by_name.items()]
    return tuple(sorted(totals, key=lambda total: (-total.value, total.supplier)))


def cover_with(assortment: Assortment, key: ItemKey, quantity: float) -> float:
    """Return the periods that stock and orders last once a quantity is ordered."""
    data = assortment.data
    problem = assortment.problems[assortment.row(key)]
    position = data.position(key)
    level, due = split_position(position, data.period, data.today_index)
    demand = problem.demand.mean(problem.start, math.ceil(data.period.per_year))
    ahead = Projection.of(demand, level, due, period=data.period, start=data.today_index)
    return ahead.lasts(position.inventory_position + quantity)


def stock_is_known(assortment: Assortment, key: ItemKey) -> bool:
    """Whether somebody told the stock of an item; else it counts as 0 until they do."""
    return not assortment.data.position(key).is_estimate


def stock_value(assortment: Assortment) -> float:
    """Return what the stock on hand of all items is worth, money; nan where none is known."""
    data = assortment.data
    known = [item for item in data.items if stock_is_known(assortment, item.key)]
    if not known:
        return math.nan
    return sum(max(data.position(item.key).on_hand, 0.0) * item.costs.unit_cost for item in known)


def stock_cover(assortment: Assortment, ordering: Ordering) -> float:
    """Return how long the stock on hand lasts at expected demand, by value; periods.

    Items whose stock is not known are left out; nan where that is all of them.
    """
    cost = {
        item.key: item.costs.unit_cost
        for item in assortment.items
        if stock_is_known(assortment, item.key)
    }
    planned: Sequence[OrderProposal] = [p for p in ordering.proposals if p.key in cost]
    demand = sum(proposal.demand_mean * cost[proposal.key] for proposal in planned)
    stock = sum(max(proposal.on_hand, 0.0) * cost[proposal.key] for proposal in planned)
    return stock / demand if demand > 0 else math.nan


def _quantity(proposal: OrderProposal, record: DecisionRecord | None) -> float:
    if record is None:
        return proposal.order_quantity
    return 0.0 if record.decision.choice is Choice.REJECTED else record.decision.quantity


def _cover(assortment: Assortment, proposal: OrderProposal, record: DecisionRecord | None) -> float:
    quantity = _quantity(proposal, record)
    if quantity == proposal.order_quantity or proposal.policy == "none":
        return proposal.cover_after
    return cover_with(assortment, proposal.key, quantity)


def _total(name: str, lines: Sequence[OrderLine]) -> SupplierTotal:
    ordered = [line for line in lines if line.quantity > 0]
    return SupplierTotal(
        supplier=name,
        n_lines=len(ordered),
        n_open=sum(line.is_open for line in ordered),
        units=sum(line.quantity for line in ordered),
        value=sum(line.value for line in ordered),
    )
