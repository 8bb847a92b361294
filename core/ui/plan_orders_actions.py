"""Deciding on the Orders page: save own quantities, approve, reject, take back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from core.domain import ItemKey, PlannerError
from core.services.assortment import Assortment
from core.services.deciding import (
    REASONS,
    Adjustment,
    Refusal,
    adjust,
    approve,
    check_adjustments,
    reject,
    undo,
)
from core.services.meanwhile import Seen, seen_of
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering
from core.ui import components, plan_orders_draft, state, words
from core.ui.plan_orders_draft import Wishes
from core.ui.words import escaped

_HINT = "Order another quantity: type it into Your quantity, choose the reason beside it, save."


def first_refusal(found: Sequence[Refusal]) -> str:
    """Say in one line what cannot be saved yet; it takes the place of the hint.

    One line, because a box that appears would push the table away from under the mouse.
    """
    told = f"Not saved yet. {found[0].key.label}: {found[0].message}"
    more = f" ({len(found) - 1} more below)" if len(found) > 1 else ""
    return f":red[{escaped(told + more)}]"


def all_refusals(found: Sequence[Refusal]) -> None:
    """List below the table what cannot be saved, where it is more than one line."""
    if len(found) > 1:
        listed = "\n".join(f"- {escaped(f'{each.key.label}: {each.message}')}" for each in found)
        st.error(f"Not saved yet, {len(found)} lines to mend:\n\n{listed}", icon=":material/error:")


def actions(
    assortment: Assortment,
    ordering: Ordering,
    shown: Sequence[OrderLine],
    typed: Wishes,
) -> None:
    """Draw what decides or what is to mend, and the buttons: save, approve, reject, take back."""
    problems = check_adjustments(assortment, typed.adjustments)
    st.caption(components.policy_line(ordering))
    st.caption(first_refusal(problems) if problems else _HINT)
    _buttons(assortment, ordering, shown, typed)


def _buttons(
    assortment: Assortment,
    ordering: Ordering,
    shown: Sequence[OrderLine],
    typed: Wishes,
) -> None:
    open_keys = [line.key for line in shown if line.is_open and line.is_plannable]
    ticked = {line.key: line for line in shown if line.key in typed.marked}
    to_approve = [key for key in (ticked or open_keys) if key not in typed.adjustments]
    n, seen = len(typed.adjustments), seen_of(shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _approve_label(shown, len(to_approve), n_ticked=len(ticked)),
            type="secondary" if n else "primary",
            icon=":material/done_all:",
            disabled=not to_approve,
            on_click=_approve,
            args=(ordering, to_approve, seen),
            key="_orders.approve",
        )
        _reject_form(ordering, list(ticked), seen)
        reverting = [line.record.number for line in ticked.values() if line.record is not None]
        st.button(
            "Take back",
            icon=":material/undo:",
            disabled=not reverting,
            on_click=_take_back,
            args=(reverting,),
            help="Undo the decision on the ticked lines. The log keeps both.",
            key="_orders.revert",
        )
        # Last: what comes and goes must not move the other buttons under the mouse.
        if n:
            st.button(
                f"Save {words.plural(n, 'quantity') if n == 1 else f'{n} quantities'}",
                type="primary",
                icon=":material/save:",
                disabled=bool(check_adjustments(assortment, typed.adjustments)),
                on_click=_save,
                args=(assortment, ordering, typed.adjustments, seen),
                key="_orders.save",
            )
            st.button("Forget what I typed", on_click=plan_orders_draft.renew, key="_orders.forget")


def _approve_label(shown: Sequence[OrderLine], n: int, *, n_ticked: int) -> str:
    """Say what would be approved, or why there is nothing to approve."""
    if n_ticked:
        return f"Approve {n} ticked"
    if n:
        return f"Approve all {n} open"
    is_open = any(line.is_open and line.is_plannable for line in shown)
    return "Nothing else is open" if is_open else "All decided"


def _reject_form(ordering: Ordering, ticked: list[ItemKey], seen: Seen) -> None:
    with st.popover("Reject", icon=":material/block:", disabled=not ticked, key="_orders.reject"):
        st.markdown(f"Order nothing for {words.plural(len(ticked), 'ticked line')}")
        reason = st.selectbox("Reason", REASONS, index=None, key="_orders.reject.reason")
        note = st.text_input("Note", key="_orders.reject.note", max_chars=500)
        st.button(
            "Reject",
            type="primary",
            disabled=reason is None,
            on_click=_reject,
            args=(ordering, ticked, (reason or "", note), seen),
            key="_orders.reject.really",
        )


def _save(
    assortment: Assortment,
    ordering: Ordering,
    adjustments: Mapping[ItemKey, Adjustment],
    seen: Seen,
) -> None:
    try:
        made = adjust(state.store(), assortment, ordering, adjustments, _only(seen, adjustments))
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    plan_orders_draft.renew()
    components.keep_news(f"{words.plural(len(made), 'order')} adjusted.")


def _approve(ordering: Ordering, keys: Sequence[ItemKey], seen: Seen) -> None:
    try:
        made = approve(state.store(), ordering, keys, _only(seen, keys))
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    plan_orders_draft.untick()
    components.keep_news(f"{words.plural(len(made), 'order')} approved.")


def _reject(ordering: Ordering, keys: Sequence[ItemKey], why: tuple[str, str], seen: Seen) -> None:
    try:
        made = reject(state.store(), ordering, keys, why, _only(seen, keys))
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    plan_orders_draft.untick()
    components.keep_news(f"{words.plural(len(made), 'order')} rejected.")


def _only(seen: Seen, keys: Collection[ItemKey]) -> Seen:
    """Keep what was seen of the lines that are decided on."""
    return {key: number for key, number in seen.items() if key in keys}


def _take_back(numbers: Sequence[int]) -> None:
    try:
        made = undo(state.store(), numbers)
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    plan_orders_draft.untick()
    components.keep_news(f"{words.plural(len(made), 'decision')} undone.")
