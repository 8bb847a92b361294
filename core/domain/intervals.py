"""95 % intervals of independent observations: of a mean, of a share, of two paired shares.

Each was picked by simulating how often it holds the truth; ``docs/benchmarks.md``, part
"intervals", has the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]

Z = float(special.ndtri(0.975))
_BOTH = np.array([Z, -Z])
# A sample shows less skewness than there is, the more so the rarer what makes it: with the
# coefficient of the expansion itself coverage stayed up to 2 points below that with half as much
# again; with twice as much it came out above 97 %.
_SKEW = 1.5 * (Z**4 + 2 * Z**2 - 3) / 18
# Differences of shares to 1 in 10^10.
_HALVINGS = 34


def mean_half_width(values: Floats) -> Floats:
    """Return half of the 95 % interval of the mean along the last axis.

    Student's t, which is too sure where a few futures cost very much more than the rest: it holds
    the true mean 87 times in 100 where one in a hundred of 1,000 costs anything. So it is widened
    for the skewness seen. What happens in fewer than about ten of the observations no such
    interval can judge: of a rare cost that was never seen it knows nothing.

    Args:
        values: Independent observations, shape [..., n].

    Returns:
        Shape [...]; infinite where n is 1.

    References:
        Hall (1992), The Bootstrap and Edgeworth Expansion, sections 2.6 and 3.6: symmetric
        intervals for a mean, of whose next term that of skewness is taken, one and a half times.
    """
    n = values.shape[-1]
    if n < 2:
        return np.full(values.shape[:-1], math.inf)
    half = special.stdtrit(n - 1, 0.975) / math.sqrt(n) * values.std(axis=-1, ddof=1)
    return np.asarray(half * (1.0 + _SKEW * _skewness(values) ** 2 / n))


def share_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share: 0 of 1,000 is not surely 0.

    Wilson's score, whose near end is too sure for what is rare: with 1,000 futures it holds a share
    of 0.02 % only 84 times in 100. There it reaches as far as the exact one-sided bound.

    Args:
        share: Seen, 0 to 1.
        n: Independent observations, 1 or more.

    References:
        Wilson (1927), Journal of the American Statistical Association 22(158).
        Brown, Cai and DasGupta (2001), Statistical Science 16(2), section 4.1.1: the lower end for
        the first few counts, here wherever it is the lower of the two.
    """
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + (Z / (2 * n)) ** 2)
    low = min(middle - half, _exact_low(share * n, n))
    high = max(middle + half, 1 - _exact_low((1 - share) * n, n))
    return max(low, 0.0), min(high, 1.0)


def share_difference_interval(more: Floats, fewer: Floats, n: int) -> tuple[Floats, Floats]:
    """Return the 95 % interval of the difference of two shares seen on the same futures.

    Tango's score interval: all differences that the futures seen do not speak against. It is not
    symmetric: where 4 of 1,000 differ, all one way, it reaches from 0.2 to 10.2 in 1,000.

    Args:
        more: Futures in which it happens to the first only, shape [...].
        fewer: To the second only, same shape.
        n: Futures.

    Returns:
        Low and high end, shape [...] each.

    References:
        Tango (1998), Statistics in Medicine 17(8).
    """
    more, fewer = np.asarray(more, dtype=np.float64), np.asarray(fewer, dtype=np.float64)
    seen = (more - fewer) / n
    end = np.ones_like(seen)

    targets = _BOTH.reshape(2, *[1] * seen.ndim)

    def above_target(difference: Floats) -> Floats:
        return np.asarray(_score(more, fewer, n, difference) - targets)

    low, high = _crossing(above_target, np.stack([-end, seen]), np.stack([seen, end]))
    return np.asarray(low), np.asarray(high)


def _exact_low(count: float, n: int) -> float:
    """Return the share that is exceeded with 95 % confidence, by the binomial distribution."""
    return float(special.betaincinv(count, n - count + 1, 0.05)) if count > 0.5 else 0.0


def _skewness(values: Floats) -> Floats:
    """Return the third standardised moment; 0 where the spread is rounding alone."""
    middle = values - values.mean(axis=-1, keepdims=True)
    variance = (middle**2).mean(axis=-1)
    has_shape = variance > (1e-12 * np.abs(values).max(axis=-1)) ** 2
    spread = np.where(has_shape, variance, 1.0) ** 1.5
    return np.asarray(np.where(has_shape, (middle**3).mean(axis=-1) / spread, 0.0))


def _score(more: Floats, fewer: Floats, n: int, difference: Floats) -> Floats:
    """Return how many standard errors what was seen lies above a supposed difference."""
    linear = (2 * n - more + fewer) * difference - more - fewer
    constant = -fewer * difference * (1 - difference)
    root = np.sqrt(np.maximum(linear**2 - 8 * n * constant, 0.0))
    only_second = (root - linear) / (4 * n)
    variance = n * (2 * only_second + difference * (1 - difference))
    above = more - fewer - n * difference
    return np.asarray(above / np.sqrt(np.maximum(variance, 1e-12)))


def _crossing(score: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return where a falling score passes 0, by bisection."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_above = score(middle) > 0
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
    return (low + high) / 2
