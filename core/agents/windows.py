"""Windows of simulated periods whose cost is differentiated in every order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from core.agents.layers import Layers
from core.agents.learner import Lesson
from core.agents.levels import MovedLevels
from core.agents.references import ItemReference, References
from core.agents.task import n_paths_for
from core.simulator import Observation, Problem, Scenario, SingleItemSystem, Stocks
from core.simulator.lead_times import lead_time_probabilities
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

_MOST_ENVS = 8192
_LEAST_PERIODS, _MOST_PERIODS = 32, 96
_NEARLY_ALL = 0.95


class Windows:
    """Plays one window after the other, each going on where the last one was counted to.

    Orders in the first part of a window are learned; in those after it the network is taken as
    given, and only what the orders before led to is watched.

    Args:
        lesson: Items, none of which has a price or a least size of orders, and settings.
    """

    def __init__(self, lesson: Lesson):
        a, config = lesson.assignment, lesson.config
        assert isinstance(a.code, MovedLevels)
        self._assignment, self._code = a, a.code
        self._counted, tail = window_of(a.problems, a.items)
        self._length = self._counted + tail
        self._horizon = max(config.episode_length, 2 * self._length)
        self._number = config.seed * 17
        wanted = max(config.n_envs, min(a.source.paths_each * len(a.problems), _MOST_ENVS))
        self._n_paths = n_paths_for(a.problems, wanted)
        self._system = SingleItemSystem(
            a.problems, self._n_paths, whole_packs=False, memory=a.source.memory
        )
        self._references = References.of(a.items, self._n_paths)
        cost = torch.tensor([max(item.cost, 1e-9) for item in a.items])
        self._unit = cost.repeat_interleave(self._n_paths)
        self._cost = a.source.cost(a.problems, self._n_paths)
        self._scenario: Scenario | None = None
        self._stocks: Stocks
        self.n_played = 0

    @property
    def n_steps(self) -> int:
        """Item-periods that a window learns from."""
        return self._counted * self._system.parameters.n_envs

    def losses(self, actor: Layers, left: float) -> Iterator[Tensor]:
        """Yield the cost of the next window, per period and in the items' usual costs.

        Args:
            actor: Moves of s and S from features.
            left: Share of the time that is left.
        """
        self.n_played += 1
        yield self._play(actor).sum() / self._counted

    def _play(self, actor: Layers) -> Tensor:
        """Return the mean cost of every period of the next window."""
        scenario = self._begin()
        stocks, frozen, costs = self._stocks, actor.frozen(), []
        for k in range(self._length):
            seen = self._system.observe(stocks, scenario)
            now = self._references.at(seen)
            moves = (actor if k < self._counted else frozen)(self._encode(seen, now))
            order = self._code.smooth_order(moves, seen.inventory_position, now)
            stocks, flows = self._system.step(stocks, order, scenario)
            cost = self._cost(flows, seen.next_mean, self._system.parameters)
            costs.append((cost / self._unit).mean())
            if k + 1 == self._counted:
                self._stocks = stocks.detached()
        return torch.stack(costs)

    def _begin(self) -> Scenario:
        """Go on, or draw new futures where these have run out."""
        if self._scenario is None or self._stocks.t + self._length > self._horizon:
            a, self._number = self._assignment, self._number + 1
            seed = TRAINING_SEED + self._number % N_SEEDS
            drawn = a.source.draw(a.problems, a.items, self._n_paths, self._horizon, seed)
            self._scenario, initial = drawn
            self._stocks = self._system.start(initial)
        return self._scenario

    def _encode(self, seen: Observation, now: References) -> Tensor:
        return self._assignment.encoder.encode(seen, self._references, now)


def cycle_of(item: ItemReference) -> float:
    """Return the periods between two orders under (s, S)."""
    return (item.order_up_to_level - item.reorder_point) / max(item.mean_demand, 1e-9)


def cover_of(problem: Problem) -> int:
    """Return the periods in which nearly every order has arrived, and one review."""
    arrived = np.cumsum(lead_time_probabilities(problem.lead_time))
    return int(np.searchsorted(arrived, _NEARLY_ALL)) + problem.rules.review_period


def window_of(problems: Sequence[Problem], items: Sequence[ItemReference]) -> tuple[int, int]:
    """Return how many periods one step learns from, and how many more it watches what comes of it.

    An order shows what it was worth once it has arrived and the next one has, too.
    """
    cycles = sorted(cycle_of(item) for item in items)
    cycle = min(cycles[len(cycles) // 2], float(_MOST_PERIODS))
    cover = max(map(cover_of, problems))
    counted = min(max(_LEAST_PERIODS, math.ceil(2 * cycle)), _MOST_PERIODS)
    return counted, min(math.ceil(2 * cover + cycle), _MOST_PERIODS)
