"""Dates as planners write them, one order of day and month per column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.ingest.names import plain, words
from core.ingest.source import DateOrder
from core.ingest.week_text import date_of_week

FIRST_YEAR, LAST_YEAR = 1970, 2100

_IN_FRONT = re.compile(r"([^\W\d]{2,})[.,]*\s+(?:(?:den|le|el|the)\s+)?(?=\w)", re.IGNORECASE)
_BEHIND = re.compile(r"\s*\(([^\W\d]{2,})\.?\)$")
_TIME = re.compile(
    r"(?:T|,?\s+(?:(?:um|à|a las|om|at|[-–|])\s+)?)"
    r"(?:\d{1,2}[:h]\d{2}.*|\d{1,2}\.\d{2}\s?(?:Uhr|h)|\d{1,2}\s?(?:h|Uhr|[ap]\.?\s?m\.?))$|(?<=\d{4})\s+\d{1,2}\.\d{2}(?:\.\d{2})?$|"
    r"(?<=\d{4}-\d\d-\d\d)\s+\d{1,2}\.\d{2}(?:\.\d{2})?$",
    re.IGNORECASE,
)
# Mon Mar  2 14:30:00 CET 2026
_TIME_INSIDE = re.compile(r"\s+\d{1,2}:\d{2}:\d{2}(?:\s[A-Z]{3,4})?(?=\s\d{4}$)")
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:T?\d{4}(?:\d{2})?Z?)?")
# With a point, "2024.1" may be October that lost its nought in a spreadsheet.
_MONTH = re.compile(r"((?:19|20)\d{2})(?:[-/]M?|M|\.(?=\d\d$)|(?=\d\d$))(\d{1,2})")
# A ledger's third month: 2026003, 2026/003, 2026-P03, P03 2026.
_LEDGER = re.compile(
    r"((?:19|20)\d{2})[-/. ]?(?:P\s?0{0,2}(?=\d)|0(?=\d\d$))(\d{1,2})", re.IGNORECASE
)
_LEDGER_FIRST = re.compile(r"P\s?0{0,2}(\d{1,2})[-/. ]((?:19|20)\d{2})", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"0?(\d{1,2})[-/.](\d{4})")
_W = r"(?:week|wk|woche|kw|semaine|semana|sem|w|k|s)"
_WEEK = re.compile(rf"(\d{{4}})[\s._/-]*{_W}[\s._/-]*(\d{{1,2}})", re.IGNORECASE)
_WEEK_FIRST = re.compile(
    rf"{_W}[\s._/-]*(\d{{1,2}})(?:[\s._/-]+(?=\d{{4}}$)|/)(\d{{4}}|\d{{2}})", re.IGNORECASE
)
_WEEK_ALONE = re.compile(rf"{_W}[\s._-]*\d{{1,2}}", re.IGNORECASE)
_NUMERIC = re.compile(r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})")
_NAME, _DE = r"([^\W\d]{3,})\.?", r"(?:\s+(?:del?|of)\s+|[-\s/,]*)"
_DAY = r"(\d{1,2})(?:\.|st|nd|rd|th|er|º)?"
_DAY_NAME = re.compile(rf"{_DAY}{_DE}{_NAME}{_DE}['’]?(\d{{4}}|\d{{2}})")
_NAME_DAY = re.compile(rf"{_NAME}[-\s/]*{_DAY},?[-\s/]+(\d{{4}}|\d{{2}})")
_NAME_YEAR = re.compile(rf"{_NAME}{_DE}['’]?(\d{{4}}|\d{{2}})")
_YEAR_NAME = re.compile(rf"(\d{{4}})[-\s/.]*{_NAME}(?:[-\s/]*(\d{{1,2}}))?")
_YEAR_WEEK = re.compile(r"((?:19|20)\d{2})[-/. ]?(\d{2})")
_WEEK_NAMES = ("week", "woche", "kalenderwoche", "kw", "semaine", "semana", "isoweek", "yearweek")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")

_MONTH_NAMES = (
    "january januar janvier enero januari janner",
    "february februar fevrier febrero februari feber",
    "march marz mars marzo maart mrz mrt",
    "april avril abril",
    "may mai mayo mei",
    "june juni juin junio",
    "july juli juillet julio",
    "august aout agosto augustus",
    "september septembre septiembre setiembre",
    "october oktober octobre octubre",
    "november novembre noviembre",
    "december dezember decembre diciembre",
)
_LEAST_LETTERS = 3
_MOSTLY = 0.8
_MONTHS = {
    name[:n]: month
    for month, names in enumerate(_MONTH_NAMES, start=1)
    for name in names.split()
    for n in range(_LEAST_LETTERS, len(name) + 1)
}
del _MONTHS["jui"]  # juin or juillet
_WEEKDAY_NAMES = (
    "monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag "
    "freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes "
    "miercoles jueves viernes sabado domingo maandag dinsdag woensdag donderdag vrijdag zaterdag "
    "zondag"
)
_WEEKDAYS = {
    name[:n] for name in _WEEKDAY_NAMES.split() for n in range(2, len(name) + 1)
} - _MONTHS.keys()


@dataclass(frozen=True, slots=True)
class DayMonthOrder:
    """Whether a column writes the day or the month first.

    Args:
        order: day_first or month_first, or year_first where years have two digits.
        evidence: Why, with the text that shows it.
        open_text: A text that could be read both ways, where nothing in the column decides.
        contradiction: Two texts that prove opposite orders, where there are such.
        choices: Every order that could be meant.
    """

    order: DateOrder
    evidence: str
    open_text: str | None = None
    contradiction: tuple[str, str] | None = None
    choices: tuple[DateOrder, ...] = ("day_first", "month_first")


def day_month_order(texts: Sequence[str]) -> DayMonthOrder | None:
    """Decide the order of day and month from all texts of a column; None where none asks."""
    parts = [(text, found) for text in texts if (found := _NUMERIC.fullmatch(without_time(text)))]
    if not parts:
        return None
    day = next((text for text, found in parts if int(found[1]) > 12), None)
    month = next((text for text, found in parts if int(found[3]) > 12), None)
    if day and month:
        n_day = sum(int(found[1]) > 12 for _, found in parts)
        n_month = sum(int(found[3]) > 12 for _, found in parts)
        order: DateOrder = "day_first" if n_day >= n_month else "month_first"
        return DayMonthOrder(order, "both orders occur", contradiction=(day, month))
    if day:
        return DayMonthOrder("day_first", f"{day!r} proves it")
    if month:
        return DayMonthOrder("month_first", f"{month!r} proves it")
    return _undecided(parts)


def order_beside(texts: Sequence[str]) -> DayMonthOrder | None:
    """Return the order that the other dates of a table prove; None where they prove none."""
    found = day_month_order(texts)
    if found is None or found.open_text or found.contradiction:
        return None
    return DayMonthOrder(found.order, f"as in another column: {found.evidence}")


def _undecided(parts: list[tuple[str, re.Match[str]]]) -> DayMonthOrder:
    """Every day is 12 or less: dots and firsts of the month still tell, else it is assumed."""
    text, found = parts[0]
    firsts, seconds = {int(f[1]) for _, f in parts}, {int(f[3]) for _, f in parts}
    # Within one year, firsts of months may also be the first days of January.
    doubt = text if len({f[4] for _, f in parts}) == 1 else None
    if found[2] == ".":
        return DayMonthOrder("day_first", f"{text!r}: with dots the day stands first")
    if firsts == {1} and len(seconds) > 2:
        return DayMonthOrder("day_first", "every date is then the first of a month", doubt)
    if seconds == {1} and len(firsts) > 2:
        return DayMonthOrder("month_first", "every date is then the first of a month", doubt)
    return DayMonthOrder("day_first", f"assumed: {text!r} can be read both ways", open_text=text)


def without_time(text: str) -> str:
    """Cut the time of day off, and the name of the weekday in front or in brackets behind."""
    text = date_of_week(_TIME.sub("", _TIME_INSIDE.sub("", text)).strip())
    front, behind = _IN_FRONT.match(text), _BEHIND.search(text)
    if behind and plain(behind[1]) in _WEEKDAYS:
        return text[: behind.start()]
    rest = text[front.end() :] if front else text
    return rest if front and _is_weekday(plain(front[1]), rest) else text


def _is_weekday(word: str, rest: str) -> bool:
    """Whether a word in front of a date is a weekday; 'mar' is one beside a whole date."""
    if word != "mar":
        return word in _WEEKDAYS
    return bool(_NUMERIC.fullmatch(rest)) or any(map(month_number, words(rest)))


def to_date(text: str, order: DateOrder = "day_first", *, serial: bool = False) -> date | None:
    """Read a date; None where the text is none, or is before 1970 or after 2100.

    Args:
        text: As written; a month or week stands for its first day.
        order: Which of 03/04/2025 is the day.
        serial: Whether 45306 is the day number of a spreadsheet.
    """
    text = without_time(text)
    try:
        if found := _WEEK.fullmatch(text):
            day = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        elif found := _WEEK_FIRST.fullmatch(text):
            day = date.fromisocalendar(_year(found[2]), int(found[1]), 1)
        elif (parts := _parts(text, order)) is not None:
            day = date(*parts)
        elif serial and is_serial(text):
            day = date(1899, 12, 30) + timedelta(days=int(float(text)))
        else:
            return None
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def is_serial(text: str) -> bool:
    """Whether a text could be a spreadsheet's day number, between 1970 and 2100."""
    return bool(_SERIAL.fullmatch(text)) and 25569 <= float(text) < 73415


def _parts(text: str, order: DateOrder) -> tuple[int, int, int] | None:
    """Year, month, day; None where no pattern fits."""
    if found := _ISO.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _NUMERIC.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        day, month = (second, first) if order == "month_first" else (first, second)
        return _year(found[4]), month, day
    if found := _COMPACT.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _MONTH.fullmatch(text) or _LEDGER.fullmatch(text):
        return int(found[1]), int(found[2]), 1
    if found := _MONTH_FIRST.fullmatch(text) or _LEDGER_FIRST.fullmatch(text):
        return int(found[2]), int(found[1]), 1
    return _named_parts(text)


def _named_parts(text: str) -> tuple[int, int, int] | None:
    """The same, for dates with the name of the month."""
    if found := _DAY_NAME.fullmatch(text):
        return _year(found[3]), month_number(found[2]), int(found[1])
    if found := _NAME_DAY.fullmatch(text):
        return _year(found[3]), month_number(found[1]), int(found[2])
    if found := _NAME_YEAR.fullmatch(text):
        return _year(found[2]), month_number(found[1]), 1
    if found := _YEAR_NAME.fullmatch(text):
        return int(found[1]), month_number(found[2]), int(found[3] or 1)
    return None


def _year(digits: str) -> int:
    """Two digits mean 1970 to 2069."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


def month_number(name: str) -> int:
    """Number of a month by name in five languages; 0, which no date has, where unknown."""
    return _MONTHS.get(plain(name), 0)


def is_weekday(name: str) -> bool:
    """Whether a text is the name of a weekday, or begins it, in five languages."""
    return plain(name) in _WEEKDAYS


def period_without_year(text: str) -> bool:
    """Whether a text names a month or a week and leaves the year to another cell."""
    return bool(_WEEK_ALONE.fullmatch(text)) or month_number(text) > 0


def as_weeks(texts: Sequence[str], name: str) -> tuple[str, ...]:
    """Return weeks written as 202405 or 05/2024 in a way that says so: 2024-W05.

    Args:
        texts: The different texts of a column.
        name: Name of the column; where it says week, or a number is no month, they are weeks.

    Returns:
        The texts; as they are where they are no weeks.
    """
    filled = [text for text in texts if text]
    named = plain(name).startswith(_WEEK_NAMES) and all(map(year_and_week, filled))
    if not named and not is_weeks(filled):
        return tuple(texts)
    return tuple(year_and_week(text) or text for text in texts)


def is_weeks(texts: Sequence[str]) -> bool:
    """Whether texts like 202405 are all weeks: one of them, such as 202413, is no month."""
    found = [year_and_week(text) for text in texts]
    return all(found) and any(int(week[-2:]) > 12 for week in found if week)


def year_and_week(text: str) -> str | None:
    """Write 202405, 2024-05 or 05/2024 as 2024-W05; None where it cannot be a week."""
    if found := _YEAR_WEEK.fullmatch(text):
        year, week = found[1], found[2]
    elif found := _MONTH_FIRST.fullmatch(text):
        year, week = found[2], found[1]
    else:
        return None
    return f"{year}-W{int(week):02d}" if 1 <= int(week) <= 53 else None


def is_year_first(texts: Sequence[str]) -> bool:
    """Whether dates with two-digit years may well have the year in front: 24/04/13, 24/04/14.

    The first number changes less often than the last, as years do, and has been a year.
    """
    filled = [without_time(text) for text in texts if text]
    parts = [found for text in filled if (found := _NUMERIC.fullmatch(text))]
    if len(parts) < max(2, _MOSTLY * len(filled)) or any(
        len(f[4]) == 4 or f[2] == "." for f in parts
    ):
        return False
    firsts, lasts = {int(f[1]) for f in parts}, {int(f[4]) for f in parts}
    this_year = date.today().year % 100
    may_be = all(12 < first <= this_year for first in firsts) and max(lasts) <= 31
    return may_be and all(int(f[3]) <= 12 for f in parts) and len(firsts) < len(lasts)
