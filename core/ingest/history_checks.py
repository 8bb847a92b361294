"""What a planner should know about a sales history before she plans with it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np

from core.domain import SalesHistory
from core.ingest.bucketing import Floats, Returned, SalesRows
from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES

_LISTED = 5
_OUTLIER_TIMES = 50.0
_TOLERANCE = 1e-9


def tell_about_history(
    checks: Checks,
    history: SalesHistory,
    rows: SalesRows,
    returned: Returned,
    as_of: date | None,
) -> None:
    """Add the findings that need the whole history."""
    _too_short(checks, history)
    _zeros(checks, history)
    _returns(checks, rows)
    _beyond_sales(checks, history, returned)
    _outliers(checks, history)
    _twins(checks, history)
    if as_of is not None:
        _stale(checks, history, as_of)


def _too_short(checks: Checks, history: SalesHistory) -> None:
    if history.n_periods > 1:
        return
    # A report of one month or week is a beginning: the next one is added to it.
    is_report = checks.table.stands_for is not None
    checks.tell(
        "warning" if is_report else "error",
        "one_period",
        f"The sales history covers one {history.period.value} only",
        name="date",
        value=str(history.starts[0]),
        remedy="Add it to sales of other periods; a year or more gives useful plans."
        if is_report
        else "Upload at least two periods; a year or more gives useful plans.",
    )


def _zeros(checks: Checks, history: SalesHistory) -> None:
    sold = history.quantity.sum(axis=1)
    if not sold.any():
        checks.tell(
            "error",
            "all_zeros",
            "Nothing was sold in the whole sales history",
            name="quantity",
            value="0",
            remedy="Check that the right column is taken as the quantity.",
        )
    elif (sold == 0).any():
        never = [key.label for key, total in zip(history.keys, sold, strict=True) if total == 0]
        checks.tell(
            "warning",
            "never_sold",
            f"{len(never)} items were never sold: {_list(never)}",
            name="quantity",
            remedy="They get no order; remove them if they are gone.",
        )


def _returns(checks: Checks, rows: SalesRows) -> None:
    n_returns = int((rows.quantity < 0).sum())
    if n_returns == 0:
        return
    checks.tell(
        "warning" if n_returns > 0.5 * len(rows.quantity) else "info",
        "returns",
        ("1 row has" if n_returns == 1 else f"{n_returns} rows have")
        + " a negative quantity, taken as a return and subtracted",
        name="quantity",
        remedy="If they are something else, say so in the answer to the question on negatives.",
    )


def _beyond_sales(checks: Checks, history: SalesHistory, returned: Returned) -> None:
    """Tell of returns beyond the sales of their own period: taken off earlier, or left out."""
    period = history.period.value
    if (returned.carried > _TOLERANCE).any():
        checks.tell(
            "info",
            "returns_carried_back",
            f"Returns of {_n_units(returned.carried)} exceed what the item sold in that {period}; "
            f"they are taken off its last sales before: {_units(history, returned.carried)}",
            name="quantity",
            remedy="Nothing to do: what comes back was sold before.",
        )
    if (returned.unmatched > _TOLERANCE).any():
        checks.tell(
            "warning",
            "returns_exceed_sales",
            f"Returns of {_n_units(returned.unmatched)} exceed all sales before them in "
            f"this file and are left out: {_units(history, returned.unmatched)}",
            name="quantity",
            remedy="They were sold before this file begins, or are bookings and no returns. A "
            "longer export shows it.",
        )


def _outliers(checks: Checks, history: SalesHistory) -> None:
    """A quantity far beyond all others of the item is more often a slip than a sale."""
    sold = np.where(history.quantity > 0, history.quantity, 0.0)
    n_sold = (sold > 0).sum(axis=1)
    top = sold.max(axis=1)
    usual = (sold.sum(axis=1) - top) / np.maximum(n_sold - 1, 1)
    odd = np.flatnonzero((n_sold >= 10) & (top > _OUTLIER_TIMES * usual))
    if odd.size:
        starts = history.starts
        told = [
            f"{history.keys[i].label} {top[i]:g} on {starts[int(sold[i].argmax())]} "
            f"(usually {usual[i]:.3g})"
            for i in odd
        ]
        checks.tell(
            "warning",
            "outlier",
            f"{odd.size} items sold far more than ever once: {_list(told)}",
            name="quantity",
            value=f"{top[odd[0]]:g}",
            remedy="Correct the file if this is a slip; a one-off order distorts the plan.",
        )


def _twins(checks: Checks, history: SalesHistory) -> None:
    items = {key.item for key in history.keys}
    folded = Counter(item.casefold() for item in items)
    twins = sorted(item for item in items if folded[item.casefold()] > 1)
    if twins:
        checks.tell(
            "warning",
            "case_twins",
            f"{len(twins)} item codes differ only in capitals and count as different items: "
            f"{_list(twins)}",
            name="item",
            remedy="Write them the same way if they are one item.",
        )


def _stale(checks: Checks, history: SalesHistory, as_of: date) -> None:
    today = int(history.period.number(as_of))
    behind = today - history.next_index
    if behind >= 1:
        checks.tell(
            "warning",
            "stale",
            f"The sales end {behind} whole {history.period.value}s before the day of planning, "
            f"{as_of.isoformat()}",
            name="date",
            value=str(history.starts[-1]),
            remedy="The plan starts on the day after the last sale. Upload newer sales when there "
            "are any.",
        )


def _n_units(units: Floats) -> str:
    total = f"{units.sum():,.10g}"
    return f"{total} unit" if total == "1" else f"{total} units"


def _units(history: SalesHistory, units: Floats) -> str:
    """Name the items with the most units: 'A 12, B 3, C 1, ...'."""
    most = np.argsort(-units, kind="stable")
    told = [f"{history.keys[i].label} {units[i]:,.10g}" for i in most if units[i] > _TOLERANCE]
    return ", ".join(told[:MAX_EXAMPLES]) + (", ..." if len(told) > MAX_EXAMPLES else "")


def _list(labels: list[str]) -> str:
    return ", ".join(labels[:_LISTED]) + (", ..." if len(labels) > _LISTED else "")
