"""Learning by the gradient of the cost itself, taken through the simulator.

How much to order is learned pathwise: the simulated cost is differentiated in every order. Whether
to order at all is yes or no and has no such gradient: it is learned by its likelihood ratio, with
a learned value of the state as baseline.

References:
    Alvo, Russo and Kanoria (2023), Neural inventory control in networks via hindsight
    differentiable policy optimization, arXiv:2306.11246.
    Madeka et al. (2022), Deep inventory management, arXiv:2210.03137.
    Schulman et al. (2015), Gradient estimation using stochastic computation graphs, NeurIPS 28.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from core.agents.actions import ChooseCode, levels_for
from core.agents.layers import Layers, RunningMean
from core.agents.learner import GoOn, Lesson
from core.agents.levels import MovedLevels
from core.agents.networks import Network
from core.agents.playback import Playback, Roll
from core.agents.references import ItemReference
from core.simulator import Problem
from core.simulator.lead_times import lead_time_probabilities

_AVERAGE = 0.99
_MAX_GRADIENT = 1.0
# Yes and no are learned more slowly than how much: what they were worth is known less well.
_RATE_WITH_GATE = 0.3
# Share of the time in which only the value of states is learned, where there is a gate.
_CRITIC_ALONE = 0.1
# Of the distance from s to S: how far from s an order is a matter of chance, first and last.
_WARM, _COLD = 0.05, 0.01
_LEAST_PERIODS, _MOST_PERIODS = 32, 96
_ORDERS_AHEAD = 10.0


class PathwiseLearner:
    """Hindsight differentiable policy optimisation with a gate, from the items' own (s, S)."""

    choose_code: ClassVar[ChooseCode] = staticmethod(levels_for)

    def __init__(self, lesson: Lesson):
        self.lesson, config, a = lesson, lesson.config, lesson.assignment
        assert isinstance(a.code, MovedLevels)
        noise = torch.Generator().manual_seed(config.seed)
        sizes = [a.encoder.n_features, *[config.width] * config.depth]
        self._actor = Layers.drawn([*sizes, 2], noise)
        self._critic = Layers.drawn([*sizes, 1], noise)
        self._mean = RunningMean(self._actor, _AVERAGE)
        self._actor_optimiser = torch.optim.Adam(self._actor.weights, betas=(0.9, 0.99))
        self._critic_optimiser = torch.optim.Adam(self._critic.weights, betas=(0.9, 0.99))
        self._counted, self._tail = window_of(a.problems, a.items)
        self._playback = Playback(lesson, self._counted + self._tail, self._counted, noise)
        self._is_gated = any(item.is_gated for item in a.items)
        self._trace = trace_for(a.problems, a.items)
        self._n_steps = 0

    @property
    def steps(self) -> int:
        """Item-periods learned from so far."""
        return self._n_steps

    def warm_start(self, go_on: GoOn) -> None:
        """Nothing to imitate: with no move of s and S it does as (s, S) does."""

    def learn(self, go_on: GoOn) -> None:
        """Play a window, differentiate its cost, move the network; again and again."""
        clock = self.lesson.clock
        begin, wait = clock.elapsed_s, _CRITIC_ALONE * clock.remaining_s * self._is_gated
        while go_on():
            roll = self._playback.play(self._actor, self._temperature())
            loss = roll.cost.mean(1).sum() / self._counted
            if self._is_gated:
                loss = loss + self._gate_loss(roll)
            if clock.elapsed_s >= begin + wait:
                self._move(self._actor_optimiser, self._actor, loss)
                self._mean.follow()
            self._n_steps += self._counted * roll.cost.shape[1]

    def candidates(self) -> Sequence[Network]:
        """Return the network as it is, and its running mean."""
        return [self._actor.network("silu", "free"), self._mean.layers.network("silu", "free")]

    def _gate_loss(self, roll: Roll) -> Tensor:
        """Return the likelihood-ratio term, and let the critic learn from the same window.

        In the periods that are only watched the yes or no still depends on the state, and so on
        the orders before.
        """
        value = self._critic(roll.features.detach())[..., 0]
        extra = roll.cost.detach() - roll.usual_cost
        regret = regrets(extra, value.detach(), self._trace)
        target = (regret + value.detach()[:-1])[: self._counted]
        # Only differences of values mean anything: their mean is held at 0.
        error = target - target.mean() - value[:-1][: self._counted]
        self._move(self._critic_optimiser, self._critic, error.pow(2).mean())
        return (regret * roll.log_chance).mean(1).sum() / self._counted

    def _temperature(self) -> float:
        left = self.lesson.clock.left_share(0.0)
        return _COLD + (_WARM - _COLD) * left

    def _move(self, optimiser: torch.optim.Optimizer, layers: Layers, loss: Tensor) -> None:
        rate = self.lesson.config.learning_rate * (_RATE_WITH_GATE if self._is_gated else 1.0)
        for group in optimiser.param_groups:
            group["lr"] = rate * self.lesson.clock.left_share()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(layers.weights, _MAX_GRADIENT)
        optimiser.step()


def regrets(extra: Tensor, value: Tensor, trace: float) -> Tensor:
    """Return by how much more each period's yes or no cost than was to be expected.

    Without discount: with one, putting off a dear order by a period would look like a saving.

    Args:
        extra: Cost of each period above the usual one, shape [n_periods, n_envs].
        value: Expected extra cost from each state on, shape [n_periods + 1, n_envs].
        trace: [lambda] weight of what comes a period later; at 1 the value counts only as a
            baseline and at the end of the window, below 1 it saves noise where it is right.

    References:
        Schulman et al. (2016), High-dimensional continuous control using generalized advantage
        estimation, ICLR, equation 16, with a discount of 1.
    """
    surprise = extra + value[1:] - value[:-1]
    rows, total = [], torch.zeros_like(extra[0])
    for row in reversed(surprise.unbind()):
        total = row + trace * total
        rows.append(total)
    return torch.stack(rows[::-1])


def _cycle(item: ItemReference) -> float:
    """Return the periods between two orders under (s, S)."""
    return (item.order_up_to_level - item.reorder_point) / max(item.mean_demand, 1e-9)


def _cover(problem: Problem) -> int:
    """Return the periods that an order may take to arrive, and one review."""
    return len(lead_time_probabilities(problem.lead_time)) - 1 + problem.rules.review_period


def trace_for(problems: Sequence[Problem], items: Sequence[ItemReference]) -> float:
    """Return how far ahead costs are counted before the learned value is trusted.

    Several orders far: a value that is still wrong would bias when to order.
    """
    orders = max(_cycle(item) for item in items)
    return 1.0 - 1.0 / (5.0 + 1.5 * max(map(_cover, problems)) + _ORDERS_AHEAD * orders)


def window_of(problems: Sequence[Problem], items: Sequence[ItemReference]) -> tuple[int, int]:
    """Return how many periods one step learns from, and how many more it watches what comes of it.

    An order shows what it was worth once it has arrived and the next one has, too.
    """
    cycles = sorted(_cycle(item) for item in items)
    cycle = min(cycles[len(cycles) // 2], float(_MOST_PERIODS))
    cover = max(map(_cover, problems))
    counted = min(max(_LEAST_PERIODS, math.ceil(2 * cycle)), _MOST_PERIODS)
    return counted, min(math.ceil(2 * cover + cycle), _MOST_PERIODS)
