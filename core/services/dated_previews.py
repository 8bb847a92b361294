"""First looks at deliveries, stock-out days, promotions and a calendar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from core.domain import NOT_OVER, Deliveries, Events, SalesHistory
from core.ingest import (
    Result,
    read_calendar,
    read_deliveries,
    read_promotions,
    read_stockout_days,
)
from core.ingest.spans import days_of
from core.services.dated_tables import deliveries_frame, events_frame
from core.services.events import sold_against_usual, with_closed_days, with_stockouts

if TYPE_CHECKING:
    from core.services.previewing import ImportRequest
    from core.services.workspace import PlanData

Read = tuple[Result[Any], pd.DataFrame, dict[str, str]]


def _deliveries(request: ImportRequest, data: PlanData | None) -> Read:
    as_of = None if request.today == date.max else request.today
    result = read_deliveries(request.source, as_of=as_of, **_told(request, data))
    days, n = result.value.days, len(result.value)
    facts = {
        "Deliveries": f"{n:,}",
        "Items": f"{np.unique(result.value.key).size:,}",
        "Days from order to receipt": f"{days.mean():.1f} ± {days.std():.1f}",
        "One in ten took longer than": f"{np.quantile(days, 0.9):.0f} days",
        **_days(result.value),
    }
    if not np.isnan(result.value.share_late):
        facts["Later than promised"] = f"{result.value.share_late:.0%}"
    return result, deliveries_frame(result.value), facts


def _stockout_days(request: ImportRequest, data: PlanData | None) -> Read:
    within = None if data is None else days_of(data.history)
    result = read_stockout_days(request.source, within=within, **_told(request, data))
    facts = {"Items": f"{np.unique(result.value.key).size:,}", **_days(result.value)}
    if data is not None:
        facts |= _marked(data, with_stockouts(data.history, result.value))
        facts |= _against_usual(data, result.value)
    return result, events_frame(result.value), facts


def _promotions(request: ImportRequest, data: PlanData | None) -> Read:
    within = None if data is None else days_of(data.history)
    result = read_promotions(request.source, within=within, **_told(request, data))
    named = {result.value.keys[key].item for key in np.unique(result.value.key)}
    items = "all" if "" in named else f"{len(named):,}"
    facts = {"Promotions": f"{len(result.value):,}", "Items": items, **_days(result.value)}
    if data is not None:
        facts |= _against_usual(data, result.value)
    return result, events_frame(result.value), facts


def _calendar(request: ImportRequest, data: PlanData | None) -> Read:
    sold = None if data is None else data.history
    result = read_calendar(request.source, sold=sold, **_told(request, data))
    closed = result.value.of_kind("closed")
    facts = {
        "Closed": f"{len(closed):,}",
        "Holidays and events": f"{len(result.value) - len(closed):,}",
        **_days(result.value),
    }
    if data is not None:
        facts |= _marked(data, with_closed_days(data.history, result.value))
        facts |= _against_usual(data, closed)
    return result, events_frame(result.value), facts


DATED_READERS: Mapping[str, Callable[[Any, Any], Read]] = {
    "deliveries": _deliveries,
    "stockout_days": _stockout_days,
    "promotions": _promotions,
    "calendar": _calendar,
}


def dated_totals(value: Events | Deliveries) -> dict[str, Any]:
    """Return how many items and rows a table names, and its first and last day."""
    first, last = _ends(value)
    items = {value.keys[key].item for key in np.unique(value.key)} - {""}
    return {
        "n_items": len(items),
        "n_rows": len(value),
        "first_date": first.item(),
        "last_date": last.item(),
    }


def _told(request: ImportRequest, data: PlanData | None) -> dict[str, Any]:
    """What every one of these tables is read with."""
    return {
        "known": None if data is None else data.history.keys,
        "options": request.options,
        "reject_bad_rows": request.reject_bad_rows,
    }


def _marked(data: PlanData, after: SalesHistory) -> dict[str, str]:
    """Say how many more periods of sales would be marked."""
    n = int((data.history.in_stock & ~after.in_stock).sum())
    return {f"New {data.period.value}s marked": f"{n:,}"}


def _against_usual(data: PlanData, events: Events) -> dict[str, str]:
    """Say what was sold in them, as evidence that the dates are right."""
    times = sold_against_usual(events, data.history)
    name = f"Sold in them, other {data.period.value}s = 100 %"
    return {} if np.isnan(times) else {name: f"{times:.0%}".replace("%", " %")}


def _days(value: Events | Deliveries) -> dict[str, str]:
    first, last = _ends(value)
    return {"First day": str(first), "Last day": str(last)}


def _ends(value: Events | Deliveries) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and the last day; of what has no end, its first day counts."""
    if isinstance(value, Deliveries):
        return value.ordered.min(), value.received.max()
    ended = np.where(value.last < NOT_OVER, value.last, value.first)
    return value.first.min(), ended.max()
