"""What pages share: the record, the data, and which item is looked at.

The store holds it all; these are copies, dropped as soon as the record says something else.
"""

from __future__ import annotations

import streamlit as st

from core.domain import ItemKey
from core.services.assortment import Assortment, build_assortment
from core.services.workspace import PlanData, data_fingerprint, load_plan_data
from core.store import Store, open_store

ITEM_PARAMETER = "item"


def store() -> Store:
    """Return the record; opened once per process and folder."""
    return open_store()


def plan_data() -> PlanData | None:
    """Return the active data, or None where there is none yet."""
    record = store()
    return _plan_data(str(record.home), data_fingerprint(record))


def assortment() -> Assortment | None:
    """Return today's ordering problems, or None where there is no data yet."""
    record = store()
    data = plan_data()
    return None if data is None else _assortment(str(record.home), data.fingerprint)


@st.cache_resource(max_entries=3, show_spinner="Reading your data …")
def _plan_data(home: str, fingerprint: str) -> PlanData | None:
    return load_plan_data(store())


@st.cache_resource(max_entries=3, show_spinner="Choosing each item's demand model …")
def _assortment(home: str, fingerprint: str) -> Assortment:
    data = _plan_data(home, fingerprint)
    assert data is not None
    return build_assortment(data, store())


def chosen_item(keys: tuple[ItemKey, ...]) -> ItemKey | None:
    """Return the item named in the link, else the one looked at last, else None.

    A link to an item that is not there is told, not followed in silence.
    """
    wished = st.query_params.get(ITEM_PARAMETER) or st.session_state.get("chosen_item")
    if wished is None:
        return None
    key = ItemKey.parse(str(wished))
    if key in keys:
        return key
    st.warning(f"There is no item {wished!r} in your data. Choose another one below.")
    return None


def choose_item(key: ItemKey) -> None:
    """Remember the item, in the link as well, so that it can be shared."""
    st.session_state["chosen_item"] = key.label
    st.query_params[ITEM_PARAMETER] = key.label


def keep_widgets() -> None:
    """Keep what was typed on one page while another is looked at.

    Streamlit forgets keyed widgets that a run did not draw; setting a key again keeps it. Keys
    that start with an underscore are left to Streamlit: buttons, uploads and editors refuse it.
    """
    for key in list(st.session_state):
        if isinstance(key, str) and key.startswith("keep."):
            st.session_state[key] = st.session_state[key]
