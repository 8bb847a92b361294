"""The single-item system as searches play it: lead times that vary cost no more than fixed ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from core.simulator import InitialStock, SingleItemSystem, Stocks


class Ledger(NamedTuple):
    """Orders that may cross, by the period they arrive in; as fast for long lead times as short.

    It is written in place, so that it serves the search only, where nothing looks back.

    Args:
        due: Units, shape [max_lead_time + 1, n_envs]; row t modulo its length arrives in t.
    """

    due: Tensor

    def place(
        self, order: Tensor, t: int, lead_time: Tensor | None
    ) -> tuple[Tensor | None, Ledger]:
        """Enter the order in the row of its arrival.

        Args:
            order: Units, shape [n_envs].
            t: Periods since the start.
            lead_time: Periods, shape [n_envs]; or the same for all candidates of an item, shape
                [n_items, 1, n_paths].
        """
        assert lead_time is not None
        late = lead_time if lead_time.ndim > 1 else lead_time.view(1, 1, -1)
        by_item = order.view(late.shape[0], -1, late.shape[2])
        later = by_item * (late > 0)
        row = ((late + t) % self.due.shape[0]).long().expand_as(by_item)
        self.due.scatter_add_(0, row.reshape(1, -1), later.view(1, -1))
        return (by_item - later).view(-1), self

    def receive(self, t: int) -> tuple[Tensor | None, Ledger]:
        """Empty the row of this period."""
        row = self.due[t % self.due.shape[0]]
        arrived = row.clone()
        row.zero_()
        return arrived, self

    def outstanding(self, t: int, n_rows: int) -> Tensor | None:
        """No rule that is searched looks at single orders."""
        raise AssertionError("searched rules see the inventory position only")

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Ledger:
        """Nothing is searched from the middle of a future."""
        raise AssertionError("a search plays every future from its beginning to its end")


class FastSystem(SingleItemSystem):
    """The single-item system with a ledger for lead times that vary."""

    def start(self, initial: InitialStock | None = None) -> Stocks:
        """Start with nothing on order."""
        level = None if initial is None else initial.inventory_level
        stocks = super().start(None if level is None else InitialStock(level))
        if self._lead_time_is_fixed:
            return stocks
        p = self.parameters
        due = torch.zeros(self.max_lead_time + 1, p.n_envs, dtype=p.dtype)
        position = stocks.inventory_position
        return Stocks(stocks.inventory_level, position, Ledger(due), None, 0)
