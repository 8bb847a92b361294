"""Orders and blocks whose date, number and status stand on their first line only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.ingest.columns import ColumnGuess
from core.ingest.fill_down import fill_question, written_down
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import Mask, TextTable, is_blank

# With fewer blank dates they are slips; where most rows have none, it is no date.
_FEW, _LEAST, _MOST = 3, 0.1, 0.99
# A column that is blank on the same rows, but for so many, stands on the first line as well.
_MOST_ODD = 0.01


def with_first_lines(table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask) -> TextTable:
    """Return the table with the date, and what stands beside it, on every line of an order.

    The numbers of the orders prove it; where there are none, it is asked.

    Args:
        table: A sales file; further lines name an item and a quantity, and no date.
        columns: What was taken for what.
        ask: The planner.
    """
    if table.n_rows < 2 or not {"item", "date", "quantity"} <= columns.keys():
        return table
    name = columns["date"].column
    further = _blank(table, name)
    if further[0] or further.sum() < _FEW or not _LEAST <= further.mean() <= _MOST:
        return table
    item = _blank(table, columns["item"].column)
    units = table.column(columns["quantity"].column).where(is_blank)
    if (item | units)[further].any():
        return table
    beside = [n for n in table.columns if (_blank(table, n) != further).mean() <= _MOST_ODD]
    row = int(np.argmax(further))
    order = _number(table, further, {guess.column for guess in columns.values()})
    if order:
        what = f"{int(further.sum()):,} further lines take {', '.join(beside)} from the first one"
        why = f"{order!r} says which lines are of one order (row {table.lines[row]})"
        guess = Guess("lines of an order", what, why)
        table = replace(table, guesses=(*table.guesses, guess))
    elif ask(_question(table, name, further, row)) != "fill":
        return table
    for column in beside:
        table = written_down(table, column, further)
    return table


def _blank(table: TextTable, name: str) -> Mask:
    return table.column(name).where(lambda text: not text)


def _number(table: TextTable, further: Mask, taken: set[str]) -> str:
    """Return the column that numbers the orders: another one on each first line, and on no other.

    It is blank on the further lines, or the same as above.
    """
    for name in table.columns:
        codes = table.column(name).codes
        first = codes[~further]
        if name in taken or len(np.unique(first)) < len(first):
            continue
        above = np.maximum.accumulate(np.where(further, 0, np.arange(table.n_rows)))
        if _blank(table, name)[further].all() or (codes == codes[above]).all():
            return name
    return ""


def _question(table: TextTable, name: str, further: Mask, row: int) -> Question:
    above = table.frame[name].iat[row - 1]
    shown = f"row {table.lines[row]}, below {str(above)!r}"
    return fill_question(name, int(further.sum()), shown)
