"""What the Costs & rules page does: edit, set many, save, undo, download."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.demand.abc_xyz import ABC, XYZ
from core.domain import Item, ParameterError, PlannerError, attribute
from core.ingest import items_csv
from core.services.bulk import BULK_RULES, bulk_edits
from core.services.editing import (
    Change,
    EditProblem,
    Edits,
    changes,
    edited_items,
    overtaken,
    save_items,
)
from core.services.importing import can_undo, undo_import
from core.services.item_values import SHORTAGE
from core.services.workspace import PlanData
from core.ui import costs, costs_draft, downloads, frame, state, words

_DONE, _FAILED = "costs.done", "costs.failed"


@dataclass(frozen=True, eq=False)
class Standing:
    """The items with every edit that is not saved yet.

    Args:
        items: Edited where that is possible, else as saved.
        problems: Edits that cannot be.
        changes: Everything that would change.
    """

    items: tuple[Item, ...]
    problems: tuple[EditProblem, ...]
    changes: tuple[Change, ...]


def standing(data: PlanData) -> Standing:
    """Apply what is not saved yet."""
    edits = costs_draft.latest()
    items, problems = edited_items(data.items, edits)
    return Standing(items, problems, changes(data.items, edits))


def told() -> None:
    """Say once what the last press of a button did, or why it did nothing."""
    done, failed = st.session_state.pop(_DONE, None), st.session_state.pop(_FAILED, None)
    if done:
        st.success(done, icon=":material/check_circle:")
    if isinstance(failed, PlannerError):
        frame.show_error(failed)


def filters(data: PlanData) -> tuple[Item, ...]:
    """Draw search and filters; return the saved items they leave."""
    suppliers = sorted({item.supplier for item in data.items if item.supplier})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Find an item", placeholder="code or name", key="keep.costs.search", width=200
        )
        supplier = st.selectbox(
            "Supplier",
            [costs.EVERY_SUPPLIER, *suppliers],
            key="keep.costs.supplier",
            width=200,
            disabled=not suppliers,
        )
        letters = st.pills(
            "Class",
            [*ABC, *XYZ],
            selection_mode="multi",
            key="keep.costs.class",
            help="A, B, C: by value. X, Y, Z: steady, varying, erratic. See the Data page.",
        )
        assumed = st.toggle("Only with assumed values", key="keep.costs.assumed")
    found = costs.chosen(data.items, search, supplier or costs.EVERY_SUPPLIER, assumed=assumed)
    return of_class(found, letters) if letters else found


def of_class(items: Sequence[Item], letters: Sequence[str]) -> tuple[Item, ...]:
    """Return the items of these classes: A and X leave AX, A alone leaves AX, AY and AZ."""
    known = state.understanding()
    assert known is not None
    rules = [set(letters) & set(kind) for kind in (ABC, XYZ)]
    facts = ((item, known.of(item.key)) for item in items)
    return tuple(
        item
        for item, fact in facts
        if all(not rule or {fact.abc, fact.xyz} & rule for rule in rules)
    )


def editor(data: PlanData, shown: Sequence[Item]) -> None:
    """Draw the table to edit; what is typed goes to the draft, not to the record."""
    st.session_state.setdefault("keep.costs.view", next(iter(costs.VIEWS)))
    view = str(
        st.segmented_control(
            "Columns",
            list(costs.VIEWS),
            key="keep.costs.view",
            required=True,
            label_visibility="collapsed",
        )
    )
    st.caption(_caption(data, shown))
    keys = tuple(item.key for item in shown)
    mark = f"{view}.{data.fingerprint[:12]}.{hash(keys)}"
    key, draft = costs_draft.draft_for(mark)
    table = costs.table_of(shown, draft, view, data.period)
    st.data_editor(
        table,
        column_config=costs.columns_of(view, shown),
        column_order=costs.order_of(view, table),
        hide_index=True,
        num_rows="fixed",
        height="content" if len(shown) <= 12 else 460,
        placeholder=words.NOTHING,
        key=key,
        on_change=costs_draft.take_edits,
        args=(key, tuple(shown)),
        alt="Costs and rules of the items shown; cells can be edited",
    )


def _caption(data: PlanData, shown: Sequence[Item]) -> str:
    n = sum(bool(item.assumed) for item in data.items)
    assumed = f" {words.plural(n, 'item')} stand at assumed values." if n else ""
    return (
        f"{len(shown):,} of {words.plural(len(data.items), 'item')}; costs and times per "
        f"{data.period.value}. Click into a cell to change it, or paste from a spreadsheet."
        f"{assumed}"
    )


def bulk(data: PlanData, now: Standing, shown: Sequence[Item]) -> None:
    """Set one value for all items shown; it joins the edits and is saved with them."""
    wanted = {item.key for item in shown}
    rule = st.selectbox(
        "What",
        list(BULK_RULES),
        format_func=lambda name: BULK_RULES[name].label,
        key="keep.costs.bulk",
        width=360,
    )
    value = _bulk_value(str(rule))
    if st.button(
        f"Set for {words.plural(len(wanted), 'item')} shown",
        disabled=not wanted or value is None,
        key="_costs.bulk",
    ):
        items = [item for item in now.items if item.key in wanted]
        try:
            edits = bulk_edits(items, str(rule), value, data.period.per_year)
        except PlannerError as error:
            frame.show_error(error)
            return
        costs_draft.add(edits)
        st.rerun()


def _bulk_value(rule: str) -> object:
    """Draw the input that fits the rule; None while it is empty."""
    chosen = BULK_RULES[rule]
    key = f"keep.costs.bulk.{rule}"
    if chosen.attribute == "shortage":
        return st.selectbox("New value", list(SHORTAGE), help=chosen.help, key=key, width=360)
    if attribute("items", chosen.attribute).kind == "text":
        return st.text_input("New value", help=chosen.help, key=key, width=360) or None
    return st.number_input(
        "New value", value=None, format="%g", help=chosen.help, key=key, width=360
    )


def save_bar(now: Standing) -> None:
    """Say what is not saved, list it, and offer to save or to forget it."""
    n = len(now.changes)
    if now.problems:
        costs.problems_table(now.problems)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Save {words.plural(n, 'change')}" if n else "Save",
            type="primary",
            icon=":material/save:",
            disabled=n == 0 or bool(now.problems),
            on_click=_save,
            key="_costs.save",
        )
        st.button(
            "Forget the changes", disabled=n == 0, on_click=costs_draft.clear, key="_costs.forget"
        )
    if n:
        with st.expander(f"{words.plural(n, 'change')} not saved yet", expanded=n <= 6):
            faulty = {problem.key for problem in now.problems}
            sound = {item.key: item for item in now.items if item.key not in faulty}
            costs.changes_table(now.changes, sound)


def _save() -> None:
    """Keep the edits on top of what is saved now, which another window may have changed."""
    edits = costs_draft.latest()
    try:
        data = state.plan_data()
        if data is None:
            return
        _require_seen(data, edits)
        n = len(changes(data.items, edits))
        save_items(state.store(), data, edits)
    except PlannerError as error:
        st.session_state[_FAILED] = error
        return
    costs_draft.clear()
    st.session_state[_DONE] = (
        f"Saved {words.plural(n, 'change')}. Orders and comparisons use them from now on; lines of "
        "changed items are open again, and an agent trained for other costs says so."
    )


def _require_seen(data: PlanData, edits: Edits) -> None:
    """Refuse once to save over what another window saved meanwhile; after that she knows."""
    lost = overtaken(data.items, edits, costs_draft.seen())
    if not lost:
        return
    costs_draft.see_anew(data.items)
    first, more = lost[0], f", and {len(lost) - 1} more" if len(lost) > 1 else ""
    raise ParameterError(
        f"Nothing was saved: {attribute('items', first.attribute).label} is "
        f"{costs.cell(first.before)} now, another window changed it{more}",
        where=f"item {first.key.label}",
        remedy=f"Save again to put {costs.cell(first.after)} in its place, or forget the changes.",
    )


def record_bar(data: PlanData) -> None:
    """Offer the table as a file, and the way back."""
    with st.container(horizontal=True):
        downloads.button(
            "Download items.csv",
            lambda: items_csv(data.items).encode("utf-8-sig"),
            "items.csv",
            mime="text/csv",
            help="All items with all columns, as saved. Change it in a spreadsheet and bring it "
            "back on the Data page.",
        )
        if can_undo(state.store(), "items"):
            st.button(
                "Undo the last change", icon=":material/undo:", on_click=_undo, key="_costs.undo"
            )


def _undo() -> None:
    try:
        record = undo_import(state.store(), "items")
    except PlannerError as error:
        st.session_state[_FAILED] = error
        return
    costs_draft.clear()
    name = "defaults, all of them assumed" if record is None else record.source_name
    st.session_state[_DONE] = f"Undone. In use for costs and rules now: {name}."
