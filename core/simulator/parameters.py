"""A batch of problems as tensors, one entry per environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from core.simulator.lead_times import lead_time_probabilities, mean_and_sd
from core.simulator.problem import Problem


@dataclass(frozen=True, eq=False)
class Parameters:
    """Costs, lead times and rules of every environment; all tensors have shape [n_envs].

    Environments are ordered item by item: environment ``item * n_paths + path``.
    """

    n_items: int
    n_paths: int
    holding_cost: Tensor
    stockout_cost: Tensor
    fixed_cost: Tensor
    purchase_cost: Tensor
    unit_cost: Tensor
    lost_share: Tensor
    lead_time_mean: Tensor
    lead_time_sd: Tensor
    max_lead_time: Tensor
    min_order: Tensor
    pack_size: Tensor
    max_order: Tensor
    max_stock: Tensor
    review_period: Tensor

    @property
    def n_envs(self) -> int:
        """Environments in the batch."""
        return self.n_items * self.n_paths

    @property
    def dtype(self) -> torch.dtype:
        """Number format of all quantities."""
        return self.holding_cost.dtype

    @classmethod
    def of(
        cls, problems: Sequence[Problem], n_paths: int, dtype: torch.dtype = torch.float32
    ) -> Parameters:
        """Lay out one problem after the other, ``n_paths`` environments each."""
        assert problems and n_paths > 0

        def column(value: Callable[[Problem], float]) -> Tensor:
            values = torch.tensor([float(value(problem)) for problem in problems], dtype=dtype)
            return values.repeat_interleave(n_paths)

        chances = {id(p): lead_time_probabilities(p.lead_time) for p in problems}
        moments = {id(p): mean_and_sd(chances[id(p)]) for p in problems}
        return cls(
            n_items=len(problems),
            n_paths=n_paths,
            holding_cost=column(lambda p: p.costs.holding_cost),
            stockout_cost=column(lambda p: p.costs.stockout_cost),
            fixed_cost=column(lambda p: p.costs.fixed_cost),
            purchase_cost=column(lambda p: p.purchase_cost),
            unit_cost=column(lambda p: p.costs.unit_cost),
            lost_share=column(lambda p: p.lost_share),
            lead_time_mean=column(lambda p: moments[id(p)][0]),
            lead_time_sd=column(lambda p: moments[id(p)][1]),
            max_lead_time=column(lambda p: chances[id(p)].shape[0] - 1),
            min_order=column(lambda p: p.rules.min_order),
            pack_size=column(lambda p: p.rules.pack_size),
            max_order=column(lambda p: p.rules.max_order),
            max_stock=column(lambda p: p.rules.max_stock),
            review_period=column(lambda p: p.rules.review_period),
        )

    @property
    def table(self) -> Tensor:
        """What may differ between environments, a row each, shape [n_parameters, n_envs]."""
        return torch.stack([getattr(self, name) for name in COLUMNS])

    @classmethod
    def from_table(cls, table: Tensor) -> Parameters:
        """Read what ``table`` wrote, or some of its columns; each environment is an item."""
        return cls(table.shape[1], 1, *table.unbind())

    def picked(self, rows: Tensor) -> Parameters:
        """Return those of some environments, in any number each.

        Every environment is then an item of its own, unless all are of one item.

        Args:
            rows: Environments, shape [n].
        """
        n = rows.shape[0]
        shape = (1, n) if self.n_items == 1 else (n, 1)
        return Parameters(*shape, *self.table.index_select(1, rows).unbind())

    def per_item(self, values: Tensor) -> Tensor:
        """Reshape [..., n_envs] to [..., n_items, n_paths]."""
        return values.reshape(*values.shape[:-1], self.n_items, self.n_paths)


def spread(
    per_item: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]],
    n_paths: int,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Give every path of an item the item's value: [n_items] becomes [n_envs]."""
    return torch.as_tensor(np.asarray(per_item), dtype=dtype).repeat_interleave(n_paths)


COLUMNS = tuple(f.name for f in fields(Parameters) if f.name not in ("n_items", "n_paths"))
"""What may differ between environments."""
