"""Base-stock: order, every review, what is missing to one level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from torch import Tensor

from core.policies.item_policy import Floats, ItemFacts, ItemPolicy, facts_of
from core.policies.newsvendor import newsvendor_levels
from core.policies.protocol import SearchSettings
from core.policies.search import fit_by_theory_or_search, level_space
from core.policies.theory import fixed_lead_time, rule_binds, why_not_exact
from core.policies.zheng_federgruen import OnePeriodCost, demand_over
from core.simulator import Observation, Problem


@dataclass(frozen=True, eq=False)
class BaseStockPolicy(ItemPolicy):
    """Order what is missing to S, every time.

    Args:
        items: One per item.
        order_up_to_level: [S] units, shape [n_items].

    References:
        Karlin (1958); for lost sales Huh et al. (2009), Management Science 55(3).
    """

    name: ClassVar[str] = "base_stock"
    label: ClassVar[str] = "Base-stock"

    order_up_to_level: Floats

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Find each item's best S: exactly where theory holds, else on the simulator."""
        space = level_space(problems, newsvendor_levels(problems))
        return fit_by_theory_or_search(problems, settings, cls._exact, cls.of_rows, space)

    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Order S - IP where that is above 0."""
        level = self.level("order_up_to_level", observation)
        return (level - inventory_position).clamp(min=0.0)

    def check(self) -> None:
        """Any level will do."""

    def position_range(self) -> tuple[Floats, Floats]:
        """Return a unit below S, and S, where every order ends."""
        return self.order_up_to_level - self.units, self.order_up_to_level

    @classmethod
    def of_rows(cls, items: Sequence[ItemFacts], numbers: Floats) -> Self:
        """Build the policy from rows of levels."""
        return cls(tuple(items), numbers[:, 0])

    @classmethod
    def _exact(cls, problem: Problem) -> tuple[Self | None, str]:
        reason = why_not_exact(problem)
        if reason:
            return None, reason
        pmf = problem.demand.pmf(problem.start)
        one_period = OnePeriodCost(demand_over(pmf, fixed_lead_time(problem) + 1), problem.costs)
        level = one_period.best_level
        reason = rule_binds(problem, level - 1, level)
        if reason:
            return None, reason
        cost = float(one_period(level)) + problem.costs.fixed_cost * float(1 - pmf[0])
        method = f"Exact (critical ratio): {cost:.4g} per period in the long run."
        facts = replace(facts_of([problem])[0], method=method)
        return cls.of_rows([facts], np.array([[float(level)]])), ""
