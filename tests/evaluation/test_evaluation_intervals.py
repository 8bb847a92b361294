"""Intervals of independent futures, and of series that hang together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from core.domain import Outcome, Verdict
from core.evaluation import block_length, block_verdict, share_interval, t_half_width


def test_half_width_by_hand():
    """1, 2, 3: standard error 1/sqrt(3), t with 2 degrees of freedom."""
    expected = stats.t.ppf(0.975, 2) / math.sqrt(3)
    assert t_half_width(np.array([1.0, 2.0, 3.0])) == pytest.approx(expected)
    assert np.isinf(t_half_width(np.ones((2, 1)))).all()


def test_blocks_of_one_period_are_the_ordinary_interval():
    """The moving-block variance of single periods is the sample variance."""
    rng = np.random.default_rng(0)
    cost, other = rng.normal(size=50), rng.normal(size=50)
    verdict = block_verdict(cost, other, 1)
    assert verdict.half_width == pytest.approx(float(t_half_width(cost - other)))
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


def test_a_share_never_seen_is_not_surely_zero():
    """Wilson's interval, by the textbook: 0 of 10 is 0 to 27.75 %; 20 of 40 is 35.2 to 64.8 %."""
    assert share_interval(0.0, 10) == pytest.approx((0.0, 0.2775), abs=5e-5)
    assert share_interval(0.5, 40) == pytest.approx((0.3520, 0.6480), abs=5e-5)


def share_coverage(n_differ: float, n: int, verdict) -> float:
    """Return how often an interval holds a difference that shows in so many of n pairs."""
    rng = np.random.default_rng(2)
    share = n_differ / n
    none = np.zeros(n)
    found = [verdict((rng.random(n) < share).astype(float), none) for _ in range(3000)]
    return float(np.mean([each.low <= share <= each.high for each in found]))


@pytest.mark.parametrize("n_differ", [2, 4, 8, 20, 50])
def test_rare_differences_are_not_taken_for_none(n_differ):
    """An interval of means is 0 wide where no future differs; that of shares is not."""
    assert share_coverage(n_differ, 1000, Verdict.from_shares) >= 0.93
    if n_differ == 2:
        assert share_coverage(n_differ, 1000, Verdict.from_pairs) < 0.93


@pytest.mark.parametrize("n_differ", [8, 20, 50])
def test_shares_are_not_called_unsure_without_need(n_differ):
    """Wide enough, and no wider, once several futures differ."""
    assert share_coverage(n_differ, 1000, Verdict.from_shares) <= 0.97


def test_shares_that_never_differ_leave_room_for_a_difference():
    """About three in a thousand, as the rule of three has it."""
    found = Verdict.from_shares(np.ones(1000), np.ones(1000))
    assert found.difference == 0.0 and 0.002 < found.half_width < 0.004
