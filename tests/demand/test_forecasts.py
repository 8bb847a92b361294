"""Forecasts as a whole: right where there is something to foresee, modest where there is not."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.demand import ForecastDemand, choose_model, demand_model_from_json
from core.demand.forecasts import (
    LABELS,
    NAMES,
    Forecast,
    ForecastPlan,
    Panel,
    common_terms,
    forecast_demand,
    make_forecast,
)
from core.demand.forecasts.classical import classical_path
from core.demand.forecasts.global_model import train_global
from core.domain import HistoryError, ItemHistory, ItemKey, ParameterError, Period, UnknownNameError

M3 = Path(__file__).parents[2].parent / "shared" / "data" / "m3_monthly_micro_industry_long.csv"
END = 600


def monthly(name, quantity) -> ItemHistory:
    quantity = np.asarray(quantity, dtype=np.float64)
    in_stock = np.ones(len(quantity), dtype=bool)
    return ItemHistory(ItemKey(name), Period.MONTH, END - len(quantity), quantity, in_stock)


@pytest.fixture(scope="module")
def growing() -> tuple[list[ItemHistory], np.ndarray]:
    """Six items that grow by 1 a month with a season; 96 months known, 12 to come."""
    rng, month = np.random.default_rng(0), np.arange(108)
    season = 1 + 0.3 * np.sin(2 * np.pi * month / 12)
    truth = (40 + month) * season * rng.uniform(0.5, 5, 6)[:, None]
    sold = truth * np.exp(rng.normal(0, 0.04, truth.shape))
    return [monthly(f"item {k}", row[:96]) for k, row in enumerate(sold)], truth[:, 96:]


@pytest.fixture(scope="module")
def forecast(growing) -> Forecast:
    told: list[float] = []
    plan = ForecastPlan(horizon=12)
    found = make_forecast(growing[0], common_terms, plan, lambda share, step: told.append(share))
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < 1
    return found


def test_growth_and_season_are_foreseen_and_plans_use_it(forecast, growing):
    error = np.abs(forecast.mean / growing[1] - 1).mean()
    without = [choose_model(h).model.mean(END, 12) for h in growing[0]]
    assert error < 0.05
    assert error < 0.3 * np.abs(np.array(without) / growing[1] - 1).mean()
    assert np.mean(forecast.is_better) == 1.0
    assert set(forecast.models) <= set(NAMES)
    for reason, model in zip(forecast.reasons, forecast.models, strict=True):
        assert reason.lower().startswith(LABELS[model].lower())
        assert "% less" in reason


def test_quantiles_rise_stay_positive_and_hold_the_truth(forecast, growing):
    assert (np.diff(forecast.quantiles, axis=0) >= 0).all()
    assert (forecast.quantiles >= 0).all()
    low, high = (forecast.quantiles[forecast.levels.index(level)] for level in (0.05, 0.95))
    assert np.mean((growing[1] >= low) & (growing[1] <= high)) > 0.85
    assert np.mean(high / low - 1) < 0.6


def test_a_forecast_is_stored_exactly(forecast):
    back = Forecast.from_parquet(forecast.to_parquet())
    assert np.array_equal(back.mean, forecast.mean)
    assert np.array_equal(back.quantiles, forecast.quantiles)
    for name in ("period", "start", "keys", "levels", "models", "reasons", "scores"):
        assert getattr(back, name) == getattr(forecast, name)
    assert back.is_better == forecast.is_better
    assert back.persistence == forecast.persistence
    without = replace(forecast, left_out={ItemKey("B", "x"): "never sold"})
    assert Forecast.from_parquet(without.to_parquet()).left_out == without.left_out


def test_what_is_no_forecast_is_refused_in_words():
    with pytest.raises(ParameterError, match="This is no stored forecast"):
        Forecast.from_parquet(b"PAR1 but not really")


def test_an_item_is_found_or_said_why_not(forecast):
    assert forecast.row(ItemKey("item 3")) == 3
    with pytest.raises(UnknownNameError, match="Did you mean 'item 3'"):
        forecast.row(ItemKey("item 33"))
    without = replace(forecast, left_out={ItemKey("B"): "never sold"})
    with pytest.raises(HistoryError, match="never sold for item B"):
        without.row(ItemKey("B"))


def test_the_same_sales_give_the_same_forecast(growing):
    one, again = (make_forecast(growing[0][:2], common_terms, ForecastPlan(6)) for _ in range(2))
    assert np.array_equal(again.mean, one.mean)
    assert np.array_equal(again.quantiles, one.quantiles)


def test_demand_follows_the_forecast_and_goes_on_with_its_season(forecast, growing):
    demand = forecast_demand(forecast, 2, growing[0][2])
    assert demand.mean(END, 12) == pytest.approx(forecast.mean[2])
    assert not demand.whole_units
    year = demand.mean(END + 12, 12)
    assert demand.mean(END + 36, 12) == pytest.approx(year)
    assert np.corrcoef(year, forecast.mean[2])[0, 1] > 0.99
    draws = demand.sample(np.random.default_rng(0), 20_000, 12, END)
    middle = np.quantile(draws, 0.5, axis=0)
    assert middle == pytest.approx(forecast.quantiles[forecast.levels.index(0.5), 2], rel=0.05)
    assert demand_model_from_json(demand.to_json()) == demand


def test_errors_that_last_widen_the_demand_of_a_lead_time(forecast, growing):
    demand = forecast_demand(forecast, 0, growing[0][0])
    apart, lasting = (
        replace(demand, persistence=share).sample(np.random.default_rng(1), 20_000, 6, END)
        for share in (0.0, 0.8)
    )
    assert lasting.std(axis=0) == pytest.approx(apart.std(axis=0), rel=0.03)
    assert lasting.sum(axis=1).std() > 1.7 * apart.sum(axis=1).std()


def test_one_item_can_be_fitted_alone(growing):
    demand = ForecastDemand.fit(growing[0][0])
    assert demand.start == END
    assert demand.mean(END, 12) == pytest.approx(growing[1][0], rel=0.25)
    with pytest.raises(HistoryError):
        ForecastDemand.fit(monthly("never", np.zeros(20)))


def test_sales_without_a_pattern_hardly_ever_change_the_plan():
    rng = np.random.default_rng(5)
    level = rng.uniform(2, 30, 12)
    histories = [monthly(f"item {k}", rng.poisson(m, 60)) for k, m in enumerate(level)]
    forecast = make_forecast(histories, common_terms, ForecastPlan(horizon=6))
    assert np.mean(forecast.is_better) <= 0.25
    assert forecast.mean.mean(axis=1) == pytest.approx(level, rel=0.35)


def test_short_and_new_items_get_a_forecast_from_items_like_them(growing):
    new = monthly("new", [3.0, 5.0, 4.0, 6.0])
    forecast = make_forecast([*growing[0][:5], new], common_terms, ForecastPlan(horizon=6))
    row = forecast.row(ItemKey("new"))
    assert np.isfinite(forecast.quantiles[:, row]).all()
    assert forecast.scores[row].windows == 0
    assert "too few months" in forecast.reasons[row]
    assert not forecast.is_better[row]
    assert 1 < forecast.mean[row].mean() < 20


def test_the_model_over_all_items_learns_what_one_item_cannot_show():
    """Sales double after every month of three sales or less: seen in the panel, rare in an item."""
    rng = np.random.default_rng(8)
    sold = np.zeros((80, 72))
    sold[:, 0] = rng.uniform(5, 10, 80)
    for t in range(1, 72):
        quiet = rng.random(80) < 0.15
        sold[:, t] = np.where(sold[:, t - 1] < 3, 16, np.where(quiet, 2, rng.uniform(7, 9, 80)))
    panel = Panel.of([monthly(f"item {k}", row) for k, row in enumerate(sold)])
    model = train_global(panel, 60, 1, 1)
    assert model is not None
    mean = np.array([model.paths(panel, origin, 1)[:, 0, 0] for origin in range(60, 72)])
    after_quiet = sold[:, 59:71].T < 3
    assert after_quiet.any()
    assert mean[after_quiet] == pytest.approx(16, abs=4)
    assert mean[~after_quiet].mean() == pytest.approx(7.1, abs=1.0)


def test_too_few_sales_train_no_model_over_all_items():
    assert train_global(Panel.of([monthly("A", np.arange(30.0))]), 30, 6, 1) is None


@pytest.mark.skipif(not M3.exists(), reason="the real data file is not here")
def test_the_mix_does_not_lose_to_the_librarys_own_choice_on_real_series():
    """Every fourteenth series; the whole file is measured by the benchmark."""
    histories, actual = [], []
    for name, rows in list(_series().items())[::14]:
        known = [float(row["value"]) for row in rows if row["part"] == "train"]
        actual.append([float(row["value"]) for row in rows if row["part"] == "test"])
        histories.append(monthly(name, known))
    forecast = make_forecast(histories, common_terms)
    ets = [classical_path("ets", h.quantity, 12, 18, Period.MONTH)[0] for h in histories]
    scale = [np.abs(h.quantity[12:] - h.quantity[:-12]).mean() for h in histories]
    truth = np.array(actual)
    mix, single = (
        np.mean(np.abs(mean - truth).mean(axis=1) / scale)
        for mean in (forecast.mean, np.array(ets))
    )
    assert mix <= single
    low, high = (forecast.quantiles[forecast.levels.index(level)] for level in (0.1, 0.9))
    assert 0.65 < np.mean((truth >= low) & (truth <= high)) < 0.93


def _series() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    with M3.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["series"], []).append(row)
    return found
