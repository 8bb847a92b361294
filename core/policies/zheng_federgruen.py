"""The best (s, S) rule without simulation: backorders, stationary demand, fixed lead time.

The cost formula and the bounds are those of Zheng and Federgruen. Their one-by-one walk over S is
replaced by a step over all S at once, which a convolution gives: with c the best cost so far, s is
the largest level whose one-period cost is at least c, and S is the one that gains most against c
(Dinkelbach 1967). Each step finds the best rule against c over the whole window, so that the last
one is the best of all.

References:
    Zheng and Federgruen (1991), Finding optimal (s, S) policies is about as simple as evaluating a
    single policy, Operations Research 39(4), 654-665.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.domain import CostRates

Floats = npt.NDArray[np.float64]

_PRECISION = 1e-12
# Convolutions of so many products or fewer are done directly.
_DIRECT = 200_000
_ONE_BY_ONE = 32


@dataclass(frozen=True, slots=True)
class ExactRule:
    """The best (s, S) and what it costs.

    Args:
        reorder_point: [s] units.
        order_up_to_level: [S] units, above s.
        cost: Money per period in the long run.
    """

    reorder_point: int
    order_up_to_level: int
    cost: float


class PositionCost(Protocol):
    """[G(y)] what a stock position costs until the next chance to order, and [h, p, K]."""

    @property
    def costs(self) -> CostRates:
        """[h, p, K]."""
        ...

    @property
    def best_level(self) -> int:
        """The position of least cost."""
        ...

    def __call__(self, levels: npt.ArrayLike) -> Floats:
        """Return the cost of each position (whole units, any sign), money, shape as given."""
        ...


@dataclass(frozen=True, eq=False)
class OnePeriodCost:
    """[G(y)] holding and backorder money of one period, L periods after raising IP to y.

    Args:
        pmf: Probability of 0, 1, 2, ... units of demand over lead time and one period.
        costs: [h, p].
    """

    pmf: Floats
    costs: CostRates

    @cached_property
    def mean(self) -> float:
        """Expected demand over lead time and one period, units."""
        return float(self.pmf @ np.arange(self.pmf.shape[0]))

    @cached_property
    def best_level(self) -> int:
        """The smallest level of least cost: the critical-ratio quantile."""
        h, p = self.costs.holding_cost, self.costs.stockout_cost
        return int(np.searchsorted(np.cumsum(self.pmf), p / (h + p) - _PRECISION))

    @cached_property
    def _backlog(self) -> Floats:
        above = np.cumsum(self.pmf[::-1])[::-1][1:]
        return np.append(np.cumsum(above[::-1])[::-1], 0.0)

    def __call__(self, levels: npt.ArrayLike) -> Floats:
        """Return the cost of each level (whole units, any sign), money, shape as given."""
        y = np.asarray(levels, dtype=np.int64)
        h, p = self.costs.holding_cost, self.costs.stockout_cost
        end = self._backlog.shape[0] - 1
        backlog = np.where(y < 0, self.mean - y, self._backlog[np.clip(y, 0, end)])
        return np.asarray(h * (y - self.mean) + (h + p) * backlog)


def exact_s_s(pmf: Floats, costs: CostRates, lead_time: int) -> ExactRule:
    """Return the (s, S) rule of least cost in the long run.

    Args:
        pmf: Probability of 0, 1, 2, ... units of demand in one period; sums to 1.
        costs: [h, p, K]; unit_cost is not charged.
        lead_time: [L] whole periods; an order placed in t serves demand from t + L on.

    References:
        Zheng and Federgruen (1991), cost of a rule, and bounds on s and S.
    """
    return best_rule(pmf, OnePeriodCost(demand_over(pmf, lead_time + 1), costs))


def best_rule(pmf: Floats, one_period: PositionCost) -> ExactRule:
    """Return the (s, S) rule of least cost where the cost of a stock position is known.

    Args:
        pmf: Probability of 0, 1, 2, ... units of demand between two chances to order.
        one_period: [G] the cost of a position between two chances to order, and [h, p, K].
    """
    costs = one_period.costs
    best, fixed = one_period.best_level, costs.fixed_cost
    cost = float(one_period(best)) + fixed * float(1 - pmf[0])
    if pmf[0] >= 1 - _PRECISION:  # no demand ever: hold nothing
        return ExactRule(best - 1, best, cost)
    width = _first_width(pmf, costs)
    while True:
        levels = np.arange(best - width, best + width + 1)
        g, m = one_period(levels), renewal_density(pmf, 2 * width + 1)
        s, up_to, cost = _best_in_window(g, m, fixed, cost)
        if g[0] >= cost and g[-1] >= cost:
            return ExactRule(int(levels[s]), int(levels[up_to]), cost)
        width *= 2


def long_run_cost(
    reorder_point: int, order_up_to_level: int, pmf: Floats, costs: CostRates, lead_time: int
) -> float:
    """Return what an (s, S) rule costs per period in the long run, money.

    Args:
        reorder_point: [s] whole units.
        order_up_to_level: [S] whole units, above s.
        pmf: Probability of 0, 1, 2, ... units of demand in one period; not all at 0.
        costs: [h, p, K].
        lead_time: [L] whole periods.

    References:
        Zheng and Federgruen (1991), cost of a rule.
    """
    assert reorder_point < order_up_to_level
    one_period = OnePeriodCost(demand_over(pmf, lead_time + 1), costs)
    g = one_period(np.arange(reorder_point + 1, order_up_to_level + 1))
    return _rule_cost(g, renewal_density(pmf, g.shape[0]), costs.fixed_cost)


def demand_over(pmf: Floats, n_periods: int) -> Floats:
    """Return the probabilities of the sum of ``n_periods`` independent demands."""
    if n_periods == 1:
        return pmf
    n = (pmf.shape[0] - 1) * n_periods + 1
    size = 1 << (n - 1).bit_length()
    power = np.fft.irfft(np.fft.rfft(pmf, size) ** n_periods, size)[:n]
    power = np.maximum(power, 0.0)
    kept = int(np.searchsorted(np.cumsum(power), 1 - 1e-14)) + 1
    return np.asarray(power[:kept] / power[:kept].sum())


def renewal_density(pmf: Floats, n: int) -> Floats:
    """[m(j)] expected visits to j units below S in one cycle, shape [n]; read-only.

    m = 1 / (1 - demand) as power series: the first terms one by one, then twice as many at a time
    (Newton's method).

    References:
        Zheng and Federgruen (1991), renewal equation.
    """
    return _renewal_density(np.asarray(pmf, dtype=np.float64).tobytes(), n)


# An item under many costs is looked at once.
@lru_cache(maxsize=256)
def _renewal_density(demand: bytes, n: int) -> Floats:
    pmf = np.frombuffer(demand)
    series = np.zeros(n)
    series[: pmf.shape[0]] = -pmf[:n]
    series[0] += 1.0
    inverse = np.zeros(min(n, _ONE_BY_ONE))
    inverse[0] = 1.0 / series[0]
    for j in range(1, inverse.shape[0]):
        inverse[j] = -inverse[0] * (series[1 : j + 1] @ inverse[:j][::-1])
    while (known := inverse.shape[0]) < n:
        k = min(2 * known, n)
        error = _convolved(series[:k], inverse)[known:k]
        more = _convolved(error, inverse[: k - known])[: k - known]
        inverse = np.concatenate([inverse, -more])
    inverse.setflags(write=False)
    return inverse


def _convolved(first: Floats, second: Floats) -> Floats:
    """Return the full convolution, by whichever way is faster."""
    if first.shape[0] * second.shape[0] <= _DIRECT:
        return np.convolve(first, second)
    # Late: it takes two seconds to load, and few items are large enough to need it.
    from scipy import signal

    return np.asarray(signal.fftconvolve(first, second))


def _first_width(pmf: Floats, costs: CostRates) -> int:
    """Guess how far below and above the best level s and S lie."""
    h, p, fixed = costs.holding_cost, costs.stockout_cost, costs.fixed_cost
    units = np.arange(pmf.shape[0])
    mean = float(pmf @ units)
    sd = math.sqrt(max(float(pmf @ (units - mean) ** 2), 0.0))
    return math.ceil(math.sqrt(2 * fixed * mean * (h + p) / (h * p)) + 2 * (mean + sd)) + 4


def _best_in_window(g: Floats, m: Floats, fixed: float, cost: float) -> tuple[int, int, float]:
    """Improve on ``cost`` until nothing in the window does; the middle of g is its minimum.

    Returns:
        Positions of s and S in the window, and the cost.
    """
    middle = g.shape[0] // 2
    best = (middle - 1, middle, cost)
    while True:
        above = np.flatnonzero(g[:middle] >= best[2] * (1 - _PRECISION))
        s = int(above[-1]) if above.size else 0
        against = _convolved(m, g[s + 1 :] - best[2])[: g.shape[0] - s - 1]
        up_to = s + 1 + int(np.argmin(against))
        found = _rule_cost(g[s + 1 : up_to + 1], m, fixed)
        if found >= best[2] - _PRECISION * abs(best[2]):
            return best if found > best[2] else (s, up_to, found)
        best = (s, up_to, found)


def _rule_cost(g: Floats, m: Floats, fixed: float) -> float:
    """Return the cost per period where g holds G(s + 1) to G(S)."""
    visits = m[: g.shape[0]]
    return float((fixed + visits @ g[::-1]) / visits.sum())
