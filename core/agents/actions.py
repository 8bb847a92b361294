"""What a learner may choose, and the order each choice means, in the item's own units.

Small single items choose whole units. All others choose where to leave the item's own (s, S) rule:
the fixed cost of an order makes a small order senseless, a share of the item's stock scale means
the same for every item, and a learner that knows nothing yet does no harm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import torch
from torch import Tensor

from core.agents.levels import MovedLevels
from core.agents.references import ItemReference, References
from core.simulator import Problem

_SMALL_ITEM = 40.0
_OFFSETS = (-0.4, -0.28, -0.19, -0.12, -0.07, -0.03, 0.0, 0.03, 0.07, 0.12, 0.2)
_SPAN = 0.6
_REACH = 3.0


class OrderCode(Protocol):
    """How actions and orders translate into each other; data in a bundle."""

    kind: ClassVar[str]
    n_apart: ClassVar[int]
    """Choices at the beginning that are no step in the ascending row of orders."""

    @property
    def n_choices(self) -> int:
        """Number of choices; 0 where actions are continuous."""
        ...

    @property
    def n_controls(self) -> int:
        """Numbers per action, each within -1..1; 0 where actions are choices."""
        ...

    def decode(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the units to ask for.

        Args:
            actions: Numbers of choices, shape [n]; or [n, n_controls], each within -1..1.
            position: [IP] units, shape [n].
            references: The items' measures, shape [n] each.
        """
        ...

    def encode(self, quantity: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the action that comes closest to an order, for imitating another policy."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Write the code as plain JSON values, with its ``kind``."""
        ...

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read a code that ``to_json`` wrote.

        Raises:
            ValueError: where a value is missing or out of bounds.
        """
        ...


@dataclass(frozen=True)
class _Units:
    """Orders from 0 up to a largest one.

    Args:
        most: Largest order, units.
    """

    kind: ClassVar[str]
    n_apart: ClassVar[int] = 0
    most: int

    def to_json(self) -> dict[str, Any]:
        """Write the largest order."""
        return {"kind": self.kind, "most": self.most}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read the largest order."""
        return cls(_whole(data, "most", 1, 10_000))


@dataclass(frozen=True)
class WholeUnits(_Units):
    """Choice k orders k units."""

    kind: ClassVar[str] = "whole_units"
    n_controls: ClassVar[int] = 0

    @property
    def n_choices(self) -> int:
        """0, 1, ..., most."""
        return self.most + 1

    def decode(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Order as many units as the choice's number."""
        return actions.to(position.dtype)

    def encode(self, quantity: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the nearest number of units."""
        return quantity.round().clamp(0, self.most).long()


@dataclass(frozen=True)
class AroundRule:
    """Choice 0 does as (s, S) does, 1 orders nothing, k orders up to S + offset k - 2.

    A learner that knows nothing yet follows the rule, and has only to find out where to leave it.

    Args:
        offsets: Shares of the stock scale, ascending.
    """

    kind: ClassVar[str] = "around_rule"
    n_apart: ClassVar[int] = 2
    offsets: tuple[float, ...]
    n_controls: ClassVar[int] = 0

    @property
    def n_choices(self) -> int:
        """The rule, nothing, or one of the levels."""
        return len(self.offsets) + self.n_apart

    def decode(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Order by the rule, not at all, or what is missing to the level."""
        share = torch.tensor((0.0, 0.0, *self.offsets), dtype=position.dtype)[actions]
        is_due = (actions == 0) & (position <= references.reorder_point)
        orders = is_due | (actions >= self.n_apart)
        return _up_to(share, position, references) * orders.to(position.dtype)

    def encode(self, quantity: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the rule where it orders just that, else nothing, else the nearest level."""
        rule = self.decode(torch.zeros_like(position, dtype=torch.long), position, references)
        above = position + quantity - references.order_up_to_level
        levels = torch.tensor(self.offsets, dtype=position.dtype)
        share = above / references.stock_scale
        nearest = (share[:, None] - levels).abs().argmin(1) + self.n_apart
        other = torch.where(quantity > 0, nearest, torch.ones_like(nearest))
        return torch.where(rule == quantity, torch.zeros_like(other), other)

    def to_json(self) -> dict[str, Any]:
        """Write the levels."""
        return {"kind": self.kind, "offsets": list(self.offsets)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read the levels."""
        offsets = data.get("offsets")
        if not isinstance(offsets, list) or not 1 <= len(offsets) <= 1000:
            raise ValueError("offsets must be a list of 1 to 1000 numbers")
        return cls(tuple(_number({"offset": x}, "offset", -100, 100) for x in offsets))


@dataclass(frozen=True)
class UnitRange(_Units):
    """One control from -1 (nothing) to 1 (``most`` units), rounded to whole units."""

    kind: ClassVar[str] = "unit_range"
    n_choices: ClassVar[int] = 0
    n_controls: ClassVar[int] = 1

    def decode(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Stretch the control over 0..most and round it."""
        share = (actions[:, 0].to(position.dtype).clamp(-1, 1) + 1) / 2
        return (share * self.most).round()

    def encode(self, quantity: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the control that means this quantity."""
        return (2 * quantity / self.most - 1).clamp(-1, 1)[:, None]


@dataclass(frozen=True)
class ShiftedRule:
    """Two controls move s and S of the (s, S) rule; both at 0 do as the rule does.

    Args:
        span: Shares of the stock scale that either can be moved up or down.
    """

    kind: ClassVar[str] = "shifted_rule"
    n_apart: ClassVar[int] = 0
    span: float
    n_choices: ClassVar[int] = 0
    n_controls: ClassVar[int] = 2

    def decode(self, actions: Tensor, position: Tensor, references: References) -> Tensor:
        """Order what is missing to the moved S, at or below the moved s."""
        shift = actions.to(position.dtype).clamp(-1, 1) * self.span
        point = references.reorder_point + shift[:, 0] * references.stock_scale
        is_due = position <= torch.round(point / references.unit) * references.unit
        return _up_to(shift[:, 1], position, references) * is_due.to(position.dtype)

    def encode(self, quantity: Tensor, position: Tensor, references: References) -> Tensor:
        """Return the least shifts that lead to this order."""
        r = references
        missing = (position - r.reorder_point).clamp(min=0.0)
        too_much = (position - r.unit - r.reorder_point).clamp(max=0.0)
        is_order = quantity > 0
        gate = torch.where(is_order, missing, too_much)
        level = torch.where(is_order, position + quantity - r.order_up_to_level, 0.0 * position)
        return (torch.stack([gate, level], 1) / r.stock_scale[:, None] / self.span).clamp(-1, 1)

    def to_json(self) -> dict[str, Any]:
        """Write the span."""
        return {"kind": self.kind, "span": self.span}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read the span."""
        return cls(_number(data, "span", 1e-6, 100))


ORDER_CODES: dict[str, type[OrderCode]] = {
    code.kind: code for code in (WholeUnits, AroundRule, UnitRange, ShiftedRule, MovedLevels)
}

ChooseCode = Callable[[Sequence[Problem], Sequence[ItemReference]], OrderCode]


def choices_for(problems: Sequence[Problem], items: Sequence[ItemReference]) -> OrderCode:
    """Choose the code that suits these items for a learner that picks one of a few orders."""
    if len(problems) == 1 and _is_small(problems[0], items[0]):
        return WholeUnits(_largest_order(problems[0]))
    return AroundRule(_OFFSETS)


def controls_for(problems: Sequence[Problem], items: Sequence[ItemReference]) -> OrderCode:
    """Choose the code that suits these items for a learner that sets numbers within -1..1."""
    if len(problems) == 1 and _is_small(problems[0], items[0]):
        return UnitRange(_largest_order(problems[0]))
    return ShiftedRule(_SPAN)


def levels_for(problems: Sequence[Problem], items: Sequence[ItemReference]) -> MovedLevels:
    """Choose the code for a learner that needs the gradient of the cost in the order."""
    return MovedLevels(_REACH)


def order_code_from_json(data: Any) -> OrderCode:
    """Read any code's JSON.

    Raises:
        ValueError: where the kind is unknown or a value is missing or out of bounds.
    """
    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in ORDER_CODES:
        raise ValueError(f"unknown kind of order {kind!r:.40}")
    return ORDER_CODES[kind].from_json(data)


def _is_small(problem: Problem, item: ItemReference) -> bool:
    is_plain = problem.rules.pack_size == 1 and problem.rules.min_order <= 1
    is_free = problem.costs.fixed_cost == 0
    is_moving = item.mean_demand >= 1.0
    return is_plain and is_free and is_moving and _largest_order(problem) <= _SMALL_ITEM


def _largest_order(problem: Problem) -> int:
    """What a review period's demand hardly ever exceeds: twice its mean and two deviations."""
    periods = problem.rules.review_period
    mean = float(problem.demand.mean(problem.start, 364).max()) * periods
    sd = float(problem.demand.sd(problem.start, 364).max()) * math.sqrt(periods)
    return max(2, math.ceil(1.2 * mean + 3.5 * sd))


def _up_to(share: Tensor, position: Tensor, references: References) -> Tensor:
    level = references.order_up_to_level + share * references.stock_scale
    level = torch.round(level / references.unit) * references.unit
    return (level - position).clamp(min=0.0)


def _number(data: dict[str, Any], key: str, least: float, most: float) -> float:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{key} must be a number from {least:g} to {most:g}")
    return float(value)


def _whole(data: dict[str, Any], key: str, least: int, most: int) -> int:
    value = _number(data, key, least, most)
    if value != int(value):
        raise ValueError(f"{key} must be a whole number")
    return int(value)
