"""A stock file -> what is on hand, item by item."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from core.domain import ItemKey, OpenOrder, StockPosition
from core.ingest.checks import Checks
from core.ingest.keys import matches, row_keys, tell_unknown
from core.ingest.result import Result
from core.ingest.source import AUTOMATIC, ReadOptions, Source
from core.ingest.text_table import Codes


def read_stock(
    source: Source,
    *,
    known: Collection[ItemKey] | None = None,
    options: ReadOptions = AUTOMATIC,
    reject_bad_rows: bool = False,
) -> Result[tuple[StockPosition, ...]]:
    """Read stock on hand, one row per item (and location); several rows are added up.

    Args:
        source: The file: item, on_hand; optionally location.
        known: Items of the sales history; others are left out with a warning.
        options: What the planner says about the file.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "stock", options)
    items, locations = checks.texts("item"), checks.texts("location")
    on_hand = checks.numbers("on_hand")
    assert items is not None and on_hand is not None
    keys, codes = row_keys(items, locations)
    found = matches(keys, known)
    tell_unknown(checks, keys, codes, known, found)
    check_one_place(checks, keys, codes, found)
    _tell_repeats(checks, codes)
    checks.stop(reject_bad_rows)
    good = checks.good
    total = np.bincount(codes[good], weights=on_hand[good], minlength=len(keys))
    amounts: dict[ItemKey, float] = {}
    for number in np.unique(codes[good]):
        for key in found[keys[number]]:
            amounts[key] = amounts.get(key, 0.0) + float(total[number])
    _tell_missing(checks, amounts, known)
    used = np.array([bool(found[key]) for key in keys], dtype=np.bool_)[codes] & good
    positions = tuple(StockPosition(key, amounts[key]) for key in sorted(amounts))
    return checks.result(positions, int(used.sum()))


def join_stock(
    keys: Sequence[ItemKey],
    positions: Sequence[StockPosition],
    open_orders: Mapping[ItemKey, tuple[OpenOrder, ...]],
) -> tuple[StockPosition, ...]:
    """Return one stock position per key, with its open orders.

    An item of which the stock is not known gets 0 on hand, marked as an estimate.
    """
    known = {position.key: position.on_hand for position in positions}
    return tuple(
        StockPosition(key, known.get(key, 0.0), open_orders.get(key, ()), key not in known)
        for key in keys
    )


def check_one_place(
    checks: Checks,
    keys: tuple[ItemKey, ...],
    codes: Codes,
    found: Mapping[ItemKey, tuple[ItemKey, ...]],
) -> None:
    """Reject rows without a location whose item is sold at several."""
    several = [i for i, key in enumerate(keys) if len(found[key]) > 1]
    checks.reject(
        np.isin(codes, several) & checks.good,
        "item",
        "which_location",
        "The item is sold at several locations, and the row does not say at which",
        "Add a column location, written as in the sales history.",
    )


def _tell_repeats(checks: Checks, codes: Codes) -> None:
    good = checks.good
    again = good.copy()
    _, first = np.unique(codes[good], return_index=True)
    again[np.flatnonzero(good)[first]] = False
    if again.any():
        checks.tell(
            "warning",
            "duplicate_row",
            "An item stands in several rows; they are added up",
            rows=again,
            name="item",
            remedy="Right where an item lies in several places; otherwise keep one row per item.",
        )


def _tell_missing(
    checks: Checks, amounts: Mapping[ItemKey, float], known: Collection[ItemKey] | None
) -> None:
    missing = sorted(set(known or ()) - set(amounts))
    if missing:
        listed = ", ".join(key.label for key in missing[:5]) + (", ..." if missing[5:] else "")
        checks.tell(
            "warning",
            "no_stock",
            f"{len(missing)} items of the sales history are not in the stock file: {listed}",
            name="item",
            remedy="Their stock is taken as 0 and marked as an estimate; add them to the file.",
        )
