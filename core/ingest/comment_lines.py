"""Lines that sell nothing of nothing: comments between the lines of an invoice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.ingest.columns import ColumnGuess
from core.ingest.findings import MAX_EXAMPLES, Finding
from core.ingest.text_table import TextTable, is_blank, tidy

_ZERO = re.compile(r"[+-]?0*(?:[.,]0*)?")
# Where more lines are like this, it is the column that is wrong.
_MOST = 0.9


def without_comments(table: TextTable, columns: Mapping[str, ColumnGuess]) -> TextTable:
    """Return the table without the lines that have neither an item nor a quantity.

    Args:
        table: A sales file.
        columns: What was taken for what.
    """
    if table.n_rows == 0 or not {"item", "quantity"} <= set(columns):
        return table
    name = columns["item"].column
    if all(tidy(str(text)) for text in table.frame[name].cat.categories):
        return table
    item = table.column(name)
    empty = item.where(lambda text: not text)
    if not empty.any() or empty.mean() > _MOST:
        return table
    quantity = table.column(columns["quantity"].column)
    rows = empty & quantity.where(lambda text: is_blank(text) or bool(_ZERO.fullmatch(text)))
    if not rows.any():
        return table
    at = np.flatnonzero(rows)
    shown = [_shown(table, row) for row in at[:MAX_EXAMPLES].tolist()]
    told = Finding(
        "info",
        "comment_row",
        "A line without an item and without a quantity is left out",
        table.name,
        value=shown[0],
        row=int(table.lines[at[0]]),
        remedy="Nothing to do: it sells nothing.",
        count=int(at.size),
        examples=tuple(
            f"row {table.lines[row]}: {text!r}" for row, text in zip(at, shown, strict=False)
        ),
    )
    frame = table.frame[~rows].reset_index(drop=True)
    return replace(table, frame=frame, lines=table.lines[~rows], findings=(*table.findings, told))


def _shown(table: TextTable, row: int) -> str:
    """Return the longest text of a line: what it says."""
    return max(map(str, table.frame.iloc[row]), key=len)
