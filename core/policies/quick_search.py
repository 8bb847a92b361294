"""(s, S) in milliseconds an item: the estimate, then a short search around it where it is needed.

Where sales are lost, and orders have a price or a least size or lead times vary, theory is several
percent off; a few futures are enough to mend most of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from threading import Lock

import numpy as np
import numpy.typing as npt

from core.policies.base_stock import BaseStockPolicy
from core.policies.estimate import estimate_s_s
from core.policies.item_policy import Floats, ItemFacts
from core.policies.protocol import SearchSettings
from core.policies.s_s import SSPolicy
from core.policies.search_futures import Futures, MakePolicy, mean_costs
from core.policies.search_space import SearchSpace, level_space, nearby_space
from core.simulator import ExpectedCost, Problem

_SETTINGS = SearchSettings(n_paths=16, horizon=200, warm_up=30)
# First two steps around, on some of the futures; then one step, on all of them.
_FIRST_PATHS, _ROUNDS = 8, 4
# An estimate gives way to what is cheaper by more than this share.
_CLEARLY = 0.03
# Stock-outs that cost more than so many periods of holding are too rare for a few futures to show
# that less stock would do.
_RARE = 500.0
# Periods of a season whose demand is tabulated.
_N_MEANS = 5
# Items whose futures are in memory at the same time, and items whose answers are remembered.
_BLOCK, _REMEMBERED = 4096, 50_000
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
Answer = tuple[ItemFacts, float, float]
"""What a rule keeps of an item, s, and S - s."""
_found: dict[Problem, Answer] = {}
_lock = Lock()


def quick_s_s(problems: Sequence[Problem]) -> SSPolicy:
    """Estimate each item's (s, S), and look around it on a few futures.

    Where orders have a price or a least size the best found is taken. Elsewhere the estimate, which
    is smooth in all that it hangs on, gives way only to what is clearly better.

    An item's answer does not hang on the items beside it, and is remembered.

    Args:
        problems: One per item, at least one.
    """
    answers = {problem: _found.get(problem) for problem in problems}
    missing = [problem for problem, answer in answers.items() if answer is None]
    for first in range(0, len(missing), _BLOCK):
        block = missing[first : first + _BLOCK]
        answers.update(zip(block, remember(block, _quick(block)), strict=True))
    rows = [answer for answer in map(answers.__getitem__, problems) if answer is not None]
    items, points, gaps = zip(*rows, strict=True)
    return SSPolicy.of_rows(items, np.stack([points, gaps], 1))


def _quick(problems: Sequence[Problem]) -> SSPolicy:
    policy = estimate_s_s(problems)
    numbers = np.stack([policy.reorder_point, policy.order_up_to_level - policy.reorder_point], 1)
    before, gated = numbers.copy(), np.array([is_gated(problem) for problem in problems])
    for is_mine, nearby in ((gated, _nearby), (~gated, _better)):
        rows = np.flatnonzero(is_mine).tolist()
        if rows:
            numbers[rows] = nearby([problems[row] for row in rows], policy.select(rows))
    is_searched = gated | (numbers != before).any(1)
    items = [
        replace(item, method=_METHOD) if searched else item
        for item, searched in zip(policy.items, is_searched, strict=True)
    ]
    return SSPolicy.of_rows(items, numbers)


def not_yet_found(problems: Sequence[Problem]) -> list[Problem]:
    """Return the items whose quick (s, S) is not remembered, each once."""
    return [problem for problem in dict.fromkeys(problems) if problem not in _found]


def remember(problems: Sequence[Problem], policy: SSPolicy) -> list[Answer]:
    """Keep the answers for some items, and forget the oldest ones where there are too many.

    Args:
        problems: One per item.
        policy: What was found for them, here or elsewhere.
    """
    points, levels = policy.reorder_point.tolist(), policy.order_up_to_level.tolist()
    pairs = zip(policy.items, points, levels, strict=True)
    answers: list[Answer] = [(item, point, level - point) for item, point, level in pairs]
    with _lock:
        _found.update(zip(problems, answers, strict=True))
        for problem in list(_found)[: max(len(_found) - _REMEMBERED, 0)]:
            del _found[problem]
    return answers


def is_gated(problem: Problem) -> bool:
    """Whether some orders are not worth placing: a fixed cost, a minimum, a pack."""
    rules = problem.rules
    return problem.costs.fixed_cost > 0 or max(rules.min_order, rules.pack_size) > 1


_METHOD = (
    "Estimated (Zheng and Federgruen 1991), then searched nearby on "
    f"{_SETTINGS.n_paths} futures of {_SETTINGS.horizon} periods."
)


def _nearby(problems: Sequence[Problem], policy: SSPolicy) -> Floats:
    """Return the best s and S - s around those of the policy."""
    walk = _Walk(
        _futures(problems, policy),
        nearby_space(problems, policy.reorder_point, policy.order_up_to_level),
        ExpectedCost.of(problems, 1, _N_MEANS),
        SSPolicy.of_rows,
    )
    walk.go()
    return walk.best


def _better(problems: Sequence[Problem], policy: SSPolicy) -> Floats:
    """Return s and S - s of one unit: the policy's, or those around it where clearly better."""
    before = policy.order_up_to_level
    walk = _Walk(
        _futures(problems, policy),
        level_space(problems, before),
        ExpectedCost.of(problems, 1, _N_MEANS),
        BaseStockPolicy.of_rows,
    )
    walk.go()
    both = np.stack([before[:, None], walk.best], 1)
    usual, best = walk.costs(np.arange(len(problems)), both).T
    is_better = best < (1 - _CLEARLY) * usual
    is_seen = np.array([p.costs.stockout_cost <= _RARE * p.costs.holding_cost for p in problems])
    is_better &= is_seen | (walk.best[:, 0] > before)
    level = np.where(is_better, walk.best[:, 0], before)
    unit = walk.space.unit[:, 0]
    return np.stack([level - unit, unit], 1)


def _futures(problems: Sequence[Problem], policy: SSPolicy) -> list[Futures]:
    pairs = zip(problems, policy.items, strict=True)
    return [Futures.draw(problem, item, _SETTINGS) for problem, item in pairs]


@dataclass
class _Walk:
    """Where the search of every item stands; rows are numbers of items.

    Args:
        futures: One per item.
        space: Where to begin, and what is allowed.
        expected: What each item's periods are expected to cost.
        make: Builds the rule from facts and numbers.
    """

    futures: Sequence[Futures]
    space: SearchSpace
    expected: ExpectedCost
    make: MakePolicy

    def __post_init__(self) -> None:
        self.best, self.step = self.space.start.copy(), self.space.step.copy()

    def go(self) -> None:
        """Look two steps around, then one around the best, again and again, ever nearer."""
        rows, n = np.arange(len(self.futures)), self.best.shape[1]
        near = np.concatenate([np.eye(n), -np.eye(n)])
        self.look(rows, _grid(2, n), self.space.also, _FIRST_PATHS)
        self.halve(rows)
        for _ in range(_ROUNDS):
            is_moving = self.look(rows, near, self.best[:, None])
            goes_on = is_moving.any(1) | (self.step[rows] > self.space.unit[rows]).any(1)
            self.halve(rows, ~is_moving)
            rows = rows[goes_on]
            if not rows.size:
                break

    def look(
        self, rows: Rows, moves: Floats, others: Floats, n_paths: int = _SETTINGS.n_paths
    ) -> Flags:
        """Go to the cheapest of some moves from the best and of others; return what changed by it.

        Args:
            rows: Items.
            moves: In steps, shape [n_moves, n_numbers].
            others: To be tried as well, shape [n_items, n_others, n_numbers].
            n_paths: Futures to play.
        """
        space = self.space.of(rows.tolist())
        near = space.rounded(self.best[rows, None] + moves * self.step[rows, None])
        # Where several cost the same, the first is taken: better to stay than to drift.
        tried = np.concatenate([others[rows], np.maximum(near, space.least[:, None])], axis=1)
        found = tried[np.arange(rows.size), self.costs(rows, tried, n_paths).argmin(1)]
        is_moving = found != self.best[rows]
        self.best[rows] = found
        return np.asarray(is_moving)

    def costs(self, rows: Rows, tried: Floats, n_paths: int = _SETTINGS.n_paths) -> Floats:
        """Return what candidates cost per period, shape [n_rows, n_candidates]."""
        some = rows.tolist()
        futures, known = [self.futures[row] for row in some], self.expected.select(some, 1)
        return mean_costs(futures, tried, self.make, n_paths, known)

    def halve(self, rows: Rows, where: Flags | bool = True) -> None:
        """Halve the steps of some numbers, down to whole units."""
        space, step = self.space.of(rows.tolist()), self.step[rows]
        nearer = np.maximum(space.rounded(step / 2), space.unit)
        self.step[rows] = np.where(where, nearer, step)


def _grid(reach: int, n_numbers: int) -> Floats:
    steps = product(range(-reach, reach + 1), repeat=n_numbers)
    return np.array(list(steps), dtype=np.float64)
