"""The parts of a forecast: what is filled in, calibrated, scored and chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.demand.forecasts.calibration import LEVELS, Calibration
from core.demand.forecasts.choice import choose
from core.demand.forecasts.classical import CLASSICAL, MENU, classical_path
from core.demand.forecasts.features import rows_at
from core.demand.forecasts.panel import Panel, listed_demand
from core.demand.forecasts.scores import PastForecasts, Terms, persistence, score
from core.demand.profile import DemandClass
from core.domain import HistoryError, ItemHistory, ItemKey, Period

END = 600


def monthly(name, quantity, in_stock=None, end=END) -> ItemHistory:
    quantity = np.asarray(quantity, dtype=np.float64)
    in_stock = np.ones(len(quantity), dtype=bool) if in_stock is None else np.asarray(in_stock)
    return ItemHistory(ItemKey(name), Period.MONTH, end - len(quantity), quantity, in_stock)


def test_a_stock_out_gets_the_demand_of_its_season_and_never_counts_as_none():
    """July sells 30, every other month 10; one July was out of stock."""
    sold = np.tile([10.0] * 6 + [30.0] + [10.0] * 5, 4)
    in_stock = np.ones(48, dtype=bool)
    in_stock[[18, 20]] = False
    sold[[18, 20]] = 0.0, 14.0
    filled, known = listed_demand(monthly("A", sold, in_stock))
    assert filled[18] == 30.0
    assert filled[20] == 14.0  # more was sold than expected: that much was asked for
    assert np.array_equal(known, in_stock)
    assert np.array_equal(filled[known], sold[known])


def test_a_panel_cuts_what_was_not_listed_and_says_who_is_left_out():
    late = monthly("late", [0.0] * 30 + [5.0, 6.0] * 10)
    panel = Panel.of([late, monthly("long", np.arange(60.0) + 1), monthly("never", np.zeros(9))])
    assert [key.item for key in panel.keys] == ["late", "long"]
    assert "Nothing was sold in any month in stock" in panel.left_out[ItemKey("never")]
    assert np.isnan(panel.quantity[0, :40]).all()
    assert panel.quantity[0, 40:].tolist() == [5.0, 6.0] * 10
    assert panel.first_index == END - 60


def test_a_panel_needs_one_end_and_one_item():
    with pytest.raises(HistoryError, match="end in the same period"):
        Panel.of([monthly("A", [1.0, 2.0]), monthly("B", [1.0, 2.0], end=END + 1)])
    with pytest.raises(HistoryError, match="No item can be forecast, got 1"):
        Panel.of([monthly("A", [0.0, 0.0])])


@pytest.mark.parametrize("name", CLASSICAL)
def test_every_classical_model_forecasts_a_season_without_warning(name):
    season = np.tile([8.0, 9, 10, 11, 12, 13, 13, 12, 11, 10, 9, 8], 4)
    demand = season + np.random.default_rng(0).normal(0, 0.3, 48)
    mean, sd = classical_path(name, demand, 12, 12, Period.MONTH)
    assert mean.shape == sd.shape == (12,)
    assert np.isfinite(mean).all()
    assert (sd > 0).all()
    follows = name not in {"croston", "sba", "tsb"}
    assert np.abs(mean - season[:12]).max() < (1.0 if follows else 4.0)


@pytest.mark.parametrize("name", sorted({name for menu in MENU.values() for name in menu}))
@pytest.mark.parametrize("demand", [[1.0], [0.0, 3.0], [5.0] * 9, [0.0] * 30 + [4.0]])
def test_hardly_any_sales_give_a_forecast_or_none_and_never_an_error(name, demand):
    found = classical_path(name, np.array(demand), 12, 6, Period.MONTH)
    assert found.shape == (2, 6)


def test_every_class_has_a_menu_of_known_models():
    assert set(MENU) == set(DemandClass) - {DemandClass.NONE}
    assert {name for menu in MENU.values() for name in menu} <= set(CLASSICAL)


def test_calibrated_quantiles_cover_skewed_sales_and_never_cross():
    rng = np.random.default_rng(1)
    past, future = rng.exponential(1.0, (300, 40)) - 1, rng.exponential(1.0, (2000, 40)) - 1
    calibration = Calibration.of(past, np.ones(40))
    quantiles = calibration.quantiles(np.ones((40, 1)), np.ones((40, 1)), np.ones(40))[:, :, 0]
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert (quantiles >= 0).all()
    for level, quantile in zip(LEVELS, quantiles, strict=True):
        assert np.mean(1 + future <= quantile) == pytest.approx(level, abs=0.012)


def test_steady_and_rare_sellers_are_calibrated_apart():
    rng = np.random.default_rng(2)
    narrow, wide = rng.normal(0, 0.5, (400, 20)), rng.normal(0, 2.0, (400, 20))
    signal = np.repeat([0.3, 5.0], 20)
    calibration = Calibration.of(np.hstack([narrow, wide]), signal)
    found = calibration.at(np.full(40, 0.9), signal)
    assert found[:20] == pytest.approx(0.5 * 1.2816, abs=0.15)
    assert found[20:] == pytest.approx(2.0 * 1.2816, abs=0.3)


def test_without_past_errors_the_normal_distribution_is_used():
    calibration = Calibration.of(np.full((3, 2), np.nan), np.ones(2))
    assert calibration.at(np.array([0.5, 0.9]), np.ones(2)) == pytest.approx([0, 1.2816], abs=0.01)


TERMS = Terms(np.ones(30), np.full(30, 9.0), np.full(30, 2))


def past_of(mean, actual, sd=2.0) -> PastForecasts:
    return PastForecasts(mean, np.full(mean.shape, sd), actual, np.ones(mean.shape[1]))


def test_scores_put_the_true_forecast_before_a_biased_and_a_noisy_one():
    rng = np.random.default_rng(3)
    truth = rng.uniform(10, 20, (3, 30, 8))
    actual = truth + rng.normal(0, 2, truth.shape)
    true, biased, noisy = (
        score(past_of(mean, actual), TERMS)
        for mean in (truth, truth + 3, truth + rng.normal(0, 4, truth.shape))
    )
    for other in (biased, noisy):
        assert true.error.mean() < 0.9 * other.error.mean()
    assert true.cost.mean() < 0.8 * noisy.cost.mean()
    # A bias that has shown itself is calibrated away where money is concerned.
    assert true.cost.mean() < biased.cost.mean() < noisy.cost.mean()


def test_the_cost_is_the_newsvendors():
    """Errors of whole intervals are N(0, 2 x 4): cost (h + p) sd phi(z) at the critical ratio."""
    rng = np.random.default_rng(4)
    mean = np.full((3, 30, 8), 100.0)
    runs = [score(past_of(mean, mean + rng.normal(0, 2, mean.shape)), TERMS) for _ in range(10)]
    optimum = 10 * np.sqrt(8) * np.exp(-(1.2816**2) / 2) / np.sqrt(2 * np.pi)
    assert np.mean([run.cost.mean() for run in runs]) == pytest.approx(optimum, rel=0.05)


def test_what_was_not_known_has_no_score():
    mean = np.full((2, 30, 8), 100.0)
    actual = mean + np.random.default_rng(5).normal(0, 2, mean.shape)
    actual[:, 4] = np.nan
    mean[1, 7] = np.nan
    found = score(past_of(mean, actual), TERMS)
    assert np.isnan(found.error[:, 4]).all()
    assert np.isnan(found.cost[1, 7])
    assert np.isfinite(found.error[:, 5]).all()


def test_errors_that_last_are_told_from_errors_that_do_not():
    rng, share = np.random.default_rng(6), 0.6
    errors = np.zeros((3, 200, 12))
    errors[:, :, 0] = rng.normal(0, 1, (3, 200))
    for t in range(1, 12):
        new = rng.normal(0, 1, (3, 200))
        errors[:, :, t] = share * errors[:, :, t - 1] + np.sqrt(1 - share**2) * new
    rows, mean = np.arange(200), np.full(errors.shape, 50.0)
    terms = Terms(np.ones(200), np.ones(200), np.full(200, 4))
    lasting = past_of(mean, mean + errors, 1.0)
    assert persistence(lasting, terms, rows) == pytest.approx(share, abs=0.05)
    passing = replace(lasting, actual=mean + rng.normal(0, 1, errors.shape))
    assert persistence(passing, terms, rows) == pytest.approx(0.0, abs=0.05)


def choices(gain, seed, n=60):
    """Two models with noisy scores; the second is better by ``gain``, one number per item."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(10, 1.0, (2, 3, n))
    scores[1] -= gain
    return choose(scores, scores, ["smooth"] * n, 3.0, np.ones((2, n)))


def test_a_model_that_is_better_for_all_is_chosen_for_all():
    choice = choices(np.full(60, 1.5), 0)
    assert (choice.model == 1).all()
    assert choice.is_better.all()


def test_without_a_difference_hardly_any_item_is_said_to_be_better():
    share = [choices(np.zeros(60), seed).is_better.mean() for seed in range(20)]
    assert np.mean(share) < 0.2


def test_items_that_really_differ_get_different_models():
    gain = np.repeat([4.0, -4.0], 30)
    choice = choices(gain, 1)
    assert (choice.model == (gain > 0)).mean() > 0.95
    assert choice.is_better[:30].mean() > 0.95
    assert not choice.is_better[30:].any()


def test_an_item_without_a_record_gets_the_model_of_its_class():
    scores = np.random.default_rng(2).normal(10, 0.5, (2, 3, 40))
    scores[1] -= 2
    scores[:, :, 0] = np.nan
    choice = choose(scores, scores, ["lumpy"] * 40, 3.0, np.ones((2, 40)))
    assert choice.model[0] == 1
    cannot = np.ones((2, 40))
    cannot[1, 3] = 0
    assert choose(scores, scores, ["lumpy"] * 40, 3.0, cannot).model[3] == 0


@pytest.mark.parametrize("period", Period)
def test_features_see_nothing_after_the_origin(period):
    rng = np.random.default_rng(7)
    past, n = rng.poisson(5, 400).astype(float), 390
    other = np.concatenate([past[:n], past[n:] + 100])
    ends = [
        Panel.of([ItemHistory(ItemKey("A"), period, 100, sold, np.ones(400, dtype=bool))])
        for sold in (past, other)
    ]
    first, second = (rows_at(panel, np.array([0]), n, 10) for panel in ends)
    assert np.array_equal(first.values, second.values, equal_nan=True)
    assert np.array_equal(first.base, second.base)
    assert first.scale == second.scale
