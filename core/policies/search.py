"""Finding a rule's best numbers on the simulator: coarse to fine, on common futures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

import numpy as np

from core.policies.item_policy import Floats, ItemFacts, ItemPolicy, facts_of
from core.policies.protocol import SearchSettings
from core.policies.search_futures import Futures, MakePolicy, mean_costs
from core.policies.search_space import (
    SearchSpace,
    capped_space,
    level_space,
    modified_space,
    quantity_space,
)
from core.simulator import Problem

__all__ = [
    "SearchSpace",
    "capped_space",
    "fit_by_theory_or_search",
    "level_space",
    "modified_space",
    "quantity_space",
    "search_policy",
]

AnyPolicy = TypeVar("AnyPolicy", bound=ItemPolicy)

# Items that are searched together; more would only need more memory for their futures.
_BLOCK = 64
_MAX_ROUNDS = 20
# Steps to each side of the centre, by how many numbers are searched.
_REACH = {1: 6, 2: 3, 3: 2}


def search_policy(
    problems: Sequence[Problem],
    settings: SearchSettings,
    make: Callable[[Sequence[ItemFacts], Floats], AnyPolicy],
    space: SearchSpace,
    reasons: Sequence[str] | None = None,
) -> AnyPolicy:
    """Find the numbers of least simulated cost for every item.

    Args:
        problems: One per item.
        settings: Seed, futures and periods.
        make: Builds the rule from facts and numbers, one row each.
        space: Where to look.
        reasons: Why there is no exact answer, one per item, for the record.
    """
    items, numbers = [], []
    for first in range(0, len(problems), _BLOCK):
        rows = range(first, min(first + _BLOCK, len(problems)))
        block = [problems[row] for row in rows]
        facts = facts_of(block)
        futures = [Futures.draw(p, f, settings) for p, f in zip(block, facts, strict=True)]
        found = _Search(futures, space.of(rows), make, settings.n_paths).run()
        numbers.append(found.numbers)
        for row, item, n_tried in zip(rows, facts, found.n_tried, strict=True):
            why = reasons[row] if reasons else ""
            items.append(replace(item, method=_sentence(settings, int(n_tried), why)))
    return make(items, np.concatenate(numbers))


def fit_by_theory_or_search(
    problems: Sequence[Problem],
    settings: SearchSettings,
    exact: Callable[[Problem], tuple[AnyPolicy | None, str]],
    make: Callable[[Sequence[ItemFacts], Floats], AnyPolicy],
    space: SearchSpace,
) -> AnyPolicy:
    """Use the exact rule of each item that has one, and search the others together.

    Args:
        problems: One per item.
        settings: Seed, futures and periods of the search.
        exact: Returns an item's exact rule, or None and why there is none.
        make: Builds the rule from facts and numbers, one row each.
        space: Where to look.
    """
    answers = [exact(problem) for problem in problems]
    rows = [row for row, (policy, _) in enumerate(answers) if policy is None]
    parts: list[AnyPolicy | None] = [policy for policy, _ in answers]
    if rows:
        reasons = [answers[row][1] for row in rows]
        left = [problems[row] for row in rows]
        searched = search_policy(left, settings, make, space.of(rows), reasons)
        for place, row in enumerate(rows):
            parts[row] = searched.select([place])
    found = [part for part in parts if part is not None]
    return found[0].joined(found)


@dataclass(frozen=True, eq=False)
class _Found:
    numbers: Floats
    n_tried: Floats


class _Search:
    """A grid around each item's best so far; steps shrink once that lies inside, else grow."""

    def __init__(
        self, futures: Sequence[Futures], space: SearchSpace, make: MakePolicy, n_paths: int
    ):
        self._futures, self._space, self._make = futures, space, make
        self._n_paths = {False: max(1, n_paths // 4), True: n_paths}
        n_numbers = space.start.shape[1]
        reach = _REACH[n_numbers]
        steps = range(-reach, reach + 1)
        self._reach = reach
        self._grid = np.array(list(product(steps, repeat=n_numbers)), dtype=np.float64)
        self._centre, self._step = space.start.copy(), space.step.copy()
        self._n_tried = np.zeros(len(futures))
        self._active = np.ones(len(futures), dtype=bool)

    def run(self) -> _Found:
        """Search every item to its end."""
        for _ in range(_MAX_ROUNDS):
            is_fine = (self._step <= self._space.finest_step).all(1)
            for fine in (False, True):
                rows = np.flatnonzero(self._active & (is_fine == fine))
                if rows.size:
                    self._round(rows, fine)
            if not self._active.any():
                break
        self._settle(np.flatnonzero(self._active))
        return _Found(self._centre, self._n_tried)

    def _round(self, rows: np.ndarray[tuple[int], np.dtype[np.intp]], fine: bool) -> None:
        space = self._space.of(rows.tolist())
        candidates = self._centre[rows, None] + self._grid * self._step[rows, None]
        candidates = np.maximum(space.rounded(candidates), space.least[:, None])
        best, place = self._best_of(rows, np.concatenate([candidates, space.also], axis=1), fine)
        others = np.zeros((space.also.shape[1], self._grid.shape[1]))
        offset = np.concatenate([self._grid, others])[place]
        at_edge = (np.abs(offset) == self._reach) & (best > space.least)
        self._centre[rows] = best
        smaller = np.maximum(space.rounded(self._step[rows] / self._reach), space.finest_step)
        at_edge_step = self._step[rows] * (1 if fine else 2)
        self._step[rows] = np.where(at_edge, at_edge_step, smaller)
        if fine:
            self._active[rows[~at_edge.any(1)]] = False

    def _settle(self, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
        """Where the rounds ran out, make sure that the answer is no worse than the start."""
        if rows.size:
            space = self._space.of(rows.tolist())
            candidates = np.concatenate([self._centre[rows, None], space.also], axis=1)
            self._centre[rows] = self._best_of(rows, candidates, True)[0]

    def _best_of(
        self, rows: np.ndarray[tuple[int], np.dtype[np.intp]], candidates: Floats, fine: bool
    ) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.intp]]]:
        futures = [self._futures[row] for row in rows.tolist()]
        costs = mean_costs(futures, candidates, self._make, self._n_paths[fine])
        self._n_tried[rows] += candidates.shape[1]
        place = costs.argmin(1)
        return candidates[np.arange(rows.size), place], place


def _sentence(settings: SearchSettings, n_tried: int, reason: str) -> str:
    futures = f"{settings.n_paths} futures of {settings.horizon} periods"
    why = f", because {reason}" if reason else ""
    return f"Searched on the simulator ({n_tried} candidates, {futures}){why}."
