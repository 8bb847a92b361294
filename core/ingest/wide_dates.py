"""The date of each cell of a wide table: by its column's name, a column of years, or as told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from core.domain import Period
from core.ingest.date_text import to_date
from core.ingest.findings import unusable
from core.ingest.names import names, plain
from core.ingest.questions import Ask, Question
from core.ingest.text_table import Codes, TextTable
from core.ingest.wide_names import month_of

_YEARS = frozenset(names("year,jahr,année,annee,año,ano,jaar,ejercicio,exercice,fiscal year"))
_YEAR = re.compile(r"(?:19|20)\d{2}")
# No part of a date: that may be the day of printing.
_BARE_YEAR = re.compile(r"(?<![\d./-])(?:19|20)\d{2}(?![./-]?\d)")
_NUMBER = re.compile(r"\d+")
_MOST_WEEKS = 53


def dates_of(
    table: TextTable, periods: list[str], unit: Period | None, ask: Ask
) -> tuple[Sequence[str], Codes]:
    """Return the different dates, and which of them each cell is of, shape [n_rows, n_periods].

    Args:
        table: A table with one row per item, and a column per period.
        periods: Names of these columns.
        unit: What their numbers count; None where they are dates.
        ask: Where nothing tells when the first one begins.

    Raises:
        InputFileError: where the answer is no date.
    """
    shape = table.n_rows, len(periods)
    years = year_column(table, unit)
    if unit is not None and years is not None:
        column = table.column(years)
        # A text that no row holds is no year.
        years_of = [year or str(date.today().year) for year in column.texts]
        texts = [_in_year(name, year, unit) for year in years_of for name in periods]
        return texts, column.codes[:, None] * shape[1] + np.arange(shape[1])
    found = periods if unit is None else _counted(periods, unit, ask, table.titles)
    return found, np.broadcast_to(np.arange(shape[1]), shape)


def year_column(table: TextTable, unit: Period | None) -> str | None:
    """Return the column that gives each row's year to months or weeks without one, if any."""
    if unit not in (Period.MONTH, Period.WEEK):
        return None
    for name in table.columns:
        column = table.column(name)
        used = (text for text, n in zip(column.texts, column.counts(), strict=True) if n)
        if plain(name) in _YEARS and all(map(_YEAR.fullmatch, used)):
            return name
    return None


def is_newest_first(texts: Sequence[str]) -> bool:
    """Whether the last date lies before the first one."""
    first, last = to_date(texts[0]), to_date(texts[-1])
    return first is not None and last is not None and last < first


def _in_year(name: str, year: str, unit: Period) -> str:
    month = month_of(name) if unit is Period.MONTH else 0
    if month:
        return f"{year}-{month:02d}"
    number = int(_NUMBER.findall(name)[-1])
    return f"{year}-{number:02d}" if unit is Period.MONTH else f"{year}-W{number:02d}"


def _counted(periods: list[str], unit: Period, ask: Ask, titles: Sequence[str]) -> list[str]:
    """Return a date for each period column, counted from the first one's."""
    told = _in_title(periods[0], unit, titles)
    latest = f"{periods[-1]} is taken for the latest whole {unit.value} that it can be"
    until = f"the year is taken from the title, {told[1]!r}" if told else latest
    question = Question(
        "first_period",
        f"The columns {periods[0]}, {periods[1]}, ... name no year. On which day does "
        f"{periods[0]} begin? (Until you say so, {until}.)",
        {},
        (told[0] if told else unit.first_day(_latest_first(periods, unit))).isoformat(),
    )
    answer = ask(question)
    day = _day_told(answer, periods[0], unit)
    if day is None:
        raise unusable(
            "bad_answer",
            "The answer to the question 'first_period' is not a date",
            "the answers",
            value=answer,
            remedy="Write it as 2024-04-14, or name the year.",
        )
    first = int(unit.number(np.datetime64(day, "D")))
    return [unit.first_day(first + k).isoformat() for k in range(len(periods))]


def _day_told(answer: str, first: str, unit: Period) -> date | None:
    """Return the day that an answer names: a date, or the year of the first period."""
    if not _YEAR.fullmatch(answer):
        return to_date(answer)
    return to_date(_in_year(first, answer, unit)) if _is_in_year(first, unit) else None


def _in_title(first: str, unit: Period, titles: Sequence[str]) -> tuple[date, str] | None:
    """Return the day that the first period begins in the only year that the titles name."""
    found = {year: title for title in titles for year in _BARE_YEAR.findall(title)}
    if len(found) != 1 or not _is_in_year(first, unit):
        return None
    ((year, title),) = found.items()
    day = to_date(_in_year(first, year, unit))
    return None if day is None else (day, title)


def _latest_first(periods: list[str], unit: Period) -> int:
    """Number of the first period, where the last one has just ended."""
    today = date.today()
    first = int(unit.number(np.datetime64(today, "D"))) - len(periods)
    if not _is_in_year(periods[0], unit):
        return first
    starts = (to_date(_in_year(periods[0], str(today.year - back), unit)) for back in range(60))
    known = (int(unit.number(np.datetime64(day, "D"))) for day in starts if day is not None)
    return next((number for number in known if number <= first), first)


def _is_in_year(name: str, unit: Period) -> bool:
    """Whether a period's name tells its place in a year: Jan, month 1, week 1, and no week 0."""
    if unit is Period.MONTH and month_of(name):
        return True
    number = int((_NUMBER.findall(name) or ["0"])[-1])
    most = {Period.MONTH: 12, Period.WEEK: _MOST_WEEKS}.get(unit, 0)
    return 1 <= number <= most
