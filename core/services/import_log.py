"""What was ever brought in, how it was read and what was answered: to look up and to download."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from core.services.health import KIND_LABELS
from core.store import DatasetRecord, Store

COLUMNS = ("When", "Table", "File", "SHA-256", "What", "Detail")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One file that was brought in.

    Args:
        when: The moment.
        table: Sales, Items, ...
        file: Its name.
        sha256: Fingerprint of its bytes.
        rows_read, rows_used, rows_rejected: Counts.
        is_active: Whether it counts now; else it was replaced or undone.
        lines: All that was decided and found: pairs of what and detail.
    """

    when: datetime
    table: str
    file: str
    sha256: str
    rows_read: int
    rows_used: int
    rows_rejected: int
    is_active: bool
    lines: tuple[tuple[str, str], ...]


def import_log(store: Store) -> tuple[LogEntry, ...]:
    """Return every import, the newest first.

    Raises:
        StorageError: where the record cannot be read.
    """
    active = {record.id for record in store.datasets.all_active().values()}
    return tuple(_entry(record, record.id in active) for record in store.datasets.list())


def log_table(entries: tuple[LogEntry, ...]) -> pd.DataFrame:
    """Lay the log out as one row per thing that was decided or found, to download."""
    rows = [
        (e.when.isoformat(timespec="seconds"), e.table, e.file, e.sha256, what, detail)
        for e in entries
        for what, detail in e.lines
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _entry(record: DatasetRecord, is_active: bool) -> LogEntry:
    rows = record.details.get("rows") or (record.n_rows, record.n_rows, 0)
    read, used, rejected = (int(n) for n in rows)
    counts = f"{read} read, {used} used, {rejected} rejected"
    return LogEntry(
        record.imported_at,
        KIND_LABELS[record.kind],
        record.source_name,
        record.source_sha256,
        read,
        used,
        rejected,
        is_active,
        (("rows", counts), *_decisions(record.details)),
    )


def _decisions(details: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    guesses = details.get("guesses") or ()
    columns = details.get("columns") or {}
    answers = details.get("answers") or ()
    findings = details.get("findings") or ()
    return (
        *((f"read as: {g['name']}", f"{g['value']} ({g['evidence']})") for g in guesses),
        *((f"column: {name}", str(column)) for name, column in columns.items()),
        *((f"answer: {a['id']}", f"{a['question']} {a['answer']}") for a in answers),
        *((f"note: {f['code']}", _found(f)) for f in findings),
        *((f"total: {name}", str(value)) for name, value in (details.get("facts") or {}).items()),
    )


def _found(finding: dict[str, Any]) -> str:
    n = int(finding.get("count") or 1)
    shown = "; ".join(finding.get("examples") or ())
    rows = f" ({n} rows)" if n > 1 else ""
    return f"{finding['what']}{rows}" + (f": {shown}" if shown else "")
