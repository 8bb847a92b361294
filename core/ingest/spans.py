"""What tables of events share: whom a row concerns, from which day to which."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from core.domain import NOT_OVER, Events, ItemKey, SalesHistory
from core.domain.period import Dates
from core.ingest.checks import Checks
from core.ingest.convert import convert_flags
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.keys import matches, row_keys, tell_unknown
from core.ingest.questions import Question
from core.ingest.text_table import Codes, Mask, TextColumn, blank_column

Within = tuple[np.datetime64, np.datetime64]
"""First and last day of the sales history."""

_LONG = np.timedelta64(366, "D")


@dataclass(frozen=True, eq=False)
class Spans:
    """The rows of a table of events, converted; faulty rows stay in.

    Args:
        keys: Whom the rows concern, sorted; an empty item means every item.
        key: Which of the keys each row concerns, shape [n_rows].
        first, last: Days, both included, shape [n_rows].
        known: Rows about items or locations of the sales history, shape [n_rows].
    """

    keys: tuple[ItemKey, ...]
    key: Codes
    first: Dates
    last: Dates
    known: Mask

    def events(self, rows: Mask, kind: TextColumn | None, name: TextColumn | None) -> Events:
        """Return some of the rows as events, called by the texts of two columns."""
        blank = blank_column(len(rows))
        kinds, names = (
            np.asarray(column.texts, dtype=np.str_)[column.codes[rows]]
            for column in (kind or blank, name or blank)
        )
        return Events(self.keys, self.key[rows], self.first[rows], self.last[rows], kinds, names)


def days_of(sold: SalesHistory | None) -> Within | None:
    """Return the first and the last day of the sales."""
    if sold is None:
        return None
    first, end = sold.period.start([sold.first_index, sold.next_index])
    return first, end - np.timedelta64(1, "D")


def read_spans(checks: Checks, start: str, known: Collection[ItemKey] | None) -> Spans:
    """Read whom each row concerns and its days; tell of what is unknown or cannot be.

    Args:
        checks: The file.
        start: Name of the attribute with the first day.
        known: Items of the sales history; None where there is none yet.
    """
    items = checks.texts("item") if "item" in checks.columns else None
    locations = checks.texts("location") if "location" in checks.columns else None
    keys, key = row_keys(items or blank_column(checks.table.n_rows), locations)
    found = matches(keys, known)
    is_place = [not k.item for k in keys]
    tell_unknown(checks, keys, key, known, {k: found[k] if k.item else (k,) for k in keys})
    is_known = np.array([bool(found[k]) for k in keys], dtype=np.bool_)
    _tell_places(checks, ~is_known[key] & np.array(is_place, dtype=np.bool_)[key])
    first = checks.dates(start)
    last = _last_days(checks, first)
    checks.reject(
        last < first, "to", "ends_before", "It ends before it begins", "Swap the two days."
    )
    return Spans(keys, key, first, last, is_known[key])


def tell_days(checks: Checks, start: str, spans: Spans, used: Mask, within: Within | None) -> None:
    """Tell of days outside the sales and of stretches of more than a year, among the rows used.

    Args:
        checks: The file.
        start: Name of the attribute with the first day.
        spans: Its rows.
        used: Which of them count, shape [n_rows].
        within: First and last day of the sales; None where there are none yet.
    """
    long = used & (spans.last - spans.first > _LONG) & (spans.last < NOT_OVER)
    if long.any():
        checks.tell(
            "warning",
            "long_span",
            "It lasts longer than a year",
            rows=long,
            name="to",
            remedy="Look for a mistyped year.",
        )
    if within is None:
        return
    outside = used & ((spans.last < within[0]) | (spans.first > within[1]))
    if outside.any():
        checks.tell(
            "warning" if outside.sum() == used.sum() else "info",
            "outside_sales",
            f"The days lie outside the sales, {within[0]} to {within[1]}, and mark nothing there",
            rows=outside,
            name=start,
            remedy="Nothing to do where these days are still to come; else check the year.",
        )


def left_out(checks: Checks, name: str, *, when: bool) -> Mask:
    """Rows in which a column of yes and no says ``when``; empty cells say nothing."""
    if name not in checks.columns:
        return np.zeros(checks.table.n_rows, dtype=np.bool_)
    flags = checks.flags(name)
    found = convert_flags(checks.table.column(checks.columns[name].column))
    assert flags is not None
    said: Mask = (flags == when) & ~found.empty & ~found.bad
    return said


def row_examples(checks: Checks, rows: Mask, name: str) -> tuple[str, ...]:
    """Return a few cells of these rows as a planner finds them: "row 17: 'abc'"."""
    column, table = checks.columns[name].column, checks.table
    at = np.flatnonzero(rows)[:MAX_EXAMPLES].tolist()
    return tuple(f"row {table.lines[row]}: {table.frame[column].iat[row]!r}" for row in at)


def nothing_left(checks: Checks, name: str, what: str) -> None:
    """Say that not one row is of use."""
    checks.tell(
        "error",
        "nothing_left",
        what,
        name=name,
        remedy="Look whether the right columns are taken, under Read it differently.",
    )


def _last_days(checks: Checks, first: Dates) -> Dates:
    """Return the last day of each row; an empty one is asked about where others are filled.

    In a calendar it means one day: most of its rows are.
    """
    if "to" not in checks.columns:
        return _until_back(checks, first)
    last = checks.dates("to", may_be_empty=True)
    empty = np.isnat(last) & checks.good
    if empty.any() and not np.isnat(last).all() and checks.kind != "calendar":
        still = _ask_open_end(checks, empty) == "still"
        return np.where(empty, NOT_OVER if still else first, last)
    return np.where(empty, first, last)


def _until_back(checks: Checks, first: Dates) -> Dates:
    """Return the day before the item is back, where the file tells that instead; else one day."""
    if "back" not in checks.columns:
        return first
    back = checks.dates("back", may_be_empty=True)
    return np.where(np.isnat(back), NOT_OVER, back - np.timedelta64(1, "D"))


def _ask_open_end(checks: Checks, empty: Mask) -> str:
    return checks.ask(
        Question(
            "open_end",
            f"{_rows(empty)} a first day and no last one. What does that mean?",
            {"still": "it is not over yet", "day": "it lasted one day"},
            "still",
            row_examples(checks, empty, "from" if "from" in checks.columns else "date"),
        )
    )


def _rows(rows: Mask) -> str:
    return "1 row has" if rows.sum() == 1 else f"{int(rows.sum())} rows have"


def _tell_places(checks: Checks, rows: Mask) -> None:
    if (rows & checks.good).any():
        checks.tell(
            "warning",
            "unknown_location",
            "The location is not in the sales history; the row is left out",
            rows=rows & checks.good,
            name="location",
            remedy="Write locations as in the sales history.",
        )
