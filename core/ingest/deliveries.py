"""A file of delivered orders -> when each line was ordered and when it came."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np

from core.domain import Deliveries, ItemKey
from core.domain.period import Dates
from core.ingest.checks import Checks
from core.ingest.keys import matches, row_keys, tell_unknown
from core.ingest.result import Result
from core.ingest.source import AUTOMATIC, ReadOptions, Source
from core.ingest.spans import nothing_left
from core.ingest.text_table import Mask, TextColumn, blank_column

MAX_DAYS = 1095
"""A delivery that took longer than three years is a mistyped date."""


def read_deliveries(
    source: Source,
    *,
    known: Collection[ItemKey] | None = None,
    as_of: date | None = None,
    options: ReadOptions = AUTOMATIC,
    reject_bad_rows: bool = False,
) -> Result[Deliveries]:
    """Read delivered order lines, one row each.

    Lines of items without sales are kept: they still tell how long their supplier takes. Lines
    without a day of receipt are still under way and are left out.

    Args:
        source: The file: item, order_date, receipt_date; optionally location, supplier and
            promised_date.
        known: Items of the sales history.
        as_of: Today; a receipt after it has not happened.
        options: What the planner says about the file.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "deliveries", options)
    items, locations = checks.texts("item"), checks.texts("location")
    assert items is not None
    keys, key = row_keys(items, locations)
    _tell_unknown(checks, keys, key, known)
    ordered = checks.dates("order_date")
    received = checks.dates("receipt_date", may_be_empty=True)
    promised = _promised(checks)
    supplier = checks.texts("supplier")
    _check_days(checks, ordered, received, as_of)
    under_way = _under_way(checks, received)
    checks.stop(reject_bad_rows)
    used = checks.good & ~under_way
    if not used.any():
        nothing_left(checks, "receipt_date", "No row has both a day of order and of receipt")
        checks.stop()
    deliveries = Deliveries(
        keys,
        key[used],
        _words(supplier or blank_column(len(used)), used),
        ordered[used],
        received[used],
        promised[used],
    )
    return checks.result(deliveries, len(deliveries))


def _words(column: TextColumn, rows: Mask) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    return np.asarray(column.texts, dtype=np.str_)[column.codes[rows]]


def _tell_unknown(
    checks: Checks,
    keys: tuple[ItemKey, ...],
    key: np.ndarray[tuple[int], np.dtype[np.int64]],
    known: Collection[ItemKey] | None,
) -> None:
    """Tell of lines whose item has no sales; they count for their supplier all the same."""
    found = matches(keys, known)
    if not any(found.values()):
        tell_unknown(checks, keys, key, known, found)
        return
    unknown = np.array([not found[k] for k in keys], dtype=np.bool_)[key] & checks.good
    if unknown.any():
        checks.tell(
            "info",
            "unknown_item",
            "The item is not in the sales history; the line counts for its supplier only",
            rows=unknown,
            name="item",
            remedy="Nothing to do, unless the code is written differently there.",
        )


def _promised(checks: Checks) -> Dates:
    if "promised_date" not in checks.columns:
        return np.full(checks.table.n_rows, np.datetime64("NaT", "D"))
    return checks.dates("promised_date", may_be_empty=True)


def _check_days(checks: Checks, ordered: Dates, received: Dates, as_of: date | None) -> None:
    """Reject what cannot be: received before ordered, years after, or in the future."""
    today = np.datetime64(as_of, "D") if as_of is not None else np.datetime64("NaT", "D")
    days = received - ordered
    checks.reject(
        days < np.timedelta64(0, "D"),
        "receipt_date",
        "received_before_ordered",
        "It was received before it was ordered",
        "Look whether the two columns are swapped, or a year is mistyped.",
    )
    checks.reject(
        days > np.timedelta64(MAX_DAYS, "D"),
        "receipt_date",
        "received_years_later",
        "It was received more than three years after the order",
        "Look for a mistyped year.",
    )
    checks.reject(
        received > today,
        "receipt_date",
        "not_received_yet",
        "The day of receipt is still to come",
        "Leave it empty until the delivery is there.",
    )


def _under_way(checks: Checks, received: Dates) -> Mask:
    """Rows without a day of receipt."""
    empty: Mask = np.isnat(received) & checks.good
    if empty.any():
        checks.tell(
            "info",
            "under_way",
            "There is no day of receipt: the line counts as still under way and is left out",
            rows=empty,
            name="receipt_date",
            remedy="Bring lines under way in as open orders.",
        )
    return empty
