"""Which forecast plans stand on: the newest of these very sales, unless it is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.demand.forecasts import Forecast
from core.domain import Period
from core.jobs import JobRecord, list_jobs
from core.jobs import job as job_now
from core.services.forecast_job import FORECAST, latest_forecast, latest_record
from core.services.workspace import PlanData
from core.store import JobStatus, Store

PROVED = frozenset({Period.MONTH})
"""Periods in which planning on forecasts was cheaper in benchmarks; docs/benchmarks.md."""

_SETTING = "forecast.use"
_RECENT = 20
_SECONDS_TO_START, _SECONDS_PER_ITEM = 15.0, 0.2


@dataclass(frozen=True, slots=True)
class ForecastState:
    """The forecast of the sales in use.

    Args:
        made_at: When; None where there is none.
        n_items: Items that were forecast.
        n_better: Items whose forecast is proved better than their demand model.
        n_left_out: Items without a forecast.
        models: Model -> number of items, the most frequent first.
        is_used: Whether plans use it where it is better.
    """

    made_at: datetime | None
    n_items: int = 0
    n_better: int = 0
    n_left_out: int = 0
    models: tuple[tuple[str, int], ...] = ()
    is_used: bool = True


def forecast_state(store: Store, data: PlanData) -> ForecastState:
    """Say what is known of the forecast of these sales, without reading it."""
    record = latest_record(store, data)
    if record is None:
        return ForecastState(None)
    told = record.result or {}
    models = sorted(told["models"].items(), key=lambda pair: (-pair[1], pair[0]))
    counts = (int(told[name]) for name in ("items", "better", "left_out"))
    n_items, n_better, n_left_out = counts
    return ForecastState(
        record.finished_at,
        n_items,
        n_better,
        n_left_out,
        tuple(models),
        uses_forecasts(store, data.period),
    )


def uses_forecasts(store: Store, period: Period) -> bool:
    """Whether plans stand on forecasts where these are proved better.

    Until the planner says so only where forecasts lowered cost on held-out sales.
    """
    return bool(store.settings.get(_SETTING, period in PROVED))


def use_forecasts(store: Store, use: bool) -> None:
    """Let plans stand on forecasts where these are proved better, or on demand models alone.

    Raises:
        StorageError: disk full, locked.
    """
    store.settings.set(_SETTING, use)


def forecast_in_use(store: Store, data: PlanData) -> Forecast | None:
    """Return the forecast that plans stand on; None where there is none, or it is set aside."""
    return latest_forecast(store, data) if uses_forecasts(store, data.period) else None


def forecast_mark(store: Store, data: PlanData) -> str:
    """Return a cheap mark of the forecast in use, to know when a kept plan is stale."""
    record = latest_record(store, data) if uses_forecasts(store, data.period) else None
    return "" if record is None else f"forecast {record.id}"


def forecast_job(store: Store) -> JobRecord | None:
    """Return the latest forecast job, as it stands now."""
    records = list_jobs(store, FORECAST, 1)
    if not records:
        return None
    return records[0] if records[0].status.is_over else job_now(store, records[0].id)


def expected_seconds(store: Store, n_items: int) -> float:
    """Return about how long a forecast takes: as the last one did, else by a rule of thumb."""
    for record in list_jobs(store, FORECAST, _RECENT):
        told = record.result or {}
        if record.status is JobStatus.DONE and told.get("items") == n_items:
            return record.elapsed_s
    return _SECONDS_TO_START + _SECONDS_PER_ITEM * n_items
