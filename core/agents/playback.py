"""Windows of simulated periods whose cost can be differentiated in every order."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor

from core.agents.layers import Layers
from core.agents.learner import Lesson
from core.agents.levels import MovedLevels
from core.agents.references import References
from core.agents.task import n_paths_for
from core.simulator import Observation, Scenario, SingleItemSystem, Stocks
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

FLOOR = float(os.environ.get("FLOOR", "0.5"))


_MOST_ENVS = 8192
# What a yes or no was worth is known with less noise from more futures.
_MORE_WITH_GATE = 2


@dataclass(frozen=True, eq=False)
class Roll:
    """What happened in a window.

    Args:
        cost: Of each period, in the item's usual cost per period, shape [n_periods, n_envs].
        log_chance: Of the yes or no that was drawn, shape [n_periods, n_envs].
        features: Before each period and after the last, shape [n_periods + 1, n_envs, n_features].
        usual_cost: What counts as an average period, shape [n_envs].
    """

    cost: Tensor
    log_chance: Tensor
    features: Tensor
    usual_cost: Tensor


class Playback:
    """Plays one window after the other, each going on where the last one was counted to.

    Args:
        lesson: Items and settings.
        length: Periods of a window.
        counted: Periods at its beginning whose orders are learned; in those after it the network
            is taken as given, and only what the orders before led to is watched.
        noise: For the yes or no of ordering.
    """

    def __init__(self, lesson: Lesson, length: int, counted: int, noise: torch.Generator):
        a, config = lesson.assignment, lesson.config
        assert isinstance(a.code, MovedLevels)
        self._assignment, self._code, self._noise = a, a.code, noise
        self._length, self._counted = length, counted
        self._horizon = max(config.episode_length, 2 * length)
        self._number = config.seed * 17
        is_gated = any(item.is_gated for item in a.items)
        many = min(a.source.paths_each * len(a.problems), _MOST_ENVS)
        wanted = max(config.n_envs * (_MORE_WITH_GATE if is_gated else 1), many)
        self.n_paths = n_paths_for(a.problems, wanted)
        self._system = SingleItemSystem(
            a.problems, self.n_paths, whole_packs=False, memory=a.source.memory
        )
        self._references = References.of(a.items, self.n_paths)
        cost = torch.tensor([max(item.cost, 1e-9) for item in a.items])
        self._unit = cost.repeat_interleave(self.n_paths)
        self._cost = a.source.cost(a.problems, self.n_paths)
        self._scenario: Scenario | None = None
        self._stocks: Stocks
        self._usual = torch.ones_like(self._unit)

    def play(self, actor: Layers, temperature: float) -> Roll:
        """Play a window.

        Args:
            actor: Moves of s and S from features.
            temperature: Share of S - s within which an order is a matter of chance.
        """
        scenario = self._begin()
        stocks, frozen = self._stocks, actor.frozen()
        costs, chances, features = [], [], []
        for k in range(self._length):
            seen = self._system.observe(stocks, scenario)
            now = self._references.at(seen)
            features.append(self._assignment.encoder.encode(seen, self._references, now))
            moves = (actor if k < self._counted else frozen)(features[-1])
            order, log_chance = self._order(moves, seen, now, temperature)
            stocks, flows = self._system.step(stocks, order, scenario)
            costs.append(self._cost(flows, seen.next_mean, self._system.parameters) / self._unit)
            chances.append(log_chance)
            if k + 1 == self._counted:
                self._stocks = stocks.detached()
        features.append(self._encode(self._system.observe(stocks, scenario)))
        cost = torch.stack(costs)
        self._usual = self._usual.lerp(cost.detach().mean(0).mean().expand_as(self._unit), 0.05)
        return Roll(cost, torch.stack(chances), torch.stack(features), self._usual)

    def _begin(self) -> Scenario:
        """Go on, or draw new futures where these have run out."""
        if self._scenario is None or self._stocks.t + self._length > self._horizon:
            a, self._number = self._assignment, self._number + 1
            seed = TRAINING_SEED + self._number % N_SEEDS
            drawn = a.source.draw(a.problems, a.items, self.n_paths, self._horizon, seed)
            self._scenario, initial = drawn
            self._stocks = self._system.start(initial)
        return self._scenario

    def _encode(self, seen: Observation) -> Tensor:
        return self._assignment.encoder.encode(seen, self._references)

    def _order(
        self, moves: Tensor, seen: Observation, now: References, temperature: float
    ) -> tuple[Tensor, Tensor]:
        """Return the order, and the log of the chance of its yes or no."""
        position = seen.inventory_position
        quantity = self._code.smooth_order(moves, position, now)
        lot = (now.order_up_to_level - now.reorder_point).clamp(min=0.0)
        width = torch.maximum(temperature * lot, now.unit)
        logit = (self._code.below_point(moves, position, now) + 0.5 * now.unit) / width
        dice = torch.rand(logit.shape, generator=self._noise)
        says_yes = (dice < torch.sigmoid(logit)).to(quantity.dtype)
        log_chance = torch.nn.functional.logsigmoid((2 * says_yes - 1) * logit)
        is_gated = now.is_gated
        return quantity * torch.where(is_gated > 0, says_yes, 1.0), log_chance * is_gated
