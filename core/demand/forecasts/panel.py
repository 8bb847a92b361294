"""Many items' sales side by side on one calendar, with what stock-outs hid filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demand.observations import observe
from core.demand.profile import DemandClass, profile_demand
from core.demand.protocol import Floats
from core.domain import HistoryError, ItemHistory, ItemKey, Period

Flags = npt.NDArray[np.bool_]

SEASONS = {Period.DAY: 7, Period.WEEK: 52, Period.MONTH: 12}
"""Periods in the cycle that classical models know."""

_CYCLES_BESIDE = 4


@dataclass(frozen=True, eq=False)
class Panel:
    """Items that can be forecast, one row each; every row ends with the last period.

    Args:
        histories: One per row.
        quantity: Units per period with stock-outs filled in, shape [n_items, n_periods]; NaN
            before an item was listed.
        usable: Whether the period tells demand, shape [n_items, n_periods].
        classes: Smooth, erratic, intermittent or lumpy, one per row.
        left_out: Why other items cannot be forecast.
    """

    histories: tuple[ItemHistory, ...]
    quantity: Floats
    usable: Flags
    classes: tuple[DemandClass, ...]
    left_out: Mapping[ItemKey, str]

    @classmethod
    def of(cls, histories: Sequence[ItemHistory]) -> Panel:
        """Align histories on one calendar.

        Raises:
            HistoryError: where none can be forecast, or they end in different periods.
        """
        kept, left_out = _sorted_out(histories)
        if not kept:
            raise HistoryError(
                "No item can be forecast",
                value=len(histories),
                remedy="Bring in sales with at least two periods and one sale for each item.",
            )
        ends = {history.next_index for history in kept}
        if len(ends) > 1:
            raise HistoryError("Histories must end in the same period", value=sorted(ends))
        length = max(history.n_periods for history in kept)
        quantity = np.full((len(kept), length), np.nan)
        usable = np.zeros((len(kept), length), dtype=bool)
        for row, history in enumerate(kept):
            filled, known = listed_demand(history)
            quantity[row, length - len(filled) :] = filled
            usable[row, length - len(filled) :] = known
        classes = tuple(profile_demand(history).demand_class for history in kept)
        return cls(tuple(kept), quantity, usable, classes, left_out)

    @property
    def period(self) -> Period:
        """Day, week or month."""
        return self.histories[0].period

    @property
    def keys(self) -> tuple[ItemKey, ...]:
        """One per row."""
        return tuple(history.key for history in self.histories)

    @property
    def n_items(self) -> int:
        """Rows."""
        return int(self.quantity.shape[0])

    @property
    def n_periods(self) -> int:
        """Periods on the calendar."""
        return int(self.quantity.shape[1])

    @property
    def next_index(self) -> int:
        """Number of the first period after the histories."""
        return self.histories[0].next_index

    @property
    def first_index(self) -> int:
        """Number of the first period on the calendar."""
        return self.next_index - self.n_periods


def listed_demand(history: ItemHistory) -> tuple[Floats, Flags]:
    """Return an item's demand from its listing on, and which periods were seen in stock.

    A period out of stock gets what the periods in stock lead to expect of it, or what was sold
    if that is more: the mean of the four cycles on either side at the same point of the season,
    else the mean of all. Leading zeros before the listing are cut.

    Args:
        history: With at least one sale in stock.

    Returns:
        Units per period and whether the period tells demand, both of shape [n].
    """
    skip = int(observe(history).index[0]) - history.first_index
    sold = history.quantity[skip:].astype(np.float64)
    known = history.in_stock[skip:] & np.isfinite(sold)
    if known.all():
        return sold, known
    expected = _expected(np.where(known, sold, np.nan), SEASONS[history.period])
    return np.where(known, sold, np.fmax(sold, expected)), known


def _expected(seen: Floats, season: int) -> Floats:
    beside = np.full((2 * _CYCLES_BESIDE, len(seen)), np.nan)
    for cycle in range(1, _CYCLES_BESIDE + 1):
        shift = cycle * season
        if shift < len(seen):
            beside[cycle - 1, shift:] = seen[:-shift]
            beside[-cycle, :-shift] = seen[shift:]
    count = np.isfinite(beside).sum(axis=0)
    total = np.nansum(beside, axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nanmean(seen))


def _sorted_out(
    histories: Sequence[ItemHistory],
) -> tuple[list[ItemHistory], dict[ItemKey, str]]:
    kept, left_out = [], {}
    for history in histories:
        try:
            observe(history)
        except HistoryError as error:
            left_out[history.key] = error.message
        else:
            kept.append(history)
    return kept, left_out
