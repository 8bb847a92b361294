"""Orders: what do I order from whom, and is every line right?"""

import streamlit as st

from core.services.deciding import check_adjustments
from core.ui import (
    components,
    frame,
    plan_orders,
    plan_orders_actions,
    plan_orders_draft,
    plan_today,
    report_button,
    state,
)

with frame.page("Orders", "What do I order from whom, and is every line right?"):
    frame.require_data()
    components.tell_news()
    assortment, ordering = state.assortment(), state.ordering()
    assert assortment is not None and ordering is not None
    plan_today.stock_banner(assortment)
    lines = state.lines()
    shown = plan_orders.filters(lines, ordering)
    if shown:
        bar = st.container()
        plan_orders.table(assortment, ordering, shown)
        with bar:
            typed = plan_orders_draft.wishes(lines)
            plan_orders_actions.actions(assortment, ordering, shown, typed)
        plan_orders_actions.all_refusals(check_adjustments(assortment, typed.adjustments))
        plan_orders.totals(shown)
        plan_orders.files(assortment, ordering, shown)
        report_button.of_plan(assortment, ordering, lines)
        with st.expander("Totals by supplier"):
            plan_orders.supplier_table(lines)
    else:
        st.info("No line here: nothing to order today.", icon=":material/check:")
    state.warm_explanations()
