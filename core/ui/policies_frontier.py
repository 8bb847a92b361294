"""Service against money: the curves of (s, S) and the agent, and where the planner stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.domain import ItemKey
from core.evaluation import Frontier
from core.services.baselines import BASELINE
from core.services.comparing import agent_label
from core.services.practice import Practice, todays_practice
from core.ui import charts, policies_point, state, words
from core.ui.words import escaped

# As short as a phone is narrow.
MEASURES = {
    "stocking_cost": "Holding + ordering",
    "cost": "Total cost",
    "stock_value": "Stock value",
}


@dataclass(frozen=True, eq=False)
class Look:
    """How a frontier is looked at.

    Args:
        names: What screens call policies, by label.
        policy: Label of the one set against (s, S).
        here: Label of the one that decides today, for most items.
        decides: What to add about who decides; empty for nothing.
        measure: Key of MEASURES.
        period: Word for a period.
        practice: Today's practice, as far as files tell it.
    """

    names: Mapping[str, str]
    policy: str
    here: str
    decides: str
    measure: str
    period: str
    practice: Practice

    def name(self, label: str) -> str:
        """Return a policy's name on screen."""
        return self.names.get(label, label)

    @property
    def money(self) -> str:
        """Title of the money axis."""
        unit = "money" if self.measure == "stock_value" else f"money a {self.period}"
        return f"{MEASURES[self.measure]}, {unit}"


def frontier(
    traced: Frontier | None, names: Mapping[str, str], item: str | None, policy: str
) -> None:
    """Draw fill rate against money, and let the planner choose a point."""
    if traced is None:
        st.caption("Service against money is not drawn yet: 'Compare again' below draws it.")
        return
    st.markdown("**Service against money**")
    st.session_state.setdefault("keep.policies.measure", "stocking_cost")
    measure = st.segmented_control(
        "Money is",
        list(MEASURES),
        key="keep.policies.measure",
        format_func=MEASURES.__getitem__,
        required=True,
        label_visibility="collapsed",
    )
    rows = drawn_rows(traced, item)
    period = traced.contract.period or "period"
    practice = _practice(_mark(), item)
    look = Look(names, policy, *_here(rows, item), str(measure), period, practice)
    charts.show(
        frontier_chart(rows, look),
        f"policies.frontier.{item}",
        f"Fill rate against {MEASURES[str(measure)].lower()} for rising stock-out costs: "
        + "; ".join(f"{look.name(r['label'])} {words.percent(r['fill_rate'], 2)}" for r in rows),
        on_select=policies_point.choose(f"policies.frontier.{item}", item),
    )
    st.caption(" ".join(captions(rows, traced.rows(item), look)))
    st.caption(practice_words(practice, period))
    policies_point.choice(rows, look.here, look.name(look.here), item)


def drawn_rows(traced: Frontier, item: str | None) -> list[dict[str, Any]]:
    """Return the points to draw: none where another policy stands in for most of the items."""
    n = len(traced.items) if item is None else 1
    return [row for row in traced.rows(item) if 2 * row["n_outside"] < n]


def _mark() -> str:
    problems = state.assortment()
    assert problems is not None
    return f"{state.store().home} {problems.data.fingerprint} {problems.fingerprint}"


@st.cache_resource(max_entries=50, show_spinner=False)
def _practice(mark: str, item: str | None) -> Practice:
    problems = state.assortment()
    assert problems is not None
    return todays_practice(problems, None if item is None else ItemKey.parse(item))


def _here(rows: Sequence[Mapping[str, Any]], item: str | None) -> tuple[str, str]:
    """Return the label of the policy that decides today, for most items, and what to add."""
    plan = state.ordering()
    if plan is None or plan.at_work is None:
        return BASELINE, ""
    label = agent_label(plan.at_work.record)
    used = [
        proposal.policy == plan.at_work.policy.name
        for proposal in plan.proposals
        if proposal.policy != "none" and item in (None, proposal.key.label)
    ]
    is_drawn = any(row["label"] == label for row in rows)
    here = label if is_drawn and 2 * sum(used) > len(used) else BASELINE
    if sum(used) in (0, len(used)):
        return here, ""
    return here, f"Today the agent decides for {sum(used)} of {len(used)} items, (s, S) otherwise."


def captions(
    rows: Sequence[Mapping[str, Any]], everything: Sequence[Mapping[str, Any]], look: Look
) -> list[str]:
    """Say what the chart shows, and what it cannot show and why."""
    told = [
        "Each line is a policy made for stock-out costs from × 0.125 to × 10 of yours, all charged "
        "at yours. Right and low is better; bars are 95 % intervals."
    ]
    told += _of_policy(rows, everything, look)
    return [*told, look.decides] if look.decides else told


def _of_policy(
    rows: Sequence[Mapping[str, Any]], everything: Sequence[Mapping[str, Any]], look: Look
) -> list[str]:
    """Say why the policy looked at has one point only, none, or not all of them."""
    name = escaped(look.name(look.policy))
    own = [row for row in everything if row["label"] == look.policy]
    if not own:
        return [f"{name} has none here yet: see 'Compare again'."]
    if all(row["multiplier"] is None for row in own):
        return [f"{name} was made for your costs as they are, so it is one point."]
    drawn = {row["multiplier"] for row in rows if row["label"] == look.policy}
    left_out = [f"× {row['multiplier']:g}" for row in own if row["multiplier"] not in drawn]
    told = []
    if left_out:
        told.append(
            f"{name} was not made for so dear or cheap stock-outs as {', '.join(left_out)}."
        )
    most = max((row["n_outside"] for row in rows if row["label"] == look.policy), default=0)
    if most:
        told.append(
            f"For up to {words.plural(most, 'item')} it was not made for, (s, S) stands in."
        )
    return told


def practice_words(practice: Practice, period: str) -> str:
    """Say what was practised until now, and what is not known of it."""
    value = (
        "stock today is not known"
        if practice.stock_value is None
        else f"stock today is worth {words.money(practice.stock_value)}"
    )
    if practice.fill_rate is None:
        return f"Until now: your files do not say when stock ran out, so no fill rate; {value}."
    return (
        f"Until now: {words.percent(practice.fill_rate, 2)} of estimated demand was served over "
        f"the last {words.plural(practice.n_periods, period)}; {value}. What past stock cost is "
        "not known."
    )


def frontier_chart(rows: Sequence[Mapping[str, Any]], look: Look) -> go.Figure:
    """Return fill rate against a measure.

    Args:
        rows: Of ``Frontier.rows``.
        look: Measure, names, and who decides.
    """
    chart = charts.figure(height=360, unit=look.money)
    colours = {BASELINE: charts.RULE, look.policy: charts.AGENT}
    for label in dict.fromkeys(row["label"] for row in rows if row["multiplier"] is not None):
        own = [row for row in rows if row["label"] == label and row["multiplier"] is not None]
        _curve(chart, own, look, colours.get(label, charts.OTHER))
    others = [charts.OTHER, charts.NEUTRAL, charts.BAD]
    for row in rows:
        if row["multiplier"] is None:
            colour = charts.AGENT if row["label"] == look.policy else others.pop(0)
            _point(chart, row, look, colour)
    _until_now(chart, look)
    chart.update_layout(hovermode="closest", clickmode="event+select")
    chart.update_xaxes(title="fill rate", tickformat=".2%", nticks=6)
    chart.update_yaxes(rangemode="normal")
    return chart


def _curve(chart: go.Figure, own: Sequence[Mapping[str, Any]], look: Look, colour: str) -> None:
    name, is_here = look.name(own[0]["label"]), own[0]["label"] == look.here
    chart.add_scatter(
        x=[row["fill_rate"] for row in own],
        y=[row[look.measure] for row in own],
        error_x={"array": [row["fill_rate_half_width"] for row in own], "color": colour},
        error_y={"array": [row[f"{look.measure}_half_width"] for row in own], "color": colour},
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": 2},
        marker={"size": 9},
        customdata=[row["multiplier"] for row in own],
        hovertemplate="fill %{x:.2%}, %{y:,.4~g}"
        "<extra>" + name + ", stock-out cost × %{customdata:.3~g}</extra>",
    )
    for row in own:
        if is_here and row["multiplier"] == 1:
            _mark_here(chart, row["fill_rate"], row[look.measure], colour)


def _mark_here(chart: go.Figure, x: float, y: float, colour: str) -> None:
    chart.add_scatter(
        x=[x],
        y=[y],
        mode="markers",
        name="You are here",
        marker={"symbol": "circle-open", "size": 20, "color": colour, "line": {"width": 3}},
        hoverinfo="skip",
    )


def _point(chart: go.Figure, row: Mapping[str, Any], look: Look, colour: str) -> None:
    name = look.name(row["label"])
    chart.add_scatter(
        x=[row["fill_rate"]],
        y=[row[look.measure]],
        error_x={"array": [row["fill_rate_half_width"]], "color": colour},
        error_y={"array": [row[f"{look.measure}_half_width"]], "color": colour},
        name=name,
        mode="markers",
        marker={"color": colour, "size": 12, "symbol": "diamond"},
        hovertemplate="fill %{x:.2%}, %{y:,.4~g}<extra>" + name + "</extra>",
        # One click away: a rule that is far off would press the curves flat.
        visible=True if row["label"] == look.policy else "legendonly",
    )


def _until_now(chart: go.Figure, look: Look) -> None:
    """Mark today's practice: a point where stock value is shown, else only its fill rate."""
    fill, value = look.practice.fill_rate, look.practice.stock_value
    if fill is None:
        return
    fills = [x for trace in chart.data if trace.visible is None for x in trace.x]
    # Far off, it would press the curves flat: then it is one click away.
    is_near = min(fills) - fill <= max(max(fills) - min(fills), 0.01)
    visible = True if is_near else "legendonly"
    if look.measure == "stock_value" and value is not None:
        chart.add_scatter(
            x=[fill],
            y=[value],
            mode="markers",
            name="Until now",
            marker={"color": charts.YOU, "size": 12, "symbol": "star"},
            hovertemplate="fill %{x:.2%}, stock today %{y:,.4~g}<extra>Until now</extra>",
            visible=visible,
        )
    elif look.measure != "stock_value":
        chart.add_scatter(
            x=[fill, fill],
            y=_height(chart),
            mode="lines",
            name="Until now (cost not known)",
            line={"color": charts.YOU, "dash": "dot", "width": 2},
            hovertemplate="fill %{x:.2%}, cost not known<extra>Until now</extra>",
            visible=visible,
        )


def _height(chart: go.Figure) -> list[float]:
    values = [
        value
        for trace in chart.data
        if trace.visible is True or trace.visible is None
        for value in trace.y
    ]
    return [min(values), max(values)]
