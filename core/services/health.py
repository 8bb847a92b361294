"""Is the data good enough to plan on: what each file gave, and how full the sales are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from core.domain import SalesHistory
from core.ingest.date_text import to_date
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
        counted_on: Day that the column's own name tells, as in "Bestand 01.11.2025".
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
    counted_on: date | None = None

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
        _day_in_name(record),
    )


def _day_in_name(record: DatasetRecord) -> date | None:
    """Return the day in the name of a column of stock, where it is one beyond doubt."""
    name = str((record.details.get("columns") or {}).get("on_hand", ""))
    for text in re.split(r"[\s()\[\]]+", name):
        found = to_date(text)
        if found and ("." in text or to_date(text, "month_first") == found):
            return found
    return None


@dataclass(frozen=True, slots=True)
class Age:
    """How old a table is.

    Args:
        label: Which table.
        since: The day it tells of, else the one it was brought in.
        is_known: Whether the table itself tells that day.
        n_days: Since then.
        is_old: Whether that is too old to order by.
    """

    label: str
    since: date
    is_known: bool
    n_days: int
    is_old: bool


# Items change seldom: an old list of them is no sign of a fault.
_AGEING = {"stock": True, "open_orders": True, "items": False}


def ages(files: Sequence[FileHealth], usual_days: float, today: date | None = None) -> list[Age]:
    """Say how old stock, open orders and items are, as far as there is a file of them.

    Args:
        files: One per kind of table.
        usual_days: Age up to which stock and open orders are good to order by.
        today: The day to count to; None is today.
    """
    found = []
    for file in files:
        if file.kind not in _AGEING or file.imported_at is None:
            continue
        since = file.counted_on or file.imported_at.date()
        n = max(0, ((today or date.today()) - since).days)
        is_old = _AGEING[file.kind] and n > usual_days and not file.is_sample
        found.append(Age(file.label, since, file.counted_on is not None, n, is_old))
    return found


@dataclass(frozen=True, eq=False)
class Coverage:
    """How full the sales are, item by month.

    Args:
        labels: Items of this page, those with the least sales first, shape [n_items].
        months: First day of each month, shape [n_months].
        selling: Share of the month's periods with a sale; nan before the item was listed,
            shape [n_items, n_months].
        n_found: Items that were looked for, on all pages.
    """

    labels: tuple[str, ...]
    months: tuple[date, ...]
    selling: npt.NDArray[np.float64]
    n_found: int


def coverage(history: SalesHistory, n_items: int = 40, page: int = 1, search: str = "") -> Coverage:
    """Return how full the sales are, month by month, the emptiest items first.

    Args:
        history: Sales.
        n_items: Most items on a page.
        page: Which page, from 1; the last one where there are fewer.
        search: Part of the code or location of the items to look for; empty finds all.
    """
    sold = history.quantity > 0
    listed = np.arange(history.n_periods) >= history.first_listed[:, None]
    share = (sold & listed).sum(axis=1) / np.maximum(listed.sum(axis=1), 1)
    wanted = search.strip().casefold()
    is_found = np.array([wanted in key.label.casefold() for key in history.keys], dtype=np.bool_)
    order = np.argsort(share, kind="stable")
    found = order[is_found[order]]
    first = n_items * max(0, min(page, -(-len(found) // n_items)) - 1)
    rows = found[first : first + n_items]
    months, month_of = np.unique(history.starts.astype("datetime64[M]"), return_inverse=True)
    selling = _by_month(sold[rows] & listed[rows], month_of, len(months))
    periods = _by_month(listed[rows], month_of, len(months))
    with np.errstate(invalid="ignore"):
        shares = selling / periods
    return Coverage(
        tuple(history.keys[row].label for row in rows),
        tuple(month.astype("datetime64[D]").item() for month in months),
        shares,
        len(found),
    )


def _by_month(
    flags: npt.NDArray[np.bool_], month_of: npt.NDArray[np.int64], n_months: int
) -> npt.NDArray[np.float64]:
    """Count the periods of each month, shape [n_items, n_months]."""
    counts = np.zeros((flags.shape[0], n_months))
    np.add.at(counts.T, month_of, flags.T)
    return counts
