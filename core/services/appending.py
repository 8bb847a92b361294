"""Next week's file beside what is there: added to it, with only the differences told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from core.domain import HistoryError, ItemKey, Period, SalesHistory
from core.ingest.bucketing import carry_back

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """A number of before that the newer file gives differently.

    Args:
        key: Item.
        day: First day of the period.
        before, now: Units sold.
    """

    key: ItemKey
    day: date
    before: float
    now: float


@dataclass(frozen=True, eq=False)
class Appended:
    """Sales with a newer file added.

    Args:
        history: Both together.
        n_new: Periods that only the newer file has.
        n_missing: Periods between the two that neither has; they count as not known.
        units_added: Units sold in the new periods.
        new_items: Items that only the newer file has.
        silent_items: Items without a sale in the newer file.
        changes: Numbers of before that changed, the largest changes first.
        cut_period: First day of a period that the newer file begins within; None where it begins
            with a whole one. Such a period is added up where the sales of before end ahead of
            the newer file, else it stays as it was.
        units_returned: Units that came back of what was sold before, and are taken off it.
    """

    history: SalesHistory
    n_new: int
    n_missing: int
    units_added: float
    new_items: tuple[ItemKey, ...]
    silent_items: tuple[ItemKey, ...]
    changes: tuple[Change, ...]
    cut_period: date | None
    units_returned: float = 0.0


@dataclass(frozen=True, eq=False)
class _Grid:
    """One calendar for both: units, stock flags and which cells a file covers."""

    quantity: npt.NDArray[np.float64]
    in_stock: npt.NDArray[np.bool_]
    stocked_share: npt.NDArray[np.float64]
    returned: npt.NDArray[np.float64]
    covered: npt.NDArray[np.bool_]


def append(
    before: SalesHistory, newer: SalesHistory, first_day: date, before_until: date | None
) -> Appended:
    """Add newer sales: for the periods it covers the newer file counts, for all items.

    Args:
        before: The sales in use.
        newer: The newer file, in the same periods.
        first_day: First day that the newer file covers.
        before_until: Last day that the sales in use cover, where that is known.

    """
    assert before.period is newer.period
    keys = tuple(sorted({*before.keys, *newer.keys}))
    first = min(before.first_index, newer.first_index)
    n_periods = max(before.next_index, newer.next_index) - first
    old, new = (_on(h, keys, first, n_periods) for h in (before, newer))
    cut = _cut_column(newer, first_day, first)
    takes = new.covered.copy()
    if cut is not None and old.covered[cut]:
        takes[cut] = False
    quantity = np.where(takes, new.quantity, old.quantity)
    in_stock = np.where(takes, new.in_stock, old.in_stock)
    share = np.where(takes, new.stocked_share, old.stocked_share)
    back = np.where(takes, new.returned, old.returned)
    if cut is not None and old.covered[cut] and _is_before(before_until, first_day):
        share[:, cut] = np.nan
        quantity[:, cut] = old.quantity[:, cut] + new.quantity[:, cut]
        in_stock[:, cut] = old.in_stock[:, cut] & new.in_stock[:, cut]
        back[:, cut] = old.returned[:, cut] + new.returned[:, cut]
    nobody = ~(old.covered | new.covered)
    in_stock[:, nobody] = False
    has_share = before.stocked_share is not None or newer.stocked_share is not None
    history = SalesHistory(
        before.period,
        first,
        keys,
        quantity,
        in_stock,
        _listed(before, newer, keys, first),
        share if has_share else None,
        back if back.any() else None,
    )
    return _told(history, before, newer, (old, new, takes), cut)


def taken_back(
    before: SalesHistory, returned: Mapping[ItemKey, float]
) -> tuple[SalesHistory, float]:
    """Take goods that came back off their last sales.

    Args:
        before: The sales in use.
        returned: Units by item.

    Returns:
        The sales less what came back, and how many units that is.
    """
    owed = np.array([returned.get(key, 0.0) for key in before.keys])
    if not owed.any():
        return before, 0.0
    sold, left = carry_back(np.column_stack([before.quantity, -owed]))
    return replace(before, quantity=sold[:, :-1].copy()), float(left.carried.sum())


def in_periods(history: SalesHistory, period: Period) -> SalesHistory:
    """Return sales counted in longer periods; as they are where these are their own.

    A longer period counts as in stock where all its parts do.

    Raises:
        HistoryError: where the sales count in longer periods already.
    """
    if history.period is period:
        return history
    if history.period.days > period.days:
        raise HistoryError(
            f"A file that counts in {history.period.value}s cannot be added to sales in "
            f"{period.value}s",
            remedy="Let it take their place, or export it day by day.",
        )
    index = period.number(history.starts)
    firsts = np.flatnonzero(np.diff(index, prepend=index[0] - 1))
    n_parts = np.diff(firsts, append=len(index))
    share, back = history.stocked_share, history.returned
    return SalesHistory(
        period,
        int(index[0]),
        history.keys,
        np.add.reduceat(history.quantity, firsts, axis=1),
        np.logical_and.reduceat(history.in_stock, firsts, axis=1),
        index[np.minimum(history.first_listed, history.n_periods - 1)] - index[0],
        None if share is None else np.add.reduceat(share, firsts, axis=1) / n_parts,
        None if back is None else np.add.reduceat(back, firsts, axis=1),
    )


def _told(
    history: SalesHistory,
    before: SalesHistory,
    newer: SalesHistory,
    grids: tuple[_Grid, _Grid, npt.NDArray[np.bool_]],
    cut: int | None,
) -> Appended:
    old, new, takes = grids
    fresh = new.covered & ~old.covered
    starts = history.starts
    known = np.isin(np.arange(len(history.keys)), _places(history.keys, before.keys))
    both = takes & old.covered
    changed = (np.abs(new.quantity - old.quantity) > _TOLERANCE) & both & known[:, None]
    size = np.abs(new.quantity - old.quantity)[changed]
    at = np.argwhere(changed)[np.argsort(-size, kind="stable")]
    changes = tuple(
        Change(
            history.keys[i],
            starts[t].item(),
            float(old.quantity[i, t]),
            float(new.quantity[i, t]),
        )
        for i, t in at.tolist()
    )
    sold = {k for k, s in zip(newer.keys, newer.quantity.sum(axis=1) > 0, strict=True) if s}
    return Appended(
        history,
        int(fresh.sum()),
        int((~(old.covered | new.covered)).sum()),
        float(new.quantity[:, fresh].sum()),
        tuple(key for key in newer.keys if key not in set(before.keys)),
        tuple(key for key in before.keys if key not in sold),
        changes,
        None if cut is None else starts[cut].item(),
    )


def _on(history: SalesHistory, keys: tuple[ItemKey, ...], first: int, n_periods: int) -> _Grid:
    """Lay a history on the calendar of both."""
    quantity = np.zeros((len(keys), n_periods))
    in_stock = np.ones((len(keys), n_periods), dtype=np.bool_)
    covered = np.zeros(n_periods, dtype=np.bool_)
    start = history.first_index - first
    columns = slice(start, start + history.n_periods)
    rows = _places(keys, history.keys)
    quantity[rows, columns], in_stock[rows, columns] = history.quantity, history.in_stock
    covered[columns] = True
    share = in_stock.astype(np.float64)
    if history.stocked_share is not None:
        share[rows, columns] = history.stocked_share
    back = np.zeros(quantity.shape)
    if history.returned is not None:
        back[rows, columns] = history.returned
    return _Grid(quantity, in_stock, share, back, covered)


def _places(keys: tuple[ItemKey, ...], of: tuple[ItemKey, ...]) -> npt.NDArray[np.int64]:
    place = {key: row for row, key in enumerate(keys)}
    return np.array([place[key] for key in of], dtype=np.int64)


def _listed(
    before: SalesHistory, newer: SalesHistory, keys: tuple[ItemKey, ...], first: int
) -> npt.NDArray[np.int64]:
    """Column in which each item first appears in either file, shape [n_items]."""
    listed = np.full(len(keys), np.iinfo(np.int64).max)
    for history in (before, newer):
        rows = _places(keys, history.keys)
        own = history.first_listed + (history.first_index - first)
        listed[rows] = np.minimum(listed[rows], own)
    return listed


def _cut_column(newer: SalesHistory, first_day: date, first: int) -> int | None:
    """Column of the period that the newer file begins within."""
    is_cut = first_day > newer.period.first_day(newer.first_index)
    return newer.first_index - first if is_cut else None


def _is_before(until: date | None, first_day: date) -> bool:
    return until is not None and until < first_day
