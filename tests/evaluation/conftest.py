"""Small problems whose costs can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from core.demand import PoissonDemand
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import BaseStockPolicy
from core.simulator import Problem


@dataclass(frozen=True)
class ConstantDemand:
    """The same demand in every period."""

    name: ClassVar[str] = "constant"
    units: float = 4.0

    @classmethod
    def fit(cls, history: Any) -> ConstantDemand:
        """Take the mean."""
        return cls(float(history.quantity.mean()))

    def sample(self, rng: Any, n_paths: int, horizon: int, start: int) -> Any:
        """Repeat."""
        return np.full((n_paths, horizon), self.units)

    def mean(self, start: int, horizon: int) -> Any:
        """Repeat."""
        return np.full(horizon, self.units)

    def sd(self, start: int, horizon: int) -> Any:
        """None."""
        return np.zeros(horizon)

    def pmf(self, start: int) -> Any:
        """All on one number."""
        return np.eye(int(self.units) + 1)[-1]

    is_stationary: ClassVar[bool] = True

    def scaled(self, factor: float) -> ConstantDemand:
        """Multiply."""
        return ConstantDemand(self.units * factor)

    def to_json(self) -> dict[str, Any]:
        """Write."""
        return {"name": self.name, "units": self.units}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ConstantDemand:
        """Read."""
        return cls(data["units"])


@dataclass(frozen=True)
class Make:
    """Makes problems and base-stock policies from a few numbers."""

    constant: Callable[[float], Any] = ConstantDemand

    def problem(self, name: str = "A", mean: float = 5.0, lead_time: float = 0.0, **more: Any):
        """Return a problem with Poisson demand; ``more`` replaces any part of it."""
        parts: dict[str, Any] = {
            "demand": PoissonDemand(level=mean),
            "costs": CostRates(1.0, 9.0, 0.0, 2.0),
            "lead_time": LeadTime(lead_time),
            "rules": OrderRules(),
        }
        return Problem(name=name, **{**parts, **more})

    def steady(self, name: str = "A", units: float = 4.0, **more: Any):
        """Return a problem with the same demand in every period."""
        return self.problem(name, demand=ConstantDemand(units), **more)

    def base_stock(self, problems: Sequence[Problem], *levels: float) -> BaseStockPolicy:
        """Return a base-stock policy with these levels."""
        values = levels * len(problems) if len(levels) == 1 else levels
        return BaseStockPolicy.of(problems, order_up_to_level=list(values))


@pytest.fixture
def make() -> Make:
    """Return a maker of problems and policies."""
    return Make()
