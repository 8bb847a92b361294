"""Forecasts: classical models and one over all items, chosen by their record, with quantiles."""

from core.demand.forecasts.demand import common_terms, forecast_demand
from core.demand.forecasts.make import HORIZONS, ForecastPlan, in_turn, make_forecast
from core.demand.forecasts.panel import Panel
from core.demand.forecasts.paths import TODAY, Task, item_paths
from core.demand.forecasts.record import LABELS, NAMES
from core.demand.forecasts.scores import Terms
from core.demand.forecasts.value import Forecast, ItemScores

__all__ = [
    "HORIZONS",
    "LABELS",
    "NAMES",
    "TODAY",
    "Forecast",
    "ForecastPlan",
    "ItemScores",
    "Panel",
    "Task",
    "Terms",
    "common_terms",
    "forecast_demand",
    "in_turn",
    "item_paths",
    "make_forecast",
]
