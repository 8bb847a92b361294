"""The frame of every page: its question, the state of the data, and errors in words."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core.domain import InputFileError, PlannerError
from core.services.workspace import PlanData
from core.ui import downloads, state, words

log = logging.getLogger("quartermaster")

LOGO = Path(__file__).with_name("logo.svg")
# The mark alone: a browser asks a server elsewhere for the picture of a named icon.
ICON = Path(__file__).with_name("icon.svg")
# Streamlit leaves a hand's breadth above and beside every page; planners have tables to see.
_TIGHTER = """<style>
.stMainBlockContainer { padding-top: 3.2rem; padding-bottom: 3rem; }
@media (min-width: 736px) { .stMainBlockContainer { padding-left: 3rem; padding-right: 3rem; } }
</style>"""

TODAY_PAGE = "pages/plan/today.py"
ORDERS_PAGE = "pages/plan/orders.py"
ITEM_PAGE = "pages/plan/item.py"
WHAT_IF_PAGE = "pages/plan/what_if.py"
POLICIES_PAGE = "pages/proof/policies.py"
AGENT_PAGE = "pages/proof/agent.py"
HOW_GOOD_PAGE = "pages/proof/how_good.py"
POLICY_MAP_PAGE = "pages/proof/policy_map.py"
DECISIONS_PAGE = "pages/proof/decisions.py"
DATA_PAGE = "pages/setup/data.py"
COSTS_PAGE = "pages/setup/costs.py"


@contextmanager
def page(title: str, question: str) -> Iterator[None]:
    """Draw title and question, then the page; whatever goes wrong is said in words."""
    st.title(title, anchor=False)
    st.caption(question)
    for failure in downloads.taken_failures():
        show_failure(failure)
    try:
        yield
    except Exception as failure:
        show_failure(failure)


def show_failure(failure: Exception) -> None:
    """Show a planner's error in its words, any other as a fault of the program."""
    if isinstance(failure, PlannerError):
        show_error(failure)
    else:
        show_crash(failure)


def show_error(error: PlannerError) -> None:
    """Show a planner's error; a refused file lists everything found in it."""
    st.error(words.escaped(error.message), icon=":material/error:")
    findings = error.findings if isinstance(error, InputFileError) else ()
    if len(findings) > 1:
        with st.expander(f"Everything found in this file ({len(findings)})", expanded=True):
            for finding in findings:
                st.markdown(f"- {words.escaped(str(getattr(finding, 'message', finding)))}")


def show_crash(failure: Exception) -> None:
    """Own up to a fault of the program, with a mark to find it in the log by."""
    mark = secrets.token_hex(3)
    log.error("page failed, mark %s", mark, exc_info=failure)
    st.error(
        f"Something went wrong in the program, not in your data (mark {mark}). Nothing you saved "
        "is lost. Reload the page; if it happens again, send the log with this mark.",
        icon=":material/bug_report:",
    )


def require_data() -> PlanData:
    """Return the data, or draw the empty state and end the page."""
    data = state.plan_data()
    if data is None:
        empty("There are no sales yet, so there is nothing to plan.", DATA_PAGE, "Bring in data")
        st.stop()
    return data


def empty(sentence: str, target: str, label: str) -> None:
    """Draw an empty state: what is missing and the one thing to do about it."""
    with st.container(border=True):
        st.markdown(sentence)
        st.page_link(target, label=label, icon=":material/arrow_forward:")


def sidebar() -> None:
    """Say beside every page which data it speaks of."""
    st.logo(str(LOGO), size="large")
    st.html(_TIGHTER)
    try:
        data = state.plan_data()
    except PlannerError as error:
        show_error(error)
        st.stop()
    if data is not None:
        _data_strip(data)


def _data_strip(data: PlanData) -> None:
    with st.sidebar:
        if data.is_sample:
            st.badge("Sample data", icon=":material/science:", color="orange")
            st.caption("Look around; replace it with your own sales on the Data page any time.")
        stock = "stock known" if data.stock_known else "no stock file yet"
        st.caption(
            f"Sales to **{words.day(data.as_of)}**, {stock}  \n"
            f"{words.plural(len(data.items), 'item')}, {data.period.value}s, "
            f"read {words.moment(data.read_at)}"
        )
