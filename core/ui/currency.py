"""Which currency amounts are in: asked on Costs & rules, said beside every page."""

from __future__ import annotations

import streamlit as st

from core.domain import PlannerError
from core.services.currency import currency, set_currency
from core.ui import components, state
from core.ui.words import escaped

_FIELD = "_costs.currency"


def suffix(mark: str = ", ") -> str:
    """Return what follows a label (", EUR") or, after a blank, an amount; else nothing."""
    return escaped(plain(mark))


def plain(mark: str = ", ") -> str:
    """Return the same for what is no Markdown: cells of a table, charts."""
    name = currency(state.store())
    return f"{mark}{name}" if name else ""


def field() -> None:
    """Ask for the currency."""
    st.text_input(
        "Currency of all amounts",
        value=currency(state.store()),
        placeholder="EUR, $, zł …",
        key=_FIELD,
        on_change=_keep,
        width=190,
        help="A code or a sign. It is only shown: nothing is converted.",
    )


def _keep() -> None:
    try:
        name = set_currency(state.store(), str(st.session_state[_FIELD]))
        components.keep_news(
            f"Amounts are in {escaped(name)}." if name else "No currency is named."
        )
    except PlannerError as error:
        components.keep_news(failed=error)
