"""What all rules share: some numbers per item, spread over its paths and moved with its season."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.domain import PolicyParameterError
from core.simulator import Observation, Problem, expectations

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What a rule keeps about an item beside the rule's own numbers.

    Args:
        name: Item label.
        unit: Step of the rule's numbers: 1 unit, or the pack where that is smaller.
        protection_mean: Expected demand over lead time and review as planning starts, units.
        protection_sd: Its standard deviation, units.
        has_season: Whether the rule's levels move with the expected demand.
        method: How the numbers were found, one sentence.
    """

    name: str
    unit: float = 1.0
    protection_mean: float = 0.0
    protection_sd: float = 0.0
    has_season: bool = False
    method: str = "Numbers as given."


def facts_of(problems: Sequence[Problem], method: str = "Numbers as given.") -> list[ItemFacts]:
    """Describe each item as its planning starts."""
    seen = (expectations(problem, problem.start, 1)[:, 0].tolist() for problem in problems)
    return [
        ItemFacts(
            name=problem.name,
            unit=min(problem.rules.pack_size, 1.0),
            protection_mean=mean,
            protection_sd=sd,
            has_season=not problem.demand.is_stationary,
            method=method,
        )
        for problem, (_, mean, sd) in zip(problems, seen, strict=True)
    ]


@dataclass(frozen=True, eq=False)
class ItemPolicy(ABC):
    """A rule with some numbers per item; a subclass adds them as fields of shape [n_items].

    The numbers hold for the period in which planning starts. Where demand has a season, a level
    moves with it: by the change of the expected protection demand, its distance from that demand
    in proportion to the standard deviation.

    Args:
        items: One per item.
    """

    name: ClassVar[str]
    label: ClassVar[str]

    items: tuple[ItemFacts, ...]

    def __post_init__(self) -> None:
        n = self.n_items
        assert n > 0
        for key in self.number_names():
            values = np.array(getattr(self, key), dtype=np.float64).reshape(-1)
            assert values.shape == (n,), f"{key} needs {n} numbers, got {values.shape}"
            values.setflags(write=False)
            object.__setattr__(self, key, values)
            self._require(np.isfinite(values), f"{key} must be a number", values)
        self.check()

    @classmethod
    def number_names(cls) -> tuple[str, ...]:
        """Return the long names of the rule's numbers."""
        return tuple(field.name for field in fields(cls) if field.name != "items")

    @classmethod
    def of(cls, problems: Sequence[Problem], **numbers: npt.ArrayLike) -> Self:
        """Make the rule from numbers that somebody gives, one per item.

        Raises:
            PolicyParameterError: where an item's numbers contradict each other.
        """
        values: dict[str, Any] = dict(numbers)
        return cls(tuple(facts_of(problems)), **values)

    @property
    def n_items(self) -> int:
        """Items this policy was made for; 1 serves any number of environments of one item."""
        return len(self.items)

    def act(self, observation: Observation) -> Tensor:
        """Return the units to ask for, before the order rules, >= 0, shape [n_envs]."""
        position = self.rows(observation.inventory_position)
        return self.order(position, observation).reshape(-1)

    @abstractmethod
    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Return the units to ask for, shape [n_items, n_paths] like the position [IP]."""

    @abstractmethod
    def check(self) -> None:
        """Refuse numbers that contradict each other."""

    @abstractmethod
    def position_range(self) -> tuple[Floats, Floats]:
        """Return between which inventory positions an item mostly moves, units.

        Returns:
            The position that starts an order, and the one after it, shape [n_items] each.
        """

    @cached_property
    def units(self) -> Floats:
        """Step of each item's numbers, units, shape [n_items]."""
        return np.array([item.unit for item in self.items])

    @cached_property
    def has_season(self) -> npt.NDArray[np.bool_]:
        """Whether each item's levels move with the season, shape [n_items]."""
        return np.array([item.has_season for item in self.items])

    def select(self, rows: Sequence[int]) -> Self:
        """Return the policy for some of the items."""
        picked = {key: getattr(self, key)[list(rows)] for key in self.number_names()}
        return replace(self, items=tuple(self.items[row] for row in rows), **picked)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return one policy for the items of several."""
        numbers: dict[str, Any] = {
            key: np.concatenate([getattr(part, key) for part in parts])
            for key in cls.number_names()
        }
        return cls(tuple(item for part in parts for item in part.items), **numbers)

    def scaled(self, factor: float) -> Self:
        """Return the rule with all its numbers this many times as large."""
        numbers: dict[str, Any] = {key: factor * getattr(self, key) for key in self.number_names()}
        return replace(self, **numbers)

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return one item's own numbers, by their long names, as planning starts."""
        return {key: float(getattr(self, key)[row]) for key in self.number_names()}

    def method_of(self, row: int) -> str:
        """Return how one item's numbers were found, a sentence."""
        return self.items[row].method

    def rows(self, values: Tensor) -> Tensor:
        """Reshape [n_envs] to [n_items, n_paths]."""
        return values.reshape(self.n_items, -1)

    def number(self, key: str, like: Tensor) -> Tensor:
        """Return a number of the rule, shape [n_items, 1], in the number format of ``like``."""
        return self._columns[key, like.dtype]

    def level(self, key: str, observation: Observation) -> Tensor:
        """Return a stock level of the rule as it stands in this period of the season.

        Returns:
            Units, shape [n_items, 1], or [n_items, n_paths] where any item has a season.
        """
        like = observation.inventory_position
        level = self.number(key, like)
        if not self.has_season.any():
            return level
        mean = self.rows(observation.protection_mean) + self.number(key + " beside", like)
        sd = self.rows(observation.protection_sd)
        moved = torch.addcmul(mean, self.number(key + " deviations", like), sd)
        if (self.units == 1).all():
            moved = moved.round_()
        else:
            unit = self.number("_unit", like)
            moved = torch.round(moved / unit) * unit
        if self.has_season.all():
            return moved
        return torch.where(self.number("_season", like) > 0, moved, level)

    def quantity(self, key: str, observation: Observation) -> Tensor:
        """Return an order size of the rule, in proportion to the season's expected demand.

        Returns:
            Units, shape [n_items, 1], or [n_items, n_paths] where any item has a season.
        """
        size = self.number(key, observation.inventory_position)
        if not self.has_season.any():
            return size
        usual = self.number("_mean", size).clamp(min=1e-12)
        relative = self.rows(observation.protection_mean) / usual
        return torch.where(self.number("_season", size) > 0, size * relative, size)

    @cached_property
    def _columns(self) -> dict[tuple[str, torch.dtype], Tensor]:
        numbers: dict[str, Any] = {key: getattr(self, key) for key in self.number_names()}
        mean = np.array([item.protection_mean for item in self.items])
        sd = np.array([item.protection_sd for item in self.items])
        # A level's distance from expected demand, in standard deviations; in units without any.
        for key in self.number_names():
            distance, spread = numbers[key] - mean, np.where(sd > 0, sd, 1.0)
            numbers[key + " deviations"] = np.where(sd > 0, distance / spread, 0.0)
            numbers[key + " beside"] = np.where(sd > 0, 0.0, distance)
        numbers |= {"_mean": mean, "_unit": self.units, "_season": self.has_season}
        # Outside of inference mode, so that a rollout may be differentiated with them later.
        with torch.inference_mode(False):
            return {
                (key, dtype): torch.tensor(np.array(values), dtype=dtype).unsqueeze(1)
                for key, values in numbers.items()
                for dtype in (torch.float32, torch.float64)
            }

    def _require(
        self, is_good: npt.NDArray[np.bool_], what: str, *values: Floats, remedy: str = ""
    ) -> None:
        if bool(np.all(is_good)):
            return
        row = int(np.flatnonzero(~is_good)[0])
        raise PolicyParameterError(
            what,
            value=" and ".join(f"{value[row]:g}" for value in values),
            where=f"item {self.items[row].name}",
            remedy=remedy or "Give a number of units.",
        )
