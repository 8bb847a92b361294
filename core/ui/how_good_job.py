"""The button that works the textbook problems out, and what its worker is at."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.agents.config import ALGORITHM_LABELS
from core.domain import PlannerError
from core.jobs import JobRecord, JobStatus
from core.services.textbook import StudyRequest, kept_studies
from core.services.textbook_job import expected_seconds, start_study, study_job
from core.ui import frame, job_watch, state, words
from core.ui.words import escaped

_KEY = "keep.how_good"
_FAILED, _WATCHED = "how_good.failed", "how_good.watched"
SECONDS = (10, 30, 60)
HOW = {
    "pathwise": "Follows how the simulated cost moves with every order, and changes its orders the "
    "way that lowers it. The program's default, and the quickest learner here.",
    "ppo": "Tries orders near its own at random, and does more often what turned out cheap, in "
    "small, careful steps. Give it 60 s.",
    "a2c": "As PPO, in quicker and less careful steps. In 10 s it hardly leaves (s, S).",
    "dqn": "Learns what each order size leads to in money, and takes the cheapest. In 10 s it "
    "hardly leaves (s, S).",
    "sac": "Learns what orders lead to in money while it keeps trying others. In 10 s it hardly "
    "leaves (s, S).",
    "q_learning": "Writes down in a table what each order has led to, one line per kind of stock "
    "situation; no network. Quick at first, then coarse.",
}
"""What each way of learning does, in words."""


def watch() -> bool:
    """Draw how far a run is, or how it ended; returns whether one is at work."""
    error = st.session_state.pop(_FAILED, None)
    if error is not None:
        frame.show_error(error)
    job = study_job(state.store())
    if job is None:
        return False
    if not job.status.is_over:
        st.session_state[_WATCHED] = job.id
        with st.container(border=True):
            job_watch.progress(_WATCH)
        return True
    _ending(job)
    return False


def _keep_failure(error: PlannerError) -> None:
    st.session_state[_FAILED] = error


_WATCH = job_watch.Watch(
    lambda: study_job(state.store()),
    _keep_failure,
    "_how_good.stop",
    "You can leave this page or close it: the work goes on, and the result is kept.",
    "Keeps the problems that are done.",
)


def _ending(job: JobRecord) -> None:
    """Say how the run that was watched here ended, where the result does not say it."""
    if st.session_state.get(_WATCHED) != job.id or job.status is JobStatus.DONE:
        return
    if job.status is JobStatus.CANCELLED:
        if not (job.result or {}).get("n_done"):
            st.info("The run was stopped before a problem was done.", icon=":material/stop:")
    else:
        st.error(escaped(job.error) or "The run broke off.", icon=":material/error:")


def form() -> None:
    """Draw what can be chosen, and the button; folded away once there is a result."""
    is_first = not kept_studies(state.store())
    with st.container(border=True) if is_first else st.expander("Run it again"):
        seconds = words.duration(_rounded(expected_seconds(_choices())))
        st.button(
            f"Find out (about {seconds})",
            type="primary",
            icon=":material/straighten:",
            on_click=_start,
            key="_how_good.start",
            help="It runs beside the page: you can leave, and come back to the result.",
        )
        if is_first:
            st.caption("Not run yet on this machine. It needs none of your data.")


def _choices() -> StudyRequest:
    usual = StudyRequest()
    for name, value in (("seconds", SECONDS[0]), ("algorithm", usual.algorithm), ("seed", 0)):
        if st.session_state.get(f"{_KEY}.{name}") is None:
            st.session_state[f"{_KEY}.{name}"] = value
    how, long, seed = st.columns([5, 4, 2])
    with how:
        algorithm = st.selectbox(
            "How the agents learn",
            list(ALGORITHM_LABELS),
            format_func=ALGORITHM_LABELS.__getitem__,
            key=f"{_KEY}.algorithm",
        )
    with long:
        st.segmented_control(
            "Learning on each problem",
            SECONDS,
            format_func=lambda seconds: f"{seconds} s",
            key=f"{_KEY}.seconds",
            required=True,
        )
    with seed:
        st.number_input(
            "Seed",
            min_value=0,
            max_value=1_000_000,
            key=f"{_KEY}.seed",
            help="Where chance in the learning begins. Another seed shows how much is luck.",
        )
    st.caption(HOW[algorithm])
    return _request()


def _request() -> StudyRequest:
    """Read the form as it stands now."""
    now = st.session_state
    return replace(
        StudyRequest(),
        algorithm=str(now[f"{_KEY}.algorithm"]),
        seconds=float(now[f"{_KEY}.seconds"]),
        seed=int(now[f"{_KEY}.seed"]),
    )


def _start() -> None:
    try:
        st.session_state[_WATCHED] = start_study(state.store(), _request())
    except PlannerError as error:
        _keep_failure(error)


def _rounded(seconds: float) -> float:
    return max(5.0, 5.0 * round(seconds / 5))
