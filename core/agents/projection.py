"""What stock is expected when an order of today arrives, with the sales lost until then."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor

from core.simulator import Observation, Parameters

_LEAST = 1e-6
_LEAST_RATIO, _MOST_RATIO = 0.02, 0.9999


@dataclass(frozen=True, eq=False)
class Projection:
    """Stock as an order of today arrives, before that period's demand; shape [n_envs] each.

    Args:
        mean: Units expected.
        sd: Standard deviation, units.
        lost: Demand expected to be lost until then, units.
    """

    mean: Tensor
    sd: Tensor
    lost: Tensor


def project(observation: Observation, due: Tensor, level: Tensor | float = 1.0) -> Projection:
    """Run demand and arrivals forward over the mean lead time, two moments at a time.

    Stock before demand is taken as normal in every period; what falls below 0 is lost, as far as
    the item loses sales.

    Args:
        observation: What may be known now.
        due: Units under way by the period of arrival, shape [n_rows, n_envs].
        level: Demand as it runs now against what was fitted, shape [n_envs].

    References:
        Morton (1971), The near-myopic nature of the lagged-proportional-cost inventory problem
        with lost sales, Operations Research 19(7), for ordering by the stock at arrival; the
        moments of a censored normal are those of Greene (2003), theorem 22.3.
    """
    p = observation.parameters
    lead_time = torch.round(p.lead_time_mean)
    longest, is_alike = int(lead_time.max()), bool(lead_time.min() == lead_time.max())
    cover = _cover(p)
    step_mean = level * observation.protection_mean / cover
    # Variances are kept doubled: see _cut_off.
    step_variance = 2 * (level * observation.protection_sd).square() / cover
    mean, lost = observation.inventory_level, torch.zeros_like(step_mean)
    variance = torch.full_like(step_mean, 2 * _LEAST)
    loses, loses_all = bool((p.lost_share > 0).any()), bool((p.lost_share == 1).all())
    for k in range(longest):
        left, spread = mean - step_mean, variance + step_variance
        gone = lost
        if loses:
            kept, gone, kept_spread = _cut_off(left, spread)
            if loses_all:
                left, spread = kept, kept_spread
            else:
                gone, spread = p.lost_share * gone, torch.lerp(spread, kept_spread, p.lost_share)
                left = left + gone
        if k < min(due.shape[0], longest - 1):
            left = left + (due[k] if is_alike else due[k] * (lead_time > k + 1))
        if not is_alike:
            before = lead_time > k
            left, spread = torch.where(before, left, mean), torch.where(before, spread, variance)
            gone = torch.where(before, gone, 0.0)
        mean, variance, lost = left, spread, lost + gone if loses else lost
    return Projection(mean, (0.5 * variance).sqrt(), lost)


def myopic_order(observation: Observation, stock: Projection, mean: Tensor, sd: Tensor) -> Tensor:
    """Return the order that serves best from its arrival to that of the next one; may be below 0.

    Args:
        observation: What may be known now.
        stock: As an order of today arrives.
        mean: Expected demand over lead time and review, units, shape [n_envs].
        sd: Its standard deviation, units.

    References:
        Morton (1971), Operations Research 19(7), the near-myopic policy; for the newsvendor's
        level Snyder and Shen (2019), Fundamentals of Supply Chain Theory, 2nd ed., section 4.3.
    """
    p = observation.parameters
    share = p.review_period / _cover(p)
    held = p.review_period * p.holding_cost
    ratio = p.stockout_cost / (p.stockout_cost + held).clamp(min=1e-9)
    z = torch.special.ndtri(ratio.clamp(_LEAST_RATIO, _MOST_RATIO))
    spread = (stock.sd.square() + share * sd.square()).sqrt()
    order: Tensor = share * mean + z * spread - stock.mean
    return order


def _cover(p: Parameters) -> Tensor:
    """Return lead time and review, periods, shape [n_envs]."""
    return (torch.round(p.lead_time_mean) + p.review_period).clamp(min=1.0)


def _cut_off(mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return mean, what was added to it, and variance of a normal amount whose part below 0 is 0.

    Few steps, each over all environments: they are most of what a decision takes. Variances are
    twice what they are, so that the error function needs no factor; a plain number in a formula is
    made a tensor at every call, which takes longer than what is done with it.
    """
    half, density = _numbers(mean.dtype)
    scale = variance.sqrt()
    z = mean / scale
    above = torch.add(half, torch.erf(z), alpha=0.5)
    kept = torch.addcmul(torch.exp(torch.addcmul(density, z, z, value=-1)), z, above)
    added = kept - z
    share = torch.addcmul(above, kept, added, value=-2)
    return scale * kept, scale * added, (variance * share).clamp_min(2 * _LEAST)


@lru_cache
def _numbers(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Return 1/2, and the logarithm of the normal density at 0 over the square root of 2."""
    with torch.inference_mode(False):
        half, density = torch.tensor([0.5, -0.5 * math.log(4 * math.pi)], dtype=dtype)
    return half, density
