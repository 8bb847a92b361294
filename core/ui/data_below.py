"""The lower part of the Data page: is what is in use good enough, and how do the items sell?"""

from __future__ import annotations

import streamlit as st

from core.services.health import file_health
from core.ui import data_forecasts, data_health, data_understanding, data_unusual, frame, state


def below() -> None:
    """Draw what is known of the data in use: good enough, how items sell, odd sales, forecasts."""
    assortment = state.assortment()
    if assortment is None:
        return
    st.subheader("Good enough to plan on?", anchor=False)
    data_health.freshness(assortment.data)
    data_health.file_ages(assortment.data, file_health(state.store()))
    data_health.plannable(assortment)
    data_health.assumptions(assortment, stock_known=assortment.data.stock_known)
    data_health.marks(assortment.data)
    with st.container(horizontal=True):
        st.page_link(frame.COSTS_PAGE, label="Set costs and rules", icon=":material/payments:")
        st.page_link(frame.TODAY_PAGE, label="See today's orders", icon=":material/today:")
    with st.expander("How full the sales are, item by month"):
        data_health.coverage_pages(assortment.data.history)
    st.subheader("How do my items sell?", anchor=False)
    data_understanding.section(assortment.data)
    st.subheader("Unusual sales", anchor=False)
    data_unusual.section(assortment.data)
    st.subheader("Forecasts", anchor=False)
    data_forecasts.section(assortment)
