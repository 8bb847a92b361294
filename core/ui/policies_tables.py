"""Tables of the Policies page: key figures side by side, and the verdict item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import Outcome, Period
from core.services.baselines import BASELINE
from core.services.currency import UNNAMED, money_unit
from core.services.judging import OUTCOME_WORDS, ItemRow
from core.ui import state
from core.ui.words import escaped


def kpi_table(
    rows: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    policy: str,
    *,
    is_narrow: bool = False,
) -> None:
    """Draw key figures, one row each, one column per policy; a star marks the only best.

    Args:
        rows: Of a comparison or a replay.
        names: What screens call the policies.
        policy: The one looked at; it stands beside (s, S).
        is_narrow: Whether there is room for the figures only.
    """
    order = (BASELINE, policy)
    labels = sorted(rows[0]["values"], key=lambda label: (label not in order, label == policy))
    table = [
        {
            "Key figure": _with_unit(row) if is_narrow else row["label"],
            **{names.get(label, label): starred(row, label) for label in labels},
            **({} if is_narrow else {"Unit": _unit(row), "What it is": row["description"]}),
        }
        for row in rows
    ]
    st.dataframe(
        pd.DataFrame(table),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            "Key figure": st.column_config.TextColumn(pinned=True),
            "What it is": st.column_config.TextColumn(width="large"),
        },
        alt="Key figures of every policy side by side",
    )


def _with_unit(row: Mapping[str, Any]) -> str:
    return f"{row['label']}, {_unit(row)}" if row["unit"] else str(row["label"])


def _unit(row: Mapping[str, Any]) -> str:
    return str(row["unit"]).replace(UNNAMED, money_unit(state.store()))


def starred(row: Mapping[str, Any], label: str) -> str:
    """Write a figure; the best one gets a star, unless another is shown as good."""
    best = {"lower": min, "higher": max}.get(row["better"])
    is_best = best is not None and row["values"][label] == best(row["values"].values())
    text = unsigned_zero(row["texts"][label])
    is_alone = list(row["texts"].values()).count(row["texts"][label]) == 1
    return f"{text}{' ★' if is_best and is_alone else ''}"


def unsigned_zero(text: str) -> str:
    """Write -0.00 as 0.00."""
    return text[1:] if text.startswith("-") and not text.strip("-0.,% ") else text


def item_table(rows: Sequence[ItemRow], name: str, period: Period) -> None:
    """Draw one row per item, filtered by outcome, for download as well."""
    outcome = st.segmented_control(
        "Show",
        list(Outcome),
        format_func=lambda one: f"{OUTCOME_WORDS[one]} ({_count(rows, one)})",
        key="keep.policies.outcome",
        selection_mode="multi",
        label_visibility="collapsed",
    )
    shown = [row for row in rows if not outcome or row.verdict.outcome in outcome]
    shown = sorted(shown, key=lambda row: -abs(row.verdict.difference))
    unit = f"{money_unit(state.store())}/{period.value}"
    table = pd.DataFrame([_item_cells(row, name) for row in shown])
    picked = st.dataframe(
        table.round({"Difference": 3, "%": 1}).replace(-0.0, 0.0),
        hide_index=True,
        width="stretch",
        height="content" if len(shown) <= 12 else 460,
        on_select="rerun",
        selection_mode="single-row",
        key=f"_policies.items.{len(shown)}",
        column_config={
            "(s, S) cost": st.column_config.NumberColumn(format="%.3f", help=unit),
            f"{name} cost": st.column_config.NumberColumn(format="%.3f", help=unit),
            "Difference": st.column_config.NumberColumn(
                format="%.3f", help=f"{unit}; below 0 is cheaper than (s, S)"
            ),
            "±": st.column_config.NumberColumn(format="%.3f", help="Half of the 95 % interval"),
            "%": st.column_config.NumberColumn(format="%.1f"),
            "(s, S) fill": st.column_config.NumberColumn(format="%.2f %%"),
            f"{name} fill": st.column_config.NumberColumn(format="%.2f %%"),
            "Why": st.column_config.TextColumn(width="large"),
        },
        alt=f"Cost of {name} and (s, S) item by item, with the verdict and the policy in use",
    )
    if shown:
        row = shown[next(iter(picked.selection.rows), 0)]
        st.caption(
            f"**{escaped(row.key.label)}**: Auto uses {escaped(row.used)}. {escaped(row.why)} "
            "Tick another line to read why."
        )
    st.download_button(
        "Download as CSV",
        table.to_csv(index=False).encode("utf-8-sig"),
        "policies.csv",
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _count(rows: Sequence[ItemRow], outcome: Outcome) -> int:
    return sum(row.verdict.outcome is outcome for row in rows)


def _item_cells(row: ItemRow, name: str) -> dict[str, Any]:
    return {
        "Item": row.key.label,
        "Verdict": OUTCOME_WORDS[row.verdict.outcome],
        "Demand": row.demand_class,
        "(s, S) cost": row.rule_cost,
        f"{name} cost": row.cost,
        "Difference": row.verdict.difference,
        "±": row.verdict.half_width,
        "%": row.verdict.percent,
        "(s, S) fill": 100 * row.rule_fill,
        f"{name} fill": 100 * row.fill,
        "Auto uses": row.used,
        "Why": row.why,
    }
