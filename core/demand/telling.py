"""Which periods of a whole history tell demand, and their rates in buckets of about a month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demand.protocol import Floats
from core.domain import Period, SalesHistory

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

# Long bucket, short one: four weeks hold each weekday four times; a short file is cut finer.
_LENGTHS = {Period.DAY: (28, 7), Period.WEEK: (4, 1), Period.MONTH: (1, 1)}
_LABELS = {28: "four weeks", 7: "week", 4: "four weeks"}
_MIN_LONG = 12


def telling(history: SalesHistory) -> Flags:
    """Mark the periods that tell demand: in stock, from each item's first sale on.

    Args:
        history: Sales of all items.

    Returns:
        Flags, shape [n_items, n_periods]; no True in the row of an item that never sold.
    """
    known = history.in_stock & np.isfinite(history.quantity)
    known &= np.arange(history.n_periods) >= history.first_listed[:, None]
    sold = known & (history.quantity > 0)
    return known & np.logical_or.accumulate(sold, axis=1)


@dataclass(frozen=True, eq=False)
class Buckets:
    """Sales rates in equal stretches, counted back from the end so that the last one is whole.

    Args:
        period: Of the history.
        length: Periods in a bucket.
        first: Number of the first period of each bucket, shape [n_buckets].
        rate: Units per period in stock; 0 where not known, shape [n_items, n_buckets].
        is_known: Whether at least half of the bucket tells demand, shape [n_items, n_buckets].
    """

    period: Period
    length: int
    first: Ints
    rate: Floats
    is_known: Flags

    @property
    def n(self) -> int:
        """Buckets."""
        return int(self.first.shape[0])

    @property
    def label(self) -> str:
        """A bucket in words: "four weeks", "week", "month"."""
        return _LABELS.get(self.length, self.period.value)

    @property
    def per_year(self) -> int:
        """Whole buckets in a year."""
        return round(self.period.per_year / self.length)

    @property
    def day_of_year(self) -> Floats:
        """Day of the year of the middle of each bucket, shape [n_buckets]."""
        return middle_day(self.period, self.first, self.length)


def middle_day(period: Period, first: Ints, length: int = 1) -> Floats:
    """Return the day of the year of the middle of stretches of ``length`` periods."""
    start = period.start(first)
    since = (start - start.astype("datetime64[Y]")).astype(np.float64)
    middle: Floats = since + 0.5 * np.floor(length * period.days)
    return middle


def bucketed(history: SalesHistory, tells: Flags) -> Buckets:
    """Return the rates of sale in buckets: four weeks or months, weeks where the file is short.

    Args:
        history: Sales of all items.
        tells: The periods that tell demand, shape [n_items, n_periods].
    """
    length = _length(history)
    n = history.n_periods // length
    head = history.n_periods - n * length
    shape = (len(history.keys), n, length)
    sold = np.where(tells, history.quantity, 0.0)[:, head:].reshape(shape).sum(axis=2)
    count = tells[:, head:].reshape(shape).sum(axis=2)
    is_known = 2 * count >= length
    rate = np.where(is_known, sold / np.maximum(count, 1), 0.0)
    first = history.first_index + head + length * np.arange(n)
    return Buckets(history.period, length, first, rate, is_known)


def _length(history: SalesHistory) -> int:
    long, short = _LENGTHS[history.period]
    return long if history.n_periods >= _MIN_LONG * long else short
