"""Charts on paper: SVG pictures that stand in the page itself, the same bytes every time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from core.services import colours
from core.services.explaining import DemandOutlook, StockOutlook

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDE, _HIGH = 3.5, 2.3
# What matplotlib would write about itself, and when.
_UNSAID = ("Date", "Creator", "Format", "Type")
# matplotlib's settings are one for the whole process, and pages run in threads.
_drawing = Lock()
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "path",
    "text.parse_math": False,  # a name with $ signs is no formula
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": colours.NEUTRAL,
    "axes.linewidth": 0.6,
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "legend.frameon": False,
    "legend.fontsize": 7.5,
}


def stock_svg(outlook: StockOutlook, shown: str) -> str:
    """Draw projected stock for one quantity, the others beside it.

    Args:
        outlook: Projections by label.
        shown: Label of the one with its band.
    """
    dates = outlook.chart.dates
    assert dates is not None
    path = outlook.chart.paths[shown]

    def draw(axes: Axes) -> None:
        axes.fill_between(
            dates,
            path.low,
            path.high,
            color=colours.AGENT,
            alpha=0.22,
            linewidth=0,
            label="8 in 10 futures",
        )
        others = [label for label in outlook.chart.paths if label != shown]
        for place, label in enumerate(others):
            colour, style = colours.OTHERS[place % len(colours.OTHERS)]
            median = outlook.chart.paths[label].median
            axes.plot(dates, median, style, color=colour, lw=1, label=label)
        axes.plot(dates, path.median, color=colours.AGENT, lw=1.3, label=f"{shown} (middle)")
        _arrivals(axes, outlook, shown)
        _levels(axes, outlook)
        axes.set_ylabel("units in stock")

    return _svg(draw, "stock")


def _arrivals(axes: Axes, outlook: StockOutlook, shown: str) -> None:
    dates = outlook.chart.dates
    assert dates is not None
    first, last = dates[0], dates[-1]
    width = 0.6 * float((dates[1] - dates[0]).astype(int))
    due = [(max(np.datetime64(day), first), units) for day, units in outlook.open_orders]
    today = [(np.datetime64(outlook.arrival), outlook.quantities[shown])]
    for label, bars, colour in (
        ("Open orders", due, colours.NEUTRAL),
        ("This order arrives", today, colours.YOU),
    ):
        seen = [(day, units) for day, units in bars if day <= last and units > 0]
        if seen:
            days, units = zip(*seen, strict=True)
            axes.bar(days, units, width=width, color=colour, alpha=0.65, label=label)


def _levels(axes: Axes, outlook: StockOutlook) -> None:
    """Draw s and S; where a rule never orders they lie far below anything that stock can be."""
    levels = outlook.levels
    if levels.is_known and levels.order_up_to_level > 0:
        # Where the two lie close, one name stands below its line and the other above.
        for name, value, side in (
            ("s", levels.reorder_point, "top"),
            ("S", levels.order_up_to_level, "bottom"),
        ):
            axes.axhline(value, color=colours.NEUTRAL, lw=0.7, ls="--")
            axes.annotate(
                name, (1.005, value), xycoords=("axes fraction", "data"), va=side, fontsize=7.5
            )


def demand_svg(demand: DemandOutlook) -> str:
    """Draw past sales, stock-outs and promotions, and what is expected."""

    def draw(axes: Axes) -> None:
        edges = np.append(demand.dates, demand.ahead[:1])
        for place, (start, end) in enumerate(demand.stockouts):
            label = "" if place else "Out of stock or closed"
            axes.axvspan(
                edges[start], edges[end], color=colours.BAD, alpha=0.22, lw=0, label=label or None
            )
        axes.plot(demand.dates, demand.quantity, color=colours.NEUTRAL, lw=0.8, label="Sold")
        axes.fill_between(
            demand.ahead,
            demand.low,
            demand.high,
            color=colours.AGENT,
            alpha=0.22,
            linewidth=0,
            label="8 in 10 futures",
        )
        axes.plot(demand.ahead, demand.mean, color=colours.AGENT, lw=1.3, label="Expected demand")
        _promotions(axes, demand)
        if demand.returned is not None and (back := demand.returned > 0).any():
            at = demand.dates[back]
            zero = np.zeros(at.size)
            axes.plot(at, zero, "v", color=colours.RULE, ms=3, clip_on=False, label="Returns")
        axes.set_ylabel("units")

    return _svg(draw, "demand")


def _promotions(axes: Axes, demand: DemandOutlook) -> None:
    at = [place for place, name in enumerate(demand.promotions) if name]
    if at:
        dates = np.append(demand.dates, demand.ahead)
        units = np.append(demand.quantity, demand.mean)
        axes.plot(dates[at], units[at], "D", color=colours.YOU, ms=3, label="Promotion")


def bars_svg(rows: Sequence[tuple[str, float]], title: str, colour: str, salt: str) -> str:
    """Draw lying bars, the largest on top.

    Args:
        rows: Name and amount.
        title: Of the axis below.
        colour: Of the bars.
        salt: Another for every chart of a page, so that no two parts share a name.
    """

    def draw(axes: Axes) -> None:
        places = range(len(rows))
        axes.barh(places, [amount for _, amount in rows], color=colour, height=0.65)
        axes.set_yticks(places, [_short(name) for name, _ in rows])
        axes.invert_yaxis()
        axes.set_xlabel(title)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.locator_params(axis="x", integer=True)
        axes.tick_params(axis="y", length=0)

    return _svg(draw, salt)


def _short(name: str) -> str:
    return name if len(name) <= 22 else name[:21] + "…"


def _svg(draw: Callable[[Axes], None], salt: str) -> str:
    # Imported here: it takes a second, and most pages never need it.
    from matplotlib import rc_context
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure

    # Names inside the picture come from the salt, not from chance: the same chart, the same bytes.
    with _drawing, rc_context({**_SETTINGS, "svg.hashsalt": f"quartermaster {salt}"}):
        figure = Figure(figsize=(_WIDE, _HIGH), layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        if axes.xaxis.get_converter() is not None:
            locator = AutoDateLocator(minticks=3, maxticks=6)  # type: ignore[no-untyped-call]
            axes.xaxis.set_major_locator(locator)
            form = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]
            axes.xaxis.set_major_formatter(form)
        if axes.get_legend_handles_labels()[0]:
            axes.set_ylim(bottom=min(axes.get_ylim()[0], 0))
            figure.legend(loc="outside upper left", ncols=2, handlelength=1.4, columnspacing=1.0)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata=dict.fromkeys(_UNSAID))
    # Its comments repeat every name that is drawn, which may come from a planner's file.
    whole = re.sub(r"<!--.*?-->", "", text.getvalue(), flags=re.DOTALL)
    return whole[whole.index("<svg") :]
