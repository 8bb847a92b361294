"""Edits of costs and rules that are not saved yet.

Three layers keep them whole: what is saved; the draft that the table was drawn from, fixed while
the table stands (its own output must never become its input); and the latest edits, which become
the draft whenever a new table is drawn: after a filter, a bulk change, another page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.domain import ItemKey
from core.services.editing import Edits, edits_of, merged

_LATEST, _DRAFT, _VERSION = "costs.latest", "costs.draft", "costs.version"


def latest() -> Edits:
    """Return every edit that is not saved yet."""
    edits: Edits = st.session_state.get(_LATEST, {})
    return edits


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


def take_edits(key: str, shown: Sequence[ItemKey]) -> None:
    """Add what was typed into the editor to the latest edits; called when it changes."""
    state: dict[str, Any] = st.session_state.get(key) or {}
    typed = edits_of(shown, state.get("edited_rows", {}))
    st.session_state[_LATEST] = merged(st.session_state.get(_DRAFT, {}), typed)


def add(edits: Edits) -> None:
    """Add edits from elsewhere, and draw the table anew with them."""
    st.session_state[_LATEST] = merged(latest(), edits)
    renew()


def clear() -> None:
    """Forget every edit that is not saved."""
    st.session_state[_LATEST] = {}
    renew()


def renew() -> None:
    """Draw a new table next time."""
    st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
