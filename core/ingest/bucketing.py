"""Rows with item, date and quantity -> a SalesHistory on one calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain import ItemKey, Period, SalesHistory
from core.ingest.text_table import Codes, Mask

Floats = npt.NDArray[np.float64]

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


@dataclass(frozen=True, eq=False)
class Returned:
    """Returns beyond the sales of their own period, per item.

    Args:
        carried: Units taken off earlier periods, shape [n_items].
        unmatched: Units that exceed all earlier sales and are left out, shape [n_items].
    """

    carried: Floats
    unmatched: Floats


def bucket(rows: SalesRows, period: Period) -> tuple[SalesHistory, Returned]:
    """Add the rows up per item and period.

    A period without a row counts as no sales, in stock; one with any out-of-stock row counts as
    out of stock. Returns are netted, see :func:`carry_back`.
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
    sold, returned = carry_back(net.astype(np.float64, copy=False).reshape(shape))
    history = SalesHistory(
        period,
        first,
        rows.keys,
        sold,
        in_stock.reshape(shape),
        first_listed,
        returned=_brought_back(cell, rows.quantity, shape),
    )
    return history, returned


def _brought_back(cell: Codes, quantity: Floats, shape: tuple[int, int]) -> Floats | None:
    """Add up the units that came back, in the period they came back in; None where none did."""
    back = quantity < 0
    if not back.any():
        return None
    units = np.bincount(cell[back], weights=-quantity[back], minlength=shape[0] * shape[1])
    return units.astype(np.float64, copy=False).reshape(shape)


def carry_back(net: Floats) -> tuple[Floats, Returned]:
    """Take returns off the last sales before them: what comes back was sold earlier.

    Args:
        net: Sales less returns of each period, shape [n_items, n_periods]; changed in place.

    Returns:
        Sales, none below 0, and what was taken off earlier periods or was too much for them.
    """
    below = np.flatnonzero((net < 0).any(axis=1))
    part = net[below]
    beyond = np.maximum(-part, 0.0).sum(axis=1)
    owed = np.zeros(len(below))
    for t in range(net.shape[1] - 1, -1, -1):
        left = part[:, t] - owed
        part[:, t] = np.maximum(left, 0.0)
        owed = np.maximum(-left, 0.0)
    net[below] = part
    carried, unmatched = np.zeros(len(net)), np.zeros(len(net))
    carried[below], unmatched[below] = beyond - owed, owed
    return net, Returned(carried, unmatched)
