"""What all demand families share: a level times a season, and whole-unit rounding."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from core.demand.censored import prepare
from core.demand.json_fields import number, require
from core.demand.observations import FitPlan, Prepared, observe
from core.demand.protocol import Floats
from core.demand.seasonality import FLAT, Season, check_factor
from core.domain import ItemHistory

_TAIL = 1e-13
_MAX_SUPPORT = 1 << 22


@dataclass(frozen=True, kw_only=True)
class SeasonalDemand(ABC):
    """Demand with mean level x season factor; periods are independent.

    Args:
        level: Units per average period, above 0.
        season: Factors of mean 1.
    """

    name: ClassVar[str]
    n_parameters: ClassVar[int]

    level: float
    season: Season = FLAT

    def __post_init__(self) -> None:
        is_good = np.isfinite(self.level) and self.level > 0
        require(bool(is_good), "level must be above 0", self.level, self.where())

    @classmethod
    def where(cls) -> str:
        """How errors name the model."""
        return f"demand model {cls.name}"

    @classmethod
    def fit(cls, history: ItemHistory, plan: FitPlan = FitPlan()) -> Self:  # noqa: B008
        """Estimate the model from one item's history.

        Periods out of stock count with the demand to be expected of them.

        Raises:
            HistoryError: where fewer than two periods in stock remain, or none with a sale.
        """
        return cls.fit_prepared(prepare(observe(history), plan))

    @classmethod
    @abstractmethod
    def fit_prepared(cls, data: Prepared) -> Self:
        """Estimate the model where season and weights are known."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, means: Floats) -> Floats:
        """Draw one demand for each mean, units, shape as given."""

    @abstractmethod
    def cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point, shape [n_means, n_points]."""

    @abstractmethod
    def variance(self, means: Floats) -> Floats:
        """Variance of demand at each mean, units squared, shape [n]."""

    def sample(self, rng: np.random.Generator, n_paths: int, horizon: int, start: int) -> Floats:
        """Draw futures: units per period, >= 0, shape [n_paths, horizon]."""
        return self.draw(rng, np.broadcast_to(self.mean(start, horizon), (n_paths, horizon)))

    def mean(self, start: int, horizon: int) -> Floats:
        """Expected units per period, shape [horizon]."""
        return self.level * self.season.factors(start, horizon)

    def sd(self, start: int, horizon: int) -> Floats:
        """Standard deviation of each period's demand, units, shape [horizon]."""
        means, inverse = np.unique(self.mean(start, horizon), return_inverse=True)
        return np.asarray(np.sqrt(self.variance(means))[inverse])

    def pmf(self, start: int) -> Floats:
        """Probability of 0, 1, 2, ... units in period ``start``; sums to 1.

        Fractional demand is put on the whole units beside it, keeping the mean.
        """
        means = self.mean(start, 1)
        if means[0] <= 0:
            return np.ones(1)
        return pmf_of(lambda k: self.whole_cdf(k, means)[0], float(means[0]))

    def whole_cdf(self, points: Floats, means: Floats) -> Floats:
        """Probability of demand <= point after rounding to whole units."""
        return self.cdf(points, means)

    @property
    def is_stationary(self) -> bool:
        """Whether every period has the same distribution."""
        return self.season.is_flat

    def scaled(self, factor: float) -> Self:
        """Return the same demand with every mean multiplied by ``factor``.

        Raises:
            ParameterError: where ``factor`` is not above 0.
        """
        return replace(self, level=self.level * check_factor(factor))

    def to_json(self) -> dict[str, Any]:
        """Write the model as plain JSON values, with its ``name``."""
        return {
            "name": self.name,
            "level": self.level,
            "season": self.season.to_json(),
            **self.shape_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a model written by ``to_json``.

        Raises:
            ParameterError: where a value is missing or out of bounds.
        """
        level = number(data, "level", cls.where())
        season = Season.from_json(data.get("season", {}))
        return cls(level=level, season=season, **cls.shape_from_json(data))

    def shape_json(self) -> dict[str, Any]:
        """Write what the family adds to level and season."""
        return {}

    @classmethod
    def shape_from_json(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Read what the family adds to level and season."""
        return {}


def pmf_of(cdf: Callable[[Floats], Floats], mean: float) -> Floats:
    """Turn a distribution function on whole units into probabilities that sum to 1.

    Args:
        cdf: Probability of demand <= k, for k of shape [n].
        mean: Units; where the search for the end of the tail begins.
    """
    (found,) = pmfs_of(lambda points, _: cdf(points)[None], np.array([mean]))
    return found


def pmfs_of(cdf: Callable[[Floats, Floats], Floats], means: Floats) -> list[Floats]:
    """Return the probabilities of 0, 1, 2, ... units at many means, as ``pmf_of`` does at each.

    Args:
        cdf: Probability of demand <= k, shape [n_means, n_points], for k and some of the means.
        means: Units, shape [n].
    """
    found = [np.empty(0)] * len(means)
    # How far each tail may reach; 0 where that is settled.
    ends = np.exp2(np.ceil(np.log2(2 * means + 16)))
    while (ends > 0).any():
        end = ends[ends > 0].min()
        rows = np.flatnonzero(ends == end)
        tail = 1.0 - cdf(np.array([end]), means[rows])[:, 0]
        longer = (tail > _TAIL) & (end < _MAX_SUPPORT)
        ends[rows] = np.where(longer, 2 * end, 0.0)
        rows = rows[~longer]
        if rows.size:
            table = cdf(np.arange(end + 1), means[rows])
            for row, below in zip(rows, table, strict=True):
                found[row] = _cut_at_the_tail(below)
    return found


def _cut_at_the_tail(below: Floats) -> Floats:
    below = below[: int(np.searchsorted(below, 1.0 - _TAIL)) + 1]
    chance = np.maximum(np.diff(below, prepend=0.0), 0.0)
    return np.asarray(chance / chance.sum())


def round_keeping_mean(rng: np.random.Generator, units: Floats) -> Floats:
    """Round up or down to whole units at random, so that the mean stays."""
    return np.floor(units + rng.random(units.shape))


def rounded_cdf(limited_mean: Callable[[Floats], Floats], points: Floats) -> Floats:
    """Distribution function after ``round_keeping_mean``.

    P(rounded > k) = E[min(X, k + 1)] - E[min(X, k)].

    Args:
        limited_mean: E[min(X, d)] for d of shape [n], result [..., n].
        points: Shape [n].

    References:
        Klugman, Panjer and Willmot, Loss Models, local moment matching of one moment.
    """
    k = np.floor(points)
    if len(k) > 1 and (np.diff(k) == 1).all():  # where one ends the next begins
        limited = limited_mean(np.append(k, k[-1] + 1))
        return np.clip(1.0 - np.diff(limited), 0.0, 1.0)
    return np.clip(1.0 - (limited_mean(k + 1) - limited_mean(k)), 0.0, 1.0)
