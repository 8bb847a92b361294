"""What the Item page is made of: the item, its sentence, deciding, and where stock goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain import ItemKey, PlannerError
from core.services.assortment import Assortment
from core.services.deciding import (
    REASONS,
    Adjustment,
    adjust,
    approve,
    quantity_problem,
    reject,
    undo,
)
from core.services.meanwhile import Seen, seen_of
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering
from core.ui import charts, components, frame, plan_item_charts, plan_item_facts, state, words
from core.ui.plan_item_numbers import position_of
from core.ui.plan_item_tabs import Case
from core.ui.words import escaped


def walk_order(ordering: Ordering) -> tuple[ItemKey, ...]:
    """Return all items: those that need something first, most money at risk first."""
    needy = [line.proposal.key for line in ordering.work.lines]
    known = set(needy)
    return (*needy, *(p.key for p in ordering.proposals if p.key not in known))


def choose(assortment: Assortment, ordering: Ordering) -> ItemKey:
    """Draw the picker; return the item of the link, else the one with most money at risk."""
    keys = walk_order(ordering)
    key = state.chosen_item(keys) or keys[0]
    state.choose_item(key)
    names = {item.key: item.name for item in assortment.data.items}
    components.item_picker(keys, key, names)
    return key


def cannot_be_planned(assortment: Assortment, key: ItemKey) -> None:
    """Say why there is no order to explain."""
    frame.empty(
        f"{escaped(key.label)} cannot be planned: {escaped(assortment.unplannable[key])}",
        frame.DATA_PAGE,
        "Look at the data",
    )


def head(case: Case) -> None:
    """Draw the sentence, with where the item stands and whether the reasons were checked."""
    explanation, proposal = case.explanation, case.line.proposal
    with st.container(border=True):
        if case.line.record is not None:
            st.markdown(f"#### {escaped(decided_words(case.line))}")
            st.markdown(f"The proposal: {escaped(explanation.sentence)}")
        else:
            what, why = explanation.headline
            st.markdown(f"#### {escaped(what)}")
            st.markdown(escaped(why))
        with st.container(horizontal=True):
            components.status_badge(proposal.status)
            st.badge(f"in use: {escaped(components.policy_label(proposal.policy))}", color="blue")
            colour, icon = ("green", "verified") if explanation.is_sound else ("orange", "warning")
            told = f"explanation {explanation.badge}"
            st.badge(told, color=colour, icon=f":material/{icon}:")  # type: ignore[arg-type]
            if explanation.learned is not None and explanation.learned.adds_nothing:
                st.badge("the agent adds nothing here", icon=":material/info:", color="gray")
            plan_item_facts.badges(case.line.key)
            if case.line.record is not None:
                st.badge(_decided(case.line), icon=":material/task_alt:", color="green")
        plan_item_facts.ending_words(case.line.key)


def _decided(line: OrderLine) -> str:
    assert line.record is not None
    decision = line.record.decision
    return f"{line.decision} {words.units(line.quantity)} by {escaped(decision.planner)}"


def decided_words(line: OrderLine) -> str:
    """Say what was decided, beside what was proposed."""
    assert line.record is not None
    decision, proposed = line.record.decision, words.units(line.proposal.order_quantity)
    said = (
        f"{decision.planner} ordered {words.units(line.quantity) if line.quantity else 'nothing'}"
    )
    if line.quantity == line.proposal.order_quantity:
        return f"{said}, as proposed."
    why = f" ({decision.reason.lower()})" if decision.reason else ""
    return f"{said} instead of {proposed}{why}."


def decide(case: Case, quantity: float | None) -> None:
    """Draw the buttons: approve, order one's own quantity, reject, take back.

    Args:
        case: The item.
        quantity: The planner's number; None where she typed none.
    """
    line, ordering = case.line, case.ordering
    key = line.key
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if quantity is None or (line.record is not None and quantity == line.quantity):
            pass  # Nothing to order, or it is ordered already.
        elif quantity == line.proposal.order_quantity:
            st.button(
                f"Approve {words.units(quantity)}",
                type="primary",
                icon=":material/check:",
                shortcut="A",
                on_click=_approve,
                args=(ordering, key, seen_of([line])),
                key="_item.approve",
            )
        else:
            problem = quantity_problem(quantity, line.item, position_of(case))
            _adjust_form(case, quantity, blocked=problem is not None)
        _reject_form(ordering, key, seen_of([line]))
        if line.record is not None:
            st.button(
                "Take back",
                icon=":material/undo:",
                on_click=_undo,
                args=(line.record.number,),
                key="_item.undo",
            )
        components.planner_box()


def _adjust_form(case: Case, quantity: float, *, blocked: bool) -> None:
    key = case.line.key
    reason = st.selectbox(
        "What do you know?", REASONS, index=None, key=f"_item.reason.{key.label}", width=220
    )
    note = st.text_input("Note", key=f"_item.note.{key.label}", max_chars=500, width=220)
    st.button(
        f"Order {words.units(quantity)} instead",
        type="primary",
        icon=":material/edit:",
        disabled=blocked or reason is None,
        on_click=_adjust,
        args=(
            case.assortment,
            case.ordering,
            {key: Adjustment(quantity, reason or "", note)},
            seen_of([case.line]),
        ),
        key="_item.adjust",
    )


def _reject_form(ordering: Ordering, key: ItemKey, seen: Seen) -> None:
    with st.popover("Reject", icon=":material/block:", key="_item.reject"):
        reason = st.selectbox("Reason", REASONS, index=None, key="_item.reject.reason")
        note = st.text_input("Note", key="_item.reject.note", max_chars=500)
        st.button(
            "Order nothing",
            type="primary",
            disabled=reason is None,
            on_click=_reject,
            args=(ordering, key, (reason or "", note), seen),
            key="_item.reject.really",
        )


def outlook(case: Case, quantity: float | None) -> None:
    """Draw projected stock for the planner's number, and past and expected demand."""
    key, period = case.line.key, case.assortment.data.period
    if quantity is None or quantity_problem(quantity, case.line.item, position_of(case)):
        quantity = case.line.proposal.order_quantity
    demand = state.demand_ahead(
        key, plan_item_charts.LOOK_BACK[period], plan_item_charts.LOOK_AHEAD[period]
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Where stock goes**")
        ahead = state.stock_ahead(key, quantities_of(case, quantity))
        shown = _shown(case, ahead.quantities, quantity)
        told = plan_item_charts.stock_words(ahead, shown)
        charts.show(plan_item_charts.stock_fan(ahead, shown), "item.stock", told)
        st.caption(f"{told} From the next chance on, the policy in use orders.{_levels(case)}")
    with right:
        st.markdown("**What was sold, and what is expected**")
        told = plan_item_charts.demand_words(demand, period)
        odd = plan_item_facts.unusual_of(key, case.assortment.data)
        fan = state.forecast_beside(key)
        charts.show(plan_item_charts.demand_history(demand, odd, fan), "item.demand", told)
        st.caption(told + plan_item_charts.forecast_words(fan))


def _levels(case: Case) -> str:
    """Say why no levels are drawn where the agent decides."""
    if case.explanation.policy == case.ordering.baseline.name:
        return ""
    return " The agent has no fixed levels s and S: none are drawn."


def _shown(case: Case, quantities: Mapping[str, float], quantity: float) -> str:
    """Let the planner choose whose quantity is drawn with its fan: hers first."""
    own = next(label for label, units in quantities.items() if units == quantity)
    if len(quantities) == 1:
        return own
    # A new number is shown at once, whatever was chosen before.
    key = f"_item.shown.{case.line.key.label}.{quantity:g}"
    return str(
        st.segmented_control(
            "Show what happens with",
            list(quantities),
            default=own,
            format_func=lambda label: f"{label}: {words.units(quantities[label])}",
            key=key,
            required=True,
            label_visibility="collapsed",
        )
    )


def quantities_of(case: Case, quantity: float) -> Mapping[str, float]:
    """Return the quantities worth drawing, by label, each once: the planner's first."""
    proposal = case.line.proposal
    wanted: Sequence[tuple[str, float | None]] = (
        ("As proposed", proposal.order_quantity),
        ("Your quantity", quantity),
        ("Agent", proposal.agent_quantity if case.is_agent_heard else None),
        (case.rule, proposal.baseline_quantity),
        ("No order", 0.0),
    )
    found: dict[str, float] = {}
    for label, units in wanted:
        if units is not None and units not in found.values():
            found[label] = units
    return found


def _approve(ordering: Ordering, key: ItemKey, seen: Seen) -> None:
    try:
        approve(state.store(), ordering, [key], seen)
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    components.keep_news(f"{key.label} approved.")


def _adjust(
    assortment: Assortment, ordering: Ordering, wishes: Mapping[ItemKey, Adjustment], seen: Seen
) -> None:
    try:
        adjust(state.store(), assortment, ordering, wishes, seen)
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    components.keep_news("Your quantity is saved.")


def _reject(ordering: Ordering, key: ItemKey, why: tuple[str, str], seen: Seen) -> None:
    try:
        reject(state.store(), ordering, [key], why, seen)
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    components.keep_news(f"{key.label} rejected.")


def _undo(number: int) -> None:
    try:
        undo(state.store(), [number])
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    components.keep_news("The decision is undone.")
