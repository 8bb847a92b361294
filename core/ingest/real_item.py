"""A column that is called item and only numbers the lines of an order: another one is the item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.ingest.columns import SURE, ColumnGuess, guess_columns
from core.ingest.text_table import TextTable

_MOST_LINES, _MOSTLY = 500, 0.95


def with_real_item(
    table: TextTable, columns: Mapping[str, ColumnGuess]
) -> Mapping[str, ColumnGuess]:
    """Take another column for the item where the one taken numbers lines or never changes.

    One item number may stand for a whole file: then the other column must be surely an item.

    Args:
        table: A sales file.
        columns: What was taken for what.
    """
    guess = columns.get("item")
    if guess is None or table.options.chosen.get("item") or table.n_rows == 0:
        return columns
    # A column that numbers lines holds few different texts: others are not looked at.
    if len(table.frame[guess.column].cat.categories) > _MOST_LINES:
        return columns
    numbers = _numbers_lines(table, guess.column)
    if not numbers and len(table.column(guess.column).texts) > 1:
        return columns
    taken = {other.column for name, other in columns.items() if name != "name"}
    rest = [name for name in table.columns if name not in taken]
    other = guess_columns(rest, "history").get("item")
    if other is None or len(table.column(other.column).texts) < 2:
        return columns
    if not numbers and other.confidence < SURE:
        return columns
    if numbers and _goes_with(table, guess.column, other.column):
        return columns
    return {**columns, "item": replace(other, attribute="item")}


def _numbers_lines(table: TextTable, name: str) -> bool:
    """Whether a column counts 1, 2, 3 and begins again."""
    column = table.column(name)
    if not all(text.isascii() and text.isdigit() and len(text) < 4 for text in column.texts):
        return False
    number = column.spread([int(text) for text in column.texts], np.int64)
    follows = np.diff(number, prepend=0) == 1
    return bool(number[0] == 1 and ((number == 1) | follows).mean() >= _MOSTLY)


def _goes_with(table: TextTable, name: str, other: str) -> bool:
    """Whether each number stands beside one text only, as the code of an item does."""
    pairs = table.frame[[name, other]].drop_duplicates()
    return len(pairs) == len(table.column(name).texts)
