"""Policies: is the agent better than my rule on MY items, and how sure?"""

import streamlit as st

from core.services.comparing import latest_proof
from core.services.frontiers import latest_frontier
from core.ui import (
    frame,
    policies,
    policies_item,
    policies_job,
    policies_point,
    policies_tables,
    state,
)

VIEWS = {"all": "All items", "items": "Item by item", "one": "One item", "sales": "Your real sales"}

with frame.page("Policies", "Is the agent better than my rule on MY items, and how sure?"):
    frame.require_data()
    assortment = state.assortment()
    if assortment is None or not assortment.planned:
        frame.empty(
            "No item can be planned, so nothing can be compared.", frame.DATA_PAGE, "See why"
        )
        st.stop()
    store = state.store()
    policies_point.told()
    who, against = st.columns(2, gap="medium", vertical_alignment="bottom")
    with who:
        record = policies_job.choose_agent()
    proof = latest_proof(store, assortment, record)
    if proof is None:
        st.markdown(
            "Every policy is played on the same test futures of your items, and on the last part "
            "of your real sales, with your costs. Not compared yet on these sales and costs."
        )
        policies_job.compare_bar(assortment, record, None)
        st.stop()
    with against:
        policy = policies.choose_challenger(proof)
    unfit = policies.unfit_rows(assortment, record)
    st.session_state.setdefault("keep.policies.view", "all")
    if st.session_state["keep.policies.view"] in ("all", "items"):
        policies.verdict(proof, policy, unfit)
    view = st.segmented_control(
        "View",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        key="keep.policies.view",
        required=True,
        label_visibility="collapsed",
    )
    traced = latest_frontier(store, assortment, record)
    if view == "all":
        policies.overview(proof, assortment, policy, traced)
    elif view == "sales":
        policies.real_sales(proof, policy, unfit)
    else:
        rows = policies.rows_of(proof, assortment, policy, record)
        if view == "items":
            policies_tables.item_table(rows, proof.names[policy], assortment.data.period)
        else:
            policies_item.one_item(proof, assortment, rows, policy, record, traced)
    policies.contract_box(proof.comparison.contract, proof)
    policies_job.compare_bar(assortment, record, proof)
