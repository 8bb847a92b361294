"""The items' own past sales, laid side by side, to be lived through again by any policy.

Demand does not depend on what was ordered, so that a past can be replayed under every policy. Out
of stock, sales only say that demand was no less: there it is drawn from the fitted model.

References:
    Madeka et al. (2022), Deep inventory management, arXiv:2210.03137;
    Politis and Romano (1992), A circular block-resampling procedure for stationary data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain import ItemHistory
from core.simulator import Problem, scenario_from_history

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Draws among which one is sought that is no less than what was sold.
_TRIES = 16


@dataclass(frozen=True, eq=False)
class Past:
    """Sales of all items on one calendar, which ends where the shortest of them ends.

    Args:
        problems: One per item.
        quantity: Units sold, shape [n_items, n_periods]; 0 before an item was listed.
        in_stock: Whether sales are the demand, same shape.
        first: Column from which an item is known, shape [n_items].
        outlook: Expected demand of the period, of lead time and review, and its standard
            deviation, as the fitted model sees them, shape [3, n_items, n_periods].
        start: Number of the period of the first column.
    """

    problems: tuple[Problem, ...]
    quantity: Floats
    in_stock: Flags
    first: Ints
    outlook: Floats
    start: int

    @classmethod
    def of(cls, problems: Sequence[Problem], histories: Sequence[ItemHistory]) -> Past:
        """Lay out the histories, one per problem and in their order."""
        assert len(problems) == len(histories) > 0
        end = min(history.next_index for history in histories)
        start = min(history.first_index for history in histories)
        shape = (len(histories), end - start)
        quantity, in_stock = np.zeros(shape), np.zeros(shape, dtype=bool)
        for row, history in enumerate(histories):
            known, place = history.until(end), history.first_index - start
            quantity[row, place:] = np.maximum(np.nan_to_num(known.quantity), 0.0)
            in_stock[row, place:] = known.in_stock & np.isfinite(known.quantity)
        first = np.array([history.first_index - start for history in histories])
        outlook = outlook_of(problems, start, shape[1])
        return cls(tuple(problems), quantity, in_stock, first, outlook, start)

    def select(self, rows: Sequence[int]) -> Past:
        """Return the past of some of the items, on the same calendar."""
        some = list(rows)
        return Past(
            tuple(self.problems[row] for row in some),
            self.quantity[some],
            self.in_stock[some],
            self.first[some],
            self.outlook[:, some],
            self.start,
        )

    @property
    def n_periods(self) -> int:
        """Periods on the calendar."""
        return int(self.quantity.shape[1])

    @property
    def is_known(self) -> Flags:
        """Whether an item was listed, shape [n_items, n_periods]."""
        known: Flags = np.arange(self.n_periods) >= self.first[:, None]
        return known

    def demand(self, seed: int) -> Floats:
        """Return sales, and out of stock a draw of demand that is no less; [n_items, n_periods]."""
        out = self.is_known & ~self.in_stock
        demand = self.quantity.copy()
        for row in np.flatnonzero(out.any(1)):
            rng = np.random.default_rng([seed, *self.problems[row].name.encode()])
            model = self.problems[row].demand
            drawn = model.sample(rng, _TRIES, self.n_periods, self.start)
            demand[row, out[row]] = _no_less(drawn[:, out[row]], demand[row, out[row]])
        return demand


def outlook_of(problems: Sequence[Problem], start: int, n_periods: int) -> Floats:
    """Return what the models expected of every period, shape [3, n_items, n_periods]."""
    table = np.empty((3, len(problems), n_periods))
    for row, problem in enumerate(problems):
        seen = scenario_from_history([problem.at(start)], np.zeros((1, n_periods)), 0).outlook
        for part, values in enumerate((seen.next_mean, seen.protection_mean, seen.protection_sd)):
            table[part, row] = values[:, 0].numpy()
    return table


def _no_less(drawn: Floats, sold: Floats) -> Floats:
    """Return, for each period, the first draw that is no less than what was sold, else that."""
    enough = drawn >= sold
    picked = np.take_along_axis(drawn, enough.argmax(0)[None], 0)[0]
    return np.where(enough.any(0), picked, sold)
