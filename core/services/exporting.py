"""Orders and decisions as files that leave the house."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from core.domain import ItemKey, OrderProposal
from core.planning import COLUMNS, Column, CsvStyle, guarded, orders_csv_bytes, orders_excel
from core.services.assortment import Assortment
from core.services.decision_log import LogLine
from core.services.order_lines import OrderLine
from core.services.ordering import Ordering

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file.

    Args:
        label: For the button.
        suffix: Of the file name; no two are the same, or one download would hide another.
        mime: Its media type.
    """

    label: str
    suffix: str
    mime: str


FORMATS: Mapping[str, FileFormat] = {
    "excel": FileFormat("Excel", ".xlsx", EXCEL_TYPE),
    "comma": FileFormat("CSV, comma", ".csv", "text/csv"),
    "semicolon": FileFormat("CSV, semicolon and decimal comma", "-semicolon.csv", "text/csv"),
}


def orders_file(
    assortment: Assortment, ordering: Ordering, lines: Sequence[OrderLine], kind: str
) -> bytes:
    """Write orders as decided, else as proposed.

    Args:
        assortment: What they rest on.
        ordering: The plan.
        lines: The lines to write.
        kind: Key of FORMATS.
    """
    proposals = [_as_decided(line) for line in lines]
    columns = _columns({line.key: line for line in lines})
    if kind == "excel":
        return orders_excel(proposals, contract(assortment, ordering), columns)
    style = CsvStyle.SEMICOLON if kind == "semicolon" else CsvStyle.COMMA
    return orders_csv_bytes(proposals, style, columns)


def log_file(lines: Sequence[LogLine], kind: str) -> bytes:
    """Write the log of decisions.

    Args:
        lines: The lines to write.
        kind: Key of FORMATS.
    """
    frame = pd.DataFrame([_log_row(line) for line in lines], columns=list(_LOG_COLUMNS))
    if kind == "excel":
        data = io.BytesIO()
        frame.to_excel(data, sheet_name="Decisions", index=False)
        return data.getvalue()
    is_semicolon = kind == "semicolon"
    text = frame.to_csv(
        index=False, sep=";" if is_semicolon else ",", decimal="," if is_semicolon else "."
    )
    return text.encode("utf-8-sig")


def contract(assortment: Assortment, ordering: Ordering) -> dict[str, str]:
    """Say what the orders rest on, so that they can be worked out again."""
    data, at_work = assortment.data, ordering.at_work
    return {
        "plan": ordering.run_id,
        "sales to": data.as_of.isoformat(),
        "period": data.period.value,
        "data": data.fingerprint,
        "problems": assortment.fingerprint,
        "who decides": ordering.mode,
        "rule": ordering.baseline.name,
        "agent": "none" if at_work is None else at_work.record.name,
        "agent file": "" if at_work is None else at_work.record.bundle_sha256,
        "files": ", ".join(f"{kind}: {name}" for kind, name in data.sources.items()),
    }


def _as_decided(line: OrderLine) -> OrderProposal:
    proposal = line.proposal
    if line.record is None:
        return proposal
    decision = line.record.decision
    said = f"{decision.choice.value.capitalize()} by {decision.planner}"
    told = f"{said}, proposed {proposal.order_quantity:g}."
    return replace(
        proposal,
        order_quantity=line.quantity,
        value=line.value,
        cover_after=line.cover_after,
        notes=(told, *proposal.notes),
    )


def _columns(lines: Mapping[ItemKey, OrderLine]) -> tuple[Column, ...]:
    """Put what a supplier needs to read beside the item's code."""
    own = (
        Column("name", lambda p: lines[p.key].item.name, 30),
        Column("supplier", lambda p: lines[p.key].item.supplier, 20),
        Column("proposed_quantity", lambda p: lines[p.key].proposal.order_quantity, 18),
        Column("decision", lambda p: lines[p.key].decision),
        Column("reason", lambda p: _said(lines[p.key])[0], 24),
        Column("note", lambda p: _said(lines[p.key])[1], 30),
    )
    return (*COLUMNS[:2], *own[:2], COLUMNS[2], *own[2:], *COLUMNS[3:])


def _said(line: OrderLine) -> tuple[str, str]:
    """Return the planner's own reason and note."""
    if line.record is None:
        return "", ""
    return line.record.decision.reason, line.record.decision.note


_LOG_COLUMNS: Mapping[str, Callable[[LogLine], Any]] = {
    "number": lambda line: line.record.number,
    "decided_at": lambda line: line.decision.decided_at.isoformat(timespec="seconds"),
    "planner": lambda line: guarded(line.decision.planner),
    "item": lambda line: guarded(line.key.item),
    "location": lambda line: guarded(line.key.location),
    "decision": lambda line: line.what,
    "proposed_quantity": lambda line: line.decision.proposed_quantity,
    "agent_quantity": lambda line: line.decision.agent_quantity,
    "s_S_quantity": lambda line: line.decision.baseline_quantity,
    "final_quantity": lambda line: line.decision.quantity,
    "deviation": lambda line: line.deviation,
    "reason": lambda line: guarded(line.decision.reason),
    "note": lambda line: guarded(line.decision.note),
    "status": lambda line: line.status,
    "plan": lambda line: line.decision.run_id,
    "policy": lambda line: guarded(line.policy),
    "data": lambda line: line.data,
}


def _log_row(line: LogLine) -> dict[str, Any]:
    return {name: read(line) for name, read in _LOG_COLUMNS.items()}
