"""The charts of the Item page: where stock goes, what was sold, and what drives the order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.domain.period import Dates
from core.explain import Drivers
from core.services.colours import OTHERS
from core.services.explaining import DemandOutlook, StockOutlook
from core.services.forecasts import ForecastChart
from core.services.one_offs import Answer
from core.services.outlook_words import LOOK_AHEAD as LOOK_AHEAD
from core.services.outlook_words import LOOK_BACK as LOOK_BACK
from core.services.outlook_words import demand_words as demand_words
from core.services.outlook_words import stock_words as stock_words
from core.services.unusual import Unusual
from core.ui import charts, words

_DASHES = {"--": "dash", "-.": "dashdot", ":": "dot"}


def stock_fan(outlook: StockOutlook, shown: str) -> go.Figure:
    """Draw projected stock for one quantity, and below it how likely each period runs out.

    Above: median, band, levels, and what comes in.

    Args:
        outlook: Projections by label.
        shown: Label of the one to draw with its band; the others as median lines.
    """
    dates = outlook.chart.dates
    assert dates is not None
    chart = charts.figure(420, unit="units in stock")
    path = outlook.chart.paths[shown]
    charts.band(chart, dates, path.low, path.high, name="8 in 10 futures", colour=charts.AGENT)
    others = [label for label in outlook.chart.paths if label != shown]
    for place, label in enumerate(others):
        colour, stroke = OTHERS[place % len(OTHERS)]
        median = outlook.chart.paths[label].median
        charts.line(chart, dates, median, label, colour=colour, dash=_DASHES[stroke])
    charts.line(chart, dates, path.median, f"{shown} (middle)", colour=charts.AGENT)
    _arrivals(chart, outlook, shown, dates)
    levels = outlook.levels
    # Where a rule never orders, its levels lie far below anything that stock can be.
    if levels.is_known and levels.order_up_to_level > 0:
        highest = max([float(path.high.max()), *(units for _, units in outlook.open_orders)])
        _levels(chart, levels.reorder_point, levels.order_up_to_level, highest)
    _risk_strip(chart, outlook, shown, dates)
    return chart


def _risk_strip(chart: go.Figure, outlook: StockOutlook, shown: str, dates: Dates) -> None:
    """Draw on an axis of its own how many futures run out in each period."""
    risk = outlook.chart.paths[shown].stockout_risk
    chart.add_bar(
        x=dates,
        y=risk,
        yaxis="y2",
        name="Runs out, % of futures",
        marker={"color": charts.BAD},
        hovertemplate="%{y:.1%} of futures<extra>Runs out</extra>",
    )
    chart.update_layout(
        yaxis={"domain": [0.27, 1.0]},
        yaxis2={
            "domain": [0.0, 0.17],
            "range": [0.0, _top(float(risk.max()))],
            "tickformat": ".0%",
            "nticks": 3,
            "anchor": "x",
            "title": "runs out",
            "automargin": True,
        },
        xaxis={"anchor": "y2"},
    )


def _top(highest: float) -> float:
    """Return where the strip ends: a risk of 1 % is not to look like one of 100 %."""
    return next(top for top in (0.1, 0.25, 0.5, 1.0) if highest <= top)


def _levels(chart: go.Figure, point: float, level: float, highest: float) -> None:
    """Draw s and S, under one name where they lie too close for two."""
    s, up_to = f"s {words.units(point)}", f"S {words.units(level)}"
    # Names collide by the height of the whole axis, which a large order stretches.
    is_close = level - point < 0.08 * max(level, highest)
    charts.level(chart, point, "" if is_close else s)
    charts.level(chart, level, f"{up_to}, {s}" if is_close else up_to)


def _arrivals(chart: go.Figure, outlook: StockOutlook, shown: str, dates: Dates) -> None:
    first, last = dates[0], dates[-1]
    due = [(max(np.datetime64(day), first), units) for day, units in outlook.open_orders]
    due = [(day, units) for day, units in due if day <= last]
    width = 0.6 * 86_400_000 * float((dates[1] - dates[0]).astype(int))
    for name, bars, colour in (
        ("Open orders", due, charts.NEUTRAL),
        ("This order arrives", _today(outlook, shown), charts.YOU),
    ):
        if bars:
            chart.add_bar(
                x=[day for day, _ in bars],
                y=[units for _, units in bars],
                name=name,
                width=width,
                marker={"color": charts.faded(colour, 0.65)},
                hovertemplate="%{y:,.4~g}<extra>" + name + "</extra>",
            )
    chart.update_layout(barmode="stack")


def _today(outlook: StockOutlook, shown: str) -> list[tuple[np.datetime64, float]]:
    units = outlook.quantities[shown]
    return [(np.datetime64(outlook.arrival), units)] if units > 0 else []


def demand_history(
    demand: DemandOutlook,
    unusual: Sequence[Unusual] = (),
    forecast: ForecastChart | None = None,
) -> go.Figure:
    """Draw past sales with stock-outs shaded and unusual ones marked, and what is expected.

    Args:
        demand: Past and expected.
        unusual: Unusual sales of the item; one that is left out of demand is crossed.
        forecast: One that the plan does not stand on, to compare.
    """
    chart = charts.figure(420, unit="units")
    chart.update_xaxes(type="date")
    edges = np.append(demand.dates, demand.ahead[:1])
    for start, end in demand.stockouts:
        charts.shade(chart, edges[start], edges[end])
    if demand.stockouts:
        marker = {"color": charts.faded(charts.BAD, 0.4), "symbol": "square", "size": 12}
        chart.add_scatter(
            x=[None], y=[None], mode="markers", name="Out of stock or closed", marker=marker
        )
    charts.line(chart, demand.dates, demand.quantity, "Sold", colour=charts.NEUTRAL)
    out = ~demand.in_stock
    if out.any():
        chart.add_scatter(
            x=demand.dates[out],
            y=demand.wanted[out],
            mode="markers",
            name="Demand when out of stock, estimated",
            marker={"color": charts.BAD, "symbol": "circle-open", "size": 6},
        )
    charts.band(
        chart, demand.ahead, demand.low, demand.high, name="8 in 10 futures", colour=charts.AGENT
    )
    charts.line(chart, demand.ahead, demand.mean, "Expected demand", colour=charts.AGENT)
    if forecast is not None:
        _fan(chart, forecast)
    _returns(chart, demand)
    _promotions(chart, demand)
    _unusual(chart, demand, unusual)
    return chart


def _fan(chart: go.Figure, forecast: ForecastChart) -> None:
    """Draw a forecast beside what the plan expects: its mean, and the middle 80 %."""
    _, low, high = min(forecast.bands, key=lambda band: abs(band[0] - 0.8))
    charts.band(chart, forecast.ahead, low, high, name="Forecast, 8 in 10", colour=charts.YOU)
    charts.line(
        chart,
        forecast.ahead,
        forecast.mean,
        "Forecast, not in the plan",
        colour=charts.YOU,
        dash="dash",
    )


def forecast_words(forecast: ForecastChart | None) -> str:
    """Say what a forecast is there for that the plan does not stand on."""
    return "" if forecast is None else f" Beside it the forecast. {forecast.words}"


def _unusual(chart: go.Figure, demand: DemandOutlook, unusual: Sequence[Unusual]) -> None:
    """Mark unusual sales: a ring where they count as demand, a cross where they do not."""
    for is_out, name, symbol in (
        (False, "Unusual", "circle-open"),
        (True, "One-off, left out", "x"),
    ):
        own = [each for each in unusual if (each.answer is Answer.ONE_OFF) is is_out]
        at = [k for each in own for k in _places(demand.dates, each)]
        if at:
            chart.add_scatter(
                x=demand.dates[at],
                y=demand.quantity[at],
                name=name,
                mode="markers",
                marker={"color": charts.RULE, "symbol": symbol, "size": 10, "line": {"width": 2}},
                hovertemplate="%{y:,.4~g}<extra>" + name + "</extra>",
            )


def _places(dates: Dates, each: Unusual) -> range:
    """Return the places of an unusual sale among the dates; none where it lies before them."""
    first = int(np.searchsorted(dates, np.datetime64(each.stretch.first)))
    is_seen = first < len(dates) and dates[first] == np.datetime64(each.stretch.first)
    return range(first, min(first + each.stretch.n_periods, len(dates))) if is_seen else range(0)


def _returns(chart: go.Figure, demand: DemandOutlook) -> None:
    """Mark the periods in which units came back by a triangle on the ground line."""
    if demand.returned is None:
        return
    at = np.flatnonzero(demand.returned > 0)
    if at.size:
        chart.add_scatter(
            x=demand.dates[at],
            y=np.zeros(at.size),
            customdata=demand.returned[at],
            mode="markers",
            name="Returns",
            cliponaxis=False,
            marker={"color": charts.RULE, "symbol": "triangle-down", "size": 8},
            hovertemplate="%{customdata:,.4~g} came back<extra>Returns</extra>",
        )


def _promotions(chart: go.Figure, demand: DemandOutlook) -> None:
    """Mark the periods with a promotion by a diamond on what was sold, or is expected."""
    at = [place for place, name in enumerate(demand.promotions) if name]
    if not at:
        return
    dates, units = np.append(demand.dates, demand.ahead), np.append(demand.quantity, demand.mean)
    chart.add_scatter(
        x=dates[at],
        y=units[at],
        text=[demand.promotions[place] for place in at],
        mode="markers",
        name="Promotion",
        marker={"color": charts.YOU, "symbol": "diamond", "size": 8},
        hovertemplate="%{text}<extra>Promotion</extra>",
    )


def driver_bars(
    drivers: Drivers, other: Drivers | None, labels: tuple[str, str], *, is_weak: bool = False
) -> go.Figure:
    """Draw what moves the order away from a typical day's, in units.

    Args:
        drivers: Of the policy in use.
        other: Of the rule beside it, on the same typical days.
        labels: Names of the two.
        is_weak: Draw the first in grey: a check of it failed.
    """
    chart = charts.figure(90 + 46 * len(drivers.bars), legend=other is not None)
    groups = [bar.group for bar in drivers.bars]
    _bars(chart, drivers, groups, (labels[0], charts.NEUTRAL if is_weak else charts.AGENT))
    if other is not None:
        _bars(chart, other, groups, (labels[1], charts.RULE))
    chart.update_layout(
        barmode="group",
        hovermode="closest",
        xaxis={"title": "units more or less than on a typical day", "zeroline": True},
        yaxis={"title": "", "autorange": "reversed"},
    )
    return chart


def _bars(chart: go.Figure, drivers: Drivers, groups: list[str], look: tuple[str, str]) -> None:
    """Add one policy's bars; a bar whose sign is not sure is drawn hollow."""
    by_group = {bar.group: bar for bar in drivers.bars}
    bars = [by_group[group] for group in groups]
    name, colour = look
    chart.add_bar(
        orientation="h",
        y=groups,
        x=[bar.amount for bar in bars],
        error_x={
            "array": [bar.half_width for bar in bars],
            "thickness": 1,
            "color": charts.NEUTRAL,
        },
        name=name,
        marker={
            "color": [colour if bar.is_stable else charts.faded(colour, 0.12) for bar in bars],
            "line": {"color": colour, "width": 1.5},
        },
        hovertemplate="%{y}: %{x:+,.1f} units<extra>" + name + "</extra>",
    )
