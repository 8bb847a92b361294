"""How the sample shop ran until today: a plain reorder rule, sales lost when stock was out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.ingest.sample.catalog import Good
from core.ingest.sample.customers import Ints, Wishes

LOOK_BACK = 42


@dataclass(frozen=True, eq=False)
class Books:
    """What the shop's books say of one item.

    Args:
        sold: Units sold per day, shape [n_days].
        in_stock: False on days on which a customer found none, shape [n_days].
        on_hand: Units in stock at the end of the last day.
        open_orders: Quantity and day number on which it is due, for orders not yet in.
    """

    sold: Ints
    in_stock: npt.NDArray[np.bool_]
    on_hand: int
    open_orders: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Order:
    quantity: int
    due: int
    arrives: int


def run_shop(good: Good, wishes: Wishes, rng: np.random.Generator) -> Books:
    """Replay the shop day by day: arrivals, sales, returns, then the reorder rule.

    Args:
        good: The item.
        wishes: What customers want and bring back.
        rng: For late and early deliveries.
    """
    n_days = len(wishes.demand)
    first = n_days - good.launched if good.launched is not None else 0
    sold = np.zeros(n_days, dtype=np.int64)
    in_stock = np.ones(n_days, dtype=np.bool_)
    on_hand = _to_pack(good, good.rate * (good.supplier.lead_time + 21))
    orders: list[_Order] = []
    for day in range(first, n_days):
        on_hand += sum(order.quantity for order in orders if order.arrives == day)
        orders = [order for order in orders if order.arrives > day]
        wanted = int(wishes.demand[day])
        sold[day] = min(wanted, on_hand)
        in_stock[day] = wanted <= on_hand and on_hand > 0
        on_hand += int(wishes.returns[day]) - int(sold[day])
        if day < n_days - good.supplier.closed:
            position = on_hand + sum(order.quantity for order in orders)
            orders += _reorder(good, sold[first : day + 1], position, day, rng)
    due = tuple((order.quantity, order.due) for order in orders)
    return Books(sold, in_stock, on_hand, due)


def _reorder(
    good: Good, sold: Ints, position: int, day: int, rng: np.random.Generator
) -> list[_Order]:
    """Order up to a few weeks of recent sales once stock no longer covers the lead time.

    The rule looks back at sales, so it is late when the season starts and buys too much when
    it ends; it knows nothing of sales it lost.
    """
    recent = sold[-LOOK_BACK:]
    mean = max(float(recent.mean()), 0.02)
    lead_time = good.supplier.lead_time
    safety = 1.0 * float(recent.std()) * math.sqrt(lead_time + 1)
    reorder_point = mean * (lead_time + 1) + safety
    if position > reorder_point:
        return []
    cycle = math.sqrt(2 * good.supplier.fixed_cost * mean / (0.25 / 365.25 * good.unit_cost))
    wanted = reorder_point - position + min(cycle, 45 * mean)
    late = max(1, round(lead_time + good.supplier.lead_time_sd * float(rng.standard_normal())))
    return [_Order(_to_pack(good, wanted), day + lead_time, day + late)]


def _to_pack(good: Good, quantity: float) -> int:
    """Round up to the smallest order and to whole packs."""
    least = max(quantity, good.min_order, 1)
    return good.pack_size * math.ceil(round(least / good.pack_size, 6))
