"""Which column is meant, where a name alone does not prove it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import pandas as pd

from core.domain import attributes
from core.ingest.columns import ONE_ITEM, SURE, ColumnGuess
from core.ingest.layout import is_number, kind_of
from core.ingest.names import is_no_sale
from core.ingest.questions import Ask, Question
from core.ingest.text_table import TextTable, tidy

_HEAD = 200
_LONG = 20
_MOSTLY = 0.5


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
            shown = {column: samples(table.frame[column]) for column in table.columns}
            ask(column_question(name, labels[name], shown, guess.column))


def column_question(
    name: str, label: str, columns: Mapping[str, str], default: str = ""
) -> Question:
    """Ask which column of the file holds an attribute.

    Args:
        name: The attribute.
        label: It, as planners call it.
        columns: Columns of the file, each with some of its cells.
        default: The one that is proposed; empty where none is.
    """
    shown = {c: f"{c}: {cells}" if cells else f"{c}: no entries" for c, cells in columns.items()}
    extra = {ONE_ITEM: "the whole file is one item"} if name == "item" and not default else {}
    return Question(
        f"column_{name}",
        f"Which column is {name} ({label})?",
        shown | extra,
        default,
        tuple(shown.values()),
    )


def samples(cells: pd.Series, n: int = 3) -> str:
    """Return a few different cells of a column, to recognise it by."""
    texts = filter(None, map(tidy, dict.fromkeys(cells.head(_HEAD).astype(str))))
    return "; ".join(text[:_LONG] for text in islice(texts, n))


def _is_proved(table: TextTable, name: str, columns: Mapping[str, ColumnGuess]) -> bool:
    """Whether no other column could be it: the only numbers, or one row per item and date."""
    if name == "quantity":
        column = columns[name].column
        return _numbers(table, columns) == [column] and not _looks_like_money(table.frame[column])
    if name == "date":
        return _dates(table) == [columns[name].column]
    if name == "item" and "date" in columns:
        pair = [columns[name].column, columns["date"].column]
        return not table.frame.duplicated(pair).any()
    return False


def _dates(table: TextTable) -> list[str]:
    """Return the columns that hold dates and nothing else."""
    heads = {name: table.frame[name].head(_HEAD).astype(str) for name in table.columns}
    return [n for n, head in heads.items() if all(kind_of(tidy(c)) == "date" for c in set(head))]


def _looks_like_money(cells: pd.Series) -> bool:
    """Whether most numbers of a column have two decimals."""
    return bool(cells.head(_HEAD).astype(str).str.contains(r"[.,]\d\d\D*$").mean() > _MOSTLY)


def _numbers(table: TextTable, columns: Mapping[str, ColumnGuess]) -> list[str]:
    """Return the columns of numbers that are neither item, place nor date."""
    known = {guess.column for name, guess in columns.items() if name != "quantity"}
    return [
        name
        for name in table.columns
        if name not in known
        and not is_no_sale(name)
        and all(is_number(tidy(str(cell))) for cell in table.frame[name].head(_HEAD))
    ]
