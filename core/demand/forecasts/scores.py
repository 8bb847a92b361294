"""How good forecasts were at past origins: how far off, how biased, and what they would cost."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from core.demand.forecasts.calibration import LEVELS, Calibration, Ints, signal_of
from core.demand.protocol import Floats

_BIAS_WEIGHT = 0.25
_MOST_BLOCKS = 4
_MOST_RATIO = 0.9


@dataclass(frozen=True, eq=False)
class Terms:
    """What planning costs, one entry per item.

    Args:
        holding_cost: [h] money per unit and period, shape [n_items].
        stockout_cost: [p] money per unit short, shape [n_items].
        protection: Periods an order has to cover: lead time + review period, shape [n_items].
    """

    holding_cost: Floats
    stockout_cost: Floats
    protection: Ints

    @property
    def ratio(self) -> Floats:
        """Critical ratio p / (p + h): the chance of covering demand that pays best."""
        return np.asarray(self.stockout_cost / (self.stockout_cost + self.holding_cost))

    @property
    def judged(self) -> Terms:
        """The costs that a dozen past intervals can tell of: a critical ratio of 0.9 at most.

        Where running out is to happen once in a hundred intervals, it hardly ever does in a dozen,
        and whatever plans on the least stock would look the cheapest.
        """
        most = self.holding_cost * _MOST_RATIO / (1 - _MOST_RATIO)
        return replace(self, stockout_cost=np.minimum(self.stockout_cost, most))


@dataclass(frozen=True, eq=False)
class PastForecasts:
    """What one model forecast at past origins, beside what was sold.

    Args:
        mean, sd: Units, NaN where there is none, shape [n_origins, n_items, horizon].
        actual: Units, NaN where out of stock or unknown, shape as mean.
        scale: In-sample error of the seasonal naive forecast, units, shape [n_items].
    """

    mean: Floats
    sd: Floats
    actual: Floats
    scale: Floats

    @property
    def errors(self) -> Floats:
        """In standard deviations of the forecast."""
        return np.asarray((self.actual - self.mean) / self.sd)

    @property
    def signal(self) -> Floats:
        """Mean over spread, one per item."""
        return signal_of(self.mean, self.sd)


@dataclass(frozen=True, eq=False)
class Scores:
    """One model's scores at each origin, NaN where there is none, shape [n_origins, n_items].

    Args:
        error: Scaled pinball error of the quantiles + a quarter of the scaled absolute bias.
        cost: Newsvendor cost of each protection interval, money.
    """

    error: Floats
    cost: Floats


def score(past: PastForecasts, terms: Terms, as_used: bool = False) -> Scores:
    """Score one model.

    The error is 2 x pinball, averaged over LEVELS and periods, over the item's scale (close to
    the scaled CRPS), plus 0.25 x |mean error| / scale. The cost is that of stock up to the
    forecast's p / (p + h) quantile of demand over lead time and review, 0.9 at most: h for each
    unit left, p for each unit short, averaged over the intervals that fit into the window.
    Quantiles at an origin are calibrated on the other origins alone.

    Args:
        past: Its forecasts.
        terms: Costs and lead times.
        as_used: Take the quantile over lead time and review as plans do without a forecast, from
            the model's own spread with periods independent (a gamma of that mean and spread).

    References:
        Gneiting and Raftery (2007), JASA 102(477); Makridakis et al. (2022), Int. J. Forecasting
        38(4), for the scaled pinball loss; Arrow, Harris and Marschak (1951) for the newsvendor.
    """
    terms = terms.judged
    n_origins = past.mean.shape[0]
    error, cost = (np.full(past.mean.shape[:2], np.nan) for _ in range(2))
    sums = _sums(past, terms)
    for origin in range(n_origins):
        others = [o for o in range(n_origins) if o != origin] or [origin]
        error[origin] = _error(past, origin, others)
        if as_used:
            level = _own_level(sums.mean[origin], sums.sd[origin], terms)
        else:
            level = _calibrated_level(past, sums, terms, origin, others)
        cost[origin] = _cost(level, sums.actual[origin], terms)
    return Scores(error, cost)


def _error(past: PastForecasts, origin: int, others: list[int]) -> Floats:
    errors = np.moveaxis(past.errors[others], 2, 1).reshape(-1, past.mean.shape[1])
    calibration = Calibration.of(errors, past.signal)
    mean, actual = past.mean[origin], past.actual[origin]
    quantiles = calibration.quantiles(mean, past.sd[origin], past.signal)
    with warnings.catch_warnings():
        # An item without this window has no score.
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        pinball = np.zeros(actual.shape)
        for level, quantile in zip(LEVELS, quantiles, strict=True):
            miss = actual - quantile
            pinball += 2 * np.maximum(level * miss, (level - 1) * miss) / len(LEVELS)
        bias = np.abs(np.nanmean(mean - actual, axis=1))
        total = np.nanmean(pinball, axis=1) + _BIAS_WEIGHT * bias
    return np.asarray(total / past.scale)


@dataclass(frozen=True, eq=False)
class IntervalSums:
    """Sums over protection intervals, shape [n_origins, n_items, n_blocks]; NaN where none fits."""

    mean: Floats
    sd: Floats
    actual: Floats

    @property
    def errors(self) -> Floats:
        """In standard deviations, if periods were independent."""
        return np.asarray((self.actual - self.mean) / self.sd)


def _sums(past: PastForecasts, terms: Terms) -> IntervalSums:
    horizon = past.mean.shape[2]
    length = np.minimum(terms.protection, horizon)
    n_blocks = int(min(_MOST_BLOCKS, horizon // max(int(length.min()), 1)))
    parts = (past.mean, np.square(past.sd), past.actual)
    mean, variance, actual = (_blocks(values, length, n_blocks) for values in parts)
    return IntervalSums(mean, np.sqrt(variance), actual)


def _blocks(values: Floats, length: Ints, n_blocks: int) -> Floats:
    total = np.concatenate([np.zeros((*values.shape[:2], 1)), np.cumsum(values, axis=2)], axis=2)
    rows, horizon = np.arange(values.shape[1]), values.shape[2]
    found = np.full((*values.shape[:2], n_blocks), np.nan)
    for block in range(n_blocks):
        end = (block + 1) * length
        fits = end <= horizon
        stop = np.minimum(end, horizon)
        part = total[:, rows, stop] - total[:, rows, np.minimum(block * length, stop)]
        found[:, fits, block] = part[:, fits]
    return found


def _own_level(mean: Floats, sd: Floats, terms: Terms) -> Floats:
    shape = np.square(mean / sd)
    return np.asarray(special.gammaincinv(shape, terms.ratio[:, None]) * mean / shape)


def _calibrated_level(
    past: PastForecasts, sums: IntervalSums, terms: Terms, origin: int, others: list[int]
) -> Floats:
    errors = np.moveaxis(sums.errors[others], 2, 1).reshape(-1, past.mean.shape[1])
    calibration = Calibration.of(errors, past.signal)
    safety = calibration.at(terms.ratio, past.signal)[:, None]
    return np.asarray(np.maximum(sums.mean[origin] + safety * sums.sd[origin], 0.0))


def _cost(level: Floats, actual: Floats, terms: Terms) -> Floats:
    """Return the newsvendor cost, mean over intervals, shape [n_items]."""
    left = level - actual
    cost = np.where(
        left > 0, terms.holding_cost[:, None] * left, -terms.stockout_cost[:, None] * left
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        return np.asarray(np.nanmean(cost, axis=1))


def persistence(past: PastForecasts, terms: Terms, rows: Ints) -> float:
    """Return how much of an error carries over to the next period, 0 to 0.95.

    The one number of a first-order autoregression under which the errors of whole protection
    intervals would be as wide as they were, beside those of single periods.

    Args:
        past: Of the model in use.
        terms: Gives the intervals.
        rows: The items to look at together.
    """
    single, whole = past.errors[:, rows], _sums(past, terms).errors[:, rows]
    if not np.isfinite(whole).any():
        return 0.0
    wide = np.nanmean(np.square(np.clip(whole, -6, 6)))
    ratio = float(wide / max(float(np.nanmean(np.square(np.clip(single, -6, 6)))), 1e-12))
    n = int(np.median(np.minimum(terms.protection[rows], past.mean.shape[2])))
    grid = np.linspace(0.0, 0.95, 96)
    gap = np.arange(1, n)
    inflation = 1 + 2 * np.power.outer(grid, gap) @ (1 - gap / n)
    return float(np.interp(ratio, inflation, grid)) if n > 1 else 0.0
