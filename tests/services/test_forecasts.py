"""Forecasts as a service: many items at once, used in plans only where better, drawn as a fan."""

from __future__ import annotations

import io
import json
import sys
from contextlib import contextmanager, redirect_stdout
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.demand import ForecastDemand, demand_model_from_json
from core.demand.forecasts import Forecast, ForecastPlan, Panel
from core.domain import (
    CostRates,
    Item,
    ItemHistory,
    ItemKey,
    JobError,
    LeadTime,
    OrderRules,
    Period,
)
from core.jobs import JobStatus, run_inline
from core.services import forecasts
from core.services.assortment import build_assortment
from core.services.baselines import BASELINE, fitted_baseline
from core.services.demand_rows import demand_rows
from core.services.forecast_job import FORECAST, latest_forecast, start_forecast
from core.services.forecasts import forecast_chart, forecast_items, item_terms, with_forecasts
from core.services.workspace import load_plan_data
from core.simulator import InitialStock, SingleItemSystem, draw_scenario
from core.store import open_store

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


@contextmanager
def helpers_in_this_process(code, parts):
    """Run what helpers run, on strings in place of pipes; the last one dies before its last."""

    def answers():
        for number, part in enumerate(parts):
            out = io.StringIO()
            with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
                patch.setattr(sys, "stdin", io.StringIO(json.dumps(part)))
                exec(code, {})
            lines = out.getvalue().splitlines()
            kept = lines[:-1] if number == len(parts) - 1 else lines
            yield from ((number, json.loads(line)) for line in kept)

    yield answers()


def test_helpers_forecast_what_this_process_does(histories, forecast, monkeypatch):
    monkeypatch.setattr(forecasts, "n_helpers", lambda n_items, worth: 2)
    monkeypatch.setattr(forecasts, "side_by_side", helpers_in_this_process)
    told: list[float] = []
    there = forecast_items(
        histories, plan=ForecastPlan(horizon=6), on_progress=lambda share, step: told.append(share)
    )
    assert np.array_equal(there.mean, forecast.mean)
    assert np.array_equal(there.quantiles, forecast.quantiles)
    assert there.models == forecast.models
    assert len(told) >= 5


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


def test_without_sales_there_is_nothing_to_forecast(var_dir):
    empty = open_store(var_dir)
    with pytest.raises(JobError, match=r"no sales to forecast\. Bring them in on the Data page"):
        start_forecast(empty)
    empty.close()


def test_a_job_keeps_the_forecast_and_plans_can_be_made_on_it(store):
    data = load_plan_data(store)
    assert data is not None
    assert latest_forecast(store, data) is None
    done = run_inline(store, FORECAST, {"horizon": 7})
    assert done.status is JobStatus.DONE
    assert done.result is not None
    assert done.result["items"] + done.result["left_out"] == len(data.items)
    found = latest_forecast(store, data)
    assert found is not None
    assert (found.start, found.horizon) == (data.today_index, 7)
    assert sum(done.result["models"].values()) == done.result["items"]
    assert done.result["better"] == sum(found.is_better)

    everywhere = replace(found, is_better=(True,) * len(found.keys))
    assortment = build_assortment(data, store, forecast=everywhere)
    assert all(isinstance(problem.demand, ForecastDemand) for problem in assortment.problems)
    assert all("forecast: " in plan.demand_label for plan in assortment.planned)
    policy = fitted_baseline(assortment, BASELINE, store)
    system, scenario = (
        SingleItemSystem(assortment.problems, 1),
        draw_scenario(assortment.problems, 1, 1, 1),
    )
    empty = InitialStock(torch.zeros(len(assortment.problems)))
    order = policy.act(system.observe(system.start(empty), scenario))
    assert order.shape == (len(assortment.planned),)
    assert (order >= 0).all()
    assert order.max() > 0
    without = build_assortment(data, store)
    assert not any(isinstance(problem.demand, ForecastDemand) for problem in without.problems)
