"""Which column is meant, where a name alone does not prove it."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain import attributes
from core.ingest.columns import SURE, ColumnGuess
from core.ingest.layout import is_number
from core.ingest.questions import Ask, Question
from core.ingest.text_table import TextTable, tidy

_HEAD = 200


def ask_columns(table: TextTable, kind: str, columns: Mapping[str, ColumnGuess], ask: Ask) -> None:
    """Ask for the sheet where several fit, and for each column that was taken by an unsure name.

    A column that the table itself proves is not asked for.

    Args:
        table: The file.
        kind: history, items, stock or open_orders.
        columns: What was taken for what.
        ask: The planner.
    """
    for question in table.asks:
        ask(question)
    labels = {a.name: a.label for a in attributes(kind)}
    for name, guess in columns.items():
        if guess.confidence < SURE and not _is_proved(table, name, columns):
            ask(column_question(name, labels[name], table.columns, guess.column))


def column_question(name: str, label: str, columns: tuple[str, ...], default: str = "") -> Question:
    """Ask which column of the file holds an attribute."""
    return Question(
        f"column_{name}",
        f"Which column is {name} ({label})?",
        {column: column for column in columns},
        default,
    )


def _is_proved(table: TextTable, name: str, columns: Mapping[str, ColumnGuess]) -> bool:
    """Whether no other column could be it: the only numbers, or one row per item and date."""
    if name == "quantity":
        return _numbers(table, columns) == [columns[name].column]
    if name == "item" and "date" in columns:
        pair = [columns[name].column, columns["date"].column]
        return not table.frame.duplicated(pair).any()
    return False


def _numbers(table: TextTable, columns: Mapping[str, ColumnGuess]) -> list[str]:
    """Return the columns of numbers that are neither item, place nor date."""
    known = {guess.column for name, guess in columns.items() if name != "quantity"}
    return [
        name
        for name in table.columns
        if name not in known
        and all(is_number(tidy(str(cell))) for cell in table.frame[name].head(_HEAD))
    ]
