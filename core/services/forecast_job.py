"""The forecast of all items as a job: started from a page, made in a worker, read back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.demand.forecasts import LABELS, Forecast, ForecastPlan
from core.domain import JobError, PlannerError
from core.jobs import JobContext, JobRecord, checkpoint, list_jobs, submit
from core.services.forecasts import forecast_items
from core.services.workspace import PlanData, load_plan_data
from core.store import JobStatus, Store

FORECAST = "forecast"

_RECENT = 20


class _StoppedError(Exception):
    """The planner cancelled."""


def start_forecast(store: Store, plan: ForecastPlan = ForecastPlan()) -> int:  # noqa: B008
    """Queue a forecast of all items; returns the job's number.

    Raises:
        JobError: where there are no sales.
    """
    if store.datasets.active("history") is None:
        raise JobError("There are no sales to forecast", remedy="Bring them in on the Data page.")
    return submit(store, FORECAST, {"horizon": plan.horizon, "models": list(plan.models)})


def run_forecast_job(context: JobContext) -> dict[str, Any]:
    """Forecast all items and keep the result as Parquet: the worker's function."""
    data = load_plan_data(context.store)
    if data is None:
        raise JobError("There are no sales to forecast", remedy="Bring them in on the Data page.")
    asked = context.payload
    plan = ForecastPlan(asked.get("horizon"), tuple(asked.get("models", ())))

    def tell(share: float, step: str) -> None:
        context.report({"fraction": share, "phase": step})
        if context.is_cancelled():
            raise _StoppedError

    try:
        forecast = forecast_items(tuple(data.history.items()), data.items, plan, tell)
    except _StoppedError:
        return {"stopped": True}
    context.keep(forecast.to_parquet())
    return _summary(data, forecast)


def _summary(data: PlanData, forecast: Forecast) -> dict[str, Any]:
    return {
        "history": data.history_hash,
        "items": len(forecast.keys),
        "left_out": len(forecast.left_out),
        "better": sum(forecast.is_better),
        "models": dict(Counter(LABELS[name] for name in forecast.models)),
    }


def latest_record(store: Store, data: PlanData) -> JobRecord | None:
    """Return the newest job that forecast exactly these sales; None where there is none."""
    for record in list_jobs(store, FORECAST, _RECENT):
        told = record.result or {}
        if record.status is JobStatus.DONE and told.get("history") == data.history_hash:
            return record
    return None


def latest_forecast(store: Store, data: PlanData) -> Forecast | None:
    """Return the newest forecast of exactly these sales; None where there is none to use."""
    record = latest_record(store, data)
    kept = None if record is None else checkpoint(store, record)
    if kept is None:
        return None
    try:
        return Forecast.from_parquet(kept)
    except PlannerError:
        return None  # of an earlier version
