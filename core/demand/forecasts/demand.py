"""From a forecast to the demand model that plans use."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.demand.forecast import ForecastDemand, path_rows
from core.demand.forecasts.make import make_forecast
from core.demand.forecasts.panel import SEASONS, Panel
from core.demand.forecasts.scores import Terms
from core.demand.forecasts.value import Forecast
from core.demand.observations import observe
from core.demand.protocol import Floats
from core.demand.seasonality import Season, fit_season, year_chance
from core.domain import ItemHistory, Period

_SEASON_CHANCE = 0.01
_MOST_CYCLES = 4
# Costs and cover of an item that nobody has described yet.
_RATIO, _PROTECTION = 9.0, {Period.DAY: 8, Period.WEEK: 3, Period.MONTH: 2}


def forecast_demand(forecast: Forecast, row: int, history: ItemHistory) -> ForecastDemand:
    """Return demand that follows an item's forecast and goes on with its season.

    Args:
        forecast: Of many items.
        row: The item's place in it.
        history: The item's sales, for its yearly season and whether it sells in whole units.
    """
    return ForecastDemand(**_fields(forecast, row, history))


def fit_alone(history: ItemHistory) -> dict[str, Any]:
    """Forecast one item on its own, at common costs; return its demand model's fields."""
    return _fields(make_forecast([history], common_terms), 0, history)


def common_terms(panel: Panel) -> Terms:
    """Return terms for items that nobody has described: shortage costs nine times holding."""
    one = np.ones(panel.n_items)
    protection = np.full(panel.n_items, _PROTECTION[panel.period], dtype=np.int64)
    return Terms(one, _RATIO * one, protection)


def _fields(forecast: Forecast, row: int, history: ItemHistory) -> dict[str, Any]:
    season = _yearly(history, forecast)
    mean, quantiles = forecast.mean[row], forecast.quantiles[:, row]
    cycle = _cycle(forecast)
    tail, spread = _tail(mean, quantiles, season.factors(forecast.start, len(mean)), cycle)
    means, levels, ratios = path_rows(
        np.concatenate([mean, tail]), np.hstack([quantiles, spread]), forecast.levels
    )
    return {
        "start": forecast.start,
        "means": means,
        "levels": levels,
        "ratios": ratios,
        "cycle": cycle,
        "season": season,
        "persistence": forecast.persistence[row],
        "whole_units": observe(history).whole_units,
    }


def _cycle(forecast: Forecast) -> int:
    """Return the season's periods where the horizon holds a whole one, else 1."""
    season = SEASONS[forecast.period]
    return season if forecast.horizon >= season else 1


def _yearly(history: ItemHistory, forecast: Forecast) -> Season:
    """Return the yearly pattern that the forecast's cycle cannot hold; none where it can."""
    seen = observe(history)
    where = (seen.period, seen.index, seen.quantity)
    is_held = forecast.horizon >= seen.period.per_year - 1
    if is_held or seen.years < 1.5 or year_chance(*where) >= _SEASON_CHANCE:
        return Season(seen.period)
    return fit_season(*where, weekday=False, year=True)


def _tail(mean: Floats, quantiles: Floats, factors: Floats, cycle: int) -> tuple[Floats, Floats]:
    """Average the last cycles of the forecast by phase, the yearly pattern taken out."""
    n = min(len(mean) // cycle, _MOST_CYCLES if cycle > 1 else len(mean))
    level = (mean / factors)[-n * cycle :].reshape(n, cycle).mean(axis=0)
    wide = (quantiles / factors)[:, -n * cycle :].reshape(len(quantiles), n, cycle).mean(axis=1)
    # Rows continue from the horizon's end, which need not be a whole number of cycles in.
    return level, wide
