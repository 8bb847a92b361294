"""Which model forecasts which item: its own record, drawn towards that of its class."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demand.forecasts.calibration import Ints
from core.demand.protocol import Floats

_FEW = 5


@dataclass(frozen=True, eq=False)
class Choice:
    """The model of each item.

    Args:
        model: Number of the model, shape [n_items].
        is_better: Whether it beats the first model by more than a standard error, [n_items].
        relative: Score of every model over the item's mean score, shape [n_models, n_items].
    """

    model: Ints
    is_better: npt.NDArray[np.bool_]
    relative: Floats


def choose(
    error: Floats, cost: Floats, classes: Sequence[str], n_windows: float, can: Floats
) -> Choice:
    """Choose by half the forecast error and half the cost of planning with it.

    Each is taken over the mean of all models for the item, so that items weigh alike. An item's
    own record counts by how much items of its class really differ, beside what chance between
    windows makes of it (the James-Stein weight); the rest is the class's mean.

    Args:
        error: Of every model, NaN where none, shape [n_models, n_origins, n_items]; model 0 is
            what is used without a forecast.
        cost: Of every model, money, shape as error.
        classes: Demand class, one per item.
        n_windows: Windows that do not overlap, or as many as the overlapping ones are worth.
        can: 1 where the model can forecast the item now, shape [n_models, n_items].

    References:
        Efron and Morris (1975), JASA 70(350); Hastie, Tibshirani and Friedman, The Elements of
        Statistical Learning, 7.10, for the one-standard-error rule.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        warnings.filterwarnings("ignore", "Degrees of freedom", RuntimeWarning)
        relative = 0.5 * _over_mean(error) + 0.5 * _over_mean(cost)
        shrunk = np.stack([_shrunk(r, classes, n_windows)[0] for r in relative])
        open_ = np.where(np.isfinite(shrunk) & (can > 0), shrunk, np.inf)
        model = np.argmin(open_, axis=0)
        gain = relative[0] - np.take_along_axis(relative, model[None, None, :], axis=0)[0]
        better, spread = _shrunk(gain, classes, n_windows)
    is_tried = np.isfinite(gain).any(axis=0)
    is_better = (model != 0) & is_tried & (better > spread)
    return Choice(model.astype(np.int64), is_better, shrunk)


def _over_mean(values: Floats) -> Floats:
    """Divide by the item's mean over models and origins."""
    mean = np.nanmean(values, axis=(0, 1))
    return np.asarray(values / np.where(mean > 0, mean, np.nan))


def _shrunk(values: Floats, classes: Sequence[str], n_windows: float) -> tuple[Floats, Floats]:
    """Draw each item's mean over origins towards its class; return it and its standard error."""
    own, names = np.nanmean(values, axis=0), np.asarray(classes)
    mean, spread = own.copy(), np.zeros(len(own))
    for name in np.unique(names):
        rows = names == name
        known = rows & np.isfinite(own)
        if known.sum() < _FEW:
            known = np.isfinite(own)
        if known.sum() < _FEW:
            spread[rows] = _chance(values[:, rows], n_windows) ** 0.5
            continue
        noise = _chance(values[:, known], n_windows)
        real = max(float(np.var(own[known])) - noise, 0.0)
        weight = real / (real + noise) if real + noise > 0 else 0.0
        middle = float(np.mean(own[known]))
        mean[rows] = np.where(np.isfinite(own[rows]), own[rows], middle) * weight
        mean[rows] += middle * (1 - weight)
        # Items share the windows' luck, so a class's mean errs by more than its items apart would.
        shared = _chance(np.nanmean(values[:, known], axis=1, keepdims=True), n_windows)
        spread[rows] = np.sqrt(weight * noise + max(shared, noise / known.sum()))
    return mean, spread


def _chance(values: Floats, n_windows: float) -> float:
    """Return the variance that chance between origins gives an item's mean."""
    if values.shape[0] < 2:
        return float(np.nan_to_num(np.nanvar(values)))
    return float(np.nan_to_num(np.nanmean(np.nanvar(values, axis=0, ddof=1)))) / n_windows
