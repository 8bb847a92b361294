"""Quartermaster's dashboard: `streamlit run app.py`, or `make run`."""

import streamlit as st

from core.ui import addresses, frame, state
from core.ui.start import prepare_once

st.set_page_config(
    page_title="Quartermaster",
    page_icon=str(frame.ICON),
    layout="wide",
    initial_sidebar_state="auto",
)
addresses.follow_first_link()
prepare_once()
state.keep_widgets()

navigation = st.navigation(
    {
        "Plan": [
            st.Page(frame.TODAY_PAGE, title="Today", icon=":material/today:", default=True),
            st.Page(frame.ORDERS_PAGE, title="Orders", icon=":material/local_shipping:"),
            st.Page(frame.ITEM_PAGE, title="Item", icon=":material/search_insights:"),
            st.Page(frame.WHAT_IF_PAGE, title="What-if", icon=":material/tune:"),
        ],
        "Proof": [
            st.Page(frame.POLICIES_PAGE, title="Policies", icon=":material/balance:"),
            st.Page(frame.POLICY_MAP_PAGE, title="Policy map", icon=":material/grid_on:"),
            st.Page(frame.AGENT_PAGE, title="Agent", icon=":material/model_training:"),
            st.Page(frame.HOW_GOOD_PAGE, title="How good?", icon=":material/straighten:"),
            st.Page(frame.DECISIONS_PAGE, title="Decisions", icon=":material/history:"),
        ],
        "Set-up": [
            st.Page(frame.DATA_PAGE, title="Data", icon=":material/upload_file:"),
            st.Page(frame.COSTS_PAGE, title="Costs & rules", icon=":material/payments:"),
            *addresses.other_spellings(),
        ],
    }
)
frame.sidebar()
navigation.run()
