"""Today's orders under a budget: which lines wait, and how far that can be from the best choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Budgeted:
    """Which lines of today's order are kept.

    Args:
        waits: Whether a line waits for the next period, shape [n_items].
        asked: What all lines come to, money.
        kept: What the kept lines come to, money.
        most_missed: By how much, at the very most, another choice of whole lines within the budget
            would be better, money in the same measure as what waiting costs.
    """

    waits: Flags
    asked: float
    kept: float
    most_missed: float


def within_budget(values: Sequence[float], cost_of_waiting: Floats, budget: float) -> Budgeted:
    """Choose the lines that wait, so that the others fit into the budget.

    Lines are kept in order of what waiting would cost per unit of money they bind; one that no
    longer fits waits, and smaller ones behind it may still fit. Filling the budget with a part of
    the first line that does not fit would be the best of all choices, parts included; that bounds
    what is missed.

    Args:
        values: What each line comes to, money; 0 where nothing is ordered.
        cost_of_waiting: What letting each line wait costs, money, shape [n_items].
        budget: Money.

    References:
        Dantzig (1957), Discrete-variable extremum problems, Operations Research 5(2).
    """
    worth, gain = np.asarray(values, dtype=np.float64), np.maximum(cost_of_waiting, 0.0)
    waits, left, most_missed = worth > 0, budget, 0.0
    is_cut = False
    asked = float(worth.sum())
    if asked <= budget:
        return Budgeted(np.zeros(len(worth), dtype=np.bool_), asked, asked, 0.0)
    lines = np.flatnonzero(waits)
    for line in lines[np.argsort(-gain[lines] / worth[lines], kind="stable")]:
        fits = worth[line] <= left
        if not fits and not is_cut:
            is_cut, most_missed = True, float(gain[line] * left / worth[line])
        elif fits and is_cut:
            most_missed -= float(gain[line])
        if fits:
            waits[line], left = False, left - worth[line]
    return Budgeted(waits, asked, float(worth[~waits].sum()), max(most_missed, 0.0))
