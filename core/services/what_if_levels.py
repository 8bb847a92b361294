"""(s, S) of a scenario: the plan's own levels, moved as far as theory says they move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core.policies import ItemFacts, Policy, SSPolicy, estimate_s_s
from core.simulator import Problem

Floats = npt.NDArray[np.float64]

_METHOD = "The plan's own levels, moved by the change of theory's estimate."


def adapted(today: Policy, before: Sequence[Problem], after: Sequence[Problem]) -> Policy:
    """Move the plan's (s, S) by the change of the estimate from today to a scenario.

    A search for the scenario would be held against another search with other luck: what differs
    is then partly the search's. The estimate is smooth in all that it hangs on, so what it moves
    by is the scenario's doing; and an item that does not change keeps the plan's levels.

    The plan's s stays as far off the estimate's, in standard deviations of demand over lead time
    and review, and its S - s in the same proportion to the estimate's.

    Args:
        today: The plan's (s, S) of these items.
        before: The items as they are.
        after: The items as they would be, in the same order.

    Returns:
        The policy itself where nothing changes for any item.
    """
    pairs = zip(before, after, strict=True)
    changed = [row for row, (old, new) in enumerate(pairs) if old != new]
    if not changed:
        return today
    assert isinstance(today, SSPolicy)
    was, then = (_estimates([some[row] for row in changed]) for some in (before, after))
    items, points, levels = list(today.items), *map(np.array, today.position_range())
    points[changed], levels[changed] = _moved(
        today.select(changed), was, then, [after[row] for row in changed]
    )
    for row, item in zip(changed, then.items, strict=True):
        items[row] = replace(item, method=_METHOD)
    return SSPolicy(tuple(items), points, levels)


def _moved(
    today: SSPolicy, was: SSPolicy, then: SSPolicy, after: Sequence[Problem]
) -> tuple[Floats, Floats]:
    """Return s and S, whole units, S at most what there is room for."""
    unit = then.units
    point = then.reorder_point + (today.reorder_point - was.reorder_point) * _wider(was, then)
    gap = _gap(then) * _gap(today) / _gap(was)
    point, gap = np.round(point / unit) * unit, np.maximum(np.round(gap / unit) * unit, unit)
    # Where all that is short is lost, an s below 0 means never to order: that is for theory to say.
    is_lost = np.array([problem.lost_share == 1 for problem in after])
    orders_now = is_lost & (today.reorder_point >= 0) & (was.reorder_point >= 0)
    stops = then.reorder_point < 0
    point = np.where(orders_now, np.where(stops, then.reorder_point, np.maximum(point, 0)), point)
    level = np.minimum(point + gap, [problem.rules.max_stock for problem in after])
    return np.minimum(point, level - unit), level


def _wider(was: SSPolicy, then: SSPolicy) -> Floats:
    """Return how much wider what the plan's s is off the estimate's becomes.

    As much as the spread of demand, but no more than the estimate's own distance from the demand
    expected: where little is held for safety, the plan is hardly off. Half a spread is added to
    both distances, lest the one before be next to nothing.
    """
    (before, far), (after, then_far) = _off(was), _off(then)
    return np.minimum(after / before, (then_far + after / 2) / (far + before / 2))


def _off(policy: SSPolicy) -> tuple[Floats, Floats]:
    """Return the spread of demand over lead time and review, and how far from its mean s lies."""
    spread = np.array([max(item.protection_sd, item.unit) for item in policy.items])
    mean = np.array([item.protection_mean for item in policy.items])
    return spread, np.abs(policy.reorder_point - mean)


def _gap(policy: SSPolicy) -> Floats:
    return policy.order_up_to_level - policy.reorder_point


def _estimates(problems: Sequence[Problem]) -> SSPolicy:
    facts, points, levels = zip(*map(_estimate, problems), strict=True)
    return SSPolicy(facts, np.array(points), np.array(levels))


@lru_cache(maxsize=10_000)
def _estimate(problem: Problem) -> tuple[ItemFacts, float, float]:
    """Return one item's estimate; today's is asked for by every scenario."""
    found = estimate_s_s([problem])
    return found.items[0], float(found.reorder_point[0]), float(found.order_up_to_level[0])
