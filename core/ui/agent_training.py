"""The training that runs now: its curve, its times, and the way to stop it."""

from __future__ import annotations

import streamlit as st

from core.domain import PlannerError
from core.jobs import cancel
from core.services.assortment import Assortment
from core.services.training_watch import (
    Training,
    cancel_training,
    current_training,
    learning_curve,
    other_trainings,
    training,
)
from core.store import JobStatus
from core.ui import agent_actions, agent_ending, frame, state, words
from core.ui.agent_curve import show_curve
from core.ui.words import escaped

POLL_S = 2.0


def panel(assortment: Assortment) -> Training | None:
    """Draw the training at hand, live while it runs; returns it, None where there is none."""
    now = current_training(state.store())
    if now is None:
        return None
    with st.container(border=True):
        if now.job.status.is_over:
            agent_ending.show(now, assortment)
        else:
            _live(now.job.id)
    return now


@st.fragment(run_every=POLL_S)
def _live(job_id: int) -> None:
    """Look again every two seconds; another window, or this one reloaded, finds it the same."""
    try:
        now = training(state.store(), job_id)
        if now.job.status.is_over:
            st.rerun()
        _head(now)
        _times(now)
        show_curve(learning_curve(state.store(), job_id), job_id)
        _stop_buttons(now)
        _others(now)
        agent_actions.told()
    except PlannerError as error:
        frame.show_error(error)


def _head(now: Training) -> None:
    st.subheader(f"Training {escaped(now.name)}", anchor=False)
    if now.job.status is JobStatus.QUEUED:
        st.caption(f"{now.algorithm}. Waits until a worker is free; it starts by itself.")
        return
    st.caption(f"{now.algorithm}. Safe to leave this page or close it: the training goes on.")
    st.progress(now.fraction, text=now.phase)


def _times(now: Training) -> None:
    if now.job.status is JobStatus.QUEUED:
        return
    with st.container(horizontal=True, gap="medium"):
        st.metric("Elapsed", words.duration(now.elapsed_s), width="content")
        left = "comparing" if now.is_comparing else words.duration(now.remaining_s)
        st.metric(
            "Remaining",
            left,
            width="content",
            help="Until it has learned; comparing it with (s, S) then takes about a minute more.",
        )
        st.metric(
            "Best so far, cost",
            words.NOTHING
            if now.best_ratio is None
            else words.percent(now.best_ratio - 1, signed=True),
            width="content",
            help="Against (s, S), on validation futures; below 0 is cheaper. This agent is kept "
            "whatever happens.",
        )


def _stop_buttons(now: Training) -> None:
    job_id = now.job.id
    if now.job.status is JobStatus.CANCELLING:
        st.button(
            "End it at once",
            help="Does not wait for the training to stop by itself; what it kept last stays.",
            on_click=_force,
            args=(job_id,),
            key="_agent.force",
        )
        return
    keeps = "" if now.job.status is JobStatus.QUEUED else ", keep the best so far"
    st.button(
        f"Cancel{keeps}",
        icon=":material/stop_circle:",
        on_click=_cancel,
        args=(job_id,),
        key="_agent.cancel",
    )


def _others(now: Training) -> None:
    for other in other_trainings(state.store(), now.job.id):
        with st.container(horizontal=True, vertical_alignment="center"):
            state_words = "waits" if other.job.status is JobStatus.QUEUED else other.phase
            st.markdown(f"**{escaped(other.name)}** {state_words}", width="content")
            st.button(
                "Cancel",
                type="tertiary",
                on_click=_cancel,
                args=(other.job.id,),
                key=f"_agent.cancel.{other.job.id}",
            )


def _cancel(job_id: int) -> None:
    def work() -> str:
        cancel_training(state.store(), job_id)
        return ""

    agent_actions.attempt(work)


def _force(job_id: int) -> None:
    def work() -> str:
        cancel(state.store(), job_id, force=True)
        return ""

    agent_actions.attempt(work)
