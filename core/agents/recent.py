"""What the latest sales say of demand, against what the fitted demand led to expect.

Out of stock, sales only say that demand was no less: such a period counts as the demand that is to
be expected given that, so that a shelf without any stock says nothing. Older periods count less
and less (exponential smoothing), and a few expected units are added, so that a period or two of a
slow item say little.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core.simulator import Memory, Observation

MEMORY = 56
"""Periods looked back."""
RATES = (0.5, 0.2, 0.1, 0.05, 0.02)
"""Weight of the last period; the one before it counts 1 less that, and so on."""
LEVEL_RATE = 0.1
# Units added to either side, and periods of usual spread: what is believed before any sale.
_PRIOR_UNITS, _PRIOR_PERIODS = 2.0, 4.0
_SPREAD_RATE = 0.05
# How often the demand of periods out of stock is worked out anew from the level it led to.
_ROUNDS = 1


@dataclass(frozen=True, eq=False)
class Recent:
    """Demand as it runs now, by the latest sales.

    Args:
        level: Against the fitted demand, 1 for just as expected, shape [n_envs].
        above: Sales at each of RATES above that level, as a share of it, shape [n_rates, n_envs].
        spread: Standard deviation of demand over lead time and review about that level, units.
        out_of_stock: Share of expected demand that fell on periods out of stock, shape [n_envs].
    """

    level: Tensor
    above: Tensor
    spread: Tensor
    out_of_stock: Tensor

    @classmethod
    def of(cls, observation: Observation) -> Recent:
        """Look back; where nothing is remembered, everything is just as expected."""
        memory = observation.memory
        if memory is None:
            zero = torch.zeros_like(observation.inventory_level)
            return cls(zero + 1, zero.expand(len(RATES), -1), observation.protection_sd, zero)
        weights, row = _weights(memory.n_periods), RATES.index(LEVEL_RATE)
        expected = weights @ memory.expected + _PRIOR_UNITS
        demand = memory.demand()
        for _ in range(_ROUNDS):
            level = ((weights[row] @ demand) + _PRIOR_UNITS) / expected[row]
            demand = _imputed(memory, level, observation)
        ratios = (weights @ demand + _PRIOR_UNITS) / expected
        level = ratios[row]
        missed = weights[row] @ (memory.expected * (1 - memory.in_stock))
        return cls(
            level,
            ratios / level - 1,
            _spread(demand, memory.expected, level, observation),
            missed / expected[row],
        )


def _imputed(memory: Memory, level: Tensor, observation: Observation) -> Tensor:
    """Return demand; out of stock, as many as are to be expected given that it was no less."""
    sd = level * observation.protection_sd / _cover(observation).sqrt()
    likely = more_than(memory.sales, level * memory.expected, sd)
    is_censored = (memory.in_stock == 0) & (memory.expected > 0)
    return torch.where(is_censored, likely, memory.sales)


def more_than(sold: Tensor, mean: Tensor, sd: Tensor) -> Tensor:
    """Return the demand to be expected where it was no less than what was sold.

    Near the mean of a normal demand above what was sold, (z + sqrt(z ** 2 + 8 / pi)) / 2 standard
    deviations above the mean for z = (sold - mean) / sd; without any stock it is the mean.
    """
    variance = (8 / math.pi) * sd**2
    above = torch.sqrt((sold - mean) ** 2 + variance) - torch.sqrt(mean**2 + variance)
    return torch.maximum(mean + 0.5 * (sold + above), sold)


def _cover(observation: Observation) -> Tensor:
    """Return the periods that an order must last: lead time and review."""
    p = observation.parameters
    return (torch.round(p.lead_time_mean) + p.review_period).clamp(min=1.0)


@lru_cache(maxsize=4)
def _weights(n_periods: int) -> Tensor:
    """Return what each period counts at each rate, shape [n_rates, n_periods]."""
    age = torch.arange(n_periods - 1, -1, -1)
    with torch.inference_mode(False):
        return torch.stack([(1.0 - rate) ** age for rate in RATES])


def _spread(demand: Tensor, expected: Tensor, level: Tensor, observation: Observation) -> Tensor:
    """Return how far demand over lead time and review lay from its level, units, [n_envs].

    Sums over as many periods as an order must last, so that periods which are alike add up.
    """
    cover, n = _cover(observation).long().clamp(max=demand.shape[0]), demand.shape[0]
    shortest, longest = int(cover.min()), int(cover.max())
    total = (demand - level * expected).cumsum(0)
    weight = (1.0 - _SPREAD_RATE) ** torch.arange(n - 1, longest - 1, -1).unsqueeze(1)
    if shortest == longest:
        apart, is_known = total[longest:] - total[:-longest], expected[:-longest] > 0
    else:
        begin = torch.arange(longest, n).unsqueeze(1) - cover
        apart = total[longest:] - total.gather(0, begin)
        is_known = expected.gather(0, begin) > 0
    weight = weight * is_known
    usual = (level * observation.protection_sd) ** 2
    known = (weight * apart.square()).sum(0) + _PRIOR_PERIODS * usual
    return (known / (weight.sum(0) + _PRIOR_PERIODS)).sqrt()
