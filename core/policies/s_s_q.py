"""Modified (s, S, q): at or below the reorder point, order up to S, but never more than q."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from core.policies.eoq import formula_numbers
from core.policies.item_policy import Floats, ItemFacts, ItemPolicy
from core.policies.protocol import SearchSettings
from core.policies.s_s import SSPolicy
from core.policies.search import fit_by_theory_or_search, modified_space
from core.simulator import Observation, Problem


@dataclass(frozen=True, eq=False)
class ModifiedSSPolicy(ItemPolicy):
    """When the inventory position is at or below s, order what is missing to S, at most q.

    With lost sales a large order soon after another arrives when much of the demand that made it
    large is lost already; the cap spreads such orders.

    Args:
        items: One per item.
        reorder_point: [s] units, shape [n_items]; below order_up_to_level.
        order_up_to_level: [S] units, shape [n_items].
        order_cap: [q] largest order, units, above 0, shape [n_items]; it grows and shrinks with
            the season in proportion to the expected demand.

    Raises:
        PolicyParameterError: where s >= S, or a cap is 0 or less; names the item and the values.

    References:
        Bijvank, Bhulai and Huh (2015), Parametric replenishment policies for inventory systems
        with lost sales and fixed order cost, European Journal of Operational Research 241(2).
    """

    name: ClassVar[str] = "s_S_q"
    label: ClassVar[str] = "Modified (s, S, q)"

    reorder_point: Floats
    order_up_to_level: Floats
    order_cap: Floats

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Search s, S and q on the simulator from the best (s, S), which it cannot lose to.

        Where the exact (s, S) is known it is the best of all rules, and q is out of the way.
        """
        plain = SSPolicy.fit(problems, settings)
        space = modified_space(
            problems, plain.reorder_point, plain.order_up_to_level, formula_numbers(problems)[1]
        )
        return fit_by_theory_or_search(problems, settings, cls._exact, cls.of_rows, space)

    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Order min(S - IP, q) where IP <= s."""
        s = self.level("reorder_point", observation)
        like = inventory_position
        gap = self.number("order_up_to_level", like) - self.number("reorder_point", like)
        wanted = torch.minimum(s + gap - like, self.quantity("order_cap", observation))
        return torch.where(like <= s, wanted, torch.zeros_like(wanted))

    def check(self) -> None:
        """Refuse a reorder point that is not below the order-up-to level, and an empty cap."""
        self._require(
            self.reorder_point < self.order_up_to_level,
            "reorder_point must be below order_up_to_level",
            self.reorder_point,
            self.order_up_to_level,
            remedy="Lower reorder_point or raise order_up_to_level.",
        )
        self._require(
            self.order_cap > 0,
            "order_cap must be above 0",
            self.order_cap,
            remedy="Set it to the most units one order may have.",
        )

    def position_range(self) -> tuple[Floats, Floats]:
        """Return s and where an order from there ends."""
        return self.reorder_point, np.minimum(
            self.order_up_to_level, self.reorder_point + self.order_cap
        )

    @classmethod
    def of_rows(cls, items: Sequence[ItemFacts], numbers: Floats) -> Self:
        """Build the policy from rows of s, S - s and the cap."""
        s, gap, cap = numbers.T
        return cls(tuple(items), s, s + gap, np.maximum(cap, 1e-9))

    @classmethod
    def _exact(cls, problem: Problem) -> tuple[Self | None, str]:
        """Return the exact (s, S) with a cap above every order, or None and why there is none."""
        rule, reason = SSPolicy._exact(problem)
        if rule is None:
            return None, reason
        s, up_to = rule.reorder_point, rule.order_up_to_level
        cap = up_to - s + problem.demand.pmf(problem.start).size
        return cls(rule.items, s, up_to, cap), ""
