"""Poisson demand: single units, one by one, at a known rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy import special

from core.demand.base import SeasonalDemand
from core.demand.observations import Prepared
from core.demand.protocol import Floats


@dataclass(frozen=True, kw_only=True)
class PoissonDemand(SeasonalDemand):
    """Poisson demand: variance equals mean."""

    name: ClassVar[str] = "poisson"
    n_parameters: ClassVar[int] = 1

    @classmethod
    def fit_prepared(cls, data: Prepared) -> Self:
        """Estimate by maximum likelihood: total sales over total season."""
        return cls(level=data.level, season=data.season)

    def draw(self, rng: np.random.Generator, means: Floats) -> Floats:
        """Draw one demand for each mean, units, shape as given."""
        return rng.poisson(means).astype(np.float64)

    def cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point, shape [n_means, n_points]."""
        return np.asarray(special.pdtr(np.floor(points), means[:, None]))

    def variance(self, means: Floats) -> Floats:
        """Variance of demand at each mean, units squared, shape [n]."""
        return means
