"""Tables of the What-if page: key figures by scenario, and orders that change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import Period
from core.services.currency import UNNAMED, money_unit
from core.services.what_if_outcome import Outcome
from core.services.what_if_results import Cell, OrderChange, kpi_rows
from core.ui import state, words


def kpi_table(found: Sequence[Outcome], policy: str, period: Period) -> None:
    """Draw every key figure under all scenarios, with the difference from today."""
    rows = [
        {
            "Key figure": f"{row.label}, {unit_words(row.unit)}" if row.unit else row.label,
            **{
                outcome.scenario.name: _cell(cell)
                for outcome, cell in zip(found, row.cells, strict=True)
            },
        }
        for row in kpi_rows(found, policy, period)
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={"Key figure": st.column_config.TextColumn(pinned=True)},
        alt="Key figures of every scenario with the difference from today",
    )


def unit_words(unit: str) -> str:
    """Write what a key figure is counted in, money as the planner's currency."""
    return unit.replace(UNNAMED, money_unit(state.store()))


def _cell(cell: Cell) -> str:
    return f"{cell.text} ({cell.difference}) {cell.tone}".rstrip() if cell.difference else cell.text


def orders_table(changes: Sequence[OrderChange]) -> None:
    """Draw the orders of today that change most; with the agent's where it was asked."""
    st.markdown("**Orders of today that change most, units**")
    if not changes:
        st.caption("No order of today changes.")
        return
    has_agent = changes[0].agent_after is not None
    st.dataframe(
        pd.DataFrame([_order_cells(change, has_agent) for change in changes]),
        hide_index=True,
        width="stretch",
        height="content" if len(changes) <= 8 else 320,
        column_config={
            "Trained": st.column_config.TextColumn(
                help="Whether the agent was trained for the item as the scenario has it."
            )
        },
        alt="Orders of today that change most under the scenario",
    )


def _order_cells(change: OrderChange, has_agent: bool) -> dict[str, Any]:
    cells: dict[str, Any] = {
        "Item": change.key.label,
        "(s, S) today": words.units(change.rule_before),
        "(s, S) then": words.units(change.rule_after),
    }
    if has_agent:
        cells["Agent today"] = words.units(change.agent_before)
        cells["Agent then"] = words.units(change.agent_after)
        cells["Trained"] = "no" if change.doubt else "yes"
    return cells
