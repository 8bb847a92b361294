"""Charts that every page draws the same way, in light and dark.

No chart sets a text colour or a ground: Streamlit's theme gives both. The house's colours stand
out from light and dark alike.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import numpy.typing as npt
import plotly.graph_objects as go
import streamlit as st

from core.services.colours import AGENT as AGENT
from core.services.colours import BAD as BAD
from core.services.colours import NEUTRAL as NEUTRAL
from core.services.colours import OTHER as OTHER
from core.services.colours import RULE as RULE
from core.services.colours import YOU as YOU

COLOURS = (AGENT, RULE, YOU, OTHER, BAD, NEUTRAL)

NO_TOOLBAR: dict[str, Any] = {"displayModeBar": False}


def figure(height: int = 320, *, unit: str = "", legend: bool = True) -> go.Figure:
    """Return an empty figure in the house style.

    Args:
        height: Pixels.
        unit: Title of the upright axis.
        legend: Whether to name the lines above the chart.
    """
    clear = "rgba(0,0,0,0)"
    return go.Figure(
        layout={
            "height": height,
            "margin": {"l": 0, "r": 8, "t": 34 if legend else 10, "b": 0},
            "paper_bgcolor": clear,
            "plot_bgcolor": clear,
            "hovermode": "x unified",
            "showlegend": legend,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "title": ""},
            "yaxis": {"title": unit, "automargin": True, "rangemode": "tozero"},
            "xaxis": {"automargin": True, "showgrid": False},
        }
    )


def show(chart: go.Figure, key: str, alt: str, on_select: Callable[[], None] | None = None) -> None:
    """Draw a chart over the full width, with words for those who cannot see it.

    Args:
        chart: What to draw.
        key: Of the widget.
        alt: The chart in words.
        on_select: Called when a point was clicked; the session holds it under the key.
    """
    st.plotly_chart(
        chart,
        width="stretch",
        key=key,
        config=NO_TOOLBAR,
        alt=alt,
        on_select=on_select or "ignore",
        selection_mode="points",
    )


def plain(text: str) -> str:
    """Write a planner's text so that a chart takes no sign in it for markup."""
    return html.escape(text, quote=False)


def faded(colour: str, strength: float = 0.2) -> str:
    """Return a see-through form of a "#rrggbb" colour."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength:g})"


def band(
    chart: go.Figure, x: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, **style: str
) -> None:
    """Add a band between two lines.

    Args:
        chart: Where.
        x: Common to both edges.
        low: Lower edge.
        high: Upper edge.
        style: ``name`` for the legend, ``colour``.
    """
    colour = style.get("colour", AGENT)
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    chart.add_scatter(x=x, y=high, showlegend=False, **edge)
    chart.add_scatter(
        x=x,
        y=low,
        fill="tonexty",
        fillcolor=faded(colour),
        name=style.get("name", "10 to 90 %"),
        showlegend=True,
        **edge,
    )


def line(chart: go.Figure, x: npt.ArrayLike, y: npt.ArrayLike, name: str, **style: str) -> None:
    """Add a line.

    Args:
        chart: Where.
        x: Where each point stands.
        y: Its height.
        name: For the legend.
        style: ``colour``; ``dash`` (solid, dash, dot); ``shape`` (linear, hv).
    """
    chart.add_scatter(
        x=x,
        y=y,
        name=name,
        mode="lines",
        line={
            "color": style.get("colour", AGENT),
            "dash": style.get("dash", "solid"),
            "shape": style.get("shape", "linear"),
            "width": 2,
        },
        hovertemplate="%{y:,.4~g}<extra>" + name + "</extra>",
    )


def level(chart: go.Figure, value: float, name: str, colour: str = NEUTRAL) -> None:
    """Add a level as a dashed line across, named to the right of the chart."""
    chart.add_hline(y=value, line={"color": colour, "dash": "dash", "width": 1})
    chart.add_annotation(
        x=1,
        y=value,
        xref="paper",
        text=name,
        showarrow=False,
        xanchor="left",
        xshift=4,
        font={"size": 12},
    )
    chart.update_layout(margin_r=max(chart.layout.margin.r or 0, 20 + 7 * len(name)))


def moment(chart: go.Figure, x: Any, name: str, colour: str = NEUTRAL) -> None:
    """Mark a moment by a dotted upright line with its name on top."""
    chart.add_shape(
        type="line",
        x0=x,
        x1=x,
        y0=0,
        y1=1,
        yref="paper",
        line={"color": colour, "dash": "dot", "width": 1.5},
    )
    chart.add_annotation(
        x=x, y=1, yref="paper", text=name, showarrow=False, xanchor="left", yanchor="top", xshift=4
    )


def shade(chart: go.Figure, start: Any, end: Any, colour: str = BAD) -> None:
    """Shade a stretch of time."""
    chart.add_vrect(x0=start, x1=end, fillcolor=faded(colour, 0.22), line={"width": 0})
