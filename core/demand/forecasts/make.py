"""From sales to a forecast: every model tried at past origins, the best of each item used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.demand.forecasts.calibration import LEVELS, Calibration, signal_of
from core.demand.forecasts.choice import Choice, choose
from core.demand.forecasts.global_model import GLOBAL, train_global
from core.demand.forecasts.panel import SEASONS, Panel
from core.demand.forecasts.paths import TODAY, Task, bounded, item_paths
from core.demand.forecasts.record import NAMES, item_scores, reason
from core.demand.forecasts.scores import PastForecasts, Terms, persistence, score
from core.demand.forecasts.value import Forecast
from core.demand.protocol import Floats
from core.domain import ItemHistory, Period

HORIZONS = {Period.DAY: 28, Period.WEEK: 13, Period.MONTH: 18}
_STEP = {Period.DAY: 28, Period.WEEK: 13, Period.MONTH: 6}
_N_ORIGINS = 3
_CLASSICAL_SHARE = 0.7

Told = Callable[[float, str], None]
Runner = Callable[[Sequence[Task], Callable[[int], None]], Iterator[Floats]]


@dataclass(frozen=True, slots=True)
class ForecastPlan:
    """What to forecast.

    Args:
        horizon: Periods ahead; None for 28 days, 13 weeks or 18 months.
        models: Further classical models to try for every item, e.g. "arima", which is slow.
        n_threads: Cores for the model over all items; more than are idle makes it far slower.
    """

    horizon: int | None = None
    models: tuple[str, ...] = ()
    n_threads: int = 1


def in_turn(tasks: Sequence[Task], on_done: Callable[[int], None]) -> Iterator[Floats]:
    """Forecast items one after the other, in this process."""
    for number, task in enumerate(tasks):
        yield item_paths(task)
        on_done(number + 1)


def make_forecast(
    histories: Sequence[ItemHistory],
    terms: Callable[[Panel], Terms],
    plan: ForecastPlan = ForecastPlan(),
    on_progress: Told = lambda share, step: None,
    run: Runner = in_turn,
) -> Forecast:
    """Forecast every item with the model that did best at past origins.

    Args:
        histories: Sales, one per item, all to the same period.
        terms: Gives costs and lead times in the order of the panel's items.
        plan: Horizon and models.
        on_progress: Told the share done and the step.
        run: Forecasts items with the classical models, here or in helpers.

    Raises:
        HistoryError: where no item can be forecast.
    """
    panel = Panel.of(histories)
    usual = HORIZONS[panel.period]
    # A short horizon is tried on whole windows too: a day or two tells models apart by chance.
    horizon = max(plan.horizon or usual, usual)
    trial = _Trial(panel, terms(panel), horizon, _origins(panel, horizon))
    paths = _all_paths(trial, plan, on_progress, run)
    on_progress(0.95, "choosing the model of each item")
    return _chosen(trial, paths).until(plan.horizon or usual)


@dataclass(frozen=True, eq=False)
class _Trial:
    """What models are tried on.

    Args:
        origins: Columns to forecast from, rising; the last is now.
    """

    panel: Panel
    terms: Terms
    horizon: int
    origins: tuple[int, ...]

    @property
    def n_windows(self) -> float:
        """Windows that do not overlap, or as many as the overlapping ones are worth."""
        window = self.panel.n_periods - self.origins[-2] if len(self.origins) > 1 else 1
        return max((self.panel.n_periods - self.origins[0]) / window, 1.0)

    @property
    def actual(self) -> Floats:
        """Sold after each past origin, NaN where unknown, [n_origins, n_items, horizon]."""
        known = np.where(self.panel.usable, self.panel.quantity, np.nan)
        padded = np.pad(known, ((0, 0), (0, self.horizon)), constant_values=np.nan)
        windows = [padded[:, origin : origin + self.horizon] for origin in self.origins[:-1]]
        return np.stack(windows) if windows else np.zeros((0, *padded[:, : self.horizon].shape))

    @property
    def scale(self) -> Floats:
        """Mean absolute step from season to season before the last window, units, [n_items]."""
        known = np.where(self.panel.usable, self.panel.quantity, np.nan)
        past = known[:, : self.origins[-2] if len(self.origins) > 1 else None]
        season = SEASONS[self.panel.period]
        step = season if past.shape[1] > 2 * season else 1
        gap = np.abs(past[:, step:] - past[:, :-step])
        count = np.isfinite(gap).sum(axis=1)
        mean = np.nansum(gap, axis=1) / np.maximum(count, 1)
        level = np.nan_to_num(np.nansum(known, axis=1) / np.maximum(self.panel.usable.sum(1), 1))
        return np.asarray(np.where(mean > 0, mean, np.maximum(level, 1e-9)))


def _origins(panel: Panel, horizon: int) -> tuple[int, ...]:
    """Return the columns to forecast from: up to three past ones, and now."""
    end, window = panel.n_periods, min(horizon, panel.n_periods // 4)
    step = min(_STEP[panel.period], max(window, 1))
    past = [end - window - step * back for back in range(_N_ORIGINS)]
    least = max(end // 3, 2)
    return (*sorted(origin for origin in past if window and origin >= least), end)


def _all_paths(trial: _Trial, plan: ForecastPlan, tell: Told, run: Runner) -> Floats:
    """Return mean and sd of all models, [n_models, n_origins, n_items, 2, horizon]."""
    panel, origins = trial.panel, trial.origins
    shape = (len(NAMES), len(origins), panel.n_items, 2, trial.horizon)
    found = np.full(shape, np.nan)
    cuts = tuple(panel.first_index + origin for origin in origins)
    pairs = zip(panel.histories, panel.classes, strict=True)
    tasks = [Task(history, kind, cuts, trial.horizon, plan.models) for history, kind in pairs]

    def on_done(n: int) -> None:
        tell(_CLASSICAL_SHARE * n / len(tasks), f"classical models: {n:,} of {len(tasks):,} items")

    for row, (task, paths) in enumerate(zip(tasks, run(tasks, on_done), strict=True)):
        found[[NAMES.index(name) for name in task.names], :, row] = paths
    tell(_CLASSICAL_SHARE, "the model over all items")
    found[NAMES.index(GLOBAL)] = _global_paths(trial, plan.n_threads)
    others = found[1:-1]
    known = np.isfinite(others)
    total, count = np.where(known, others, 0.0).sum(axis=0), known.sum(axis=0)
    found[-1] = np.where(count > 1, total / np.maximum(count, 1), np.nan)
    return found


def _global_paths(trial: _Trial, n_threads: int) -> Floats:
    """Forecast past origins with what was known at the first of them, and now with everything."""
    panel, origins = trial.panel, trial.origins
    found = np.full((len(origins), panel.n_items, 2, trial.horizon), np.nan)
    for end, targets in ((origins[0], range(len(origins) - 1)), (origins[-1], [-1])):
        model = train_global(panel, end, trial.horizon, n_threads) if len(targets) else None
        for number in targets if model is not None else ():
            assert model is not None
            found[number] = model.paths(panel, origins[number], trial.horizon)
    for row in range(panel.n_items):
        demand = panel.quantity[row, np.isfinite(panel.quantity[row])]
        found[:, row] = bounded(found[:, row], demand)
    return found


def _chosen(trial: _Trial, paths: Floats) -> Forecast:
    """Score all models, choose, and set the forecast of each item."""
    panel, actual = trial.panel, trial.actual
    past = [PastForecasts(p[:-1, :, 0], p[:-1, :, 1], actual, trial.scale) for p in paths]
    scores = [
        score(one, trial.terms, as_used=name == TODAY)
        for name, one in zip(NAMES, past, strict=True)
    ]
    error = np.stack([one.error for one in scores])
    cost = np.stack([one.cost for one in scores])
    now = paths[:, -1]
    can = np.asarray(np.isfinite(now).all(axis=(2, 3)), dtype=np.float64)
    classes = [kind.value for kind in panel.classes]
    choice = choose(error, cost, classes, trial.n_windows, can)
    records = tuple(
        item_scores(past[m], scores[m], scores[0], row) for row, m in enumerate(choice.model)
    )
    names = tuple(NAMES[m] for m in choice.model)
    told = zip(names, records, choice.is_better.tolist(), strict=True)
    mean, quantiles = _quantiles(past, now, choice)
    return Forecast(
        period=panel.period,
        start=panel.next_index,
        keys=panel.keys,
        mean=mean,
        levels=LEVELS,
        quantiles=quantiles,
        models=names,
        reasons=tuple(reason(*one, panel.period) for one in told),
        scores=records,
        is_better=tuple(choice.is_better.tolist()),
        persistence=_persistence(trial, past, choice),
        left_out=panel.left_out,
    )


def _quantiles(past: Sequence[PastForecasts], now: Floats, choice: Choice) -> tuple[Floats, Floats]:
    """Return the chosen means and their quantiles, calibrated on all past origins."""
    _, n_items, _, horizon = now.shape
    mean = np.full((n_items, horizon), np.nan)
    quantiles = np.full((len(LEVELS), n_items, horizon), np.nan)
    for model in np.unique(choice.model):
        rows = choice.model == model
        errors = np.moveaxis(past[model].errors, 2, 1).reshape(-1, n_items)
        calibration = Calibration.of(errors, past[model].signal)
        mean[rows], sd = now[model, rows, 0], now[model, rows, 1]
        signal = signal_of(mean[rows], sd) if len(sd) else np.zeros(0)
        signal = np.atleast_1d(signal)
        quantiles[:, rows] = calibration.quantiles(mean[rows], sd, signal)
    return mean, quantiles


def _persistence(trial: _Trial, past: Sequence[PastForecasts], choice: Choice) -> tuple[float, ...]:
    """Return each item's persistence: that of its model among items of its class."""
    found = np.zeros(trial.panel.n_items)
    classes = np.array([kind.value for kind in trial.panel.classes])
    for model in np.unique(choice.model):
        for kind in np.unique(classes):
            rows = np.flatnonzero((choice.model == model) & (classes == kind))
            if len(rows):
                found[rows] = persistence(past[model], trial.terms, rows)
    return tuple(found.tolist())
