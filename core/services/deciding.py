"""What the planner decides on today's orders: approve, adjust, reject, undo; and the log of it."""

from __future__ import annotations

import getpass
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from core.domain import (
    Choice,
    Decision,
    Item,
    ItemKey,
    OrderProposal,
    OrderRules,
    ParameterError,
    PlannerError,
)
from core.services.assortment import Assortment
from core.services.meanwhile import Seen, require_current
from core.services.ordering import Ordering
from core.store import DecisionRecord, Store

REASONS: tuple[str, ...] = (
    "Promotion or event",
    "Customer won or lost",
    "Price break",
    "Supplier closed or late",
    "Pack or container",
    "Stock count wrong",
    "Open order missing",
    "End of life",
    "Cash or budget",
    "Space or shelf life",
    "Forecast wrong",
    "Do not trust the agent here",
    "Other",
)
OTHER = "Other"
_PLANNER = "planner_name"
_NEARLY = 1e-6


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A quantity of the planner's own.

    Args:
        quantity: Units.
        reason: One of REASONS.
        note: What she knows; needed with the reason "Other".
    """

    quantity: float
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one line cannot be ordered as wished."""

    key: ItemKey
    message: str


def planner_name(store: Store) -> str:
    """Return the name that decisions are kept under."""
    return str(store.settings.get(_PLANNER) or _login_name())


def set_planner_name(store: Store, name: str) -> None:
    """Remember the name that decisions are kept under; an empty one means the log-in name."""
    store.settings.set(_PLANNER, name.strip()[:80])


def quantity_problem(quantity: float, item: Item, position: float) -> str | None:
    """Say why a quantity cannot be ordered, or None.

    Args:
        quantity: Units.
        item: Its rules.
        position: Stock and open orders together, units.
    """
    if not math.isfinite(quantity) or quantity < 0:
        return f"an order must be 0 units or more, not {quantity:g}"
    if quantity == 0:
        return None
    return _rule_problem(quantity, item.rules, position)


def approve(
    store: Store, ordering: Ordering, keys: Iterable[ItemKey], seen: Seen | None = None
) -> tuple[DecisionRecord, ...]:
    """Approve proposals as they stand, all of them or none.

    Args:
        store: The record.
        ordering: The proposals that the planner looked at.
        keys: Of the lines to approve.
        seen: What these lines showed; None where nobody else can have decided.

    Raises:
        ParameterError: where an item has no order to approve, or another window was faster.
        StorageError: disk full, locked.
    """
    require_current(store, ordering, seen or {})
    decisions = []
    for key in keys:
        proposal = _decidable(ordering, key)
        decisions.append(
            _decision(store, ordering, proposal, (Choice.APPROVED, proposal.order_quantity))
        )
    return store.decisions.add(*decisions)


def adjust(
    store: Store,
    assortment: Assortment,
    ordering: Ordering,
    wishes: Mapping[ItemKey, Adjustment],
    seen: Seen | None = None,
) -> tuple[DecisionRecord, ...]:
    """Order the planner's own quantities, all of them or none.

    Raises:
        ParameterError: where a quantity breaks a rule of the item, its reason is missing, or
            another window was faster.
        StorageError: disk full, locked.
    """
    require_current(store, ordering, seen or {})
    refusals = check_adjustments(assortment, wishes)
    if refusals:
        first, *rest = refusals
        remedy = f"{len(rest)} more cannot be saved either." if rest else ""
        raise ParameterError(first.message, where=f"item {first.key.label}", remedy=remedy)
    decisions = [
        _decision(
            store,
            ordering,
            _decidable(ordering, key),
            (Choice.ADJUSTED, wish.quantity),
            (wish.reason, wish.note.strip()),
        )
        for key, wish in wishes.items()
    ]
    return store.decisions.add(*decisions)


def reject(
    store: Store,
    ordering: Ordering,
    keys: Iterable[ItemKey],
    why: tuple[str, str],
    seen: Seen | None = None,
) -> tuple[DecisionRecord, ...]:
    """Order nothing for these items today.

    Args:
        store: The record.
        ordering: The proposals that the planner looked at.
        keys: Of the lines to reject.
        why: One of REASONS, and a note.
        seen: As in ``approve``.

    Raises:
        ParameterError: where the reason is missing, or another window was faster.
        StorageError: disk full, locked.
    """
    reason, note = why
    problem = _reason_problem(reason, note)
    if problem:
        raise ParameterError(problem)
    require_current(store, ordering, seen or {})
    decisions = [
        _decision(
            store,
            ordering,
            _decidable(ordering, key),
            (Choice.REJECTED, 0.0),
            (reason, note.strip()),
        )
        for key in keys
    ]
    return store.decisions.add(*decisions)


def undo(store: Store, numbers: Iterable[int]) -> tuple[DecisionRecord, ...]:
    """Undo decisions; the log keeps both.

    Raises:
        StorageError: where one was undone already.
    """
    name = planner_name(store)
    return tuple(store.decisions.undo(number, name) for number in numbers)


def check_adjustments(
    assortment: Assortment, wishes: Mapping[ItemKey, Adjustment]
) -> tuple[Refusal, ...]:
    """List everything that stands against the planner's quantities."""
    found = []
    for key, wish in wishes.items():
        try:
            item = assortment.items[assortment.row(key)]
        except PlannerError as error:
            found.append(Refusal(key, f"it cannot be planned: {error.what}"))
            continue
        position = assortment.data.position(key).inventory_position
        problem = quantity_problem(wish.quantity, item, position)
        problem = problem or _reason_problem(wish.reason, wish.note)
        if problem:
            found.append(Refusal(key, problem))
    return tuple(found)


def todays_decisions(store: Store, assortment: Assortment) -> dict[ItemKey, DecisionRecord]:
    """Return the decisions that stand today, whichever policy proposed.

    New sales, stock, costs or rules of an item make a new proposal, so the decision on the old one
    is over; those on other items stand.
    """
    return store.decisions.standing(assortment.data.counts_today)


def _rule_problem(quantity: float, rules: OrderRules, position: float) -> str | None:
    packs = quantity / rules.pack_size
    if abs(packs - round(packs)) > _NEARLY * max(packs, 1.0):
        below, above = (math.floor(packs) * rules.pack_size, math.ceil(packs) * rules.pack_size)
        what = "whole units" if rules.pack_size == 1 else f"whole packs of {rules.pack_size:g}"
        return f"{quantity:g} is not {what}: order {below:g} or {above:g}"
    if quantity < rules.min_order - _NEARLY:
        return f"{quantity:g} is below the supplier's minimum order of {rules.min_order:g}"
    if quantity > rules.max_order + _NEARLY:
        return f"{quantity:g} is above the largest order of {rules.max_order:g}"
    if position + quantity > rules.max_stock + _NEARLY:
        return (
            f"{quantity:g} and the {position:g} in stock and on order are more than the storage"
            f" cap of {rules.max_stock:g}"
        )
    return None


def _reason_problem(reason: str, note: str) -> str | None:
    if reason not in REASONS:
        return "choose a reason, so that others can learn from it"
    if reason == OTHER and not note.strip():
        return 'with the reason "Other", write a note'
    return None


def _decidable(ordering: Ordering, key: ItemKey) -> OrderProposal:
    proposal = ordering.proposal(key)
    if proposal.policy == "none":
        raise ParameterError(
            "There is no order to decide on: it cannot be planned",
            where=f"item {key.label}",
            remedy=" ".join(proposal.notes),
        )
    return proposal


def _decision(
    store: Store,
    ordering: Ordering,
    proposal: OrderProposal,
    what: tuple[Choice, float],
    why: tuple[str, str] = ("", ""),
) -> Decision:
    return Decision(
        key=proposal.key,
        choice=what[0],
        quantity=float(what[1]),
        proposed_quantity=proposal.order_quantity,
        baseline_quantity=proposal.baseline_quantity,
        agent_quantity=proposal.agent_quantity,
        reason=why[0],
        note=why[1],
        planner=planner_name(store),
        decided_at=datetime.now(UTC),
        run_id=ordering.run_id,
        situation=ordering.data.situation(proposal.key),
    )


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user on this machine, as in some containers
        return "planner"
