"""Sheets below each other: what their names tell becomes a column, their rows keep their place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from core.ingest.columns import guess_columns
from core.ingest.date_text import period_without_year, to_date
from core.ingest.findings import MAX_EXAMPLES, Finding
from core.ingest.layout import kind_of
from core.ingest.names import plain
from core.ingest.questions import Ask, Asked, Question
from core.ingest.sheet_names import day_of, place_of, year_of
from core.ingest.source import Guess
from core.ingest.text_table import TextTable
from core.ingest.wide_names import dated, is_calendar, month_of

# Rows of the first sheet are numbered from here, of the second from twice this, and so on.
_LINES = 10_000_000
_ROW = re.compile(r"^row (\d{8,})")
_HEAD = 20
# An item and a month: in January the sheet of the new year has no more columns.
_LONE = 2


def told_by_name(table: TextTable, name: str, kind: str, *, is_place: bool) -> TextTable:
    """Return a sheet with what its name tells and no column says: year, day, location.

    Args:
        table: The sheet.
        name: Its name.
        kind: history, items, stock, ...
        is_place: Whether it is called by a location.
    """
    if is_place:
        table = _with_column(table, "location", place_of(name))
    if kind != "history":
        return table
    table = _with_year(table, name)
    day = day_of(name)
    if day is None or not _needs_date(table, kind):
        return table
    evidence = Guess("date", day, f"no column says it; the sheet is called {name!r}")
    return replace(_with_column(table, "date", day), guesses=(*table.guesses, evidence))


def _with_column(table: TextTable, name: str, text: str) -> TextTable:
    if name in table.columns:
        return table
    return replace(table, frame=table.frame.assign(**{name: _all_alike(table.n_rows, text)}))


def _needs_date(table: TextTable, kind: str) -> bool:
    """Whether neither a name nor the cells of any column are dates."""
    columns = list(table.columns)
    if "date" in guess_columns(columns, kind, table.options.chosen) or dated(columns):
        return False
    head = table.frame.head(_HEAD)
    return not any(
        sum(kind_of(str(cell)) == "date" for cell in head[c]) > len(head) / 2 for c in columns
    ) and not any(map(period_without_year, columns))


def _with_year(table: TextTable, name: str) -> TextTable:
    named = dated_by_sheet(table.columns, name)
    if not named:
        return table
    first = next(iter(named))
    if len(named) == 1:
        day = to_date(named[first])
        assert day is not None
        table, named = _with_column(table, "date", day.isoformat()), {first: "quantity"}
    evidence = f"columns such as {first!r} name no year; the sheet is called {name!r}"
    guess = Guess("year", year_of(name) or "", evidence)
    return replace(table, frame=table.frame.rename(columns=named), guesses=(*table.guesses, guess))


def dated_by_sheet(columns: Sequence[str], name: str) -> dict[str, str]:
    """Return months and weeks with the year that their sheet is called by: Jan -> Jan 2025.

    Args:
        columns: Names of the columns.
        name: Of the sheet.

    Returns:
        Nothing where neither proves the year.
    """
    year = year_of(name)
    if year is None or any(is_calendar(each) for each in columns if not month_of(each)):
        return {}
    named = {each: f"{each} {year}" for each in columns if period_without_year(each)}
    days = [day for each in named.values() if (day := to_date(each))]
    # Months that run over the end of a year are not all of the year in the name.
    in_order = len(days) == len(named) and all(a < b for a, b in pairwise(days))
    is_lone = len(days) == 1 and len(columns) == _LONE
    is_most = bool(dated([named.get(each, each) for each in columns]))
    return named if in_order and (is_lone or is_most) else {}


def stack(tables: Sequence[TextTable]) -> TextTable:
    """Return the rows of several sheets below each other.

    Args:
        tables: One per sheet, the columns named alike; a column that one lacks is empty there.
    """
    first = tables[0]
    frames = [_spelled_like(table.frame, first.columns) for table in tables]
    names = list(dict.fromkeys(str(name) for frame in frames for name in frame.columns))
    lines = [t.lines + _LINES * number for number, t in enumerate(tables, start=1)]
    guesses: dict[tuple[str, str], Guess] = {}
    for guess in (guess for table in tables for guess in table.guesses):
        guesses.setdefault((guess.name, guess.value), guess)
    n_rows = [t.n_rows if t.unfolded_from is None else t.unfolded_from for t in tables]
    is_unfolded = any(t.unfolded_from is not None for t in tables)
    rows = Guess(
        "rows of the sheets",
        ", ".join(f"{t.sheet}: {n:,}" for t, n in zip(tables, n_rows, strict=True)),
        "in the order of the workbook",
    )
    return replace(
        first,
        frame=pd.DataFrame({name: _joined(frames, name) for name in names}),
        lines=np.concatenate(lines),
        guesses=(*guesses.values(), rows),
        findings=_merged(tables),
        unfolded_from=sum(n_rows) if is_unfolded else None,
        below=(),
        stack=tuple(t.sheet for t in tables),
        skipped=np.concatenate([t.skipped_rows for t in tables]),
    )


def _spelled_like(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Rename columns that the first sheet writes a little differently: "Menge " and "menge"."""
    own = [str(name) for name in frame.columns]
    known = {plain(name): name for name in names if plain(name)}
    spelled = [name if name in names else known.get(plain(name), name) for name in own]
    return frame.set_axis(spelled, axis=1) if len(set(spelled)) == len(own) else frame


def _joined(frames: Sequence[pd.DataFrame], name: str) -> pd.Categorical:
    parts = [f[name].array if name in f else _all_alike(len(f), "") for f in frames]
    return pd.api.types.union_categoricals(parts)


def _all_alike(n_rows: int, text: str) -> pd.Categorical:
    codes = np.zeros(n_rows, dtype=np.int64)
    return pd.Categorical.from_codes(codes, categories=pd.Index([text]))  # type: ignore[arg-type]


def _merged(tables: Sequence[TextTable]) -> tuple[Finding, ...]:
    """Tell what was found on several sheets once, with the sheets of the examples."""
    found: dict[tuple[str, str, str, str | None], Finding] = {}
    for table in tables:
        for finding in table.findings:
            key = finding.severity, finding.code, finding.what, finding.column
            shown = tuple(f"{table.sheet}, {each}" for each in finding.examples)
            if (before := found.get(key)) is None:
                file = f"{finding.file}, sheet {table.sheet!r}"
                found[key] = replace(finding, file=file, examples=shown)
            else:
                found[key] = replace(
                    before,
                    count=before.count + finding.count,
                    examples=(*before.examples, *shown)[:MAX_EXAMPLES],
                )
    return tuple(found.values())


def asking_on(sheet: str, ask: Ask) -> Ask:
    """Return a way to ask whose examples name the sheet."""

    def asked(question: Question) -> str:
        shown = tuple(f"{sheet}, {each}" for each in question.examples)
        return ask(replace(question, examples=shown))

    return asked


def told_in_sheet(finding: Finding, sheets: Sequence[str]) -> Finding:
    """Return a finding whose rows are numbered as in their own sheet, which it names."""
    if not sheets:
        return finding
    shown = tuple(_named(each, sheets) for each in finding.examples)
    if finding.row is None or finding.row < _LINES:
        return replace(finding, examples=shown)
    sheet = sheets[finding.row // _LINES - 1]
    file = f"{finding.file}, sheet {sheet!r}"
    return replace(finding, file=file, row=finding.row % _LINES, examples=shown)


def asked_in_sheet(asked: Asked, sheets: Sequence[str]) -> Asked:
    """Return a question whose examples name the sheet and the row in it."""
    shown = tuple(_named(each, sheets) for each in asked.question.examples)
    return replace(asked, question=replace(asked.question, examples=shown))


def with_sheets(rejected: pd.DataFrame, sheets: Sequence[str]) -> pd.DataFrame:
    """Return rejected rows with the sheet of each, and its row there."""
    if not sheets:
        return rejected
    lines = rejected["row"].to_numpy(dtype=np.int64)
    names = np.array(["", *sheets], dtype=object)[lines // _LINES]
    rows = rejected.assign(row=lines % _LINES)
    rows.insert(0, "sheet", names, allow_duplicates=True)
    return rows


def _named(example: str, sheets: Sequence[str]) -> str:
    """Write "row 20000017: 'x'" as "Apr 2026, row 17: 'x'"."""
    found = _ROW.match(example) if sheets else None
    if found is None:
        return example
    line = int(found[1])
    return f"{sheets[line // _LINES - 1]}, row {line % _LINES}{example[found.end() :]}"
