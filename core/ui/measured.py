"""Measured lead times on the Costs & rules page: what the deliveries say beside what was given."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain import Item
from core.services.lead_times import Difference, differences, edits_to_measured
from core.services.workspace import PlanData
from core.ui import costs_draft, words


def measured_box(data: PlanData, items: Sequence[Item]) -> None:
    """Show which given lead times the deliveries contradict, and offer to take theirs.

    Args:
        data: As saved.
        items: With the edits that are not saved yet.
    """
    if data.deliveries is None:
        return
    found = differences(items, data.measured, data.period)
    title = "Lead times measured from deliveries"
    if found:
        title += f": {words.plural(len(found), 'given one')} {_differ(len(found))}"
    with st.expander(title, expanded=bool(found)):
        st.caption(_used(data))
        if found:
            _table(found)
            st.button(
                f"Use the measured lead times for {words.plural(len(found), 'item')}",
                icon=":material/schedule:",
                on_click=costs_draft.add,
                args=(edits_to_measured(found),),
                key="_costs.measured",
                help="They join the changes above and are saved with them.",
            )
        else:
            st.markdown("No lead time that you gave differs from them by more than chance.")


def _differ(n: int) -> str:
    return "differs" if n == 1 else "differ"


def _used(data: PlanData) -> str:
    n = len(data.measured_used)
    if not n:
        return "A given lead time is never changed by itself."
    given = (
        "1 item has no lead time of its own" if n == 1 else f"{n:,} items have none of their own"
    )
    return f"{given}: the measured one is in use. A given lead time is never changed by itself."


def _table(found: Sequence[Difference]) -> None:
    st.dataframe(
        pd.DataFrame(
            {
                "Item": [one.item.key.label for one in found],
                "What the deliveries say": [one.words + "." for one in found],
            }
        ),
        hide_index=True,
        width="stretch",
        height="content" if len(found) <= 8 else 300,
        alt="Given lead times that the deliveries contradict",
    )
