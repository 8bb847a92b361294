"""The charts of one item in words, the same on screen and in reports."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.domain import Period
from core.domain import wording as words
from core.explain import BeforeHelp
from core.services.explaining import DemandOutlook, StockOutlook
from core.services.workspace import PlanData

LOOK_BACK = {Period.DAY: 180, Period.WEEK: 104, Period.MONTH: 36}
LOOK_AHEAD = {Period.DAY: 42, Period.WEEK: 13, Period.MONTH: 6}


def stock_words(outlook: StockOutlook, shown: str) -> str:
    """Say the chart in words."""
    path, dates = outlook.chart.paths[shown], outlook.chart.dates
    assert dates is not None
    worst = int(np.argmax(path.stockout_risk))
    quantity = outlook.quantities[shown]
    ordered = f"{words.units(quantity)} are" if quantity else "nothing is"
    none = f"It runs out in none of {outlook.chart.n_paths:,} futures."
    likeliest = (
        f"Running out is likeliest on {words.day(dates[worst].item())}: "
        f"{words.percent(path.stockout_risk[worst])} of {outlook.chart.n_paths:,} futures are "
        "short then."
    )
    return (
        f"Projected stock from {words.day(dates[0].item())} to {words.day(dates[-1].item())} when "
        f"{ordered} ordered today. {likeliest if path.stockout_risk[worst] > 0 else none}"
    )


def before_words(before: BeforeHelp, data: PlanData) -> str:
    """Say how likely stock runs out before an order of today can come: no quantity changes it."""
    low, high = before.risk_range
    comes = words.day(data.period.first_day(data.today_index + before.n_periods))
    helpless = " Nothing ordered today helps; only a faster delivery does."
    return (
        f"Before an order of today can come ({comes}): runs out in {words.percent(before.risk)} "
        f"({words.percent(low)} to {words.percent(high)}) of {before.n_futures:,} futures, "
        f"whatever is ordered.{helpless if before.is_likely else ''}"
    )


def demand_words(demand: DemandOutlook, period: Period) -> str:
    """Say the chart in words."""
    out = int((~demand.in_stock).sum())
    sold = float(demand.quantity[demand.in_stock].mean()) if demand.in_stock.any() else 0.0
    lost = words.plural(round(float((demand.wanted - demand.quantity).sum())), "unit")
    shaded = (
        f", {words.plural(out, period.value)} out of stock or closed (shaded), when customers are "
        f"estimated to have wanted {lost} more than was sold"
        if out
        else ""
    )
    n = sum(map(bool, demand.promotions[: len(demand.dates)]))
    shaded += f", {words.plural(n, period.value)} with a promotion (diamonds)" if n else ""
    if demand.returned is not None and (back := round(float(demand.returned.sum()))):
        n = int((demand.returned > 0).sum())
        came = f"{words.plural(back, 'unit')} came back in {words.plural(n, period.value)}"
        shaded += f", {came} (triangles), taken off what was sold"
    return (
        f"Looking back {_window(demand.dates, period)}: sold {words.units(round(sold, 1))} a "
        f"{period.value} while in stock{shaded}. Looking ahead {_window(demand.ahead, period)}: "
        f"{words.units(round(float(demand.mean.mean()), 1))} a {period.value} expected."
    )


def _window(dates: npt.NDArray[np.datetime64], period: Period) -> str:
    """Name a window: "42 days, 14 Sep 2026 to 25 Oct 2026"; longer periods by their first day."""
    first, last = (words.day(day.item()) for day in (dates[0], dates[-1]))
    return f"{words.periods(len(dates), period)}, {first} to {last}"
