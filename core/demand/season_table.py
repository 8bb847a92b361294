"""Weekday and yearly patterns of all items at once: the tests of core/demand/seasonality.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from core.demand.protocol import Floats
from core.demand.seasonality import CLOSED_UNITS, MID_MONTH, MIN_FACTOR, waves
from core.demand.telling import Buckets, Flags, Ints, middle_day
from core.domain import Period, SalesHistory

# As in the choice of demand models: rarer by chance than this counts as a pattern.
SEASON_CHANCE = 0.01
_MIN_YEARS = 1.5
_N_WEEKDAYS = 7


@dataclass(frozen=True, eq=False)
class SeasonTable:
    """What is known of each item's patterns; factors have mean 1 and are 1 without a pattern.

    Args:
        period: Of the history.
        weekday_chance: Chance that weekdays differ this much by accident, shape [n_items].
        year_chance: Chance that the year's waves are an accident, shape [n_items].
        weekday: Monday to Sunday, shape [n_items, 7].
        month: January to December, at mid-month, shape [n_items, 12].
    """

    period: Period
    weekday_chance: Floats
    year_chance: Floats
    weekday: Floats
    month: Floats

    @property
    def is_weekly(self) -> Flags:
        """Whether weekdays differ, shape [n_items]."""
        return np.asarray(self.weekday_chance < SEASON_CHANCE)

    @property
    def is_yearly(self) -> Flags:
        """Whether the year has busy and quiet months, shape [n_items]."""
        return np.asarray(self.year_chance < SEASON_CHANCE)

    def year_factors(self, day: Floats, rows: slice = slice(None)) -> Floats:
        """Return the factors of these days of the year, shape [n_items, n_days]."""
        place = (np.asarray(day) / 365.25 * 12 - 0.5) % 12
        below = place.astype(np.int64)
        share = place - below
        month = self.month[rows]
        return np.asarray(month[:, below] * (1 - share) + month[:, (below + 1) % 12] * share)

    def year_factors_of(self, index: Ints, rows: slice = slice(None)) -> Floats:
        """Return the year's factors of numbered periods, shape [n_items, n_periods]."""
        return self.year_factors(middle_day(self.period, index), rows)

    def factors(self, index: Ints, rows: slice = slice(None)) -> Floats:
        """Return the factors of numbered periods, both patterns, shape [n_items, n_periods]."""
        factor = self.year_factors_of(index, rows)
        if self.period is Period.DAY:
            factor *= self.weekday[rows][:, (index + 3) % _N_WEEKDAYS]
        return factor


def season_table(history: SalesHistory, tells: Flags, buckets: Buckets) -> SeasonTable:
    """Test all items for a weekly and a yearly pattern and size up those found.

    The yearly pattern is sought in the buckets, not in single days: what sells well one day
    often does on the next, which would pass for a season.

    Args:
        history: Sales of all items.
        tells: The periods that tell demand, shape [n_items, n_periods].
        buckets: Their rates.
    """
    week_chance, weekday = _weekdays(history, tells)
    year_chance, month = _months(buckets)
    return SeasonTable(history.period, week_chance, year_chance, weekday, month)


def _weekdays(history: SalesHistory, tells: Flags) -> tuple[Floats, Floats]:
    """Return the chance of each item's weekdays and the factors of those that differ."""
    n_items = len(history.keys)
    if history.period is not Period.DAY:
        return np.ones(n_items), np.ones((n_items, _N_WEEKDAYS))
    index = np.arange(history.first_index, history.next_index)
    of_day = ((index[:, None] + 3) % _N_WEEKDAYS == np.arange(_N_WEEKDAYS)).astype(np.float64)
    quantity = np.where(tells, history.quantity, 0.0)
    count, total = tells @ of_day, quantity @ of_day
    squares = np.einsum("ij,ij->i", quantity, quantity)
    mean = total / np.maximum(count, 1)
    n, level = count.sum(axis=1), total.sum(axis=1) / np.maximum(count.sum(axis=1), 1)
    test = _FTests.of(
        squares,
        squares - n * level**2,
        squares - (count * mean**2).sum(axis=1),
        np.where((count > 0).all(axis=1), n - _N_WEEKDAYS, 0),
        _N_WEEKDAYS - 1,
    )
    raw = mean / np.where(level > 0, mean.mean(axis=1), 1.0)[:, None]
    shut = (mean == 0) & (level[:, None] * count >= CLOSED_UNITS)
    factor = _shrunk(raw - 1.0, test.shrinkage)
    return test.chance, _kept(np.where(shut, 0.0, factor), test.chance)


def _months(buckets: Buckets) -> tuple[Floats, Floats]:
    """Return the chance of each item's year and the factors of those that have one."""
    n_items, known = len(buckets.rate), buckets.is_known.astype(np.float64)
    if not buckets.n:
        return np.ones(n_items), np.ones((n_items, 12))
    trend = np.linspace(-1.0, 1.0, buckets.n)
    columns = np.column_stack([np.ones(buckets.n), trend, waves(buckets.day_of_year)])
    n_columns = columns.shape[1]
    pairs = (columns[:, :, None] * columns[:, None, :]).reshape(buckets.n, -1)
    normal = (known @ pairs).reshape(-1, n_columns, n_columns)
    right = buckets.rate @ columns
    sizes, is_full = _solved(normal, right)
    base = _solved(normal[:, :2, :2], right[:, :2])[0]
    squares = np.einsum("ij,ij->i", buckets.rate, buckets.rate)
    freedom = known.sum(axis=1) - n_columns
    test = _FTests.of(
        squares,
        squares - np.einsum("ij,ij->i", base, right[:, :2]),
        squares - np.einsum("ij,ij->i", sizes, right),
        np.where(is_full & (_years(buckets) >= _MIN_YEARS), freedom, 0),
        n_columns - 2,
    )
    mean = buckets.rate.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    raw = sizes[:, 2:] @ waves(MID_MONTH).T / np.where(mean > 0, mean, 1.0)[:, None]
    return test.chance, _kept(_shrunk(raw, test.shrinkage), test.chance)


def _solved(normal: Floats, right: Floats) -> tuple[Floats, Flags]:
    """Solve each item's normal equations; say where they have one answer only."""
    strength = np.linalg.eigvalsh(normal)
    is_full = strength[:, 0] > 1e-9 * np.maximum(strength[:, -1], 1e-300)
    safe = np.where(is_full[:, None, None], normal, np.eye(normal.shape[1]))
    sizes = np.linalg.solve(safe, right[:, :, None])[:, :, 0]
    return np.asarray(sizes, dtype=np.float64), np.asarray(is_full)


def _years(buckets: Buckets) -> Floats:
    """Return the years from each item's first known bucket to its last, shape [n_items]."""
    first = buckets.is_known.argmax(axis=1)
    last = buckets.n - 1 - buckets.is_known[:, ::-1].argmax(axis=1)
    return np.asarray((last - first + 1) * buckets.length / buckets.period.per_year)


def _shrunk(raw: Floats, shrinkage: Floats) -> Floats:
    factor = np.maximum(1.0 + shrinkage[:, None] * raw, MIN_FACTOR)
    return np.asarray(factor / factor.mean(axis=1, keepdims=True))


def _kept(factor: Floats, chance: Floats) -> Floats:
    """Keep the factors of patterns that are no accident; the others are flat."""
    scaled = factor / factor.mean(axis=1, keepdims=True)
    return np.where(chance[:, None] < SEASON_CHANCE, scaled, 1.0)


@dataclass(frozen=True, eq=False)
class _FTests:
    """Whether patterns explain more than chance would, shape [n_items] each."""

    shrinkage: Floats
    chance: Floats

    @classmethod
    def of(
        cls, squares: Floats, rss_base: Floats, rss: Floats, freedom: Floats, n_added: int
    ) -> _FTests:
        """Compare the squares left without and with the pattern; chance 1 where untestable."""
        # What is left of equal numbers after rounding is no variation.
        can = (freedom >= 1) & (rss_base > 1e-10 * squares)
        least = 1e-12 * np.maximum(squares, 1e-300)
        statistic = (rss_base - rss) / n_added / (np.maximum(rss, least) / np.maximum(freedom, 1))
        statistic = np.where(can, np.maximum(statistic, 0.0), 0.0)
        chance = special.fdtrc(n_added, np.maximum(freedom, 1), statistic)
        above = np.maximum(statistic, 1.0)
        return cls(1.0 - 1.0 / above, np.where(can, chance, 1.0))
