"""What the Item page is made of: the item, its sentence, three numbers, and deciding."""

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
from core.services.explaining import try_words
from core.services.meanwhile import Seen, seen_of
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering
from core.ui import charts, components, frame, plan_item_charts, plan_item_facts, state, words
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
        st.markdown(f"#### {escaped(explanation.sentence)}")
        with st.container(horizontal=True):
            components.status_badge(proposal.status)
            st.badge(f"in use: {escaped(components.policy_label(proposal.policy))}", color="blue")
            colour, icon = ("green", "verified") if explanation.is_sound else ("orange", "warning")
            st.badge(explanation.badge, color=colour, icon=f":material/{icon}:")  # type: ignore[arg-type]
            plan_item_facts.badges(case.line.key)
            if case.line.record is not None:
                st.badge(_decided(case.line), icon=":material/task_alt:", color="green")
        plan_item_facts.ending_words(case.line.key)


def _decided(line: OrderLine) -> str:
    assert line.record is not None
    decision = line.record.decision
    return f"{line.decision} {words.units(line.quantity)} by {escaped(decision.planner)}"


def three_numbers(case: Case) -> float:
    """Draw what the agent, the rule and the planner order; return the planner's number."""
    found, proposal = case.explanation.why_not, case.line.proposal
    agent, rule, you = st.columns(3, border=True)
    with agent:
        heard = case.is_agent_heard
        _number(
            f"Agent {case.agent}".strip(),
            (proposal.agent_quantity, proposal.agent_raw_quantity) if heard else (None, None),
            None if found is None else found.quantity_risk,
        )
        if not heard:
            st.caption(_unheard(case))
    with rule:
        _number(
            case.rule,
            (proposal.baseline_quantity, proposal.baseline_raw_quantity),
            None if found is None else found.reference_risk,
        )
    with you:
        return _your_number(case)


def _number(label: str, quantities: tuple[float | None, float | None], risk: float | None) -> None:
    ordered, raw = quantities
    st.metric(escaped(label), words.units(ordered))
    if ordered is None:
        return
    at_risk = (
        ""
        if risk is None
        else (f"; from the day it is due, runs out in {words.percent(risk, 0)} of futures")
    )
    st.caption(f"{words.units(raw)} before pack and minimum{at_risk}")


def _unheard(case: Case) -> str:
    """Say why there is no quantity of the agent."""
    if not case.agent:
        return "No agent is in use."
    at_work = case.ordering.at_work
    doubt = "" if at_work is None else at_work.doubts.get(case.line.key, "")
    unheard = (
        f"Outside what it was trained for, so what it says does not count: {case.rule} is used."
    )
    return f"{unheard} {escaped(doubt)}".strip()


def _your_number(case: Case) -> float:
    line, rules = case.line, case.line.item.rules
    quantity = st.number_input(
        "You: try a quantity",
        min_value=0.0,
        value=float(line.quantity),
        step=float(rules.pack_size),
        format="%g",
        key=f"keep.item.you.{case.ordering.run_id}.{line.key.label}",
        help="Set against the proposal on 1,000 futures, the same for both.",
    )
    problem = quantity_problem(quantity, line.item, _position(case))
    if problem:
        st.caption(f":red[{escaped(problem[0].upper() + problem[1:])}.]")
    elif quantity == line.proposal.order_quantity:
        st.caption("As proposed.")
    else:
        found = state.trial(line.key, quantity)
        period = case.assortment.data.period
        st.caption(escaped(try_words(found, case.ordering, line.key, period)))
        components.verdict_badge(found.outcome)
    return quantity


def _position(case: Case) -> float:
    return case.assortment.data.position(case.line.key).inventory_position


def decide(case: Case, quantity: float) -> None:
    """Draw the buttons: approve, order one's own quantity, reject, take back."""
    line, ordering = case.line, case.ordering
    key = line.key
    problem = quantity_problem(quantity, line.item, _position(case))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if quantity == line.proposal.order_quantity:
            st.button(
                f"Approve {words.units(quantity)}",
                type="primary",
                icon=":material/check:",
                shortcut="A",
                disabled=line.decision == "approved",
                on_click=_approve,
                args=(ordering, key, seen_of([line])),
                key="_item.approve",
            )
        else:
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


def outlook(case: Case, quantity: float) -> None:
    """Draw projected stock for the planner's number, and past and expected demand."""
    key, period = case.line.key, case.assortment.data.period
    if quantity_problem(quantity, case.line.item, _position(case)):
        quantity = case.line.proposal.order_quantity
    ahead = state.stock_ahead(key, quantities_of(case, quantity))
    shown = next(label for label, units in ahead.quantities.items() if units == quantity)
    demand = state.demand_ahead(
        key, plan_item_charts.LOOK_BACK[period], plan_item_charts.LOOK_AHEAD[period]
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Where stock goes**")
        told = plan_item_charts.stock_words(ahead, shown)
        charts.show(plan_item_charts.stock_fan(ahead, shown), "item.stock", told)
        st.caption(f"{told} From the next chance on, the policy in use orders.")
    with right:
        st.markdown("**What was sold, and what is expected**")
        told = plan_item_charts.demand_words(demand, period)
        odd = plan_item_facts.unusual_of(key, case.assortment.data)
        fan = state.forecast_beside(key)
        charts.show(plan_item_charts.demand_history(demand, odd, fan), "item.demand", told)
        st.caption(told + plan_item_charts.forecast_words(fan))


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
