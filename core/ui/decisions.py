"""What the Decisions page is made of: figures, filters, the log, undo, files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.domain import PlannerError
from core.services.deciding import undo
from core.services.decision_log import LogFilter, LogLine, filtered
from core.services.exporting import FORMATS, log_file
from core.ui import components, downloads, frame, state, words

_PER_PAGE = 500


def figures(lines: Sequence[LogLine]) -> None:
    """Sum up the decisions that stand today."""
    standing = [line for line in lines if line.can_be_undone]
    adjusted = sum(line.what == "adjusted" for line in standing)
    components.kpis(
        [
            (
                "Decided today",
                f"{len(standing):,}",
                "Decisions that stand on today's data.",
            ),
            ("As proposed", f"{sum(line.what == 'approved' for line in standing):,}", "Approved."),
            ("Adjusted", f"{adjusted:,}", "Ordered in another quantity."),
            (
                "Rejected",
                f"{sum(line.what == 'rejected' for line in standing):,}",
                "Nothing ordered.",
            ),
        ]
    )


def filters(lines: Sequence[LogLine]) -> tuple[LogLine, ...]:
    """Draw the filters; return the lines they leave."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            "Find an item", placeholder="code", key="keep.decisions.search", width=150
        )
        wanted = LogFilter(
            search=search,
            planners=_some("Who", [line.decision.planner for line in lines]),
            choices=_some("What", [line.what for line in lines]),
            reasons=_some("Reason", [line.decision.reason for line in lines]),
            statuses=_some("Status", [line.status for line in lines]),
        )
    return filtered(lines, wanted)


def _some(label: str, values: list[str]) -> tuple[str, ...]:
    options = sorted({value for value in values if value})
    key = f"keep.decisions.{label.lower()}"
    kept = st.session_state.get(key)
    if kept:
        st.session_state[key] = [value for value in kept if value in options]
    chosen = st.multiselect(label, options, key=key, placeholder="all", width=190)
    return tuple(chosen)


def table(shown: Sequence[LogLine]) -> tuple[LogLine, ...]:
    """Draw the log, newest first; return the picked lines."""
    top = shown[:_PER_PAGE]
    picked = st.dataframe(
        pd.DataFrame([_row(line) for line in top]),
        hide_index=True,
        width="stretch",
        height="content" if len(top) <= 14 else 530,
        column_config=_columns(),
        on_select="rerun",
        selection_mode="multi-row",
        key=f"_decisions.table.{hash(tuple((line.record.number, line.status) for line in top))}",
        placeholder=words.NOTHING,
        alt="Log of decisions, newest first",
    )
    if len(shown) > len(top):
        st.caption(f"The newest {len(top)} of {len(shown):,}; the files hold all of them.")
    return tuple(top[row] for row in picked.selection.rows if row < len(top))


def _row(line: LogLine) -> dict[str, Any]:
    decision = line.decision
    return {
        "when": words.moment(decision.decided_at),
        "who": decision.planner,
        "item": line.key.label,
        "what": line.what,
        "agent": decision.agent_quantity,
        "rule": decision.baseline_quantity,
        "proposed": decision.proposed_quantity,
        "final": decision.quantity,
        "deviation": words.percent(line.deviation, 0, signed=line.deviation != 0),
        "reason": decision.reason or None,
        "note": decision.note or None,
        "status": line.status,
        "policy": components.mode_label(line.policy) if line.policy else None,
        "plan": f"{decision.run_id} on data {line.data[:8]}" if line.data else decision.run_id,
    }


def _columns() -> dict[str, Any]:
    text, units = st.column_config.TextColumn, components.units_column
    return {
        "when": text("When", width=125),
        "who": text("Who", width=90),
        "item": text("Item", width=90),
        "what": text("What", width=125),
        "agent": units("Agent", "What the agent would have ordered."),
        "rule": units("(s, S)", "What (s, S), or the rule chosen instead, would have ordered."),
        "proposed": units("Proposed", "By the policy in use."),
        "final": units("Final", "What is ordered."),
        "deviation": text("Deviation", width=80, help="Final against proposed."),
        "reason": text("Reason", width=150),
        "note": text("Note", width=180),
        "status": text(
            "Status",
            width=90,
            help="stands: counts today; replaced: decided anew later; earlier data: the sales, "
            "stock or costs have changed since.",
        ),
        "policy": text("Who decided then", width=180),
        "plan": text("Plan", width=150, help="Number of the plan and mark of its data."),
    }


def actions(picked: Sequence[LogLine], shown: Sequence[LogLine]) -> None:
    """Offer to undo the picked decisions, and to download the lines shown."""
    undoable = [line for line in picked if line.can_be_undone]
    with st.container(horizontal=True):
        st.button(
            f"Undo {words.plural(len(undoable), 'decision')}" if undoable else "Undo",
            type="primary",
            icon=":material/undo:",
            disabled=not undoable,
            on_click=_undo,
            args=([line.record.number for line in undoable],),
            key="_decisions.undo",
            help="Pick lines that stand. The log keeps both, the decision and its undoing.",
        )
        for kind, form in FORMATS.items():
            downloads.button(
                f"Download {form.label}",
                partial(log_file, shown, kind),
                f"decisions{form.suffix}",
                mime=form.mime,
                key=f"_decisions.download.{kind}",
                disabled=not shown,
            )


def nothing_yet() -> None:
    """Draw the empty state."""
    frame.empty(
        "No decisions yet. Approve, adjust or reject an order, and it stands here with its reason.",
        frame.ORDERS_PAGE,
        "Go to the orders",
    )


def _undo(numbers: Sequence[int]) -> None:
    try:
        made = undo(state.store(), numbers)
    except PlannerError as error:
        components.keep_news(failed=error)
        return
    components.keep_news(f"{words.plural(len(made), 'decision')} undone.")
