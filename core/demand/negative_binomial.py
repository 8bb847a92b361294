"""Negative binomial demand: counts that swing more than Poisson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from core.demand.base import SeasonalDemand
from core.demand.json_fields import number, require
from core.demand.observations import Prepared
from core.demand.protocol import Floats

_MIN_SHAPE, _MAX_SHAPE = 1e-3, 1e6


@dataclass(frozen=True, kw_only=True)
class NegativeBinomialDemand(SeasonalDemand):
    """Negative binomial demand: variance m + m^2 / r at mean m.

    Args:
        shape: [r], above 0; 1 is the geometric distribution on 0, 1, 2, ..., and a very large
            value is Poisson.
    """

    name: ClassVar[str] = "negative_binomial"
    n_parameters: ClassVar[int] = 2

    shape: float

    def __post_init__(self) -> None:
        super().__post_init__()
        is_good = np.isfinite(self.shape) and self.shape > 0
        require(bool(is_good), "shape must be above 0", self.shape, self.where())

    @classmethod
    def fit_prepared(cls, data: Prepared) -> Self:
        """Estimate by moments, so that the variance of the history is kept."""
        means = data.level * data.factors
        squares = data.freedom * float(data.weights @ (data.quantity - means) ** 2)
        excess = squares - float(data.weights @ means)
        m2 = float(data.weights @ means**2)
        shape = m2 / excess if excess > m2 / _MAX_SHAPE else _MAX_SHAPE
        return cls(level=data.level, season=data.season, shape=max(shape, _MIN_SHAPE))

    def draw(self, rng: np.random.Generator, means: Floats) -> Floats:
        """Draw one demand for each mean, units, shape as given."""
        return rng.poisson(rng.gamma(self.shape, means / self.shape)).astype(np.float64)

    def cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point, shape [n_means, n_points]."""
        chance = self.shape / (self.shape + means[:, None])
        k = np.floor(points)
        return np.where(k < 0, 0.0, special.betainc(self.shape, np.maximum(k, 0.0) + 1, chance))

    def variance(self, means: Floats) -> Floats:
        """Variance of demand at each mean, units squared, shape [n]."""
        return means + means**2 / self.shape

    def shape_json(self) -> dict[str, Any]:
        """Write what the family adds to level and season."""
        return {"shape": self.shape}

    @classmethod
    def shape_from_json(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Read what the family adds to level and season."""
        return {"shape": number(data, "shape", cls.where())}
