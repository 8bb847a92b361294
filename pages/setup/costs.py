"""Costs and rules: what are we optimising, in money, and what must every order respect?"""

import streamlit as st

from core.ui import (
    components,
    costs_actions,
    costs_example,
    currency,
    frame,
    measured,
    state,
    words,
)

with frame.page(
    "Costs & rules", "What are we optimising, in money, and what must every order respect?"
):
    data = frame.require_data()
    components.tell_news()
    costs_actions.told()
    currency.field()
    now = costs_actions.standing(data)
    shown = costs_actions.filters(data)
    costs_actions.editor(data, shown)
    costs_actions.save_bar(now)
    measured.measured_box(data, now.items)
    with st.expander(f"Set one value for {words.plural(len(shown), 'item')} shown"):
        costs_actions.bulk(data, now, shown)
    costs_actions.record_bar(data)
    assortment = state.assortment()
    if assortment is not None:
        with st.container(border=True):
            costs_example.example(assortment, now.items)
