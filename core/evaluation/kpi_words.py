"""How each key figure is called, measured, written and added up over items: the one table.

Screens, the command line and reports take labels, units and formats from here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain import Period

Floats = npt.NDArray[np.float64]
PerItem = Mapping[str, Floats]
"""Key figures by name, shape [n_items] each; with "demand", units per period."""


@dataclass(frozen=True, slots=True)
class KpiWord:
    """One key figure in planners' words.

    Args:
        name: Field of ``Kpis``.
        label: What screens call it.
        unit: Unit of the shown value; ``{period}`` stands for day, week or month.
        better: "lower", "higher" or "" where neither is.
        format: Python format of the shown value.
        description: One sentence.
        over_items: How items make a whole; a name in OVER_ITEMS.
    """

    name: str
    label: str
    unit: str
    better: str
    format: str
    description: str
    over_items: str

    def unit_for(self, period: Period | None) -> str:
        """Return the unit with the period filled in."""
        return self.unit.format(period=_period_word(period), **_long_units(period))

    def shown(self, value: float, period: Period | None) -> float:
        """Turn the simulator's value (per period, in periods) into the shown one."""
        return value * _FACTORS.get(self.name, _no_factor)(period)

    def text(self, value: float, period: Period | None) -> str:
        """Write the shown value of a simulator's value."""
        shown = self.shown(value, period)
        # "100.0%" beside a stock-out cost would read as a mistake.
        is_nearly_all = self.format == ".1%" and 0.995 <= shown < 1.0
        return f"{min(shown, 0.9999):.2%}" if is_nearly_all else format(shown, self.format)


def _no_factor(period: Period | None) -> float:
    return 1.0


_FACTORS: dict[str, Callable[[Period | None], float]] = {
    "turnover": lambda period: 1.0 if period is None else period.per_year,
    "cover": lambda period: 1.0 if period is None else period.days,
}


def _period_word(period: Period | None) -> str:
    return "period" if period is None else str(period.value)


def _long_units(period: Period | None) -> dict[str, str]:
    if period is None:
        return {"year": "period", "days": "periods"}
    return {"year": "year", "days": "days"}


def _weighted(values: Floats, weights: Floats) -> float:
    """Weighted mean; the plain one where nothing weighs anything."""
    total = weights.sum()
    return float(values @ weights / total) if total > 0 else float(values.mean())


OVER_ITEMS: dict[str, Callable[[Floats, PerItem], float]] = {
    "sum": lambda values, _: float(values.sum()),
    "mean": lambda values, _: float(values.mean()),
    "by demand": lambda values, item: _weighted(values, item["demand"]),
    "by stock value": lambda values, item: _weighted(values, item["stock_value"]),
    "by orders": lambda values, item: _weighted(values, item["orders"]),
    "by shortages": lambda values, item: _weighted(values, item["stockout_frequency"]),
}
"""Ways to make one number of many items' numbers."""

_WORDS = (
    KpiWord(
        "cost",
        "Total cost",
        "money/{period}",
        "lower",
        ",.2f",
        "Holding, ordering and stock-out cost together.",
        "sum",
    ),
    KpiWord(
        "holding_cost",
        "Holding cost",
        "money/{period}",
        "lower",
        ",.2f",
        "Cost of the stock on hand at the end of each period.",
        "sum",
    ),
    KpiWord(
        "ordering_cost",
        "Ordering cost",
        "money/{period}",
        "lower",
        ",.2f",
        "Fixed cost of the orders placed.",
        "sum",
    ),
    KpiWord(
        "stockout_cost",
        "Stock-out cost",
        "money/{period}",
        "lower",
        ",.2f",
        "Cost of units lost or owed to customers.",
        "sum",
    ),
    KpiWord(
        "fill_rate",
        "Fill rate",
        "",
        "higher",
        ".1%",
        "Share of the units demanded that were served from stock at once.",
        "by demand",
    ),
    KpiWord(
        "cycle_service_level",
        "Cycle service level",
        "",
        "higher",
        ".1%",
        "Share of replenishment cycles (from delivery to delivery) without a shortage.",
        "mean",
    ),
    KpiWord(
        "stockout_frequency",
        "Stock-out frequency",
        "",
        "lower",
        ".1%",
        "Share of periods in which something was short.",
        "mean",
    ),
    KpiWord(
        "stockout_severity",
        "Stock-out severity",
        "units",
        "lower",
        ",.1f",
        "Units short in a period with a shortage, on average.",
        "by shortages",
    ),
    KpiWord(
        "backorders",
        "Backorders",
        "units",
        "lower",
        ",.1f",
        "Units owed to customers at the end of a period, on average.",
        "sum",
    ),
    KpiWord(
        "on_hand",
        "Stock on hand",
        "units",
        "lower",
        ",.1f",
        "Units in stock at the end of a period, on average.",
        "sum",
    ),
    KpiWord(
        "orders",
        "Orders",
        "orders/{period}",
        "",
        ",.2f",
        "Orders placed per period.",
        "sum",
    ),
    KpiWord(
        "order_size",
        "Order size",
        "units/order",
        "",
        ",.1f",
        "Units per order, on average.",
        "by orders",
    ),
    KpiWord(
        "turnover",
        "Turnover",
        "turns/{year}",
        "higher",
        ",.1f",
        "How often the average stock is sold in a year.",
        "by stock value",
    ),
    KpiWord(
        "cover",
        "Cover",
        "{days}",
        "",
        ",.1f",
        "How long the average stock lasts at the average demand.",
        "by demand",
    ),
    KpiWord(
        "stock_value",
        "Average stock value",
        "money",
        "lower",
        ",.0f",
        "Average stock on hand at unit cost.",
        "sum",
    ),
)

KPI_WORDS: dict[str, KpiWord] = {word.name: word for word in _WORDS}
"""Every key figure by its name in ``Kpis``, in the order in which screens show them."""


def over_items(name: str, per_item: PerItem) -> float:
    """Return one key figure over all items, in the simulator's own unit."""
    return OVER_ITEMS[KPI_WORDS[name].over_items](per_item[name], per_item)


def kpi_row(name: str, values: Mapping[str, float], period: Period | None) -> dict[str, Any]:
    """Return one row for a table: the words, and the shown value and text of every policy.

    Args:
        name: Field of ``Kpis``.
        values: Simulator's value by policy.
        period: Of the history; None leaves everything per period.
    """
    word = KPI_WORDS[name]
    return {
        "kpi": name,
        "label": word.label,
        "unit": word.unit_for(period),
        "better": word.better,
        "format": word.format,
        "description": word.description,
        "values": {policy: word.shown(value, period) for policy, value in values.items()},
        "texts": {policy: word.text(value, period) for policy, value in values.items()},
    }
