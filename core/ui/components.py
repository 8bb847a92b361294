"""Pieces that several pages draw: tiles, badges, the item picker, the choice of who decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.domain import ItemKey, Outcome, PlannerError, Status
from core.services.deciding import planner_name, set_planner_name
from core.services.ordering import (
    AGENT,
    AUTO,
    Ordering,
    choose_policy,
    policy_choices,
    who_decides,
)
from core.services.ordering import policy_label as policy_label
from core.ui import frame, state, words
from core.ui.words import escaped

STATUS_ICONS: Mapping[Status, str] = {
    Status.OUT_NOW: ":material/error:",
    Status.RUNS_OUT_FIRST: ":material/hourglass_bottom:",
    Status.ORDER_TODAY: ":material/shopping_cart:",
    Status.DATA_PROBLEM: ":material/help:",
    Status.TOO_MUCH_ON_ORDER: ":material/local_shipping:",
    Status.EXCESS: ":material/inventory_2:",
    Status.FINE: ":material/check:",
}
STATUS_COLOURS: Mapping[Status, str] = {
    Status.OUT_NOW: "red",
    Status.RUNS_OUT_FIRST: "orange",
    Status.ORDER_TODAY: "blue",
    Status.DATA_PROBLEM: "gray",
    Status.TOO_MUCH_ON_ORDER: "gray",
    Status.EXCESS: "gray",
    Status.FINE: "green",
}
_OUTCOMES: Mapping[Outcome, tuple[str, str]] = {
    Outcome.BETTER: ("green", ":material/trending_down:"),
    Outcome.WORSE: ("red", ":material/trending_up:"),
    Outcome.CANNOT_TELL: ("gray", ":material/drag_handle:"),
}
_MODES = {
    AUTO: "Automatic: the agent where it is proved better",
    AGENT: "The agent, for all items that it fits",
}
UNITS, MONEY = "%,.4g", "%,.2f"
# Pixels of a table: beside a name, for a letter of it, and the least and most of all.
_NAME_MARGIN, _NAME_SIGN, _NAME_WIDTHS = 20, 7, (90, 320)


def kpis(tiles: Sequence[tuple[str, str, str]]) -> None:
    """Draw a row of figures that wraps on a narrow screen; one that is not known says so.

    Args:
        tiles: Label, figure, and what it means.
    """
    with st.container(horizontal=True, gap="small"):
        for label, figure, meaning in tiles:
            known = None if figure != words.NOTHING else "not known"
            st.metric(
                label,
                figure,
                known,
                delta_color="off",
                delta_arrow="off",
                help=meaning,
                border=True,
                width=170,
            )


def verdict_badge(outcome: Outcome, text: str = "") -> None:
    """Draw a verdict as word, sign and colour."""
    colour, icon = _OUTCOMES[outcome]
    st.badge(text or outcome.value, icon=icon, color=colour)  # type: ignore[arg-type]


def status_badge(status: Status) -> None:
    """Draw where an item stands."""
    st.badge(status.value, icon=STATUS_ICONS[status], color=STATUS_COLOURS[status])  # type: ignore[arg-type]


def mode_label(mode: str) -> str:
    """Write a choice of who decides."""
    return _MODES.get(mode) or f"{policy_label(mode)}, for all items"


def policy_choice(ordering: Ordering) -> None:
    """Draw who decides, and let the planner change it."""
    key = f"_who_decides.{ordering.mode}"
    options = [mode for mode in policy_choices() if mode != AGENT or ordering.at_work is not None]
    if ordering.mode not in options:
        options.append(ordering.mode)
    st.selectbox(
        "Who decides",
        options,
        index=options.index(ordering.mode),
        format_func=mode_label,
        key=key,
        on_change=_choose,
        args=(key,),
        help="Automatic uses the agent only for items on which a paired test says it is better.",
        width=330,
    )


def policy_line(ordering: Ordering) -> str:
    """Say in words which policy decides for how many items."""
    return escaped(who_decides(ordering))


def item_picker(keys: Sequence[ItemKey], chosen: ItemKey, names: Mapping[ItemKey, str]) -> None:
    """Draw search box, previous and next; choosing an item changes the link, too.

    Args:
        keys: In the order to walk through.
        chosen: The one that is shown.
        names: What the items are called.
    """
    place = keys.index(chosen)
    box = f"_item.picked.{chosen.label}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Item",
            keys,
            index=place,
            format_func=lambda key: f"{key.label}  {names.get(key, '')}".strip(),
            key=box,
            on_change=_pick_from,
            args=(box,),
            width=380,
        )
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            disabled=place == 0,
            on_click=state.choose_item,
            args=(keys[max(place - 1, 0)],),
            shortcut="K",
            key="_item.previous",
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            disabled=place == len(keys) - 1,
            on_click=state.choose_item,
            args=(keys[min(place + 1, len(keys) - 1)],),
            shortcut="J",
            key="_item.next",
        )


def policy_map_link(key: ItemKey) -> None:
    """Draw the way to what would be ordered in every other situation of an item."""
    st.page_link(
        frame.POLICY_MAP_PAGE,
        label="What would be ordered in every other situation",
        icon=":material/grid_on:",
        query_params={"item": key.label},
    )


def planner_box() -> None:
    """Ask under which name decisions are kept."""
    key = "keep.planner"
    st.session_state.setdefault(key, planner_name(state.store()))
    st.text_input(
        "Decided by",
        key=key,
        max_chars=80,
        on_change=lambda: set_planner_name(state.store(), st.session_state[key]),
        help="Stands beside every decision in the log.",
        width=140,
    )


def keep_news(done: str = "", failed: PlannerError | None = None) -> None:
    """Remember what a button did, to be told by `tell_news` after the rerun."""
    st.session_state["news.done"], st.session_state["news.failed"] = done, failed


def tell_news() -> None:
    """Say once what the last press of a button did, or why it did nothing."""
    done = st.session_state.pop("news.done", "")
    failed = st.session_state.pop("news.failed", None)
    if done:
        st.toast(done, icon=":material/check_circle:")
    if isinstance(failed, PlannerError):
        frame.show_error(failed)


def units_column(label: str, meaning: str = "", **more: Any) -> Any:
    """Return the settings of a column of units."""
    return st.column_config.NumberColumn(label, help=meaning or None, format=UNITS, **more)


def money_column(label: str, meaning: str = "", **more: Any) -> Any:
    """Return the settings of a column of money."""
    return st.column_config.NumberColumn(label, help=meaning or None, format=MONEY, **more)


def name_column(names: Iterable[str]) -> Any:
    """Return the settings of a column of names, as wide as the longest of them needs."""
    longest = max(map(len, names), default=0)
    width = min(max(_NAME_MARGIN + _NAME_SIGN * longest, _NAME_WIDTHS[0]), _NAME_WIDTHS[1])
    return st.column_config.TextColumn("Name", disabled=True, width=width)


def day_column(label: str, meaning: str = "") -> Any:
    """Return the settings of a column of days."""
    return st.column_config.DateColumn(label, help=meaning or None, format="D MMM YYYY")


def _choose(key: str) -> None:
    choose_policy(state.store(), str(st.session_state[key]))


def _pick_from(box: str) -> None:
    state.choose_item(st.session_state[box])
