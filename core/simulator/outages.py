"""A supplier that stands still for a while: nothing leaves it, and nobody knew beforehand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.domain import ParameterError
from core.simulator.parameters import Parameters
from core.simulator.scenario import Scenario
from core.simulator.single_item import InitialStock


@dataclass(frozen=True, slots=True)
class Outage:
    """Some periods in which no supplier delivers or begins an order.

    An order that is placed or due while the supplier stands still waits for the rest of that time:
    placed then, it takes so much longer; due then, it arrives in the first period after. What is
    due later was on its way before, and comes as promised. Policies are not told.

    Args:
        first: Periods from the start until it begins.
        length: Periods it lasts, 1 or more.
    """

    first: int
    length: int

    def check(self) -> Outage:
        """Return self, or say what cannot be.

        Raises:
            ParameterError: where it begins before the start, or lasts no time.
        """
        if self.first < 0 or self.length < 1:
            raise ParameterError(
                "An outage must begin now or later and last at least 1 period",
                value=f"after {self.first} for {self.length}",
                remedy="Change when it begins, or how long it lasts.",
            )
        return self

    @property
    def end(self) -> int:
        """The first period in which suppliers work again."""
        return self.first + self.length

    def lead_times(self, lead_time: Tensor) -> Tensor:
        """Return how long orders take with the outage.

        Args:
            lead_time: [L] of the order placed in each period, shape [horizon, n_envs].
        """
        placed = torch.arange(lead_time.shape[0], dtype=lead_time.dtype).unsqueeze(1)
        stands_still = (placed >= self.first) & (placed < self.end)
        waits = torch.where(stands_still, self.end - placed + lead_time, lead_time)
        due = placed + waits
        is_due_then = (due >= self.first) & (due < self.end)
        return torch.where(is_due_then, self.end - placed, waits)

    def arrivals(self, arrivals: Tensor) -> Tensor:
        """Return when orders that are under way at the start arrive.

        Args:
            arrivals: Units due in 1, 2, ... periods, shape [n_due, n_envs].

        Returns:
            The same units, shape [n_due or more, n_envs].
        """
        moved = torch.zeros(max(arrivals.shape[0], self.end), *arrivals.shape[1:])
        moved = moved.to(arrivals.dtype)
        for row, units in enumerate(arrivals):
            is_then = self.first <= row + 1 < self.end
            moved[self.end - 1 if is_then else row] += units
        return moved


def with_outage(
    scenario: Scenario, initial: InitialStock, parameters: Parameters, outage: Outage
) -> tuple[Scenario, InitialStock]:
    """Return the same futures and start with a supplier outage; demand is untouched.

    Args:
        scenario: Without it.
        initial: Stock and open orders at the start.
        parameters: Of the same environments.
        outage: When.

    Raises:
        ParameterError: where the outage cannot be.
    """
    outage.check()
    fixed = parameters.max_lead_time.expand(scenario.demand.shape)
    usual = fixed if scenario.lead_time is None else scenario.lead_time
    late = outage.lead_times(usual)
    none = torch.zeros(0, parameters.n_envs, dtype=parameters.dtype)
    arrivals = outage.arrivals(none if initial.arrivals is None else initial.arrivals)
    # Every order under way has a row of its own: as many as the longest wait that can be.
    n_rows = int(parameters.max_lead_time.max()) + outage.length
    missing = max(0, n_rows - arrivals.shape[0])
    padded = torch.cat([arrivals, none.new_zeros(missing, parameters.n_envs)])
    return replace(scenario, lead_time=late), replace(initial, arrivals=padded)
