"""Newsvendor: order up to the level that covers demand until the next order can arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy import special
from torch import Tensor

from core.policies.item_policy import Floats, ItemFacts, ItemPolicy, facts_of
from core.policies.protocol import SearchSettings
from core.policies.theory import protection_pmf
from core.simulator import Observation, Problem

_METHOD = "By formula: critical-ratio quantile of demand over lead time and review."


@dataclass(frozen=True, eq=False)
class NewsvendorPolicy(ItemPolicy):
    """Order up to the p / (p + h) quantile of demand over lead time and review.

    The level moves with the season. Ordering costs are ignored, as in the newsvendor's problem.

    Args:
        items: One per item.
        order_up_to_level: [S] units as planning starts, shape [n_items].

    References:
        Arrow, Harris and Marschak (1951); Snyder and Shen (2019), section 4.3.
    """

    name: ClassVar[str] = "newsvendor"
    label: ClassVar[str] = "Newsvendor"

    order_up_to_level: Floats

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Work the quantile out for each item."""
        return cls(tuple(facts_of(problems, _METHOD)), newsvendor_levels(problems))

    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Order S - IP where that is above 0."""
        level = self.level("order_up_to_level", observation)
        return (level - inventory_position).clamp(min=0.0)

    def check(self) -> None:
        """Any level will do."""

    def position_range(self) -> tuple[Floats, Floats]:
        """Return a unit below S, and S, where every order ends."""
        return self.order_up_to_level - self.units, self.order_up_to_level


def newsvendor_levels(problems: Sequence[Problem]) -> Floats:
    """Return the critical-ratio quantile of protection demand of every item, shape [n_items]."""
    levels = [_level(p, item) for p, item in zip(problems, facts_of(problems), strict=True)]
    return np.array(levels)


def _level(problem: Problem, item: ItemFacts) -> float:
    """Return the exact quantile where demand is a known count, else that of a gamma."""
    h, p = problem.costs.holding_cost, problem.costs.stockout_cost
    ratio = p / (p + h)
    pmf = protection_pmf(problem)
    if pmf is not None:
        return float(np.searchsorted(np.cumsum(pmf), ratio - 1e-12))
    mean, sd = item.protection_mean, item.protection_sd
    if mean <= 0 or sd <= 0:
        return float(np.ceil(mean / item.unit) * item.unit)
    quantile = sd**2 / mean * special.gammaincinv((mean / sd) ** 2, ratio)
    return float(np.ceil(quantile / item.unit - 1e-6) * item.unit)
