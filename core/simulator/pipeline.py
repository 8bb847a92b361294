"""Orders under way. Four kinds: no lead time, one fixed for all, or any, crossing included.

The last comes in two: environments that share their longest lead time are counted faster.

All are immutable, differentiable, and hold, when the planner looks, only orders still to come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, Self

import torch
from torch import Tensor


class Pipeline(Protocol):
    """Units ordered and not yet received."""

    def place(self, order: Tensor, t: int, lead_time: Tensor | None) -> tuple[Tensor | None, Self]:
        """Add the order of period t, units, shape [n_envs]; return what arrives at once."""
        ...

    def receive(self, t: int) -> tuple[Tensor | None, Self]:
        """Take out what arrives at the start of period t, units, shape [n_envs]."""
        ...

    def outstanding(self, t: int, n_rows: int) -> Tensor | None:
        """Units that will have arrived k + 1 periods from now at the latest, in row k.

        Later ones stand in the last row. Shape [n_rows, n_envs]; None where nothing ever is.
        """
        ...

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Self:
        """Return the same orders, each row of environments changed alike."""
        ...


class AtOnce(NamedTuple):
    """Lead time 0 for all: nothing is ever under way."""

    def place(
        self, order: Tensor, t: int, lead_time: Tensor | None
    ) -> tuple[Tensor | None, AtOnce]:
        """Deliver the order."""
        return order, self

    def receive(self, t: int) -> tuple[Tensor | None, AtOnce]:
        """Nothing arrives later."""
        return None, self

    def outstanding(self, t: int, n_rows: int) -> Tensor | None:
        """Nothing."""
        return None

    def mapped(self, change: Callable[[Tensor], Tensor]) -> AtOnce:
        """Nothing to change."""
        return self


class FixedQueue(NamedTuple):
    """Every order takes the same number of periods, 1 or more: a queue without copying."""

    queue: tuple[Tensor, ...]

    def place(
        self, order: Tensor, t: int, lead_time: Tensor | None
    ) -> tuple[Tensor | None, FixedQueue]:
        """Put the order at the end of the queue."""
        return None, FixedQueue((*self.queue, order))

    def receive(self, t: int) -> tuple[Tensor | None, FixedQueue]:
        """Take the head of the queue."""
        return self.queue[0], FixedQueue(self.queue[1:])

    def outstanding(self, t: int, n_rows: int) -> Tensor | None:
        """Row k arrives in k + 1 periods."""
        if not self.queue:
            return None
        rows = list(self.queue[:n_rows])
        for later in self.queue[n_rows:]:
            rows[-1] = rows[-1] + later
        rows += [torch.zeros_like(rows[0])] * (n_rows - len(rows))
        return torch.stack(rows)

    def mapped(self, change: Callable[[Tensor], Tensor]) -> FixedQueue:
        """Change every order."""
        return FixedQueue(tuple(change(order) for order in self.queue))


class CrossingOrders(NamedTuple):
    """Orders with lead times of their own, which may overtake one another.

    Args:
        quantity: Units, shape [n_slots, n_envs].
        due: Period in which each arrives (nobody but the simulator knows), same shape.
        latest: Period in which each arrives at the latest (known), same shape.
        max_lead_time: Longest possible lead time of each environment, shape [n_envs].
    """

    quantity: Tensor
    due: Tensor
    latest: Tensor
    max_lead_time: Tensor

    def place(
        self, order: Tensor, t: int, lead_time: Tensor | None
    ) -> tuple[Tensor | None, CrossingOrders]:
        """Append the order in a slot of its own, unless it takes no time at all."""
        wait = self.max_lead_time if lead_time is None else lead_time
        later = order * _is_above(wait, 0)
        return order - later, CrossingOrders(
            torch.cat([self.quantity, later.unsqueeze(0)]),
            torch.cat([self.due, (wait + t).unsqueeze(0)]),
            torch.cat([self.latest, (self.max_lead_time + t).unsqueeze(0)]),
            self.max_lead_time,
        )

    def receive(self, t: int) -> tuple[Tensor | None, CrossingOrders]:
        """Take out every order due by t; the oldest slot is empty by then and is dropped."""
        kept = self.quantity * _is_above(self.due, t)
        arrived = (self.quantity - kept).sum(0)
        return arrived, CrossingOrders(kept[1:], self.due[1:], self.latest[1:], self.max_lead_time)

    def outstanding(self, t: int, n_rows: int) -> Tensor | None:
        """Sort the orders into rows by the period they arrive in at the latest."""
        row = (self.latest - (t + 1)).clamp(0, n_rows - 1).long()
        empty = torch.zeros(n_rows, self.quantity.shape[1], dtype=self.quantity.dtype)
        return empty.scatter_add(0, row, self.quantity)

    def mapped(self, change: Callable[[Tensor], Tensor]) -> CrossingOrders:
        """Change every order and when it is due."""
        return CrossingOrders(*map(change, self))


class AlignedOrders(NamedTuple):
    """Orders that may overtake one another, where the longest lead time is the same for all.

    The oldest slot is then always the one that must be empty next, so slots need no sorting.

    Args:
        quantity: Units, shape [n_slots, n_envs]; slot k is empty k + 1 periods from now.
        due: Period in which each arrives (nobody but the simulator knows), same shape.
    """

    quantity: Tensor
    due: Tensor

    def place(
        self, order: Tensor, t: int, lead_time: Tensor | None
    ) -> tuple[Tensor | None, AlignedOrders]:
        """Append the order in a slot of its own, unless it takes no time at all."""
        if lead_time is None:
            lead_time = torch.full_like(order, self.quantity.shape[0] + 1)
        later = order * _is_above(lead_time, 0)
        return order - later, AlignedOrders(
            torch.cat([self.quantity, later.unsqueeze(0)]),
            torch.cat([self.due, (lead_time + t).unsqueeze(0)]),
        )

    def receive(self, t: int) -> tuple[Tensor | None, AlignedOrders]:
        """Take out every order due by t; the oldest slot is empty by then and is dropped."""
        kept = self.quantity * _is_above(self.due, t)
        arrived = (self.quantity - kept).sum(0)
        return arrived, AlignedOrders(kept[1:], self.due[1:])

    def outstanding(self, t: int, n_rows: int) -> Tensor | None:
        """Row k is slot k; the last row also holds what comes later."""
        rows = self.quantity[:n_rows]
        later = self.quantity[n_rows:]
        if later.shape[0]:
            return torch.cat([rows[:-1], rows[-1:] + later.sum(0)])
        return torch.nn.functional.pad(rows, (0, 0, 0, n_rows - rows.shape[0]))

    def mapped(self, change: Callable[[Tensor], Tensor]) -> AlignedOrders:
        """Change every order and when it is due."""
        return AlignedOrders(*map(change, self))


def _is_above(whole: Tensor, bound: int) -> Tensor:
    """Return 1 where a whole number lies above a bound, else 0: faster than to compare."""
    return (whole - bound).clamp(0, 1)


def fixed_pipeline(n_envs: int, lead_time: int, dtype: torch.dtype) -> AtOnce | FixedQueue:
    """Return an empty pipeline, as it stands once the arrivals of a period are in."""
    if lead_time == 0:
        return AtOnce()
    return FixedQueue(tuple(torch.zeros(n_envs, dtype=dtype) for _ in range(lead_time - 1)))


def crossing_pipeline(arrivals: Tensor, max_lead_time: Tensor) -> CrossingOrders | AlignedOrders:
    """Start with orders already under way.

    Args:
        arrivals: Units due in 1, 2, ... periods from the start, shape [n_due, n_envs].
        max_lead_time: Longest lead time, periods, shape [n_envs].
    """
    longest = int(max_lead_time.max())
    n_slots = max(longest - 1, arrivals.shape[0], 0)
    n_envs = max_lead_time.shape[0]
    quantity = torch.zeros(n_slots, n_envs, dtype=max_lead_time.dtype)
    quantity[: arrivals.shape[0]] = arrivals
    due = torch.arange(1, n_slots + 1, dtype=max_lead_time.dtype)
    due = due.unsqueeze(1).expand(n_slots, n_envs).contiguous()
    if longest == int(max_lead_time.min()) == n_slots + 1:
        return AlignedOrders(quantity, due)
    return CrossingOrders(quantity, due, due.clone(), max_lead_time)
