"""An open-orders file -> deliveries under way, item by item."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from core.domain import ItemKey, OpenOrder
from core.ingest.checks import Checks
from core.ingest.keys import matches, row_keys, tell_unknown
from core.ingest.result import Result
from core.ingest.source import AUTOMATIC, ReadOptions, Source
from core.ingest.spacing import day_of
from core.ingest.stock import check_one_place

FAR_OFF = timedelta(days=730)


def read_open_orders(
    source: Source,
    *,
    known: Collection[ItemKey] | None = None,
    as_of: date | None = None,
    options: ReadOptions = AUTOMATIC,
    reject_bad_rows: bool = False,
) -> Result[Mapping[ItemKey, tuple[OpenOrder, ...]]]:
    """Read open orders, one row per expected delivery, sorted by the day they are due.

    Args:
        source: The file: item, quantity, due; optionally location.
        known: Items of the sales history; others are left out with a warning.
        as_of: The day of planning; deliveries due before it are told as overdue.
        options: What the planner says about the file.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "open_orders", options)
    items, locations = checks.texts("item"), checks.texts("location")
    quantity, due = checks.numbers("quantity"), checks.dates("due")
    assert items is not None and quantity is not None
    keys, codes = row_keys(items, locations)
    found = matches(keys, known)
    tell_unknown(checks, keys, codes, known, found)
    check_one_place(checks, keys, codes, found)
    _tell_odd(checks, quantity, due, as_of)
    checks.stop(reject_bad_rows)
    orders: dict[ItemKey, list[OpenOrder]] = {}
    n_used = 0
    for row in np.flatnonzero(checks.good & (quantity > 0)):
        for key in found[keys[codes[row]]]:
            orders.setdefault(key, []).append(OpenOrder(float(quantity[row]), day_of(due[row])))
            n_used += 1
    by_due = {key: tuple(sorted(orders[key], key=lambda o: o.due)) for key in sorted(orders)}
    return checks.result(by_due, n_used)


def _tell_odd(
    checks: Checks,
    quantity: npt.NDArray[np.float64],
    due: npt.NDArray[np.datetime64],
    as_of: date | None,
) -> None:
    """Tell of empty, repeated, overdue and far-off deliveries."""
    good = checks.good
    day = np.datetime64(as_of, "D") if as_of else np.datetime64("NaT")
    far = np.datetime64(as_of + FAR_OFF, "D") if as_of else np.datetime64("NaT")
    told = (
        ("info", "nothing_open", "Quantity is 0; the row is left out", quantity == 0, "quantity"),
        (
            "warning",
            "duplicate_row",
            "A row repeats an earlier one in every column; both are counted",
            checks.table.frame.duplicated().to_numpy(dtype=np.bool_),
            "item",
        ),
        (
            "warning",
            "overdue",
            "The delivery is overdue; it is expected any day now",
            due < day,
            "due",
        ),
        ("warning", "far_off", "The delivery is more than two years away", due > far, "due"),
    )
    for severity, code, what, rows, name in told:
        if (rows & good).any():
            checks.tell(
                "info" if severity == "info" else "warning",
                code,
                what,
                rows=rows & good,
                name=name,
                remedy="Correct the file if this is wrong.",
            )
