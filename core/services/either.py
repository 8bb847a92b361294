"""One policy for some items and another for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from core.policies import Policy, memory_of
from core.simulator import Observation


class Either:
    """One policy for some items and another for the rest."""

    name = "agent where it was trained"

    def __init__(self, first: Policy, second: Policy, uses_first: Sequence[bool]):
        assert first.n_items == second.n_items == len(uses_first)
        self._first, self._second, self._uses_first = first, second, tuple(uses_first)
        self.memory = max(memory_of(first), memory_of(second))

    @property
    def n_items(self) -> int:
        """Items this policy was made for."""
        return len(self._uses_first)

    def act(self, observation: Observation) -> Tensor:
        """Return each item's order from the policy that decides for it."""
        if not any(self._uses_first):
            return self._second.act(observation)
        first, second = self._first.act(observation), self._second.act(observation)
        mask = torch.tensor(self._uses_first).unsqueeze(1)
        n = self.n_items
        return torch.where(mask, first.reshape(n, -1), second.reshape(n, -1)).reshape(-1)

    def select(self, rows: Sequence[int]) -> Either:
        """Return the policy for some of the items."""
        uses = [self._uses_first[row] for row in rows]
        return Either(self._first.select(rows), self._second.select(rows), uses)

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return the numbers of the policy that decides for an item."""
        return (self._first if self._uses_first[row] else self._second).parameters_of(row)
