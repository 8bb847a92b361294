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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle
from typing import ClassVar, Protocol

import torch
from torch import Tensor

from core.agents.actions import ChooseCode, levels_for
from core.agents.encoder import FeatureEncoder
from core.agents.forks import Forks
from core.agents.groups import GATED, GROUPS, OTHER, group_of
from core.agents.layers import Layers, RunningMean
from core.agents.learner import GoOn, Lesson, LoadLibraries, load_optimisers
from core.agents.networks import Experts, Mlp, Network, Route
from core.agents.windows import Windows
from core.domain import BundleMismatchError
from core.simulator.episodes import FEATURE_LIMIT

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

    Items with a yes or no to orders and items without learn apart, each in its own way; where it
    goes on with a network for more groups than these, all of them do.
    """

    choose_code: ClassVar[ChooseCode] = staticmethod(levels_for)
    unseen: ClassVar[frozenset[str]] = frozenset()
    load_libraries: ClassVar[LoadLibraries] = staticmethod(load_optimisers)

    def __init__(self, lesson: Lesson):
        self.lesson = lesson
        self._noise = torch.Generator().manual_seed(lesson.config.seed)
        self._groups = groups_of(lesson.start, lesson.assignment.encoder)
        self._pupils = self.pupils()
        self._n_steps = 0

    @property
    def steps(self) -> int:
        """Item-periods learned from so far."""
        return self._n_steps

    def pupils(self) -> dict[str, Pupil]:
        """Return who learns for each group of items that there is any item of."""
        items = self.lesson.assignment.items
        of_group = [group_of(item, self._groups) for item in items]
        rows = {name: [row for row, its in enumerate(of_group) if its == name] for name in GROUPS}
        return {
            group: self.pupil(cycle([self._drill(group, rows[group])]), group)
            for group in self._groups
            if rows[group]
        }

    def _drill(self, group: str, rows: Sequence[int]) -> Drill:
        lesson = _some(self.lesson, rows)
        return Forks(lesson, self._noise) if group == GATED else Windows(lesson)

    def pupil(self, drills: Iterator[Drill], group: str) -> Pupil:
        """Return who learns from these drills, one after the other."""
        rate = self.lesson.config.learning_rate * (_RATE_WITH_GATE if group == GATED else 1.0)
        start = self.lesson.start
        if isinstance(start, Experts):
            start = start.networks[self._groups.index(group)]
        return Pupil(self.lesson, rate, drills, start if isinstance(start, Mlp) else None)

    def warm_start(self, go_on: GoOn) -> None:
        """Nothing to imitate: with no move of s and S it does as (s, S) does."""

    def learn(self, go_on: GoOn) -> None:
        """Let each pupil learn in turn, again and again."""
        while go_on():
            for pupil in self._pupils.values():
                self._n_steps += pupil.learn()

    def candidates(self) -> Sequence[Network]:
        """Return the networks as they are, and their running means."""
        pupils, encoder = self._pupils, self.lesson.assignment.encoder
        now = {group: _network(pupil.actor) for group, pupil in pupils.items()}
        mean = {group: _network(pupil.mean.layers) for group, pupil in pupils.items()}
        return [experts(encoder, now), experts(encoder, mean)]


def experts(encoder: FeatureEncoder, networks: Mapping[str, Mlp]) -> Network:
    """Return one network of those of several groups; the features tell whose an item is.

    Args:
        encoder: Features; without those that tell a group, its items are all there are.
        networks: By group, in the order of GROUPS.
    """
    names, parts = tuple(networks), tuple(networks.values())
    return (
        Experts(tuple(_route(encoder, name) for name in names[:-1]), parts)
        if names[1:]
        else parts[0]
    )


def _route(encoder: FeatureEncoder, name: str) -> Route:
    """Return the route that lies midway between no and yes, as the encoder writes them."""
    column = encoder.names.index(name)
    no, yes = ((x - encoder.offset[column]) / encoder.scale[column] for x in (0.0, 1.0))
    return Route(column, 0.5 * (max(no, -FEATURE_LIMIT) + min(yes, FEATURE_LIMIT)))


def groups_of(start: Network | None, encoder: FeatureEncoder) -> tuple[str, ...]:
    """Return the groups that learn apart: those of the network to go on with, or two.

    Raises:
        BundleMismatchError: where its networks are for items of other sorts.
    """
    if not isinstance(start, Experts):
        return GATED, OTHER
    found = (*(encoder.names[route.column] for route in start.routes), OTHER)
    if found not in {(GATED, OTHER), GROUPS}:
        raise BundleMismatchError(
            "The parts of this agent are for items of other sorts than are known here",
            value=", ".join(found[:-1]),
            remedy="Train a new agent on the Agent page.",
        )
    return found


def _network(layers: Layers) -> Mlp:
    return layers.network("silu", "free")


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
