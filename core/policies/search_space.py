"""Where a search begins, how wide it looks, and how fine it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.policies.item_policy import Floats, facts_of
from core.simulator import Problem

# A search ends at whole units, or at this part of its first step where that is wider.
_FINEST = 0.03
# Times the demand that a reorder point must lie below 0 for no season to lift it to 0.
_BELOW = 20.0


@dataclass(frozen=True, eq=False)
class SearchSpace:
    """The numbers to find, one row per item and one column per number.

    Args:
        start: First guess, units, shape [n_items, n_numbers].
        step: First step around it, same shape.
        least: Smallest value allowed, same shape.
        unit: Values are whole multiples of it, shape [n_items, 1].
        also: More candidates that the answer must not be worse than, [n_items, n_also, n_numbers].
    """

    start: Floats
    step: Floats
    least: Floats
    unit: Floats
    also: Floats

    def of(self, rows: Sequence[int]) -> SearchSpace:
        """Return the space of some items."""
        pick = list(rows)
        return SearchSpace(
            self.start[pick], self.step[pick], self.least[pick], self.unit[pick], self.also[pick]
        )

    @property
    def finest_step(self) -> Floats:
        """Step at which the search ends, shape [n_items, n_numbers]."""
        return np.maximum(self.rounded(self.step * _FINEST), self.unit)

    def rounded(self, values: Floats) -> Floats:
        """Round to whole units, shape as given: [n_items, ..., n_numbers]."""
        unit = self.unit.reshape(-1, *([1] * (values.ndim - 1)))
        return np.asarray(np.round(values / unit) * unit)


def quantity_space(
    problems: Sequence[Problem], reorder_point: Floats, quantity: Floats
) -> SearchSpace:
    """Search a reorder point and the quantity above it: (s, S - s) or (r, Q)."""
    sd, unit = _scales(problems)
    start = np.stack([reorder_point, quantity], axis=1)
    step = np.stack([sd, 0.3 * quantity], axis=1)
    least = np.stack([_least_level(problems), unit], axis=1)
    return _space(start, step, least, unit, _never(problems, np.maximum(start, least), unit))


def nearby_space(
    problems: Sequence[Problem], reorder_point: Floats, order_up_to_level: Floats
) -> SearchSpace:
    """Search s and S - s close to an (s, S) rule that is nearly right already."""
    sd, unit = _scales(problems)
    gap = order_up_to_level - reorder_point
    start = np.stack([reorder_point, gap], axis=1)
    step = np.stack([sd, 0.25 * gap], axis=1)
    least = np.stack([_least_level(problems), unit], axis=1)
    return _space(start, step, least, unit, _never(problems, np.maximum(start, least), unit))


def _never(problems: Sequence[Problem], start: Floats, unit: Floats) -> Floats:
    """Return, where sales are lost, a reorder point that is never reached: not to order at all."""
    is_lost = np.array([problem.lost_share == 1 for problem in problems])
    far = np.array([_BELOW * item.protection_mean * item.has_season for item in facts_of(problems)])
    return np.where(is_lost[:, None], np.stack([-unit - np.round(far), unit], axis=1), start)


def level_space(problems: Sequence[Problem], level: Floats) -> SearchSpace:
    """Search one order-up-to level."""
    sd, unit = _scales(problems)
    return _space(level[:, None], sd[:, None], np.zeros((len(problems), 1)), unit)


def capped_space(problems: Sequence[Problem], level: Floats) -> SearchSpace:
    """Search a level and a cap; a cap too high to matter stays among the candidates."""
    sd, unit = _scales(problems)
    cap = np.array([_usual_order(problem) for problem in problems])
    start = np.stack([level, cap], axis=1)
    step = np.stack([sd, 0.3 * cap], axis=1)
    least = np.stack([np.zeros(len(problems)), unit], axis=1)
    uncapped = np.stack([level, np.maximum(level, cap) + 10 * (sd + cap)], axis=1)
    return _space(start, step, least, unit, uncapped)


def modified_space(
    problems: Sequence[Problem], reorder_point: Floats, order_up_to_level: Floats, lot: Floats
) -> SearchSpace:
    """Search s, S - s and a cap around an (s, S) rule, which stays among the candidates.

    Args:
        problems: One per item.
        reorder_point: [s] of the (s, S) rule, units, shape [n_items].
        order_up_to_level: [S] of it.
        lot: Order size of economic sense, units, shape [n_items]: the first guess of the cap.
    """
    sd, unit = _scales(problems)
    gap = order_up_to_level - reorder_point
    cap = np.maximum(lot, np.array([_usual_order(problem) for problem in problems]))
    start = np.stack([np.maximum(reorder_point, _least_level(problems)), gap, cap], axis=1)
    step = np.stack([0.5 * sd, 0.5 * sd, 0.3 * cap], axis=1)
    least = np.stack([_least_level(problems), unit, unit], axis=1)
    uncapped = np.stack([reorder_point, gap, np.maximum(gap, cap) + 10 * (sd + cap)], axis=1)
    return _space(start, step, least, unit, uncapped)


def _space(
    start: Floats, step: Floats, least: Floats, unit: Floats, also: Floats | None = None
) -> SearchSpace:
    begin = np.maximum(start, least)
    others = begin[:, None] if also is None else np.stack([begin, also], axis=1)
    column = unit[:, None]
    space = SearchSpace(begin, np.maximum(step, column), least, column, others)
    return SearchSpace(
        space.rounded(begin), np.maximum(space.rounded(space.step), column), least, column,
        space.rounded(others),
    )  # fmt: skip


def _scales(problems: Sequence[Problem]) -> tuple[Floats, Floats]:
    facts = facts_of(problems)
    unit = np.array([item.unit for item in facts])
    return np.maximum(np.array([item.protection_sd for item in facts]), unit), unit


def _least_level(problems: Sequence[Problem]) -> Floats:
    """Lost sales never take the position below 0: an order must be possible there."""
    return np.array([0.0 if p.lost_share == 1 else -1e9 for p in problems])


def _usual_order(problem: Problem) -> float:
    periods = problem.rules.review_period
    mean = float(problem.demand.mean(problem.start, periods).sum())
    variance = float((problem.demand.sd(problem.start, periods) ** 2).sum())
    return mean + float(np.sqrt(variance))
