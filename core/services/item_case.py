"""One item's order with all that is said about it: what page, report and command line share."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain import ItemKey, Outcome, Verdict
from core.explain import Explanation, WhyNot
from core.services.assortment import Assortment
from core.services.deciding import todays_decisions
from core.services.explaining import explain_order, try_quantity
from core.services.order_lines import OrderLine, order_lines
from core.services.ordering import Ordering, policy_label
from core.store import Store


@dataclass(frozen=True, eq=False)
class ItemCase:
    """One item's order and its reasons.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        line: The proposal with the decision on it.
        explanation: Why it is what it is.
    """

    assortment: Assortment
    ordering: Ordering
    line: OrderLine
    explanation: Explanation

    @property
    def key(self) -> ItemKey:
        """Item and location."""
        return self.line.key

    @property
    def rule(self) -> str:
        """The rule's name on screen."""
        return policy_label(self.ordering.baseline.name)

    @property
    def agent(self) -> str:
        """The agent's name on screen; empty without one."""
        at_work = self.ordering.at_work
        return "" if at_work is None else at_work.record.name

    @property
    def is_agents(self) -> bool:
        """Whether the agent decides today."""
        return self.explanation.policy != self.ordering.baseline.name


@dataclass(frozen=True, slots=True)
class Alternative:
    """A quantity that could be ordered today, and what it leads to against the proposal.

    Args:
        label: Whose quantity it is.
        quantity: Units, after the rules; None where there is none to show.
        value: Money, at unit cost.
        raw: Units before pack, minimum and limits; None where nobody worked them out.
        cost: Difference in money to the proposal over ``n_periods``, with its interval; None where
            it is the proposal's own quantity or was not compared.
        risk: Share of futures that run out; None where it was not compared.
        n_periods: Over which cost is counted.
        is_proposed: Whether it is the proposal.
    """

    label: str
    quantity: float | None
    value: float = 0.0
    raw: float | None = None
    cost: Verdict | None = None
    risk: float | None = None
    n_periods: int = 0
    is_proposed: bool = False

    @property
    def outcome(self) -> Outcome | None:
        """Better, worse or cannot tell; None where nothing was compared."""
        return None if self.cost is None else self.cost.outcome


def named_item(assortment: Assortment, label: str) -> ItemKey:
    """Return the item of a name.

    Raises:
        HistoryError: where the item cannot be planned; says why.
        UnknownNameError: where there is no such item; offers the closest one.
    """
    key = ItemKey.parse(label)
    assortment.row(key)
    return key


def item_case(store: Store, assortment: Assortment, ordering: Ordering, key: ItemKey) -> ItemCase:
    """Explain one item's order as the Item page does.

    Raises:
        HistoryError: where the item cannot be planned; says why.
        UnknownNameError: where there is no such item.
    """
    explanation = explain_order(assortment, ordering, key)
    lines = order_lines(assortment, ordering, todays_decisions(store, assortment))
    line = next(line for line in lines if line.key == key)
    return ItemCase(assortment, ordering, line, explanation)


def alternatives(case: ItemCase) -> tuple[Alternative, ...]:
    """Set the agent's, the rule's and the decided quantity, and none at all, side by side.

    Every one is compared with the proposal on the same futures, by what the Item page calls.
    """
    agent, rule = _agents_and_rules(case)
    rows = [agent, rule]
    if case.line.record is not None:
        rows.append(_decided(case, (agent, rule)))
    if case.line.proposal.order_quantity > 0 and not any(row.quantity == 0 for row in rows):
        rows.append(_tried(case, "Order nothing", 0.0))
    return tuple(_with_proposals_risk(case, rows))


def _agents_and_rules(case: ItemCase) -> tuple[Alternative, Alternative]:
    proposal, found = case.line.proposal, case.explanation.why_not
    unit_cost = case.line.item.costs.unit_cost
    label = f"Agent {case.agent}".strip()
    agent = Alternative(label, None)
    rule = Alternative(
        case.rule,
        case.explanation.baseline.order_quantity,
        case.explanation.baseline.order_quantity * unit_cost,
        proposal.baseline_raw_quantity,
        is_proposed=not case.is_agents,
    )
    if case.explanation.agent is None:
        return agent, rule
    quantity = case.explanation.agent.order_quantity
    agent = Alternative(
        label,
        quantity,
        quantity * unit_cost,
        proposal.agent_raw_quantity,
        is_proposed=case.is_agents,
    )
    return (agent, rule) if found is None else _compared(agent, rule, found)


def _compared(
    agent: Alternative, rule: Alternative, found: WhyNot
) -> tuple[Alternative, Alternative]:
    """Put the comparison of the two on the one that is not proposed."""
    same = found.quantity == found.reference_quantity
    risks = {False: found.quantity_risk, True: found.reference_risk}
    first, second = (
        _with(
            row,
            None if row.is_proposed or same else found.cost,
            risks[row.is_proposed],
            found.n_periods,
        )
        for row in (agent, rule)
    )
    return first, second


def _decided(case: ItemCase, known: tuple[Alternative, ...]) -> Alternative:
    line = case.line
    assert line.record is not None
    label = f"{line.decision.capitalize()} by {line.record.decision.planner}"
    for each in known:
        if each.quantity == line.quantity and (each.is_proposed or each.cost is not None):
            return _with(each, each.cost, each.risk, each.n_periods, label=label)
    return _tried(case, label, line.quantity)


def _tried(case: ItemCase, label: str, quantity: float) -> Alternative:
    found = try_quantity(case.assortment, case.ordering, case.key, quantity)
    value = found.quantity * case.line.item.costs.unit_cost
    cost = None if found.quantity == found.reference_quantity else found.cost
    return Alternative(
        label, found.quantity, value, None, cost, found.quantity_risk, found.n_periods
    )


def _with_proposals_risk(case: ItemCase, rows: list[Alternative]) -> list[Alternative]:
    """Give the proposal its own risk where only a try has worked it out."""
    proposed = next((row for row in rows if row.is_proposed), None)
    if proposed is None or proposed.risk is not None:
        return rows
    found = try_quantity(case.assortment, case.ordering, case.key, 0.0)
    risk, quantity = found.reference_risk, case.line.proposal.order_quantity
    return [
        _with(row, row.cost, risk, found.n_periods)
        if row.quantity == quantity and row.risk is None
        else row
        for row in rows
    ]


def _with(
    row: Alternative,
    cost: Verdict | None,
    risk: float | None,
    n_periods: int,
    *,
    label: str = "",
) -> Alternative:
    proposed = row.is_proposed and not label
    return Alternative(
        label or row.label, row.quantity, row.value, row.raw, cost, risk, n_periods, proposed
    )
