"""One item as it stands today: what an order, and its explanation, depend on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import torch

from core.domain import Period
from core.simulator import (
    InitialStock,
    Memory,
    Observation,
    Problem,
    Scenario,
    SingleItemSystem,
    draw_scenario,
)


@dataclass(frozen=True)
class Situation:
    """An item's problem, posed from today on, with today's stock.

    Args:
        problem: Demand, costs, lead time, rules; ``start`` is today's period number.
        inventory_level: [IL] units on hand less backorders, everything due by now in.
        due: Units on order, arriving in 1, 2, ... periods.
        period: What a period is, for the words.
        memory: Sales of the latest periods, one environment; None where nobody looks at them.
        currency: What amounts are in, for the words; empty where nobody named it.
    """

    problem: Problem
    inventory_level: float
    due: tuple[float, ...] = ()
    period: Period = Period.DAY
    memory: Memory | None = None
    currency: str = ""

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process without what was worked out here."""
        return type(self), tuple(getattr(self, field.name) for field in fields(self))

    @property
    def on_hand(self) -> float:
        """Units in stock."""
        return max(self.inventory_level, 0.0)

    @property
    def backorders(self) -> float:
        """Units owed to customers."""
        return max(-self.inventory_level, 0.0)

    @property
    def on_order(self) -> float:
        """Units under way."""
        return sum(self.due)

    @property
    def inventory_position(self) -> float:
        """[IP] units: inventory level plus on order."""
        return self.inventory_level + self.on_order

    @cached_property
    def system(self) -> SingleItemSystem:
        """The item alone, one path."""
        n_periods = 0 if self.memory is None else self.memory.n_periods
        return SingleItemSystem([self.problem], n_paths=1, memory=n_periods)

    @cached_property
    def observation(self) -> Observation:
        """What a policy may know today; one environment."""
        outlook: Scenario = draw_scenario([self.problem], 1, 1, seed=0)
        return self.system.observe(self.system.start(self.initial(1)), outlook)

    def initial(self, n_paths: int) -> InitialStock:
        """Return today's stock for this many environments."""
        dtype = self.system.parameters.dtype
        level = torch.full((n_paths,), float(self.inventory_level), dtype=dtype)
        arrivals = torch.tensor(self.due, dtype=dtype).reshape(-1, 1).expand(-1, n_paths)
        memory = None if self.memory is None else self.memory.repeated(n_paths)
        return InitialStock(level, arrivals if self.due else None, memory)
