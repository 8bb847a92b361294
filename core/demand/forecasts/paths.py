"""What every model of one item would have forecast: at past origins, and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.demand.forecasts.classical import MENU, classical_path
from core.demand.forecasts.panel import SEASONS, listed_demand
from core.demand.profile import DemandClass
from core.demand.protocol import Floats
from core.demand.selection import choose_model
from core.domain import HistoryError, ItemHistory

TODAY = "today"
"""The demand family that is chosen without a forecast: what a forecast has to beat."""

_LEAST_PERIODS = 8
# Beyond this the forecast says that an item has died, which needs a planner's word.
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Task:
    """What to forecast for one item.

    Args:
        history: Its sales.
        demand_class: Smooth, erratic, intermittent or lumpy.
        cuts: Period numbers to forecast from, rising; only what lies before is looked at.
        horizon: Periods ahead.
        models: Names of further classical models to try.
    """

    history: ItemHistory
    demand_class: DemandClass
    cuts: tuple[int, ...]
    horizon: int
    models: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The models that are tried."""
        return (TODAY, *MENU[self.demand_class], *self.models)


def item_paths(task: Task) -> Floats:
    """Forecast one item with every model from every cut.

    Returns:
        Mean and standard deviation, units, shape [n_models, n_cuts, 2, horizon]; NaN where a
        model cannot be fitted.
    """
    found = np.full((len(task.names), len(task.cuts), 2, task.horizon), np.nan)
    for number, cut in enumerate(task.cuts):
        past = task.history.until(cut)
        try:
            demand = listed_demand(past)[0]
            found[0, number] = bounded(_today(past, cut, task.horizon), demand)
        except HistoryError:
            continue
        if len(demand) >= _LEAST_PERIODS:
            found[1:, number] = _classical(task, demand)
    return found


def _today(past: ItemHistory, cut: int, horizon: int) -> Floats:
    model = choose_model(past).model
    return np.stack([model.mean(cut, horizon), model.sd(cut, horizon)])


def _classical(task: Task, demand: Floats) -> Floats:
    period = task.history.period
    season = SEASONS[period]
    paths = [classical_path(name, demand, season, task.horizon, period) for name in task.names[1:]]
    return bounded(np.stack(paths), demand)


def bounded(paths: Floats, demand: Floats) -> Floats:
    """Keep means positive and within reason, and spreads away from 0.

    Args:
        paths: Mean and standard deviation, shape [..., 2, horizon].
        demand: The item's past, units, shape [n].
    """
    level, most = float(demand.mean()), 10.0 * float(demand.max())
    mean = np.clip(paths[..., 0, :], _LEAST_SHARE * level, most)
    sd = np.clip(paths[..., 1, :], 0.05 * level, most)
    return np.stack([mean, sd], axis=-2)


def cuts_before(period_cuts: Sequence[int], end: int) -> tuple[int, ...]:
    """Return the cuts that lie before ``end``, and ``end`` itself: now."""
    return (*(cut for cut in period_cuts if cut < end), end)
