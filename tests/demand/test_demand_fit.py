"""Fits recover what was planted, and are not fooled by what stock-outs hide."""

from __future__ import annotations

import numpy as np
import pytest

from core.demand import (
    EmpiricalDemand,
    FitPlan,
    GammaDemand,
    NegativeBinomialDemand,
    PoissonDemand,
)
from core.demand.registry import FAMILIES as ALL_FAMILIES
from core.domain import HistoryError, Period

WEEKDAY = np.array([1.3, 0.9, 0.8, 0.9, 1.1, 1.5, 0.5])  # Monday first, mean 1
FAMILIES = pytest.mark.parametrize("family", ALL_FAMILIES.values(), ids=ALL_FAMILIES)


def test_poisson_rate_and_variance_are_recovered_by_both_count_families(make_history):
    history = make_history(np.random.default_rng(0).poisson(10, 2000))
    for family in (PoissonDemand, NegativeBinomialDemand):
        model = family.fit(history)
        assert model.mean(0, 1)[0] == pytest.approx(10, rel=0.02)
        assert model.sd(0, 1)[0] ** 2 == pytest.approx(10, rel=0.1)


@pytest.mark.parametrize("family", [NegativeBinomialDemand, GammaDemand, EmpiricalDemand])
def test_variance_of_overdispersed_sales_is_recovered(family, make_history, negative_binomial):
    variances = []
    for seed in range(5):
        model = family.fit(make_history(negative_binomial(np.full(2000, 10.0), 2.0, seed)))
        variances.append(model.sd(0, 1)[0] ** 2)
    assert np.mean(variances) == pytest.approx(10 + 100 / 2, rel=0.05)


def test_gamma_shape_and_zeros_are_recovered(make_history):
    rng = np.random.default_rng(0)
    quantity = rng.gamma(3.0, 2.0, 4000) * (rng.random(4000) > 0.25)
    model = GammaDemand.fit(make_history(quantity))
    assert not model.whole_units
    assert model.shape == pytest.approx(3.0, rel=0.08)
    assert model.zero_share == pytest.approx(0.25, abs=0.02)
    assert model.level == pytest.approx(0.75 * 6.0, rel=0.03)


def test_empirical_redraws_exactly_the_history(make_history):
    quantity = np.tile([0.0, 0.0, 3.0, 8.0], 30)
    chance = EmpiricalDemand.fit(make_history(quantity)).pmf(0)
    assert chance[[0, 3, 8]] == pytest.approx([0.5, 0.25, 0.25], abs=1e-12)


@FAMILIES
def test_weekday_factors_are_recovered(family, make_history, negative_binomial):
    mean = 20 * np.tile(WEEKDAY, 104)
    model = family.fit(make_history(negative_binomial(mean, 5.0, 1)), FitPlan(weekday=True))
    assert model.season.weekday == pytest.approx(WEEKDAY, abs=0.12)
    assert np.mean(model.season.weekday) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("period", Period)
def test_the_yearly_pattern_is_recovered_and_has_mean_one(period, make_history, negative_binomial):
    n = round(3 * period.per_year)
    wave = 1 + 0.5 * np.sin(2 * np.pi * np.arange(n) / period.per_year)  # starts in January
    history = make_history(negative_binomial(600 * wave, 150.0, 2), period)
    season = NegativeBinomialDemand.fit(history, FitPlan(year=True)).season
    assert season.at(history.indices) == pytest.approx(wave, abs=0.07)
    assert season.factors(history.next_index, 4 * n // 3).mean() == pytest.approx(1, abs=0.005)


def test_a_trend_is_not_taken_for_a_season(make_history, negative_binomial):
    history = make_history(negative_binomial(np.linspace(10, 40, 600), 20.0, 3))
    season = PoissonDemand.fit(history, FitPlan(year=True)).season
    assert season.factors(history.next_index, 365) == pytest.approx(np.ones(365), abs=0.15)


def test_factors_without_a_pattern_are_shrunk_towards_one(make_history, negative_binomial):
    raw, fitted = [], []
    for seed in range(20):
        quantity = negative_binomial(np.full(140, 5.0), 3.0, seed)
        raw.append(np.abs(quantity.reshape(20, 7).mean(axis=0) / quantity.mean() - 1).mean())
        season = PoissonDemand.fit(make_history(quantity), FitPlan(weekday=True)).season
        fitted.append(np.abs(np.asarray(season.weekday) - 1).mean())
    assert np.mean(fitted) < 0.5 * np.mean(raw)


def test_a_weekday_without_sales_is_closed_and_does_not_blur_the_others(make_history):
    quantity = np.random.default_rng(4).poisson(12, 364).astype(float)
    quantity[6::7] = 0.0
    for family in ALL_FAMILIES.values():
        model = family.fit(make_history(quantity), FitPlan(weekday=True))
        assert model.season.weekday[6] == 0.0
        monday = make_history(quantity).next_index
        assert model.pmf(monday)[0] < 0.01
        assert model.mean(monday, 7).sum() == pytest.approx(quantity.sum() / 52, rel=0.01)


def test_the_recent_level_follows_a_shift(make_history, negative_binomial):
    quantity = negative_binomial(np.repeat([5.0, 15.0], [365, 365]), 5.0, 5)
    for family in ALL_FAMILIES.values():
        old = family.fit(make_history(quantity)).level
        recent = family.fit(make_history(quantity), FitPlan(recent=True)).level
        assert old == pytest.approx(10, rel=0.1)
        assert recent == pytest.approx(14.4, rel=0.12)


@FAMILIES
def test_periods_out_of_stock_do_not_lower_the_mean(family, make_history, negative_binomial):
    ratios = []
    for seed in range(10):
        true = negative_binomial(np.full(400, 8.0), 4.0, seed)
        in_stock = np.random.default_rng(100 + seed).random(400) > 0.3
        sold = np.where(in_stock, true, np.floor(0.3 * true))
        ratios.append(family.fit(make_history(sold, in_stock=in_stock)).level / 8.0)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.03)


@FAMILIES
def test_an_unusable_history_is_refused_in_words(family, make_history):
    with pytest.raises(HistoryError, match="at least two days in stock, got 0 for item A17"):
        family.fit(make_history([]))
    with pytest.raises(HistoryError, match="at least two days in stock, got 1 for item A17"):
        family.fit(make_history([3.0]))
    with pytest.raises(HistoryError, match="Nothing was sold in any of 50 days for item A17"):
        family.fit(make_history(np.zeros(50)))
    out = np.array([True, True, False])
    with pytest.raises(HistoryError, match="Nothing was sold in any of 3 days"):
        family.fit(make_history([0.0, 0.0, 0.0], in_stock=out))


@FAMILIES
def test_two_periods_are_enough_for_a_fit(family, make_history):
    model = family.fit(make_history([0.0, 4.0]))
    assert model.mean(0, 1)[0] == pytest.approx(2.0)
    assert np.isfinite(model.sd(0, 1)[0])


@FAMILIES
def test_constant_and_huge_sales_are_fitted(family, make_history):
    for quantity in (np.full(30, 7.0), np.full(30, 7.5), 1e6 + np.arange(30.0)):
        model = family.fit(make_history(quantity))
        assert model.mean(0, 1)[0] == pytest.approx(quantity.mean())
        assert model.pmf(0).sum() == pytest.approx(1.0)
