"""From a mean and a spread to quantiles that held in the past: never crossing, never negative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from core.demand.protocol import Floats

Ints = npt.NDArray[np.int64]

LEVELS = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
"""Probabilities of the quantiles that a forecast holds."""

_FINE = np.arange(0.005, 1.0, 0.005)
_PRIOR = 50.0
_LEAST_PER_BIN, _MOST_BINS = 400, 8
_MOST_ERROR = 25.0


@dataclass(frozen=True, eq=False)
class Calibration:
    """How far off forecasts were, in their own standard deviations, by kind of item.

    Items are put together by mean over spread, which tells steady sellers from rare ones: their
    errors differ in shape. Few errors are drawn towards the normal distribution.

    Args:
        edges: Of mean / sd between the kinds, rising, shape [n_kinds - 1].
        table: Error quantiles at the fine levels, shape [n_kinds, n_fine].

    References:
        Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World, 4.5 (Mondrian
        conformal predictors).
    """

    edges: Floats
    table: Floats

    @classmethod
    def of(cls, errors: Floats, signal: Floats) -> Calibration:
        """Learn from past errors.

        Args:
            errors: (sale - mean) / sd, NaN where unknown, shape [n_cases, n_items].
            signal: Mean over sd of each item, shape [n_items].
        """
        known = np.isfinite(errors)
        n_kinds = int(np.clip(known.sum() // _LEAST_PER_BIN, 1, _MOST_BINS))
        good = signal[np.isfinite(signal) & known.any(axis=0)]
        cuts = np.arange(1, n_kinds) / n_kinds
        edges = np.quantile(good, cuts) if len(good) else np.zeros(0)
        kind = np.searchsorted(edges, signal)
        spread = float(np.sqrt(np.nanmean(np.square(errors)))) if known.any() else 1.0
        normal = special.ndtri(_FINE) * spread
        table = [_quantiles(errors[:, kind == k], normal) for k in range(len(edges) + 1)]
        return cls(edges, np.stack(table))

    def at(self, levels: Floats, signal: Floats) -> Floats:
        """Return the error quantile of each item.

        Args:
            levels: One probability per item, shape [n_items].
            signal: Mean over sd, shape [n_items].
        """
        kind = np.searchsorted(self.edges, signal)
        place = np.clip((levels - _FINE[0]) / (_FINE[1] - _FINE[0]), 0, len(_FINE) - 1)
        low = np.minimum(place.astype(np.int64), len(_FINE) - 2)
        share = place - low
        return np.asarray((1 - share) * self.table[kind, low] + share * self.table[kind, low + 1])

    def quantiles(self, mean: Floats, sd: Floats, signal: Floats) -> Floats:
        """Return quantiles at LEVELS, units, shape [n_levels, n_items, horizon].

        Args:
            mean: Of the forecast, units, shape [n_items, horizon].
            sd: Its spread, units, shape [n_items, horizon].
            signal: Mean over sd, shape [n_items].
        """
        found = [
            mean + sd * self.at(np.full(len(signal), level), signal)[:, None] for level in LEVELS
        ]
        return np.maximum(np.stack(found), 0.0)


def _quantiles(errors: Floats, normal: Floats) -> Floats:
    known = np.clip(errors[np.isfinite(errors)], -_MOST_ERROR, _MOST_ERROR)
    if not len(known):
        return normal
    weight = len(known) / (len(known) + _PRIOR)
    return np.asarray(weight * np.quantile(known, _FINE) + (1 - weight) * normal)


def signal_of(mean: Floats, sd: Floats) -> Floats:
    """Return mean over spread of each item, shape [n_items], from [..., n_items, horizon]."""
    axes = (*range(mean.ndim - 2), mean.ndim - 1)
    known = np.isfinite(mean) & np.isfinite(sd)
    count = np.maximum(known.sum(axis=axes), 1)
    means = np.where(known, mean, 0.0).sum(axis=axes) / count
    spreads = np.where(known, sd, 0.0).sum(axis=axes) / count
    return np.asarray(means / np.maximum(spreads, 1e-12))
