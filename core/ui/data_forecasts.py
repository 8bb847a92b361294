"""Forecasts on the Data page: made on request, used only where they are proved better."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.domain import Period, PlannerError
from core.jobs import JobRecord, JobStatus
from core.services.assortment import Assortment
from core.services.forecast_job import start_forecast
from core.services.forecast_use import (
    PROVED,
    ForecastState,
    expected_seconds,
    forecast_job,
    forecast_state,
    use_forecasts,
)
from core.ui import components, job_watch, state, words

_WATCHED, _USE = "data.forecast.watched", "_data.forecast.use"


def section(assortment: Assortment) -> None:
    """Say what forecasts are worth for these items, and offer to make them."""
    known = forecast_state(state.store(), assortment.data)
    _summary(known, assortment.data.period)
    job = forecast_job(state.store())
    if job is not None and not job.status.is_over:
        st.session_state[_WATCHED] = job.id
        job_watch.progress(_WATCH)
        return
    if job is not None:
        _ending(job)
    _button(assortment, known)


def _summary(known: ForecastState, period: Period) -> None:
    if known.made_at is None:
        st.markdown(
            "Plans stand on a demand model of each item: its level, season and spread. A forecast "
            "can be better where sales trend or change. Each is tried on past dates against "
            "the demand model, and used only where it was better by more than chance."
        )
        _caveat(period)
        return
    used = "Plans use" if known.is_used else "Plans could use"
    st.markdown(
        f"Forecast {words.moment(known.made_at)}: {words.plural(known.n_items, 'item')}. {used} it "
        f"for **{known.n_better:,}**, where it did better at past dates; the demand model is as "
        "good for the others."
    )
    _caveat(period)
    st.dataframe(
        pd.DataFrame(known.models, columns=["Best forecast", "Items"]),
        hide_index=True,
        width=420,
        alt="How many items each forecast model was chosen for",
    )
    if known.n_left_out:
        left = words.plural(known.n_left_out, "item")
        st.caption(f"{left} cannot be forecast: too few sales.")
    st.toggle(
        "Plan on forecasts where they are better",
        value=known.is_used,
        key=_USE,
        on_change=_switch,
        help="Off: every item is planned on its demand model.",
    )


def _caveat(period: Period) -> None:
    if period not in PROVED:
        st.caption(
            f"On sales by {period.value} our own benchmarks show no lower cost from planning on "
            "forecasts yet, so they are used only when you say so."
        )


def _switch() -> None:
    try:
        use_forecasts(state.store(), bool(st.session_state[_USE]))
    except PlannerError as error:
        components.keep_news(failed=error)


def _button(assortment: Assortment, known: ForecastState) -> None:
    n_items = len(assortment.planned)
    seconds = words.duration(max(15.0, 15.0 * round(expected_seconds(state.store(), n_items) / 15)))
    again = " again" if known.made_at else ""
    st.button(
        f"Forecast my items{again} (about {seconds})",
        icon=":material/query_stats:",
        on_click=_start,
        help="It runs beside the page: you can leave, and come back to the result.",
    )


def _start() -> None:
    try:
        st.session_state[_WATCHED] = start_forecast(state.store())
    except PlannerError as error:
        components.keep_news(failed=error)


_WATCH = job_watch.Watch(
    lambda: forecast_job(state.store()),
    lambda error: components.keep_news(failed=error),
    "_data.forecast.stop",
)


def _ending(job: JobRecord) -> None:
    """Say how the job that was watched here ended, once."""
    if st.session_state.get(_WATCHED) != job.id:
        return
    if job.status is JobStatus.DONE:
        del st.session_state[_WATCHED]
    elif job.status is JobStatus.CANCELLED:
        st.info("The forecast was stopped; what was there before stays.", icon=":material/stop:")
    else:
        st.error(job.error or "The forecast broke off.", icon=":material/error:")
