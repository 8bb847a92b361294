"""The gaps to the best possible orders, problem by problem, as a chart."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from core.services.baselines import BASELINE
from core.services.textbook import BASE_STOCK, GENERALIST, TRAINED, Study
from core.services.textbook_summary import standing
from core.ui import charts
from core.ui.how_good import COLOURS, NAMES, gap_words

# Gaps beyond the edge are drawn at it, with their number: one far-off rule must not press the
# others flat.
_LEAST_EDGE, _LARGEST_EDGE = 5.0, 30.0
# Symbols and sizes that can be told apart where they lie on each other.
_MARKS = {
    BASE_STOCK: ("circle-open", 18),
    BASELINE: ("square-open", 13),
    TRAINED: ("diamond", 9),
    GENERALIST: ("triangle-up-open", 14),
}


def show_gaps(study: Study) -> None:
    """Draw the chart."""
    found = standing(study, TRAINED)
    mean = "not known" if found is None else f"{gap_words(found.mean)} on average"
    st.markdown("**Problem by problem**")
    charts.show(
        gap_chart(study),
        f"how_good.gaps.{study.run_id}",
        "Cost above the best possible on every problem, for each rule and agent; the trained "
        f"agent: {mean}",
    )


def gap_chart(study: Study) -> go.Figure:
    """Return one line per problem, with a mark for everyone at its gap to the optimum."""
    chart = charts.figure(height=110 + 52 * len(study.rows))
    edge = _edge(study)
    labels = ["<br>".join(row.task.lines) for row in study.rows]
    for who in study.contenders:
        _marks(chart, study, labels, (who, edge))
    chart.update_layout(hovermode="closest", legend_itemclick=False, legend_itemdoubleclick=False)
    chart.update_xaxes(
        title="cost above the best possible, %",
        range=[-0.03 * edge, 1.04 * edge],
        showgrid=True,
        zeroline=True,
    )
    chart.update_yaxes(autorange="reversed", title="", tickfont={"size": 11}, showgrid=True)
    return chart


def _edge(study: Study) -> float:
    others = [who for who in study.contenders if who != BASE_STOCK]
    gaps = [gap for row in study.rows for who in others if (gap := row.gap(who)) is not None]
    return min(max(_LEAST_EDGE, 115 * max(gaps, default=0.0)), _LARGEST_EDGE)


def _marks(chart: go.Figure, study: Study, labels: list[str], of: tuple[str, float]) -> None:
    who, edge = of
    symbol, size = _MARKS[who]
    points = [
        (100 * gap, label)
        for row, label in zip(study.rows, labels, strict=True)
        if (gap := row.gap(who)) is not None
    ]
    chart.add_scatter(
        x=[min(gap, edge) for gap, _ in points],
        y=[label for _, label in points],
        name=NAMES[who],
        mode="markers+text",
        marker={
            "symbol": symbol,
            "size": size,
            "color": COLOURS[who],
            "line": {"width": 2, "color": COLOURS[who]},
        },
        text=[f"{gap:.0f}% →" if gap > edge else "" for gap, _ in points],
        textposition="middle left",
        customdata=[gap_words(gap / 100) for gap, _ in points],
        hovertemplate="%{y}: %{customdata}<extra>" + NAMES[who] + "</extra>",
        cliponaxis=False,
    )
