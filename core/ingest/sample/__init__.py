"""The sample: two years of an outdoor shop, made from a seed and the same on every machine.

Hidden customers want 40 goods with a level, a trend, a season, weekdays, promotions and chance;
a plain reorder rule serves them. The history shows only what was sold: on out-of-stock days
that is less than was wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.ingest.sample.catalog import Good, goods
from core.ingest.sample.customers import Wishes, wishes
from core.ingest.sample.shop import Books, run_shop

if TYPE_CHECKING:
    import pandas as pd

END = date(2026, 9, 13)
N_DAYS = 730
HOLDING_SHARE_PER_YEAR = 0.25
GOODWILL_SHARE = 0.1

__all__ = ["END", "SampleFiles", "make_sample", "write_sample"]


@dataclass(frozen=True, eq=False)
class SampleFiles:
    """The four tables of the sample, with the columns of the templates.

    Args:
        history: One row per item and day, and one more for returns; a column ``promotion``.
        items: Costs per day, lead times in days.
        stock: On hand at the end of the last day.
        open_orders: Ordered and not yet delivered.
    """

    history: pd.DataFrame
    items: pd.DataFrame
    stock: pd.DataFrame
    open_orders: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Name of the template -> table."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def make_sample(seed: int = 7, end: date = END) -> SampleFiles:
    """Make the sample: 40 items over two years of days.

    Args:
        seed: Another seed gives other customers for the same goods.
        end: Last day of the history; also the day of the stock.
    """
    import pandas as pd

    last = np.datetime64(end, "D")
    days = np.arange(last - np.timedelta64(N_DAYS - 1, "D"), last + np.timedelta64(1, "D"))
    shop = goods()
    seeds = np.random.SeedSequence(seed).spawn(2 * len(shop))
    history, stock, orders = [], [], []
    for i, good in enumerate(shop):
        wanted = wishes(good, days, np.random.default_rng(seeds[2 * i]))
        books = run_shop(good, wanted, np.random.default_rng(seeds[2 * i + 1]))
        history.append(_history(good, days, wanted, books))
        stock.append({"item": good.item, "on_hand": books.on_hand})
        orders += [
            {"item": good.item, "quantity": quantity, "due": str(days[0] + due)}
            for quantity, due in books.open_orders
        ]
    by_day = pd.concat(history).sort_values(["date", "item"], kind="stable", ignore_index=True)
    items = pd.DataFrame([_master(good) for good in shop])
    return SampleFiles(by_day, items, pd.DataFrame(stock), pd.DataFrame(orders))


def write_sample(folder: str | Path, seed: int = 7, end: date = END) -> tuple[Path, ...]:
    """Write the four tables as CSV files into a folder, and return their paths."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in make_sample(seed, end).tables().items():
        path = folder / f"{name}.csv"
        text = table.to_csv(index=False, lineterminator="\n")
        path.write_bytes(text.encode("utf-8"))
        paths.append(path)
    return tuple(paths)


def _history(good: Good, days: np.ndarray, wanted: Wishes, books: Books) -> pd.DataFrame:
    """One row per day from the launch on, and one per day with returns."""
    import pandas as pd

    sales = pd.DataFrame(
        {
            "date": days.astype(str),
            "item": good.item,
            "quantity": books.sold,
            "in_stock": np.where(books.in_stock, "yes", "no"),
            "promotion": np.where(wanted.promotion, "yes", ""),
        }
    )
    first = len(days) - good.launched if good.launched is not None else 0
    back = sales[wanted.returns > 0].assign(
        quantity=-wanted.returns[wanted.returns > 0], in_stock="yes", promotion=""
    )
    return pd.concat([sales.iloc[first:], back])


def _master(good: Good) -> dict[str, object]:
    """One row of the item master; costs are per day."""
    margin = good.price - good.unit_cost
    return {
        "item": good.item,
        "name": good.name,
        "supplier": good.supplier.name,
        "lead_time": good.supplier.lead_time,
        "lead_time_sd": good.supplier.lead_time_sd,
        "holding_cost": round(HOLDING_SHARE_PER_YEAR / 365.25 * good.unit_cost, 6),
        "stockout_cost": round(margin + GOODWILL_SHARE * good.price, 2),
        "fixed_cost": good.supplier.fixed_cost,
        "unit_cost": good.unit_cost,
        "price": good.price,
        "min_order": good.min_order,
        "pack_size": good.pack_size,
        "review_period": 1,
        "shortage": "lost",
    }
