"""The exact (s, S) rule: backorders, fixed lead time, the same demand in every period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import signal

from core.domain import CostRates

Floats = npt.NDArray[np.float64]

_TAIL = 1e-13


@dataclass(frozen=True, slots=True)
class ExactRule:
    """The best (s, S) and what it costs.

    Args:
        reorder_point: [s] order when the inventory position is at or below it, units.
        order_up_to_level: [S] units.
        cost: Long-run money per period, without purchases.
    """

    reorder_point: int
    order_up_to_level: int
    cost: float


class RenewalCosts:
    """Long-run cost of any (s, S) on one demand distribution.

    c(s, S) = (K + sum_{j < S - s} m(j) G(S - j)) / M(S - s), where G(y) is the expected holding
    and stock-out cost one lead time after the position is y, m the renewal density of demand and
    M its sum.

    Args:
        pmf: Probability of 0, 1, 2, ... units in a period.
        costs: [K, h, p].
        lead_time: [L] whole periods; an order placed in t serves demand from t + L on.

    References:
        Zheng and Federgruen (1991), Operations Research 39(4), equations 1 to 4.
    """

    def __init__(self, pmf: Floats, costs: CostRates, lead_time: int):
        self.pmf, self.costs = np.asarray(pmf, dtype=np.float64), costs
        over_lead_time = self._convolved(lead_time + 1)
        self.mean = float(over_lead_time @ np.arange(over_lead_time.shape[0]))
        survival = 1.0 - np.cumsum(over_lead_time)
        self._covered = np.concatenate([[0.0], np.cumsum(survival.clip(min=0.0))])
        self._density = np.array([1.0 / (1.0 - self.pmf[0])])
        self._total = np.array([0.0, self._density[0]])

    def one_period(self, position: npt.ArrayLike) -> Floats:
        """[G(y)] expected holding and stock-out cost of inventory position y, any shape."""
        y = np.asarray(position, dtype=np.int64)
        inside = self._covered[np.clip(y, 0, self._covered.shape[0] - 1)]
        short = np.maximum(np.where(y >= 0, self.mean - inside, self.mean - y), 0.0)
        return np.asarray(
            self.costs.holding_cost * (y - self.mean + short) + self.costs.stockout_cost * short
        )

    def cost(self, reorder_point: int, order_up_to_level: int) -> float:
        """[c(s, S)] long-run money per period."""
        n = order_up_to_level - reorder_point
        self._extend(n)
        positions = order_up_to_level - np.arange(n)
        total = self.costs.fixed_cost + self._density[:n] @ self.one_period(positions)
        return float(total / self._total[n])

    def _extend(self, n: int) -> None:
        """Make the renewal density known for 0, ..., n - 1."""
        known = self._density.shape[0]
        if n <= known:
            return
        n = max(n, 2 * known)
        density = np.zeros(n)
        density[:known] = self._density
        demand = self.pmf[1:]
        for j in range(known, n):
            k = min(j, demand.shape[0])
            density[j] = density[j - k : j][::-1] @ demand[:k] / (1.0 - self.pmf[0])
        self._density = density
        self._total = np.concatenate([[0.0], np.cumsum(density)])

    def _convolved(self, times: int) -> Floats:
        """Return the distribution of demand over several periods."""
        total, power = np.ones(1), self.pmf
        while times:
            if times & 1:
                total = _trimmed(signal.convolve(total, power))
            power = _trimmed(signal.convolve(power, power))
            times >>= 1
        return total


def exact_s_s(pmf: Floats, costs: CostRates, lead_time: int) -> ExactRule:
    """Return the best (s, S).

    Args:
        pmf: Probability of 0, 1, 2, ... units in a period; 0 not certain.
        costs: [K, h, p], h and p above 0.
        lead_time: [L] whole periods.

    References:
        Zheng and Federgruen (1991), Operations Research 39(4), the algorithm of section 2.
    """
    renewal = RenewalCosts(pmf, costs, lead_time)
    best_position = _minimum(renewal)
    up_to = best_position
    point = best_position - 1
    while renewal.cost(point, up_to) > renewal.one_period(point):
        point -= 1
    cost = renewal.cost(point, up_to)
    candidate = up_to + 1
    while renewal.one_period(candidate) <= cost:
        if renewal.cost(point, candidate) < cost:
            up_to = candidate
            while point + 1 < best_position and renewal.cost(point, up_to) <= renewal.one_period(
                point + 1
            ):
                point += 1
            cost = renewal.cost(point, up_to)
        candidate += 1
    return ExactRule(point, up_to, cost)


def _minimum(renewal: RenewalCosts) -> int:
    """[y*] the position with the least expected cost: G is convex."""
    positions = np.arange(renewal._covered.shape[0] + 1)
    return int(np.argmin(renewal.one_period(positions)))


def _trimmed(pmf: Floats) -> Floats:
    """Cut what is lost in rounding off the tail."""
    pmf = np.maximum(pmf, 0.0)
    keep = int(np.searchsorted(-np.cumsum(pmf[::-1])[::-1], -_TAIL))
    kept = pmf[: max(keep, 1)]
    return np.asarray(kept / kept.sum())
