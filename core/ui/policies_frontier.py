"""Service against money: the (s, S) curve and where the other policies stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.evaluation import Frontier
from core.ui import charts

# As short as a phone is narrow.
MEASURES = {
    "stocking_cost": "Holding + ordering",
    "cost": "Total cost",
    "stock_value": "Stock value",
}


def frontier(
    traced: Frontier | None, names: Mapping[str, str], item: str | None, policy: str
) -> None:
    """Draw fill rate against money: the (s, S) curve and where the policies stand."""
    st.markdown("**Service against money**")
    if traced is None:
        st.caption("Not traced yet: 'Compare again' below traces it.")
        return
    st.session_state.setdefault("keep.policies.measure", "stocking_cost")
    measure = str(
        st.segmented_control(
            "Money is",
            list(MEASURES),
            key="keep.policies.measure",
            format_func=MEASURES.__getitem__,
            required=True,
            label_visibility="collapsed",
        )
    )
    rows = traced.rows(item)
    unit = "money" if measure == "stock_value" else f"money a {traced.contract.period or 'period'}"
    charts.show(
        frontier_chart(rows, names, measure, (MEASURES[measure], unit, policy)),
        f"policies.frontier.{item}",
        f"Fill rate against {MEASURES[measure].lower()}: (s, S) for rising stock-out costs, "
        "and the other policies as points",
    )
    if not any(row["label"] == policy for row in rows):
        st.caption(f"{names.get(policy, policy)} has none here yet: see 'Compare again'.")
    st.caption(
        "The line is (s, S) refitted for stock-out costs from × 0.125 to × 10 of yours. Right and "
        "low is better; bars are 95 % intervals. Click a grey name to show it, too."
    )


def frontier_chart(
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    measure: str,
    about: tuple[str, str, str],
) -> go.Figure:
    """Return fill rate against a measure.

    Args:
        rows: Of ``Frontier.rows``.
        names: What screens call policies.
        measure: Key of MEASURES.
        about: Title and unit of the money axis, and the policy looked at.
    """
    title, unit, policy = about
    chart = charts.figure(height=330, unit=f"{title}, {unit}")
    curve = [row for row in rows if row["multiplier"] is not None]
    chart.add_scatter(
        x=[row["fill_rate"] for row in curve],
        y=[row[measure] for row in curve],
        name="(s, S)",
        mode="lines+markers+text",
        line={"color": charts.RULE, "width": 2},
        text=["yours" if row["multiplier"] == 1 else "" for row in curve],
        textposition="top left",
        customdata=[row["multiplier"] for row in curve],
        hovertemplate="fill %{x:.2%}, %{y:,.4~g}"
        "<extra>(s, S), stock-out cost × %{customdata:g}</extra>",
    )
    others = [charts.OTHER, charts.NEUTRAL, charts.BAD]
    for row in rows:
        if row["multiplier"] is None:
            colour = charts.AGENT if row["label"] == policy else others.pop(0)
            _point(chart, row, names.get(row["label"], row["label"]), measure, colour)
            if row["label"] != policy:
                # One click away: a rule that is far off would press the curve flat.
                chart.data[-1].visible = "legendonly"
    chart.update_layout(hovermode="closest")
    chart.update_xaxes(title="fill rate", tickformat=".2%", nticks=6)
    chart.update_yaxes(rangemode="normal")
    return chart


def _point(chart: go.Figure, row: Mapping[str, Any], name: str, measure: str, colour: str) -> None:
    chart.add_scatter(
        x=[row["fill_rate"]],
        y=[row[measure]],
        error_x={"array": [row["fill_rate_half_width"]], "color": colour},
        error_y={"array": [row[f"{measure}_half_width"]], "color": colour},
        name=name,
        mode="markers",
        marker={"color": colour, "size": 12, "symbol": "diamond"},
        hovertemplate="fill %{x:.2%}, %{y:,.4~g}<extra>" + name + "</extra>",
    )
