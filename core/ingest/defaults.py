"""Costs and rules for items that nobody described yet, marked as assumed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from core.domain import CostRates, Item, ItemKey, LeadTime, OrderRules, Period, SalesHistory

HOLDING_SHARE_PER_YEAR = 0.25
SERVICE = 0.95
UNIT_COST = 1.0

_LEAD_TIME: Mapping[Period, float] = {Period.DAY: 7.0, Period.WEEK: 2.0, Period.MONTH: 1.0}

ASSUMED = frozenset(
    {
        "lead_time",
        "lead_time_sd",
        "holding_cost",
        "stockout_cost",
        "fixed_cost",
        "unit_cost",
        "min_order",
        "pack_size",
        "review_period",
        "shortage",
    }
)


def default_items(history: SalesHistory) -> tuple[Item, ...]:
    """Return every item of a history with assumed costs and rules, in the history's order.

    Holding costs 25 % of the unit cost a year. The stock-out cost makes the critical ratio
    p / (p + h) 0.95. Sales out of stock are lost; orders cost nothing extra.
    """
    return tuple(_default_item(key, history.period) for key in history.keys)


def complete_items(items: Sequence[Item], history: SalesHistory) -> tuple[Item, ...]:
    """Return one item per item of the history, in its order, with defaults where one is missing.

    Items that have no sales history are left out: nothing can be planned for them.
    """
    given = {item.key: with_assumed(item, history.period, item.assumed) for item in items}
    return tuple(given.get(key) or _default_item(key, history.period) for key in history.keys)


def with_assumed(item: Item, period: Period, names: Collection[str]) -> Item:
    """Return the item with lead time and costs assumed for this period.

    Args:
        item: The others of its values stay.
        period: Day, week or month.
        names: Which to assume.
    """
    costs = item.costs
    if "holding_cost" in names:
        holding = HOLDING_SHARE_PER_YEAR * costs.unit_cost / period.per_year
        costs = replace(costs, holding_cost=holding)
    if "stockout_cost" in names:
        costs = replace(costs, stockout_cost=costs.holding_cost * SERVICE / (1 - SERVICE))
    lead_time = item.lead_time
    if "lead_time" in names:
        lead_time = LeadTime(_LEAD_TIME[period], lead_time.sd)
    return replace(item, costs=costs, lead_time=lead_time)


def _default_item(key: ItemKey, period: Period) -> Item:
    holding = HOLDING_SHARE_PER_YEAR * UNIT_COST / period.per_year
    return Item(
        key,
        CostRates(holding, holding * SERVICE / (1 - SERVICE), 0.0, UNIT_COST),
        LeadTime(_LEAD_TIME[period]),
        OrderRules(),
        assumed=ASSUMED,
    )
