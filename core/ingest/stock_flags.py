"""Which rows say that the item was out of stock while it could have been bought."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.ingest.checks import Checks
from core.ingest.source import Guess
from core.ingest.text_table import Mask

_HOURS = 24
# Hours that make less than this share of an even day's sales are taken for closing time.
_CLOSED_SHARE = 0.1


def in_stock_rows(checks: Checks, quantity: npt.NDArray[np.float64]) -> Mask:
    """Return which rows count as in stock; both ways of writing it are understood.

    Where there is a row for each hour, a flag counts in opening hours only: the hours that sell.

    Args:
        checks: The file.
        quantity: Units of each row, shape [n_rows].
    """
    in_stock, out = checks.flags("in_stock"), checks.flags("out_of_stock")
    known: Mask = np.ones(len(quantity), dtype=np.bool_) if in_stock is None else in_stock
    if out is not None:
        known = known & ~out
    hour = checks.numbers("hour")
    if hour is None or known.all():
        return known
    return known | ~_is_open(checks, hour, quantity)


def _is_open(
    checks: Checks, hour: npt.NDArray[np.float64], quantity: npt.NDArray[np.float64]
) -> Mask:
    """Which rows lie in opening hours; all, where the hours do not tell."""
    told = checks.good & np.isfinite(hour) & np.isfinite(quantity)
    at = np.where(told, hour, 0).astype(np.int64) % _HOURS
    sold = np.bincount(at[told], np.maximum(quantity[told], 0.0), minlength=_HOURS)
    if not sold.any():
        return np.ones(len(hour), dtype=np.bool_)
    is_open = sold >= _CLOSED_SHARE * sold.sum() / _HOURS
    shown = np.flatnonzero(is_open).tolist()
    share = sold[~is_open].sum() / sold.sum()
    evidence = f"the other hours make {share:.1%} of all sales; a stock-out then is none"
    checks.guesses.append(Guess("opening hours", _spans(shown), evidence))
    rows: Mask = is_open[at]
    return rows


def _spans(hours: list[int]) -> str:
    """Write 6, 7, 8, 12 as '6 to 8, 12'."""
    parts = np.split(np.array(hours), np.flatnonzero(np.diff(hours) > 1) + 1)
    return ", ".join(f"{p[0]} to {p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)
