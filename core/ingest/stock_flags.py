"""Which rows say that the item was out of stock while it could have been bought."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.ingest.checks import Checks
from core.ingest.source import Guess
from core.ingest.text_table import Codes, Mask
from core.ingest.times_of_day import without_times

_HOURS = 24
# Hours that make less than this share of an even day's sales are taken for closing time.
_CLOSED_SHARE = 0.1


def in_stock_rows(checks: Checks, quantity: npt.NDArray[np.float64]) -> tuple[Mask, Codes | None]:
    """Return which rows count as in stock; both ways of writing it are understood.

    Where there is a row for each hour, a flag counts in opening hours only: the hours that sell.

    Args:
        checks: The file.
        quantity: Units of each row, shape [n_rows].

    Returns:
        The rows in stock, and the hour of each, 0 to 23; None where flags are not by the hour.
    """
    in_stock, out = checks.flags("in_stock"), checks.flags("out_of_stock")
    known: Mask = np.ones(len(quantity), dtype=np.bool_) if in_stock is None else in_stock
    if out is not None:
        known = known & ~out
    checks.columns, times = without_times(checks.table, checks.columns)
    checks.guesses += times
    told = checks.numbers("hour")
    if told is None or known.all():
        return known, None
    is_known = checks.good & np.isfinite(told) & np.isfinite(quantity)
    hour = np.where(is_known, told, 0).astype(np.int64) % _HOURS
    units = np.where(is_known, np.maximum(quantity, 0.0), 0.0)
    sold = np.bincount(hour, units, minlength=_HOURS).astype(np.float64)
    return known | ~_opening_hours(checks, sold)[hour], hour


def _opening_hours(checks: Checks, sold: npt.NDArray[np.float64]) -> Mask:
    """Which hours of the day sell; all, where nothing tells, shape [24].

    Args:
        checks: The file, to say so.
        sold: Units sold in each hour, shape [24].
    """
    if not sold.any():
        return np.ones(_HOURS, dtype=np.bool_)
    is_open: Mask = sold >= _CLOSED_SHARE * sold.sum() / _HOURS
    share = sold[~is_open].sum() / sold.sum()
    evidence = f"the other hours make {share:.1%} of all sales; a stock-out then is none"
    checks.guesses.append(
        Guess("opening hours", _spans(np.flatnonzero(is_open).tolist()), evidence)
    )
    return is_open


def _spans(hours: list[int]) -> str:
    """Write 6, 7, 8, 12 as '6 to 8, 12'."""
    parts = np.split(np.array(hours), np.flatnonzero(np.diff(hours) > 1) + 1)
    return ", ".join(f"{p[0]} to {p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)
