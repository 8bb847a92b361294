"""The goods and suppliers of the sample: an outdoor and camping shop."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivers, how fast, how reliably, and what an order line costs.

    ``closed`` is the number of days at the very end on which nothing could be ordered there.
    """

    name: str
    lead_time: int
    lead_time_sd: float
    fixed_cost: float
    closed: int


@dataclass(frozen=True, slots=True)
class Good:
    """One item of the shop, and how customers really buy it.

    Args:
        item, name, supplier: As in the item master.
        unit_cost, price: Money per unit.
        min_order, pack_size: Units.
        pattern: steady, slow or lumpy.
        rate: Units per day in an average week of the first year.
        season: Swing over the year, 0 to 1.
        peak: Day of the year with most sales.
        trend: Growth per year, as a factor.
        launched: Days before the end at which it was first listed; None if always there.
        fading: Days before the end at which it began to die out; None if it does not.
    """

    item: str
    name: str
    supplier: Supplier
    unit_cost: float
    price: float
    min_order: int
    pack_size: int
    pattern: str
    rate: float
    season: float
    peak: int
    trend: float
    launched: int | None
    fading: int | None


def goods() -> tuple[Good, ...]:
    """Return the goods of the shop."""
    suppliers = {row["supplier"]: _supplier(row) for row in _rows("suppliers.csv")}
    return tuple(_good(row, suppliers) for row in _rows("catalog.csv"))


def _supplier(row: Mapping[str, str]) -> Supplier:
    return Supplier(
        row["supplier"],
        int(row["lead_time"]),
        float(row["lead_time_sd"]),
        float(row["fixed_cost"]),
        int(row["closed"]),
    )


def _good(row: Mapping[str, str], suppliers: Mapping[str, Supplier]) -> Good:
    return Good(
        row["item"],
        row["name"],
        suppliers[row["supplier"]],
        float(row["unit_cost"]),
        float(row["price"]),
        int(row["min_order"]),
        int(row["pack_size"]),
        row["pattern"],
        float(row["rate"]),
        float(row["season"]),
        int(row["peak"]),
        float(row["trend"]),
        int(row["launched"]) if row["launched"] else None,
        int(row["fading"]) if row["fading"] else None,
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("core.ingest.sample").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
