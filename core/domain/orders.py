"""What the planner is offered and what she decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from core.domain.items import ItemKey


class Status(StrEnum):
    """Where an item stands today, in planners' words, most urgent first."""

    OUT_NOW = "Out now"
    RUNS_OUT_FIRST = "Runs out before help can arrive"
    ORDER_TODAY = "Order today"
    DATA_PROBLEM = "Data problem"
    TOO_MUCH_ON_ORDER = "Too much on order"
    EXCESS = "Excess"
    FINE = "Nothing to do"


@dataclass(frozen=True, slots=True)
class OrderProposal:
    """Today's order for one item, beside its alternative, with the reason.

    Args:
        key: Item and location.
        order_quantity: Units to order, after the rules.
        raw_quantity: Units the policy in use asked for, before pack, minimum and limits.
        policy: Name of the policy in use.
        reason: Why this policy is in use for this item, one sentence.
        agent_quantity: Units the agent would order after the rules; None where there is none.
        agent_raw_quantity: The same before the rules.
        baseline_quantity: Units (s, S) would order after the rules.
        baseline_raw_quantity: The same before the rules.
        reorder_point: [s] units.
        order_up_to_level: [S] units.
        on_hand, on_order: Units today; on_hand below 0 is owed to customers.
        demand_mean: Expected units per period over lead time and review.
        cover_after: Periods that stock and orders last once this order is placed.
        value: Money, order_quantity at unit_cost.
        runs_out: Expected day on which stock on hand runs out; None if not within a year.
        status: Where the item stands today.
        notes: What the planner should know (assumed costs, estimated stock, out of range).
    """

    key: ItemKey
    order_quantity: float
    raw_quantity: float
    policy: str
    reason: str
    agent_quantity: float | None
    agent_raw_quantity: float | None
    baseline_quantity: float
    baseline_raw_quantity: float
    reorder_point: float
    order_up_to_level: float
    on_hand: float
    on_order: float
    demand_mean: float
    cover_after: float
    value: float
    runs_out: date | None
    status: Status
    notes: tuple[str, ...] = ()


class Choice(StrEnum):
    """What a planner did with a proposal."""

    APPROVED = "approved"
    ADJUSTED = "adjusted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the planner decided on one proposal, with all that is needed to reproduce it.

    ``run_id`` names the plan that the proposal came from: its data, costs, policy and seed.
    ``situation`` marks what was known of this item then: sales, stock, open orders, costs, lead
    time, rules. The decision is over once any of it changes; other items do not matter.
    """

    key: ItemKey
    choice: Choice
    quantity: float
    proposed_quantity: float
    baseline_quantity: float
    agent_quantity: float | None
    reason: str
    note: str
    planner: str
    decided_at: datetime
    run_id: str
    situation: str = ""
