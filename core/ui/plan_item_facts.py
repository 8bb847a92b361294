"""What is known of the item's demand on its own page: badges, facts, unusual sales to answer."""

from __future__ import annotations

import streamlit as st

from core.domain import ItemKey
from core.services.one_offs import Answer, answers
from core.services.understanding import ItemFacts, Understanding
from core.services.unusual import Unusual, with_answers
from core.services.workspace import PlanData
from core.ui import data_unusual, state, words

_MOST = 6
_CALM = {"running", "seasonal"}
# The plan goes on from what was sold; whether an item is still wanted, the planner knows better.
_ENDING = {"dying", "silent", "gone"}


def known_facts(key: ItemKey) -> ItemFacts:
    """Return what is known of one item."""
    known = state.understanding()
    assert known is not None
    return known.of(key)


def unusual_of(key: ItemKey, data: PlanData) -> tuple[Unusual, ...]:
    """Return the item's unusual sales with what the planner said of them, latest first."""
    known = state.understanding()
    assert known is not None
    given = {
        stretch: said for stretch, said in answers(state.store()).items() if stretch.key == key
    }
    told = with_answers(known.unusual_of(key), given, data)
    return tuple(sorted(told, key=lambda each: each.stretch.first, reverse=True))


def badges(key: ItemKey) -> None:
    """Draw the item's classes, and where it stands in its life where that needs a look."""
    item = known_facts(key)
    st.badge(f"{item.cell} · {item.demand_class}", color="gray", icon=":material/category:")
    for each in item.states:
        if each != "running":
            colour = "gray" if each in _CALM else "orange"
            st.badge(each, color=colour, icon=":material/timeline:")  # type: ignore[arg-type]


def ending_words(key: ItemKey) -> None:
    """Say why an order of an item that may be at its end needs a second look."""
    item = known_facts(key)
    if item.state in _ENDING:
        st.markdown(f":orange[{words.escaped(item.state_why)} Is it still wanted?]")


def facts(key: ItemKey, data: PlanData) -> None:
    """Draw what is known of the item's demand, and its unusual sales with their buttons."""
    known, item = state.understanding(), known_facts(key)
    assert known is not None
    st.markdown("\n".join(f"- {line}" for line in fact_lines(item, known)))
    told = unusual_of(key, data)
    if told:
        st.markdown(f"**{words.plural(len(told), 'unusual sale')}**")
    for each in told[:_MOST]:
        _answer_row(each, data)
    if len(told) > _MOST:
        st.caption(f"The latest {_MOST} of {len(told)}; the Data page lists all.")


def fact_lines(item: ItemFacts, known: Understanding) -> tuple[str, ...]:
    """Say in a few lines how an item sells and where it stands."""
    period = known.period.value
    lines = [
        f"{item.share:.1%} of the value of all items ({known.valued_by}): class {item.abc}.",
        f"Sells {words.units(round(item.mean, 2))} a {period} while in stock; {item.demand_class}.",
    ]
    if item.xyz:
        lines.append(
            f"Its sales per {known.bucket} vary by {item.cv:.0%}, season taken out: "
            f"class {item.xyz}."
        )
    if item.n_out_of_stock:
        lines.append(f"Was out of stock for {words.plural(item.n_out_of_stock, period)} in all.")
    return (*lines, *(why for why in (item.state_why, item.season_why) if why))


def _answer_row(each: Unusual, data: PlanData) -> None:
    """Draw one unusual sale with the buttons that answer for it."""
    usual = words.units(round(each.usual, 1))
    against = f", usually {usual}" if each.usual == each.usual else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{data_unusual.when(each.stretch, data.period)}: sold "
            f"**{words.units(each.quantity)}**{against} · {data_unusual.SAID[each.answer]}",
            width="content",
        )
        for given, label in data_unusual.ANSWERS:
            if given is not each.answer:
                st.button(
                    label,
                    type="tertiary",
                    on_click=data_unusual.say,
                    args=((each.stretch,), given),
                    key=f"_item.unusual.{each.stretch.first}.{given}",
                    help=each.advice if given is Answer.ONE_OFF else None,
                )
