"""Between domain values and the flat tables the store keeps; each pair is a round trip."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd

from core.domain import (
    CostRates,
    Item,
    ItemKey,
    LeadTime,
    OpenOrder,
    OrderRules,
    Period,
    SalesHistory,
    StockPosition,
)

# Columns that a history may lack, with what holds before an item's first listing.
_MAY_LACK = {"stocked_share": 1.0, "returned": 0.0}


def history_frame(history: SalesHistory) -> pd.DataFrame:
    """Lay the history out as one row per item and period since its first listing."""
    listed = np.arange(history.n_periods) >= history.first_listed[:, None]
    row, column = np.nonzero(listed)
    more = {
        name: cells[row, column]
        for name in _MAY_LACK
        if (cells := getattr(history, name)) is not None
    }
    return pd.DataFrame(
        {
            "item": np.array(_codes(history.keys))[row],
            "period_number": column + history.first_index,
            "quantity": history.quantity[row, column],
            "in_stock": history.in_stock[row, column],
            **more,
        }
    ).assign(period=history.period.value)


def history_of(frame: pd.DataFrame) -> SalesHistory:
    """Read back what history_frame wrote."""
    labels, rows = np.unique(frame["item"].to_numpy(dtype=str), return_inverse=True)
    number = frame["period_number"].to_numpy(dtype=np.int64)
    first, last = int(number.min()), int(number.max())
    quantity = np.zeros((len(labels), last - first + 1))
    in_stock = np.ones(quantity.shape, dtype=np.bool_)
    quantity[rows, number - first] = frame["quantity"].to_numpy(dtype=np.float64)
    in_stock[rows, number - first] = frame["in_stock"].to_numpy(dtype=np.bool_)
    more = {}
    for name, usual in _MAY_LACK.items():
        if name in frame:
            more[name] = np.full(quantity.shape, usual)
            more[name][rows, number - first] = frame[name].to_numpy(dtype=np.float64)
    listed = np.full(len(labels), quantity.shape[1], dtype=np.int64)
    np.minimum.at(listed, rows, number - first)
    keys = [_key(label) for label in labels]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return SalesHistory(
        Period(str(frame["period"].iloc[0])),
        first,
        tuple(keys[i] for i in order),
        quantity[order],
        in_stock[order],
        listed[order],
        **{name: cells[order] for name, cells in more.items()},
    )


def items_frame(items: Iterable[Item]) -> pd.DataFrame:
    """Lay items out as one row each, with the attribute names as columns."""
    return pd.DataFrame([_item_row(item) for item in items], columns=list(_ITEM_COLUMNS))


def items_of(frame: pd.DataFrame) -> tuple[Item, ...]:
    """Read back what items_frame wrote."""
    return tuple(
        _item(dict(zip(frame.columns, row, strict=True))) for row in frame.itertuples(index=False)
    )


def stock_frame(positions: Iterable[StockPosition]) -> pd.DataFrame:
    """Lay stock on hand out as one row per item."""
    rows = [(p.key.item, p.key.location, p.on_hand) for p in positions if not p.is_estimate]
    return pd.DataFrame(rows, columns=["item", "location", "on_hand"])


def open_orders_frame(positions: Iterable[StockPosition]) -> pd.DataFrame:
    """Lay open orders out as one row each."""
    rows = [
        (p.key.item, p.key.location, order.quantity, order.due.isoformat())
        for p in positions
        for order in p.open_orders
    ]
    return pd.DataFrame(rows, columns=["item", "location", "quantity", "due"])


def positions_of(
    stock: pd.DataFrame | None, open_orders: pd.DataFrame | None
) -> dict[ItemKey, StockPosition]:
    """Join stock and open orders; an item with orders only has unknown, so estimated, stock."""
    on_hand: dict[ItemKey, float] = {}
    if stock is not None:
        on_hand = {
            ItemKey(str(item), str(location)): float(units)
            for item, location, units in stock.itertuples(index=False)
        }
    orders = open_orders_of(open_orders)
    return {
        key: StockPosition(key, on_hand.get(key, 0.0), orders.get(key, ()), key not in on_hand)
        for key in [*on_hand, *(key for key in orders if key not in on_hand)]
    }


def open_orders_of(frame: pd.DataFrame | None) -> Mapping[ItemKey, tuple[OpenOrder, ...]]:
    """Read back what open_orders_frame wrote."""
    orders: dict[ItemKey, tuple[OpenOrder, ...]] = {}
    for item, location, quantity, due in () if frame is None else frame.itertuples(index=False):
        key = ItemKey(str(item), str(location))
        order = OpenOrder(float(quantity), date.fromisoformat(str(due)))
        orders[key] = (*orders.get(key, ()), order)
    return orders


_ITEM_COLUMNS = (
    "item",
    "location",
    "name",
    "supplier",
    "lead_time",
    "lead_time_sd",
    "holding_cost",
    "stockout_cost",
    "fixed_cost",
    "unit_cost",
    "price",
    "min_order",
    "pack_size",
    "max_order",
    "max_stock",
    "review_period",
    "lost_share",
    "assumed",
    "extra",
)


def _item_row(item: Item) -> tuple[object, ...]:
    costs, rules = item.costs, item.rules
    return (
        item.key.item,
        item.key.location,
        item.name,
        item.supplier,
        item.lead_time.mean,
        item.lead_time.sd,
        costs.holding_cost,
        costs.stockout_cost,
        costs.fixed_cost,
        costs.unit_cost,
        math.nan if item.price is None else item.price,
        rules.min_order,
        rules.pack_size,
        rules.max_order,
        rules.max_stock,
        rules.review_period,
        item.lost_share,
        ",".join(sorted(item.assumed)),
        json.dumps(dict(item.extra), ensure_ascii=False),
    )


def _item(row: Mapping[str, object]) -> Item:
    def number(name: str) -> float:
        return float(str(row[name]))

    price = number("price")
    return Item(
        ItemKey(str(row["item"]), str(row["location"])),
        CostRates(
            number("holding_cost"),
            number("stockout_cost"),
            number("fixed_cost"),
            number("unit_cost"),
        ),
        LeadTime(number("lead_time"), number("lead_time_sd")),
        OrderRules(
            number("min_order"),
            number("pack_size"),
            number("max_order"),
            number("max_stock"),
            int(number("review_period")),
        ),
        number("lost_share"),
        str(row["name"]),
        str(row["supplier"]),
        None if math.isnan(price) else price,
        frozenset(name for name in str(row["assumed"]).split(",") if name),
        json.loads(str(row.get("extra", "{}"))),
    )


# A separator no item code can hold: labels with " @ " would not survive a code that contains it.
_SEPARATOR = "\x1f"


def _codes(keys: Iterable[ItemKey]) -> list[str]:
    return [f"{key.item}{_SEPARATOR}{key.location}" for key in keys]


def _key(label: str) -> ItemKey:
    item, _, location = label.partition(_SEPARATOR)
    return ItemKey(item, location)
