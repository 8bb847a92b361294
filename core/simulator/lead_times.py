"""Lead times as probabilities over whole periods."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from core.domain import LeadTime

_TAIL = 1e-3

Floats = npt.NDArray[np.float64]


@lru_cache(maxsize=4096)
def lead_time_probabilities(lead_time: LeadTime) -> Floats:
    """Return the probability of a lead time of 0, 1, 2, ... periods.

    A mean and spread become a gamma distribution rounded to whole periods and cut at its 99.9 %
    point; a fractional mean without spread mixes the two neighbouring whole numbers.

    Returns:
        Probabilities, shape [max_lead_time + 1], read-only; the last is above 0, all sum to 1.
    """
    chances = _probabilities(lead_time)
    chances.setflags(write=False)
    return chances


def _probabilities(lead_time: LeadTime) -> Floats:
    if lead_time.probabilities is not None:
        given = np.trim_zeros(np.asarray(lead_time.probabilities, dtype=np.float64), "b")
        return np.asarray(given / given.sum())
    if lead_time.sd == 0.0:
        return _between_neighbours(lead_time.mean)
    return _rounded_gamma(max(lead_time.mean, 1e-6), lead_time.sd)


def all_fixed_alike(probabilities: Sequence[Floats]) -> bool:
    """Whether every order of every item takes the same known number of periods."""
    certain = all(np.count_nonzero(chances) == 1 for chances in probabilities)
    return certain and len({chances.shape[0] for chances in probabilities}) == 1


def mean_and_sd(probabilities: Floats) -> tuple[float, float]:
    """Return mean and standard deviation, periods."""
    periods = np.arange(probabilities.shape[0])
    mean = float(probabilities @ periods)
    return mean, math.sqrt(max(float(probabilities @ (periods - mean) ** 2), 0.0))


def _between_neighbours(mean: float) -> Floats:
    low = math.floor(mean)
    share = mean - low
    probabilities = np.zeros(low + (2 if share else 1))
    probabilities[low] = 1 - share
    if share:
        probabilities[low + 1] = share
    return probabilities


def _rounded_gamma(mean: float, sd: float) -> Floats:
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    longest = scale * float(special.gammaincinv(shape, 1 - _TAIL))
    edges = np.arange(int(np.ceil(longest)) + 1) + 0.5
    probabilities = np.diff(special.gammainc(shape, edges / scale), prepend=0.0)
    return np.asarray(probabilities / probabilities.sum())
