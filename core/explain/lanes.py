"""Which environments a game still needs: one for each quantity where they differ, else one."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from core.simulator import Stocks


@dataclass(frozen=True, eq=False)
class Lanes:
    """Environments still played: one for each quantity where they differ, else one for all.

    Args:
        n_quantities: How many are compared.
        apart: Futures on which they still differ; environments lie quantity by quantity.
        together: Futures on which one stands for all; they come last.
    """

    n_quantities: int
    apart: Tensor
    together: Tensor

    @classmethod
    def all_apart(cls, n_quantities: int, n_futures: int) -> Lanes:
        """Return an environment for every quantity on every future."""
        return cls(n_quantities, torch.arange(n_futures), torch.arange(0))

    @property
    def n_envs(self) -> int:
        """Environments to play."""
        return self.n_quantities * self.apart.shape[0] + self.together.shape[0]

    @property
    def futures(self) -> Tensor:
        """The future that each environment plays, shape [n_envs]."""
        return torch.cat([self.apart.repeat(self.n_quantities), self.together])

    def add(self, total: Tensor, part: Tensor) -> None:
        """Add what the environments came to, shape [n_envs], to [n_quantities, n_futures]."""
        n = self.n_quantities * self.apart.shape[0]
        total[:, self.apart] += part[:n].reshape(self.n_quantities, -1)
        total[:, self.together] += part[n:]

    def none(self) -> tuple[Lanes, Tensor]:
        """Return what is left of a game that is over: nothing."""
        nothing = torch.arange(0)
        return Lanes(self.n_quantities, nothing, nothing), nothing

    def looked_over(self, stocks: Stocks, first: int, *, keeps: bool) -> tuple[Lanes, Tensor]:
        """Return what is left to play, and the places of those environments in this layout.

        Args:
            stocks: Where they stand, and others.
            first: The first of them among all.
            keeps: Whether futures on which nothing differs any more are played on.
        """
        k, m = self.n_quantities, self.apart.shape[0]
        if k == 1:  # there is nothing to tell apart
            return self, torch.arange(m)
        same = self._same(stocks, first)
        differ, agreed = (~same).nonzero()[:, 0], same.nonzero()[:, 0]
        others = torch.arange(self.together.shape[0])
        if not keeps:
            agreed, others = agreed[:0], others[:0]
        together = torch.cat([self.apart[agreed], self.together[others]])
        apart = (differ + m * torch.arange(k)[:, None]).flatten()
        places = torch.cat([apart, agreed, k * m + others])
        return Lanes(k, self.apart[differ], together), places

    def _same(self, stocks: Stocks, first: int) -> Tensor:
        """Return the futures on which all quantities have come to the same, of those apart."""
        k, m = self.n_quantities, self.apart.shape[0]
        same = torch.ones(m, dtype=torch.bool)

        def compare(rows: Tensor) -> Tensor:
            block = rows[..., first : first + k * m]
            if block.numel():
                block = block.reshape(-1, k, m)
                same.logical_and_((block[:, 1:] == block[:, :1]).all(1).all(0))
            return rows

        stocks.mapped(compare)
        return same
