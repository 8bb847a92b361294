"""Unusual sales on the Data page: what they are, and the planner's word on each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain import Period, PlannerError
from core.services.one_offs import Answer, Stretch, answer, answers
from core.services.unusual import Unusual, with_answers
from core.services.workspace import PlanData
from core.ui import components, state, words

_SHOWN_AT_MOST = 500
SAID = {Answer.ONE_OFF: "one-off: left out", Answer.REAL: "real: kept", None: "not answered"}
ANSWERS = (
    (Answer.ONE_OFF, "One-off: leave out"),
    (Answer.REAL, "Real: keep"),
    (None, "Take back"),
)
_ICONS = {
    Answer.ONE_OFF: ":material/remove_circle:",
    Answer.REAL: ":material/check:",
    None: ":material/undo:",
}
_DONE = {
    Answer.ONE_OFF: "left out of demand from now on. The file keeps them.",
    Answer.REAL: "kept as real demand.",
    None: "not answered any more: they count as demand.",
}


def section(data: PlanData) -> None:
    """Draw the list of unusual sales with the buttons that answer for those picked."""
    known = state.understanding()
    assert known is not None
    told = with_answers(known.unusual, answers(state.store()), data)
    if not told:
        st.caption("No sale is far above what its item's own demand explains.")
        return
    st.markdown(_summary(told))
    top = told[:_SHOWN_AT_MOST]
    picked = _table(top, data)
    _buttons([top[row].stretch for row in picked if row < len(top)])
    if len(told) > len(top):
        st.caption(f"The first {len(top):,} of {len(told):,}.")
    st.caption(
        "Marked where chance would bring so large a sale less than once in a thousand years, "
        "by the item's own level, season and spread. Nothing is left out until you say so."
    )


def _summary(told: Sequence[Unusual]) -> str:
    n_open = sum(each.answer is None for each in told)
    n_out = sum(each.answer is Answer.ONE_OFF for each in told)
    parts = [words.plural(len(told), "unusual sale")]
    parts += [f"{n_out:,} left out of demand"] if n_out else []
    parts += [f"{n_open:,} not answered: they count as demand"] if n_open else []
    return "**" + ", ".join(parts) + ".** Pick rows, then say what they were."


def _table(top: Sequence[Unusual], data: PlanData) -> list[int]:
    picked = st.dataframe(
        pd.DataFrame([row_of(each, data) for each in top]),
        hide_index=True,
        width="stretch",
        height="content" if len(top) <= 8 else 320,
        column_config={
            "Item": st.column_config.TextColumn(pinned=True),
            "Sold": components.units_column("Sold"),
            "Usually": components.units_column(
                "Usually", "For as many periods; of an item that seldom sells, a usual sale."
            ),
            "What to do": st.column_config.TextColumn(width=330),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key=f"_data.unusual.{hash(tuple((each.stretch, each.answer) for each in top))}",
        placeholder=words.NOTHING,
        alt="Unusual sales: item, when, how much, what is usual, what to do",
    )
    return list(picked.selection.rows)


def row_of(each: Unusual, data: PlanData) -> dict[str, object]:
    """Return one line of the list."""
    return {
        "Item": each.stretch.key.label,
        "When": when(each.stretch, data.period),
        "Sold": each.quantity,
        "Usually": each.usual if each.usual < 0.1 else round(each.usual, 1),
        "You said": SAID[each.answer],
        "What to do": each.advice,
    }


def when(stretch: Stretch, period: Period) -> str:
    """Write when: "4 May 2026", "4 May 2026, 3 days", "week of 4 May 2026"."""
    first = words.day(stretch.first)
    if period is Period.MONTH:
        first = f"{stretch.first:%b %Y}"
    elif period is Period.WEEK:
        first = f"week of {first}"
    more = stretch.n_periods
    return first if more == 1 else f"{first}, {more} {period.value}s"


def _buttons(stretches: Sequence[Stretch]) -> None:
    n = f" ({len(stretches)})" if stretches else ""
    with st.container(horizontal=True):
        for given, label in ANSWERS:
            st.button(
                f"{label}{n}",
                icon=_ICONS[given],
                disabled=not stretches,
                on_click=say,
                args=(tuple(stretches), given),
                key=f"_data.unusual.say.{given}",
            )


def say(stretches: Sequence[Stretch], given: Answer | None) -> None:
    """Keep an answer, and tell what it does."""
    try:
        answer(state.store(), stretches, given)
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    components.keep_news(f"{words.plural(len(stretches), 'unusual sale')} {_DONE[given]}")
