"""Decisions: who decided what, and why?"""

import streamlit as st

from core.services.decision_log import decision_log
from core.ui import components, decisions, frame, report_button, state

with frame.page("Decisions", "Who decided what, and why?"):
    data = frame.require_data()
    components.tell_news()
    lines = decision_log(state.store(), data)
    if lines:
        decisions.figures(lines)
        shown = decisions.filters(lines)
        bar = st.container()
        picked = decisions.table(shown)
        with bar:
            decisions.actions(picked, shown)
            if shown:
                report_button.of_decisions(shown, data)
    else:
        decisions.nothing_yet()
