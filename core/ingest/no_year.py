"""Dates that name no year, or no date at all: the title tells it, or the planner."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np

from core.domain import Period
from core.ingest.calendar_words import is_part, unit_of
from core.ingest.columns import SURE, guess_columns
from core.ingest.date_parts import as_column, has_periods_across, holds_dates, part_of
from core.ingest.date_text import day_month_order, month_number, to_date
from core.ingest.findings import unusable
from core.ingest.questions import Ask, Question
from core.ingest.source import DateOrder, Guess
from core.ingest.text_table import TextTable
from core.ingest.titles import Named, period_in

_MOSTLY = 0.9
# Has a 29 February and a week 53: a place in the year for every text.
_ANY_YEAR = 2020
_YEAR = re.compile(r"(?:19|20)\d{2}")
_YEARS_BACK = 30

Write = Callable[[str, int], str]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Yearless:
    """A column of dates without a year.

    Args:
        name: Name of the column.
        write: Writes a text with a year.
        order: Which of 03/04 is the day.
        is_weeks: Whether they are weeks.
    """

    name: str
    write: Write
    order: DateOrder
    is_weeks: bool

    def day(self, text: str, year: int) -> date | None:
        """Return the day of a text in a year."""
        return to_date(self.write(text, year), self.order)

    def place(self, day: date) -> Place:
        """Return the place of a day in its year."""
        return (day.isocalendar().week, 0) if self.is_weeks else (day.month, day.day)

    def place_of(self, text: str) -> Place | None:
        """Return the place of a text in a year; None where it is no date."""
        day = self.day(text, _ANY_YEAR)
        return None if day is None else self.place(day)

    def year(self, day: date) -> int:
        """Return the year that a day is counted in."""
        return day.isocalendar().year if self.is_weeks else day.year


def with_years(table: TextTable, ask: Ask) -> TextTable:
    """Return the table with a year in its dates, where they name none.

    Args:
        table: A sales file.
        ask: Where no title tells the year.

    Raises:
        InputFileError: where the answer is neither a date nor a year.
    """
    guess = guess_columns(table.columns, "history", table.options.chosen).get("date")
    name = guess.column if guess else next(filter(is_part, table.columns), None)
    if name is None or holds_dates(table.column(name)) or has_periods_across(table):
        return table
    found = _yearless(table, name)
    if found is None:
        return table
    column = table.column(name)
    used = [t for t, n in zip(column.texts, column.counts(), strict=True) if t and n]
    first, told = _first_day(found, used, table, ask)
    frame = table.frame.copy(deep=False)
    frame[name if guess else "date"] = as_column(
        [_in_year(found, t, first) for t in column.texts], column.codes
    )
    guesses = table.guesses if told is None else (*table.guesses, told)
    return replace(table, frame=frame, guesses=guesses)


def _yearless(table: TextTable, name: str) -> _Yearless | None:
    """Return how a column of dates without a year is read; None where it is none."""
    filled = [text for text in table.column(name).texts if text]
    unit = unit_of(name) if is_part(name) else None
    for write in (_write_day, _write_part[unit or Period.MONTH]):
        if write is not _write_day and unit is None and not all(map(month_number, filled)):
            continue
        whole = [write(text, _ANY_YEAR) for text in filled]
        read = sum(bool(to_date(text) or to_date(text, "month_first")) for text in whole)
        if read > _MOSTLY * len(filled):
            answer = table.options.date_order or table.options.answers.get("date_order")
            proved = day_month_order(whole)
            order: DateOrder = "month_first" if answer == "month_first" else "day_first"
            if proved is not None and not proved.open_text:
                order = proved.order
            is_weeks = unit is Period.WEEK or all("W" in text.upper() for text in whole)
            return _Yearless(name, write, order, is_weeks)
    return None


def _write_day(text: str, year: int) -> str:
    """Write 02.03. or 2 March with a year; its sign between the numbers goes on."""
    if text.endswith("."):
        return f"{text}{year}" if text[:-1].rpartition(".")[2].isdigit() else f"{text} {year}"
    sign = next((sign for sign in "./" if sign in text), " ")
    return f"{text}{sign}{year}"


def _write_month(text: str, year: int) -> str:
    return f"{year}-{part_of(text):02d}"


def _write_week(text: str, year: int) -> str:
    return f"{year}-W{part_of(text):02d}"


_write_part = {Period.MONTH: _write_month, Period.WEEK: _write_week}


def _in_year(found: _Yearless, text: str, first: date) -> str:
    """Write a text with its year: the first time it comes on or after the first day."""
    place = found.place_of(text) if text else None
    if place is None:
        return text
    later = place < found.place(first)
    return found.write(text, found.year(first) + later)


def _first_day(
    found: _Yearless, used: Sequence[str], table: TextTable, ask: Ask
) -> tuple[date, Guess | None]:
    """Return the first day that the dates can be of: by the title, or as the planner says."""
    places = {place: text for text in used if (place := found.place_of(text)) is not None}
    first = _after_the_gap(sorted(places))
    named = period_in(table.titles)
    if named is not None and (not named.is_year or first == min(places)):
        return named.first, Guess("year", str(named.first.year), f"the title says {named.text!r}")
    return _asked(found, places[first], table.name, named, ask), None


def _after_the_gap(places: Sequence[Place]) -> Place:
    """Return the first place after the longest stretch of the year without sales."""
    days = [31 * month + day for month, day in places]
    gaps = [later - earlier for earlier, later in pairwise(days)]
    around = days[0] + 12 * 31 - days[-1]
    longest = max([around, *gaps])
    return places[0] if around == longest else places[gaps.index(longest) + 1]


def _asked(found: _Yearless, shown: str, file: str, named: Named | None, ask: Ask) -> date:
    """Ask for the first day; a year alone is enough."""
    default = found.day(shown, named.first.year if named else _latest(found, shown, file))
    answer = ask(
        Question(
            "first_period",
            f"The dates under {found.name!r} name no year. On which day did the first of them, "
            f"{shown}, fall? (The year is enough.)",
            {},
            (default or date(date.today().year, 1, 1)).isoformat(),
            (repr(shown),),
        )
    )
    day = found.day(shown, int(answer)) if _YEAR.fullmatch(answer) else to_date(answer)
    if day is None:
        raise unusable(
            "bad_answer",
            "The answer to the question 'first_period' is neither a date nor a year",
            "the answers",
            value=answer,
            remedy="Write it as 2024-04-14, or name the year.",
        )
    return day


def _latest(found: _Yearless, shown: str, file: str) -> int:
    """Return the year that the name of the file tells, else the latest that is not to come."""
    told = set(re.findall(r"(?<!\d)20\d{2}(?!\d)", file))
    today = date.today()
    if len(told) == 1:
        return int(told.pop())
    back = (today.year - k for k in range(_YEARS_BACK))
    return next((y for y in back if (day := found.day(shown, y)) and day <= today), today.year)


def with_title_date(table: TextTable, ask: Ask) -> TextTable:
    """Return the table with a column of dates, where it has none and its title names a period.

    Args:
        table: A sales file.
        ask: To confirm the period.

    Raises:
        InputFileError: where the answer is no date.
    """
    guesses = guess_columns(table.columns, "history", table.options.chosen)
    sure = {name for name, guess in guesses.items() if guess.confidence >= SURE}
    named = period_in(table.titles)
    if named is None or named.unit is None or "date" in guesses or has_periods_across(table):
        return table
    if not {"item", "quantity"} <= sure:
        return table
    day = _confirmed(named, named.unit, ask)
    frame = table.frame.copy(deep=False)
    frame["date"] = as_column([day.isoformat()], np.zeros(table.n_rows, dtype=np.int64))
    return replace(table, frame=frame, stands_for=named.unit)


def _confirmed(named: Named, unit: Period, ask: Ask) -> date:
    """Ask on which day the only period of a file begins."""
    answer = ask(
        Question(
            "first_period",
            f"The file has no dates, and its title says {named.text.strip()!r}. On which day does "
            f"the {unit.value} begin that all its sales are of?",
            {},
            named.first.isoformat(),
            (repr(named.text),),
        )
    )
    day = to_date(answer)
    if day is None:
        raise unusable(
            "bad_answer",
            "The answer to the question 'first_period' is not a date",
            "the answers",
            value=answer,
            remedy="Write it as 2024-04-01.",
        )
    return day
