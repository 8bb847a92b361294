"""A sales file -> a SalesHistory: rows added up per item and period, everything odd told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.domain import Period, SalesHistory
from core.ingest.bucketing import MAX_CELLS, SalesRows, bucket, n_cells
from core.ingest.checks import Checks
from core.ingest.gaps import unknown_cells
from core.ingest.history_checks import tell_about_history
from core.ingest.keys import row_keys
from core.ingest.measures import ask_measure
from core.ingest.named_weeks import whole_weeks
from core.ingest.no_goods import ask_no_goods
from core.ingest.quarter_rows import over_months
from core.ingest.result import Result
from core.ingest.sales_questions import ask_duplicates, ask_negatives, ask_partial_last
from core.ingest.sold_units import in_one_unit
from core.ingest.source import AUTOMATIC, Guess, ReadOptions, Source
from core.ingest.spacing import Days, day_of, days_missing_at_end, detect_period
from core.ingest.spelling import one_spelling
from core.ingest.stages import stage
from core.ingest.statuses import ask_statuses
from core.ingest.stock_flags import in_stock_rows
from core.ingest.stocked_share import stocked_share
from core.ingest.stockout_runs import ask_zero_runs
from core.ingest.taken_off import ask_taken_off
from core.ingest.text_table import Mask

Floats = npt.NDArray[np.float64]
Duplicates = Literal["sum", "drop", "error"]
PartialLast = Literal["keep", "drop"]


def read_history(
    source: Source,
    *,
    period: Period | None = None,
    as_of: date | None = None,
    options: ReadOptions = AUTOMATIC,
    duplicates: Duplicates = "sum",
    partial_last: PartialLast = "keep",
    reject_bad_rows: bool = False,
) -> Result[SalesHistory]:
    """Read sales history, one row per item and date, or several.

    Args:
        source: The file: date, item, quantity; optionally location and in_stock.
        period: Day, week or month; None takes the spacing of the dates.
        as_of: The day of planning; sales after it are an error.
        options: What the planner says about the file.
        duplicates: Of rows that are the same in every column: sum adds them all up, drop keeps
            one, error refuses the file. Rows of one item and date that differ are added up,
            except under error.
        partial_last: Whether a last period that is not over is kept or dropped.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "history", options)
    rows, left_out = _convert(checks, as_of, duplicates)
    checks.stop(reject_bad_rows)
    counted = checks.good & ~left_out
    _need_a_row(checks, counted)
    rows = over_months(checks, rows.take(counted), as_of)
    period = _choose_period(checks, rows, period)
    rows = _whole_periods(checks, rows, period, as_of, partial_last)
    _check_size(checks, rows, period)
    stage("adding")
    history, returned = bucket(rows, period)
    history = history.unknown_at(unknown_cells(checks, history, rows))
    stage("stock_outs")
    history = history.unknown_at(ask_zero_runs(checks, history))
    if rows.hour is not None:
        history = replace(history, stocked_share=stocked_share(history, rows, rows.hour))
    tell_about_history(checks, history, rows, returned, as_of)
    checks.stop()
    result = checks.result(history, checks.table.n_lines(counted))
    unmatched = {history.keys[i]: float(units) for i, units in enumerate(returned.unmatched)}
    return replace(
        result,
        span=_span(history, np.unique(rows.day), checks.table.stands_for),
        unmatched={key: units for key, units in unmatched.items() if units > 0},
    )


def _span(history: SalesHistory, days: Days, told: Period | None) -> tuple[date, date]:
    """First and last day that the file covers: whole periods where it has one date for each."""
    spacing, _ = detect_period(days, told)
    if spacing.days < history.period.days:
        return day_of(days[0]), day_of(days[-1])
    period = history.period
    return period.first_day(history.first_index), period.first_day(history.next_index) - timedelta(
        days=1
    )


def _convert(checks: Checks, as_of: date | None, duplicates: Duplicates) -> tuple[SalesRows, Mask]:
    """Convert all columns and check every row; faulty rows stay in until checks.good is applied.

    Returns:
        The rows, and which of them the planner wants left out.
    """
    stage("columns")
    items, locations = checks.texts("item"), checks.texts("location")
    assert items is not None
    day = whole_weeks(checks, checks.dates("date"))
    quantity = checks.numbers("quantity")
    assert quantity is not None
    in_stock, hour = in_stock_rows(checks, quantity)
    if as_of is not None:
        checks.reject(
            day > np.datetime64(as_of, "D"),
            "date",
            "future_date",
            f"Date lies after the day of planning, {as_of.isoformat()}",
            "Correct these dates, or leave out these rows.",
        )
    items = one_spelling(checks, items)
    keys, item = row_keys(items, locations)
    stage("rows")
    quantity = in_one_unit(checks, item, quantity)
    left_out, back = ask_statuses(checks, item, day, quantity)
    left_out |= checks.skipped
    left_out |= ask_measure(checks, item, day)
    left_out |= ask_no_goods(checks, items, quantity, ~left_out)
    quantity, ignored = _with_sign(checks, quantity, ~left_out & ~back)
    quantity = np.where(back, -np.abs(quantity), quantity)
    quantity = quantity - ask_taken_off(checks, ~left_out & ~ignored & (quantity > 0))
    left_out |= ignored
    rows = SalesRows(keys, item, day, quantity, in_stock, hour)
    return rows, left_out | _tell_duplicates(checks, rows, duplicates, ~left_out)


def _need_a_row(checks: Checks, counted: Mask) -> None:
    if not counted.any():
        checks.tell(
            "error",
            "nothing_left",
            "Every row is left out by an answer, so there are no sales left",
            name="status",
            remedy="Answer differently, or export more rows.",
        )
        checks.stop()


def _with_sign(checks: Checks, quantity: Floats, counted: Mask) -> tuple[Floats, Mask]:
    """Return quantities above 0 for sales and below for returns, and which rows do not count."""
    negative: Mask = (quantity < 0) & counted
    answer = "returns"
    if negative.any():
        answer = ask_negatives(checks, negative, int((np.abs(quantity[counted]) > 0).sum()))
    if answer == "ignore":
        return quantity, negative
    signed = {"sales": np.abs, "turned": np.negative}.get(answer, np.asarray)(quantity)
    return signed, np.zeros_like(negative)


def _tell_duplicates(
    checks: Checks, rows: SalesRows, duplicates: Duplicates, counted: Mask
) -> Mask:
    """Tell of repeated rows among those that count; return those to be left out."""
    good = checks.good & counted
    if not _has_repeats(rows, good):
        return np.zeros_like(good)
    repeated: Mask = checks.table.frame.duplicated().to_numpy(dtype=np.bool_) & good
    if repeated.any() and duplicates != "error":
        duplicates = "drop" if ask_duplicates(checks, repeated, duplicates) == "drop" else "sum"
    done = {"sum": "all are added up", "drop": "one of each is kept", "error": "not allowed"}
    severity: Literal["error", "warning"] = "error" if duplicates == "error" else "warning"
    if repeated.any():
        checks.tell(
            severity,
            "duplicate_row",
            f"A row repeats an earlier one in every column; {done[duplicates]}",
            rows=repeated,
            name="item",
            remedy="Right for orders that are alike; else answer that they came out twice.",
        )
    again = _same_item_and_day(rows, good) & ~repeated
    share = again.sum() / max(1, good.sum())
    if again.any():
        checks.tell(
            "error" if duplicates == "error" else "info" if share > 0.2 else "warning",
            "same_item_and_date",
            "An item has several rows on one date"
            + ("" if duplicates == "error" else "; they are added up"),
            rows=again,
            name="item",
            remedy="Right for order lines; otherwise remove the rows that are not sales.",
        )
    return repeated if duplicates == "drop" else np.zeros_like(repeated)


def _has_repeats(rows: SalesRows, good: Mask) -> bool:
    """Whether an item has two rows on one date: counted, which is ten times as fast as sought."""
    if not good.any():
        return False
    day = rows.day[good].astype(np.int64)
    n_days = int(day.max() - day.min()) + 1
    if len(rows.keys) * n_days > MAX_CELLS:
        return True
    return int(np.bincount(rows.item[good] * n_days + day - day.min()).max()) > 1


def _same_item_and_day(rows: SalesRows, good: Mask) -> Mask:
    """Rows whose item and date an earlier row has; returns may stand beside sales."""
    import pandas as pd

    sale = good & (rows.quantity >= 0)
    days = np.where(sale, rows.day, np.datetime64("1970-01-01", "D")).astype(np.int64)
    again = np.zeros(len(sale), dtype=np.bool_)
    again[sale] = pd.Series(rows.item[sale] * 100_000 + days[sale]).duplicated().to_numpy()
    return again


def _choose_period(checks: Checks, rows: SalesRows, period: Period | None) -> Period:
    spacing, guess = detect_period(np.unique(rows.day), checks.table.stands_for)
    if period is None:
        checks.guesses.append(guess)
        return spacing
    checks.guesses.append(Guess("period", period.value, "chosen by you", by_planner=True))
    if period.days < spacing.days:
        checks.tell(
            "warning",
            "period_too_fine",
            f"The dates stand a {spacing.value} apart, so most {period.value}s will show no sales",
            name="date",
            value=period.value,
            remedy=f"Choose {spacing.value} as the period.",
        )
    return period


def _whole_periods(
    checks: Checks, rows: SalesRows, period: Period, as_of: date | None, partial_last: PartialLast
) -> SalesRows:
    """Tell of a last period that is not over, and drop it where asked."""
    told = checks.table.stands_for
    missing = days_missing_at_end(np.unique(rows.day), period, as_of, told)
    if missing == 0:
        return rows
    shown = str(rows.day.max())
    answer = ask_partial_last(checks, period.value, missing, shown, partial_last)
    dropped = answer == "drop"
    index = period.number(rows.day)
    last = index == index.max()
    checks.tell(
        "warning",
        "partial_last_period",
        f"The last {period.value} is not over: {missing} of its days have no sales yet, so it "
        f"understates demand; it is {'left out' if dropped else 'kept'}",
        name="date",
        value=shown,
        remedy="Export up to the end of the period, or leave it out by the answer to the question.",
    )
    return rows.take(~last) if dropped and not last.all() else rows


def _check_size(checks: Checks, rows: SalesRows, period: Period) -> None:
    size = n_cells(rows, period)
    if size > MAX_CELLS:
        checks.tell(
            "error",
            "too_large",
            f"{len(rows.keys)} items from {rows.day.min()} to {rows.day.max()} by {period.value} "
            f"are more than {MAX_CELLS // 10**6} million numbers",
            name="date",
            value=str(size),
            remedy="Choose a longer period or fewer years, and look for a mistyped year.",
        )
        checks.stop()
