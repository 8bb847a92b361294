"""Two more panels of real sales: spare parts with costs of their own, and a shop that ran out."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.real_sales import SHARE, Panel, listed, pose
from core.domain import (
    CostRates,
    Item,
    ItemHistory,
    ItemKey,
    LeadTime,
    OrderRules,
    Period,
)

PARTS = "man_spareparts_weekly_wide.csv"
SHOP = "freshretail_hourly_stockouts.csv"
# Stock-out cost of spare parts in weeks of holding: the file has none.
PARTS_RATIO = 19.0
_PARTS_FIRST_WEEK = np.datetime64("2012-01-02")
_LEAST_WEEKS_SOLD, _MOST_PARTS, _FIRST_COLUMN = 30, 120, 7
# Sales of the shop are scaled amounts: hundredths count as units.
_UNITS, _OPEN = 100.0, range(6, 22)


def spare_parts(folder: Path) -> Panel:
    """Read the parts sold in most weeks, with cost price, fixed cost, lead time, MOQ and pack."""
    with (folder / PARTS).open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    weeks = [name for name in rows[0] if name[:2] == "20"]
    start = int(Period.WEEK.number(_PARTS_FIRST_WEEK))
    cut = start + len(weeks) - round(SHARE * len(weeks))
    items, histories = [], []
    for row in rows:
        units = np.array([float(row[week] or 0) for week in weeks])
        if np.count_nonzero(units[: cut - start]) >= _LEAST_WEEKS_SOLD:
            items.append(_part(row))
            histories.append(listed(items[-1].key, Period.WEEK, start, units))
    most = sorted(range(len(items)), key=lambda i: -np.count_nonzero(histories[i].quantity))
    chosen = sorted(most[:_MOST_PARTS])
    return pose(
        "man_spareparts by week", [items[i] for i in chosen], [histories[i] for i in chosen], cut
    )


def _part(row: dict[str, str]) -> Item:
    holding = float(row["inventory_cost_per_unit_eur_per_year"]) / Period.WEEK.per_year
    costs = CostRates(
        holding,
        PARTS_RATIO * holding,
        float(row["fixed_cost_per_order_eur"]),
        float(row["cost_price_per_unit_eur"]),
    )
    rules = OrderRules(
        min_order=float(row["min_order_quantity_units"]),
        pack_size=max(float(row["products_per_unit_sub_packaging"]), 1.0),
    )
    lead_time = LeadTime(float(row["lead_time_weeks"]))
    return Item(ItemKey(row["sku_nr"]), costs, lead_time, rules, lost_share=0.0)


def shop(folder: Path, costs: CostRates, lead_time: int) -> Panel:
    """Read the shop by day; a day counts as out of stock if an hour from 6 to 22 was."""
    sold: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    ran_out: dict[str, set[int]] = defaultdict(set)
    with (folder / SHOP).open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            name = f"{row['store_id']}-{row['product_id']}"
            day = int(Period.DAY.number(np.datetime64(row["dt"])))
            sold[name][day] += float(row["hourly_sale"])
            if int(row["hour"]) in _OPEN and row["hourly_stockout"] == "1":
                ran_out[name].add(day)
    first = min(min(days) for days in sold.values())
    last = max(max(days) for days in sold.values())
    cut = last + 1 - round(SHARE * (last + 1 - first))
    histories = [_shelf(name, sold[name], ran_out[name], (first, last)) for name in sold]
    items = [Item(h.key, costs, LeadTime(lead_time)) for h in histories]
    return pose("freshretail by day", items, histories, cut)


def _shelf(
    name: str, sold: dict[int, float], ran_out: set[int], days: tuple[int, int]
) -> ItemHistory:
    span = range(days[0], days[1] + 1)
    units = np.array([round(_UNITS * sold.get(day, 0.0)) for day in span], dtype=np.float64)
    in_stock = np.array([day not in ran_out for day in span])
    return ItemHistory(ItemKey(name), Period.DAY, days[0], units, in_stock)
