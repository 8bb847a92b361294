"""Periods that ran out say that demand was no less: they neither lower a fit nor are lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from core.demand import (
    EmpiricalDemand,
    FitPlan,
    GammaDemand,
    NegativeBinomialDemand,
    PoissonDemand,
    choose_model,
)
from core.demand.censored import amount_no_less, count_no_less, prepare, product_limit
from core.demand.observations import observe

WEEKDAY = np.array([1.3, 0.9, 0.8, 0.9, 1.1, 1.5, 0.5])
WHOLE_FAMILIES = [NegativeBinomialDemand, GammaDemand, EmpiricalDemand]


@pytest.fixture
def run_out(make_history):
    """Cut demand off at the stock of each period: what a shop books, and what it never sees."""

    def cut(demand, stock):
        return make_history(np.minimum(demand, stock), in_stock=demand < stock)

    return cut


@pytest.mark.parametrize(("mean", "shape"), [(0.4, 0.7), (10.0, 2.0), (30.0, 1e6)])
def test_the_mean_and_variance_beyond_what_was_sold_agree_with_sums_over_all_counts(mean, shape):
    sold, k = np.array([0.0, 1.0, 5.0, 40.0]), np.arange(3000.0)
    chance = stats.nbinom.pmf(k, shape, shape / (shape + mean))
    found = count_no_less(sold, np.full(4, mean), shape)
    for q, first, variance in zip(sold, *found, strict=True):
        tail = np.where(k >= q, chance, 0.0) / chance[k >= q].sum()
        assert first == pytest.approx(tail @ k, rel=1e-6)
        assert variance == pytest.approx(tail @ (k - tail @ k) ** 2, rel=1e-4)


@pytest.mark.parametrize(("mean", "shape"), [(0.4, 0.7), (10.0, 2.0), (30.0, 50.0)])
def test_the_mean_and_variance_beyond_an_amount_agree_with_integrals(mean, shape):
    amount = stats.gamma(shape, scale=mean / shape)
    sold = amount.ppf([0.0, 0.3, 0.9, 0.999])
    for q, first, variance in zip(
        sold, *amount_no_less(sold, np.full(4, mean), shape), strict=True
    ):
        expected = amount.expect(lambda x: x, lb=q, conditional=True)
        squares = amount.expect(lambda x: x**2, lb=q, conditional=True)
        assert first == pytest.approx(expected, rel=1e-6)
        assert variance == pytest.approx(squares - expected**2, rel=1e-4)


def test_sales_far_beyond_all_that_is_likely_are_taken_as_they_are():
    for no_less in (count_no_less, amount_no_less):
        mean, variance = no_less(np.array([1e6]), np.array([1.0]), 5.0)
        assert mean == pytest.approx([1e6])
        assert variance == pytest.approx([0.0])


@pytest.mark.parametrize("family", WHOLE_FAMILIES)
@pytest.mark.parametrize("ratio", [1.5, 1.0])
def test_level_and_spread_are_recovered_where_a_third_or_half_of_days_ran_out(
    family, ratio, run_out, negative_binomial, make_history
):
    levels, spreads, left_out = [], [], []
    for seed in range(10):
        demand = negative_binomial(10 * np.resize(WEEKDAY, 400), 4.0, seed)
        stock = np.rint(10 * ratio * np.random.default_rng(seed + 99).uniform(0.7, 1.3, 400))
        whole, cut = make_history(demand), run_out(demand, stock)
        plan = FitPlan(weekday=True)
        true, found = family.fit(whole, plan), family.fit(cut, plan)
        levels.append(found.level / true.level)
        spreads.append(found.sd(0, 7).mean() / true.sd(0, 7).mean())
        left_out.append(demand[cut.in_stock].mean() / true.level)
    assert np.mean(levels) == pytest.approx(1.0, abs=0.02)
    assert np.mean(spreads) == pytest.approx(1.0, abs=0.08)
    assert np.mean(left_out) < 0.85


def test_poisson_demand_gets_the_rate_of_greatest_likelihood(run_out):
    rng = np.random.default_rng(3)
    demand, stock = rng.poisson(6.0, 500).astype(float), rng.integers(3, 9, 500).astype(float)
    history = run_out(demand, stock)
    found = PoissonDemand.fit(history).level
    sold, known = history.quantity, history.in_stock

    def likelihood(rate):
        at_least = stats.poisson.logsf(sold[~known] - 1, rate).sum()
        return stats.poisson.logpmf(sold[known], rate).sum() + at_least

    rates = np.linspace(5.0, 7.0, 401)
    best = rates[np.argmax([likelihood(rate) for rate in rates])]
    assert found == pytest.approx(best, rel=0.005)
    assert np.mean(known) < 0.6


def test_a_weekday_that_always_sells_out_is_seen_as_busy(run_out, negative_binomial):
    days = np.arange(400)
    demand = negative_binomial(10 * WEEKDAY[days % 7], 8.0, 1)
    stock = np.where(days % 7 == 5, np.minimum(demand, 12.0), 1e9)
    history = run_out(demand, stock)
    assert not history.in_stock[5::7].any()
    season = NegativeBinomialDemand.fit(history, FitPlan(weekday=True)).season
    assert season.weekday[5] == max(season.weekday)
    assert season.weekday[5] > 1.3


def test_product_limit_of_a_small_example(make_history):
    sold = np.array([1.0, 2.0, 2.0, 3.0, 4.0])
    data = prepare(observe(make_history(sold, in_stock=np.array([1, 1, 0, 1, 1], bool))), FitPlan())
    values, chance = product_limit(data)
    # The unknown 2 is shared by the known 2, 3 and 4, each a fifth before.
    assert values.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert chance == pytest.approx([0.2, 4 / 15, 4 / 15, 4 / 15])


def test_beyond_the_largest_known_demand_the_past_is_continued(run_out):
    demand = np.random.default_rng(0).poisson(20.0, 600).astype(float)
    history = run_out(demand, np.full(600, 22.0))
    model = EmpiricalDemand.fit(history)
    assert model.pmf(0)[28:].sum() == pytest.approx(stats.poisson.sf(27, 20.0), abs=0.03)
    assert len(model.ratios) < 40


def test_fractional_sales_that_ran_out_are_recovered(run_out):
    rng = np.random.default_rng(4)
    demand = rng.gamma(3.0, 2.0, 3000) * (rng.random(3000) > 0.25)
    history = run_out(demand, np.where(rng.random(3000) < 0.6, 5.0, 1e9))
    model = GammaDemand.fit(history)
    assert model.shape == pytest.approx(3.0, rel=0.1)
    assert model.zero_share == pytest.approx(0.25, abs=0.02)
    assert model.level == pytest.approx(4.5, rel=0.03)


def test_a_period_that_was_empty_all_through_tells_nothing(make_history, negative_binomial):
    sales = negative_binomial(np.full(200, 6.0), 3.0, 0)
    empty = np.zeros(200, dtype=bool)
    empty[50:90] = True
    there = make_history(np.where(empty, 0.0, sales), in_stock=~empty)
    model = NegativeBinomialDemand.fit(there)
    assert model.level == pytest.approx(sales[~empty].mean(), rel=1e-12)


def test_an_item_that_sold_out_whenever_it_sold_can_be_planned(make_history):
    sold = np.resize([0.0, 1.0, 0.0, 0.0, 1.0], 100)
    history = make_history(sold, in_stock=sold == 0)
    level = choose_model(history).model.mean(0, 1)[0]
    assert 0.4 < level < 1.0


def test_the_choice_sees_through_stock_outs_and_says_so(run_out, negative_binomial):
    ratios = []
    for seed in range(6):
        demand = negative_binomial(8 * np.resize(WEEKDAY, 365), 4.0, seed)
        history = run_out(demand, np.where(np.arange(365) % 3 == 0, 7.0, 1e9))
        choice = choose_model(history)
        ratios.append(choice.model.mean(history.next_index, 7).mean() / 8.0)
        assert choice.n_periods_used == 365
        assert choice.n_out_of_stock_estimated == np.count_nonzero(~history.in_stock)
        assert f"On {choice.n_out_of_stock_estimated} days stock ran out" in choice.reason
        assert choice.chosen.weekday
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.04)


def test_a_level_that_rose_is_followed_through_stock_outs(run_out, negative_binomial):
    demand = negative_binomial(np.where(np.arange(730) < 400, 5.0, 15.0), 5.0, 2)
    choice = choose_model(run_out(demand, np.where(np.arange(730) % 2, 14.0, 1e9)))
    assert choice.chosen.recent
    assert choice.model.mean(0, 1)[0] == pytest.approx(15, rel=0.2)


def test_a_period_partly_in_stock_tells_by_its_share_and_not_by_what_emptied_it(
    make_history, negative_binomial
):
    """Half the days open late for no reason of demand: floors alone would expect far too much."""
    floors, shares = [], []
    for seed in range(8):
        demand = negative_binomial(np.full(400, 20.0), 6.0, seed)
        rng = np.random.default_rng(seed + 50)
        share = np.where(rng.random(400) < 0.5, rng.uniform(0.5, 0.95, 400), 1.0)
        sold = rng.binomial(demand.astype(int), share).astype(float)
        history = make_history(sold, in_stock=share == 1)
        floors.append(NegativeBinomialDemand.fit(history).level)
        found = choose_model(replace(history, stocked_share=share))
        shares.append(found.model.mean(0, 1)[0])
        assert found.n_out_of_stock_left_out == 0
    assert np.mean(shares) == pytest.approx(20.0, rel=0.03)
    assert np.mean(floors) > 22.0


def test_a_quiet_morning_in_stock_counts_and_a_sliver_of_a_day_does_not(make_history):
    sold = np.array([4.0, 0.0, 6.0, 2.0, 0.0, 5.0, 0.0])
    in_stock = np.array([True, False, True, False, False, True, False])
    share = np.array([1.0, 0.6, 1.0, 0.5, 0.1, 1.0, 1.0])
    seen = observe(replace(make_history(sold, in_stock=in_stock), stocked_share=share))
    assert seen.quantity.tolist() == [4.0, 0.0, 6.0, 4.0, 5.0]
    assert (seen.n_estimated, seen.n_out_of_stock, seen.floors) == (2, 2, None)


@pytest.mark.parametrize(
    ("sold", "n_known", "most"),
    [([0.0, 0.0, 9.0], 2, 15.0), ([1.0] * 50 + [1000.0] * 3, 50, 240.0)],
)
def test_an_estimate_keeps_to_what_the_item_can_do(sold, n_known, most, make_history):
    history = make_history(sold, in_stock=np.arange(len(sold)) < n_known)
    for family in [PoissonDemand, *WHOLE_FAMILIES]:
        assert np.mean(sold) <= family.fit(history).level < most
    assert choose_model(history).model.mean(0, 1)[0] < most
