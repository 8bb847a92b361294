"""(s, S): at or below the reorder point, order up to the order-up-to level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from core.policies.eoq import formula_numbers
from core.policies.item_policy import Floats, ItemFacts, ItemPolicy, facts_of
from core.policies.protocol import SearchSettings
from core.policies.search import fit_by_theory_or_search, quantity_space
from core.policies.theory import fixed_lead_time, rule_binds, why_not_exact
from core.policies.zheng_federgruen import ExactRule, exact_s_s
from core.simulator import Observation, Problem


@dataclass(frozen=True, eq=False)
class SSPolicy(ItemPolicy):
    """When the inventory position is at or below s, order up to S.

    Args:
        items: One per item.
        reorder_point: [s] units, shape [n_items]; below order_up_to_level.
        order_up_to_level: [S] units, shape [n_items].

    Raises:
        PolicyParameterError: where s >= S; names the item and both values.

    References:
        Scarf (1960); Zheng and Federgruen (1991), Operations Research 39(4).
    """

    name: ClassVar[str] = "s_S"
    label: ClassVar[str] = "(s, S)"

    reorder_point: Floats
    order_up_to_level: Floats

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Find each item's best s and S: exactly where theory holds, else on the simulator."""
        s, quantity = formula_numbers(problems)
        return fit_by_theory_or_search(
            problems, settings, cls._exact, cls.of_rows, quantity_space(problems, s, quantity)
        )

    def levels(self, observation: Observation) -> tuple[Tensor, Tensor]:
        """Return s and S as they stand now, season included, units.

        Returns:
            Two tensors of shape [n_items, 1], or [n_items, n_paths] where an item has a season.
        """
        like = observation.inventory_position
        s = self.level("reorder_point", observation)
        gap = self.number("order_up_to_level", like) - self.number("reorder_point", like)
        return s, s + gap

    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Order S - IP where IP <= s."""
        s, level = self.levels(observation)
        missing = level - inventory_position
        return torch.where(inventory_position <= s, missing, torch.zeros_like(missing))

    def check(self) -> None:
        """Refuse a reorder point that is not below the order-up-to level."""
        self._require(
            self.reorder_point < self.order_up_to_level,
            "reorder_point must be below order_up_to_level",
            self.reorder_point,
            self.order_up_to_level,
            remedy="Lower reorder_point or raise order_up_to_level.",
        )

    def position_range(self) -> tuple[Floats, Floats]:
        """Return s and S."""
        return self.reorder_point, self.order_up_to_level

    @classmethod
    def of_rows(cls, items: Sequence[ItemFacts], numbers: Floats) -> Self:
        """Build the policy from rows of s and S - s."""
        return cls(tuple(items), numbers[:, 0], numbers[:, 0] + numbers[:, 1])

    @classmethod
    def _exact(cls, problem: Problem) -> tuple[Self | None, str]:
        """Return the exact rule of one item, or None and why there is none."""
        reason = why_not_exact(problem)
        if reason:
            return None, reason
        rule = exact_rule_of(problem)
        reason = rule_binds(problem, rule.reorder_point, rule.order_up_to_level)
        if reason:
            return None, reason
        method = f"Exact (Zheng and Federgruen 1991): {rule.cost:.4g} per period in the long run."
        facts = replace(facts_of([problem])[0], method=method)
        return cls.of_rows([facts], np.array([_s_and_quantity(rule)])), ""


def exact_rule_of(problem: Problem) -> ExactRule:
    """Return the best (s, S) of a backordered, stationary item with a fixed lead time."""
    pmf = problem.demand.pmf(problem.start)
    return exact_s_s(pmf, problem.costs, fixed_lead_time(problem))


def _s_and_quantity(rule: ExactRule) -> tuple[float, float]:
    return float(rule.reorder_point), float(rule.order_up_to_level - rule.reorder_point)
