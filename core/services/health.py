"""Is the data good enough to plan on: what each file gave, and how full the sales are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from core.domain import SalesHistory
from core.store import KINDS, DatasetRecord, Store

KIND_LABELS = {
    "history": "Sales",
    "items": "Items",
    "stock": "Stock",
    "open_orders": "Open orders",
    "deliveries": "Deliveries",
    "stockout_days": "Stock-out days",
    "promotions": "Promotions",
    "calendar": "Calendar",
}


@dataclass(frozen=True, slots=True)
class FileHealth:
    """One kind of table and the file it stands on.

    Args:
        kind, label: Which table.
        source_name: File; empty where there is none.
        rows_read, rows_used, rows_rejected: Counts; None where there is no file.
        imported_at: When; None where there is no file.
        is_sample: Whether it is the sample.
        facts: What was read, label -> value.
        n_warnings: Findings the planner was told of and accepted.
    """

    kind: str
    label: str
    source_name: str = ""
    rows_read: int | None = None
    rows_used: int | None = None
    rows_rejected: int | None = None
    imported_at: datetime | None = None
    is_sample: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    n_warnings: int = 0

    @property
    def is_there(self) -> bool:
        """Whether there is a file."""
        return self.imported_at is not None


def file_health(store: Store) -> tuple[FileHealth, ...]:
    """Say for each kind of table which file counts now and what it gave."""
    active = store.datasets.all_active()
    return tuple(
        _of_record(active[kind]) if kind in active else FileHealth(kind, KIND_LABELS[kind])
        for kind in KINDS
    )


def _of_record(record: DatasetRecord) -> FileHealth:
    rows = record.details.get("rows") or (record.n_rows, record.n_rows, 0)
    findings = record.details.get("findings") or ()
    return FileHealth(
        record.kind,
        KIND_LABELS[record.kind],
        record.source_name,
        int(rows[0]),
        int(rows[1]),
        int(rows[2]),
        record.imported_at,
        record.is_sample,
        tuple((record.details.get("facts") or {}).items()),
        sum(finding.get("severity") == "warning" for finding in findings),
    )


@dataclass(frozen=True, eq=False)
class Coverage:
    """How full the sales are, item by month.

    Args:
        labels: Items, those with the least sales first, shape [n_items].
        months: First day of each month, shape [n_months].
        selling: Share of the month's periods with a sale; nan before the item was listed,
            shape [n_items, n_months].
        n_left_out: Items not shown.
    """

    labels: tuple[str, ...]
    months: tuple[date, ...]
    selling: npt.NDArray[np.float64]
    n_left_out: int


def coverage(history: SalesHistory, n_items: int = 40) -> Coverage:
    """Return the items with the emptiest sales, month by month.

    Args:
        history: Sales.
        n_items: Most items to show.
    """
    sold = history.quantity > 0
    listed = np.arange(history.n_periods) >= history.first_listed[:, None]
    share = (sold & listed).sum(axis=1) / np.maximum(listed.sum(axis=1), 1)
    rows = np.argsort(share, kind="stable")[:n_items]
    months, month_of = np.unique(history.starts.astype("datetime64[M]"), return_inverse=True)
    selling = _by_month(sold[rows] & listed[rows], month_of, len(months))
    periods = _by_month(listed[rows], month_of, len(months))
    with np.errstate(invalid="ignore"):
        shares = selling / periods
    return Coverage(
        tuple(history.keys[row].label for row in rows),
        tuple(month.astype("datetime64[D]").item() for month in months),
        shares,
        len(history.keys) - len(rows),
    )


def _by_month(
    flags: npt.NDArray[np.bool_], month_of: npt.NDArray[np.int64], n_months: int
) -> npt.NDArray[np.float64]:
    """Count the periods of each month, shape [n_items, n_months]."""
    counts = np.zeros((flags.shape[0], n_months))
    np.add.at(counts.T, month_of, flags.T)
    return counts
