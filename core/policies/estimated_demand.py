"""Demand over several periods from its mean and spread alone, as a distribution on a grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from core.policies.item_policy import Floats, ItemFacts
from core.simulator import Problem
from core.simulator.lead_times import lead_time_probabilities, mean_and_sd

# Demand exceeds its grid with this chance at most; what matters lies within so many deviations.
_BEYOND, _DEVIATIONS = 1e-6, 6.0
# From so many reviews' demand in an order on, orders are too far apart to overtake one another.
_RARELY = 1.5
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance of demand, units and units squared."""

    mean: float
    variance: float

    @property
    def usual_most(self) -> float:
        """What demand seldom exceeds, units: how finely it has to be looked at."""
        return self.mean + _DEVIATIONS * math.sqrt(self.variance)

    @property
    def most(self) -> float:
        """What demand hardly ever exceeds, units; by the gamma of this mean and variance."""
        if self.mean <= 0:
            return 0.0
        scale = max(self.variance, _LEAST) / self.mean
        return float(scale * special.gammainccinv(self.mean / scale, _BEYOND))

    def plus(self, other: Moments, share: float) -> Moments:
        """Return the demand of both times together, of the other only a share."""
        return Moments(self.mean + share * other.mean, self.variance + share * other.variance)

    def pmf(self, step: float) -> Floats:
        """Return the chance of 0, 1, 2, ... steps of demand; read-only."""
        return _pmf(self, step)

    def chances(self, step: float) -> Floats:
        """Work out the chance of 0, 1, 2, ... steps of demand."""
        if self.mean <= 0:
            return np.ones(1)
        n = math.ceil(self.most / step) + 2
        chances = self._amounts(n, step) if step > 1.0 else self._units(n)
        chances = np.maximum(chances, 0.0)
        return np.asarray(chances / chances.sum())

    def _amounts(self, n: int, step: float) -> Floats:
        """Return a gamma amount's chances, each amount shared between the steps beside it.

        So the mean stays what it is, however wide the steps are.
        """
        rate = self.mean / max(self.variance, _LEAST)
        shape, at = self.mean * rate, np.arange(n + 1.0) * step
        above = special.gammaincc(shape, rate * at)
        excess = (self.mean * special.gammaincc(shape + 1.0, rate * at) - at * above) / step
        return np.asarray(np.diff(np.append(excess[0] + 1.0, excess), 2))

    def _units(self, n: int) -> Floats:
        """Return the chances of 0 to n - 1 whole units.

        Binomial, Poisson or negative binomial by the first two moments: see Silver, Pyke and
        Thomas (2017), section 9.2.
        """
        m, variance, units = self.mean, max(self.variance, _LEAST), np.arange(float(n))
        if abs(variance - m) <= 1e-6 * m:
            below = special.pdtr(units, m)
        elif variance > m:
            shape = m * m / (variance - m)
            below = special.betainc(shape, units + 1.0, shape / (shape + m))
        else:
            tries = m * m / (m - variance)
            left = np.maximum(tries - units, 1e-12)
            below = np.where(units < tries, special.betainc(left, units + 1.0, variance / m), 1.0)
        return np.asarray(np.diff(below, prepend=0.0))


# An item under many costs is looked at once.
@lru_cache(maxsize=512)
def _pmf(demand: Moments, step: float) -> Floats:
    chances = demand.chances(step)
    chances.setflags(write=False)
    return chances


def moments_of(problem: Problem, facts: ItemFacts, lot: float) -> tuple[Moments, Moments]:
    """Return demand between two chances to order, and demand while an order is under way.

    Where an order is placed at every chance, late orders are overtaken by others: the units
    under way vary less than one lead time does.

    Args:
        problem: The item.
        facts: Its demand over lead time and review.
        lot: Units of an order.

    References:
        Robinson, Bradley and Thomas (2001), Manufacturing & Service Operations Management 3(3).
    """
    review, chances = problem.rules.review_period, lead_time_probabilities(problem.lead_time)
    lead_mean, lead_sd = mean_and_sd(chances)
    cover = max(1, round(lead_mean) + review)
    # On a day without any demand, say a closed one, nothing may be divided by it.
    mean = max(facts.protection_mean / cover, _LEAST)
    own = max(facts.protection_sd**2 - (lead_sd * mean) ** 2, 0.0) / cover
    later = 1.0 - np.cumsum(chances)
    is_rare = lot > _RARELY * mean * review
    spread = lead_sd**2 if is_rare else float(later @ (1.0 - later))
    under_way = Moments(lead_mean * mean, lead_mean * own + spread * mean**2)
    return Moments(review * mean, review * own), under_way
