"""Intervals of series that hang together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.domain import Outcome, Verdict, mean_half_width
from core.evaluation import block_length, block_verdict, clustered_verdict


def test_blocks_of_one_period_are_the_ordinary_interval():
    """The moving-block variance of single periods is the sample variance."""
    rng = np.random.default_rng(0)
    cost = rng.normal(size=25)
    # Symmetric about 0, so that nothing is added for skewness.
    cost, other = np.concatenate([cost, -cost]), np.zeros(50)
    verdict = block_verdict(cost, other, 1)
    assert verdict.half_width == pytest.approx(float(mean_half_width(cost)))
    assert verdict.difference == pytest.approx((cost - other).mean())


@pytest.mark.parametrize(
    ("n", "memory", "expected"), [(91, 1, 5), (91, 6.2, 13), (13, 8, 4), (4, 3, 1), (2, 9, 1)]
)
def test_block_length_covers_an_orders_memory_and_leaves_blocks(n, memory, expected):
    """At least the cube root and twice the memory, at most a third of the series."""
    assert block_length(n, memory) == expected


def test_too_short_a_series_proves_nothing():
    """Fewer than two blocks have no spread."""
    verdict = block_verdict(np.array([1.0, 1.0, 1.0]), np.zeros(3), 2)
    assert verdict.half_width == math.inf
    assert verdict.outcome is Outcome.CANNOT_TELL


def coverage(n: int, lag: int, block: int) -> float:
    """Return how often the interval of a moving average of ``lag`` normals holds its mean 0."""
    rng = np.random.default_rng(1)
    noise = np.cumsum(rng.normal(size=(1500, n + lag)), axis=1)
    series = noise[:, lag:] - noise[:, :-lag]
    verdicts = [block_verdict(row, np.zeros(n), block) for row in series]
    return float(np.mean([verdict.low <= 0 <= verdict.high for verdict in verdicts]))


@pytest.mark.parametrize(("n", "lag"), [(13, 2), (26, 4), (91, 6)])
def test_blocks_hold_the_truth_where_periods_hang_together(n, lag):
    """A shock lasts as long as an order; blocks keep the promise that single periods break."""
    assert 0.93 <= coverage(n, lag, block_length(n, lag)) <= 0.975
    assert coverage(n, lag, 1) < 0.85


def clustered_coverage(shared: float, own: float, verdict) -> float:
    """Return how often an interval holds the mean 0 of 30 items over 52 weeks.

    Args:
        shared: Spread of what hits all items in a week.
        own: Spread from item to item, which lasts.
        verdict: From costs [n_items, n_periods].
    """
    rng = np.random.default_rng(4)
    held = []
    for _ in range(1500):
        week, item = shared * rng.normal(size=(1, 52)), own * rng.normal(size=(30, 1))
        found = verdict(week + item + rng.normal(size=(30, 52)))
        held.append(found.low <= 0 <= found.high)
    return float(np.mean(held))


def by_items(cost: np.ndarray) -> Verdict:
    """Take items as the independent pairs."""
    return Verdict.from_pairs(cost.mean(1), np.zeros(30))


@pytest.mark.parametrize(("shared", "own"), [(1.0, 0.0), (0.0, 1.0), (0.0, 0.0)])
def test_items_that_swing_together_are_no_independent_pairs(shared, own):
    """A common good week, items that differ for good, and neither."""

    def together(cost: np.ndarray) -> Verdict:
        return clustered_verdict(cost, np.zeros_like(cost), 2)

    assert 0.93 <= clustered_coverage(shared, own, together) <= 0.99
    if shared:
        assert clustered_coverage(shared, own, by_items) < 0.5
