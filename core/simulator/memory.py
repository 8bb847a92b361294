"""What a policy remembers of the latest periods: sales, whether stock lasted, what was expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.simulator.shortage import Served


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """The latest periods, the last one in the last row; nothing here lies in the future.

    Sales are information, not a way for gradients.

    Args:
        sales: Units sold (of demand, all but what was lost), shape [n_periods, n_envs].
        in_stock: 1 where sales are the demand; 0 where stock ran out, so that nobody can know how
            much more would have been sold, and where the period is not known; same shape.
        expected: Units expected beforehand; 0 where the period is not known; same shape.
    """

    sales: Tensor
    in_stock: Tensor
    expected: Tensor

    def __post_init__(self) -> None:
        assert self.sales.ndim == 2
        assert self.sales.shape == self.in_stock.shape == self.expected.shape

    @classmethod
    def blank(cls, n_periods: int, n_envs: int, dtype: torch.dtype) -> Memory:
        """Return the memory of somebody who knows no period yet."""
        nothing = torch.zeros(n_periods, n_envs, dtype=dtype)
        return cls(nothing, nothing, nothing)

    @property
    def n_periods(self) -> int:
        """Periods remembered."""
        return int(self.sales.shape[0])

    def latest(self, n_periods: int) -> Memory:
        """Return the last periods alone; those before what is remembered are not known."""
        if n_periods == self.n_periods:
            return self
        missing = max(0, n_periods - self.n_periods)
        blank = Memory.blank(missing, self.sales.shape[1], self.sales.dtype)
        first = self.n_periods - (n_periods - missing)
        return Memory(
            torch.cat([blank.sales, self.sales[first:]]),
            torch.cat([blank.in_stock, self.in_stock[first:]]),
            torch.cat([blank.expected, self.expected[first:]]),
        )

    @classmethod
    def beside(cls, parts: Sequence[Memory]) -> Memory:
        """Return the memories of several batches of as many periods as one."""
        tables = ((part.sales, part.in_stock, part.expected) for part in parts)
        return cls(*(torch.cat(rows, 1) for rows in zip(*tables, strict=True)))

    def repeated(self, n_paths: int) -> Memory:
        """Give every path of an item what is known of the item."""
        return self.mapped(lambda table: table.repeat_interleave(n_paths, 1))

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Memory:
        """Return the same periods with every row of environments changed alike."""
        return Memory(change(self.sales), change(self.in_stock), change(self.expected))

    def demand(self) -> Tensor:
        """Return what the sales say of demand, units, shape [n_periods, n_envs].

        Out of stock it counts as what was sold, or as what was expected where that is more.
        """
        least = torch.maximum(self.sales, self.expected)
        return torch.where(self.in_stock > 0, self.sales, least)

    def after(self, demand: Tensor, served: Served, lost_share: Tensor, expected: Tensor) -> Memory:
        """Return the memory one period later; the oldest period is forgotten.

        Args:
            demand: Units asked for, shape [n_envs].
            served: What became of it.
            lost_share: Of unmet demand; where nothing is ever lost, sales are always the demand.
            expected: Units expected beforehand, shape [n_envs].
        """
        with torch.no_grad():
            sales, in_stock = demand, torch.ones_like(demand)
            if served.lost is not None:
                # Sold out to the last unit is out of stock, too: who else came is not known.
                sales = demand - served.lost
                in_stock = ((served.on_hand > 0) | (lost_share == 0)).to(demand.dtype)
            return Memory(
                _moved(self.sales, sales),
                _moved(self.in_stock, in_stock),
                _moved(self.expected, expected),
            )


def _moved(rows: Tensor, last: Tensor) -> Tensor:
    return torch.cat([rows[1:], last.detach().unsqueeze(0)])
