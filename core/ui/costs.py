"""The table of costs and rules: which columns, what they mean, what is wrong with an edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import Attribute, Item, ItemKey, Period, attribute
from core.services.editing import Change, EditProblem, Edits, critical_ratio, edited_items
from core.services.item_values import SHORTAGE, shortage_word, value_of
from core.ui import components, words

VIEWS: Mapping[str, tuple[str, ...]] = {
    "Costs": ("unit_cost", "holding_cost", "stockout_cost", "fixed_cost", "shortage"),
    "Lead time and rules": (
        "lead_time",
        "lead_time_sd",
        "review_period",
        "min_order",
        "pack_size",
        "max_order",
        "max_stock",
    ),
    "Names and prices": ("name", "supplier", "price"),
}
_IMPLIED, _RATE, _ASSUMED = "implied", "rate", "assumed"
EVERY_SUPPLIER = "Every supplier"


def table_of(items: Sequence[Item], edits: Edits, view: str, period: Period) -> pd.DataFrame:
    """Lay the items out as the editor shows them, edits that cannot be saved included.

    Args:
        items: As saved.
        edits: Laid over them.
        view: One of VIEWS.
        period: Of the costs.
    """
    names = VIEWS[view]
    after, _ = edited_items(items, {item.key: edits.get(item.key, {}) for item in items})
    frame = pd.DataFrame(
        {"item": [item.key.label for item in items], "called": [item.name for item in items]}
    )
    for name in names:
        cells = [edits.get(item.key, {}).get(name, value_of(item, name)) for item in items]
        is_number = attribute("items", name).kind == "number"
        frame[name] = pd.Series(cells, dtype="float64" if is_number else "object")
    if "stockout_cost" in names:
        frame[_RATE] = [_rate(item, period) for item in after]
        frame[_IMPLIED] = [implied(item) for item in after]
    frame[_ASSUMED] = [_assumed(item, names) for item in after]
    return frame


def columns_of(view: str, items: Sequence[Item]) -> dict[str, Any]:
    """Return the settings of the editor's columns, with meaning and unit from the glossary."""
    config: dict[str, Any] = {
        "item": st.column_config.TextColumn("Item", disabled=True, pinned=True, width="small"),
        "called": components.name_column(item.name for item in items),
        _RATE: st.column_config.TextColumn(
            "Holding a year",
            disabled=True,
            help="The holding cost as a share of the unit cost, over a year.",
        ),
        _IMPLIED: st.column_config.TextColumn(
            "Implies service",
            disabled=True,
            help="Stock-out cost / (stock-out cost + holding cost): the share of periods in which "
            "it pays to have enough. As saved or last shown; unsaved edits stand below.",
        ),
        _ASSUMED: st.column_config.TextColumn(
            "Assumed",
            disabled=True,
            width="small",
            help="Nobody gave these values: they stand at a default until you set them.",
        ),
    }
    return config | {name: _column(attribute("items", name), items) for name in VIEWS[view]}


def order_of(view: str, table: pd.DataFrame) -> list[str]:
    """Return the columns in reading order; "assumed" and names only where there are some."""
    names = list(VIEWS[view])
    if "stockout_cost" in names:
        names.insert(names.index("holding_cost") + 1, _RATE)
        names.insert(names.index("stockout_cost") + 1, _IMPLIED)
    called = ["called"] if "name" not in names and table["called"].any() else []
    assumed = [_ASSUMED] if table[_ASSUMED].any() else []
    return ["item", *called, *assumed, *names]


def _column(known: Attribute, items: Sequence[Item]) -> Any:
    """Return one editable column. Bounds are checked when saving, where they can be explained."""
    if known.name == "shortage":
        shares = {shortage_word(item.lost_share) for item in items} - set(SHORTAGE)
        options = [*SHORTAGE, *sorted(shares | {"0.5"})]
        return st.column_config.SelectboxColumn(known.label, options=options, help=known.help)
    if known.kind == "number":
        return st.column_config.NumberColumn(known.label, help=known.help, format="%.6g")
    return st.column_config.TextColumn(known.label, help=known.help)


def implied(item: Item) -> str:
    """Write the service that an item's costs imply."""
    ratio = critical_ratio(item.costs.stockout_cost, item.costs.holding_cost)
    return words.percent(ratio, 3 if ratio > 0.999 else 1)


def _rate(item: Item, period: Period) -> str:
    unit_cost = item.costs.unit_cost
    if unit_cost <= 0:
        return words.NOTHING
    return words.percent(item.costs.holding_cost * period.per_year / unit_cost, 0)


def _assumed(item: Item, names: Sequence[str]) -> str:
    """Count and list the values of this view that nobody gave: "2: Unit cost, Fixed cost"."""
    labels = [attribute("items", name).label for name in names if name in item.assumed]
    return f"{len(labels)}: {', '.join(labels)}" if labels else ""


def chosen(items: Sequence[Item], search: str, supplier: str, *, assumed: bool) -> tuple[Item, ...]:
    """Return the items that the filters leave."""
    wanted = search.strip().casefold()
    return tuple(
        item
        for item in items
        if (not wanted or wanted in f"{item.key.label} {item.name}".casefold())
        and supplier in (EVERY_SUPPLIER, item.supplier)
        and (not assumed or item.assumed)
    )


def problems_table(problems: Sequence[EditProblem]) -> None:
    """Say which edits cannot be saved, each in words."""
    n = len(problems)
    st.error(
        f"{words.plural(n, 'value')} cannot be saved. Nothing is saved until "
        f"{'it is' if n == 1 else 'all are'} mended in the table.",
        icon=":material/error:",
    )
    st.dataframe(
        pd.DataFrame(
            {
                "Item": [problem.key.label for problem in problems],
                "What is wrong": [problem.message for problem in problems],
            }
        ),
        hide_index=True,
        width="stretch",
        height="content" if len(problems) <= 8 else 300,
        alt="Values that cannot be saved, with the reason",
    )


def changes_table(changes: Sequence[Change], after: Mapping[ItemKey, Item]) -> None:
    """List what would be saved: before, after, and the service that new costs imply.

    Args:
        changes: Not saved yet.
        after: The items with these changes, where these can be.
    """
    st.dataframe(
        pd.DataFrame(
            {
                "Item": [change.key.label for change in changes],
                "What": [attribute("items", change.attribute).label for change in changes],
                "Before": [cell(change.before) for change in changes],
                "After": [cell(change.after) for change in changes],
                "Implies service": [_implied_by(change, after) for change in changes],
            }
        ),
        hide_index=True,
        width="stretch",
        height="content" if len(changes) <= 6 else 260,
        alt="Changes that are not saved yet",
    )


def _implied_by(change: Change, after: Mapping[ItemKey, Item]) -> str:
    """Write the service that a changed cost implies; nothing for what says nothing about it."""
    tells = change.attribute in ("holding_cost", "stockout_cost") and change.key in after
    return implied(after[change.key]) if tells else ""


def cell(value: object) -> str:
    """Write one value of the table."""
    if value is None or value == "":
        return words.NOTHING
    return f"{value:,.6g}" if isinstance(value, int | float) else str(value)
