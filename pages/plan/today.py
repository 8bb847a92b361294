"""Today: what needs me before I order, and what is it worth?"""

import streamlit as st

from core.ui import components, frame, plan_today, state

with frame.page("Today", "What needs me before I order, and what is it worth?"):
    data = frame.require_data()
    components.tell_news()
    assortment, ordering = state.assortment(), state.ordering()
    assert assortment is not None and ordering is not None
    lines = state.lines()
    plan_today.checklist(is_sample=data.is_sample)
    plan_today.stock_banner(assortment)
    plan_today.figures(assortment, ordering, lines)
    components.policy_choice(ordering)
    status = plan_today.tiles(ordering, lines)
    shown = plan_today.waiting_lines(ordering, lines, status)
    if shown:
        bar, said = st.container(horizontal=True), st.container()
        picked = plan_today.work_table(assortment, shown)
        with bar:
            plan_today.actions(ordering, picked, shown)
        with said:
            plan_today.told(assortment, picked, shown)
    else:
        plan_today.nothing_waits(ordering, status)
    state.warm_explanations()
