"""What becomes of a comparison: a scenario put into the plan, and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from core.domain import Period, PlannerError
from core.services import what_if_cards as kept
from core.services.currency import money_unit
from core.services.exporting import FORMATS
from core.services.importing import can_undo, undo_import
from core.services.what_if_export import comparison_file
from core.services.what_if_outcome import Outcome, Question
from core.services.what_if_promote import Promotion, plan_part, promote, promotion, rest
from core.services.what_if_results import order_changes
from core.services.what_if_scenario import Scenario
from core.ui import costs, downloads, frame, state, words

_DONE, _FAILED, _UNDO = "what_if.promoted", "what_if.promote_failed", "what_if.may_undo"


def told() -> None:
    """Say once what was put into the plan, and offer the way back while it is the last change."""
    done, failed = st.session_state.pop(_DONE, None), st.session_state.pop(_FAILED, None)
    if isinstance(failed, PlannerError):
        frame.show_error(failed)
    if done:
        st.success(words.escaped(done), icon=":material/check_circle:")
    mark = st.session_state.get(_UNDO)
    active = state.store().datasets.active("items")
    is_last = mark is not None and active is not None and active.id == mark
    if is_last and can_undo(state.store(), "items"):
        st.button(
            "Take it back out of the plan",
            icon=":material/undo:",
            key="what_if.undo",
            on_click=_undo,
        )


def bar(asked: Question, found: Sequence[Outcome], outcome: Outcome, policy: str) -> None:
    """Offer to put a scenario into the plan, and the comparison as a file."""
    period = asked.assortment.data.period
    with st.container(horizontal=True):
        if st.button("Put it into the plan …", key="what_if.promote", icon=":material/publish:"):
            _dialog(asked, found[0], outcome)
        for kind, form in FORMATS.items():
            downloads.button(
                form.label,
                partial(comparison_file, found, policy, period, kind, money_unit(state.store())),
                f"what-if{form.suffix}",
                mime=form.mime,
                key=f"what_if.file.{kind}",
                help="Key figures with differences and intervals, orders, assumptions.",
            )


@st.dialog("Put it into the plan", width="large")
def _dialog(asked: Question, base: Outcome, outcome: Outcome) -> None:
    data, scenario = asked.assortment.data, outcome.scenario
    try:
        found = promotion(data, asked.keys, scenario)
    except PlannerError as error:
        frame.show_error(error)
        return
    for why in found.left_out:
        st.caption(f"Stays an assumption: {why}")
    if not found.changes:
        st.info("The plan has no place for what this scenario changes, so nothing would be saved.")
        return
    _difference(found, data.period)
    n = len(order_changes(base, outcome, len(outcome.orders)))
    if plan_part(scenario) == scenario:
        st.caption(
            f"{words.plural(n, 'order')} of today would change: see the list on the page. The plan "
            "then searches s and S anew, so quantities may differ a little."
        )
    if found.problems:
        costs.problems_table(found.problems)
        return
    if st.button(
        f"Save {words.plural(len(found.changes), 'change')}",
        type="primary",
        key="what_if.save",
        on_click=_promote,
        args=(asked, scenario),
    ):
        st.rerun()


def _difference(found: Promotion, period: Period) -> None:
    n = len({change.key for change in found.changes})
    values = words.plural(len(found.changes), "value")
    st.markdown(
        f"**{words.escaped(found.scenario.name)}** changes {values} of {words.plural(n, 'item')}; "
        f"costs and times per {period.value}:"
    )
    costs.changes_table(found.changes, {item.key: item for item in found.items})


def _promote(asked: Question, scenario: Scenario) -> None:
    """Save, and leave on the card only what the plan has no place for."""
    store = state.store()
    try:
        data = state.plan_data()
        if data is None:
            return
        record = promote(store, data, asked.keys, scenario)
        left = rest(scenario)
        now = [
            replace(left, name=one.name) if one.name == scenario.name else one
            for one in kept.cards(store)
        ]
        kept.set_cards(store, [one for one in now if one.changes])
    except PlannerError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state[_UNDO] = record.id
    st.session_state[_DONE] = (
        f"{scenario.name} is in the plan. Orders and comparisons use it from now on; other "
        "scenarios stand on the new plan."
    )


def _undo() -> None:
    try:
        undo_import(state.store(), "items")
    except PlannerError as error:
        st.session_state[_FAILED] = error
        return
    st.session_state.pop(_UNDO, None)
    st.session_state[_DONE] = "Taken back: costs, rules and lead times are as they were."
