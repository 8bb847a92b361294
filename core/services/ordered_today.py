"""A policy whose order of today is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from core.policies import Policy
from core.simulator import Observation


@dataclass(frozen=True, eq=False)
class OrderedToday:
    """A policy whose order of today is given."""

    policy: Policy
    quantity: float

    @property
    def name(self) -> str:
        """Its policy's."""
        return self.policy.name

    @property
    def n_items(self) -> int:
        """Items it was made for."""
        return self.policy.n_items

    def act(self, observation: Observation) -> Tensor:
        """Return the given order today, the policy's from then on; units, shape [n_envs]."""
        if observation.stocks.t > 0:
            return self.policy.act(observation)
        return torch.full_like(observation.inventory_level, self.quantity)

    def select(self, rows: Sequence[int]) -> Self:
        """Return it for some of the items."""
        return type(self)(self.policy.select(rows), self.quantity)

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return its policy's numbers."""
        return self.policy.parameters_of(row)
