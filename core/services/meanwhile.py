"""What other windows did meanwhile: nothing is decided on what the planner did not see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.domain import ItemKey, ParameterError
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering
from core.services.workspace import data_fingerprint
from core.store import DecisionRecord, Store

Seen = Mapping[ItemKey, int | None]
"""Number of the decision that each line showed when the planner decided; None for an open one."""


def seen_of(lines: Iterable[OrderLine]) -> Seen:
    """Return which decision each line shows."""
    return {line.key: None if line.record is None else line.record.number for line in lines}


def require_current(store: Store, ordering: Ordering, seen: Seen) -> None:
    """Refuse to decide on what another window has changed since the planner looked at it.

    Args:
        store: The record.
        ordering: The proposals she looked at.
        seen: What the lines showed that she decides on; empty where nobody else can have decided.

    Raises:
        ParameterError: naming what was changed, and by whom.
    """
    data = ordering.data
    if data.history_hash and data_fingerprint(store) != data.fingerprint:
        raise ParameterError(
            "Nothing was decided: sales, stock or costs were changed in another window",
            remedy="Look at the new proposals, then decide.",
        )
    now = store.decisions.standing(data.counts_today) if seen else {}
    for key, number in seen.items():
        record = now.get(key)
        if (None if record is None else record.number) != number:
            raise ParameterError(
                "Nothing was decided: another window was faster",
                where=f"item {key.label}, {_in_words(record)}",
                remedy="Look at it again, then decide.",
            )


def _in_words(record: DecisionRecord | None) -> str:
    if record is None:
        return "whose decision was taken back"
    decision = record.decision
    return f"{decision.choice.value} at {decision.quantity:g} by {decision.planner}"
