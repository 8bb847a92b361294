"""Periods without a row: closed, not known, or simply no sale? Asked where the file leaves it open.

A period that nobody can tell about counts as one without stock: it says nothing about demand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.domain import Period, SalesHistory
from core.ingest.bucketing import SalesRows
from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.questions import Question
from core.ingest.source import Guess
from core.ingest.text_table import Mask

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# A period that usually has this many rows is without any once in a thousand by chance: exp(-7).
_USUAL_ROWS = 7.0
# A file that writes so many zeros has a row for every period of an item.
_WRITES_ZEROS = 0.02
_OPEN_SHARE = 0.5


def unknown_cells(checks: Checks, history: SalesHistory, rows: SalesRows) -> Mask:
    """Return the periods that tell nothing about demand, shape [n_items, n_periods].

    Args:
        checks: The file.
        history: The rows on one calendar.
        rows: Item, date and quantity of each row.
    """
    has_row = _has_row(history, rows)
    empty = np.asarray(~has_row.any(axis=0))
    nothing: Mask = np.zeros(has_row.shape, dtype=np.bool_)
    if empty.any():
        strange = _strange(checks, history, rows, empty)
        if strange.any() and _ask_periods(checks, history, strange) != "no_sale":
            nothing[:, strange] = True
    writes_zeros = np.mean(rows.quantity == 0) >= _WRITES_ZEROS
    if writes_zeros:
        gaps = _inner_gaps(has_row) & ~empty
        if gaps.any() and _ask_cells(checks, history, gaps) == "unknown":
            nothing |= gaps
    return nothing


def _has_row(history: SalesHistory, rows: SalesRows) -> Mask:
    shape = history.quantity.shape
    has_row = np.zeros(shape, dtype=np.bool_)
    has_row[rows.item, history.period.number(rows.day) - history.first_index] = True
    return has_row


def _strange(checks: Checks, history: SalesHistory, rows: SalesRows, empty: Mask) -> Mask:
    """Which empty periods are not explained by a weekday that never sells, or by few rows."""
    place = history.period.number(rows.day) - history.first_index
    n_rows = np.bincount(place, minlength=history.n_periods).astype(np.float64)
    if history.period is not Period.DAY:
        return np.asarray(empty & (np.median(n_rows[~empty]) >= _USUAL_ROWS))
    weekday = (history.starts.astype(np.int64) + 3) % 7
    n_days = np.maximum(np.bincount(weekday, minlength=7), 1)
    n_open = np.bincount(weekday, ~empty, minlength=7)
    usual = np.bincount(weekday, n_rows, minlength=7) / np.maximum(n_open, 1)
    is_busy = np.median(usual[n_open > 0]) >= _USUAL_ROWS
    closed = (n_open == 0) & (n_days >= 2)
    if is_busy and closed.any():
        names = " and ".join(_DAYS[day] for day in np.flatnonzero(closed))
        checks.guesses.append(Guess("closed", names, "no such day of the file has a row"))
    open_day = (n_open / n_days >= _OPEN_SHARE) & (usual >= _USUAL_ROWS)
    return np.asarray(empty & open_day[weekday])


def _inner_gaps(has_row: Mask) -> Mask:
    """Periods without a row between an item's first and last one, shape [n_items, n_periods]."""
    begun = np.logical_or.accumulate(has_row, axis=1)
    goes_on = np.logical_or.accumulate(has_row[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(begun & goes_on & ~has_row)


def _ask_periods(checks: Checks, history: SalesHistory, strange: Mask) -> str:
    unit, n = history.period.value, int(strange.sum())
    choices = {
        "closed": "closed: nobody could buy",
        "unknown": "the sales are missing: nobody knows",
        "no_sale": "open, and nothing was sold",
    }
    return checks.ask(
        Question(
            "missing_periods",
            f"On {n} {unit}s no item has a row, though such {unit}s usually have many. "
            "What are they?",
            choices,
            "closed" if history.period is Period.DAY else "unknown",
            tuple(_days(history.starts[strange])),
        )
    )


def _ask_cells(checks: Checks, history: SalesHistory, gaps: Mask) -> str:
    unit = history.period.value
    at = np.argwhere(gaps)
    shown = [f"{history.keys[i].label}, {history.starts[t]}" for i, t in at[:MAX_EXAMPLES].tolist()]
    return checks.ask(
        Question(
            "missing_rows",
            f"The file writes down {unit}s without sales, yet {len(at):,} {unit}s of "
            f"{int(gaps.any(axis=1).sum()):,} items have no row. What are they?",
            {
                "unknown": "nobody knows what was asked for then",
                "zero": "nothing was sold then",
            },
            "unknown",
            tuple(shown),
        )
    )


def _days(days: npt.NDArray[np.datetime64]) -> list[str]:
    """Name the first runs of days: '2010-12-24 to 2011-01-03'."""
    shown: list[str] = []
    runs = np.split(days, np.flatnonzero(np.diff(days.astype(np.int64)) > 1) + 1)
    for run in sorted(runs, key=len, reverse=True)[:MAX_EXAMPLES]:
        shown.append(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}")
    return shown
