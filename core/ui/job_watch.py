"""How far work beside the page is: one bar, the time left, and a button that stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.domain import PlannerError
from core.jobs import JobRecord, JobStatus, cancel
from core.ui import state, words

_LEAST_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Watch:
    """What a page says while its work goes on.

    Args:
        job: Finds the job; None where there is none.
        failed: Told why it could not be stopped.
        stop_key: Key of the button.
        said: What the planner may do meanwhile.
        stop_help: What stopping keeps.
    """

    job: Callable[[], JobRecord | None]
    failed: Callable[[PlannerError], None]
    stop_key: str
    said: str = "You can leave this page; the result is kept."
    stop_help: str | None = None


@st.fragment(run_every=1.5)
def progress(watch: Watch) -> None:
    """Draw the bar until the work is over; then the whole page is drawn anew."""
    job = watch.job()
    if job is None or job.status.is_over:
        st.rerun()
    share = min(max(float(job.progress.get("fraction", 0.0)), 0.0), 1.0)
    step = str(job.progress.get("phase", "Waiting for a free worker"))
    st.progress(share, text=f"{step}{_left(job, share)}")
    said, stop = st.columns([3, 1])
    said.caption(watch.said)
    is_stopping = job.status is JobStatus.CANCELLING
    stop.button(
        "Stopping …" if is_stopping else "Stop",
        icon=":material/stop_circle:",
        key=watch.stop_key,
        on_click=_stop,
        args=(job.id, watch.failed),
        disabled=is_stopping,
        width="stretch",
        help=watch.stop_help,
    )


def _left(job: JobRecord, share: float) -> str:
    """Write the time left: as the work tells it, else by the share that is done."""
    told = job.progress.get("remaining_s")
    left = told if told is not None or share <= _LEAST_SHARE else job.remaining_s
    return f", about {words.duration(float(left))} left" if left else ""


def _stop(job_id: int, failed: Callable[[PlannerError], None]) -> None:
    try:
        cancel(state.store(), job_id)
    except PlannerError as error:
        failed(error)
