"""Rows that stand for several months each, spread over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from core.ingest.bucketing import SalesRows
from core.ingest.checks import Checks
from core.ingest.text_table import Mask


def over_months(checks: Checks, rows: SalesRows, as_of: date | None) -> SalesRows:
    """Return the rows with a month each; those whose quarter is not over are left out.

    Whole units stay whole: 8 become 3, 2 and 3.

    Args:
        checks: The file.
        rows: Its rows.
        as_of: The day of planning.
    """
    n = checks.table.months_each
    if n == 1:
        return rows
    rows = _that_are_over(checks, rows, as_of)
    month = rows.day.astype("datetime64[M]")
    steps = np.arange(n + 1)
    shares = rows.quantity[:, None] * steps / n
    whole = rows.quantity == np.round(rows.quantity)
    shares = np.where(whole[:, None], np.floor(shares + 0.5), shares)
    days = (month[:, None] + steps[:n]).astype("datetime64[D]")
    return replace(
        rows,
        item=np.repeat(rows.item, n),
        day=days.ravel(),
        quantity=np.diff(shares, axis=1).ravel(),
        in_stock=np.repeat(rows.in_stock, n),
        hour=None,
    )


def _that_are_over(checks: Checks, rows: SalesRows, as_of: date | None) -> SalesRows:
    """Leave out the quarter that the day of planning lies in: what it sold is not its sales."""
    if as_of is None:
        return rows
    ends = (rows.day.astype("datetime64[M]") + checks.table.months_each).astype("datetime64[D]")
    over: Mask = ends <= np.datetime64(as_of, "D") + 1
    if over.all() or not over.any():
        return rows
    checks.tell(
        "warning",
        "partial_last_period",
        "The last quarter is not over, so it is left out",
        name="date",
        value=str(rows.day.max()),
        remedy="Export by month to plan with it.",
    )
    return rows.take(over)
