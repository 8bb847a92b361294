"""How the items sell: the matrix of value and steadiness, and the items behind each cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.demand.abc_xyz import A_SHARE, ABC, B_SHARE, X_CV, XYZ, Y_CV
from core.services.understanding import SEASONAL, ItemFacts, Understanding
from core.services.workspace import PlanData
from core.ui import components, frame, state, words
from core.ui.words import escaped

_CELL, _CLASSES, _STATES = "keep.data.cell", "keep.data.classes", "keep.data.states"
_CLASS_WORDS = {
    "smooth": "often, sizes alike",
    "erratic": "often, sizes differ",
    "intermittent": "seldom, sizes alike",
    "lumpy": "seldom, sizes differ",
    "none": "never sold",
}
_STATE_ORDER = ("new", "dying", "silent", "gone", "never sold", SEASONAL)


@st.fragment
def section(data: PlanData) -> None:
    """Draw the matrix, the filters and the list; a press redraws only this part."""
    known = state.understanding()
    assert known is not None
    _matrix(known)
    _filters(known.items)
    shown = chosen(
        known.items,
        st.session_state.get(_CELL),
        st.session_state.get(_CLASSES) or (),
        st.session_state.get(_STATES) or (),
    )
    _list(shown, known, {item.key.label: item.name for item in data.items})


def chosen(
    items: Sequence[ItemFacts], cell: str | None, classes: Sequence[str], states: Sequence[str]
) -> tuple[ItemFacts, ...]:
    """Return the items that pass all filters, most value first; an empty filter lets all pass."""
    passed = (
        item
        for item in items
        if (cell is None or item.cell == cell)
        and (not classes or item.demand_class in classes)
        and (not states or set(states) & set(item.states))
    )
    return tuple(sorted(passed, key=lambda item: -item.share))


def _matrix(known: Understanding) -> None:
    """Draw three rows of three cells; pressing one lists its items, again lists all."""
    cells, meaning = st.columns([1, 1.5], gap="medium", vertical_alignment="center")
    with cells:
        st.markdown("Items and their share of value. Press a cell to list its items.")
        for abc in ABC:
            with st.container(horizontal=True, gap="small"):
                for xyz in XYZ:
                    _cell(abc + xyz, known)
    with meaning:
        st.markdown(_legend(known))


def _cell(cell: str, known: Understanding) -> None:
    pressed = st.session_state.get(_CELL)
    n, share = known.cells[cell]
    st.button(
        f"**{cell}**  {n:,} · {words.percent(share, 0)}",
        type="primary" if cell == pressed else "secondary",
        disabled=not n and cell != pressed,
        on_click=_press,
        args=(cell,),
        key=f"_data.cell.{cell}",
        width=106,
        help=_meaning(cell),
    )


def _legend(known: Understanding) -> str:
    """Say what the letters mean, and by which cuts."""
    n_other = sum(n for cell, (n, _) in known.cells.items() if len(cell) == 1)
    other = f"\n- {words.plural(n_other, 'item')} sold too little or too briefly for X, Y or Z."
    return (
        f"- **A** makes up the first {A_SHARE:.0%} of value, **B** goes up to {B_SHARE:.0%}, "
        f"**C** is the rest.\n- Value is {known.valued_by}.\n- **X** sells "
        f"steadily, **Y** varies, **Z** is erratic: standard deviation over mean of sales per "
        f"{known.bucket} below {X_CV:g}, below {Y_CV:g}, or above, with season and stock-outs "
        f"taken out.{other if n_other else ''}"
    )


def _meaning(cell: str) -> str:
    matters = {"A": "Matters most", "B": "Matters", "C": "Matters least"}[cell[0]]
    steady = {"X": "sells steadily", "Y": "varies", "Z": "sells erratically"}[cell[1]]
    return f"{matters}, {steady}."


def _press(cell: str) -> None:
    st.session_state[_CELL] = None if st.session_state.get(_CELL) == cell else cell


def _filters(items: Sequence[ItemFacts]) -> None:
    classes = Counter(item.demand_class for item in items)
    states = Counter(each for item in items for each in item.states)
    with st.container(horizontal=True, gap="medium"):
        _pills(
            "How often, how even",
            [c for c in _CLASS_WORDS if classes[c] and c != "none"],
            classes,
            _CLASSES,
        )
        _pills("Where it stands", [s for s in _STATE_ORDER if states[s]], states, _STATES)


def _pills(label: str, options: list[str], counts: Mapping[str, int], key: str) -> None:
    # What another file offered may be gone.
    st.session_state[key] = [each for each in st.session_state.get(key) or () if each in options]
    if options:
        st.pills(
            label,
            options,
            selection_mode="multi",
            format_func=lambda each: f"{each} {counts[each]:,}",
            key=key,
        )


def _named(each: str) -> str:
    return "never sold" if each == "none" else each


def _list(shown: Sequence[ItemFacts], known: Understanding, names: Mapping[str, str]) -> None:
    cell = st.session_state.get(_CELL)
    n = words.plural(len(shown), "item")
    st.markdown(f"**{n}**" + (f" in {cell}" if cell else "") + ", most value first.")
    if not shown:
        st.caption("No item passes all filters. Take one away.")
        return
    table = pd.DataFrame([_row(item, names) for item in shown])
    picked = st.dataframe(
        table.loc[:, [name for name in table if name == "share" or table[name].any()]],
        hide_index=True,
        width="stretch",
        height="content" if len(shown) <= 8 else 320,
        column_config=_columns(known),
        on_select="rerun",
        selection_mode="single-row",
        key=f"_data.understood.{hash(tuple(item.key for item in shown))}",
        placeholder=words.NOTHING,
        alt="Items with their classes, where they stand and why",
    )
    rows = picked.selection.rows
    item = shown[rows[0] if rows and rows[0] < len(shown) else 0]
    if st.button(
        f"Open {escaped(item.key.label)}", icon=":material/arrow_forward:", key="_data.open"
    ):
        st.switch_page(frame.ITEM_PAGE, query_params={state.ITEM_PARAMETER: item.key.label})


def _row(item: ItemFacts, names: Mapping[str, str]) -> dict[str, object]:
    return {
        "item": item.key.label,
        "name": names.get(item.key.label, ""),
        "cell": item.cell,
        "sells": _named(item.demand_class),
        "stands": ", ".join(item.states),
        "share": item.share,
        "mean": item.mean,
        "cv": item.cv,
        "out": item.n_out_of_stock,
        "unusual": item.n_unusual,
        "why": f"{item.state_why} {item.season_why}".strip(),
    }


def _columns(known: Understanding) -> dict[str, Any]:
    period = known.period.value
    return {
        "item": st.column_config.TextColumn("Item", pinned=True),
        "name": st.column_config.TextColumn("Name", width=130),
        "cell": st.column_config.TextColumn("ABC-XYZ", width=70),
        "sells": st.column_config.TextColumn("Sells", width=90, help=_class_help()),
        "stands": st.column_config.TextColumn("Stands", width=120),
        "share": st.column_config.NumberColumn("Of value", format="percent", width=80),
        "mean": components.units_column(f"A {period}", "Units sold, in stock, since the first."),
        "cv": st.column_config.NumberColumn(
            "Variation",
            format="%.2f",
            help=f"Standard deviation over mean of sales per {known.bucket}, season taken out.",
        ),
        "out": st.column_config.NumberColumn(f"{period.capitalize()}s out of stock"),
        "unusual": st.column_config.NumberColumn("Unusual sales"),
        "why": st.column_config.TextColumn("Why", width=420),
    }


def class_words(item: ItemFacts) -> str:
    """Say in plain words what the letters and the kind of an item mean."""
    letters = _meaning(item.cell) if len(item.cell) == 2 else "Sold too little for X, Y or Z."
    kind = _CLASS_WORDS.get(item.demand_class, item.demand_class)
    return f"{item.cell}: {letters[:1].lower()}{letters[1:]} {item.demand_class}: {kind}."


def _class_help() -> str:
    return "; ".join(f"{name}: {meaning}" for name, meaning in _CLASS_WORDS.items()) + "."
