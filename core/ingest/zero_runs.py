"""Runs of zeros too unlikely to be chance: stock-outs that nobody marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from core.domain import Period, SalesHistory

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Chance that an item whose sales come and go at random shows any such run within a year.
CHANCE = 1e-4
MIN_RUN = 3
# How far the sales before and after a run are looked at: longer where periods are.
_NEAR_YEARS = {Period.DAY: 0.25, Period.WEEK: 0.5, Period.MONTH: 1.5}
# With fewer items, a day on which none sold anything need not be one on which all were closed.
_FEW_ITEMS = 5


@dataclass(frozen=True, eq=False)
class ZeroRuns:
    """Runs of periods without a sale, each after a sale of the item.

    Args:
        item: Row of the item, shape [n_runs].
        start: First column, shape [n_runs].
        stop: Column after the last, shape [n_runs]; that of a sale, or the end of the history.
        chance: Of as long a run by accident within a year, shape [n_runs].
    """

    item: Ints
    start: Ints
    stop: Ints
    chance: Floats


def likely_stockouts(history: SalesHistory) -> Mask:
    """Return where items that sell steadily suddenly sold nothing, shape [n_items, n_periods].

    A run of zeros is marked where it is hardly chance by the item's own rate: that of the weekdays
    over its whole history, and that of the weeks before the run, and of those after it. The most
    likely of these counts, so that an item that fades away, or comes back slowly, is not marked
    lightly. Days on which no item sold anything (closed) and periods already marked as out of stock
    tell nothing. A run that lasts to the end of the history is looked at as well: it may also be an
    item that is sold no more.
    """
    runs = zero_runs(history)
    is_unlikely = runs.chance < CHANCE
    mask = np.zeros((len(history.keys), history.n_periods + 1), dtype=np.int8)
    np.add.at(mask, (runs.item[is_unlikely], runs.start[is_unlikely]), 1)
    np.add.at(mask, (runs.item[is_unlikely], runs.stop[is_unlikely]), -1)
    found: Mask = np.cumsum(mask, axis=1)[:, :-1] > 0
    return found & history.in_stock & (history.quantity <= 0)


def zero_runs(history: SalesHistory) -> ZeroRuns:
    """Find every run of zeros of the shortest length or more, and how likely it is by chance.

    The chance of a run is multiplied by the number of sales a year, each of which could have begun
    one: the longest of many is easily long.
    """
    sold, tells = history.quantity > 0, _tells(history)
    gaps = _runs(sold, history)
    n_zeros = _between(_sum_to(tells), *gaps)
    is_long = n_zeros >= MIN_RUN
    item, start, stop = (places[is_long] for places in gaps)
    by_weekday = _weekday_chance(history, sold, tells, (item, start, stop))
    near = round(history.period.per_year * _NEAR_YEARS[history.period])
    nearby = _nearby_chance(sold, tells, (item, start, stop), n_zeros[is_long], near)
    years = np.maximum(tells.sum(1) / history.period.per_year, 1.0)
    chance = np.exp(np.maximum(by_weekday, nearby)) * (sold.sum(1) / years)[item]
    return ZeroRuns(item, start, stop, np.minimum(chance, 1.0))


def _tells(history: SalesHistory) -> Mask:
    """Return the periods in which a sale was possible: listed, in stock and open."""
    listed = np.arange(history.n_periods) >= history.first_listed[:, None]
    is_open: Mask = np.ones(history.n_periods, dtype=bool)
    if len(history.keys) >= _FEW_ITEMS:
        is_open = np.asarray((history.quantity > 0).any(axis=0))
    return listed & history.in_stock & is_open


def _runs(sold: Mask, history: SalesHistory) -> tuple[Ints, Ints, Ints]:
    """Return the gaps between sales, and that from the last sale to the end."""
    row, column = np.nonzero(sold)
    end = np.full(len(row), history.n_periods)
    goes_on = np.flatnonzero(row[1:] == row[:-1])
    end[goes_on] = column[goes_on + 1]
    is_gap = end - column > 1
    return row[is_gap], column[is_gap] + 1, end[is_gap]


def _weekday_chance(
    history: SalesHistory, sold: Mask, tells: Mask, runs: tuple[Ints, Ints, Ints]
) -> Floats:
    """Return the log chance of each run by the share of the item's weekdays without a sale."""
    n_groups = 7 if history.period is Period.DAY else 1
    group = np.arange(history.first_index, history.next_index) % n_groups
    log_zero = np.zeros(sold.shape, dtype=np.float32)
    everywhere = (sold.sum(1) + 0.5) / (tells.sum(1) + 1.0)
    for number in range(n_groups):
        mine = group == number
        n, n_sold = tells[:, mine].sum(1), (sold & tells)[:, mine].sum(1)
        share = np.minimum((n_sold + everywhere) / (n + 1.0), 1 - 1e-3)
        log_zero[:, mine] = np.where(tells[:, mine], np.log1p(-share)[:, None], 0.0)
    return _between(_sum_to(log_zero), *runs)


def _nearby_chance(
    sold: Mask, tells: Mask, runs: tuple[Ints, Ints, Ints], n_zeros: Floats, near: int
) -> Floats:
    """Return the log chance of each run by the sales before it, or after it where that is more.

    The share of periods with a sale is not known but estimated from few: its beta distribution
    (Jeffreys prior) is averaged over. The sale beside the run is there by choice: not counted.
    """
    item, start, stop = runs
    n_told, n_sold = _sum_to(tells), _sum_to(sold & tells)
    first, last = np.maximum(start - near, 0), np.minimum(stop + near, sold.shape[1])
    sides = ((first, start), (stop, last))
    n = np.stack([_between(n_told, item, *side) for side in sides])
    k = np.maximum(np.stack([_between(n_sold, item, *side) for side in sides]) - 1.0, 0.0)
    # A side with few periods tells little of itself: there both count together.
    is_short = n < near / 2
    n, k = np.where(is_short, n.sum(0), n), np.where(is_short, k.sum(0), k)
    a, b = k + 0.5, np.maximum(n - k - 1.0, 0.0) + 0.5
    log_chance = special.betaln(a, b + n_zeros) - special.betaln(a, b)
    return np.asarray(log_chance.max(axis=0))


def _sum_to(values: npt.NDArray[np.generic]) -> Floats:
    """Return running sums along the periods, beginning with 0, shape [n_items, n_periods + 1]."""
    total = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=total[:, 1:])
    return total


def _between(total: Floats, item: Ints, start: Ints, stop: Ints) -> Floats:
    """Return the sums over the columns from ``start`` to before ``stop`` of each item."""
    return np.asarray(total[item, stop] - total[item, start])
