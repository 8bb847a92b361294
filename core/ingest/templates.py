"""Templates to fill in, and an item master written back as a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from core.domain import Item, attributes
from core.ingest.items import ASSUMED_COLUMN

if TYPE_CHECKING:
    import pandas as pd

N_EXAMPLES = 3

_EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "date": ("2024-04-12", "2024-04-13", "2024-04-14"),
    "due": ("2024-04-16", "2024-04-19", "2024-05-02"),
    "item": ("00123", "00124", "A-17"),
    "location": ("Main",),
    "quantity": ("12", "30", "7"),
    "in_stock": ("yes", "yes", "no"),
    "name": ("Head lamp", "Camping mug", "Tent peg"),
    "supplier": ("Northwind", "Northwind", "Alpina"),
    "lead_time": ("7", "7", "21"),
    "lead_time_sd": ("1", "1", "4"),
    "holding_cost": ("0.01", "0.003", "0.0005"),
    "stockout_cost": ("9.5", "3.2", "0.6"),
    "fixed_cost": ("12", "12", "20"),
    "unit_cost": ("15", "4.5", "0.75"),
    "price": ("29", "9", "1.5"),
    "min_order": ("0", "24", "100"),
    "pack_size": ("1", "12", "50"),
    "shortage": ("lost", "lost", "backorder"),
    "on_hand": ("18", "64", "240"),
    "order_date": ("2024-04-02", "2024-04-03", "2024-04-08"),
    "receipt_date": ("2024-04-09", "2024-04-12", "2024-04-29"),
    "promised_date": ("2024-04-09", "2024-04-10", "2024-04-29"),
    "from": ("2024-04-12", "2024-04-13", "2024-04-20"),
    "to": ("2024-04-12", "2024-04-16", "2024-04-26"),
    "stock": ("0",),
    "promotion": ("Spring offer", "Spring offer", "Leaflet 17"),
    "kind": ("price cut", "price cut", "leaflet"),
    "what": ("closed", "holiday", "event"),
    "event": ("Stocktaking", "Whit Monday", "Town fair"),
    "open": ("no", "yes", "yes"),
}


def template_csv(table: str) -> str:
    """Return a table to fill in: the column names and three rows that show how.

    Args:
        table: Any kind of table with attributes: history, items, stock, ...

    Raises:
        UnknownNameError: where there is no such table.
    """
    shown = [a for a in attributes(table) if a.in_template]
    names = [a.name for a in shown]
    defaults = {a.name: a.default or "" for a in shown}
    rows = [[_example(name, i, defaults[name]) for name in names] for i in range(N_EXAMPLES)]
    return _csv([names, *rows])


def items_csv(items: Sequence[Item]) -> str:
    """Return an item master as CSV that ``read_items`` reads back to equal items."""
    frame = items_table(items)
    return _csv([list(frame.columns), *frame.values.tolist()])


def items_table(items: Sequence[Item]) -> pd.DataFrame:
    """Return an item master as a table of texts with the columns of the template.

    The column "assumed" names the attributes nobody gave. An exact lead-time distribution is
    not part of the table; its mean and spread are.
    """
    import pandas as pd

    extra = list(dict.fromkeys(name for item in items for name in item.extra))
    names = [*(a.name for a in attributes("items")), ASSUMED_COLUMN, *extra]
    return pd.DataFrame([_row(item) | dict(item.extra) for item in items], columns=names).fillna("")


def _row(item: Item) -> dict[str, str]:
    numbers = {
        "lead_time": item.lead_time.mean,
        "lead_time_sd": item.lead_time.sd,
        "holding_cost": item.costs.holding_cost,
        "stockout_cost": item.costs.stockout_cost,
        "fixed_cost": item.costs.fixed_cost,
        "unit_cost": item.costs.unit_cost,
        "price": math.inf if item.price is None else item.price,
        "min_order": item.rules.min_order,
        "pack_size": item.rules.pack_size,
        "max_order": item.rules.max_order,
        "max_stock": item.rules.max_stock,
        "review_period": float(item.rules.review_period),
    }
    texts = {
        "item": item.key.item,
        "location": item.key.location,
        "name": item.name,
        "supplier": item.supplier,
        "shortage": {1.0: "lost", 0.0: "backorder"}.get(item.lost_share) or repr(item.lost_share),
        ASSUMED_COLUMN: " ".join(sorted(item.assumed)),
    }
    return texts | {name: _number(value) for name, value in numbers.items()}


def _number(value: float) -> str:
    """Write a number so that it reads back exactly; no limit is an empty cell."""
    if math.isinf(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _example(name: str, row: int, default: str) -> str:
    shown = _EXAMPLES.get(name, (default,))
    return shown[row % len(shown)]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
