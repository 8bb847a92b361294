"""Gamma demand: continuous amounts, some periods perhaps without any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from core.demand.base import SeasonalDemand, pmfs_of, round_keeping_mean, rounded_cdf
from core.demand.json_fields import flag, number, require
from core.demand.moments import ROUNDING_VARIANCE, gamma_shape
from core.demand.observations import Prepared
from core.demand.protocol import Floats

# Above this mean, rounding to whole units adds ROUNDING_VARIANCE to many digits.
_SMOOTH_MEAN = 30.0


@dataclass(frozen=True, kw_only=True)
class GammaDemand(SeasonalDemand):
    """Gamma demand with a share of periods without any.

    Args:
        shape: [k] of the amounts above zero; their coefficient of variation is 1 / sqrt(k).
        zero_share: [p0] probability of no demand in a period, from 0 to below 1.
        whole_units: Whether draws are rounded to whole units, up or down at random.
    """

    name: ClassVar[str] = "gamma"
    n_parameters: ClassVar[int] = 3

    shape: float
    zero_share: float = 0.0
    whole_units: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        is_good = np.isfinite(self.shape) and self.shape > 0
        require(bool(is_good), "shape must be above 0", self.shape, self.where())
        is_share = 0 <= self.zero_share < 1
        rule = "zero_share must be from 0 to below 1"
        require(is_share, rule, self.zero_share, self.where())

    @classmethod
    def fit_prepared(cls, data: Prepared) -> Self:
        """Estimate by moments of the amounts above zero."""
        shape, share = gamma_shape(data)
        return cls(
            level=data.level,
            season=data.season,
            shape=shape,
            zero_share=max(1.0 - share, 0.0),
            whole_units=data.whole_units,
        )

    def draw(self, rng: np.random.Generator, means: Floats) -> Floats:
        """Draw one demand for each mean, units, shape as given."""
        amount = rng.gamma(self.shape, self._scale(means))
        amount = np.where(rng.random(means.shape) < self.zero_share, 0.0, amount)
        return round_keeping_mean(rng, amount) if self.whole_units else amount

    def cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point, shape [n_means, n_points]."""
        if self.whole_units:
            return self.whole_cdf(points, means)
        scale = self._safe_scale(means)
        inside = special.gammainc(self.shape, np.maximum(points, 0.0) / scale)
        return np.where(points < 0, 0.0, self.zero_share + (1 - self.zero_share) * inside)

    def whole_cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point after rounding to whole units."""
        return rounded_cdf(lambda d: self._limited_mean(d, means), points)

    def variance(self, means: Floats) -> Floats:
        """Variance of demand at each mean, units squared, shape [n]."""
        amount = means / (1 - self.zero_share)
        squares = (1 - self.zero_share) * amount**2 * (1 + 1 / self.shape)
        variance = squares - means**2
        if not self.whole_units:
            return np.asarray(variance)
        rounded = variance + (1 - self.zero_share) * ROUNDING_VARIANCE
        coarse = (amount < _SMOOTH_MEAN) & (means > 0)
        rounded[coarse] = self._whole_variances(means[coarse])
        return np.where(means > 0, rounded, 0.0)

    def shape_json(self) -> dict[str, Any]:
        """Write what the family adds to level and season."""
        return {
            "shape": self.shape,
            "zero_share": self.zero_share,
            "whole_units": self.whole_units,
        }

    @classmethod
    def shape_from_json(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Read what the family adds to level and season."""
        return {
            "shape": number(data, "shape", cls.where()),
            "zero_share": number(data, "zero_share", cls.where()),
            "whole_units": flag(data, "whole_units", cls.where()),
        }

    def _scale(self, means: Floats) -> Floats:
        return means / (1 - self.zero_share) / self.shape

    def _safe_scale(self, means: Floats) -> Floats:
        """Scale as a column; a closed period gets a scale too small to matter, not 0."""
        return np.maximum(self._scale(means), 1e-290)[:, None]

    def _limited_mean(self, limit: Floats, means: Floats) -> Floats:
        """E[min(demand, limit)], shape [n_means, n_limits]."""
        limit = np.maximum(limit, 0.0)
        scale = self._safe_scale(means)
        ratio = limit / scale
        below = self.shape * scale * special.gammainc(self.shape + 1, ratio)
        above = limit * special.gammaincc(self.shape, ratio)
        return np.asarray((1 - self.zero_share) * (below + above))

    def _whole_variances(self, means: Floats) -> list[float]:
        found = zip(pmfs_of(self.whole_cdf, means), means, strict=True)
        return [float(chance @ (np.arange(len(chance)) - mean) ** 2) for chance, mean in found]
