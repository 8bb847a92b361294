"""What every demand model can do."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self

import numpy as np
import numpy.typing as npt

from core.domain import ItemHistory

Floats = npt.NDArray[np.float64]


class DemandModel(Protocol):
    """A description of one item's future demand that can be sampled.

    ``start`` is always a period number (``Period.number``), so that season lines up with the
    calendar. Models are frozen values; everything in them goes through ``to_json``.
    """

    name: ClassVar[str]

    @classmethod
    def fit(cls, history: ItemHistory) -> Self:
        """Estimate the model from one item's history.

        Periods out of stock count with the demand to be expected of them.

        Raises:
            HistoryError: where the history is empty or without any sale.
        """
        ...

    def sample(self, rng: np.random.Generator, n_paths: int, horizon: int, start: int) -> Floats:
        """Draw futures: units per period, >= 0, shape [n_paths, horizon]."""
        ...

    def mean(self, start: int, horizon: int) -> Floats:
        """Expected units per period, shape [horizon]."""
        ...

    def sd(self, start: int, horizon: int) -> Floats:
        """Standard deviation of each period's demand, units, shape [horizon]."""
        ...

    def pmf(self, start: int) -> Floats:
        """Probability of 0, 1, 2, ... units in period ``start``; sums to 1."""
        ...

    @property
    def is_stationary(self) -> bool:
        """Whether every period has the same distribution."""
        ...

    def scaled(self, factor: float) -> Self:
        """Return the same demand with every mean multiplied by ``factor``, for what-if.

        Raises:
            ParameterError: where ``factor`` is not above 0.
        """
        ...

    def to_json(self) -> dict[str, Any]:
        """Write the model as plain JSON values, with its ``name``."""
        ...

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a model written by ``to_json``.

        Raises:
            ParameterError: where a value is missing or out of bounds.
        """
        ...
