"""The comparison of scenarios as a file: key figures, orders that change, assumptions."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd

from core.domain import Period, Verdict
from core.evaluation import KPI_WORDS
from core.planning import guarded
from core.services.currency import UNNAMED
from core.services.what_if_outcome import KPIS, Outcome
from core.services.what_if_results import order_changes, reference, who_orders
from core.services.what_if_scenario import WHO

Row = dict[str, Any]


def comparison_file(
    found: Sequence[Outcome], policy: str, period: Period, kind: str, money: str = UNNAMED
) -> bytes:
    """Write the scenarios side by side.

    Args:
        found: The base first.
        policy: Who orders where a scenario does not say.
        period: Of the history.
        kind: Key of exporting.FORMATS.
        money: What amounts are called: the planner's currency.
    """
    sheets = {
        "Key figures": _figures(found, policy, period, money),
        "Orders": _orders(found),
        "Assumptions": _assumptions(found, policy, period, money),
    }
    if kind == "excel":
        data = io.BytesIO()
        with pd.ExcelWriter(data, engine="openpyxl") as book:
            for name, rows in sheets.items():
                pd.DataFrame(rows).to_excel(book, sheet_name=name, index=False)
        return data.getvalue()
    rows = [{"table": name, **row} for name, part in sheets.items() for row in part]
    is_semicolon = kind == "semicolon"
    text = pd.DataFrame(rows).to_csv(
        index=False, sep=";" if is_semicolon else ",", decimal="," if is_semicolon else "."
    )
    return text.encode("utf-8-sig")


def _figures(found: Sequence[Outcome], policy: str, period: Period, money: str) -> list[Row]:
    """Return every key figure with its paired difference from today and the 95 % interval."""
    rows, base = [], found[0]
    for outcome in found:
        who = who_orders(outcome, policy)
        for name in KPIS:
            word, values = KPI_WORDS[name], outcome.kpis[who][name]
            against = base.kpis[reference(base, outcome, policy)][name]
            verdict = Verdict.from_pairs(values, against)
            row: Row = {
                "scenario": guarded(outcome.scenario.name),
                "key figure": word.label,
                "unit": guarded(word.unit_for(period).replace(UNNAMED, money)),
                "value": word.shown(float(values.mean()), period),
            }
            if outcome is not base:
                row["difference from today"] = word.shown(verdict.difference, period)
                row["95 % interval, plus or minus"] = word.shown(verdict.half_width, period)
            rows.append(row)
    return rows


def _orders(found: Sequence[Outcome]) -> list[Row]:
    """Return every order of today that a scenario changes."""
    return [
        {
            "scenario": guarded(outcome.scenario.name),
            "item": guarded(change.key.label),
            "(s, S) today": change.rule_before,
            "(s, S) then": change.rule_after,
            "agent today": change.agent_before,
            "agent then": change.agent_after,
            "agent not trained": guarded(change.doubt),
        }
        for outcome in found[1:]
        for change in order_changes(found[0], outcome, len(outcome.orders))
    ]


def _assumptions(found: Sequence[Outcome], policy: str, period: Period, money: str) -> list[Row]:
    return [
        {
            "scenario": guarded(outcome.scenario.name),
            "what changes": outcome.scenario.words(period.value, money),
            "who orders": WHO[who_orders(outcome, policy)],
            "futures": outcome.n_paths,
            f"{period.value}s": outcome.horizon,
            "items": len(outcome.orders),
            "notes": guarded(" ".join(outcome.notes)),
        }
        for outcome in found
    ]
