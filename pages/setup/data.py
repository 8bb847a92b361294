"""Data: was my file read as I meant it, and is it good enough to plan on?"""

import streamlit as st

from core.domain import PlannerError
from core.services.health import KIND_LABELS, coverage, file_health
from core.services.importing import load_sample
from core.ui import (
    components,
    data_forecasts,
    data_health,
    data_section,
    data_understanding,
    data_unusual,
    frame,
    state,
)


def _back_to_sample() -> None:
    try:
        load_sample(state.store())
    except PlannerError as error:
        st.session_state["data.failed"] = error


def _health() -> None:
    assortment = state.assortment()
    if assortment is None:
        return
    st.subheader("Good enough to plan on?", anchor=False)
    data_health.freshness(assortment.data)
    data_health.plannable(assortment)
    data_health.assumptions(assortment, stock_known=assortment.data.stock_known)
    data_health.marks(assortment.data)
    with st.container(horizontal=True):
        st.page_link(frame.COSTS_PAGE, label="Set costs and rules", icon=":material/payments:")
        st.page_link(frame.TODAY_PAGE, label="See today's orders", icon=":material/today:")
    cover = coverage(assortment.data.history)
    with st.expander("How full the sales are, item by month"):
        if cover.n_left_out:
            st.caption(f"The {len(cover.labels)} items with the fewest periods that sold.")
        st.plotly_chart(
            data_health.coverage_chart(cover, assortment.data.period.value),
            width="stretch",
            key="data.coverage",
            config={"displayModeBar": False},
            alt="Heat map: share of periods with a sale, by item and month",
        )
    st.subheader("How do my items sell?", anchor=False)
    data_understanding.section(assortment.data)
    st.subheader("Unusual sales", anchor=False)
    data_unusual.section(assortment.data)
    st.subheader("Forecasts", anchor=False)
    data_forecasts.section(assortment)


with frame.page("Data", "Was my file read as I meant it, and is it good enough to plan on?"):
    data_section.show_failure()
    components.tell_news()
    data = state.plan_data()
    files = file_health(state.store())
    if data is None:
        st.info(
            "There are no sales yet. Bring in three columns: date, item, quantity. "
            "Or look around with the sample first.",
            icon=":material/upload_file:",
        )
    st.session_state.setdefault("keep.data.kind", "history")
    kind = st.segmented_control(
        "Which table",
        list(KIND_LABELS),
        format_func=KIND_LABELS.__getitem__,
        key="keep.data.kind",
        required=True,
        label_visibility="collapsed",
    )
    data_section.section(kind, next(file for file in files if file.kind == kind), data)
    st.subheader("In use now", anchor=False)
    data_health.health_table(files)
    if data is None or not data.is_sample:
        st.button("Back to the sample", icon=":material/science:", on_click=_back_to_sample)
    _health()
