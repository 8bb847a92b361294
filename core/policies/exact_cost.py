"""What any rule costs in the long run on a small textbook problem, without noise.

From empty stock with nothing on order, every state that the rule can come to is visited once and
the rule asked for its order there; what follows is a Markov chain with known chances.

References:
    Puterman (1994), Markov Decision Processes, section 8.5 (bounds on the long-run cost).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from scipy import sparse

from core.domain import PolicyParameterError
from core.policies.item_policy import Floats
from core.policies.protocol import Policy
from core.policies.state_table import ItemTable
from core.policies.textbook_item import Ints, TextbookItem, textbook_item
from core.simulator import InitialStock, Problem, SingleItemSystem, draw_scenario

# A rule that comes to more states than this is no small problem.
MAX_STATES = 400_000
# Nor is one that still comes to new states after so many periods: its stock grows without end.
_MAX_ROUNDS = 1_000
# Bounds on the cost closer than this, relative to it, end the evaluation.
_PRECISION = 1e-7
_MAX_SWEEPS = 20_000
# Part of each step that is taken: below 1, so that cycles of almost fixed length die out.
_STEP = 0.9
# States shown to a rule at once.
_CHUNK = 50_000

OrdersOf = Callable[[Ints], Ints]


def exact_cost(problem: Problem, policy: Policy) -> float:
    """Return what a rule or agent costs per period in the long run, exactly, money.

    Args:
        problem: A small textbook problem: whole stationary demand, fixed lead time, no rules.
        policy: Made for it alone.

    Raises:
        PolicyParameterError: where the problem is of another kind, or the rule comes to too many
            states; names the item.
    """
    item = textbook_item(problem, "The exact cost")
    assert policy.n_items == 1
    return chain_of(item, lambda states: _orders_of(problem, policy, states)).cost


def cost_of_table(table: ItemTable) -> float:
    """Return what a table of orders by lost-sales state costs per period in the long run, money."""

    def orders_of(states: Ints) -> Ints:
        found = table.look_up(*(torch.as_tensor(part) for part in (states[:, 0], states[:, 1:].T)))
        return np.asarray(found.numpy())

    assert table.box.item.is_lost
    return chain_of(table.box.item, orders_of).cost


def chain_of(item: TextbookItem, orders_of: OrdersOf) -> OrderingChain:
    """Visit every state that a rule can come to.

    Args:
        item: The textbook item.
        orders_of: Order in each state, shape [n], given states of shape [n, n_columns].

    Raises:
        PolicyParameterError: where there are too many; names the item.
    """
    codes = _Codes(item)
    frontier = np.zeros((1, codes.n_columns), dtype=np.int64)
    known = orders = np.zeros(0, dtype=np.int64)
    for _ in range(_MAX_ROUNDS):
        found = orders_of(frontier)
        both = np.concatenate([known, codes.of(frontier)])
        rank = np.argsort(both)
        known, orders = both[rank], np.concatenate([orders, found])[rank]
        after = np.unique(codes.of(_successors(item, frontier, found)[0]))
        new = np.setdiff1d(after, known, assume_unique=True)
        if not new.size:
            return OrderingChain(item, codes.states(known), orders)
        if known.size + new.size > MAX_STATES:
            break
        frontier = codes.states(new)
    raise _too_many(item, known.size + new.size)


@dataclass(frozen=True, eq=False)
class OrderingChain:
    """The states a rule comes to, in the order of their codes, and its order in each.

    Args:
        item: The textbook item.
        states: Stock (less backorders) and orders under way, units, shape [n_states, n_columns].
        orders: Units, shape [n_states].
    """

    item: TextbookItem
    states: Ints
    orders: Ints

    @cached_property
    def cost(self) -> float:
        """Money per period in the long run, the middle of bounds that have met."""
        money, chances = self._money, self._chances
        values = np.zeros(money.size)
        for _ in range(_MAX_SWEEPS):
            change = money + chances @ values - values
            lowest, highest = float(change.min()), float(change.max())
            if highest - lowest <= _PRECISION * highest:
                return (lowest + highest) / 2
            values += _STEP * (change - lowest)
        raise PolicyParameterError(
            f"The long-run cost did not settle within {_MAX_SWEEPS:,} sweeps",
            where=f"item {self.item.name}",
            remedy="Measure it by simulation.",
        )

    @property
    def _money(self) -> Floats:
        before = self.states[:, 0] + (self.orders if self.item.lead_time == 0 else 0)
        stocks, place = np.unique(before, return_inverse=True)
        stage = self.item.period_cost(stocks)[place]
        return np.asarray(stage + self.item.order_cost(self.orders))

    @property
    def _chances(self) -> sparse.csr_matrix:
        codes, n = _Codes(self.item), self.states.shape[0]
        after, chance, counts = _successors(self.item, self.states, self.orders)
        column = np.searchsorted(codes.of(self.states), codes.of(after))
        start = np.concatenate([[0], np.cumsum(counts)])
        return sparse.csr_matrix((chance, column, start), shape=(n, n))


class _Codes:
    """States as single whole numbers, in the order of their columns."""

    def __init__(self, item: TextbookItem):
        self._name = item.name
        self.n_columns = max(item.lead_time, 1)
        self._bits = 62 // self.n_columns
        self._low = 0 if item.is_lost else 1 << (self._bits - 1)

    def of(self, states: Ints) -> Ints:
        """Return the codes of states of shape [n, n_columns], shape [n]."""
        shifted = states.copy()
        shifted[:, 0] += self._low
        if shifted.size and (shifted.min() < 0 or shifted.max() >= 1 << self._bits):
            raise PolicyParameterError(
                "A stock or order lies outside of what can be evaluated exactly",
                value=int(np.abs(states).max()),
                where=f"item {self._name}",
                remedy="Measure the cost by simulation.",
            )
        return np.asarray(shifted @ (1 << (self._bits * np.arange(self.n_columns)[::-1])))

    def states(self, codes: Ints) -> Ints:
        """Return the states of some codes, shape [n, n_columns]."""
        shifts = self._bits * np.arange(self.n_columns)[::-1]
        states = (codes[:, None] >> shifts) & ((1 << self._bits) - 1)
        states[:, 0] -= self._low
        return np.asarray(states)


def _successors(item: TextbookItem, states: Ints, orders: Ints) -> tuple[Ints, Floats, Ints]:
    """Return each state's next ones, state by state.

    Returns:
        The next states, shape [n_next, n_columns], their chances, shape [n_next], and how many
        each state has, shape [n].
    """
    before, due = states[:, 0], np.column_stack([states[:, 1:], orders])
    if item.lead_time == 0:
        before, due = before + orders, np.zeros((orders.size, 1), dtype=np.int64)
    most = item.pmf.size - 1
    demand_kept = np.minimum(before, most) if item.is_lost else np.full_like(before, most)
    counts = demand_kept + 1
    row = np.repeat(np.arange(before.size), counts)
    demand = np.arange(row.size) - np.repeat(np.cumsum(counts) - counts, counts)
    left = before[row] - demand
    tail = np.cumsum(item.pmf[::-1])[::-1]
    is_emptied = item.is_lost & (left == 0)
    chance = np.where(is_emptied, tail[demand], item.pmf[demand])
    return np.column_stack([left + due[row, 0], due[row, 1:]]), chance, counts


def _orders_of(problem: Problem, policy: Policy, states: Ints) -> Ints:
    """Return a rule's order in each state, after the order rules, units, shape [n]."""
    parts = [
        _orders_of_chunk(problem, policy, states[first : first + _CHUNK])
        for first in range(0, states.shape[0], _CHUNK)
    ]
    return np.concatenate(parts)


def _orders_of_chunk(problem: Problem, policy: Policy, states: Ints) -> Ints:
    system = SingleItemSystem([problem], states.shape[0])
    columns = torch.as_tensor(states.T.copy(), dtype=system.parameters.dtype)
    arrivals = columns[1:] if columns.shape[0] > 1 else None
    with torch.inference_mode():
        stocks = system.start(InitialStock(columns[0], arrivals))
        scenario = draw_scenario([problem], states.shape[0], 1, seed=0)
        observation = system.observe(stocks, scenario)
        order = system.rules.apply(policy.act(observation), stocks.inventory_position, 0)
    return np.asarray(order.numpy().round().astype(np.int64))


def _too_many(item: TextbookItem, n_states: int) -> PolicyParameterError:
    return PolicyParameterError(
        f"A rule whose cost is worked out exactly may come to at most {MAX_STATES:,} states"
        f" within {_MAX_ROUNDS:,} periods",
        value=n_states,
        where=f"item {item.name} with lead time {item.lead_time}",
        remedy="Measure its cost by simulation, or shorten the lead time.",
    )
