"""Which period the lines above a table name: 'Umsatz März 2026', '01.10.2026 - 31.10.2026'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain import Period
from core.ingest.date_text import day_month_order, month_number, to_date
from core.ingest.names import words

_YEAR = re.compile(r"(?:19|20)\d{2}")
_BARE_YEAR = re.compile(r"(?<![\d./-])(?:19|20)\d{2}(?![\d./-])")
_TIGHT = re.compile(r"(?<=\d{4})[-–](?=\d{1,2}[./])")
_GROUPS = re.compile(r"\d+")
_IS_WEEK = re.compile(r"\b(?:kw|w|week|wk|woche|semaine|semana|sem)\b|\dW\d|-W\d", re.IGNORECASE)
_LONGEST = 4
_FULL_DATE = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A stretch of time that a title names.

    Args:
        first, last: Its days, both included.
        unit: Day, week or month where it is one whole; None where it is another stretch.
        text: The title.
        is_year: Whether it names a year and nothing more.
    """

    first: date
    last: date
    unit: Period | None
    text: str
    is_year: bool = False


def period_in(titles: Sequence[str]) -> Named | None:
    """Return the stretch of time that the titles name; None where they name none or several.

    A single day names none: it is mostly that of the print.
    """
    found = {(n.first, n.last): n for title in titles if (n := _named(title)) is not None}
    precise = [named for named in found.values() if not named.is_year] or list(found.values())
    return precise[0] if len(precise) == 1 else None


def _named(title: str) -> Named | None:
    dates, rest = _dates_in(title)
    units = [_unit(text) for text in dates]
    if units == [Period.DAY, Period.DAY]:
        order = day_month_order(dates)
        days = [to_date(text, order.order if order else "day_first") for text in dates]
        first, last = days
        return _stretch(first, last, title) if first and last and first <= last else None
    if len(units) == 1 and units[0] is not Period.DAY and not any(map(month_number, words(rest))):
        first = to_date(dates[0])
        return _whole(first, units[0], title) if first else None
    years = set(_BARE_YEAR.findall(rest))
    if dates or len(years) != 1:
        return None
    year = int(years.pop())
    return Named(date(year, 1, 1), date(year, 12, 31), None, title, is_year=True)


def _dates_in(title: str) -> tuple[list[str], str]:
    """Return the dates, months and weeks with their year in a text, and what else it says."""
    tokens = [token.strip("()[],;:") for token in _TIGHT.sub(" - ", title).split()]
    found, rest, at = [], [], 0
    while at < len(tokens):
        text = next(filter(_is_date, _windows(tokens, at)), None)
        if text is None:
            rest.append(tokens[at])
        else:
            found.append(text)
        at += 1 if text is None else len(text.split())
    return found, " ".join(rest)


def _windows(tokens: Sequence[str], at: int) -> Iterator[str]:
    """A few words from here on, the longest text first."""
    for n in range(min(_LONGEST, len(tokens) - at), 0, -1):
        window = tokens[at : at + n]
        if all(window):
            yield " ".join(window)


def _is_date(text: str) -> bool:
    full = to_date(text) or to_date(text, "month_first")
    return full is not None and bool(_YEAR.search(text)) and text[:1].isalnum()


def _unit(text: str) -> Period:
    """Return what a date stands for: a day has three parts, a month two."""
    if _IS_WEEK.search(text):
        return Period.WEEK
    groups = _GROUPS.findall(text)
    n_parts = len(groups) + any(map(month_number, words(text)))
    is_day = n_parts >= _FULL_DATE or len(groups[0]) == len("20260331")
    return Period.DAY if is_day else Period.MONTH


def _whole(first: date, unit: Period, title: str) -> Named:
    number = int(unit.number(first))
    start = unit.first_day(number)
    end = unit.first_day(number + 1) - timedelta(days=1)
    return Named(start, end, unit, title)


def _stretch(first: date, last: date, title: str) -> Named:
    """Return a stretch of days, as the month, week or day that it is."""
    for unit in (Period.MONTH, Period.WEEK, Period.DAY):
        whole = _whole(first, unit, title)
        if (whole.first, whole.last) == (first, last):
            return whole
    return Named(first, last, None, title)
