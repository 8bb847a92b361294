"""(s, S) as it moves with the latest sales: what agents that see these start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

import torch
from torch import Tensor

from core.agents.levels import MovedLevels
from core.agents.recent import MEMORY
from core.agents.references import ItemReference, References
from core.simulator import Observation

_AS_IT_IS = MovedLevels(1.0)


class FollowingRule:
    """Orders up to S at or below s, both as they stand in this period, in whole lots.

    Args:
        items: The items' measures; those that follow sales move with them.
    """

    name: ClassVar[str] = "following"
    memory: ClassVar[int] = MEMORY

    def __init__(self, items: Sequence[ItemReference]):
        self._items = tuple(items)
        self._spread: References | None = None

    @property
    def n_items(self) -> int:
        """Items it was made for."""
        return len(self._items)

    def act(self, observation: Observation) -> Tensor:
        """Return the units to ask for, before the order rules, shape [n_envs]."""
        position = observation.inventory_position
        if self._spread is None or self._spread.stock_scale.shape[0] != position.shape[0]:
            self._spread = References.of(self._items, position.shape[0] // self.n_items)
        now = self._spread.at(observation)
        return _AS_IT_IS.decode(torch.zeros(position.shape[0], 2), position, now)

    def select(self, rows: Sequence[int]) -> Self:
        """Return the rule for some of the items."""
        return type(self)([self._items[row] for row in rows])

    def parameters_of(self, row: int) -> dict[str, float]:
        """Return one item's usual s and S."""
        item = self._items[row]
        return {
            "reorder_point": item.reorder_point,
            "order_up_to_level": item.order_up_to_level,
        }
