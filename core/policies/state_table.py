"""Orders by state: a box of whole stocks and pipelines, its dynamics, and a policy that looks up.

With lost sales the state is (stock incl. arrivals, due in 1, ..., L - 1 periods). With backorders
the inventory position says it all: the order of now meets the demand of L + 1 periods, whatever
was due before.

References:
    Zipkin (2008), Old and new methods for lost-sales inventory systems, Operations Research 56(5).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor

from core.domain import PolicyParameterError
from core.policies.item_policy import Floats
from core.policies.protocol import SearchSettings
from core.policies.textbook_item import Ints, TextbookItem, textbook_item
from core.simulator import Observation, Problem

# States times possible orders: about 0.3 GB and some seconds.
MAX_CELLS = 12_000_000


@dataclass(frozen=True, eq=False)
class StateBox:
    """All states between bounds, and what an order in each of them leads to.

    Arrays over states have shape [n_stocks, n_orders, ...] with one axis for the stock and one
    for each order under way; arrays over orders have one axis more.

    Args:
        item: The textbook item.
        low: Smallest stock, units; 0 with lost sales.
        top: Largest stock, and largest position that an order may lead to, units.
        largest_order: Units.
    """

    item: TextbookItem
    low: int
    top: int
    largest_order: int

    @property
    def n_due(self) -> int:
        """Orders under way in a state."""
        return max(self.item.lead_time - 1, 0) if self.item.is_lost else 0

    @property
    def n_cells(self) -> int:
        """States times possible orders."""
        n_stocks = self.top - self.low + 1
        return int(n_stocks * (self.largest_order + 1) ** (self.n_due + 1))

    def check_size(self) -> Self:
        """Return self where it is small enough.

        Raises:
            PolicyParameterError: where there are too many states; names the item.
        """
        if self.n_cells <= MAX_CELLS:
            return self
        raise PolicyParameterError(
            f"A table of all states may have at most {MAX_CELLS:,} entries",
            value=self.n_cells,
            where=f"item {self.item.name} with lead time {self.item.lead_time}",
            remedy="Shorten the lead time or count demand in larger units, or use s_S.",
        )

    @cached_property
    def stocks(self) -> Ints:
        """Every stock, units, shape [n_stocks]."""
        return np.arange(self.low, self.top + 1)

    @cached_property
    def position_after(self) -> Ints:
        """[IP] after each order in each state, units, over orders."""
        axes = np.ix_(self.stocks, *[np.arange(self.largest_order + 1)] * (self.n_due + 1))
        total = axes[0]
        for axis in axes[1:]:
            total = total + axis
        return np.asarray(total)

    @cached_property
    def money(self) -> Floats:
        """Expected money of the period that each order is placed in; infinite above the top."""
        cost = np.zeros(self.position_after.shape)
        cost += self.item.order_cost(np.arange(self.largest_order + 1.0))
        cost[..., 1:][self.position_after[..., 1:] > self.top] = np.inf
        if self._at_once:
            n_periods = 1 if self.item.is_lost else self.item.lead_time + 1
            level = np.minimum(self.position_after, self.top)
            cost += self.item.period_cost(self.stocks, n_periods)[level - self.low]
            return cost
        stage = self.item.period_cost(self.stocks)
        cost += stage.reshape(-1, *[1] * (cost.ndim - 1))
        return cost

    def expected(self, values: Floats) -> Floats:
        """Return the expected value of the next state.

        Args:
            values: Over states, or over fewer orders under way.

        Returns:
            Shape [n_stocks, n_orders, *values.shape[1:]]: the new axis is what arrives next.
        """
        flat = self._arrival_matrix @ values.reshape(self.stocks.size, -1)
        return flat.reshape(self.stocks.size, self.largest_order + 1, *values.shape[1:])

    @property
    def _at_once(self) -> bool:
        return self.item.lead_time == 0 or not self.item.is_lost

    @cached_property
    def _arrival_matrix(self) -> Floats:
        """Chance of each next stock, by stock and arriving order, [n_stocks * n_orders, n_stocks].

        One matrix product over all states is what makes the tables fast.
        """
        n, n_orders = self.stocks.size, self.largest_order + 1
        left = self._left_matrix
        rows = np.minimum(np.arange(n)[:, None] + np.arange(n_orders), n - 1)
        if self._at_once:
            return np.asarray(left[rows.reshape(-1)])
        table = np.zeros((n, n_orders, n))
        for order in range(n_orders):
            # Column by column, as stocks above the top are counted at the top.
            for stock in range(n):
                table[:, order, rows[stock, order]] += left[:, stock]
        return table.reshape(-1, n)

    @cached_property
    def _left_matrix(self) -> Floats:
        """Chance of each stock after demand, given the stock before, [n_stocks, n_stocks]."""
        n, pmf = self.stocks.size, self.item.pmf
        matrix = np.zeros((n, n))
        for stock in range(n):
            kept = min(stock, pmf.size)
            matrix[stock, stock - np.arange(kept)] = pmf[:kept]
            matrix[stock, 0] += pmf[kept:].sum()
        return matrix


@dataclass(frozen=True, eq=False)
class ItemTable:
    """One item's order in every state.

    Args:
        box: The states.
        orders: Units, over states.
        cost: Money per period in the long run.
        method: How it was found, one sentence.
    """

    box: StateBox
    orders: Ints
    cost: float
    method: str

    @cached_property
    def flat(self) -> Tensor:
        """All orders in one row."""
        with torch.inference_mode(False):
            return torch.as_tensor(self.orders.reshape(-1))

    def look_up(self, stock: Tensor, due: Tensor | None) -> Tensor:
        """Return the order in each state, the nearest one outside the box, units, shape [n].

        Args:
            stock: Units, shape [n].
            due: Units due in 1, 2, ... periods, shape [at least n_due, n]; None for no orders.
        """
        index = (stock.round() - self.box.low).clamp(0, self.orders.shape[0] - 1).long()
        for row in range(self.box.n_due):
            assert due is not None
            arriving = due[row].round().clamp(0, self.box.largest_order).long()
            index = index * (self.box.largest_order + 1) + arriving
        return self.flat[index]


@dataclass(frozen=True, eq=False)
class TablePolicy(ABC):
    """Orders read off a table of all states, one table per item.

    Args:
        tables: One per item.
    """

    name: ClassVar[str]
    label: ClassVar[str]

    tables: tuple[ItemTable, ...]

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Work every item's table out; nothing is searched or simulated.

        Raises:
            PolicyParameterError: where an item is no small textbook problem; names it.
        """
        return cls(tuple(cls.solve(textbook_item(problem, cls.label)) for problem in problems))

    @classmethod
    @abstractmethod
    def solve(cls, item: TextbookItem) -> ItemTable:
        """Find one item's orders and their cost."""

    @property
    def n_items(self) -> int:
        """Items this policy was made for; 1 serves any number of environments of one item."""
        return len(self.tables)

    def act(self, observation: Observation) -> Tensor:
        """Return the units to ask for, shape [n_envs]."""
        n_due = max(table.box.n_due for table in self.tables)
        due = observation.outstanding(n_due) if n_due else None
        levels = observation.inventory_level.reshape(self.n_items, -1)
        positions = observation.inventory_position.reshape(self.n_items, -1)
        rows = None if due is None else due.reshape(n_due, self.n_items, -1)
        orders = [
            table.look_up(
                levels[row] if table.box.item.is_lost else positions[row],
                None if rows is None else rows[:, row],
            )
            for row, table in enumerate(self.tables)
        ]
        return torch.cat(orders).to(levels.dtype)

    def select(self, rows: Sequence[int]) -> Self:
        """Return the policy for some of the items."""
        return replace(self, tables=tuple(self.tables[row] for row in rows))

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return no numbers: the table is the rule."""
        return {}

    def method_of(self, row: int) -> str:
        """Return how one item's table was found, a sentence."""
        return self.tables[row].method

    def cost_of(self, row: int) -> float:
        """Return what one item costs per period in the long run, exactly, money."""
        return self.tables[row].cost
