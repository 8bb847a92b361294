"""The learning curve: an agent's cost against the (s, S) line while it learns."""

from __future__ import annotations

import plotly.graph_objects as go

from core.services.training_watch import LearningCurve
from core.ui import charts, words

# A curve that shoots up is cut here, or the (s, S) line would be lost at the bottom.
_TOP = 100.0


def show_curve(curve: LearningCurve, job_id: int) -> None:
    """Draw the curve of a training; nothing before the agent was first tried."""
    if not curve.ratio:
        return
    charts.show(curve_chart(curve), f"agent.curve.{job_id}", curve_words(curve))


def curve_chart(curve: LearningCurve) -> go.Figure:
    """Draw cost against (s, S) over time, with (s, S) as the line at 0 %."""
    chart = charts.figure(280, unit="Cost against (s, S), %")
    times = list(curve.elapsed_s)
    now, best = ([100 * (value - 1) for value in row] for row in (curve.ratio, curve.best))
    chart.add_scatter(
        x=times,
        y=now,
        name="Agent now",
        mode="lines+markers",
        line={"color": charts.faded(charts.AGENT, 0.6), "width": 1.5},
        marker={"size": 5},
        hovertemplate="%{y:+.1f} %",
    )
    chart.add_scatter(
        x=times,
        y=best,
        name="Best so far",
        mode="lines",
        line={"color": charts.AGENT, "width": 3, "shape": "hv"},
        hovertemplate="%{y:+.1f} %",
    )
    end = max(times[-1], 10.0)
    chart.add_scatter(
        x=[0, end],
        y=[0, 0],
        name="(s, S)",
        mode="lines",
        line={"color": charts.RULE, "width": 2, "dash": "dash"},
        hovertemplate="%{y:.0f} %",
    )
    low, high = min([*now, *best, 0.0]), min(max([*now, 0.0]), _TOP)
    edge = max(1.0, 0.08 * (high - low))
    chart.update_yaxes(range=[low - edge, high + edge], rangemode="normal")
    chart.update_xaxes(title="Seconds of training", range=[0, end])
    return chart


def against(ratio: float | None) -> str:
    """Say what a cost against (s, S) means: "2.7% cheaper than (s, S)"."""
    if ratio is None:
        return "not measured against (s, S)"
    if abs(ratio - 1) < 0.0005:
        return "as dear as (s, S)"
    return f"{words.percent(abs(ratio - 1))} {'cheaper' if ratio < 1 else 'dearer'} than (s, S)"


def curve_words(curve: LearningCurve) -> str:
    """Say the curve in words, for those who cannot see it."""
    return (
        f"Learning curve: after {words.duration(curve.elapsed_s[-1])} the agent is "
        f"{against(curve.ratio[-1])}, the best so far {against(curve.best[-1])}"
    )
