"""Today, for many items at once: what every policy is told about stock, open orders and demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from core.domain import Item, ItemKey, ParameterError, Period, StockPosition
from core.explain import Situation
from core.simulator import (
    InitialStock,
    Memory,
    Observation,
    Problem,
    Scenario,
    SingleItemSystem,
    draw_scenario,
)


@dataclass(frozen=True, eq=False)
class Today:
    """Every item's stock now, one environment per item, ready to be observed.

    Args:
        system: The items, one path each.
        initial: Stock with everything due by now in, and what is still to come.
        outlook: A scenario of one period; only its expectations are used.
    """

    system: SingleItemSystem
    initial: InitialStock
    outlook: Scenario

    def observe(self) -> Observation:
        """Return what a policy may know today, one environment per item."""
        return self.system.observe(self.system.start(self.initial), self.outlook)


def todays_stocks(
    problems: Sequence[Problem],
    items: Sequence[Item],
    positions: Mapping[ItemKey, StockPosition],
    period: Period,
    today_index: int,
    memory: Memory | None = None,
) -> Today:
    """Put today's stock and open orders in front of the policies.

    Args:
        problems: One per item, posed from today on.
        items: In the same order.
        positions: Stock of every item; estimates must say that they are.
        period: Of the history.
        today_index: Number of the first period to order in.
        memory: Recent sales of every item, for policies that look at them.

    Raises:
        ParameterError: where an item has no stock position.
    """
    stocks = [split_position(position_of(item, positions), period, today_index) for item in items]
    n_periods = 0 if memory is None else memory.n_periods
    system = SingleItemSystem(problems, n_paths=1, memory=n_periods)
    dtype = system.parameters.dtype
    level = torch.tensor([level for level, _ in stocks], dtype=dtype)
    n_rows = max(len(due) for _, due in stocks)
    arrivals = np.zeros((n_rows, len(stocks)))
    for column, (_, due) in enumerate(stocks):
        arrivals[: len(due), column] = due
    return Today(
        system,
        InitialStock(level, torch.as_tensor(arrivals, dtype=dtype) if n_rows else None, memory),
        draw_scenario(problems, 1, 1, seed=0),
    )


def situation_of(
    problem: Problem,
    position: StockPosition,
    period: Period,
    today_index: int,
    memory: Memory | None = None,
    currency: str = "",
) -> Situation:
    """Put one item in front of the explanations, as the policies see it."""
    level, due = split_position(position, period, today_index)
    return Situation(problem, level, due, period, memory, currency)


def split_position(
    position: StockPosition, period: Period, today_index: int
) -> tuple[float, tuple[float, ...]]:
    """Split stock into what counts as here now and what comes in 1, 2, ... periods.

    Overdue orders and those due in the period that is about to begin count as here: they can
    serve its demand.

    Returns:
        Inventory level, units; units due in 1, 2, ... periods.
    """
    level = position.on_hand
    due: dict[int, float] = {}
    for order in position.open_orders:
        wait = int(period.number(order.due)) - today_index
        if wait <= 0:
            level += order.quantity
        else:
            due[wait] = due.get(wait, 0.0) + order.quantity
    return level, tuple(due.get(wait, 0.0) for wait in range(1, max(due, default=0) + 1))


def position_of(item: Item, positions: Mapping[ItemKey, StockPosition]) -> StockPosition:
    """Return an item's stock.

    Raises:
        ParameterError: where there is none.
    """
    if item.key not in positions:
        raise ParameterError(
            "No stock is known",
            where=f"item {item.key.label}",
            remedy="Add it to the stock file, or start with an estimate, on the Data page.",
        )
    return positions[item.key]
