"""Orders of several lines that state what holds for all of them on the first line only."""

from __future__ import annotations

import numpy as np

from core.ingest.checks import Checks
from core.ingest.source import Guess
from core.ingest.text_table import Mask, TextColumn, TextTable, tidy

# So many rows may be odd: an order that has no status at all.
_MOST_ODD = 0.01
_FEWEST = 2


def whole_orders(checks: Checks, column: TextColumn) -> TextColumn:
    """Return a column with the first line of each order written on its further lines.

    Further lines are those with the number of the line above; the file proves it where another
    column is blank on just these. What stands on a further line itself stays.

    Args:
        checks: The file; told how it was read.
        column: A status or a mark.
    """
    blank = column.where(lambda text: not text)
    if not blank.any() or blank.all():
        return column
    found = _further_lines(checks.table, {g.column for g in checks.columns.values()})
    if found is None or not (found[1] & blank).any():
        return column
    number, further = found
    first = np.maximum.accumulate(np.where(further, 0, np.arange(len(further))))
    codes = np.where(further & blank, column.codes[first], column.codes)
    n = int((codes != column.codes).sum())
    if n == 0:
        return column
    row = int(np.argmax(codes != column.codes))
    shown = f"row {checks.table.lines[row]}: {checks.table.frame[number].iat[row]}"
    checks.guesses.append(
        Guess(
            f"lines of an order: {column.name}",
            f"{n:,} further lines follow the first line of their order",
            f"{number!r} is the same as above and its other cells are blank ({shown})",
        )
    )
    return TextColumn(column.name, column.texts, codes)


def _further_lines(table: TextTable, taken: set[str]) -> tuple[str, Mask] | None:
    """Find the column of order numbers and the rows that are a further line of an order."""
    blanks = [blank for name in table.columns if (blank := _blank(table, name)) is not None]
    for name in table.columns:
        if name in taken or not blanks:
            continue
        codes = np.asarray(table.frame[name].cat.codes)
        same = np.zeros(table.n_rows, dtype=np.bool_)
        same[1:] = codes[1:] == codes[:-1]
        if same.sum() >= _FEWEST and any((same != b).mean() <= _MOST_ODD for b in blanks):
            return name, same
    return None


def _blank(table: TextTable, name: str) -> Mask | None:
    """Rows where a column is blank; None where that is none or all of them."""
    cells = table.frame[name].cat
    empty = np.array([not tidy(str(text)) for text in cells.categories], dtype=np.bool_)
    if not empty.any() or len(empty) < _FEWEST:
        return None
    blank: Mask = empty[np.asarray(cells.codes)]
    return blank
