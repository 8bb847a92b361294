"""Weekday and yearly factors: how much busier than the average a period is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from core.demand.json_fields import numbers, require
from core.demand.protocol import Floats
from core.domain import ParameterError, Period

Ints = npt.NDArray[np.int64]

_YEAR = 365.25
MID_MONTH = (np.arange(12) + 0.5) * _YEAR / 12
_N_HARMONICS = 2
_MIN_YEARS = 1.1
MIN_FACTOR = 0.02
# A weekday without any sale counts as closed where this many units could be expected on it.
CLOSED_UNITS = 10.0


@dataclass(frozen=True, slots=True)
class Season:
    """Factors of mean 1 that multiply the level.

    Args:
        period: Day, week or month.
        weekday: Monday to Sunday, 7 factors, or none.
        month: January to December, 12 factors, or none; days and weeks in between are
            interpolated from mid-month to mid-month.
    """

    period: Period = Period.DAY
    weekday: tuple[float, ...] = ()
    month: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for name, factors, length in (("weekday", self.weekday, 7), ("month", self.month, 12)):
            is_good = len(factors) in (0, length) and all(f >= 0 for f in factors)
            rule = f"{name} must have {length} factors of 0 or more, or none"
            require(is_good and (not factors or sum(factors) > 0), rule, factors, "a season")

    @property
    def is_flat(self) -> bool:
        """Whether every period has factor 1."""
        return not self.weekday and not self.month

    def factors(self, start: int, horizon: int) -> Floats:
        """Return the factors of the periods from number ``start`` on, shape [horizon]."""
        return self.at(np.arange(start, start + horizon))

    def at(self, index: Ints) -> Floats:
        """Return the factors of the numbered periods, shape as given."""
        factor = np.ones(index.shape)
        if self.weekday:
            factor = factor * np.asarray(self.weekday)[_weekday(index)]
        if self.month:
            day = _day_of_year(self.period, index)
            factor = factor * np.interp(day, MID_MONTH, self.month, period=_YEAR)
        return factor

    def stretched(self, factor: float) -> Season:
        """Return it with the year's swing stretched or flattened; weekdays stay as they are.

        Args:
            factor: Times every month's distance from the average; 0 leaves no yearly season. A
                month never falls below no demand at all, and the average month stays.
        """
        swung = np.maximum(1 + factor * (np.asarray(self.month) - 1), 0.0)
        month = swung / swung.mean() if self.month else swung
        return replace(self, month=tuple(month.tolist()))

    def to_json(self) -> dict[str, Any]:
        """Write as plain JSON values."""
        return {
            "period": self.period.value,
            "weekday": list(self.weekday),
            "month": list(self.month),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Season:
        """Read what ``to_json`` wrote.

        Raises:
            ParameterError: where a value is missing or out of bounds.
        """
        where = "a season"
        weekday, month = numbers(data, "weekday", where), numbers(data, "month", where)
        period = str(data.get("period"))
        require(
            period in {p.value for p in Period}, "period must be day, week or month", period, where
        )
        return cls(Period(period), weekday, month)


FLAT = Season()


def fit_season(
    period: Period, index: Ints, quantity: Floats, weekday: bool = True, year: bool = True
) -> Season:
    """Estimate factors, shrunk towards 1 by how much of the pattern may be chance.

    Shrinkage is the positive-part James-Stein weight 1 - 1/F of the pattern's F statistic.
    The yearly pattern (two harmonics beside a straight trend) needs about a year of data;
    weekday factors need daily data. What cannot be estimated is left out.

    Args:
        period: Day, week or month.
        index: Period numbers, shape [n].
        quantity: Units sold, shape [n].
        weekday: Whether to estimate weekday factors.
        year: Whether to estimate the yearly pattern.

    References:
        Efron and Morris (1973), JASA 68(341), for the shrinkage.
    """
    week = _weekday_factors(index, quantity) if weekday and period is Period.DAY else None
    if week is not None:
        factor = week[_weekday(index)]
        is_open = factor > 0
        index, quantity = index[is_open], quantity[is_open] / factor[is_open]
    months = _month_factors(period, index, quantity) if year else None
    if week is None and months is None:
        return FLAT
    return Season(period, _as_tuple(week), _as_tuple(months))


def weekday_chance(period: Period, index: Ints, quantity: Floats) -> float:
    """Return the chance that weekdays differ this much by accident (F test); 1 if untestable."""
    if period is not Period.DAY:
        return 1.0
    test = _weekday_test(index, quantity)
    return 1.0 if test is None else test.chance


def year_chance(period: Period, index: Ints, quantity: Floats) -> float:
    """Return the chance that the year's pattern is an accident (F test); 1 if untestable."""
    found = _year_test(period, index, quantity)
    return 1.0 if found is None else found[0].chance


@dataclass(frozen=True, slots=True)
class _FTest:
    """Whether a pattern explains more than chance would."""

    statistic: float
    chance: float

    @classmethod
    def of(cls, rss_base: float, rss: float, n_added: int, freedom: int) -> _FTest | None:
        """Compare the squares left without and with the pattern; None where nothing varies."""
        if rss <= 1e-12 * max(rss_base, 1e-300):
            return cls(np.inf, 0.0) if rss_base > 0 else None
        statistic = (rss_base - rss) / n_added / (rss / freedom)
        chance = float(special.fdtrc(n_added, freedom, max(statistic, 0.0)))
        return cls(float(statistic), chance)

    @property
    def shrinkage(self) -> float:
        return max(0.0, 1.0 - 1.0 / self.statistic) if self.statistic > 0 else 0.0


def _weekday_test(index: Ints, quantity: Floats) -> _FTest | None:
    """Compare weekdays; None where one never came or there is nothing left to test with."""
    day, freedom = _weekday(index), len(index) - 7
    count = np.bincount(day, minlength=7)
    if freedom < 1 or not count.all():
        return None
    mean = np.bincount(day, quantity, minlength=7) / count
    rss_base, rss = (float(np.sum((quantity - m) ** 2)) for m in (quantity.mean(), mean[day]))
    return _FTest.of(rss_base, rss, 6, freedom)


def _least_squares(quantity: Floats, columns: Floats) -> tuple[float, int, Floats]:
    """Return the squares left, the rank, and the coefficients."""
    solution, _, rank, _ = np.linalg.lstsq(columns, quantity, rcond=None)
    return float(np.sum((quantity - columns @ solution) ** 2)), int(rank), np.asarray(solution)


def _weekday(index: Ints) -> Ints:
    """Monday 0 to Sunday 6; 1970-01-01, period number 0, was a Thursday."""
    return (index + 3) % 7


def _weekday_factors(index: Ints, quantity: Floats) -> Floats | None:
    test = _weekday_test(index, quantity)
    if test is None:
        return None
    day = _weekday(index)
    count = np.bincount(day, minlength=7)
    mean = np.bincount(day, quantity, minlength=7) / count
    raw = mean / mean.mean()
    factor = np.maximum(1.0 + test.shrinkage * (raw - 1.0), MIN_FACTOR)
    is_closed = (mean == 0) & (quantity.mean() * count >= CLOSED_UNITS)
    factor = np.where(is_closed & (test.chance < 0.01), 0.0, factor)
    return np.asarray(factor / factor.mean())


def _year_test(period: Period, index: Ints, quantity: Floats) -> tuple[_FTest, Floats] | None:
    """Compare waves beside a trend with the trend alone; return their sizes as well."""
    if len(index) < 2 or (index[-1] - index[0] + 1) / period.per_year < _MIN_YEARS:
        return None
    trend = (index - index[0]) / max(float(index[-1] - index[0]), 1.0)
    base = np.column_stack([np.ones(len(index)), trend])
    both = np.hstack([base, waves(_day_of_year(period, index))])
    freedom = len(index) - both.shape[1]
    if freedom < 1:
        return None
    rss, rank, sizes = _least_squares(quantity, both)
    rss_base = _least_squares(quantity, base)[0]
    n_added = both.shape[1] - base.shape[1]
    test = _FTest.of(rss_base, rss, n_added, freedom) if rank == both.shape[1] else None
    return None if test is None else (test, sizes[base.shape[1] :])


def _month_factors(period: Period, index: Ints, quantity: Floats) -> Floats | None:
    found = _year_test(period, index, quantity)
    mean = float(quantity.mean()) if len(quantity) else 0.0
    if found is None or mean <= 0:
        return None
    test, sizes = found
    raw = waves(MID_MONTH) @ sizes / mean
    factor = np.maximum(1.0 + test.shrinkage * raw, MIN_FACTOR)
    return np.asarray(factor / factor.mean())


def waves(day: Floats) -> Floats:
    """Return two sine and two cosine waves of the year on these days of it, shape [n_days, 4]."""
    angle = 2 * np.pi * day[:, None] / _YEAR * np.arange(1, _N_HARMONICS + 1)
    return np.hstack([np.sin(angle), np.cos(angle)])


def _day_of_year(period: Period, index: Ints) -> Floats:
    """Day of the year, 0 to 366, of the middle of each numbered period."""
    if index.size == 0:
        return np.zeros(0)
    first = int(index.min())
    table = _day_table(period, first, int(index.max()) - first + 1)
    return np.asarray(table[index - first])


@lru_cache(maxsize=64)
def _day_table(period: Period, first: int, length: int) -> Floats:
    start = period.start(np.arange(first, first + length))
    since = start - start.astype("datetime64[Y]")
    day: Floats = since.astype(np.float64) + 0.5 * np.floor(period.days)
    day.flags.writeable = False
    return day


def _as_tuple(factors: Floats | None) -> tuple[float, ...]:
    return () if factors is None else tuple(factors.tolist())


def check_factor(factor: float) -> float:
    """Return a what-if factor.

    Raises:
        ParameterError: where it is not above 0.
    """
    if not (np.isfinite(factor) and factor > 0):
        raise ParameterError(
            "The demand factor must be above 0",
            value=float(factor),
            where="a what-if",
            remedy="Use 1.2 for 20 % more demand.",
        )
    return float(factor)
