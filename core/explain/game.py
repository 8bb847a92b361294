"""Quantities of today to be played on common futures; games of several items, as one."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

import torch
from torch import Tensor

from core.explain.situation import Situation
from core.explain.window import Window
from core.policies.protocol import Policy, kin_of, memory_of
from core.simulator import InitialStock, Memory, Observation, Scenario, SingleItemSystem
from core.simulator.lead_times import all_fixed_alike, lead_time_probabilities


class Played(NamedTuple):
    """What came of every quantity on every future, shape [n_quantities, n_futures] each.

    Args:
        cost: Money, less what all quantities cost alike once they have come to the same.
        ran_out: 1 where demand went unserved within the window, else 0.
    """

    cost: Tensor
    ran_out: Tensor


class NoOrders:
    """Waits and sees."""

    name: Final = "no orders"
    kin: Final = name
    n_items: Final = 1

    def act(self, observation: Observation) -> Tensor:
        """Ask for nothing."""
        return torch.zeros_like(observation.inventory_level)

    def select(self, rows: Sequence[int]) -> Self:
        """Return the same."""
        return self

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the same."""
        return parts[0]

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return nothing."""
        return {}


@dataclass(frozen=True, eq=False)
class Game:
    """Order each quantity today and let the policy decide from the next chance on.

    Args:
        situation: Today.
        policy: Of this one item.
        scenario: The futures, one environment each.
        today: Quantities to order today, before the rules, shape [n_quantities].
        window: Which periods count as running out.
        length: Periods that are played.
    """

    situation: Situation
    policy: Policy
    scenario: Scenario
    today: Tensor
    window: Window
    length: int

    @property
    def marks(self) -> tuple[int, ...]:
        """Periods in which what counts changes."""
        window = self.window
        counts = (t for t in (window.first_risk_period, window.end_of_risk) if t < self.length)
        return *counts, self.length

    def nothing_yet(self) -> Played:
        """Return sums to add to."""
        shape = self.today.shape[0], self.scenario.n_envs
        return Played(*(torch.zeros(shape, dtype=torch.float64) for _ in Played._fields))

    def ordered_today(self) -> Tensor:
        """Return the quantity of every environment, quantity by quantity, shape [n_envs]."""
        return self.today.repeat_interleave(self.scenario.n_envs)

    @property
    def kin(self) -> Hashable:
        """The same for games that can be played as one; see ``kin_of_play``."""
        return kin_of_play(self.situation, self.policy)


def kin_of_play(situation: Situation, policy: Policy) -> Hashable:
    """Return the same for items whose periods go by in the same steps.

    Played together each of them then comes to the very numbers it comes to alone, and a step
    hardly takes longer for all than for one.
    """
    problem = situation.problem
    chances = lead_time_probabilities(problem.lead_time)
    longest, mean = len(chances) - 1, float(situation.system.parameters.lead_time_mean[0])
    is_certain = all_fixed_alike([chances])
    lost = problem.lost_share if problem.lost_share in (0.0, 1.0) else 0.5
    slots = max(longest - 1, len(situation.due))
    review = problem.rules.review_period
    own = kin_of(policy), memory_of(policy)
    return own, round(mean), longest, is_certain, slots, bool(situation.due), review, lost


def system_of(games: Sequence[Game]) -> SingleItemSystem:
    """Return the games' items, one environment each."""
    memory = memory_of(games[0].policy)
    return SingleItemSystem([game.situation.problem for game in games], 1, memory=memory)


def initial_of(games: Sequence[Game]) -> InitialStock:
    """Return where the games' items stand today, one environment each."""
    stocks = [game.situation.initial(1) for game in games]
    n_due = max(len(game.situation.due) for game in games)
    due = [stock.arrivals for stock in stocks if stock.arrivals is not None]
    assert len(due) in (0, len(games))
    longer = [torch.nn.functional.pad(rows, (0, 0, 0, n_due - rows.shape[0])) for rows in due]
    return InitialStock(
        torch.cat([stock.inventory_level for stock in stocks]),
        torch.cat(longer, 1) if due else None,
        _remembered([stock.memory for stock in stocks], memory_of(games[0].policy)),
    )


def _remembered(parts: Sequence[Memory | None], n_periods: int) -> Memory | None:
    if n_periods == 0:
        return None
    blank = Memory.blank(n_periods, 1, torch.float32)
    return Memory.beside([blank if part is None else part.latest(n_periods) for part in parts])
