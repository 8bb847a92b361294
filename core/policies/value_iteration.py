"""The optimum: the least long-run cost that any rule can reach, by value iteration.

References:
    Puterman (1994), Markov Decision Processes, section 8.5 (relative value iteration, bounds).
    Zipkin (2008), Old and new methods for lost-sales inventory systems, Operations Research 56(5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.domain import PolicyParameterError
from core.policies.state_bounds import table_in_free_box
from core.policies.state_table import ItemTable, StateBox, TablePolicy
from core.policies.textbook_item import TextbookItem

# Bounds on the cost closer than this, relative to it, end the iteration.
_PRECISION = 1e-6
_MAX_SWEEPS = 20_000
# Part of each step that is taken: below 1, so that cycles of almost fixed length die out.
_STEP = 0.9


@dataclass(frozen=True, eq=False)
class OptimumPolicy(TablePolicy):
    """The best order in every state of a small textbook problem.

    Args:
        tables: One per item.
    """

    name: ClassVar[str] = "optimum"
    label: ClassVar[str] = "Optimum (value iteration)"

    @classmethod
    def solve(cls, item: TextbookItem) -> ItemTable:
        """Iterate inside bounds on stock and orders that do not matter."""
        return table_in_free_box(item, _optimal_table)


def _optimal_table(box: StateBox) -> ItemTable:
    """Return the best orders inside the box and the cost that they reach."""
    values = np.zeros(box.money.shape[:-1])
    for sweep in range(1, _MAX_SWEEPS + 1):
        ahead = box.expected(values)
        ahead += box.money
        change = ahead.min(-1) - values
        lowest, highest = float(change.min()), float(change.max())
        if highest - lowest <= _PRECISION * highest:
            cost = (lowest + highest) / 2
            return ItemTable(box, ahead.argmin(-1), cost, _sentence(box, cost, sweep))
        values += _STEP * (change - lowest)
    raise PolicyParameterError(
        f"The optimum was not found within {_MAX_SWEEPS:,} sweeps",
        value=box.item.costs.fixed_cost,
        where=f"fixed_cost of item {box.item.name}",
        remedy="Its order cycles are too long for a gauge. Use s_S.",
    )


def _sentence(box: StateBox, cost: float, n_sweeps: int) -> str:
    n_states = box.n_cells // (box.largest_order + 1)
    return (
        f"Value iteration over {n_states:,} states, {n_sweeps} sweeps:"
        f" {cost:.5g} per period in the long run."
    )
