"""Sales history: units sold per item and period, and whether the item was in stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.domain.errors import HistoryError, UnknownNameError
from core.domain.items import ItemKey
from core.domain.period import Dates, Period

Quantities = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ItemHistory:
    """One item's own sales, from its first listed period to the last of the file.

    Args:
        key: Item and location.
        period: Day, week or month.
        first_index: Period number of the first entry (see Period.number).
        quantity: Units sold per period, returns netted, shape [n_periods], 0 or more.
        in_stock: False where stock ran out, so that sales understate demand, shape [n_periods].
        stocked_share: Share of a period's usual demand that falls in its time in stock, 0 to 1,
            shape [n_periods]; None where only whole periods are known.
        returned: Units that came back in each period, already netted from what was sold,
            shape [n_periods]; None where the file tells of none.
    """

    key: ItemKey
    period: Period
    first_index: int
    quantity: Quantities
    in_stock: Flags
    stocked_share: Quantities | None = None
    returned: Quantities | None = None

    def __post_init__(self) -> None:
        assert self.quantity.ndim == 1 and self.quantity.shape == self.in_stock.shape
        assert self.stocked_share is None or self.stocked_share.shape == self.quantity.shape

    @property
    def n_periods(self) -> int:
        """Periods from first listing to the end."""
        return int(self.quantity.shape[0])

    @property
    def indices(self) -> npt.NDArray[np.int64]:
        """Period numbers, shape [n_periods]."""
        return np.arange(self.first_index, self.first_index + self.n_periods)

    @property
    def next_index(self) -> int:
        """Number of the first period after the history: the one to order for."""
        return self.first_index + self.n_periods

    def until(self, index: int) -> ItemHistory:
        """Return the part before period number ``index``: what was known then."""
        n = max(0, min(self.n_periods, index - self.first_index))
        return self._part(0, n)

    def since(self, index: int) -> ItemHistory:
        """Return the part from period number ``index`` on: the held-out tail."""
        n = max(0, min(self.n_periods, index - self.first_index))
        return self._part(n, self.n_periods)

    def _part(self, start: int, stop: int) -> ItemHistory:
        share, back = self.stocked_share, self.returned
        return ItemHistory(
            self.key,
            self.period,
            self.first_index + start,
            self.quantity[start:stop],
            self.in_stock[start:stop],
            None if share is None else share[start:stop],
            None if back is None else back[start:stop],
        )


@dataclass(frozen=True, eq=False)
class SalesHistory:
    """Sales of many items on one calendar.

    Args:
        period: Day, week or month.
        first_index: Period number of the first column.
        keys: Items, one per row, sorted.
        quantity: Units sold, shape [n_items, n_periods]; 0 where nothing was sold.
        in_stock: False where stock ran out, shape [n_items, n_periods].
        first_listed: Column in which each item first appears, shape [n_items].
        stocked_share: Share of a period's usual demand that falls in its time in stock, 0 to 1,
            shape [n_items, n_periods]; None where only whole periods are known.
        returned: Units that came back in each period, already netted from what was sold,
            shape [n_items, n_periods]; None where the file tells of none.
    """

    period: Period
    first_index: int
    keys: tuple[ItemKey, ...]
    quantity: Quantities
    in_stock: Flags
    first_listed: npt.NDArray[np.int64]
    stocked_share: Quantities | None = None
    returned: Quantities | None = None

    def __post_init__(self) -> None:
        assert self.quantity.shape == self.in_stock.shape
        assert self.stocked_share is None or self.stocked_share.shape == self.quantity.shape
        assert self.quantity.shape[0] == len(self.keys) == self.first_listed.shape[0]

    @property
    def n_periods(self) -> int:
        """Periods on the calendar."""
        return int(self.quantity.shape[1])

    @property
    def next_index(self) -> int:
        """Number of the first period after the history."""
        return self.first_index + self.n_periods

    @property
    def starts(self) -> Dates:
        """First day of each period, shape [n_periods]."""
        return self.period.start(np.arange(self.first_index, self.next_index))

    def item(self, key: ItemKey) -> ItemHistory:
        """Return one item's own history, from its first listing on.

        Raises:
            UnknownNameError: where the item has no sales history.
        """
        if key not in self.keys:
            raise UnknownNameError("item in the sales history", key.label, map(str, self.keys))
        return self._row(self.keys.index(key))

    def items(self) -> Iterator[ItemHistory]:
        """Go through the items one by one."""
        return (self._row(row) for row in range(len(self.keys)))

    def select(self, keys: Sequence[ItemKey]) -> SalesHistory:
        """Keep only these items."""
        rows = [self.keys.index(key) for key in keys]
        return SalesHistory(
            self.period,
            self.first_index,
            tuple(keys),
            self.quantity[rows],
            self.in_stock[rows],
            self.first_listed[rows],
            None if self.stocked_share is None else self.stocked_share[rows],
            None if self.returned is None else self.returned[rows],
        )

    def unknown_at(self, cells: Flags) -> SalesHistory:
        """Mark periods whose sales tell nothing of demand, shape of cells [n_items, n_periods]."""
        if not cells.any():
            return self
        share = self.stocked_share
        return replace(
            self,
            in_stock=self.in_stock & ~cells,
            stocked_share=None if share is None else np.where(cells, 0.0, share),
        )

    def split(self, share: float) -> tuple[SalesHistory, int]:
        """Hold out the last ``share`` of the calendar.

        Returns:
            What was known before the cut, and the period number of the cut.

        Raises:
            HistoryError: where fewer than two periods would remain on either side.
        """
        n_held_out = round(self.n_periods * share)
        n_known = self.n_periods - n_held_out
        if n_held_out < 2 or n_known < 2:
            raise HistoryError(
                "The history is too short to hold out a part of it",
                value=self.n_periods,
                where=f"{self.n_periods} {self.period}s of sales",
                remedy="Upload a longer sales history.",
            )
        known = SalesHistory(
            self.period,
            self.first_index,
            self.keys,
            self.quantity[:, :n_known],
            self.in_stock[:, :n_known],
            np.minimum(self.first_listed, n_known),
            None if self.stocked_share is None else self.stocked_share[:, :n_known],
            None if self.returned is None else self.returned[:, :n_known],
        )
        return known, self.first_index + n_known

    def _row(self, row: int) -> ItemHistory:
        first = int(self.first_listed[row])
        return ItemHistory(
            self.keys[row],
            self.period,
            self.first_index + first,
            self.quantity[row, first:],
            self.in_stock[row, first:],
            None if self.stocked_share is None else self.stocked_share[row, first:],
            None if self.returned is None else self.returned[row, first:],
        )
