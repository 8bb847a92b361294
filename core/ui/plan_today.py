"""What the Today page is made of: figures, tiles, the list, and approving it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import ItemKey, PlannerError, Status
from core.planning import WorkLine, money_word
from core.services.assortment import Assortment
from core.services.deciding import approve
from core.services.order_lines import OrderLine, stock_cover, stock_is_known, stock_value
from core.services.ordering import Ordering
from core.ui import components, currency, frame, state, words
from core.ui.words import escaped

_FILTER = "keep.today.status"
_CHECKLIST = "checklist_done"
_SHOWN_AT_MOST = 25
_NAMED = 5


def figures(assortment: Assortment, ordering: Ordering, lines: Sequence[OrderLine]) -> None:
    """Draw the five figures of the day."""
    period, work, unit = assortment.data.period, ordering.work, currency.suffix()
    to_review = {line.key for line in lines if line.needs_review}
    at_risk = sum(line.at_risk for line in work.lines if line.proposal.key in to_review)
    known = all(stock_is_known(assortment, key) for key in assortment.keys)
    counted = "" if known else " whose stock is known"
    components.kpis(
        [
            (
                f"Stock value{unit}",
                words.whole_money(stock_value(assortment)),
                f"Units on hand at unit cost, all items{counted}.",
            ),
            (
                "Cover",
                words.periods(stock_cover(assortment, ordering), period),
                "How long the stock on hand lasts at expected demand, by value, all items"
                f"{counted}.",
            ),
            (
                f"Money at risk{unit}",
                words.whole_money(at_risk),
                "Expected stock-out cost until the next order could help, if nothing is ordered "
                "today; over the lines still to review.",
            ),
            (
                f"Order value{unit}",
                words.whole_money(sum(line.value for line in lines)),
                "Today's orders at unit cost, as they stand.",
            ),
            (
                "Lines to review",
                f"{len(to_review):,}",
                "Items that ask for something and that nobody has decided on yet.",
            ),
        ]
    )


def tiles(ordering: Ordering, lines: Sequence[OrderLine]) -> Status | None:
    """Draw one tile per status; return the one that the list is limited to."""
    waiting = {line.key for line in lines if line.needs_review}
    own = {tile.status: [0, 0.0] for tile in ordering.work.tiles}
    for line in ordering.work.lines:
        if line.proposal.key in waiting:
            own[line.proposal.status][0] += 1
            own[line.proposal.status][1] += line.money
    chosen = st.pills(
        "Show only",
        list(own),
        format_func=lambda status: _tile(status, *own[status]),
        key=_FILTER,
        help="Beside the number of items: the money at risk, which adds up to the figure above; "
        "where there is too much, its value at unit cost.",
    )
    return chosen if isinstance(chosen, Status) else None


def _tile(status: Status, count: float, money: float) -> str:
    worth = f" · {words.whole_money(money)} {money_word(status)}" if count else ""
    return f"{components.STATUS_ICONS[status]} {status.value} **{count:.0f}**{worth}"


def waiting_lines(
    ordering: Ordering, lines: Sequence[OrderLine], status: Status | None
) -> tuple[WorkLine, ...]:
    """Return what still needs the planner, most money at risk first."""
    open_keys = {line.key for line in lines if line.needs_review}
    return tuple(
        line
        for line in ordering.work.lines
        if line.proposal.key in open_keys and status in (None, line.proposal.status)
    )


def work_table(assortment: Assortment, shown: Sequence[WorkLine]) -> ItemKey:
    """Draw the list; return the item that is picked, the dearest where none is."""
    names = {item.key: item.name for item in assortment.data.items}
    top = shown[:_SHOWN_AT_MOST]
    table = pd.DataFrame([_row(assortment, line, names) for line in top])
    picked = st.dataframe(
        table if table["name"].any() else table.drop(columns="name"),
        hide_index=True,
        width="stretch",
        height="content",
        column_config=_columns(),
        on_select="rerun",
        selection_mode="single-row",
        key=f"_today.list.{hash(tuple(line.proposal.key for line in top))}",
        placeholder=words.NOTHING,
        alt="Items that need a decision, most money at risk first",
    )
    if len(shown) > len(top):
        st.caption(f"The {len(top)} with most money at risk, of {len(shown):,}.")
    rows = picked.selection.rows
    return top[rows[0] if rows else 0].proposal.key


def _row(assortment: Assortment, line: WorkLine, names: dict[ItemKey, str]) -> dict[str, object]:
    proposal = line.proposal
    is_known = stock_is_known(assortment, proposal.key)
    return {
        "item": proposal.key.label,
        "order": proposal.order_quantity,
        "name": names.get(proposal.key, ""),
        "status": proposal.status.value,
        "at_risk": line.at_risk,
        "on_hand": proposal.on_hand if is_known else None,
        "on_order": proposal.on_order,
        "runs_out": proposal.runs_out if is_known else None,
        "order_by": line.order_by,
        "value": proposal.value,
        "who": components.policy_label(proposal.policy),
        "why": " ".join((proposal.reason, *proposal.notes)),
    }


def _columns() -> dict[str, Any]:
    return {
        "item": st.column_config.TextColumn("Item", pinned=True, width=80),
        "name": st.column_config.TextColumn("Name", width=152),
        "status": st.column_config.TextColumn("Where it stands", width=195),
        "at_risk": components.money_column(
            "At risk", "Expected stock-out cost if nothing is ordered today."
        ),
        "on_hand": components.units_column(
            "On hand", "Units in stock; below 0 is owed; a dash where the stock is not known."
        ),
        "on_order": components.units_column("On order", "Units under way."),
        "runs_out": components.day_column("Runs out", "At expected demand, open orders counted."),
        "order_by": components.day_column("Order by", "When (s, S) will want to order."),
        "order": components.units_column("Order", "Units proposed, after pack and minimum."),
        "value": components.money_column("Value", "The order at unit cost."),
        "who": st.column_config.TextColumn("In use", width=105),
        "why": st.column_config.TextColumn("Why this policy, and what to know", width=360),
    }


def told(assortment: Assortment, picked: ItemKey, shown: Sequence[WorkLine]) -> None:
    """Say in full what the table may cut off: the picked item, and what has nothing to order."""
    names = {item.key: item.name for item in assortment.data.items}
    row = next(_row(assortment, line, names) for line in shown if line.proposal.key == picked)
    title = escaped(f"{picked.label} {row['name']}".strip())
    said = f"{row['who']} decides: {row['why']}"
    st.markdown(f"**{title}** – {row['status']}. {escaped(said)}")
    idle = [line.proposal.key.label for line in shown if not line.proposal.order_quantity]
    if idle:
        more = f" and {len(idle) - _NAMED} more" if len(idle) > _NAMED else ""
        st.caption(
            f"{words.plural(len(shown) - len(idle), 'order')} among {len(shown)} to review; "
            f"nothing to order for {escaped(', '.join(idle[:_NAMED]))}{more}, which only "
            f"{'asks' if len(idle) == 1 else 'ask'} you to look."
        )


def actions(ordering: Ordering, picked: ItemKey, shown: Sequence[WorkLine]) -> None:
    """Offer to look at the picked item, or to approve everything that is shown."""
    plannable = [line.proposal.key for line in shown if line.proposal.policy != "none"]
    if st.button(
        f"Open {escaped(picked.label)}",
        type="primary",
        icon=":material/arrow_forward:",
        key="_today.open",
    ):
        st.switch_page(frame.ITEM_PAGE, query_params={state.ITEM_PARAMETER: picked.label})
    if st.button(
        f"Approve all {len(plannable)} shown",
        icon=":material/done_all:",
        disabled=not plannable,
        key="_today.approve",
        help="Shows them first.",
    ):
        _confirm(ordering, plannable)


@st.dialog("Approve these orders?", width="medium")
def _confirm(ordering: Ordering, keys: list[ItemKey]) -> None:
    proposals = [ordering.proposal(key) for key in keys]
    st.dataframe(
        pd.DataFrame(
            {
                "item": [p.key.label for p in proposals],
                "order": [p.order_quantity for p in proposals],
                "value": [p.value for p in proposals],
                "status": [p.status.value for p in proposals],
            }
        ),
        hide_index=True,
        width="stretch",
        height="content" if len(proposals) <= 10 else 380,
        column_config=_columns(),
        alt="Orders to approve",
    )
    value = words.money(sum(p.value for p in proposals))
    st.caption("Each stands in the log of decisions and can be undone there.")
    if st.button(
        f"Approve {words.plural(len(keys), 'line')}, {value}",
        type="primary",
        on_click=_approve,
        args=(ordering, keys),
        key="_today.approve.really",
    ):
        st.rerun()  # closes the dialog


def _approve(ordering: Ordering, keys: Sequence[ItemKey]) -> None:
    try:
        made = approve(state.store(), ordering, keys, dict.fromkeys(keys))
        components.keep_news(f"{words.plural(len(made), 'line')} approved.")
    except PlannerError as error:
        components.keep_news(failed=error)


def nothing_waits(ordering: Ordering, status: Status | None) -> None:
    """Draw the empty state: what comes next, and where to go."""
    if status is not None:
        st.info(f'Nothing stands at "{status.value}" now.', icon=":material/check:")
        return
    ahead = ordering.work.next_order_by
    later = f" Next order by: {words.day(ahead[0])}, {ahead[1].label}." if ahead else ""
    frame.empty(f"Nothing needs you.{escaped(later)}", frame.ORDERS_PAGE, "See today's orders")


def checklist(*, is_sample: bool) -> None:
    """Draw the first steps for someone new, until she puts them away."""
    if state.store().settings.get(_CHECKLIST):
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**First steps**", width="stretch")
            st.button(
                "Put this away",
                key="_today.checklist",
                type="tertiary",
                icon=":material/close:",
                on_click=_put_away,
            )
        steps = [
            (frame.ITEM_PAGE, "See why an order is what it is", ":material/search_insights:"),
            (frame.ORDERS_PAGE, "Approve orders and download them", ":material/local_shipping:"),
            (frame.AGENT_PAGE, "Train an agent on these items", ":material/model_training:"),
            (frame.POLICIES_PAGE, "See whether it beats (s, S)", ":material/balance:"),
        ]
        if is_sample:
            steps.append((frame.DATA_PAGE, "Now with my own file", ":material/upload_file:"))
        with st.container(horizontal=True):
            for target, label, icon in steps:
                st.page_link(target, label=label, icon=icon)


def _put_away() -> None:
    state.store().settings.set(_CHECKLIST, True)


def stock_banner(assortment: Assortment) -> None:
    """Warn where orders rest on stock or costs that nobody told."""
    data = assortment.data
    guessed = sum("stockout_cost" in item.assumed for item in assortment.items)
    if guessed:
        st.warning(
            f"Costs and lead time of {words.plural(guessed, 'item')} are assumed, not yours: "
            "quantities and money below are examples until you set them.",
            icon=":material/payments:",
        )
        st.page_link(frame.COSTS_PAGE, label="Set costs and rules", icon=":material/payments:")
    n = sum(data.position(key).is_estimate for key in assortment.keys)
    if not n:
        return
    st.warning(
        f"The stock of {words.plural(n, 'item')} is not known and counts as 0, so "
        f"{'its order is' if n == 1 else 'their orders are'} provisional.",
        icon=":material/inventory:",
    )
    st.page_link(frame.DATA_PAGE, label="Bring in a stock file", icon=":material/upload_file:")
