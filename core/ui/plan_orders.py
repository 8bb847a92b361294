"""What the Orders page is made of: filters, the table to edit, totals, and the way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import attribute
from core.services.assortment import Assortment
from core.services.deciding import REASONS
from core.services.exporting import FORMATS, orders_file
from core.services.order_lines import OrderLine, supplier_totals
from core.services.ordering import Ordering
from core.ui import components, currency, downloads, plan_orders_draft, words
from core.ui.plan_orders_draft import EDITABLE, Drafts

EVERY_SUPPLIER = "Every supplier"
_VIEWS: Mapping[str, tuple[str, ...]] = {
    "Lines with an order": ("order",),
    "Open lines": ("open",),
    "All items": (),
}


def filters(lines: Sequence[OrderLine], ordering: Ordering) -> tuple[OrderLine, ...]:
    """Draw who decides and the filters; return the lines they leave, dearest supplier first."""
    totals = supplier_totals(lines)
    worth = {
        total.supplier: f"{total.supplier}: {words.plural(total.n_lines, 'line')}, "
        f"{words.whole_money(total.value)}"
        for total in totals
    }
    st.session_state.setdefault("keep.orders.view", next(iter(_VIEWS)))
    if st.session_state.get("keep.orders.supplier") not in (EVERY_SUPPLIER, *worth):
        st.session_state["keep.orders.supplier"] = EVERY_SUPPLIER
    with st.container(horizontal=True, vertical_alignment="bottom"):
        supplier = st.selectbox(
            "Supplier",
            [EVERY_SUPPLIER, *worth],
            format_func=lambda name: worth.get(name, name),
            key="keep.orders.supplier",
            width=250,
        )
        view = st.selectbox("Show", list(_VIEWS), key="keep.orders.view", width=170)
        components.policy_choice(ordering)
        components.planner_box()
    rank = {total.supplier: place for place, total in enumerate(totals)}
    shown = [line for line in lines if _is_shown(line, str(supplier), str(view))]
    return tuple(sorted(shown, key=lambda line: rank[line.supplier]))


def _is_shown(line: OrderLine, supplier: str, view: str) -> bool:
    if supplier not in (EVERY_SUPPLIER, line.supplier):
        return False
    if "order" in _VIEWS[view]:
        proposal = line.proposal
        others = (proposal.agent_quantity or 0.0, proposal.baseline_quantity)
        return max(line.quantity, proposal.order_quantity, *others) > 0
    return line.is_open and line.is_plannable if "open" in _VIEWS[view] else True


def table(assortment: Assortment, ordering: Ordering, shown: Sequence[OrderLine]) -> None:
    """Draw the table; what is typed goes to the draft, not to the record."""
    keys = tuple(line.key for line in shown)
    mark = f"{ordering.run_id}.{hash((keys, tuple(line.decision for line in shown)))}"
    key, draft = plan_orders_draft.draft_for(mark)
    st.data_editor(
        table_of(shown, draft),
        column_config=_columns(assortment, ordering),
        column_order=_order(ordering),
        disabled=[name for name in _order(ordering) if name not in ("marked", *EDITABLE)],
        hide_index=True,
        num_rows="fixed",
        width="stretch",
        height="content" if len(shown) <= 14 else 530,
        key=key,
        on_change=plan_orders_draft.take,
        args=(key, keys),
        placeholder=words.NOTHING,
        alt="Today's orders; your quantity, reason and note can be edited",
    )


def table_of(shown: Sequence[OrderLine], drafts: Drafts) -> pd.DataFrame:
    """Lay the lines out as the editor shows them.

    Args:
        shown: One row each.
        drafts: What was typed and is not saved, laid over them.
    """
    return pd.DataFrame([_row(line, drafts.get(line.key, {})) for line in shown])


def _row(line: OrderLine, draft: Mapping[str, Any]) -> dict[str, Any]:
    proposal = line.proposal
    row = {
        "marked": False,
        "item": proposal.key.label,
        "name": line.item.name,
        "supplier": line.supplier,
        "on_hand": proposal.on_hand if line.stock_known else None,
        "on_order": proposal.on_order,
        "order": proposal.order_quantity,
        **plan_orders_draft.own_cells(line),
        "value": line.value,
        "cover_after": line.cover_after,
        "agent": proposal.agent_quantity,
        "rule": proposal.baseline_quantity,
        "difference": line.difference,
        "agent_raw": proposal.agent_raw_quantity,
        "rule_raw": proposal.baseline_raw_quantity,
        "in_use": components.policy_label(proposal.policy),
        "why": proposal.reason,
        "decision": line.decision,
        "status": proposal.status.value,
        "notes": " ".join(proposal.notes),
    }
    return row | dict(draft)


def _order(ordering: Ordering) -> list[str]:
    has_agent = ordering.at_work is not None
    both = ["agent", "rule", "difference"] if has_agent else ["rule"]
    raw = ["agent_raw", "rule_raw"] if has_agent else ["rule_raw"]
    # What a phone shows without swiping comes first; raw numbers stand beside the rounded ones.
    start = ["marked", "item", "order", "decision", "your_quantity", "reason", "name"]
    own = ["on_hand", "on_order", "in_use", *both, *raw, "value", "cover_after"]
    return [*start, *own, "note", "supplier", "why", "status", "notes"]


def _columns(assortment: Assortment, ordering: Ordering) -> dict[str, Any]:
    rule = components.policy_label(ordering.baseline.name)
    text, units = st.column_config.TextColumn, components.units_column
    return {
        "marked": st.column_config.CheckboxColumn("✓", pinned=True, help="Tick lines to decide on"),
        "item": text("Item", pinned=True, width=75),
        "name": components.name_column(item.name for item in assortment.data.items),
        "supplier": text("Supplier", width=120, help=attribute("items", "supplier").help),
        "on_hand": units("On hand", attribute("stock", "on_hand").help),
        "on_order": units("On order", attribute("open_orders", "quantity").help),
        "order": units("Proposed", "Units, from the policy in use, after pack and minimum."),
        "your_quantity": units(
            "Your quantity", "Units; empty means as proposed. Give a reason beside it.", width=115
        ),
        "reason": st.column_config.SelectboxColumn("Reason", options=list(REASONS), width=130),
        "note": text("Note", width=140, max_chars=500),
        "value": components.money_column("Value", "What stands, at unit cost."),
        "cover_after": st.column_config.NumberColumn(
            f"Cover after, {assortment.data.period.value}s",
            format="%,.0f",
            help="How long stock and orders last with this order, at expected demand.",
        ),
        "decision": text("Decision", width=85, help="open, approved, adjusted or rejected"),
        "agent": units("Agent", "Units the agent orders, after pack and minimum."),
        "rule": units(rule, f"Units {rule} orders, after pack and minimum."),
        "difference": units("Agent − rule", "Units that the agent orders more or less."),
        "agent_raw": units("Agent, raw", "Before pack, minimum and limits."),
        "rule_raw": units(f"{rule}, raw", "Before pack, minimum and limits."),
        "in_use": text("In use", width=90, help="The policy that proposes."),
        "why": text("Why this policy", width=260),
        "status": text("Where it stands", width=190),
        "notes": text("What to know", width=260),
    }


def totals(shown: Sequence[OrderLine], lines: Sequence[OrderLine]) -> None:
    """Say below the table what the lines come to, and which of Today's are not among them."""
    ordered = [line for line in shown if line.quantity > 0]
    waiting = sum(line.is_open for line in ordered)
    st.markdown(
        f"**{words.plural(len(ordered), 'order')}** of {words.plural(len(shown), 'line')} shown · "
        f"**{words.units(sum(line.quantity for line in ordered))}** units · "
        f"**{words.money(sum(line.value for line in ordered))}**{currency.suffix(' ')} · "
        f"{waiting} not decided yet"
    )
    keys = {line.key for line in shown}
    missing = sum(line.needs_review and not line.quantity for line in lines if line.key not in keys)
    if missing:
        st.caption(
            f"Today lists {words.plural(missing, 'more item')} with nothing to order, to be looked "
            f"at. Show all items to see {'it' if missing == 1 else 'them'} here."
        )


def supplier_table(lines: Sequence[OrderLine]) -> None:
    """Draw what each supplier would get."""
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Supplier": total.supplier,
                    "Lines": total.n_lines,
                    "Not decided": total.n_open,
                    "Units": total.units,
                    "Value": total.value,
                }
                for total in supplier_totals(lines)
            ]
        ),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            "Units": components.units_column("Units"),
            "Value": components.money_column("Value"),
        },
        alt="Orders by supplier",
    )


def files(assortment: Assortment, ordering: Ordering, shown: Sequence[OrderLine]) -> None:
    """Offer the lines shown as files; each is written when it is asked for."""
    name = f"orders-{assortment.data.as_of.isoformat()}"
    write = partial(orders_file, assortment, ordering, shown)
    with st.container(horizontal=True):
        for kind, form in FORMATS.items():
            downloads.button(
                f"Download {form.label}",
                partial(write, kind),
                name + form.suffix,
                mime=form.mime,
                key=f"_orders.download.{kind}",
                disabled=not shown,
            )
    st.caption("The lines shown, with your decisions; raw numbers, policy and reason included.")
