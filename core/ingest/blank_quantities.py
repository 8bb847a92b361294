"""Rows of a sales file that name an item and a date, and no quantity: asked what that means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from core.ingest.columns import ColumnGuess
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.questions import Ask, Question
from core.ingest.text_table import Mask, TextTable, is_blank

# Fewer are slips, which are better mended; more than these are no sales file.
_FEW, _LEAST, _MOST = 5, 0.01, 0.9
# Where more of them stand beside a row with one, they are no cells of a table.
_BESIDE = 0.1
# What a row says that nobody knows about, under each of the two flags.
_FLAGS = {"in_stock": "no", "out_of_stock": "yes"}


def with_quantities(table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask) -> TextTable:
    """Return the table with a quantity in rows that had none.

    Args:
        table: A sales file, one row per item and date.
        columns: What was taken for what.
        ask: The planner.
    """
    if not {"item", "date", "quantity"} <= columns.keys() or table.unfolded_from is not None:
        return table
    name = columns["quantity"].column
    blank = table.column(name).where(is_blank)
    n = int(blank.sum())
    if n < _FEW or not _LEAST <= blank.mean() <= _MOST or not _is_row(table, columns)[blank].all():
        return table
    if _stand_beside(table, columns, blank):
        return table
    answer = ask(_question(table, name, blank))
    table = _written(table, name, blank, "0")
    if answer == "zero":
        return table
    flag = next((flag for flag in _FLAGS if flag in columns), "in_stock")
    own = columns[flag].column if flag in columns else _new_name(table, flag)
    return _written(table, own, blank, _FLAGS[flag])


def _stand_beside(table: TextTable, columns: Mapping[str, ColumnGuess], blank: Mask) -> bool:
    """Whether rows without a quantity belong to others of the same item and date: fees, remarks."""
    item, day = (table.column(columns[name].column).codes for name in ("item", "date"))
    cell = item * (day.max() + 1) + day
    return bool(np.isin(cell[blank], cell[~blank]).mean() > _BESIDE)


def _is_row(table: TextTable, columns: Mapping[str, ColumnGuess]) -> Mask:
    """Rows that name an item and a date."""
    has_item = table.column(columns["item"].column).where(bool)
    has_day = table.column(columns["date"].column).where(bool)
    both: Mask = has_item & has_day
    return both


def _question(table: TextTable, name: str, blank: Mask) -> Question:
    column = table.column(name)
    at = np.flatnonzero(blank)[:MAX_EXAMPLES].tolist()
    return Question(
        "blank_cells",
        f"{int(blank.sum()):,} rows name an item and a date and no quantity. What does that mean?",
        {"unknown": "nobody knows what was asked for then", "zero": "nothing was sold then"},
        "unknown",
        tuple(f"row {table.lines[row]}: {column.texts[column.codes[row]]!r}" for row in at),
    )


def _new_name(table: TextTable, name: str) -> str:
    return f"{name} (from blank cells)" if name in table.columns else name


def _written(table: TextTable, name: str, rows: Mask, text: str) -> TextTable:
    """Write a text into some rows of a column, which may be new."""
    old = table.frame[name] if name in table.columns else pd.Categorical([""] * table.n_rows)
    known = list(pd.Series(old).cat.categories)
    texts = known if text in known else [*known, text]
    codes = np.where(rows, texts.index(text), np.asarray(pd.Series(old).cat.codes, dtype=np.int64))
    made = pd.Categorical.from_codes(
        codes,  # type: ignore[arg-type]
        categories=pd.Index(texts),
    )
    return replace(table, frame=table.frame.assign(**{name: made}))
