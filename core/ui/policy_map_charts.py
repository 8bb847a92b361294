"""Pictures of the Policy map page: orders as colours, and the difference of two policies."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.explain import GROUPS, DriverSummary, Grid, amount
from core.services.policy_map import OrderMap
from core.ui import charts, words

_HEIGHT = 380
# Points drawn of each group; the means are over all.
MOST_POINTS = 400


def order_heat(found: OrderMap, name: str) -> go.Figure:
    """Draw what one policy orders, on the colour scale that all of the map share.

    Args:
        found: The map.
        name: Of the policy.
    """
    grid = found.grid
    top = max(float(orders.max()) for orders in grid.orders.values())
    scale = [[0.0, charts.faded(charts.AGENT, 0.04)], [1e-6, charts.faded(charts.AGENT, 0.22)]]
    chart = _heat(
        grid,
        grid.orders[name],
        {"colorscale": [*scale, [1.0, charts.AGENT]], "zmin": 0.0, "zmax": max(top, 1.0)},
        f"order %{{z:,.4~g}}<extra>{found.names[name]}</extra>",
    )
    _levels(chart, grid)
    _today(chart, grid)
    return chart


def difference_heat(found: OrderMap, agent: str) -> go.Figure:
    """Draw what the agent orders more (blue) or less (orange) than the rule."""
    grid = found.grid
    gap = grid.difference(agent, found.rule)
    most = max(float(np.abs(gap).max()), 1.0)
    scale = [
        [0.0, charts.RULE],
        [0.5, charts.faded(charts.NEUTRAL, 0.06)],
        [1.0, charts.AGENT],
    ]
    chart = _heat(
        grid,
        gap,
        {"colorscale": scale, "zmin": -most, "zmax": most},
        "%{z:+,.4~g} units<extra>more or less</extra>",
    )
    _levels(chart, grid)
    _today(chart, grid)
    return chart


def _heat(grid: Grid, values: object, colours: dict[str, object], told: str) -> go.Figure:
    chart = charts.figure(_HEIGHT)
    texts = [f"{grid.axis.label} {amount(value)} {grid.unit}" for value in grid.second]
    chart.add_heatmap(
        x=grid.on_hand,
        y=grid.second,
        z=values,
        customdata=np.repeat(np.array(texts)[:, None], len(grid.on_hand), axis=1),
        hovertemplate="%{x:,.4~g} units on hand, %{customdata}: " + told,
        colorbar={"title": "units", "thickness": 12, "outlinewidth": 0},
        **colours,
    )
    chart.update_layout(
        hovermode="closest",
        xaxis={"title": "units on hand", "range": _span(grid.on_hand)},
        yaxis={
            "title": f"{grid.axis.label}, {grid.unit}",
            "rangemode": "normal",
            "range": _span(grid.second),
        },
    )
    return chart


def _span(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
    """Return the edges of the outer cells."""
    half = float(values[1] - values[0]) / 2
    return [float(values[0]) - half, float(values[-1]) + half]


def _levels(chart: go.Figure, grid: Grid) -> None:
    """Draw s and S less what is on order: where the rule begins to order, and fills up to."""
    if grid.levels is None:
        return
    for name, line, dash in zip("sS", grid.levels, ("solid", "dash"), strict=True):
        inside = line >= 0
        if inside.any():
            chart.add_scatter(
                x=line[inside],
                y=grid.second[inside],
                name=name,
                mode="lines",
                line={"color": charts.RULE, "dash": dash, "width": 2},
                hovertemplate=f"{name}: %{{x:,.4~g}} on hand<extra></extra>",
            )


def _today(chart: go.Figure, grid: Grid) -> None:
    """Mark today; where it lies off the map, on its edge."""
    on_hand, value = grid.today
    is_off = on_hand > _span(grid.on_hand)[1]
    chart.add_scatter(
        x=[min(on_hand, grid.on_hand[-1])],
        y=[min(max(value, grid.second[0]), grid.second[-1])],
        name=f"today, {words.units(on_hand)} on hand" if is_off else "today",
        mode="markers",
        marker={
            "symbol": "triangle-right" if is_off else "circle",
            "size": 13,
            "color": charts.BAD,
            "line": {"color": "white", "width": 2},
        },
        hovertemplate=f"today: {words.units(on_hand)} units on hand<extra></extra>",
    )


def driver_points(found: DriverSummary, reach: float) -> go.Figure:
    """Draw how far each group of quantities moves every order, blue where the quantity is high.

    Args:
        found: Of one policy; groups that move nothing are left out.
        reach: Largest amount of all that stand side by side, for one scale.
    """
    ranking = [place for place in found.ranking if found.mean_sizes[place] > 0]
    chart = charts.figure(110 + 62 * max(len(ranking), 1), legend=False)
    rng = np.random.default_rng(0)
    for row, place in enumerate(ranking):
        chosen = np.linspace(0, found.n_states - 1, min(found.n_states, MOST_POINTS)).astype(int)
        heights = found.heights[chosen, place]
        chart.add_scatter(
            x=found.amounts[chosen, place],
            y=row + rng.uniform(-0.32, 0.32, len(chosen)),
            mode="markers",
            marker={
                "size": 5,
                "color": np.where(np.isfinite(heights), heights, 0.5),
                "cmin": 0.0,
                "cmax": 1.0,
                "colorscale": [[0.0, charts.RULE], [0.5, charts.NEUTRAL], [1.0, charts.AGENT]],
                "showscale": row == 0,
                "colorbar": _LOW_TO_HIGH,
            },
            hovertemplate=f"{GROUPS[place].label}: %{{x:+,.3~g}} {found.unit}<extra></extra>",
        )
    labels = [f"{GROUPS[k].label}<br>{amount(float(found.mean_sizes[k]))}" for k in ranking]
    chart.update_layout(
        hovermode="closest",
        xaxis={
            "title": f"{found.unit} more or less than typical",
            "range": [-1.05 * reach, 1.05 * reach],
        },
        yaxis={
            "title": "",
            "tickvals": list(range(len(ranking))),
            "ticktext": labels,
            "range": [len(ranking) - 0.4, -0.6],
            "showgrid": False,
        },
    )
    return chart


_LOW_TO_HIGH = {
    "tickvals": [0.0, 1.0],
    "ticktext": ["low", "high"],
    "thickness": 10,
    "outlinewidth": 0,
}
