"""A year in one column and a month, week or period in another -> one column of dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from core.domain import Period
from core.ingest.calendar_words import is_day, is_fiscal, is_part, is_year, unit_of
from core.ingest.columns import SURE, ColumnGuess, guess_columns
from core.ingest.date_text import month_number, to_date
from core.ingest.fill_down import with_parts_filled
from core.ingest.findings import unusable
from core.ingest.names import names, words
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import Codes, TextColumn, TextTable
from core.ingest.wide_names import dated, numbered

_YEAR = re.compile(r"(?:FY|GJ|BJ)?\s?'?(\d{4}|\d{2})(?:\.0)?", re.IGNORECASE)
_TWO_YEARS = re.compile(r"(?:FY|GJ|BJ)?\s?(\d{4}|\d{2})\s?[/-]\s?(?:\d{4}|\d{2})", re.IGNORECASE)
_NUMBERED = re.compile(r"(\D*?)0*(\d{1,2})(?:\.0)?(\D*)")
_PREFIXES = frozenset(
    names(
        "p,per,period,periode,période,periodo,m,month,monat,mois,mes,maand,w,wk,week,kw,woche,"
        "s,sem,semaine,semana"
    )
) | {""}
_MOSTLY = 0.9
_MONTHS_A_YEAR, _LEAST_WEEKS, _MOST_WEEKS = 12, 52, 53
_LEAST_DAYS = 12
# Where a year spans two, 2025/26, the half-year is the usual turn.
_USUAL_TURN = 7


@dataclass(frozen=True, slots=True)
class _Parts:
    """The columns that make a date, and what their numbers count."""

    year: str
    part: str
    day: str | None
    unit: Period


def with_whole_dates(table: TextTable, ask: Ask) -> TextTable:
    """Return the table with a column of dates, where it has a year and a part of it instead.

    Args:
        table: A sales file with one row per item and date.
        ask: Where the year may begin in any month.

    Raises:
        InputFileError: where the periods are neither months nor weeks, or an answer is no date.
    """
    chosen = table.options.chosen.get("date")
    guess = guess_columns(table.columns, "history", table.options.chosen).get("date")
    if guess is not None and holds_dates(table.column(guess.column)):
        return table
    parts = _parts(table)
    if parts is None or chosen not in (None, "", parts.year, parts.part, parts.day):
        return table
    if has_periods_across(table):
        return table
    table = with_parts_filled(table, (parts.year, parts.part), ask)
    return _joined(table, parts, _target(guess, parts, chosen), ask)


def _target(guess: ColumnGuess | None, parts: _Parts, chosen: str | None) -> str:
    """Name of the column that the dates go into: the one that is taken for the date."""
    if guess is None or guess.confidence < SURE or guess.column not in (parts.part, parts.day):
        return chosen or "date"
    return guess.column


def has_periods_across(table: TextTable) -> bool:
    """Whether the columns stand for dates or numbered periods, or are 1, 2, ... as days are."""
    n_days = sum(name.isdigit() for name in table.columns)
    return bool(dated(table.columns) or numbered(table.columns)[0]) or n_days >= _LEAST_DAYS


def holds_dates(column: TextColumn) -> bool:
    """Whether nearly all texts of a column are dates with their year."""
    filled = [text for text in column.texts if text][:2000]
    read = sum(bool(to_date(text) or to_date(text, "month_first")) for text in filled)
    return read > _MOSTLY * len(filled)


def _parts(table: TextTable) -> _Parts | None:
    """Find the columns by their names and by what they hold; None where one is missing."""
    year = next((c for c in table.columns if is_year(c) and _all(table, c, year_of)), None)
    found = [c for c in table.columns if is_part(c) and _all(table, c, part_of)]
    if year is None or not found:
        return None
    month = next((c for c in found if unit_of(c) is Period.MONTH), None)
    day = next((c for c in table.columns if is_day(c) and _all(table, c, _day_of)), None)
    if month and day:
        return _Parts(year, month, day, Period.DAY)
    part = next((c for c in found if unit_of(c) is Period.WEEK), month or found[0])
    return _Parts(year, part, None, _unit(table, part))


def _all(table: TextTable, name: str, reader: object) -> bool:
    """Whether a column can be read, but for a row here and there."""
    assert callable(reader)
    column = table.column(name)
    counts = column.counts()
    filled = sum(int(n) for text, n in zip(column.texts, counts, strict=True) if text)
    read = sum(int(n) for t, n in zip(column.texts, counts, strict=True) if t and reader(t))
    return read > _MOSTLY * filled > 0


def year_of(text: str) -> int:
    """Read a year; of 2025/26 the first one; 0 where the text is none."""
    found = _YEAR.fullmatch(text) or _TWO_YEARS.fullmatch(text)
    if found is None:
        return 0
    year = int(found[1])
    year = year + 2000 if len(found[1]) == 2 else year
    return year if 1970 <= year <= 2100 else 0


def part_of(text: str) -> int:
    """Number of a period, or of a month by its name; 0 where the text is neither."""
    named = next(filter(None, map(month_number, words(text))), 0)
    found = _NUMBERED.fullmatch(text)
    if named or found is None:
        return named
    beside = "".join(words(found[1] + found[3]))
    return int(found[2]) if beside in _PREFIXES else 0


def _day_of(text: str) -> int:
    return int(text) if text.isdigit() and int(text) <= 31 else 0


def _unit(table: TextTable, part: str) -> Period:
    """Return what a column of periods counts: by its name, by names of months, by its numbers.

    Raises:
        InputFileError: where the year has neither 12 nor 52 of them.
    """
    column = table.column(part)
    told = unit_of(part)
    if told is not None:
        return told
    used = [t for t, n in zip(column.texts, column.counts(), strict=True) if n and t]
    most = max(map(part_of, used))
    if most <= _MONTHS_A_YEAR:
        return Period.MONTH
    if most in (_LEAST_WEEKS, _MOST_WEEKS):
        return Period.WEEK
    raise unusable(
        "odd_periods",
        f"The column {part!r} has periods up to {most}, which are neither 12 months nor 52 weeks",
        table.name,
        value=next(text for text in used if part_of(text) == most),
        row=table.header_line,
        remedy="Export the sales by month, week or day. Where periods after 12 are only closing "
        "entries, leave them out; where these are weeks, name the column week.",
    )


def _joined(table: TextTable, parts: _Parts, target: str, ask: Ask) -> TextTable:
    """Write the date of each row into the target column, each different one once."""
    columns = [table.column(c) for c in (parts.year, parts.part, parts.day) if c]
    shape = tuple(len(column.texts) for column in columns)
    held, codes = np.unique(
        np.ravel_multi_index([column.codes for column in columns], shape), return_inverse=True
    )
    cells = [
        tuple(column.texts[i] for column, i in zip(columns, at, strict=True))
        for at in zip(*(x.tolist() for x in np.unravel_index(held, shape)), strict=True)
    ]
    begins = _begins(cells, parts, ask)
    texts = [_text(cell, parts, begins) for cell in cells]
    frame = table.frame.copy(deep=False)
    frame[target] = as_column(texts, codes)
    return replace(
        table,
        frame=frame,
        guesses=(*table.guesses, _guess(parts, cells[0], texts[0])),
        stands_for=None if parts.unit is Period.DAY else parts.unit,
    )


def as_column(texts: Sequence[str], codes: Codes) -> pd.Categorical:
    """Return a column of texts; one that stands there twice is one category."""
    place = {text: k for k, text in enumerate(dict.fromkeys(texts))}
    own = np.array([place[text] for text in texts], dtype=np.int64)
    return pd.Categorical.from_codes(own[codes], categories=pd.Index(list(place)))  # type: ignore[arg-type]


def _guess(parts: _Parts, cell: tuple[str, ...], text: str) -> Guess:
    named = " and ".join(repr(name) for name in (parts.year, parts.part, parts.day) if name)
    shown = " and ".join(map(repr, cell))
    return Guess("date", f"{named} together, one {parts.unit.value} each", f"{shown} give {text}")


_WRITTEN = {
    Period.DAY: "{}-{:02d}-{:02d}",
    Period.MONTH: "{}-{:02d}",
    Period.WEEK: "{}-W{:02d}",
}


def _text(cell: tuple[str, ...], parts: _Parts, begins: Mapping[int, date]) -> str:
    """Write the date of a row; what cannot be read stays as it is, and is told as no date."""
    if not any(cell):
        return ""
    year, part = year_of(cell[0]), part_of(cell[1])
    if not year or not part:
        return " ".join(filter(None, cell))
    if begins:
        return _from_the_first(cell[1], part, begins[year], parts.unit)
    rest = [_day_of(text) for text in cell[2:]]
    return _WRITTEN[parts.unit].format(year, part, *rest)


def _from_the_first(text: str, part: int, begin: date, unit: Period) -> str:
    """Return the day on which a period begins, counted from the first one of its year."""
    if unit is Period.WEEK:
        return (begin + timedelta(days=7 * (part - 1))).isoformat()
    named = next(filter(None, map(month_number, words(text))), 0)
    ahead = (named - begin.month) % 12 if named else part - 1
    month = begin.month - 1 + ahead
    return f"{begin.year + month // 12}-{month % 12 + 1:02d}" if ahead < _MONTHS_A_YEAR else text


def _begins(cells: list[tuple[str, ...]], parts: _Parts, ask: Ask) -> Mapping[int, date]:
    """Ask when a fiscal year begins; return the first day of each, none for calendar years.

    Raises:
        InputFileError: where the answer is no date.
    """
    spans_two = any(_TWO_YEARS.fullmatch(cell[0]) for cell in cells)
    fiscal = is_fiscal(parts.year) or is_fiscal(parts.part) or spans_two
    years = sorted({year for cell in cells if (year := year_of(cell[0]))})
    if not fiscal or parts.unit is Period.DAY or not years:
        return {}
    shown = next(cell[0] for cell in cells if year_of(cell[0]) == years[0])
    answer = ask(
        Question(
            "first_period",
            f"Under {parts.year!r} a year may begin in any month. On which day does {shown} begin?",
            {},
            date(years[0], _USUAL_TURN if spans_two else 1, 1).isoformat(),
            (repr(shown),),
        )
    )
    first = to_date(answer)
    if first is None:
        raise unusable(
            "bad_answer",
            "The answer to the question 'first_period' is not a date",
            "the answers",
            value=answer,
            remedy="Write it as 2025-07-01.",
        )
    return _year_starts(first, years, cells, parts.unit)


def _year_starts(
    first: date, years: list[int], cells: list[tuple[str, ...]], unit: Period
) -> Mapping[int, date]:
    """Return the first day of every year; one of weeks has 53 of them where the file says so."""
    if unit is Period.MONTH:
        return {year: date(first.year + year - years[0], first.month, 1) for year in years}
    starts, begin = {}, first
    for year in range(years[0], years[-1] + 1):
        starts[year] = begin
        most = max((part_of(c[1]) for c in cells if year_of(c[0]) == year), default=0)
        begin += timedelta(days=7 * max(_LEAST_WEEKS, most))
    return starts
