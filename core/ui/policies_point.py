"""Choosing a point of the frontier: what it would change, then setting the costs, with undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.domain import ItemKey, PlannerError
from core.services.cost_choice import CostChoice, cost_choice, set_costs
from core.services.importing import undo_import
from core.ui import components, frame, state, words
from core.ui.words import escaped

_SET = "policies.costs_set"
_SHOWN = (
    ("fill_rate", "Fill rate"),
    ("stocking_cost", "Holding + ordering"),
    ("stock_value", "Stock value"),
    ("cost", "Total cost, at today's costs"),
)


def _key(item: str | None) -> str:
    return f"policies.point.{item}"


def choose(chart: str, item: str | None) -> Callable[[], None]:
    """Return what a click on the chart does: it chooses the point that was clicked."""

    def clicked() -> None:
        points = st.session_state[chart].selection.points
        chosen = points[0].get("customdata") if points else None
        factor = chosen[0] if isinstance(chosen, list | tuple) else chosen
        if factor is not None:
            st.session_state[_key(item)] = None if factor == 1 else float(factor)

    return clicked


def choice(rows: Sequence[Mapping[str, Any]], label: str, name: str, item: str | None) -> None:
    """Let the planner choose a point of a curve, show what changes, and offer to set the costs.

    Args:
        rows: Of ``Frontier.rows``.
        label: Policy whose curve it is.
        name: That policy on screen.
        item: None for all.
    """
    curve = {row["multiplier"]: row for row in rows if row["label"] == label}
    if 1.0 not in curve:
        return
    if st.session_state.get(_key(item)) not in curve:
        st.session_state[_key(item)] = None
    factor = st.selectbox(
        "Choose a point, here or by a click on the chart",
        [factor for factor in curve if factor not in (None, 1.0)],
        index=None,
        format_func=lambda f: (
            f"stock-out cost × {f:g}: fill rate {words.percent(curve[f]['fill_rate'], 2)}"
        ),
        key=_key(item),
        placeholder="as it is",
    )
    problems = state.assortment()
    if factor is None or problems is None:
        return
    found = cost_choice(problems, factor, None if item is None else ItemKey.parse(item))
    with st.container(border=True):
        st.markdown(f"{escaped(found.words)}.")
        st.markdown(change_table(curve[1.0], curve[factor]))
        st.caption(f"{escaped(name)}, on the same test futures; 95 % intervals.")
        st.button(
            "Set these stock-out costs",
            type="primary",
            icon=":material/price_change:",
            on_click=_set,
            args=(found,),
            key="_policies.set_costs",
        )


def change_table(now: Mapping[str, Any], then: Mapping[str, Any]) -> str:
    """Write what a point changes: each measure now and then, with its interval."""
    rows = ["| | now | then |", "|:--|--:|--:|"]
    for measure, label in _SHOWN:
        write = _share if measure == "fill_rate" else words.money
        cells = (
            f"{write(row[measure])} ± {write(row[f'{measure}_half_width'])}" for row in (now, then)
        )
        rows.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _share(value: float) -> str:
    return words.percent(value, 2)


def _set(found: CostChoice) -> None:
    data = state.plan_data()
    if data is None:
        return
    try:
        record = set_costs(state.store(), data, found)
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    st.session_state[_SET] = (found.words, record.id)


def told() -> None:
    """Say what was set, as long as it is the last change, with the way back."""
    components.tell_news()
    said, number = st.session_state.get(_SET, ("", None))
    active = state.store().datasets.active("items")
    if number is None or active is None or active.id != number:
        return
    st.success(f"Set: {escaped(said)}. Orders use it from now on.", icon=":material/check_circle:")
    with st.container(horizontal=True):
        st.button("Undo", icon=":material/undo:", on_click=_undo, key="_policies.undo_costs")
        st.page_link(frame.COSTS_PAGE, label="See it on Costs & rules", icon=":material/tune:")


def _undo() -> None:
    try:
        undo_import(state.store(), "items")
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    st.session_state.pop(_SET, None)
    components.keep_news("The stock-out costs are as they were.")
