"""The Compare button and what its worker is at."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.domain import PlannerError
from core.jobs import JobRecord, JobStatus
from core.services.assortment import Assortment
from core.services.comparing import Proof
from core.services.comparing_job import comparison_job, expected_seconds, start_comparison
from core.store import AgentRecord
from core.ui import frame, job_watch, state, words

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
    job = _job(agent_id)
    if job is not None and not job.status.is_over:
        st.session_state[_WATCHED] = job.id
        find = partial(_job, agent_id)
        job_watch.progress(job_watch.Watch(find, _keep_failure, "policies.stop"))
        return
    if job is not None:
        _ending(job)
    seconds = words.duration(_rounded(expected_seconds(state.store(), assortment, agent_id)))
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
        _keep_failure(error)


def _rounded(seconds: float) -> float:
    return max(5.0, 5.0 * round(seconds / 5))


def _job(agent_id: int | None) -> JobRecord | None:
    return comparison_job(state.store(), agent_id)


def _keep_failure(error: PlannerError) -> None:
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
