"""The Compare button and what its worker is at."""

from __future__ import annotations

import streamlit as st

from core.domain import PlannerError
from core.jobs import JobRecord, JobStatus, cancel
from core.services.assortment import Assortment
from core.services.comparing import Proof
from core.services.comparing_job import comparison_job, expected_seconds, start_comparison
from core.store import AgentRecord
from core.ui import frame, state, words

_AGENT, _FAILED, _WATCHED = "keep.policies.agent", "policies.failed", "policies.watched"
_RULES_ALONE = 0


def choose_agent() -> AgentRecord | None:
    """Let the planner choose an agent to compare, or the rules alone."""
    store = state.store()
    known = {record.id: record for record in store.agents.list()}
    options = [*known, _RULES_ALONE]
    if st.session_state.get(_AGENT) not in options:
        active = store.agents.active()
        st.session_state[_AGENT] = options[0] if active is None else active.id
    if not known:
        st.caption("There is no agent yet: the rules are compared with each other.")
        return None
    chosen = st.selectbox(
        "Agent",
        options,
        key=_AGENT,
        format_func=lambda one: _agent_words(known.get(one)),
        help="Which agent to hold against (s, S) on your items.",
    )
    return known.get(chosen)


def _agent_words(record: AgentRecord | None) -> str:
    if record is None:
        return "No agent: the rules against each other"
    return f"{record.name} (active)" if record.active else record.name


def compare_bar(assortment: Assortment, record: AgentRecord | None, proof: Proof | None) -> None:
    """Draw the button, or how far its work is."""
    error = st.session_state.pop(_FAILED, None)
    if error is not None:
        frame.show_error(error)
    agent_id = None if record is None else record.id
    job = comparison_job(state.store(), agent_id)
    if job is not None and not job.status.is_over:
        st.session_state[_WATCHED] = job.id
        _progress(agent_id)
        return
    if job is not None:
        _ending(job)
    seconds = words.duration(_rounded(expected_seconds(state.store(), assortment)))
    st.button(
        f"Compare{' again' if proof else ''} (about {seconds})",
        type="secondary" if proof else "primary",
        icon=":material/balance:",
        on_click=_start,
        args=(agent_id,),
        help="It runs beside the page: you can leave, and come back to the result.",
    )


def _start(agent_id: int | None) -> None:
    try:
        st.session_state[_WATCHED] = start_comparison(state.store(), agent_id)
    except PlannerError as error:
        st.session_state[_FAILED] = error


def _rounded(seconds: float) -> float:
    return max(5.0, 5.0 * round(seconds / 5))


@st.fragment(run_every=1.5)
def _progress(agent_id: int | None) -> None:
    job = comparison_job(state.store(), agent_id)
    if job is None or job.status.is_over:
        st.rerun()
    share = min(max(float(job.progress.get("fraction", 0.0)), 0.0), 1.0)
    left = job.remaining_s
    ending = f", about {words.duration(left)} left" if left and share > 0.05 else ""
    step = str(job.progress.get("phase", "Waiting for a free worker"))
    st.progress(share, text=f"{step}{ending}")
    said, stop = st.columns([3, 1])
    said.caption("You can leave this page; the result is kept.")
    with stop:
        st.button("Stop", key="policies.stop", on_click=_stop, args=(job.id,), width="stretch")


def _stop(job_id: int) -> None:
    try:
        cancel(state.store(), job_id)
    except PlannerError as error:
        st.session_state[_FAILED] = error


def _ending(job: JobRecord) -> None:
    """Say how the job that was watched here ended, once."""
    if st.session_state.get(_WATCHED) != job.id:
        return
    if job.status is JobStatus.DONE:
        del st.session_state[_WATCHED]
    elif job.status is JobStatus.CANCELLED:
        st.info("The comparison was stopped; nothing of it was kept.", icon=":material/stop:")
    else:
        st.error(job.error or "The comparison broke off.", icon=":material/error:")
