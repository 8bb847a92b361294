"""A file of stock-outs -> on which days which item could not be bought."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.domain import Events, ItemKey
from core.ingest.checks import Checks
from core.ingest.keys import matches
from core.ingest.result import Result
from core.ingest.source import AUTOMATIC, ReadOptions, Source
from core.ingest.spans import Spans, Within, left_out, nothing_left, read_spans, tell_days
from core.ingest.text_table import Mask


def read_stockout_days(
    source: Source,
    *,
    known: Collection[ItemKey] | None = None,
    within: Within | None = None,
    options: ReadOptions = AUTOMATIC,
    reject_bad_rows: bool = False,
) -> Result[Events]:
    """Read stock-outs: one row per item and stretch of days, or per item and day.

    A list of the stock of each day does as well: days with stock are left out.

    Args:
        source: The file: item, from; optionally location, to, out_of_stock, stock.
        known: Items of the sales history; others are left out with a warning.
        within: First and last day of the sales; days outside are told.
        options: What the planner says about the file.
        reject_bad_rows: Leave out rows with a fault and go on, instead of refusing the file.

    Raises:
        InputFileError: where the file cannot be used; its findings tell everything.
    """
    checks = Checks(source, "stockout_days", options)
    spans = read_spans(checks, "from", known)
    _tell_everywhere(checks, spans, known)
    in_stock = _in_stock(checks)
    checks.stop(reject_bad_rows)
    used = checks.good & spans.known & ~in_stock
    if not used.any():
        nothing_left(checks, "item", "No row tells of an item out of stock")
        checks.stop()
    tell_days(checks, "from", spans, used, within)
    return checks.result(spans.events(used, None, None), int(used.sum()))


def _in_stock(checks: Checks) -> Mask:
    """Rows that say the item was there: by a yes or no, or by stock above 0."""
    there = left_out(checks, "out_of_stock", when=False)
    stock = checks.numbers("stock")
    if stock is not None:
        there = there | (np.nan_to_num(stock) > 0)
    if (there & checks.good).any():
        checks.tell(
            "info",
            "in_stock",
            "The item was in stock; the row is left out",
            rows=there & checks.good,
            name="stock" if stock is not None else "out_of_stock",
            remedy="Nothing to do: only days without stock are marked.",
        )
    return there


def _tell_everywhere(checks: Checks, spans: Spans, known: Collection[ItemKey] | None) -> None:
    """Tell of rows without a location whose item is sold at several."""
    found = matches(spans.keys, known)
    several = np.array([len(found[key]) > 1 for key in spans.keys], dtype=np.bool_)
    rows = several[spans.key] & checks.good
    if rows.any():
        checks.tell(
            "warning",
            "everywhere",
            "The item is sold at several locations, and the row names none: it counts for all",
            rows=rows,
            name="item",
            remedy="Add a column location where the item was out at one of them only.",
        )
