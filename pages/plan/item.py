"""Item: why this quantity, and why not the (s, S) one?"""

import streamlit as st

from core.ui import (
    components,
    frame,
    plan_item,
    plan_item_numbers,
    plan_item_tabs,
    report_button,
    state,
)

with frame.page("Item", "Why this quantity, and why not the (s, S) one?"):
    frame.require_data()
    components.tell_news()
    state.warm_explanations()
    assortment, ordering = state.assortment(), state.ordering()
    assert assortment is not None and ordering is not None
    key = plan_item.choose(assortment, ordering)
    if key in assortment.unplannable:
        plan_item.cannot_be_planned(assortment, key)
    else:
        line = next(line for line in state.lines() if line.key == key)
        case = plan_item_tabs.Case(assortment, ordering, line, state.explanation(key))
        plan_item.head(case)
        quantity = plan_item_numbers.three_numbers(case)
        plan_item.decide(case, quantity)
        report = st.container()
        plan_item.outlook(case, quantity)
        plan_item_tabs.tabs(case)
        components.policy_map_link(key)
        # Drawn last: finding out whether PDF can be made takes a second the first time.
        with report:
            report_button.of_item(case)
