"""A small plan that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import torch
from torch import Tensor

from core.demand import poisson
from core.domain import (
    CostRates,
    Item,
    ItemKey,
    LeadTime,
    OpenOrder,
    OrderRules,
    Period,
    StockPosition,
)
from core.planning import PlanRequest
from core.simulator import Observation, Problem

MONDAY = date(2024, 4, 15)
TODAY = int(Period.DAY.number(MONDAY))


class UpTo:
    """Order up to a level per item once at or below a point per item."""

    def __init__(self, *levels: tuple[float, float], name: str = "s_S"):
        self.levels, self.name = levels, name

    @property
    def n_items(self) -> int:
        """Items it was made for."""
        return len(self.levels)

    def act(self, observation: Observation) -> Tensor:
        """Units to ask for."""
        position = observation.inventory_position
        table = torch.tensor(self.levels, dtype=position.dtype)
        table = table.repeat_interleave(position.shape[0] // self.n_items, 0)
        return torch.where(position <= table[:, 0], table[:, 1] - position, 0.0)

    def select(self, rows: Sequence[int]) -> UpTo:
        """Return the policy for some of the items."""
        return UpTo(*(self.levels[row] for row in rows), name=self.name)

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Its levels; an agent has none."""
        names = ("reorder_point", "order_up_to_level") if self.name == "s_S" else ()
        return dict(zip(names, self.levels[row], strict=False))


def item_of(name: str, **changes) -> Item:
    """Return an item with a lead time of five days."""
    plain = Item(
        key=ItemKey(name, "Mill"),
        costs=CostRates(holding_cost=0.1, stockout_cost=4.0, fixed_cost=20.0, unit_cost=2.5),
        lead_time=LeadTime(5.0),
        rules=OrderRules(pack_size=12),
    )
    return replace(plain, **changes)


def stock_of(item: Item, on_hand: float, *orders: tuple[float, date], **more) -> StockPosition:
    """Return an item's stock with open orders."""
    return StockPosition(item.key, on_hand, tuple(OpenOrder(q, d) for q, d in orders), **more)


def request_of(
    *lines: tuple[Item, StockPosition], mean: float = 10.0, level=(70.0, 120.0), **more
) -> PlanRequest:
    """Return a request in which every item sells ``mean`` a day and has the same (s, S)."""
    items = [item for item, _ in lines]
    return PlanRequest(
        problems=[Problem.of_item(item, poisson(mean), TODAY) for item in items],
        items=items,
        positions={stock.key: stock for _, stock in lines},
        period=Period.DAY,
        today_index=TODAY,
        baseline=UpTo(*([level] * len(items))),
        **more,
    )
