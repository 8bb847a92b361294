"""What every supply system offers, and what passes between it and a policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

from core.simulator.memory import Memory
from core.simulator.parameters import Parameters
from core.simulator.pipeline import Pipeline
from core.simulator.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Stocks:
    """Stock at an instant: period t once its arrivals are in, before the order.

    Args:
        inventory_level: [IL] on hand less backorders, units, shape [n_envs].
        inventory_position: [IP] inventory level plus on order, units, shape [n_envs].
        pipeline: Orders still to come.
        received: Units that arrived at the start of this period, shape [n_envs]; None for none.
        t: Periods since the start.
        memory: The latest periods' sales; None where nobody asks for them.
    """

    inventory_level: Tensor
    inventory_position: Tensor
    pipeline: Pipeline
    received: Tensor | None
    t: int
    memory: Memory | None = None

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Stocks:
        """Return the same stock with every row of environments changed alike.

        Args:
            change: From shape [..., n_envs] to any other number of environments.
        """
        received = None if self.received is None else change(self.received)
        level, position = change(self.inventory_level), change(self.inventory_position)
        memory = None if self.memory is None else self.memory.mapped(change)
        return Stocks(level, position, self.pipeline.mapped(change), received, self.t, memory)

    def detached(self) -> Stocks:
        """Return the same stock without the history that gradients would flow back through."""
        return self.mapped(torch.Tensor.detach)


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """What moved in one period, units, shape [n_envs]; None stands for 0 everywhere.

    Args:
        order: Ordered, after the rules.
        received: Arrived, at the start or (lead time 0) at once.
        demand: Asked for.
        stock_before: [IL] just before demand.
        inventory_level: [IL] at the end.
        on_hand: Left at the end.
        short: What the stock-out cost is charged for: lost, and owed at the end.
        lost: Demand lost.
    """

    order: Tensor
    received: Tensor | None
    demand: Tensor
    stock_before: Tensor
    inventory_level: Tensor
    on_hand: Tensor
    short: Tensor
    lost: Tensor | None

    @property
    def unserved(self) -> Tensor:
        """Demand not served in its own period."""
        return (self.demand - self.stock_before.clamp(min=0.0)).clamp(min=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What a policy may know when it orders. Nothing here lies in the future.

    Args:
        stocks: Stock now.
        parameters: Costs, lead times, rules.
        next_mean: Expected demand of this period, units, shape [n_envs].
        protection_mean: Expected demand over lead time and review, units, shape [n_envs].
        protection_sd: Its standard deviation, units, shape [n_envs].
    """

    stocks: Stocks
    parameters: Parameters
    next_mean: Tensor
    protection_mean: Tensor
    protection_sd: Tensor

    @property
    def inventory_position(self) -> Tensor:
        """[IP] units, shape [n_envs]."""
        return self.stocks.inventory_position

    @property
    def inventory_level(self) -> Tensor:
        """[IL] units, shape [n_envs]."""
        return self.stocks.inventory_level

    @property
    def on_hand(self) -> Tensor:
        """Units in stock, shape [n_envs]."""
        return self.stocks.inventory_level.clamp(min=0.0)

    @property
    def backorders(self) -> Tensor:
        """Units owed to customers, shape [n_envs]."""
        return (-self.stocks.inventory_level).clamp(min=0.0)

    @property
    def on_order(self) -> Tensor:
        """Units under way, shape [n_envs]."""
        return self.stocks.inventory_position - self.stocks.inventory_level

    @property
    def memory(self) -> Memory | None:
        """The latest periods' sales; None where they are not remembered."""
        return self.stocks.memory

    def outstanding(self, n_rows: int) -> Tensor:
        """Units under way by the period in which they arrive at the latest.

        Row k has those due k + 1 periods from now, the last row also later ones;
        shape [n_rows, n_envs].
        """
        rows = self.stocks.pipeline.outstanding(self.stocks.t, n_rows)
        level = self.stocks.inventory_level
        if rows is None:
            return torch.zeros(n_rows, level.shape[0], dtype=level.dtype)
        return rows


class SupplySystem(Protocol):
    """A supply system: single item today; perishable, serial, several suppliers by new files.

    The transition is pure: it changes nothing it is given, and torch can differentiate it.
    """

    parameters: Parameters

    def start(self, initial: Any = None) -> Stocks:
        """Return the stock at t = 0, arrivals in, before the first order."""
        ...

    def observe(self, stocks: Stocks, scenario: Scenario) -> Observation:
        """Return what a policy may know now."""
        ...

    def step(self, stocks: Stocks, raw_order: Tensor, scenario: Scenario) -> tuple[Stocks, Flows]:
        """Play one period with this order, in the design's order of events."""
        ...

    def cost(self, flows: Flows) -> Tensor:
        """Money of one period, shape [n_envs]."""
        ...
