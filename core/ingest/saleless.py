"""Rows of a sales file that hold no sale: comments, fees, blank quantities, the sum at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.ingest.findings import MAX_EXAMPLES, Finding
from core.ingest.no_data import filled_cells
from core.ingest.number_text import decimal_sign, to_number
from core.ingest.questions import Ask, Question
from core.ingest.text_table import Mask, TextTable, is_blank
from core.ingest.total_rows import rows_of_totals

# With fewer, a blank quantity is a slip, to be filled in.
_FEW = 3
# A sum of fewer rows may be chance.
_LEAST_ROWS = 3


def saleless_rows(table: TextTable, columns: Mapping[str, str], ask: Ask) -> tuple[TextTable, Mask]:
    """Find the rows that hold no sale, and tell of them.

    Rows without an item and without units that say something else are comments. A last row
    without an item or a date whose quantity is the sum of all others is a total, and so is any with
    neither that says so. What other rows without a quantity are, is asked.

    Args:
        table: A sales file.
        columns: Its columns of item, date and quantity, by these names.
        ask: The planner.

    Returns:
        The table with findings, and the rows, shape [n_rows].
    """
    nobody: Mask = np.zeros(table.n_rows, dtype=np.bool_)
    # An item may be called NA.
    no_item = table.column(columns["item"]).where(lambda text: not text)
    no_date, empty = (table.column(columns[n]).where(is_blank) for n in ("date", "quantity"))
    if not (no_item.any() or no_date.any() or empty.any()):
        return table, nobody
    quantity = table.column(columns["quantity"])
    sign = decimal_sign(quantity.texts).sign
    read = [to_number(text, sign) for text in quantity.texts]
    units = quantity.spread([0.0 if value is None else value for value in read], np.float64)
    nothing = empty | quantity.spread([value == 0 for value in read], np.bool_)
    others = table.frame[[name for name in table.columns if name not in columns.values()]]
    comments = no_item & nothing & (filled_cells(others) > 0)
    total = _total(no_item | no_date, comments, units)
    total |= rows_of_totals(others, no_item & no_date & ~nothing)
    # Without an item or a date as well, a row is damaged.
    blank = empty & ~no_item & ~no_date
    table = _told(table, comments, "comment_row", "A row without an item and without units")
    table = _told(table, total, "total_row", "A row with the sum of others")
    if blank.sum() < _FEW or blank.all():
        return table, comments | total
    if ask(_question(table, blank, columns)) == "zero":
        return _with_zeros(table, blank, columns["quantity"]), comments | total
    table = _told(table, blank, "blank_quantity", "A row without a quantity")
    return table, comments | total | blank


def _total(bare: Mask, comments: Mask, units: npt.NDArray[np.float64]) -> Mask:
    """Find a last row that names no item or no date and holds the sum of the others."""
    total: Mask = np.zeros(len(bare), dtype=np.bool_)
    last = int(np.flatnonzero(~comments)[-1]) if not comments.all() else 0
    others = units[:last]
    is_sum = np.isclose(others.sum(), units[last], atol=1e-6) and units[last] > 0
    total[last] = bool(bare[last] and is_sum and np.count_nonzero(others) >= _LEAST_ROWS)
    return total


def _told(table: TextTable, rows: Mask, code: str, what: str) -> TextTable:
    if not rows.any():
        return table
    told = Finding(
        "info",
        code,
        f"{what} is left out",
        table.name,
        value=_longest(table, int(np.argmax(rows))),
        row=int(table.lines[np.argmax(rows)]),
        remedy="Nothing to do, unless it is a sale.",
        count=int(rows.sum()),
        examples=_examples(table, rows),
    )
    return replace(table, findings=(*table.findings, told))


def _longest(table: TextTable, row: int) -> str:
    """Return the longest text of a row: what it says."""
    return max(map(str, table.frame.iloc[row]), key=len)


def _examples(table: TextTable, rows: Mask) -> tuple[str, ...]:
    at = np.flatnonzero(rows)[:MAX_EXAMPLES]
    filled = ([str(c) for c in table.frame.iloc[i] if not is_blank(str(c))] for i in at)
    return tuple(
        f"row {table.lines[i]}: {'; '.join(cells)[:60]!r}"
        for i, cells in zip(at.tolist(), filled, strict=True)
    )


def _question(table: TextTable, blank: Mask, columns: Mapping[str, str]) -> Question:
    return Question(
        "blank_quantity",
        f"{int(blank.sum()):,} rows have no number under {columns['quantity']!r}. What are they?",
        {
            "leave_out": "comments, fees, or days that nobody counted: leave these rows out",
            "zero": "sales of 0: nothing was sold",
        },
        "leave_out",
        _examples(table, blank),
    )


def _with_zeros(table: TextTable, blank: Mask, name: str) -> TextTable:
    cells = table.frame[name].cat.add_categories(["0"] if "0" not in _texts(table, name) else [])
    return replace(table, frame=table.frame.assign(**{name: cells.where(~blank, "0")}))


def _texts(table: TextTable, name: str) -> tuple[str, ...]:
    return tuple(map(str, table.frame[name].cat.categories))
