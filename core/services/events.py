"""Events on the planner's calendar: which periods of which item a stock-out or promotion touches.

Pure functions of events and a calendar; nothing here reads the record. Sales are never changed: a
period is only marked as one in which they say little about demand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.domain import Events, ItemKey, Period, SalesHistory
from core.ingest.keys import matches

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

# One day in a month says next to nothing about the month's demand; one in a week does.
OUT_SHARE = 0.1
# A weekday that is closed more often than not is closed as a rule.
_AS_A_RULE = 0.5
_ITEMS_AT_ONCE = 2000


def days_touched(
    events: Events, keys: Sequence[ItemKey], period: Period, first_index: int, n_periods: int
) -> Counts:
    """Count the days of each period that an event touches, item by item.

    Args:
        events: Overlapping ones count once.
        keys: Items; an event without a location concerns the item at each of them, one without
            an item every item.
        period: Bucket of the calendar.
        first_index: Number of its first period; the calendar may lie in the future.
        n_periods: Its length.

    Returns:
        Days, shape [n_items, n_periods].
    """
    counts = np.zeros((len(keys), n_periods), dtype=np.int64)
    edges = period.start(np.arange(first_index, first_index + n_periods + 1)).astype(np.int64)
    rows, first, last = _rows_touched(events, keys, edges[0], edges[-1])
    order = np.argsort(rows, kind="stable")
    rows, first, last = rows[order], first[order], last[order]
    for start in range(0, len(keys), _ITEMS_AT_ONCE):
        a, b = np.searchsorted(rows, [start, start + _ITEMS_AT_ONCE])
        if a == b:
            continue
        n_rows = min(_ITEMS_AT_ONCE, len(keys) - start)
        change = np.zeros((n_rows, edges[-1] - edges[0] + 1), dtype=np.int32)
        np.add.at(change, (rows[a:b] - start, first[a:b]), 1)
        np.add.at(change, (rows[a:b] - start, last[a:b] + 1), -1)
        touched = np.cumsum(change, axis=1, dtype=np.int32)[:, :-1] > 0
        sums = np.add.reduceat(touched, edges[:-1] - edges[0], axis=1, dtype=np.int64)
        counts[start : start + n_rows] = sums
    return counts


def is_touched(
    events: Events, keys: Sequence[ItemKey], period: Period, first_index: int, n_periods: int
) -> Flags:
    """Whether an event touches a day of a period, shape [n_items, n_periods]; see days_touched."""
    return days_touched(events, keys, period, first_index, n_periods) > 0


def events_of_item(events: Events, key: ItemKey) -> Events:
    """Return the events that concern one item, those of every item included."""
    found = matches(events.keys, [key])
    concerned = np.array([bool(found[k]) for k in events.keys], dtype=np.bool_)
    return events.where(concerned[events.key]) if len(events) else events


def names_touching(
    events: Events, key: ItemKey, period: Period, first_index: int, n_periods: int
) -> tuple[str, ...]:
    """Return what touches each period of one item, several names joined; empty where nothing does.

    Args:
        events: Such as promotions; one without a name goes by its kind.
        key: The item.
        period: Bucket of the calendar.
        first_index: Number of its first period; the calendar may lie in the future.
        n_periods: Its length.
    """
    own = events_of_item(events, key)
    named: list[dict[str, None]] = [{} for _ in range(n_periods)]
    begin = period.number(own.first) - first_index
    end = period.number(own.last) - first_index
    for name, kind, a, b in zip(own.name, own.kind, begin, end, strict=True):
        for place in range(max(int(a), 0), min(int(b) + 1, n_periods)):
            named[place][str(name) or str(kind) or "unnamed"] = None
    return tuple(", ".join(names) for names in named)


def sold_against_usual(events: Events, history: SalesHistory) -> float:
    """Return sales in the periods touched as a multiple of the same items' others; nan for none.

    Promotions should show above 1, stock-outs below: where they do not, the dates may be wrong.
    """
    touched = is_touched(
        events, history.keys, history.period, history.first_index, history.n_periods
    )
    listed = np.arange(history.n_periods) >= history.first_listed[:, None]
    touched &= listed
    n_touched, n_others = touched.sum(axis=1), (listed & ~touched).sum(axis=1)
    both = (n_touched > 0) & (n_others > 0)
    sold = np.where(touched, history.quantity, 0.0).sum(axis=1)
    others = history.quantity.sum(axis=1) - sold
    usual = n_touched[both] * others[both] / n_others[both]
    return float(sold[both].sum() / usual.sum()) if usual.sum() > 0 else float("nan")


def with_stockouts(history: SalesHistory, stockouts: Events) -> SalesHistory:
    """Mark the periods in which an item was out of stock on at least a tenth of the days."""
    days = days_touched(
        stockouts, history.keys, history.period, history.first_index, history.n_periods
    )
    edges = history.period.start(np.arange(history.first_index, history.next_index + 1))
    length = np.diff(edges.astype(np.int64))
    return history.unknown_at(days >= OUT_SHARE * length)


def with_closed_days(history: SalesHistory, calendar: Events) -> SalesHistory:
    """Mark closed days without sales in a daily history: they are no demand of 0.

    A weekday that is closed as a rule keeps its zeros: the coming ones are closed as well, so
    that they are part of what a week sells. A day on which something was sold was not closed.
    """
    if history.period is not Period.DAY:
        return history
    closed = is_touched(
        calendar.of_kind("closed"),
        history.keys,
        history.period,
        history.first_index,
        history.n_periods,
    )
    closed &= history.quantity == 0
    for weekday in range(min(7, history.n_periods)):
        same = closed[:, weekday::7]
        same &= same.mean(axis=1, keepdims=True) <= _AS_A_RULE
    return history.unknown_at(np.broadcast_to(closed, history.in_stock.shape))


def _rows_touched(
    events: Events, keys: Sequence[ItemKey], begin: np.int64, end: np.int64
) -> tuple[Counts, Counts, Counts]:
    """Return each pair of an item's row and an event on the calendar, with its days from 0."""
    row_of = {key: row for row, key in enumerate(keys)}
    found = matches(events.keys, keys)
    concerned = [np.array([row_of[k] for k in found[key]], dtype=np.int64) for key in events.keys]
    first, last = events.first.astype(np.int64), events.last.astype(np.int64)
    inside = np.flatnonzero((first < end) & (last >= begin))
    n_rows = np.array([len(rows) for rows in concerned], dtype=np.int64)
    if not inside.size:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, nothing
    each = np.repeat(inside, n_rows[events.key[inside]])
    rows = np.concatenate([concerned[key] for key in events.key[inside]])
    return rows, np.maximum(first[each] - begin, 0), np.minimum(last[each], end - 1) - begin
