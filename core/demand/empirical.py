"""Empirical demand: the item's own past, drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from core.demand.base import SeasonalDemand, round_keeping_mean, rounded_cdf
from core.demand.censored import product_limit
from core.demand.json_fields import flag, numbers, require
from core.demand.observations import Prepared
from core.demand.protocol import Floats

_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True)
class EmpiricalDemand(SeasonalDemand):
    """Past sales over their season and level, drawn again at the season of the future period.

    Args:
        ratios: Sales / (level x season), rising, mean 1, shape [n].
        probabilities: Of each ratio, sum 1, shape [n].
        whole_units: Whether draws are rounded to whole units, up or down at random.
    """

    name: ClassVar[str] = "empirical"
    n_parameters: ClassVar[int] = 5

    ratios: tuple[float, ...]
    probabilities: tuple[float, ...]
    whole_units: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        where = self.where()
        n = len(self.ratios)
        require(0 < n == len(self.probabilities), "ratios and probabilities must pair", n, where)
        ratios, chance = self._arrays()
        is_good = bool(np.all(ratios >= 0) and np.all(np.diff(ratios) >= 0))
        require(is_good, "ratios must be sorted and 0 or more", min(self.ratios), where)
        is_good = bool(np.all(chance >= 0)) and abs(chance.sum() - 1) < _SUM_TOLERANCE
        require(is_good, "probabilities must sum to 1", float(chance.sum()), where)
        mean = float(chance @ ratios)
        require(abs(mean - 1) < _SUM_TOLERANCE, "the mean ratio must be 1", mean, where)

    @classmethod
    def fit_prepared(cls, data: Prepared) -> Self:
        """Keep every ratio with its weight; equal ones together."""
        values, chance = data.ratios()[:2] if data.floors is None else product_limit(data)
        ratios, inverse = np.unique(values / data.level, return_inverse=True)
        total = np.bincount(inverse, chance)
        probabilities = total / total.sum()
        mean = probabilities @ ratios
        return cls(
            level=data.level,
            season=data.season,
            ratios=tuple((ratios / mean).tolist()),
            probabilities=tuple(probabilities.tolist()),
            whole_units=data.whole_units,
        )

    def draw(self, rng: np.random.Generator, means: Floats) -> Floats:
        """Draw one demand for each mean, units, shape as given."""
        ratios, chance = self._arrays()
        cumulative = np.cumsum(chance)
        pick = np.searchsorted(cumulative, rng.random(means.shape) * cumulative[-1], "right")
        amount = ratios[np.minimum(pick, len(ratios) - 1)] * means
        return round_keeping_mean(rng, amount) if self.whole_units else amount

    def cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point, shape [n_means, n_points]."""
        if self.whole_units:
            return self.whole_cdf(points, means)
        ratios, chance = self._arrays()
        cumulative = np.concatenate([[0.0], np.cumsum(chance)])
        # A hair above the point, so that a ratio times a mean that lands on it is counted.
        limit = points * (1 + 1e-12) / np.maximum(means, 1e-290)[:, None]
        return np.asarray(cumulative[np.searchsorted(ratios, limit, "right")])

    def whole_cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point after rounding to whole units."""
        return rounded_cdf(lambda d: self._limited_mean(d, means), points)

    def variance(self, means: Floats) -> Floats:
        """Variance of demand at each mean, units squared, shape [n]."""
        ratios, chance = self._arrays()
        variance = means**2 * float(chance @ (ratios - 1) ** 2)
        if not self.whole_units:
            return variance
        part = np.mod(means[:, None] * ratios, 1.0)
        return np.asarray(variance + (part * (1 - part)) @ chance)

    def shape_json(self) -> dict[str, Any]:
        """Write what the family adds to level and season."""
        return {
            "ratios": list(self.ratios),
            "probabilities": list(self.probabilities),
            "whole_units": self.whole_units,
        }

    @classmethod
    def shape_from_json(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Read what the family adds to level and season."""
        return {
            "ratios": numbers(data, "ratios", cls.where()),
            "probabilities": numbers(data, "probabilities", cls.where()),
            "whole_units": flag(data, "whole_units", cls.where()),
        }

    def _arrays(self) -> tuple[Floats, Floats]:
        return np.asarray(self.ratios), np.asarray(self.probabilities)

    def _limited_mean(self, limit: Floats, means: Floats) -> Floats:
        """E[min(demand, limit)], shape [n_means, n_limits]: linear between past values."""
        ratios, chance = self._arrays()
        steps = np.diff(ratios, prepend=0.0)
        above = 1.0 - np.concatenate([[0.0], np.cumsum(chance)[:-1]])
        knots = np.concatenate([[0.0], ratios])
        values = np.concatenate([[0.0], np.cumsum(steps * above)])
        scale = np.maximum(means, 1e-290)[:, None]
        return np.asarray(np.interp(np.maximum(limit, 0.0) / scale, knots, values) * means[:, None])
