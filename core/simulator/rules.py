"""Order rules: from the quantity a policy asks for to the one a supplier accepts.

The one definition, used in every simulated period and for Monday's real order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from core.simulator.parameters import Parameters

# Raw quantities within this many packs of a whole number of packs count as whole.
_TOLERANCE = 1e-4

Rule = Callable[[Tensor, Tensor, int], Tensor]


class RuleStep(NamedTuple):
    """One step from the raw quantity to the order: what was done and what came out, units."""

    name: str
    quantity: Tensor


class OrderRulesBatch:
    """The rules of a batch of environments; only those that bind anywhere cost any time.

    Steps, in order: nothing between reviews; up to the minimum; up to whole packs; down to what
    the largest order and the storage cap allow, in whole packs; nothing if that falls below the
    minimum.

    Args:
        parameters: The rules of every environment.
        whole_packs: False leaves orders unrounded, so that cost has a gradient in the order.
    """

    def __init__(self, parameters: Parameters, *, whole_packs: bool = True):
        self._p = parameters
        self._whole_packs = whole_packs
        self._smallest = _round_up(parameters.min_order, parameters.pack_size)
        self._reviews = bool((parameters.review_period > 1).any())
        self._has_minimum = bool((parameters.min_order > 0).any())
        self._has_packs = bool((parameters.pack_size != 1).any())
        limits = torch.isfinite(parameters.max_order) | torch.isfinite(parameters.max_stock)
        self._has_limits = bool(limits.any())
        self._rules = self._binding_rules()

    def apply(self, raw: Tensor, inventory_position: Tensor, t: int) -> Tensor:
        """Return the order that respects every rule.

        Args:
            raw: Units a policy asks for, shape [n_envs].
            inventory_position: [IP] units, shape [n_envs].
            t: Periods since the start; t = 0 is always a review.
        """
        order = raw
        for _, rule in self._rules:
            order = rule(order, inventory_position, t)
        return order

    def may_order(self, t: int) -> bool:
        """Whether period t is a review for any environment."""
        return not self._reviews or bool((t % self._p.review_period == 0).any())

    def steps(self, raw: Tensor, inventory_position: Tensor, t: int = 0) -> list[RuleStep]:
        """Return every step from the raw quantity to the order, for the arithmetic on screen."""
        order, steps = raw, [RuleStep("asked for", raw)]
        for name, rule in self._rules:
            order = rule(order, inventory_position, t)
            steps.append(RuleStep(name, order))
        return steps

    def _binding_rules(self) -> list[tuple[str, Rule]]:
        rules: list[tuple[str, Rule]] = []
        if self._reviews:
            rules.append(("review day", self._only_at_reviews))
        if self._has_minimum:
            rules.append(("minimum order", self._minimum))
        if self._whole_packs:
            rules.append(("whole packs", self._packs if self._has_packs else _whole_units))
        if self._has_limits:
            rules.append(("largest order and storage", self._limit))
        return rules

    def _only_at_reviews(self, order: Tensor, position: Tensor, t: int) -> Tensor:
        return order * (t % self._p.review_period == 0).to(order.dtype)

    def _minimum(self, order: Tensor, position: Tensor, t: int) -> Tensor:
        asked = (order > _TOLERANCE).to(order.dtype)
        return torch.maximum(order, self._p.min_order) * asked

    def _packs(self, order: Tensor, position: Tensor, t: int) -> Tensor:
        return _round_up(order.clamp(min=0.0), self._p.pack_size)

    def _limit(self, order: Tensor, position: Tensor, t: int) -> Tensor:
        room = torch.minimum(self._p.max_order, self._p.max_stock - position).clamp(min=0.0)
        most = room
        if self._whole_packs:
            packs = torch.floor(room / self._p.pack_size + _TOLERANCE)
            most = torch.where(torch.isfinite(room), packs * self._p.pack_size, room)
        most = torch.where(most < self._smallest, torch.zeros_like(most), most)
        return torch.minimum(order, most)


def _whole_units(order: Tensor, position: Tensor, t: int) -> Tensor:
    return (order - _TOLERANCE).ceil_().clamp_(min=0.0)


def _round_up(quantity: Tensor, pack: Tensor) -> Tensor:
    return torch.ceil(quantity / pack - _TOLERANCE) * pack
