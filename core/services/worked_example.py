"""What an item's costs mean for its orders, worked out by the textbook for the eye to follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.domain import Item
from core.services.assortment import PlannedItem
from core.services.editing import critical_ratio


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """The classical arithmetic of one item.

    Args:
        demand: [mu] expected units per period while an order is awaited.
        waiting: [L + R] periods that stock has to last until the next order can help.
        demand_waiting: Expected units in that time.
        demand_waiting_sd: Its standard deviation, units; the lead time's own spread included.
        order_quantity: [EOQ] units that balance ordering against holding; 0 without fixed cost.
        implied_service: [p / (p + h)] what the two costs ask for.
        orders_per_year: How often that quantity is ordered.
        holding_per_year: Money for half of that quantity, lying about all year.
        ordering_per_year: Money for the orders of a year.
    """

    demand: float
    waiting: float
    demand_waiting: float
    demand_waiting_sd: float
    order_quantity: float
    implied_service: float
    orders_per_year: float
    holding_per_year: float
    ordering_per_year: float


def worked_example(item: Item, plan: PlannedItem, start: int, per_year: float) -> WorkedExample:
    """Work an item out by hand.

    Args:
        item: With the costs and rules to show, saved or not.
        plan: The same item as planned: its demand.
        start: Number of the period to order for.
        per_year: Periods in a year.

    References:
        Harris (1913) for the order quantity; Silver, Pyke and Thomas (2017), chapter 7, for
        demand over a lead time that varies.
    """
    waiting = item.lead_time.mean + item.rules.review_period
    horizon = max(1, math.ceil(waiting))
    model = plan.problem.demand
    mean, sd = model.mean(start, horizon), model.sd(start, horizon)
    demand = float(mean.mean())
    of_demand = float((sd**2).mean()) * waiting
    of_lead_time = (item.lead_time.sd * demand) ** 2
    costs = item.costs
    quantity = math.sqrt(2 * costs.fixed_cost * demand / costs.holding_cost)
    orders = per_year * demand / quantity if quantity else 0.0
    return WorkedExample(
        demand,
        waiting,
        demand * waiting,
        math.sqrt(of_demand + of_lead_time),
        quantity,
        critical_ratio(costs.stockout_cost, costs.holding_cost),
        orders,
        quantity / 2 * costs.holding_cost * per_year,
        orders * costs.fixed_cost,
    )
