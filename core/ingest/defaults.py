"""Costs and rules for items that nobody described yet, marked as assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    given = {item.key: item for item in items}
    return tuple(given.get(key) or _default_item(key, history.period) for key in history.keys)


def _default_item(key: ItemKey, period: Period) -> Item:
    holding = HOLDING_SHARE_PER_YEAR * UNIT_COST / period.per_year
    return Item(
        key,
        CostRates(holding, holding * SERVICE / (1 - SERVICE), 0.0, UNIT_COST),
        LeadTime(_LEAD_TIME[period]),
        OrderRules(),
        assumed=ASSUMED,
    )
