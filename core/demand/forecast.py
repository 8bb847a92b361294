"""Demand that follows a forecast: its mean path, the spread of its quantiles, then its season."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy import special

from core.demand.base import pmf_of, round_keeping_mean, rounded_cdf
from core.demand.json_fields import flag, number, numbers, require
from core.demand.protocol import Floats
from core.demand.seasonality import FLAT, Season, check_factor
from core.domain import ItemHistory

_SUM_TOLERANCE = 1e-6
_TINY = 1e-290


@dataclass(frozen=True, kw_only=True)
class ForecastDemand:
    """Demand with its own mean and spread in every forecast period.

    Between quantiles demand is uniform. The last ``cycle`` rows stand for all periods beyond the
    horizon, again and again, times the season; also for those before the start. An error carries
    over to the next period: ranks follow a first-order autoregression (a Gaussian copula), so
    that demand over a lead time swings as much as the forecast's errors over lead times did.

    Args:
        start: Number of the first forecast period.
        means: Units of each row's period, 0 or more, shape [n_rows].
        levels: Probabilities from 0 to 1, rising, both ends included.
        ratios: Quantile / mean at those levels for each row, mean 1, shape [n_rows][n_levels].
        cycle: Rows at the end that come round again, in step with the calendar.
        season: Multiplies those rows.
        persistence: Share of an error that carries over to the next period, 0 to below 1.
        whole_units: Whether draws are rounded to whole units, up or down at random.
    """

    name: ClassVar[str] = "forecast"

    start: int
    means: tuple[float, ...]
    levels: tuple[float, ...]
    ratios: tuple[tuple[float, ...], ...]
    cycle: int = 1
    season: Season = FLAT
    persistence: float = 0.0
    whole_units: bool = True

    def __post_init__(self) -> None:
        where = "demand model forecast"
        means, levels, ratios = self._means, self._levels, np.asarray(self.ratios, dtype=float)
        require(0 < self.cycle <= len(means), "cycle must be 1 to the rows", self.cycle, where)
        is_good = bool(np.all(np.isfinite(means)) and np.all(means >= 0) and means.max() > 0)
        require(is_good, "means must be 0 or more and one above 0", float(means.min()), where)
        is_good = len(levels) > 1 and levels[0] == 0 and levels[-1] == 1
        is_good = bool(is_good and np.all(np.diff(levels) > 0))
        require(is_good, "levels must rise from 0 to 1", levels.tolist(), where)
        is_good = ratios.shape == (len(means), len(levels))
        require(is_good, "ratios must have a row for each mean", ratios.shape, where)
        is_good = bool(np.all(ratios >= 0) and np.all(np.diff(ratios, axis=1) >= 0))
        require(is_good, "ratios must rise from 0 or more", float(ratios.min()), where)
        miss = float(np.abs(_mean(levels, ratios) - 1).max())
        require(miss < _SUM_TOLERANCE, "the mean ratio must be 1", miss, where)
        is_good = bool(0 <= self.persistence < 1)
        require(is_good, "persistence must be 0 to below 1", self.persistence, where)

    @classmethod
    def fit(cls, history: ItemHistory) -> Self:
        """Forecast one item's history and follow that; periods out of stock are filled in.

        Raises:
            HistoryError: where fewer than two periods in stock remain, or none with a sale.
        """
        from core.demand.forecasts.demand import fit_alone

        return cls(**fit_alone(history))

    def sample(self, rng: np.random.Generator, n_paths: int, horizon: int, start: int) -> Floats:
        """Draw futures: units per period, >= 0, shape [n_paths, horizon]."""
        chance = self._ranks(rng, n_paths, horizon)
        row, means = self._rows(start, horizon), self.mean(start, horizon)
        units = np.empty((n_paths, horizon))
        for place in range(horizon):
            ratio = np.interp(chance[:, place], self._levels, self._ratios[row[place]])
            units[:, place] = ratio * means[place]
        return round_keeping_mean(rng, units) if self.whole_units else units

    def _ranks(self, rng: np.random.Generator, n_paths: int, horizon: int) -> Floats:
        """Return each demand's rank, uniform from 0 to 1, one period leaning on the last."""
        if not self.persistence:
            return rng.random((n_paths, horizon))
        noise = rng.standard_normal((n_paths, horizon))
        noise[:, 1:] *= np.sqrt(1 - self.persistence**2)
        for place in range(1, horizon):
            noise[:, place] += self.persistence * noise[:, place - 1]
        return np.asarray(special.ndtr(noise))

    def mean(self, start: int, horizon: int) -> Floats:
        """Expected units per period, shape [horizon]."""
        step = np.arange(start, start + horizon)
        inside = (step >= self.start) & (step < self.start + len(self.means) - self.cycle)
        factor = np.where(inside, 1.0, self.season.at(step))
        return np.asarray(self._means[self._rows(start, horizon)] * factor)

    def sd(self, start: int, horizon: int) -> Floats:
        """Standard deviation of each period's demand, units, shape [horizon]."""
        mean, row = self.mean(start, horizon), self._rows(start, horizon)
        low, high = (self._ratios[row, k:][:, : len(self.levels) - 1] for k in (0, 1))
        low, high = low * mean[:, None], high * mean[:, None]
        weight = np.diff(self._levels)
        variance = (low**2 + low * high + high**2) / 3 @ weight - mean**2
        if self.whole_units:
            variance = variance + _rounding_variance(low, high) @ weight
        return np.asarray(np.sqrt(np.maximum(variance, 0.0)))

    def pmf(self, start: int) -> Floats:
        """Probability of 0, 1, 2, ... units in period ``start``; sums to 1.

        Fractional demand is put on the whole units beside it, keeping the mean.
        """
        mean, row = float(self.mean(start, 1)[0]), int(self._rows(start, 1)[0])
        if mean <= 0:
            return np.ones(1)
        units = self._ratios[row] * mean
        return pmf_of(lambda k: rounded_cdf(lambda d: self._limited_mean(d, units), k), mean)

    @property
    def is_stationary(self) -> bool:
        """Whether every period has the same distribution and leans on no other."""
        alike = len(set(self.means)) == 1 and len(set(self.ratios)) == 1
        return alike and self.season.is_flat and self.persistence == 0

    def scaled(self, factor: float) -> Self:
        """Return the same demand with every mean multiplied by ``factor``.

        Raises:
            ParameterError: where ``factor`` is not above 0.
        """
        check_factor(factor)
        return replace(self, means=tuple(mean * factor for mean in self.means))

    def to_json(self) -> dict[str, Any]:
        """Write the model as plain JSON values, with its ``name``."""
        return {
            "name": self.name,
            "start": self.start,
            "means": list(self.means),
            "season": self.season.to_json(),
            **self.shape_json(),
        }

    def shape_json(self) -> dict[str, Any]:
        """Write everything but level and season."""
        return {
            "levels": list(self.levels),
            "ratios": [list(row) for row in self.ratios],
            "cycle": self.cycle,
            "persistence": self.persistence,
            "whole_units": self.whole_units,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a model written by ``to_json``.

        Raises:
            ParameterError: where a value is missing or out of bounds.
        """
        where = "demand model forecast"
        rows = data.get("ratios")
        require(isinstance(rows, list), "ratios is missing", rows, where)
        assert isinstance(rows, list)
        return cls(
            start=int(number(data, "start", where)),
            means=numbers(data, "means", where),
            levels=numbers(data, "levels", where),
            ratios=tuple(numbers({"ratios": row}, "ratios", where) for row in rows),
            cycle=int(number(data, "cycle", where)),
            season=Season.from_json(data.get("season", {})),
            persistence=number(data, "persistence", where),
            whole_units=flag(data, "whole_units", where),
        )

    @cached_property
    def _means(self) -> Floats:
        return np.asarray(self.means, dtype=np.float64)

    @cached_property
    def _levels(self) -> Floats:
        return np.asarray(self.levels, dtype=np.float64)

    @cached_property
    def _ratios(self) -> Floats:
        return np.asarray(self.ratios, dtype=np.float64)

    def _rows(self, start: int, horizon: int) -> npt.NDArray[np.int64]:
        """Return which row stands for each period; before and beyond, the last cycle."""
        step = np.arange(start, start + horizon) - self.start
        n = len(self.means)
        first = n - self.cycle
        return np.where((step >= 0) & (step < n), step, first + (step - first) % self.cycle)

    def _limited_mean(self, limit: Floats, units: Floats) -> Floats:
        """E[min(demand, limit)] of pieces between quantiles, shape [n_limits]."""
        low, high, weight = units[:-1], units[1:], np.diff(self._levels)
        inside = np.clip(np.asarray(limit)[:, None], low, high)
        wide = np.where(high > low, high - low, 1.0)
        mean = inside - np.square(inside - low) / (2 * wide)
        return np.asarray(np.minimum(mean, np.asarray(limit)[:, None]) @ weight)


def _mean(levels: Floats, values: Floats) -> Floats:
    """Return the mean of demand that is uniform between quantiles, one per row."""
    return np.asarray((values[:, 1:] + values[:, :-1]) / 2 @ np.diff(levels))


def _rounding_variance(low: Floats, high: Floats) -> Floats:
    """Return what rounding up or down at random adds where demand is uniform from low to high."""
    part = np.mod(low, 1.0)
    wide = high - low
    spread = (_rounded_area(high) - _rounded_area(low)) / np.where(wide > 0, wide, 1.0)
    return np.where(wide > 1e-9, spread, part * (1 - part))


def _rounded_area(x: Floats) -> Floats:
    whole = np.floor(x)
    part = x - whole
    return np.asarray(whole / 6 + part**2 / 2 - part**3 / 3)


def path_rows(
    mean: Floats, quantiles: Floats, levels: Sequence[float]
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[tuple[float, ...], ...]]:
    """Turn a forecast's quantiles into means, levels and ratios with both ends.

    The ends lie as far out as the last two quantiles are apart. Rows are then brought to the
    forecast's mean.

    Args:
        mean: Units, shape [n_rows].
        quantiles: Units, shape [n_levels, n_rows].
        levels: Probabilities, rising, without 0 and 1.
    """
    low = np.maximum(2 * quantiles[0] - quantiles[1], 0.0)
    high = 2 * quantiles[-1] - quantiles[-2]
    units = np.concatenate([low[None], quantiles, high[None]]).T
    every = (0.0, *(float(level) for level in levels), 1.0)
    middle = _mean(np.asarray(every), units)
    flat = np.ones(len(every))
    ratios = np.where(middle[:, None] > 0, units / np.maximum(middle, _TINY)[:, None], flat)
    return tuple(mean.tolist()), every, tuple(tuple(row) for row in ratios.tolist())
