"""Which share of a day's usual demand falls in the hours that an item was in stock."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.domain import SalesHistory
from core.ingest.bucketing import SalesRows

Floats = npt.NDArray[np.float64]

_HOURS = 24
_ROUNDS = 50
_LEAST = 1e-12


def stocked_share(
    history: SalesHistory, rows: SalesRows, hour: npt.NDArray[np.int64]
) -> Floats | None:
    """Return the share of usual demand in the hours in stock, shape [n_items, n_periods].

    A day that ran out at noon is in stock for the share of demand that usually comes by then,
    whatever the reason. Periods without a row count as their ``in_stock`` says.

    Args:
        history: The rows added up by item and period.
        rows: With one flag for each hour; closed hours count as in stock.
        hour: Hour of the day of each row, 0 to 23, shape [n_rows].

    Returns:
        None where no item ever ran out for a part of a period.
    """
    shape, n_items = history.quantity.shape, len(history.keys)
    group = rows.item * _HOURS + hour
    stocked = rows.in_stock.astype(np.float64)
    table = (n_items, _HOURS)
    count = np.bincount(group, stocked, n_items * _HOURS).reshape(table)
    units = np.maximum(rows.quantity, 0.0) * stocked
    sold = np.bincount(group, units, n_items * _HOURS).reshape(table)
    usual = hour_shares(count.astype(np.float64), sold.astype(np.float64))
    column = history.period.number(rows.day) - history.first_index
    cell = rows.item * shape[1] + column
    whole = np.bincount(cell, usual[hour], shape[0] * shape[1])
    part = np.bincount(cell, usual[hour] * stocked, shape[0] * shape[1])
    share = part / np.maximum(whole, _LEAST)
    known = history.in_stock.astype(np.float64)
    found = np.where(whole.reshape(shape) > 0, share.reshape(shape), known)
    found = np.where(history.in_stock, 1.0, np.minimum(found, 1.0))
    is_part = ~history.in_stock & (found > 0) & (found < 1)
    return found if is_part.any() else None


def hour_shares(count: Floats, sold: Floats) -> Floats:
    """Return the share of a day's demand that usually falls in each hour, shape [n_hours].

    Sales in stock are taken to be an item's level times the hour's share, both by greatest
    likelihood (Poisson), so that an hour in which items are often out does not seem quiet.

    Args:
        count: Hours in stock, shape [n_items, n_hours].
        sold: Units sold in them, same shape.
    """
    n_hours = sold.shape[1]
    share = np.full(n_hours, 1.0 / n_hours)
    for _ in range(_ROUNDS if sold.any() else 0):
        level = sold.sum(1) / np.maximum(count @ share, _LEAST)
        share = sold.sum(0) / np.maximum(level @ count, _LEAST)
        share /= share.sum()
    return share
