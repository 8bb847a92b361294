"""One model over all items: gradient-boosted trees on scaled sales, with a spread of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.demand.forecasts.features import Ints, Rows, rows_at
from core.demand.forecasts.panel import SEASONS, Panel
from core.demand.protocol import Floats

GLOBAL = "global"
GLOBAL_LABEL = "one model over all items"

_MOST_ROWS, _MOST_ORIGINS = 240_000, 60
_LEAST_ROWS = 2_000
_ROUNDS = {"regression": 300, "quantile": 150}
_SEED = 5
_SIGNALS = {0.1: -1.2815515655446004, 0.9: 1.2815515655446004}


@dataclass(frozen=True, eq=False)
class GlobalModel:
    """Trees for the mean and for two quantiles, trained on every item.

    Each tree model corrects a plain seasonal mean, in units of the item's own root mean square,
    so that large and small items weigh alike.

    Args:
        mean: Trees for the expected value.
        low, high: Trees for the 10 % and 90 % quantiles.

    References:
        Ke et al. (2017), LightGBM, NeurIPS 30; Montero-Manso and Hyndman (2021), Int. J.
        Forecasting 37(4), on one model over many series.
    """

    mean: Any
    low: Any
    high: Any

    def paths(self, panel: Panel, origin: int, horizon: int) -> Floats:
        """Forecast every item from a column on.

        Returns:
            Mean and standard deviation, units, shape [n_items, 2, horizon]; NaN for items not
            yet listed then.
        """
        rows = rows_at(panel, np.arange(panel.n_items), origin, horizon)
        mean, low, high = (
            _units(rows, trees.predict(rows.values)) for trees in (self.mean, self.low, self.high)
        )
        width = max(_SIGNALS.values()) - min(_SIGNALS.values())
        found = np.stack([mean, np.maximum(high - low, 0.0) / width], axis=1)
        unlisted = ~np.isfinite(panel.quantity[:, :origin]).any(axis=1)
        found[unlisted] = np.nan
        return found


@dataclass(frozen=True)
class _Lesson:
    """Rows to learn from."""

    values: list[Floats] = field(default_factory=list)
    target: list[Floats] = field(default_factory=list)

    def add(self, rows: Rows, actual: Floats, usable: Floats) -> None:
        keep = usable.ravel() > 0
        target = actual / rows.scale[:, None] - rows.base
        self.values.append(rows.values[keep])
        self.target.append(target.ravel()[keep])


def train_global(panel: Panel, end: int, horizon: int, n_threads: int) -> GlobalModel | None:
    """Train on everything before column ``end``.

    Args:
        panel: The sales.
        end: First column that must not be seen.
        horizon: Periods ahead that are asked for later.
        n_threads: Cores to use.

    Returns:
        The model; None where there is too little to learn from.
    """
    lesson = _lesson(panel, end, horizon)
    if sum(len(part) for part in lesson.target) < _LEAST_ROWS:
        return None
    values, target = np.concatenate(lesson.values), np.concatenate(lesson.target)
    mean = _trees(values, target, n_threads, "regression", 0.5)
    low, high = (_trees(values, target, n_threads, "quantile", q) for q in _SIGNALS)
    return GlobalModel(mean, low, high)


def _lesson(panel: Panel, end: int, horizon: int) -> _Lesson:
    """Look at evenly spread origins, at as many items of each as there is room for."""
    rng, lesson = np.random.default_rng(_SEED), _Lesson()
    first = min(SEASONS[panel.period], end - horizon - 1)
    origins = np.unique(np.linspace(first, end - horizon, _MOST_ORIGINS).astype(np.int64))
    origins = origins[origins > 0]
    room = max(_MOST_ROWS // max(len(origins) * horizon, 1), 20)
    for origin in origins:
        listed = np.flatnonzero(np.isfinite(panel.quantity[:, :origin]).any(axis=1))
        chosen = rng.permutation(listed)[:room].astype(np.int64)
        if len(chosen):
            _look(lesson, panel, chosen, int(origin), horizon)
    return lesson


def _look(lesson: _Lesson, panel: Panel, chosen: Ints, origin: int, horizon: int) -> None:
    span = slice(origin, origin + horizon)
    rows = rows_at(panel, chosen, origin, horizon)
    usable = panel.usable[chosen, span].astype(np.float64)
    lesson.add(rows, np.nan_to_num(panel.quantity[chosen, span]), usable)


def _trees(values: Floats, target: Floats, n_threads: int, objective: str, level: float) -> Any:
    import lightgbm

    settings = {
        "objective": objective,
        "alpha": level,
        "learning_rate": 0.05,
        "num_leaves": 31,
        "min_data_in_leaf": 100,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "feature_fraction": 0.5,
        "num_threads": n_threads,
        "deterministic": True,
        "force_row_wise": True,
        "seed": _SEED,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(values, target, free_raw_data=True)
    return lightgbm.train(settings, data, num_boost_round=_ROUNDS[objective])


def _units(rows: Rows, correction: Floats) -> Floats:
    return np.asarray((rows.base + correction.reshape(rows.base.shape)) * rows.scale[:, None])
