"""Tables of the Policies page: key figures side by side, and the verdict item by item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import Outcome, Period
from core.services.baselines import BASELINE
from core.services.judging import OUTCOME_WORDS, ItemRow


def kpi_table(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str], policy: str) -> None:
    """Draw key figures, one row each, one column per policy; a star marks the best.

    Args:
        rows: Of a comparison or a replay.
        names: What screens call the policies.
        policy: The one looked at; it stands beside (s, S).
    """
    order = (BASELINE, policy)
    labels = sorted(rows[0]["values"], key=lambda label: (label not in order, label == policy))
    table = [
        {
            "Key figure": row["label"],
            **{names.get(label, label): _starred(row, label) for label in labels},
            "Unit": row["unit"],
            "What it is": row["description"],
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


def _starred(row: Mapping[str, Any], label: str) -> str:
    values = list(row["values"].values())
    best = {"lower": min, "higher": max}.get(row["better"])
    is_best = best is not None and row["values"][label] == best(values) and len(set(values)) > 1
    return f"{row['texts'][label]}{' ★' if is_best else ''}"


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
    unit = f"money/{period.value}"
    table = pd.DataFrame([_item_cells(row, name) for row in shown])
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content" if len(shown) <= 12 else 460,
        column_config={
            "(s, S) cost": st.column_config.NumberColumn(format="%.3f", help=unit),
            f"{name} cost": st.column_config.NumberColumn(format="%.3f", help=unit),
            "Difference": st.column_config.NumberColumn(format="%+.3f", help=unit),
            "±": st.column_config.NumberColumn(format="%.3f", help="Half of the 95 % interval"),
            "%": st.column_config.NumberColumn(format="%+.1f"),
            "(s, S) fill": st.column_config.NumberColumn(format="%.2f %%"),
            f"{name} fill": st.column_config.NumberColumn(format="%.2f %%"),
            "Why": st.column_config.TextColumn(width="large"),
        },
        alt=f"Cost of {name} and (s, S) item by item, with the verdict and the policy in use",
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
