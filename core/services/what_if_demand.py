"""Demand with a passing peak or dip: a promotion, a strike, a closed shop."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from core.demand import DemandModel, demand_model_from_json
from core.demand.base import SeasonalDemand
from core.domain import HistoryError, ItemHistory

Floats = npt.NDArray[np.float64]


def has_season(demand: DemandModel) -> bool:
    """Whether demand has a yearly season of its own; one inside a forecast cannot be told apart."""
    return isinstance(demand, SeasonalDemand) and bool(demand.season.month)


def with_swing(demand: DemandModel, factor: float) -> DemandModel:
    """Return the demand with the swing of its yearly season times a factor, where it has one."""
    if not (isinstance(demand, SeasonalDemand) and demand.season.month):
        return demand
    return replace(demand, season=demand.season.stretched(factor))


@dataclass(frozen=True)
class WithPeak:
    """A demand model whose level is multiplied for some periods.

    Args:
        base: Demand without the peak.
        factor: Times the usual level.
        first: Number of the peak's first period.
        length: Periods it lasts.
    """

    name: ClassVar[str] = "with_peak"

    base: DemandModel
    factor: float
    first: int
    length: int

    @classmethod
    def fit(cls, history: ItemHistory) -> Self:
        """Refuse: a peak is a planner's assumption, it is not read from history.

        Raises:
            HistoryError: always.
        """
        raise HistoryError(
            "A peak is assumed, not read from sales", where=f"item {history.key.label}"
        )

    def sample(self, rng: np.random.Generator, n_paths: int, horizon: int, start: int) -> Floats:
        """Draw futures, shape [n_paths, horizon]; outside the peak they are those of the base."""
        twin = copy.deepcopy(rng)
        usual = self.base.sample(rng, n_paths, horizon, start)
        raised = self.base.scaled(self.factor).sample(twin, n_paths, horizon, start)
        return np.asarray(np.where(self._inside(start, horizon), raised, usual))

    def mean(self, start: int, horizon: int) -> Floats:
        """Expected units per period, shape [horizon]."""
        usual = self.base.mean(start, horizon)
        raised = self.base.scaled(self.factor).mean(start, horizon)
        return np.asarray(np.where(self._inside(start, horizon), raised, usual))

    def sd(self, start: int, horizon: int) -> Floats:
        """Standard deviation of each period's demand, units, shape [horizon]."""
        usual = self.base.sd(start, horizon)
        raised = self.base.scaled(self.factor).sd(start, horizon)
        return np.asarray(np.where(self._inside(start, horizon), raised, usual))

    def pmf(self, start: int) -> Floats:
        """Probability of 0, 1, 2, ... units in period ``start``."""
        is_peak = bool(self._inside(start, 1)[0])
        return (self.base.scaled(self.factor) if is_peak else self.base).pmf(start)

    @property
    def is_stationary(self) -> bool:
        """Never: the peak passes."""
        return False

    def scaled(self, factor: float) -> Self:
        """Return the same demand at another level, peak included."""
        return type(self)(self.base.scaled(factor), self.factor, self.first, self.length)

    def to_json(self) -> dict[str, Any]:
        """Write the model as plain JSON values."""
        return {
            "name": self.name,
            "base": self.base.to_json(),
            "factor": self.factor,
            "first": self.first,
            "length": self.length,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what ``to_json`` wrote."""
        base = demand_model_from_json(data["base"])
        return cls(base, float(data["factor"]), int(data["first"]), int(data["length"]))

    def _inside(self, start: int, horizon: int) -> npt.NDArray[np.bool_]:
        index = np.arange(start, start + horizon)
        return (index >= self.first) & (index < self.first + self.length)
