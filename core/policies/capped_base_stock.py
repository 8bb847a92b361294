"""Capped base-stock: order what is missing to one level, but never more than a cap at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from core.policies.base_stock import BaseStockPolicy
from core.policies.item_policy import Floats, ItemFacts, ItemPolicy
from core.policies.protocol import SearchSettings
from core.policies.search import capped_space, search_policy
from core.simulator import Observation, Problem


@dataclass(frozen=True, eq=False)
class CappedBaseStockPolicy(ItemPolicy):
    """Order what is missing to S, at most the cap.

    With lost sales and long lead times the cap keeps orders even and beats plain base-stock.

    Args:
        items: One per item.
        order_up_to_level: [S] units, shape [n_items].
        order_cap: [r] largest order, units, above 0, shape [n_items]; it grows and shrinks with
            the season in proportion to the expected demand.

    Raises:
        PolicyParameterError: where a cap is 0 or less; names the item.

    References:
        Xin (2021), Understanding the performance of capped base-stock policies in lost-sales
        inventory models, Operations Research 69(1).
    """

    name: ClassVar[str] = "capped_base_stock"
    label: ClassVar[str] = "Capped base-stock"

    order_up_to_level: Floats
    order_cap: Floats

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Search level and cap on the simulator, from the best plain base-stock."""
        plain = BaseStockPolicy.fit(problems, settings).order_up_to_level
        return search_policy(problems, settings, cls.of_rows, capped_space(problems, plain))

    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Order S - IP, at least 0 and at most the cap."""
        missing = self.level("order_up_to_level", observation) - inventory_position
        return torch.minimum(missing.clamp(min=0.0), self.quantity("order_cap", observation))

    def check(self) -> None:
        """Refuse a cap that would stop all orders."""
        self._require(
            self.order_cap > 0,
            "order_cap must be above 0",
            self.order_cap,
            remedy="Set it to the most units one order may have.",
        )

    def position_range(self) -> tuple[Floats, Floats]:
        """Return a unit below S, and S, near which orders end."""
        return self.order_up_to_level - self.units, self.order_up_to_level

    @classmethod
    def of_rows(cls, items: Sequence[ItemFacts], numbers: Floats) -> Self:
        """Build the policy from rows of levels and caps."""
        return cls(tuple(items), numbers[:, 0], np.maximum(numbers[:, 1], 1e-9))
