"""Negative binomial demand: counts that swing more than Poisson."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy import special

from core.demand.base import SeasonalDemand
from core.demand.json_fields import number, require
from core.demand.moments import negative_binomial_shape
from core.demand.observations import Prepared
from core.demand.protocol import Floats

# Chances are added up where many points lie close together, and not so far that rounding tells.
_FEW, _SPARSE, _MOST_SUMMED = 16, 8, 4096
_NEVER = 1e-300


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
        return cls(level=data.level, season=data.season, shape=negative_binomial_shape(data))

    def draw(self, rng: np.random.Generator, means: Floats) -> Floats:
        """Draw one demand for each mean, units, shape as given."""
        return rng.poisson(rng.gamma(self.shape, means / self.shape)).astype(np.float64)

    def cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point, shape [n_means, n_points]."""
        k = np.floor(points)
        inside = np.maximum(k, 0.0)
        most = float(inside.max(initial=0.0))
        if k.size > _FEW and most < min(_SPARSE * k.size, _MOST_SUMMED):
            chance = self._summed(int(most), means)[:, inside.astype(np.int64)]
        else:
            share = self.shape / (self.shape + means[:, None])
            chance = special.betainc(self.shape, inside + 1, share)
        return np.where(k < 0, 0.0, chance)

    def _summed(self, most: int, means: Floats) -> Floats:
        """Add up the chances of 0, 1, ..., ``most`` units: far faster than one by one."""
        k = np.arange(most + 1)
        ways = np.zeros(most + 1)
        np.cumsum(np.log1p(k[:-1] / self.shape) - np.log(k[1:]), out=ways[1:])
        apart = np.log1p(means[:, None] / self.shape)
        # A closed period has no chance of any unit; the log of 0 would spoil that of none.
        more = np.log(np.maximum(means[:, None], _NEVER)) - apart
        chance = np.exp(ways + k * more - self.shape * apart)
        return np.asarray(np.minimum(np.cumsum(chance, axis=1), 1.0))

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
