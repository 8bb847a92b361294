"""What yes or no to an order was worth: the same state played on with and without it.

All ways share one future, so that only what the order changes is left of the noise.

References:
    Silver et al. (2014), Deterministic policy gradient algorithms, ICML, theorem 1;
    Temizoez et al. (2025), Deep controlled learning for inventory control, European Journal of
    Operational Research 324(1), for comparing actions on common futures.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.agents.layers import Layers
from core.agents.learner import Lesson
from core.agents.levels import MovedLevels
from core.agents.references import ItemReference, References, reward_units
from core.agents.windows import cover_of, cycle_of
from core.simulator import Observation, Problem, Scenario, SingleItemSystem, Stocks
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

# Ways to go on from a state: no order, up to S, a little below it, a little above it.
_WAYS = 4
# How far below and above, as a share of the distance from s to S: first and last.
_FAR, _NEAR = 0.3, 0.1
_MOST_AHEAD, _MOST_APART = 128, 12
_PATHS, _MOST_ENVS = 512, 2048
_LEAST_PATHS = 16
# Forks are learned from more than once: so many are learned from together, and so many steps
# are taken after each.
_TOGETHER, _STEPS = 4, 4
# Around s a yes or no is a matter of degree: within this share of what s is moved in, or within
# the order where that is less.
_WIDTH = 0.3
# Weight of a loss that still pulls where the yes or no is as wrong as can be.
_PULL = 0.02
_MOST_USUAL = 1000.0


@dataclass(frozen=True, eq=False)
class Fork:
    """States, and what each way to go on from them led to; shape [n] each unless said.

    Args:
        features: Shape [n, n_features].
        position: [IP] units.
        now: The items' measures in these states.
        order_cost: By how much ordering up to S was dearer than not ordering, against what a
            period costs under (s, S), or varies by where that is more.
        level_cost: The same for raising S, per unit, against that from one order to the next.
    """

    features: Tensor
    position: Tensor
    now: References
    order_cost: Tensor
    level_cost: Tensor


class Forks:
    """Goes from fork to fork along the way of the agent as it is, and learns from each.

    Args:
        lesson: Items and settings.
        noise: For how far apart forks are.
        kept: Where forks are kept, together with those of other items; by default its own alone.
        loyalty: What it costs to leave (s, S): where nothing is known to be better, it is kept to.
    """

    def __init__(
        self,
        lesson: Lesson,
        noise: torch.Generator,
        kept: deque[Fork] | None = None,
        loyalty: float = 0.0,
    ):
        a = lesson.assignment
        assert isinstance(a.code, MovedLevels)
        self._assignment, self._code, self._noise = a, a.code, noise
        self._loyalty = loyalty
        self._number = lesson.config.seed * 17
        self._n_paths = n = max(_LEAST_PATHS, min(_PATHS, _MOST_ENVS // len(a.problems)))
        self._system = SingleItemSystem(a.problems, n, memory=a.source.memory)
        self._many = SingleItemSystem(a.problems, n * _WAYS, memory=a.source.memory)
        self._references = References.of(a.items, n)
        self._many_references = References.of(a.items, n * _WAYS)
        self._cost = a.source.cost(a.problems, n * _WAYS)
        weights = weights_of(a.problems, a.items)
        self._n_own = int((weights == 1.0).any(1).sum())
        self._weights = weights.repeat_interleave(n * _WAYS, 1)
        spread = torch.tensor(reward_units(a.problems, a.items, a.baseline))
        usual = torch.maximum(spread, torch.tensor([item.cost for item in a.items]))
        cycle = torch.tensor([max(cycle_of(item), 1.0) for item in a.items])
        self._usual, self._usual_level = ((x.repeat_interleave(n)) for x in (usual, usual * cycle))
        self._still = torch.zeros(weights.shape[1] * n * _WAYS, 2)
        self._horizon = max(lesson.config.episode_length, 3 * len(self._weights))
        self._kept = deque(maxlen=_TOGETHER) if kept is None else kept
        self._scenario: Scenario | None = None
        self._futures: Scenario
        self._stocks: Stocks
        self.n_played = 0

    @property
    def n_steps(self) -> int:
        """Item-periods that a fork learns from."""
        return len(self._weights) * self._many.parameters.n_envs

    def losses(self, actor: Layers, left: float) -> Iterator[Tensor]:
        """Yield what the yes or no and the S of the latest forks cost, some times over.

        Args:
            actor: Moves of s and S from features.
            left: Share of the time that is left.
        """
        self.n_played += 1
        with torch.no_grad():
            self._kept.append(self._next(actor, _NEAR + (_FAR - _NEAR) * left))
        for _ in range(_STEPS):
            some = torch.randperm(len(self._kept), generator=self._noise)[:_TOGETHER]
            fork = joined([self._kept[place] for place in some.tolist()])
            moves = actor(fork.features)
            stray = self._loyalty * moves.square().sum(1).mean()
            yield loss_of(fork, moves, self._code) + stray

    def _next(self, actor: Layers, reach: float) -> Fork:
        """Go on to the next fork and play every way from it.

        Args:
            actor: The agent as it is.
            reach: How far below and above S is tried, as a share of the distance from s to S.
        """
        scenario = self._advance(actor)
        seen = self._system.observe(self._stocks, scenario)
        now = self._references.at(seen)
        features = self._assignment.encoder.encode(seen, self._references, now)
        step, position = _step(now, reach), seen.inventory_position
        orders = self._ways(actor(features), position, now, step)
        none, level, below, above = self._outcomes(actor, orders)
        rise, scale = (above - below) / (2 * step), now.level_scale
        return Fork(
            features,
            position,
            now,
            _bounded((level - none) / self._usual),
            _bounded(rise * scale / self._usual_level) / scale,
        )

    def _advance(self, actor: Layers) -> Scenario:
        """Let the agent act for some periods; begin new futures where these run out."""
        apart = int(torch.randint(1, _MOST_APART + 1, (), generator=self._noise))
        if self._scenario is None or self._stocks.t + apart + len(self._weights) > self._horizon:
            a, self._number = self._assignment, self._number + 1
            seed = TRAINING_SEED + self._number % N_SEEDS
            drawn = a.source.draw(a.problems, a.items, self._n_paths, self._horizon, seed)
            self._scenario, initial = drawn
            self._futures = self._scenario.mapped(self._spread)
            self._stocks = self._system.start(initial)
        for _ in range(apart):
            seen = self._system.observe(self._stocks, self._scenario)
            order = self._act(actor, seen, self._references)
            self._stocks, _ = self._system.step(self._stocks, order, self._scenario)
        return self._scenario

    def _act(self, actor: Layers, seen: Observation, references: References) -> Tensor:
        now = references.at(seen)
        features = self._assignment.encoder.encode(seen, references, now)
        return self._code.decode(actor(features), seen.inventory_position, now)

    def _ways(self, moves: Tensor, position: Tensor, now: References, step: Tensor) -> Tensor:
        """Return the order of every way, shape [n_envs * ways] as environments are laid out."""
        orders = [torch.zeros_like(position)]
        for change in (0.0, -1.0, 1.0):
            orders.append(self._code.up_to(moves, position, now, change * step))
        rows = [order.reshape(len(self._assignment.items), 1, self._n_paths) for order in orders]
        return torch.cat(rows, 1).flatten()

    def _outcomes(self, actor: Layers, orders: Tensor) -> tuple[Tensor, ...]:
        """Play every way; return each one's cost, money, shape [n_envs] each.

        What counts fully is played by the agent, what comes later by its (s, S), which is faster.

        Args:
            actor: The agent as it is.
            orders: The first order of every way.
        """
        system, stocks, p = self._many, self._stocks.mapped(self._spread), self._many.parameters
        total = torch.zeros(p.n_envs)
        for k, weight in enumerate(self._weights):
            seen = system.observe(stocks, self._futures)
            order = orders
            if k >= self._n_own:
                now = self._many_references.at(seen)
                order = self._code.decode(self._still, seen.inventory_position, now)
            elif k:
                order = self._act(actor, seen, self._many_references)
            stocks, flows = system.step(stocks, order, self._futures)
            total.addcmul_(weight, self._cost(flows, seen.next_mean, p))
        ways = total.reshape(len(self._assignment.items), _WAYS, self._n_paths)
        return tuple(way.flatten() for way in ways.unbind(1))

    def _spread(self, values: Tensor) -> Tensor:
        """Give every way of an item's path that path's value."""
        before = values.shape[:-1]
        items = values.reshape(*before, len(self._assignment.items), 1, self._n_paths)
        return items.expand(*before, -1, _WAYS, -1).reshape(*before, -1)


def _bounded(cost: Tensor) -> Tensor:
    """Cut off what is beyond all reason, far enough out for rare stock-outs to count in full."""
    return cost.clamp(-_MOST_USUAL, _MOST_USUAL)


def _step(now: References, reach: float) -> Tensor:
    """Return the units by which S is tried lower and higher: enough to change the order."""
    lot = now.order_up_to_level - now.reorder_point
    half_pack = 0.5 * now.lot * (now.lot > now.unit)
    return torch.maximum(torch.maximum(reach * lot, half_pack), now.unit)


def weights_of(problems: Sequence[Problem], items: Sequence[ItemReference]) -> Tensor:
    """Return how much each period after a fork counts, shape [n_periods, n_items].

    Fully until the order after the next has arrived, then less and less over two more orders:
    what is left of a difference then is only when orders fall, which means nothing in the long
    run.
    """
    ends = []
    for problem, item in zip(problems, items, strict=True):
        lot = max(item.lot, problem.rules.min_order) / max(item.mean_demand, 1e-9)
        cover, cycle = cover_of(problem), max(cycle_of(item), lot, problem.rules.review_period)
        ends.append((cover + cycle, 2 * cover + 3 * cycle))
    full, end = torch.tensor(ends).T
    shrink = (_MOST_AHEAD / end).clamp(max=1.0)
    full, end = full * shrink, end * shrink
    periods = torch.arange(math.ceil(float(end.max())))[:, None]
    weights: Tensor = ((end - periods) / (end - full).clamp(min=1.0)).clamp(0.0, 1.0)
    return weights


def joined(forks: Iterable[Fork]) -> Fork:
    """Return the states of several forks as one."""
    parts = list(forks)
    names = ("features", "position", "order_cost", "level_cost")
    together = {name: torch.cat([getattr(fork, name) for fork in parts]) for name in names}
    return Fork(now=References.joined([fork.now for fork in parts]), **together)


def degree_of(moves: Tensor, position: Tensor, now: References, code: MovedLevels) -> Tensor:
    """Return how clearly an order is due: above 0 for yes, below 0 for no; shape [n]."""
    lot = now.order_up_to_level - now.reorder_point
    below = code.below_point(moves, position, now) + 0.5 * now.unit
    return below / torch.maximum(torch.minimum(_WIDTH * now.point_scale, lot), now.unit)


def loss_of(fork: Fork, moves: Tensor, code: MovedLevels) -> Tensor:
    """Return what a fork's states cost with these moves, up to a constant; a number.

    Args:
        fork: States, and what each way led to.
        moves: Of s and S, shape [n, 2].
        code: What they mean.
    """
    now, softplus = fork.now, torch.nn.functional.softplus
    degree = degree_of(moves, fork.position, now, code)
    yes, dearer = torch.sigmoid(degree), fork.order_cost
    gate = yes * dearer
    pull = dearer.clamp(min=0.0) * softplus(degree) + (-dearer).clamp(min=0.0) * softplus(-degree)
    level = yes.detach() * fork.level_cost * code.missing(moves, fork.position, now)
    return (gate + _PULL * pull + level).mean()
