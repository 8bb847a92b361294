"""Forecasts as a service: many items at once, used in plans only where better, drawn as a fan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.demand import ForecastDemand, demand_model_from_json
from core.demand.forecasts import Forecast, ForecastPlan, Panel, common_terms, make_forecast
from core.domain import CostRates, Item, ItemHistory, ItemKey, LeadTime, OrderRules, Period
from core.services import forecasts
from core.services.demand_rows import demand_rows
from core.services.forecasts import forecast_chart, forecast_items, item_terms, with_forecasts

END = 600


def monthly(name, quantity) -> ItemHistory:
    quantity = np.asarray(quantity, dtype=np.float64)
    in_stock = np.ones(len(quantity), dtype=bool)
    return ItemHistory(ItemKey(name), Period.MONTH, END - len(quantity), quantity, in_stock)


@pytest.fixture(scope="module")
def histories() -> list[ItemHistory]:
    """Five items that grow steadily, so that a level is wrong."""
    rng, month = np.random.default_rng(0), np.arange(60)
    return [monthly(f"item {k}", np.round(20 + 3 * month + rng.normal(0, 3, 60))) for k in range(5)]


@pytest.fixture(scope="module")
def forecast(histories) -> Forecast:
    return forecast_items(histories, plan=ForecastPlan(horizon=6))


def test_helpers_forecast_what_this_process_would(histories, forecast, monkeypatch):
    monkeypatch.setattr(forecasts, "_WORTH_A_HELPER", 1)
    monkeypatch.setattr(forecasts, "n_helpers", lambda n_items, worth: 2)
    told: list[float] = []
    there = forecast_items(
        histories, plan=ForecastPlan(horizon=6), on_progress=lambda share, step: told.append(share)
    )
    here = make_forecast(histories, common_terms, ForecastPlan(horizon=6))
    assert np.array_equal(there.mean, here.mean)
    assert np.array_equal(there.quantiles, here.quantiles)
    assert len(told) >= 6
    assert here.models == forecast.models


def test_the_items_own_costs_and_lead_times_are_used(histories):
    item = Item(histories[1].key, CostRates(0.5, 7.0), LeadTime(2.4), OrderRules(review_period=3))
    terms = item_terms(Panel.of(histories), [item])
    assert terms.protection.tolist() == [2, 6, 2, 2, 2]
    assert terms.holding_cost[1] == 0.5
    assert terms.ratio == pytest.approx([0.9, 7 / 7.5, 0.9, 0.9, 0.9])


def test_plans_use_a_forecast_only_where_it_is_better(histories, forecast):
    never = monthly("never", np.zeros(60))
    every = [*histories, never]
    rows = demand_rows(every)
    mixed = replace(forecast, is_better=(True, False, True, True, True))
    found = with_forecasts(rows, every, mixed)
    assert found[1] == rows[1]
    assert found[5] == rows[5]
    assert "problem" in found[5]
    for place in (0, 2, 3, 4):
        model = demand_model_from_json(found[place]["model"])
        assert isinstance(model, ForecastDemand)
        assert model.mean(END, 6) == pytest.approx(forecast.mean[place])
        assert model.whole_units
        assert found[place]["label"].startswith("forecast: ")
        assert found[place]["class"] == rows[place]["class"]


def test_growth_makes_the_forecast_better_than_a_level(forecast):
    assert all(forecast.is_better)


def test_the_fan_holds_history_and_nested_bands(histories, forecast):
    chart = forecast_chart(histories[0], forecast, n_past=24)
    assert chart.sold.tolist() == histories[0].quantity[-24:].tolist()
    assert chart.dates[-1] < chart.ahead[0]
    assert np.diff(chart.ahead.astype("datetime64[M]").astype(int)).tolist() == [1] * 5
    assert [round(share, 2) for share, _, _ in chart.bands] == [0.9, 0.8, 0.5]
    lows, highs = (np.array([band[edge] for band in chart.bands]) for edge in (1, 2))
    assert (np.diff(lows, axis=0) >= 0).all()
    assert (np.diff(highs, axis=0) <= 0).all()
    assert (chart.mean >= lows[-1]).all()
    assert len(forecast_chart(histories[0], forecast).sold) == 60
