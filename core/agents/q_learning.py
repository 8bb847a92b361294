"""Tabular Q-learning on a grid over the stock position and the latest order under way.

One table serves all items: the grid and the orders are measured by each item's own (s, S).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from core.agents.actions import ChooseCode, choices_for
from core.agents.features import FOR_PATHWISE
from core.agents.learner import GoOn, Lesson, LoadLibraries, load_nothing
from core.agents.networks import Network, Table
from core.agents.task import learning_task
from core.agents.warm_start import examples
from core.simulator.episodes import Episodes
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

_EXAMPLE_SEED = 1501
# Cells along the first and the second feature of the grid.
_CELLS = (40, 5)
_EXPLORATION = 0.3
_HEAD_START = 0.3
_PRIOR, _OMEGA = 30.0, 0.8


class QLearner:
    """Q-learning (Watkins 1989), every environment of the batch updating one table.

    The table starts with the (s, S) order ahead of all others by a small head start.
    """

    choose_code: ClassVar[ChooseCode] = staticmethod(choices_for)
    unseen: ClassVar[frozenset[str]] = FOR_PATHWISE
    load_libraries: ClassVar[LoadLibraries] = staticmethod(load_nothing)

    def __init__(self, lesson: Lesson):
        self.lesson, config = lesson, lesson.config
        self._task = learning_task(lesson.assignment, config.n_envs, config.episode_length)
        self._noise = torch.Generator().manual_seed(config.seed)
        self._n_steps = 0
        features, self._wanted = examples(lesson.assignment, _EXAMPLE_SEED)
        columns = _columns(lesson.assignment.encoder.names)
        edges = tuple(_edges(features[:, c], _CELLS[i]) for i, c in enumerate(columns))
        n_cells = 1
        for borders in edges:
            n_cells *= len(borders) + 1
        values = torch.zeros(n_cells, self._task.n_choices)
        self.table = Table(values, columns, edges, features.shape[1])
        self._features = features
        self._visits = torch.full((values.numel(),), _PRIOR)

    @property
    def steps(self) -> int:
        """Item-periods learned from so far."""
        return self._n_steps

    def warm_start(self, go_on: GoOn) -> None:
        """Put the choice that (s, S) makes most often in each cell ahead of the others."""
        n_cells, n_choices = self.table.values.shape
        votes = torch.zeros(n_cells, n_choices)
        votes.index_add_(0, self.table.cells(self._features), self._wanted)
        empty = votes.sum(1) == 0
        best = votes.argmax(1)
        best[empty] = _nearest_filled(best, empty)
        self.table.values.scatter_(1, best[:, None], _HEAD_START)

    def learn(self, go_on: GoOn) -> None:
        """Play and update, the rate falling as time runs out."""
        episodes, number = Episodes(self._task), self.lesson.config.seed * 17
        while go_on():
            number += 1
            features = episodes.start(TRAINING_SEED + number % N_SEEDS)
            cells, is_cut_off = self.table.cells(features), False
            while not is_cut_off and go_on():
                actions = self._choose(cells)
                features, reward, is_cut_off = episodes.step(actions)
                following = self.table.cells(features)
                self._update(cells, actions, reward, following)
                cells = following
                self._n_steps += cells.shape[0]

    def candidates(self) -> Sequence[Network]:
        """Return the table as it is."""
        return [self.table]

    def _choose(self, cells: Tensor) -> Tensor:
        n, greedy = cells.shape[0], self.table.values[cells].argmax(1)
        anything = torch.randint(self._task.n_choices, (n,), generator=self._noise)
        # Half of the exploration looks at the neighbours of the best order.
        step = torch.randint(0, 2, (n,), generator=self._noise) * 2 - 1
        near = (greedy + step).clamp(0, self._task.n_choices - 1)
        dice = torch.rand(n, generator=self._noise)
        chosen = torch.where(dice < _EXPLORATION, near, greedy)
        return torch.where(dice < _EXPLORATION / 2, anything, chosen)

    def _update(self, cells: Tensor, actions: Tensor, reward: Tensor, following: Tensor) -> None:
        """Move each visited entry towards the mean of this step's targets for it."""
        values, gamma = self.table.values, self.lesson.config.gamma
        target = reward + gamma * values[following].max(1).values
        entry = cells * values.shape[1] + actions
        count = torch.zeros(values.numel()).index_add_(0, entry, torch.ones_like(target))
        total = torch.zeros(values.numel()).index_add_(0, entry, target)
        self._visits += count
        rate = count / (count + self._visits**_OMEGA)
        flat = values.view(-1)
        flat += rate * (total / count.clamp(min=1.0) - flat)


def _columns(names: Sequence[str]) -> tuple[int, ...]:
    """Return the stock position and the latest order under way.

    A finer picture of the pipeline did worse: cells then differ by what happened before, which
    breaks what Q-learning rests on.
    """
    due = [i for i, name in enumerate(names) if name.startswith("due_")]
    position = "above_reorder_point" if "above_reorder_point" in names else "position"
    return (names.index(position), *due[-1:])


def _edges(values: Tensor, n_cells: int) -> tuple[float, ...]:
    """Return cell borders at equal shares of the sample."""
    shares = torch.linspace(0, 1, n_cells + 1)[1:-1]
    borders = torch.quantile(values[:200_000].double(), shares.double())
    return tuple(sorted({round(float(border), 6) for border in borders}))


def _nearest_filled(best: Tensor, empty: Tensor) -> Tensor:
    """Give each empty cell the choice of the filled cell next to it in the table's order."""
    filled = torch.nonzero(~empty).flatten()
    gaps = torch.nonzero(empty).flatten()
    nearest = (gaps[:, None] - filled).abs().argmin(1) if gaps.numel() else gaps
    return best[filled[nearest]]
