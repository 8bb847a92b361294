"""Learning by what each order really led to: costs differentiated through the simulator.

How much to order is learned by the gradient of the simulated cost in every order. Where orders have
a price or a least size, whether to order is yes or no and has no such gradient: there both ways are
played on from the same state, on the same future.

References:
    Alvo, Russo and Kanoria (2023), Neural inventory control in networks via hindsight
    differentiable policy optimization, arXiv:2306.11246.
    Madeka et al. (2022), Deep inventory management, arXiv:2210.03137.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from typing import ClassVar, Protocol

import torch
from torch import Tensor

from core.agents.actions import ChooseCode, levels_for
from core.agents.encoder import FeatureEncoder
from core.agents.features import GATED
from core.agents.forks import Forks
from core.agents.layers import Layers, RunningMean
from core.agents.learner import GoOn, Lesson, LoadLibraries, load_nothing
from core.agents.networks import Experts, Mlp, Network
from core.agents.windows import Windows

_AVERAGE = 0.99
_MAX_GRADIENT = 1.0
# Yes and no are learned more slowly than how much: what they were worth is known less well.
_RATE_WITH_GATE = 0.3


class Drill(Protocol):
    """Items at play in one way of learning."""

    n_played: int

    @property
    def n_steps(self) -> int:
        """Item-periods that one play learns from."""
        ...

    def losses(self, actor: Layers, left: float) -> Iterator[Tensor]:
        """Play on, and yield what to make smaller, once for every step to take."""
        ...


class Pupil:
    """A network that learns, from one drill after the other.

    Args:
        lesson: Settings, and what features there are.
        rate: Learning rate at the beginning.
        drills: What is played, one after the other, without end.
        start: The network to go on with; None to begin with one that leaves (s, S) as it is.
    """

    def __init__(
        self, lesson: Lesson, rate: float, drills: Iterator[Drill], start: Mlp | None = None
    ):
        config = lesson.config
        sizes = [lesson.assignment.encoder.n_features, *[config.width] * config.depth, 2]
        noise = torch.Generator().manual_seed(config.seed)
        self.actor = Layers.drawn(sizes, noise) if start is None else Layers.copied(start)
        self.mean = RunningMean(self.actor, _AVERAGE)
        self._clock, self._rate, self._drills = lesson.clock, rate, drills
        self._optimiser = torch.optim.Adam(self.actor.weights, betas=(0.9, 0.99))

    def learn(self) -> int:
        """Play once, find out what made it dear, move the network; return item-periods played."""
        drill = next(self._drills)
        for loss in drill.losses(self.actor, self._clock.left_share(0.0)):
            for group in self._optimiser.param_groups:
                group["lr"] = self._rate * self._clock.left_share()
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.actor.weights, _MAX_GRADIENT)
            self._optimiser.step()
            self.mean.follow()
        return drill.n_steps


class PathwiseLearner:
    """Hindsight policy optimisation, from the items' own (s, S).

    Items with a yes or no to orders and items without learn apart, each in its own way.
    """

    choose_code: ClassVar[ChooseCode] = staticmethod(levels_for)
    unseen: ClassVar[frozenset[str]] = frozenset()
    load_libraries: ClassVar[LoadLibraries] = staticmethod(load_nothing)

    def __init__(self, lesson: Lesson):
        self.lesson = lesson
        self._noise = torch.Generator().manual_seed(lesson.config.seed)
        self._plain, self._gated = self.pupils()
        self._n_steps = 0

    @property
    def steps(self) -> int:
        """Item-periods learned from so far."""
        return self._n_steps

    def pupils(self) -> tuple[Pupil | None, Pupil | None]:
        """Return who learns for items without and with a yes or no to orders; None for no item."""
        items = self.lesson.assignment.items
        plain = [row for row, item in enumerate(items) if not item.is_gated]
        gated = [row for row, item in enumerate(items) if item.is_gated]
        return (
            self.pupil(cycle([Windows(_some(self.lesson, plain))]), False) if plain else None,
            self.pupil(cycle([Forks(_some(self.lesson, gated), self._noise)]), True)
            if gated
            else None,
        )

    def pupil(self, drills: Iterator[Drill], is_gated: bool) -> Pupil:
        """Return who learns from these drills, one after the other."""
        rate = self.lesson.config.learning_rate * (_RATE_WITH_GATE if is_gated else 1.0)
        return Pupil(self.lesson, rate, drills, _expert(self.lesson.start, is_gated))

    def warm_start(self, go_on: GoOn) -> None:
        """Nothing to imitate: with no move of s and S it does as (s, S) does."""

    def learn(self, go_on: GoOn) -> None:
        """Let each pupil learn in turn, again and again."""
        while go_on():
            for pupil in (self._plain, self._gated):
                self._n_steps += 0 if pupil is None else pupil.learn()

    def candidates(self) -> Sequence[Network]:
        """Return the networks as they are, and their running means."""
        pupils = (self._plain, self._gated)
        now = [None if pupil is None else _network(pupil.actor) for pupil in pupils]
        mean = [None if pupil is None else _network(pupil.mean.layers) for pupil in pupils]
        return [self._together(*now), self._together(*mean)]

    def _together(self, plain: Mlp | None, gated: Mlp | None) -> Network:
        """Return the only network, or both behind the feature that tells their items apart."""
        if plain is None or gated is None:
            return next(network for network in (plain, gated) if network is not None)
        return experts(self.lesson.assignment.encoder, plain, gated)


def experts(encoder: FeatureEncoder, plain: Mlp, gated: Mlp) -> Experts:
    """Return one network of two: for items without, and with, a yes or no to orders."""
    column = encoder.names.index(GATED)
    threshold = (0.5 - encoder.offset[column]) / encoder.scale[column]
    return Experts(column, threshold, plain, gated)


def _network(layers: Layers) -> Mlp:
    return layers.network("silu", "free")


def _expert(start: Network | None, is_gated: bool) -> Mlp | None:
    """Return the part of a network that serves such items."""
    if isinstance(start, Experts):
        return start.high if is_gated else start.low
    return start if isinstance(start, Mlp) else None


def _some(lesson: Lesson, rows: Sequence[int]) -> Lesson:
    """Return the lesson on some of its items."""
    a = lesson.assignment
    some = replace(
        a,
        problems=tuple(a.problems[row] for row in rows),
        items=tuple(a.items[row] for row in rows),
        baseline=a.baseline.select(rows),
        source=a.source.select(rows),
    )
    return replace(lesson, assignment=some)
