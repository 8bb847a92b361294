"""Which of several dates counts: demand arises on the day of the order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.ingest.columns import SURE, ColumnGuess
from core.ingest.date_names import LATER, ORDERED
from core.ingest.date_parts import holds_dates
from core.ingest.names import names, words
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import TextTable

_ORDERED, _LATER = names(ORDERED), names(LATER)


def with_demand_date(
    table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask
) -> tuple[Mapping[str, ColumnGuess], tuple[Guess, ...]]:
    """Take the date of the order, where a file has those of several steps; ask where it has none.

    Args:
        table: A sales file.
        columns: What was taken for what.
        ask: The planner.

    Returns:
        The columns, and what was decided.
    """
    found = [name for name in table.columns if _plain(name) in (*_ORDERED, *_LATER)]
    if "date" not in columns or table.options.chosen.get("date") or len(found) < 2:
        return columns, ()
    found = [name for name in found if holds_dates(table.column(name))]
    if len(found) < 2 or _are_the_same(table, found):
        return columns, ()
    taken = columns["date"].column
    ordered = [name for name in found if _plain(name) in _ORDERED]
    full = [name for name in (*ordered, taken, *found) if not _has_gaps(table, name)]
    default = next(iter((*full, *ordered)), taken)
    if taken in found and ordered == [default] and default in full:
        others = ", ".join(name for name in found if name != default)
        told = [Guess("date", default, f"the day of the order; not counted by {others}")]
    else:
        told, default = [], ask(_question(default, (taken, *found)))
    guess = ColumnGuess("date", default, max(SURE, columns["date"].confidence))
    return {**columns, "date": guess}, tuple(told)


def _has_gaps(table: TextTable, name: str) -> bool:
    return bool(table.column(name).where(lambda text: not text).any())


def _question(default: str, found: tuple[str, ...]) -> Question:
    names_found = list(dict.fromkeys((default, *found)))
    return Question(
        "column_date",
        f"The file has several dates: {', '.join(names_found)}. By which are the sales counted?",
        {name: name for name in names_found},
        default,
    )


def _plain(name: str) -> str:
    return "".join(words(name))


def _are_the_same(table: TextTable, found: list[str]) -> bool:
    """Whether the dates are equal in every row."""
    place: dict[str, int] = {}
    days = []
    for column in map(table.column, found):
        own = np.array([place.setdefault(text, len(place)) for text in column.texts])
        days.append(own[column.codes])
    return all(np.array_equal(days[0], other) for other in days[1:])
