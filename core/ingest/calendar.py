"""A calendar -> which days were closed, which were holidays, and what happened on which."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from core.domain import Events, ItemKey, Period, SalesHistory
from core.domain.events import Words
from core.ingest.checks import Checks
from core.ingest.day_words import ORDINARY, is_name, kinds_of
from core.ingest.questions import Question
from core.ingest.result import Result
from core.ingest.source import AUTOMATIC, ReadOptions, Source
from core.ingest.spans import Spans, days_of, left_out, nothing_left, read_spans, tell_days
from core.ingest.text_table import Mask, TextColumn

# Days that sell less than this share of the usual day were closed, for all that the sales show.
QUIET_SHARE = 0.05


def read_calendar(
    source: Source,
    *,
    known: Collection[ItemKey] | None = None,
    sold: SalesHistory | None = None,
    options: ReadOptions = AUTOMATIC,
    reject_bad_rows: bool = False,
) -> Result[Events]:
    """Read a calendar: one row per day out of the ordinary, or one per day of the year.

    Args:
        source: The file: date; optionally to, location, what, event, open.
        known: Items of the sales history; locations without sales are left out with a warning.
        sold: The sales: they show whether anything was sold on the days named.
        options: What the planner says about the file.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "calendar", options)
    spans = read_spans(checks, "date", known)
    columns, what = _event_columns(checks), checks.texts("what")
    kind, name = _kinds(checks, what, columns), _names(columns, checks.table.n_rows)
    if what is not None:
        name = np.where(name == "", _names([what], len(name)), name)
    kind = np.where((kind == ORDINARY) & (name != ""), "event", kind)
    checks.stop(reject_bad_rows)
    rows = checks.good & spans.known
    used = rows & (kind != ORDINARY)
    _tell_ordinary(checks, rows & ~used)
    if not used.any():
        nothing_left(checks, "date", "No row tells of a day out of the ordinary")
        checks.stop()
    if not (kind[used] == "closed").any() and "open" not in checks.columns:
        kind = _with_closed(checks, spans, kind, used, sold)
    events = replace(spans.events(used, None, None), kind=kind[used], name=name[used])
    _tell_closed(checks, events, sold)
    tell_days(checks, "date", spans, used, days_of(sold))
    result = checks.result(events, int(used.sum()))
    read = {column.name for column in columns}
    return replace(result, unused_columns=tuple(c for c in result.unused_columns if c not in read))


def _event_columns(checks: Checks) -> list[TextColumn]:
    """The columns that name a day: with event_name_1 also event_name_2."""
    if "event" not in checks.columns:
        return []
    first = checks.columns["event"].column
    taken = {guess.column for guess in checks.columns.values()} - {first}
    stem = re.sub(r"\d+\W*$", "", first)
    alike = [
        name
        for name in checks.table.columns
        if name == first or (stem != first and re.fullmatch(re.escape(stem) + r"\d+\W*", name))
    ]
    return [checks.table.column(name) for name in alike if name not in taken]


def _kinds(checks: Checks, what: TextColumn | None, columns: list[TextColumn]) -> Words:
    """Return closed, holiday, event or nothing for each row, shape [n_rows]."""
    kind = np.full(checks.table.n_rows, ORDINARY, dtype="U8")
    for column in [*([what] if what is not None else []), *columns]:
        told = column.spread(kinds_of(column), "U8")
        kind = np.where(kind == ORDINARY, told, kind)
    return np.where(left_out(checks, "open", when=False), "closed", kind)


def _names(columns: list[TextColumn], n_rows: int) -> Words:
    """Return what each row calls its day, several names joined, shape [n_rows]."""
    name = np.full(n_rows, "", dtype=object)
    for column in columns:
        own = column.spread([text if is_name(text) else "" for text in column.texts], object)
        both = (name != "") & (own != "")
        name = np.where(both, name + " + " + own, name + own)
    return name.astype(np.str_)


def _tell_ordinary(checks: Checks, rows: Mask) -> None:
    if rows.any():
        checks.tell(
            "info",
            "ordinary_day",
            "The row names nothing out of the ordinary and is left out",
            rows=rows,
            name="date",
            remedy="Nothing to do.",
        )


def _with_closed(
    checks: Checks, spans: Spans, kind: Words, used: Mask, sold: SalesHistory | None
) -> Words:
    """Ask whether the days named were closed; return the kinds with the closed ones."""
    daily = sold is not None and sold.period is Period.DAY
    quiet = _quiet(spans, used, sold) if daily and sold is not None else np.zeros_like(used)
    choices = {
        "open": "no: on all of them something could be sold",
        "closed": "yes, on all of them",
    }
    if daily:
        n = int(quiet.sum())
        choices["no_sales"] = f"only on the {n} of them on which next to nothing was sold"
    answer = checks.ask(
        Question(
            "named_days",
            f"The calendar names {int(used.sum())} days and does not say whether you were closed. "
            "Were you?",
            choices,
            "no_sales" if quiet.any() else "open",
            _named(checks, quiet if quiet.any() else used),
        )
    )
    closed = {"open": np.zeros_like(used), "closed": used, "no_sales": quiet}[answer]
    return np.where(closed, "closed", kind)


def _named(checks: Checks, rows: Mask) -> tuple[str, ...]:
    """Return the first few days with what they are called."""
    shown = [name for name in ("date", "event", "what") if name in checks.columns]
    columns = [checks.columns[name].column for name in shown]
    table = checks.table
    return tuple(
        f"row {table.lines[row]}: " + ", ".join(str(table.frame[c].iat[row]) for c in columns)
        for row in np.flatnonzero(rows)[:3]
    )


def _quiet(spans: Spans, used: Mask, sold: SalesHistory) -> Mask:
    """Rows of one day on which hardly anything was sold, shape [n_rows]."""
    total = sold.quantity.sum(axis=0)
    usual = float(np.median(total[total > 0])) if (total > 0).any() else 0.0
    index = sold.period.number(spans.first) - sold.first_index
    inside = used & (spans.first == spans.last) & (index >= 0) & (index < sold.n_periods)
    day_total = total[np.clip(index, 0, sold.n_periods - 1)]
    quiet: Mask = inside & (day_total < QUIET_SHARE * usual)
    return quiet


def _tell_closed(checks: Checks, events: Events, sold: SalesHistory | None) -> None:
    """Say what closed days do: in daily sales they are no demand of 0; else nothing yet."""
    closed = events.of_kind("closed")
    if not len(closed) or sold is None or sold.period is Period.DAY:
        return
    checks.tell(
        "info",
        "closed_in_long_periods",
        f"{len(closed)} closed days are kept, but change nothing: sales count in "
        f"{sold.period.value}s",
        name="date",
        remedy="Nothing to do. They count where sales are read by day.",
    )
