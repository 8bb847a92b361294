"""Do 95 % intervals hold the truth 95 times in 100? Against simulation, and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special, stats

from core.domain import (
    Verdict,
    difference,
    mean_half_width,
    share_difference_interval,
    share_interval,
)

N_EXPERIMENTS = 10_000
# Of 10,000 experiments, three standard errors of a coverage of 93 %.
SLACK = 0.008


def pairs_coverage(interval, n: int, n_differ: float, one_way: float) -> float:
    """Return how often an interval holds the difference of two shares.

    Args:
        interval: From futures that differ one way and the other, and n, to both ends.
        n: Futures.
        n_differ: Futures in which the two are expected to differ.
        one_way: Share of these that differ one way.
    """
    more, fewer = one_way * n_differ / n, (1 - one_way) * n_differ / n
    chances = [more, fewer, 1 - more - fewer]
    seen = np.random.default_rng(2).multinomial(n, chances, size=N_EXPERIMENTS)
    low, high = interval(seen[:, 0], seen[:, 1], n)
    truth = more - fewer
    return float(np.mean((low - 1e-12 <= truth) & (truth <= high + 1e-12)))


def plain_pairs(more, fewer, n):
    """Return the textbook interval of paired shares, which this is to be better than."""
    difference = (more - fewer) / n
    half = special.ndtri(0.975) / n * np.sqrt(more + fewer - (more - fewer) ** 2 / n)
    return difference - half, difference + half


@pytest.mark.parametrize("n", [200, 1000])
@pytest.mark.parametrize("one_way", [0.5, 0.75, 0.95, 1.0])
def test_risk_differences_hold_the_truth(n, one_way):
    """From six futures that differ on, 93 to 97 times in 100; fewer say less, never too much."""
    found = {
        n_differ: pairs_coverage(share_difference_interval, n, n_differ, one_way)
        for n_differ in (0.3, 1.0, 2.0, 3.0, 4.2, 6.0, 8.0, 12.0, 20.0, 50.0, n / 4)
    }
    assert min(found.values()) >= 0.93 - SLACK, found
    assert max(held for n_differ, held in found.items() if n_differ >= 6) <= 0.97, found
    assert 0.93 <= np.mean(list(found.values())) <= 0.975


def test_the_textbook_interval_of_paired_shares_would_not_pass():
    """Where two of 1,000 differ it misses the truth often."""
    assert pairs_coverage(plain_pairs, 1000, 2.0, 1.0) < 0.9


def test_risk_differences_by_hand():
    """None of 1,000 differs: z² / (n + z²); four, one way: McNemar's z is 2, just clear of 0."""
    z = float(special.ndtri(0.975))
    low, high = share_difference_interval(np.array(0), np.array(0), 1000)
    assert (low, high) == pytest.approx((-z * z / (1000 + z * z), z * z / (1000 + z * z)))
    four, three = (Verdict.from_shares(np.arange(1000.0) < k, np.zeros(1000)) for k in (4, 3))
    assert 0 < four.low < 0.0005 and four.high > 0.01
    assert three.low < 0 < three.high
    assert four.difference == 0.004


def test_a_verdict_on_shares_turns_round_with_its_interval():
    """From the other side, both ends change places and sign."""
    verdict = Verdict.from_shares(np.arange(1000.0) < 7, np.zeros(1000))
    turned = verdict.reversed()
    assert (turned.low, turned.high) == pytest.approx((-verdict.high, -verdict.low))
    assert turned.difference == -verdict.difference


def share_coverage(interval, n: int, shares: np.ndarray) -> np.ndarray:
    """Return how often an interval holds each share, exactly: over every count there may be."""
    counts = np.arange(n + 1)
    ends = np.array([interval(count / n, n) for count in counts])
    held = (ends[:, :1] <= shares) & (shares <= ends[:, 1:])
    return np.asarray((stats.binom.pmf(counts[:, None], n, shares) * held).sum(0))


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return Wilson's interval as he wrote it."""
    found = stats.binomtest(round(share * n), n).proportion_ci(method="wilson")
    return found.low, found.high


@pytest.mark.parametrize("n", [100, 200, 1000])
def test_shares_hold_the_truth(n):
    """Risks from next to nothing to a half; Wilson's alone fails where they are small."""
    small, large = np.geomspace(0.1 / n, 0.1, 200), np.linspace(0.1, 0.5, 60)
    shares = np.concatenate([small, large])
    found = share_coverage(share_interval, n, shares)
    assert found.min() >= 0.928
    assert found[shares * n >= 6].max() <= 0.975
    assert 0.94 <= found.mean() <= 0.97
    assert np.allclose(found, share_coverage(share_interval, n, 1 - shares))
    assert share_coverage(wilson, n, small).min() < 0.85


def test_a_share_never_seen_is_not_surely_zero():
    """Wilson's interval, by the textbook: 0 of 10 is 0 to 27.75 %; 20 of 40 is 35.2 to 64.8 %."""
    assert share_interval(0.0, 10) == pytest.approx((0.0, 0.2775), abs=5e-5)
    assert share_interval(0.5, 40) == pytest.approx((0.3520, 0.6480), abs=5e-5)
    low, high = share_interval(1.0, 10)
    assert (low, high) == pytest.approx((1 - 0.2775, 1.0), abs=5e-5)


def mean_coverage(draw, n: int, truth: float, half_width=mean_half_width) -> float:
    """Return how often an interval holds the mean that draws have."""
    rng = np.random.default_rng(5)
    held = 0
    for _ in range(10):
        values = draw(rng, (N_EXPERIMENTS // 10, n))
        held += int((np.abs(values.mean(1) - truth) <= half_width(values)).sum())
    return held / N_EXPERIMENTS


def rare(chance: float):
    """Return draws of a cost that is 0 but for a share of the futures, and then anything."""
    return lambda rng, shape: (rng.random(shape) < chance) * rng.exponential(1 / chance, shape)


def dropping(rng, shape):
    """Draw costs that vary little, but for one future in 50."""
    return rng.normal(size=shape) - 20 * (rng.random(shape) < 0.02) + 0.4


SKEWED = [
    (rare(0.01), 1000, 1.0),
    (rare(0.03), 400, 1.0),
    (rare(0.1), 200, 1.0),
    (rare(0.3), 50, 1.0),
    (dropping, 1000, 0.0),
    (dropping, 400, 0.0),
    (lambda rng, shape: rng.exponential(size=shape), 50, 1.0),
    (lambda rng, shape: rng.lognormal(-0.5, 1.0, shape), 200, 1.0),
    (lambda rng, shape: rng.normal(size=shape), 50, 0.0),
]


@pytest.mark.parametrize(("draw", "n", "truth"), SKEWED)
def test_means_of_skewed_costs_hold_the_truth(draw, n, truth):
    """Mostly zeros, or a heavy tail: where the rare thing is seen ten times or more."""
    assert 0.93 <= mean_coverage(draw, n, truth) <= 0.97


def test_students_t_alone_would_not_pass():
    """One future in a hundred costs anything."""

    def plain(values):
        n = values.shape[1]
        return special.stdtrit(n - 1, 0.975) * values.std(1, ddof=1) / math.sqrt(n)

    assert mean_coverage(rare(0.01), 1000, 1.0, plain) < 0.9


def test_half_width_by_hand():
    """1, 2, 3: standard error 1/sqrt(3), t with 2 degrees of freedom; one value proves nothing."""
    expected = stats.t.ppf(0.975, 2) / math.sqrt(3)
    assert mean_half_width(np.array([1.0, 2.0, 3.0])) == pytest.approx(expected)
    assert np.isinf(mean_half_width(np.ones((2, 1)))).all()
    assert mean_half_width(np.full(10, 0.1)) == pytest.approx(0.0, abs=1e-12)


def test_a_sum_over_items_holds_the_truth():
    """Independent items, some dear and some cheap: 400 futures each."""
    rng = np.random.default_rng(6)
    scale, held, none = np.array([1.0, 2.0, 5.0, 0.5]), 0, np.zeros(400)
    for _ in range(1000):
        cost = scale[:, None] * rng.exponential(size=(4, 400))
        total = Verdict.of_sum([Verdict.from_pairs(each, none) for each in cost])
        held += total.low <= scale.sum() <= total.high
    assert 0.93 <= held / 1000 <= 0.97


def test_an_interval_without_end_is_told_in_words():
    """One pair alone has no spread."""
    lone = Verdict.from_pairs(np.array([5.0]), np.array([2.0]))
    assert difference(lone.difference, lone.half_width) == "+3.00 (too short to tell how sure)"
