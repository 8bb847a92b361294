"""Rows that head a receipt and repeat the sum of its lines: left out, proved by the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.ingest.columns import ColumnGuess
from core.ingest.findings import Finding
from core.ingest.names import names, words
from core.ingest.number_text import decimal_sign, to_number
from core.ingest.text_table import Mask, TextColumn, TextTable

_KINDS = frozenset(
    names(
        "line type,row type,record type,type of line,zeilentyp,zeilenart,positionstyp,satzart,"
        "positionsart,type de ligne,type ligne,tipo de línea,tipo línea,tipo de fila,regeltype,"
        "regelsoort,type regel,soort regel"
    )
)
_MOST, _FEWEST, _MOSTLY = 12, 3, 0.98
Floats = npt.NDArray[np.float64]


def without_heads(table: TextTable, columns: Mapping[str, ColumnGuess]) -> TextTable:
    """Return a sales file without the rows that hold the sum of the lines of their receipt.

    Args:
        table: A sales file.
        columns: What was taken for what.
    """
    kind = next((n for n in table.columns if "".join(words(n)) in _KINDS), None)
    if kind is None or "quantity" not in columns:
        return table
    kinds, units = table.column(kind), _units(table.column(columns["quantity"].column))
    if not 2 <= len(kinds.texts) <= _MOST:
        return table
    taken = {kind, *(guess.column for guess in columns.values())}
    receipts = [table.column(name) for name in table.columns if name not in taken]
    for text in kinds.texts:
        head = kinds.where(lambda other, text=text: other == text)  # type: ignore[misc]
        for receipt in receipts:
            if head.sum() >= _FEWEST and _sums(head, receipt.codes, units):
                return _without(table, head, kind, receipt.name)
    return table


def _units(column: TextColumn) -> Floats:
    sign = decimal_sign(column.texts).sign
    return column.spread([to_number(text, sign) or 0.0 for text in column.texts], np.float64)


def _sums(head: Mask, receipt: npt.NDArray[np.int64], units: Floats) -> bool:
    """Whether each of these rows has a receipt of its own, and the units of its other rows."""
    own = receipt[head]
    if len(np.unique(own)) < len(own) or not np.isin(receipt[~head], own).all():
        return False
    lines = np.bincount(receipt[~head], weights=units[~head], minlength=int(receipt.max()) + 1)
    same = np.isclose(lines[own], units[head], atol=1e-6)
    return bool(same.mean() >= _MOSTLY and np.count_nonzero(units[head]) >= _FEWEST)


def _without(table: TextTable, head: Mask, kind: str, receipt: str) -> TextTable:
    row = int(np.argmax(head))
    told = Finding(
        "info",
        "receipt_head",
        f"A row that repeats the sum of its receipt's lines (same {receipt!r}) is left out",
        table.name,
        value=str(table.frame[kind].iat[row]),
        row=int(table.lines[row]),
        column=kind,
        remedy="Nothing to do: its lines are read.",
        count=int(head.sum()),
    )
    frame = table.frame[~head].reset_index(drop=True)
    return replace(table, frame=frame, lines=table.lines[~head], findings=(*table.findings, told))
