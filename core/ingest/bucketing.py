"""Rows with item, date and quantity -> a SalesHistory on one calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain import ItemKey, Period, SalesHistory
from core.ingest.text_table import Codes, Mask

MAX_CELLS = 150_000_000


@dataclass(frozen=True, eq=False)
class SalesRows:
    """Rows of a sales file, converted and without faults.

    Args:
        keys: Items, sorted.
        item: Which item each row is of, shape [n_rows].
        day: Date of each row, shape [n_rows].
        quantity: Units of each row, returns negative, shape [n_rows].
        in_stock: False where the row says the item was out of stock, shape [n_rows].
        hour: Of the day, 0 to 23, shape [n_rows]; None where rows are not by the hour.
    """

    keys: tuple[ItemKey, ...]
    item: Codes
    day: npt.NDArray[np.datetime64]
    quantity: npt.NDArray[np.float64]
    in_stock: Mask
    hour: Codes | None = None

    def take(self, rows: Mask) -> SalesRows:
        """Keep only these rows, and the items that are left."""
        used, item = np.unique(self.item[rows], return_inverse=True)
        keys = tuple(self.keys[i] for i in used)
        hour = None if self.hour is None else self.hour[rows]
        return SalesRows(keys, item, self.day[rows], self.quantity[rows], self.in_stock[rows], hour)


def n_cells(rows: SalesRows, period: Period) -> int:
    """Size of the calendar: items times periods."""
    index = period.number(np.array([rows.day.min(), rows.day.max()]))
    return len(rows.keys) * int(index[1] - index[0] + 1)


def bucket(rows: SalesRows, period: Period) -> tuple[SalesHistory, int]:
    """Add the rows up per item and period.

    A period without a row counts as no sales, in stock; one with any out-of-stock row counts as
    out of stock. Returns are netted; what would be below 0 becomes 0.

    Returns:
        The history, and in how many periods returns exceeded sales.
    """
    index = period.number(rows.day)
    first = int(index.min())
    shape = len(rows.keys), int(index.max()) - first + 1
    cell = rows.item * shape[1] + (index - first)
    net = np.bincount(cell, weights=rows.quantity, minlength=shape[0] * shape[1])
    in_stock = np.ones(shape[0] * shape[1], dtype=np.bool_)
    in_stock[cell[~rows.in_stock]] = False
    first_listed = np.full(shape[0], shape[1], dtype=np.int64)
    np.minimum.at(first_listed, rows.item, index - first)
    history = SalesHistory(
        period,
        first,
        rows.keys,
        np.maximum(net, 0.0).reshape(shape),
        in_stock.reshape(shape),
        first_listed,
    )
    return history, int((net < -1e-9).sum())
