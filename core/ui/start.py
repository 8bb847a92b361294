"""What the dashboard does once per process, before its first page."""

from __future__ import annotations

import streamlit as st

from core.domain import PlannerError
from core.services.prepare import prepare
from core.ui import frame, state


def prepare_once() -> None:
    """Prepare the record; where that fails, say so and stop."""
    try:
        _prepare(str(state.store().home))
    except PlannerError as error:
        frame.show_error(error)
        st.stop()


@st.cache_resource(show_spinner="Getting ready …")
def _prepare(home: str) -> bool:
    prepare(state.store())
    return True
