"""What is known of the item's demand on its own page: badges, facts, unusual sales to answer."""

from __future__ import annotations

import streamlit as st

from core.demand import YEARLY
from core.domain import ItemKey
from core.services.one_offs import Answer, answers
from core.services.understanding import SEASONAL, ItemFacts, Understanding
from core.services.unusual import Unusual, with_answers
from core.services.workspace import PlanData
from core.ui import data_understanding, data_unusual, state, words

_MOST = 6
_NOT_COUNTED = (
    " But this season is not proved on sales that the forecast had not seen, so the order does "
    "not count on it; the demand model below says by how much."
)
_CALM = {"running", SEASONAL}
_UNPROVED = "season not proved"
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
    st.badge(
        f"{item.cell} · {item.demand_class}",
        color="gray",
        icon=":material/category:",
        help=data_understanding.class_words(item),
    )
    for each in item.states:
        if each != "running":
            colour = "gray" if each in _CALM else "orange"
            told = _UNPROVED if each == SEASONAL and not _counts_on_season(key) else each
            st.badge(told, color=colour, icon=":material/timeline:")  # type: ignore[arg-type]


def _counts_on_season(key: ItemKey) -> bool:
    """Whether the demand model that orders rest on has a yearly pattern."""
    assortment = state.assortment()
    if assortment is None or key not in assortment.keys:
        return False
    return YEARLY in assortment.planned[assortment.row(key)].demand_label


def ending_words(key: ItemKey) -> None:
    """Say why an order of an item that may be at its end needs a second look."""
    item = known_facts(key)
    if item.state in _ENDING:
        st.markdown(f":orange[{words.escaped(item.state_why)} Is it still wanted?]")


def facts(key: ItemKey, data: PlanData) -> None:
    """Draw what is known of the item's demand, and its unusual sales with their buttons."""
    known, item = state.understanding(), known_facts(key)
    assert known is not None
    st.markdown("\n".join(f"- {line}" for line in fact_lines(item, known, _counts_on_season(key))))
    told = unusual_of(key, data)
    if told:
        st.markdown(f"**{words.plural(len(told), 'unusual sale')}**")
    for each in told[:_MOST]:
        _answer_row(each, data)
    if len(told) > _MOST:
        st.caption(f"The latest {_MOST} of {len(told)}; the Data page lists all.")


def fact_lines(
    item: ItemFacts, known: Understanding, counts_on_season: bool = True
) -> tuple[str, ...]:
    """Say in a few lines how an item sells, where it stands, and whether orders follow its season.

    Args:
        item: What is known of it.
        known: What is known of all.
        counts_on_season: Whether its demand model has a yearly pattern.
    """
    period = known.period.value
    lines = [
        f"{item.share:.1%} of the value of all items ({known.valued_by}): class {item.abc}.",
        f"Sold {words.units(round(item.mean, 2))} a {period} while in stock, since its first sale; "
        f"{item.demand_class}.",
    ]
    if item.xyz:
        lines.append(
            f"Its sales per {known.bucket} vary by {item.cv:.0%}, season taken out: "
            f"class {item.xyz}."
        )
    if item.n_out_of_stock:
        days = words.plural(item.n_out_of_stock, period)
        lines.append(f"Out of stock on {days} of the whole file, for all or part of them.")
    if item.season_why:
        lines.append(item.season_why + ("" if counts_on_season else _NOT_COUNTED))
    return (*lines, *([item.state_why] if item.state_why else ()))


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
