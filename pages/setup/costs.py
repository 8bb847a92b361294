"""Costs and rules: what are we optimising, in money, and what must every order respect?"""

import streamlit as st

from core.domain import attribute
from core.services.bulk import BULK_RULES
from core.ui import costs, costs_actions, costs_draft, costs_example, frame, state

with frame.page(
    "Costs & rules", "What are we optimising, in money, and what must every order respect?"
):
    data = frame.require_data()
    costs_actions.told()
    items, problems, changed = costs_actions.standing(data)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input("Find an item", key="keep.costs.search", width=220)
        supplier = st.selectbox(
            "Supplier", costs_actions.suppliers(data), key="keep.costs.supplier", width=220
        )
        assumed = st.toggle("With assumed values only", key="keep.costs.assumed")
    shown = costs.chosen(items, search, supplier, assumed=assumed)
