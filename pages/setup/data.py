"""Data: was my file read as I meant it, and is it good enough to plan on?"""

import streamlit as st

from core.domain import PlannerError
from core.services.health import KIND_LABELS, file_health
from core.services.importing import load_sample
from core.ui import components, data_below, data_health, data_log, data_section, frame, state


def _back_to_sample() -> None:
    try:
        load_sample(state.store())
    except PlannerError as error:
        st.session_state["data.failed"] = error


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
    data_log.log()
    if data is None or not data.is_sample:
        st.button("Back to the sample", icon=":material/science:", on_click=_back_to_sample)
    data_below.below()
