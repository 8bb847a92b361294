"""A wide table that counts several things per period: Jan Qty, Jan Revenue, Jan YTD; asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from core.ingest.columns import SURE, guess_columns
from core.ingest.date_text import period_without_year, to_date, year_and_week
from core.ingest.findings import Finding, unusable
from core.ingest.measure_words import (
    ACTUAL,
    OTHERS,
    SALES,
    UNITS,
    begins,
    is_measure_word,
    is_money,
    is_running,
)
from core.ingest.quarter_text import first_month
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import TextTable
from core.ingest.wide_names import dated, is_derived, numbered

_TOKEN = re.compile(r"[^\s_|:()\[\]/-]+")
_ALL = "(all)"
_UNNAMED = "(only the period)"
_MANY_TOKENS = 8
# Columns that are looked at before all of them are.
_SAMPLE = 60
# How good a name is for sales: units, sold, anything else, and what is no quantity.
_UNITS, _SALES, _UNKNOWN, _OTHER = range(4)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of a period: its name, the period in it, and what it counts there."""

    name: str
    period: str
    label: str


def one_measure(table: TextTable, ask: Ask) -> list[TextTable]:
    """Return the table with the periods of what is sold, as plain names; several where she adds up.

    Args:
        table: A sales file.
        ask: Where more than one of what is counted could be the sales.

    Raises:
        InputFileError: where all of it is money, plans or running totals.
    """
    groups = _groups(table)
    if not groups:
        return [table]
    running = [label for label in groups if is_running(label)]
    kept = [label for label in groups if label not in running]
    able = [label for label in kept if _rank(label) < _OTHER]
    if not able:
        raise _no_sales(table, list(groups))
    is_clear = len(able) == 1 and _rank(able[0]) < _UNKNOWN
    chosen = able if is_clear else _told(table, kept, able, ask)
    left = {column.name for label in groups for column in groups[label]}
    left -= {column.name for label in chosen for column in groups[label]}
    told = _told_words(table, groups, chosen)
    return [_renamed(told, groups[label], groups, left) for label in chosen]


def _groups(table: TextTable) -> Mapping[str, Sequence[_Column]]:
    """Return the columns of periods by what they count; nothing where the names do not say it."""
    found = guess_columns(table.columns, "history", table.options.chosen)
    sure = {name for name, guess in found.items() if guess.confidence >= SURE}
    sample = table.columns[:: 1 + len(table.columns) // _SAMPLE]
    if {"date", "quantity"} & sure or 3 * sum(map(bool, map(_column, sample))) < len(sample):
        return {}
    columns = [column for name in table.columns if (column := _column(name)) is not None]
    if 2 * len(columns) < len(table.columns):
        return {}
    groups: dict[str, list[_Column]] = {}
    for column in columns:
        groups.setdefault(column.label, []).append(column)
    groups = {label: held for label, held in groups.items() if _are_periods(held)}
    says = [label for label in groups if is_measure_word(label)]
    return groups if says else {}


def _column(name: str) -> _Column | None:
    """Find the period in a column's name: the longest run of words that is one."""
    if is_derived(name):
        return None
    for start, stop in _spans(name):
        text = name[start:stop].replace("_", " ")
        if _is_period(text):
            label = f"{name[:start]} {name[stop:]}"
            return _Column(name, text, " ".join(_TOKEN.findall(label)))
    tokens = _TOKEN.findall(name)
    label = " ".join(token for token in tokens if is_measure_word(token))
    rest = " ".join(token for token in tokens if not is_measure_word(token))
    return _Column(name, rest, label) if label and _is_period(rest) else None


def _spans(name: str) -> Iterator[tuple[int, int]]:
    """Begin and end of every run of words of a name, the longest first."""
    tokens = list(_TOKEN.finditer(name))
    if len(tokens) > _MANY_TOKENS:
        return
    for n in range(len(tokens), 0, -1):
        for k in range(len(tokens) - n + 1):
            yield tokens[k].start(), tokens[k + n - 1].end()


def _is_period(text: str) -> bool:
    is_date: object = to_date(text) or to_date(text, "month_first") or year_and_week(text)
    is_date = is_date or first_month(text)
    return bool(is_date) or period_without_year(text)


def _are_periods(columns: Sequence[_Column]) -> bool:
    """Whether columns that count the same are a row of periods, each once."""
    periods = [column.period for column in columns]
    if len(set(periods)) < len(periods):
        return False
    return bool(dated(periods) or numbered(periods)[0]) or all(map(first_month, periods))


def _is_sum(name: str) -> bool:
    """Whether a column is the sum of all periods of a measure: Total Sum of Qty."""
    tokens = _TOKEN.findall(name)
    return (
        bool(tokens) and is_measure_word(name) and (is_derived(tokens[0]) or is_derived(tokens[-1]))
    )


def _rank(label: str) -> int:
    if begins(label, OTHERS) or is_money(label):
        return _OTHER
    if begins(label, (*UNITS, *ACTUAL)):
        return _UNITS
    return _SALES if not label or begins(label, SALES) else _UNKNOWN


def _told(table: TextTable, kept: Sequence[str], able: Sequence[str], ask: Ask) -> list[str]:
    """Ask which of the things that are counted are the sales."""
    names = {label or _UNNAMED: label for label in kept}
    best = min(able, key=_rank)
    question = Question(
        "measure",
        f"A period has columns for {', '.join(names)}. Which are the sales?",
        {name: name for name in names} | {_ALL: "all of them: add them up"},
        best or _UNNAMED,
        tuple(repr(name) for name in table.columns[:4]),
    )
    answer = ask(question)
    return list(kept) if answer == _ALL else [names[answer]]


def _told_words(
    table: TextTable, groups: Mapping[str, Sequence[_Column]], chosen: Sequence[str]
) -> TextTable:
    """Say what was taken for the sales, and what was left out."""
    taken = " and ".join(label or _UNNAMED for label in chosen)
    others = [label or _UNNAMED for label in groups if label not in chosen]
    shown = groups[chosen[0]][0].name
    why = f"the columns name it, as in {shown!r}"
    guess = Guess("measure", taken, f"{why}; beside it {', '.join(others)}" if others else why)
    table = replace(table, guesses=(*table.guesses, guess))
    if not others:
        return table
    left = Finding(
        "warning",
        "measure_left_out",
        f"The columns of {', '.join(others)} are left out; {taken} is taken for the sales",
        table.name,
        value=next(groups[label][0].name for label in groups if label not in chosen),
        row=table.header_line,
        remedy="Nothing to do, unless one of them holds the units sold.",
        count=sum(len(held) for label, held in groups.items() if label not in chosen),
    )
    return replace(table, findings=(*table.findings, left))


def _renamed(
    table: TextTable,
    columns: Sequence[_Column],
    groups: Mapping[str, Sequence[_Column]],
    left: set[str],
) -> TextTable:
    """Keep the columns of one measure, and call them by their period alone."""
    others = {column.name for held in groups.values() for column in held}
    names = {column.name: column.period for column in columns}
    left = others | left | {name for name in table.columns if _is_sum(name)}
    kept = [name for name in table.columns if name in names or name not in left]
    return replace(table, frame=table.frame[kept].rename(columns=names))


def _no_sales(table: TextTable, labels: Sequence[str]) -> Exception:
    return unusable(
        "no_quantities",
        "The columns of periods count no units sold",
        table.name,
        value=", ".join(labels),
        row=table.header_line,
        remedy="Export the units sold by period, or name these columns Units if they are.",
    )
