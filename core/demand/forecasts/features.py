"""What the model over all items looks at: the item's own past, scaled, and the calendar."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demand.forecasts.panel import SEASONS, Panel
from core.demand.protocol import Floats
from core.domain import Period

Ints = npt.NDArray[np.int64]

_WINDOWS = {
    Period.DAY: (7, 28, 91, 364),
    Period.WEEK: (4, 13, 26, 52),
    Period.MONTH: (3, 6, 12, 24),
}
_N_RECENT = {Period.DAY: 14, Period.WEEK: 8, Period.MONTH: 24}
_SCALE_PERIODS = {Period.DAY: 182, Period.WEEK: 52, Period.MONTH: 24}
_YEAR = {Period.DAY: 364, Period.WEEK: 52, Period.MONTH: 12}
_YEAR_MARGIN = {Period.DAY: 3, Period.WEEK: 1, Period.MONTH: 0}
_N_SEASONS = 4


@dataclass(frozen=True, eq=False)
class Rows:
    """Some items seen from one origin, for every period of the horizon.

    Args:
        values: Features, NaN where unknown, shape [n_rows * horizon, n_features].
        base: A plain forecast to correct, over the item's scale, shape [n_rows, horizon].
        scale: Units, above 0, shape [n_rows].
    """

    values: Floats
    base: Floats
    scale: Floats


def rows_at(panel: Panel, rows: Ints, origin: int, horizon: int) -> Rows:
    """Describe items as they stood before column ``origin``; nothing later is looked at.

    Args:
        panel: The sales.
        rows: Which items, shape [n_rows].
        origin: First column to forecast.
        horizon: Periods ahead.
    """
    past = panel.quantity[rows, :origin]
    with warnings.catch_warnings():
        # An item not yet listed has no mean.
        warnings.filterwarnings("ignore", "Mean of empty slice", RuntimeWarning)
        scale = np.sqrt(np.nanmean(_last(past, _SCALE_PERIODS[panel.period]) ** 2, axis=1))
        scale = np.where(scale > 0, scale, 1.0)
        past = past / scale[:, None]
        own, base = _of_item(panel.period, past), _by_phase(past, panel.period, horizon)
    cells = np.broadcast_to(own[:, None, :], (len(rows), horizon, own.shape[1]))
    when = _calendar(panel.period, panel.first_index + origin, horizon)
    calendar = np.broadcast_to(when, (len(rows), *when.shape))
    values = np.concatenate([cells, base, calendar], axis=2)
    return Rows(values.reshape(-1, values.shape[2]), _plain(own, base), scale)


def _plain(own: Floats, base: Floats) -> Floats:
    """Return the mean at this point of the season; before a first season, the latest mean."""
    return np.nan_to_num(np.where(np.isfinite(base[:, :, 0]), base[:, :, 0], own[:, :1]))


def _last(past: Floats, n: int) -> Floats:
    """Return the last ``n`` columns, NaN where there are none."""
    short = max(0, n - past.shape[1])
    return np.pad(past, ((0, 0), (short, 0)), constant_values=np.nan)[:, -n:]


def _of_item(period: Period, past: Floats) -> Floats:
    """Return what is the same for the whole horizon: means, swing, gaps, age, latest sales."""
    means = [np.nanmean(_last(past, n), axis=1) for n in _WINDOWS[period]]
    year = _last(past, _WINDOWS[period][-1])
    share_zero = np.nanmean(np.where(np.isnan(year), np.nan, year == 0), axis=1)
    since = np.where((year > 0).any(axis=1), (year[:, ::-1] > 0).argmax(axis=1), year.shape[1])
    age = np.isfinite(past).sum(axis=1)
    recent = _last(past, _N_RECENT[period])
    return np.column_stack([*means, share_zero, since, age, recent])


def _by_phase(past: Floats, period: Period, horizon: int) -> Floats:
    """Return what was sold at the same point of the season and of the year, [n, horizon, k]."""
    season, year, margin = SEASONS[period], _YEAR[period], _YEAR_MARGIN[period]
    ahead = np.arange(horizon)
    back = season * (ahead // season + 1)
    lags = [_at(past, ahead - back - season * cycle) for cycle in range(_N_SEASONS)]
    base = np.nanmean(lags[:2] if season == year else lags, axis=0)
    beside = range(-margin, margin + 1)
    turns = year * (ahead // year + 1)
    last_year = np.nanmean([_at(past, ahead - turns + days) for days in beside], axis=0)
    return np.stack([base, lags[0], lags[1], last_year], axis=2)


def _at(past: Floats, offset: Ints) -> Floats:
    """Return columns counted from the origin (-1 is the latest); NaN outside the past."""
    column = past.shape[1] + offset
    inside = (column >= 0) & (column < past.shape[1])
    return np.where(inside, past[:, np.where(inside, column, 0)], np.nan)


def _calendar(period: Period, start: int, horizon: int) -> Floats:
    """Return step, weekday and place in the year of each period ahead, [horizon, 4]."""
    index = np.arange(start, start + horizon)
    day = period.start(index)
    since = (day - day.astype("datetime64[Y]")).astype(np.float64)
    angle = 2 * np.pi * since / 365.25
    weekday = (index + 3) % 7 if period is Period.DAY else np.zeros(horizon)
    return np.column_stack([np.arange(horizon), weekday, np.sin(angle), np.cos(angle)])
