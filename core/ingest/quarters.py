"""Sales by quarter: planning knows days, weeks and months, so the planner is asked."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from core.domain import Period
from core.ingest.columns import SURE, guess_columns
from core.ingest.findings import Finding, unusable
from core.ingest.names import names, words
from core.ingest.quarter_text import first_month, quarter_number
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import TextTable, tidy
from core.ingest.wide_dates import year_column
from core.ingest.wide_names import dated, numbered

MONTHS = 3
# Texts of a column that are looked at before all of them are.
_HEAD = 5
_LEAST = 2
_NAMES = frozenset(names("quarter,qtr,quartal,trimestre,trimester,trim,kwartaal"))
_NUMBERS = {"1": 1, "2": 2, "3": 3, "4": 4}


def years_apart(table: TextTable) -> list[TextTable]:
    """Cut a table with a column of years beside Q1 to Q4 by year, and give the quarters theirs.

    Args:
        table: A sales file; it is left as it is where it is no such table.
    """
    if dated(table.columns) or numbered(table.columns)[0]:
        return [table]  # then the quarters are sums of these
    years = year_column(table, Period.MONTH)
    names = [name for name in table.columns if quarter_number(name)]
    if years is None or len(set(map(quarter_number, names))) != len(names) or len(names) < _LEAST:
        return [_with_quarters(table, years)]
    column = table.column(years)
    parts: list[TextTable] = []
    for code, year in enumerate(column.texts):
        rows = column.codes == code
        named = {name: f"Q{quarter_number(name)} {year}" for name in names}
        frame = table.frame[rows].drop(columns=years).rename(columns=named).reset_index(drop=True)
        told = () if parts else table.findings
        parts.append(replace(table, frame=frame, lines=table.lines[rows], findings=told))
    return [part for part in parts if part.n_rows]


def _with_quarters(table: TextTable, years: str | None) -> TextTable:
    """Join a column of quarters and a column of years, where rows hold both and no date."""
    named = [name for name in table.columns if set(words(name)) & _NAMES]
    if years is None or len(named) != 1 or "date" in guess_columns(table.columns, "history"):
        return table
    quarter, year = table.column(named[0]), table.column(years)
    number = [quarter_number(text) or _NUMBERS.get(text, 0) for text in quarter.texts]
    if not all(n for n, used in zip(number, quarter.counts(), strict=True) if used):
        return table
    pairs = zip(quarter.codes.tolist(), year.codes.tolist(), strict=True)
    date = pd.Categorical([f"Q{number[q]} {year.texts[y]}" for q, y in pairs])
    return replace(table, frame=table.frame.drop(columns=[named[0], years]).assign(date=date))


def with_months(table: TextTable, ask: Ask) -> TextTable:
    """Return the table with the first month of each quarter as the date, where she wants it.

    Args:
        table: A sales file.
        ask: Whether a quarter may be spread over its months.

    Raises:
        InputFileError: where she does not want that.
    """
    named = _quarter_columns(table)
    if named:
        _ask(table, ask, next(iter(named)))
        return _told(replace(table, frame=table.frame.rename(columns=named)))
    name = _quarter_column(table)
    if name is None:
        return table
    column = table.column(name)
    _ask(table, ask, column.texts[0])
    months = [first_month(text) or "" for text in column.texts]
    texts = pd.Categorical([months[code] for code in column.codes.tolist()])
    frame = table.frame.assign(**{name: texts}).rename(columns={name: "date"})
    return _told(replace(table, frame=frame))


def _quarter_columns(table: TextTable) -> dict[str, str]:
    """Return the columns named by a quarter, and their months, where they are half of all."""
    found = {name: month for name in table.columns if (month := first_month(name))}
    alone = len(set(found.values())) == len(found) and not dated(table.columns)
    enough = len(found) >= max(_LEAST, len(table.columns) / 2)
    return found if alone and enough else {}


def _quarter_column(table: TextTable) -> str | None:
    """Return the column of a table in rows that holds quarters, where no other holds the date."""
    sure = guess_columns(table.columns, "history", table.options.chosen).get("date")
    for name in table.columns:
        is_other = sure is not None and sure.confidence >= SURE and sure.column != name
        head = [tidy(str(text)) for text in table.frame[name].cat.categories[:_HEAD]]
        if (
            is_other
            or not all(map(first_month, filter(None, head)))
            or "date" in (set(table.columns) - {name})
        ):
            continue
        column = table.column(name)
        texts = [t for t, n in zip(column.texts, column.counts(), strict=True) if n and t]
        if len(texts) >= _LEAST and all(map(first_month, texts)):
            return name
    return None


def _ask(table: TextTable, ask: Ask, shown: str) -> None:
    question = Question(
        "quarters",
        "The sales are by quarter, and planning is by day, week or month. May each quarter be "
        "spread evenly over its three months?",
        {"split": "yes: a third in each month", "stop": "no: I will export by month or week"},
        "split",
        (repr(shown),),
    )
    if ask(question) == "stop":
        raise unusable(
            "quarters",
            "The sales are by quarter",
            table.name,
            value=shown,
            remedy="Export them by month or by week.",
        )


def _told(table: TextTable) -> TextTable:
    guess = Guess("quarters", "spread over their months", "the dates are quarters")
    doubt = Finding(
        "warning",
        "quarters_spread",
        "Each quarter is spread evenly over its three months, so the months look steadier than "
        "they were",
        table.name,
        row=table.header_line,
        remedy="Export by month or week where you can.",
    )
    return replace(
        table,
        months_each=MONTHS,
        guesses=(*table.guesses, guess),
        findings=(*table.findings, doubt),
    )
