"""The Policy map page: what would be ordered in every situation, and where two policies differ."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.domain import ItemKey
from core.explain import Grid, amount
from core.services.assortment import Assortment
from core.services.explaining import policies_of
from core.services.ordering import Ordering
from core.services.policy_map import AGENT, OrderMap, axes_of, order_map
from core.ui import charts, policy_map_charts, state
from core.ui.words import escaped

_FITS = {False: "as it stands", True: "found anew"}
_SHOWN = {"both": "Side by side", "difference": "Difference"}
_TABLE_ROWS, _TABLE_COLUMNS = 10, 11


def choose(label: str, options: Mapping[str, str], key: str, meaning: str = "") -> str:
    """Draw a choice of a few and return it; what can no longer be chosen falls back on the first.

    Args:
        label: What is chosen.
        options: Words by choice.
        key: Under which it is kept.
        meaning: More about it, on request.
    """
    if st.session_state.get(key) not in options:
        st.session_state[key] = next(iter(options))
    return str(
        st.segmented_control(
            label,
            list(options),
            format_func=options.__getitem__,
            key=key,
            required=True,
            help=meaning or None,
        )
    )


def the_map(assortment: Assortment, ordering: Ordering, key: ItemKey) -> None:
    """Draw the orders over stock and a second quantity."""
    own = policies_of(assortment, ordering, key)
    with st.container(horizontal=True, gap="medium"):
        axis = choose(
            "Stock on hand, and",
            axes_of(own.situation),
            "keep.policy_map.axis",
            "What varies beside the stock; all else stays as it is today.",
        )
        anew = axis != "due" and _is_anew(ordering)
        shown = "both"
        if own.agent is not None:
            shown = choose("Show", _SHOWN, "keep.policy_map.shown")
    found = map_of(key, axis, anew)
    st.markdown(f"**{escaped(found.words)}**")
    if shown == "difference":
        st.markdown(f"**{escaped(found.names[AGENT])} less {escaped(found.names[found.rule])}**")
        told = f"What the agent orders more or less than the rule. {found.words}"
        charts.show(policy_map_charts.difference_heat(found, AGENT), "policy_map.gap", told)
    else:
        _side_by_side(found)
    _notes(found, own.situation.on_order > 0)
    with st.expander("The same as a table", icon=":material/table:"):
        _tables(found)


def _is_anew(ordering: Ordering) -> bool:
    """Let the planner choose whether s and S stay or follow; only (s, S) can follow."""
    if ordering.baseline.name != "s_S":
        return False
    fits = {str(anew): words for anew, words in _FITS.items()}
    chosen = choose(
        "s and S",
        fits,
        "keep.policy_map.anew",
        "As it stands: today's s and S meet another situation; where demand has a season they move "
        "with it, as ever. Found anew: s and S are found "
        "by a quick search for every row of the map, as if the situation were there to stay.",
    )
    return chosen == str(True)


def _side_by_side(found: OrderMap) -> None:
    for place, (column, name) in enumerate(
        zip(st.columns(len(found.grid.orders), gap="medium"), found.grid.orders, strict=True)
    ):
        with column:
            st.markdown(f"**{escaped(found.names[name])}**")
            told = f"Orders of {found.names[name]} by colour. {found.words}"
            charts.show(policy_map_charts.order_heat(found, name), f"policy_map.{place}", told)


def _notes(found: OrderMap, has_orders: bool) -> None:
    parts = ["Each situation counts once, however rarely the item comes to it."]
    if found.grid.levels is not None:
        parts.append(
            "Lines: the rule orders at or left of s, and fills up to S; both less what is on order."
        )
    if found.grid.axis.label == "orders under way":
        parts.append(
            "They arrive in the same proportions as today's open orders."
            if has_orders
            else "Nothing is under way today: they are taken to arrive in half a lead time."
        )
    if found.is_anew:
        parts.append(
            "s and S of every row come from a quick search, so today's row may differ a little "
            "from the numbers in use."
        )
    st.caption(" ".join(parts))
    if found.caution:
        st.caption(f":orange[{escaped(found.caution)}]")


def _tables(found: OrderMap) -> None:
    for name in found.grid.orders:
        st.markdown(f"{escaped(found.names[name])}, units ordered")
        st.dataframe(
            table_of(found.grid, name),
            width="stretch",
            height="content",
            alt=f"Orders of {found.names[name]} by stock on hand and {found.grid.axis.label}",
        )


def table_of(grid: Grid, name: str) -> pd.DataFrame:
    """Return a map as a table: every few values of the second quantity and of the stock."""
    rows = range(0, len(grid.second), max(-(-len(grid.second) // _TABLE_ROWS), 1))
    columns = range(0, len(grid.on_hand), max(-(-len(grid.on_hand) // _TABLE_COLUMNS), 1))
    return pd.DataFrame(
        grid.orders[name][rows][:, columns],
        index=pd.Index(
            [amount(grid.second[row]) for row in rows],
            name=f"{grid.axis.label}, {grid.unit}",
        ),
        columns=[f"{grid.on_hand[column]:,.0f} on hand" for column in columns],
    )


def map_of(key: ItemKey, axis: str, anew: bool) -> OrderMap:
    """Return an item's map; worked out once per plan."""
    return _map(*state.of_plan(key), axis, anew)


@st.cache_resource(max_entries=200, show_spinner="Asking what would be ordered …")
def _map(home: str, fingerprint: str, label: str, axis: str, anew: bool) -> OrderMap:
    problems, plan = state.assortment(), state.ordering()
    assert problems is not None and plan is not None
    return order_map(problems, plan, ItemKey.parse(label), axis, anew=anew)
