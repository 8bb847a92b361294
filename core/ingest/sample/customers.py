"""What customers of the sample shop want, day by day, whether or not it is in stock."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.ingest.sample.catalog import Good

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

# Monday to Sunday; the shop does most of its trade from Friday to Saturday.
WEEKDAYS = np.array([0.85, 0.82, 0.88, 0.96, 1.22, 1.52, 0.75])
_FIRST_MONDAY = np.datetime64("1970-01-05", "D")
_RETURN_SHARE = 0.012
_PROMOTION_DAYS = 8


@dataclass(frozen=True, eq=False)
class Wishes:
    """Customers' wishes for one item.

    Args:
        demand: Units wanted per day, shape [n_days].
        returns: Units brought back per day, shape [n_days].
        promotion: Days on promotion, shape [n_days].
    """

    demand: Ints
    returns: Ints
    promotion: npt.NDArray[np.bool_]


def wishes(good: Good, days: Days, rng: np.random.Generator) -> Wishes:
    """Draw the demand for one item: level, trend, season, weekday, promotions, chance, returns."""
    promotion = _promotions(good, len(days), rng)
    # Rounded, so that the last bit of a cosine cannot change a draw from one machine to another.
    rate = np.round(_rate(good, days) * np.where(promotion, 2.2, 1.0), 6)
    demand = _DRAWS[good.pattern](rate, rng)
    brought_back = rng.binomial(np.roll(demand, 9), _RETURN_SHARE)
    brought_back[:9] = 0
    return Wishes(demand, brought_back, promotion)


def _rate(good: Good, days: Days) -> Floats:
    """Units per day that customers want on average, shape [n_days]."""
    n = len(days)
    day_of_year = (days - days.astype("datetime64[Y]")).astype(np.int64)
    season = [
        1 + good.season * math.cos(2 * math.pi * (day - good.peak) / 365.25) for day in day_of_year
    ]
    weekday = WEEKDAYS[(days - _FIRST_MONDAY).astype(np.int64) % 7]
    years = np.arange(n) / 365.25
    rate: Floats = good.rate * np.array(season) * weekday * good.trend**years
    if good.fading is not None:
        rate *= np.minimum(1.0, np.exp(-(np.arange(n) - (n - good.fading)) / 75.0))
    if good.launched is not None:
        age = np.arange(n) - (n - good.launched)
        rate *= np.where(age < 0, 0.0, np.minimum(1.0, 0.35 + age / 60.0))
    return rate


def _promotions(good: Good, n_days: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Two or three weeks of promotion for goods that sell daily."""
    on = np.zeros(n_days, dtype=np.bool_)
    starts = rng.integers(30, n_days - 45, size=int(rng.integers(2, 4)))
    if good.pattern == "steady" and good.launched is None and good.fading is None:
        for start in starts:
            on[start : start + _PROMOTION_DAYS] = True
    return on


def _steady(rate: Floats, rng: np.random.Generator) -> Ints:
    """More spread than Poisson: good days and bad days (shape 6)."""
    return rng.poisson(np.round(rate * rng.gamma(6.0, 1 / 6.0, rate.shape), 6))


def _slow(rate: Floats, rng: np.random.Generator) -> Ints:
    return rng.poisson(rate)


def _lumpy(rate: Floats, rng: np.random.Generator) -> Ints:
    """Few customers who buy many at once: a tour operator, a climbing school."""
    size = np.maximum(2.0, rate * 12)
    comes = rng.random(rate.shape) < rate / size
    return np.where(comes, 1 + rng.poisson(size - 1), 0)


_DRAWS: dict[str, Callable[[Floats, np.random.Generator], Ints]] = {
    "steady": _steady,
    "slow": _slow,
    "lumpy": _lumpy,
}
