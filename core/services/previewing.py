"""A first look at a planner's file: how it was read and what was found; nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from core.domain import (
    Deliveries,
    Events,
    ItemKey,
    Period,
    SalesHistory,
    StockPosition,
    UnknownNameError,
)
from core.ingest import (
    Asked,
    Finding,
    Guess,
    ReadOptions,
    Result,
    Source,
    read_history,
    read_items,
    read_open_orders,
    read_stock,
)
from core.ingest.source import AUTOMATIC
from core.services.adding import ask_to_add
from core.services.dated_previews import DATED_READERS, dated_totals
from core.services.tables import history_frame, items_frame, open_orders_frame, stock_frame
from core.services.workspace import PlanData, last_day


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A file and how the planner wants it read.

    Args:
        kind: One of READERS: history, items, stock, ...
        source: The file.
        options: What the planner says about it; the rest is guessed and shown.
        period: Of the history; None takes the spacing of its dates.
        reject_bad_rows: Leave out faulty rows instead of refusing the file.
        today: Sales after this day are an error.
    """

    kind: str
    source: Source
    options: ReadOptions = AUTOMATIC
    period: Period | None = None
    reject_bad_rows: bool = False
    today: date = field(default_factory=date.today)


@dataclass(frozen=True, eq=False)
class Preview:
    """What a file would give; nothing is kept yet.

    Args:
        request: What was asked.
        frame: The checked table.
        findings: Warnings and notes.
        rows_read, rows_used, rows_rejected: Counts.
        guesses: How the file was read, with the evidence.
        columns: Attribute -> column of the file.
        unused: Columns of the file that nothing uses.
        rejected: Rows left out, with the reason.
        facts: Label -> value: what was read, to compare with what the planner expects.
        questions: What the file does not tell, with the answers taken.
        totals: The same facts as plain values, for programs.
        span: First and last day that a sales file covers.
        is_added: Whether it is added to the sales in use, and does not take their place.
        unmatched: Units returned by item, of goods that were sold before the file begins.
    """

    request: ImportRequest
    frame: pd.DataFrame
    findings: tuple[Finding, ...]
    rows_read: int
    rows_used: int
    rows_rejected: int
    guesses: tuple[Guess, ...]
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    rejected: pd.DataFrame
    facts: Mapping[str, str]
    questions: tuple[Asked, ...]
    totals: Mapping[str, Any]
    span: tuple[date, date] | None = None
    is_added: bool = False
    unmatched: Mapping[ItemKey, float] = field(default_factory=dict)

    @property
    def open_questions(self) -> tuple[Asked, ...]:
        """Questions that the planner has not answered."""
        return tuple(asked for asked in self.questions if asked.is_open)


Reader = Callable[
    [ImportRequest, PlanData | None], tuple[Result[Any], pd.DataFrame, dict[str, str]]
]


def preview_import(request: ImportRequest, data: PlanData | None) -> Preview:
    """Read a file and say how it was read and what was found.

    Args:
        request: The file and the planner's wishes.
        data: What is active now, to tell unknown items; None where there is nothing.

    Raises:
        InputFileError: with every finding, where the file cannot be used.
        UnknownNameError: where there is no such kind of table.
    """
    if request.kind not in READERS:
        raise UnknownNameError("kind of table", request.kind, READERS)
    result, frame, facts = READERS[request.kind](request, data)
    added = ask_to_add(request, result, data)
    return Preview(
        request=request,
        frame=frame,
        findings=(
            *(() if added is None else added.findings),
            *result.findings,
            *_other_period(request, result.value, data),
        ),
        rows_read=result.counts.rows_read,
        rows_used=result.counts.rows_used,
        rows_rejected=result.counts.rows_rejected,
        guesses=result.guesses,
        columns={name: guess.column for name, guess in result.columns.items()},
        unused=result.unused_columns,
        rejected=result.rejected,
        facts=facts,
        questions=(*result.questions, *(() if added is None else (added.asked,))),
        totals=_totals(result.value),
        span=result.span,
        is_added=added is not None and added.is_added,
        unmatched=result.unmatched,
    )


def _totals(value: Any) -> dict[str, Any]:
    """Return what was read in numbers; of items, stock and open orders, how many items."""
    if isinstance(value, Events | Deliveries):
        return dated_totals(value)
    if not isinstance(value, SalesHistory):
        return {"n_items": len(value)}
    return {
        "n_items": len(value.keys),
        "n_periods": value.n_periods,
        "period": value.period.value,
        "first_date": value.period.first_day(value.first_index),
        "last_date": last_day(value),
        "total_quantity": float(value.quantity.sum()),
    }


def _history(
    request: ImportRequest, data: PlanData | None
) -> tuple[Result[Any], pd.DataFrame, dict[str, str]]:
    result = read_history(
        request.source,
        period=request.period,
        as_of=None if request.today == date.max else request.today,
        options=request.options,
        reject_bad_rows=request.reject_bad_rows,
    )
    return (
        result,
        history_frame(result.value),
        _history_facts(result.value, bool({"in_stock", "out_of_stock"} & set(result.columns))),
    )


def _items(
    request: ImportRequest, data: PlanData | None
) -> tuple[Result[Any], pd.DataFrame, dict[str, str]]:
    period = Period.DAY if data is None else data.period
    result = read_items(request.source, period=period, **_of_known_items(request, data))
    suppliers = {item.supplier for item in result.value if item.supplier}
    facts = {"Items": f"{len(result.value):,}", "Suppliers": f"{len(suppliers):,}"}
    return result, items_frame(result.value), facts


def _stock(
    request: ImportRequest, data: PlanData | None
) -> tuple[Result[Any], pd.DataFrame, dict[str, str]]:
    result = read_stock(request.source, **_of_known_items(request, data))
    units = sum(position.on_hand for position in result.value)
    facts = {"Items": f"{len(result.value):,}", "Units on hand": f"{units:,.0f}"}
    return result, stock_frame(result.value), facts


def _open_orders(
    request: ImportRequest, data: PlanData | None
) -> tuple[Result[Any], pd.DataFrame, dict[str, str]]:
    told = _of_known_items(request, data)
    result = read_open_orders(request.source, as_of=_as_of(data), **told)
    positions = [StockPosition(key, 0.0, orders) for key, orders in result.value.items()]
    units = sum(position.on_order for position in positions)
    facts = {
        "Orders": f"{sum(len(position.open_orders) for position in positions):,}",
        "Units on order": f"{units:,.0f}",
    }
    return result, open_orders_frame(positions), facts


READERS: dict[str, Reader] = {
    "history": _history,
    "items": _items,
    "stock": _stock,
    "open_orders": _open_orders,
    **DATED_READERS,
}


def _of_known_items(request: ImportRequest, data: PlanData | None) -> dict[str, Any]:
    """What every table beside the sales is read with."""
    return {
        "known": None if data is None else data.history.keys,
        "options": request.options,
        "reject_bad_rows": request.reject_bad_rows,
    }


def _other_period(request: ImportRequest, value: Any, data: PlanData | None) -> tuple[Finding, ...]:
    """Warn where new sales change the period that the active costs and lead times are for."""
    if data is None or data.is_sample or not isinstance(value, SalesHistory):
        return ()
    if value.period is data.period or "items" not in data.sources:
        return ()
    return (
        Finding(
            "warning",
            "other_period",
            f"These sales count in {value.period.value}s; the active costs and lead times "
            f"({data.sources['items']}) are for {data.period.value}s",
            request.source.name,
            remedy=f"Choose {data.period.value} as the period, or upload an item master for "
            f"{value.period.value}s.",
        ),
    )


def _as_of(data: PlanData | None) -> date | None:
    return None if data is None else data.as_of


def _history_facts(history: SalesHistory, stock_is_told: bool) -> dict[str, str]:
    is_told = stock_is_told or not history.in_stock.all()
    out = f"{1 - history.in_stock.mean():.1%} of {history.period.value}s"
    return {
        "Items": f"{len(history.keys):,}",
        f"{history.period.value.capitalize()}s": f"{history.n_periods:,}",
        "First day": history.period.first_day(history.first_index).isoformat(),
        "Last day": last_day(history).isoformat(),
        "Units sold": f"{history.quantity.sum():,.10g}",
        "Out of stock or not known": out if is_told else "not told",
    }
