"""Demand over several periods from its mean and spread alone, as a distribution on a grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from core.policies.item_policy import Floats, ItemFacts
from core.simulator import Problem
from core.simulator.lead_times import lead_time_probabilities, mean_and_sd

# Beyond these standard deviations demand hardly ever goes.
_DEVIATIONS = 6.0
# From so many reviews' demand in an order on, orders are too far apart to overtake one another.
_RARELY = 1.5


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance of demand, units and units squared."""

    mean: float
    variance: float

    @property
    def most(self) -> float:
        """What demand hardly ever exceeds, units."""
        return self.mean + _DEVIATIONS * math.sqrt(self.variance)

    def plus(self, other: Moments, share: float) -> Moments:
        """Return the demand of both times together, of the other only a share."""
        return Moments(self.mean + share * other.mean, self.variance + share * other.variance)

    def pmf(self, step: float) -> Floats:
        """Return the chance of 0, 1, 2, ... steps of demand."""
        if self.mean <= 0:
            return np.ones(1)
        n = math.ceil(self.most / step) + 2
        below = self._cdf(np.arange(float(n)), step)
        chances = np.maximum(np.diff(below, prepend=0.0), 0.0)
        return np.asarray(chances / chances.sum())

    def _cdf(self, steps: Floats, step: float) -> Floats:
        """Return the chance of at most so many steps: as an amount, or in whole units.

        Poisson or negative binomial by the first two moments: see Silver, Pyke and Thomas
        (2017), section 9.2.
        """
        m, variance = self.mean, max(self.variance, 1e-12)
        if step > 1.0:
            shape = m * m / variance
            return np.asarray(special.gammainc(shape, (steps + 0.5) * step * m / variance))
        if variance <= m * (1 + 1e-6):
            return np.asarray(special.pdtr(steps, m))
        shape = m * m / (variance - m)
        return np.asarray(special.betainc(shape, steps + 1.0, shape / (shape + m)))


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
    mean = facts.protection_mean / cover
    own = max(facts.protection_sd**2 - (lead_sd * mean) ** 2, 0.0) / cover
    later = 1.0 - np.cumsum(chances)
    is_rare = lot > _RARELY * mean * review
    spread = lead_sd**2 if is_rare else float(later @ (1.0 - later))
    under_way = Moments(lead_mean * mean, lead_mean * own + spread * mean**2)
    return Moments(review * mean, review * own), under_way
