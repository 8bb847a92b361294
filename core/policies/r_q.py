"""(r, nQ): at or below the reorder point, order as many batches as it takes to get above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import torch
from torch import Tensor

from core.policies.eoq import formula_numbers
from core.policies.item_policy import Floats, ItemFacts, ItemPolicy
from core.policies.protocol import SearchSettings
from core.policies.search import quantity_space, search_policy
from core.simulator import Observation, Problem

# Part of a batch by which rounding may miss a whole number of batches.
_TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class RQPolicy(ItemPolicy):
    """When the inventory position is at or below r, order the fewest batches that lift it above.

    Papers on lost sales with a fixed cost call the same rule (s, nQ).

    Args:
        items: One per item.
        reorder_point: [r] units, shape [n_items].
        order_quantity: [Q] units of one batch, above 0, shape [n_items].

    Raises:
        PolicyParameterError: where a batch is 0 or less; names the item.

    References:
        Hadley and Whitin (1963); Zheng (1992), Management Science 38(1); as (s, nQ): Bijvank,
        Bhulai and Huh (2015), European Journal of Operational Research 241(2).
    """

    name: ClassVar[str] = "r_Q"
    label: ClassVar[str] = "(r, nQ)"

    reorder_point: Floats
    order_quantity: Floats

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Search r and Q on the simulator, from the economic order quantity."""
        r, quantity = formula_numbers(problems)
        space = quantity_space(problems, r, quantity)
        return search_policy(problems, settings, cls.of_rows, space)

    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Order n Q with the smallest n that lifts IP above r; 0 where it is above already."""
        r = self.level("reorder_point", observation)
        batch = self.number("order_quantity", inventory_position)
        n = torch.floor((r - inventory_position) / batch + _TOLERANCE) + 1.0
        return n.clamp(min=0.0) * batch

    def check(self) -> None:
        """Refuse an empty batch."""
        self._require(
            self.order_quantity > 0,
            "order_quantity must be above 0",
            self.order_quantity,
            remedy="Set it to the units of one batch.",
        )

    def position_range(self) -> tuple[Floats, Floats]:
        """Return r and r + Q."""
        return self.reorder_point, self.reorder_point + self.order_quantity

    @classmethod
    def of_rows(cls, items: Sequence[ItemFacts], numbers: Floats) -> Self:
        """Build the policy from rows of the reorder point and the quantity."""
        return cls(tuple(items), numbers[:, 0], numbers[:, 1])
