"""Columns named 1 to 31, the days of the month that the title above the table names."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace

from core.ingest.date_text import month_number, to_date
from core.ingest.source import Guess
from core.ingest.text_table import TextTable, is_blank
from core.ingest.wide_names import days_of_month

_TOKEN = re.compile(r"[^\s_|:()\[\],;]+")
_DIGITS = re.compile(r"\d+")
_LONGEST = 4


def with_days(table: TextTable) -> TextTable:
    """Return the table with the days written as dates, where a title proves the month.

    Args:
        table: A sales file.
    """
    days = days_of_month(table.columns)
    told = month_in_title(table) if days else None
    if told is None:
        return table
    year, month, text = told
    n_days = monthrange(year, month)[1]
    beyond = days[n_days:]
    if not all(table.column(name).where(is_blank).all() for name in beyond):
        return table
    names = {
        name: f"{year}-{month:02d}-{number:02d}" for number, name in enumerate(days[:n_days], 1)
    }
    guess = Guess(
        "month",
        f"{year}-{month:02d}",
        f"{text!r} stands above the days {days[0]} to {days[:n_days][-1]}",
    )
    frame = table.frame.drop(columns=beyond).rename(columns=names)
    return replace(table, frame=frame, guesses=(*table.guesses, guess))


def month_in_title(table: TextTable) -> tuple[int, int, str] | None:
    """Return the year and month that the titles or the sheet's name tell, and the text; or None.

    A month without a day counts first: a full date may be the day of printing.
    """
    sheets = [guess.value for guess in table.guesses if guess.name == "sheet"]
    found = [part for title in (*table.titles, *sheets) for part in _dates_in(title)]
    whole = [part for part in found if not _names_a_day(part)]
    months = {(day.year, day.month): part for part in whole or found if (day := to_date(part))}
    if len(months) != 1:
        return None
    ((year, month), text) = next(iter(months.items()))
    return year, month, text


def _dates_in(title: str) -> Iterator[str]:
    """The dates and months in a title, each the longest run of words that is one."""
    tokens = list(_TOKEN.finditer(title))
    at = 0
    while at < len(tokens):
        ends = range(min(len(tokens), at + _LONGEST), at, -1)
        texts = ((end, title[tokens[at].start() : tokens[end - 1].end()]) for end in ends)
        end, text = next(((e, t) for e, t in texts if to_date(t.strip("-. "))), (at + 1, ""))
        if text:
            yield text.strip("-. ")
        at = end


def _names_a_day(text: str) -> bool:
    """Whether a date has a day beside its month and year."""
    n_numbers = len(_DIGITS.findall(text))
    is_named = any(month_number(word) for word in re.findall(r"[^\W\d]+", text))
    return n_numbers + is_named > 2 or bool(re.fullmatch(r"\d{8}", text))
