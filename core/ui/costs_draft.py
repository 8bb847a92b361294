"""Edits of costs and rules that are not saved yet.

Three layers keep them whole: what is saved; the draft that the table was drawn from, fixed while
the table stands (its own output must never become its input); and the latest edits, which become
the draft whenever a new table is drawn: after a filter, a bulk change, another page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.domain import Item
from core.services.editing import Edits, edits_of, merged
from core.services.item_values import value_of

_LATEST, _DRAFT, _VERSION = "costs.latest", "costs.draft", "costs.version"
_SEEN = "costs.seen"


def latest() -> Edits:
    """Return every edit that is not saved yet."""
    edits: Edits = st.session_state.get(_LATEST, {})
    return edits


def seen() -> Edits:
    """Return the saved values that the edits were typed over."""
    found: Edits = st.session_state.get(_SEEN, {})
    return found


def see(items: Sequence[Item]) -> None:
    """Remember the saved values under all edits, those that were seen before excepted."""
    known = {item.key: item for item in items}
    under = {
        key: {name: value_of(known[key], name) for name in values}
        for key, values in latest().items()
        if key in known
    }
    st.session_state[_SEEN] = merged(under, seen())


def see_anew(items: Sequence[Item]) -> None:
    """Remember the saved values as they are now."""
    st.session_state[_SEEN] = {}
    see(items)


def draft_for(table: str) -> tuple[str, Edits]:
    """Return the key of the editor and the edits to draw it with.

    Args:
        table: What else the table depends on (filter, columns, data): another one, another key.
    """
    key = f"_costs.editor.{st.session_state.get(_VERSION, 0)}.{table}"
    if key not in st.session_state:
        st.session_state[_DRAFT] = latest()
    draft: Edits = st.session_state.get(_DRAFT, {})
    return key, draft


def take_edits(key: str, shown: Sequence[Item]) -> None:
    """Add what was typed into the editor to the latest edits; called when it changes."""
    state: dict[str, Any] = st.session_state.get(key) or {}
    typed = edits_of([item.key for item in shown], state.get("edited_rows", {}))
    st.session_state[_LATEST] = merged(st.session_state.get(_DRAFT, {}), typed)
    see(shown)


def add(edits: Edits) -> None:
    """Add edits from elsewhere, and draw the table anew with them."""
    st.session_state[_LATEST] = merged(latest(), edits)
    renew()


def clear() -> None:
    """Forget every edit that is not saved."""
    st.session_state[_LATEST] = {}
    st.session_state[_SEEN] = {}
    renew()


def renew() -> None:
    """Draw a new table next time."""
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
