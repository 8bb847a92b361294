"""What the planner typed on the Orders page and has not saved yet.

The table is drawn from a draft that stays as it is while the table stands: its own output must
never become its input. What is typed goes to the latest draft, which the next table starts from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.domain import Choice, ItemKey
from core.services.deciding import Adjustment
from core.services.order_lines import OrderLine

EDITABLE = ("your_quantity", "reason", "note")
_LATEST, _BASE, _MARKED, _VERSION = (
    f"orders.{name}" for name in ("draft", "draft.base", "marked", "version")
)

Drafts = Mapping[ItemKey, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the planner typed and has not saved.

    Args:
        adjustments: Quantities of her own, with their reasons.
        marked: Lines that she ticked.
    """

    adjustments: Mapping[ItemKey, Adjustment]
    marked: tuple[ItemKey, ...]


def draft_for(table: str) -> tuple[str, Drafts]:
    """Return the key of the table and the draft to draw it with.

    Args:
        table: What else the table depends on: another one, another key.
    """
    key = f"_orders.table.{st.session_state.get(_VERSION, 0)}.{table}"
    if key not in st.session_state:
        st.session_state[_BASE] = dict(st.session_state.get(_LATEST, {}))
    base: Drafts = st.session_state.get(_BASE, {})
    return key, base


def own_cells(line: OrderLine) -> dict[str, Any]:
    """Return the cells that can be edited, as saved."""
    decided = None if line.record is None else line.record.decision
    if decided is None or decided.choice is Choice.APPROVED:
        return {"your_quantity": None, "reason": None, "note": ""}
    return {
        "your_quantity": decided.quantity,
        "reason": decided.reason or None,
        "note": decided.note,
    }


def drafts_of(
    before: Drafts, keys: Sequence[ItemKey], edited: Mapping[int, Mapping[str, Any]]
) -> tuple[dict[ItemKey, dict[str, Any]], tuple[ItemKey, ...]]:
    """Read what was typed off the editor's state.

    Args:
        before: Drafts that the table was drawn with.
        keys: Item of each row.
        edited: Row number to changed cells.

    Returns:
        Drafts by item, and the ticked items.
    """
    drafts = {key: dict(draft) for key, draft in before.items()}
    marked = []
    for row, cells in edited.items():
        key = keys[int(row)]
        if cells.get("marked"):
            marked.append(key)
        typed = {name: value for name, value in cells.items() if name in EDITABLE}
        if typed:
            drafts[key] = drafts.get(key, {}) | typed
    return drafts, tuple(marked)


def wishes_of(
    lines: Mapping[ItemKey, OrderLine], drafts: Drafts, marked: Sequence[ItemKey]
) -> Wishes:
    """Turn drafts into adjustments; a draft that changes nothing is none."""
    found = {key: _adjustment(lines[key], draft) for key, draft in drafts.items() if key in lines}
    changed = {key: wish for key, wish in found.items() if wish is not None}
    return Wishes(changed, tuple(key for key in marked if key in lines))


def _adjustment(line: OrderLine, draft: Mapping[str, Any]) -> Adjustment | None:
    saved = own_cells(line)
    cells = saved | dict(draft)
    as_it_stands = (saved["your_quantity"], None, line.quantity)
    same_words = all((cells[name] or None) == (saved[name] or None) for name in EDITABLE[1:])
    if same_words and cells["your_quantity"] in as_it_stands:
        return None
    quantity = cells["your_quantity"]
    if quantity is None:
        quantity = line.proposal.order_quantity
    return Adjustment(float(quantity), cells["reason"] or "", cells["note"] or "")


def take(key: str, keys: Sequence[ItemKey]) -> None:
    """Add what was typed to the latest draft; called when the table changes."""
    editor: dict[str, Any] = st.session_state.get(key) or {}
    base: Drafts = st.session_state.get(_BASE, {})
    drafts, marked = drafts_of(base, keys, editor.get("edited_rows", {}))
    st.session_state[_LATEST], st.session_state[_MARKED] = drafts, marked


def wishes(lines: Sequence[OrderLine]) -> Wishes:
    """Return what was typed and is not saved."""
    drafts: Drafts = st.session_state.get(_LATEST, {})
    marked: Sequence[ItemKey] = st.session_state.get(_MARKED, ())
    return wishes_of({line.key: line for line in lines}, drafts, marked)


def renew() -> None:
    """Forget what was typed, and draw a new table."""
    st.session_state[_LATEST] = {}
    untick()


def untick() -> None:
    """Draw a new table without ticks; quantities that are not saved stay."""
    st.session_state[_MARKED] = ()
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
