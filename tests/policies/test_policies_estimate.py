"""The fast (s, S): exact where theory is, near the best elsewhere, within the rules everywhere."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from core.agents.drawing import GENERAL_SCOPE, draw_kind, draw_problems, examples_of
from core.agents.groups import GROUPS
from core.demand import EmpiricalDemand, GammaDemand, NegativeBinomialDemand, geometric, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import (
    SearchSettings,
    SSPolicy,
    estimate_s_s,
    exact_cost,
    exact_s_s,
    fit_policy,
    long_run_cost,
)
from core.policies.estimated_demand import Moments, moments_of
from core.policies.item_policy import facts_of
from core.policies.level_cost import (
    LevelCost,
    LostSales,
    backorder_cost,
    lost_sales_cost,
    newsvendor_cost,
)
from core.policies.zheng_federgruen import OnePeriodCost
from core.simulator import Problem
from tests.policies.policy_parts import long_run, problem

SEARCH = SearchSettings(n_paths=24, horizon=250, warm_up=50)
COSTS = CostRates(1.0, 9.0)


def estimated(item: Problem) -> tuple[float, float]:
    """Return the item's s and S."""
    policy = estimate_s_s([item])
    return float(policy.reorder_point[0]), float(policy.order_up_to_level[0])


def with_rules(demand, *, lost_share=1.0, fixed_cost=0.0, lead_time=2.0, **rules) -> Problem:
    costs = CostRates(1.0, 9.0, fixed_cost)
    return Problem("ruled", demand, costs, LeadTime(lead_time), OrderRules(**rules), lost_share)


def base_stock_cost(item: Problem, level: float) -> tuple[float, float]:
    """Return the simulated cost per period of ordering up to a level, and its standard error."""
    policy = SSPolicy.of([item], reorder_point=[level - 1], order_up_to_level=[level])
    return long_run(item, policy, n_paths=300, horizon=1500)


# --- Where theory holds ---------------------------------------------------------------------------


@pytest.mark.parametrize("lead_time", [0, 1, 3])
@pytest.mark.parametrize("fixed_cost", [0.0, 4.0, 64.0])
@pytest.mark.parametrize("mean", [0.1, 2.0, 5.0])
def test_backordered_poisson_demand_gets_the_exact_pair(mean, fixed_cost, lead_time):
    """Mean and spread say all there is to say about Poisson demand."""
    item = problem(poisson(mean), lead_time=lead_time, fixed_cost=fixed_cost, lost_share=0.0)
    rule = exact_s_s(item.demand.pmf(0), item.costs, lead_time)
    assert estimated(item) == (rule.reorder_point, rule.order_up_to_level)


@pytest.mark.parametrize("lead_time", [0, 1, 3])
@pytest.mark.parametrize("fixed_cost", [0.0, 4.0, 64.0])
@pytest.mark.parametrize(
    ("demand", "slack"),
    [
        (geometric(2.0), 0.005),
        (geometric(5.0), 0.005),
        (poisson(20.0), 0.005),
        (poisson(400.0), 0.01),
    ],
)
def test_backordered_demand_costs_hardly_more_than_with_the_exact_pair(
    demand, slack, fixed_cost, lead_time
):
    """Within half a percent; within one where stock is looked at in steps of many units."""
    item = problem(demand, lead_time=lead_time, fixed_cost=fixed_cost, lost_share=0.0)
    s, up_to = estimated(item)
    pmf = demand.pmf(0)
    cost = long_run_cost(int(s), int(up_to), pmf, item.costs, lead_time)
    assert cost <= (1 + slack) * exact_s_s(pmf, item.costs, lead_time).cost


@pytest.mark.parametrize("stockout_cost", [1.0, 4.0, 9.0, 39.0])
@pytest.mark.parametrize("demand", [poisson(5.0), geometric(5.0), poisson(0.5)])
def test_lost_sales_without_lead_time_are_the_newsvendor(demand, stockout_cost):
    """S is the critical-ratio quantile: p / (h + p), counted in one period's demand."""
    quantile = np.searchsorted(np.cumsum(demand.pmf(0)), stockout_cost / (1 + stockout_cost))
    item = problem(demand, lead_time=0, stockout_cost=stockout_cost)
    assert estimated(item) == (quantile - 1, quantile)


def test_lost_geometric_demand_comes_near_the_best_base_stock_level():
    """Mean 5, p = 9, L = 10: the best base-stock rule costs 19.6789, at S = 52."""
    item = problem(geometric(5.0), lead_time=10)
    _, level = estimated(item)
    assert abs(level - 52) <= 2
    cost, error = base_stock_cost(item, level)
    assert cost <= 19.6789 * 1.005 + 2 * error
    assert error < 0.003 * cost


@pytest.mark.parametrize(
    ("demand", "lead_time", "stockout_cost", "known"),
    [
        (poisson(5.0), 1, 4.0, 4.16),
        (poisson(5.0), 2, 4.0, 4.64),
        (poisson(5.0), 2, 9.0, 6.32),
        (geometric(5.0), 1, 4.0, 10.04),
        (geometric(5.0), 1, 9.0, 14.73),
        (geometric(5.0), 2, 9.0, 15.99),
    ],
)
def test_lost_sales_come_near_the_best_base_stock_cost_of_the_literature(
    demand, lead_time, stockout_cost, known
):
    """Zipkin (2008), costs worked out without noise."""
    item = problem(demand, lead_time=lead_time, stockout_cost=stockout_cost)
    level = estimated(item)[1]
    policy = SSPolicy.of([item], reorder_point=[level - 1], order_up_to_level=[level])
    assert known * 0.995 < exact_cost(item, policy) < known * 1.01


def test_half_lost_demand_lies_between_all_lost_and_all_owed():
    levels = [
        estimated(problem(geometric(4.0), lead_time=3, lost_share=x))[1] for x in (1.0, 0.5, 0.0)
    ]
    assert levels[0] < levels[1] < levels[2]


# --- Rules, random lead times, reviews: against the search on the simulator -----------------------

NEAR_THE_SEARCH = {
    "review, lost": with_rules(poisson(5.0), review_period=4),
    "review, owed": with_rules(poisson(5.0), review_period=4, lost_share=0.0),
    "review, dear orders": with_rules(
        geometric(5.0), review_period=7, lost_share=0.0, fixed_cost=64.0, lead_time=1.0
    ),
    "packs, owed": with_rules(poisson(5.0), pack_size=24, lost_share=0.0),
    "packs, lost": with_rules(poisson(5.0), pack_size=24),
    "small packs, dear orders": with_rules(poisson(5.0), pack_size=6, fixed_cost=30.0),
    "minimum, owed": with_rules(poisson(5.0), min_order=40, lost_share=0.0),
    "minimum, lost": with_rules(poisson(5.0), min_order=40),
    "storage": with_rules(poisson(5.0), max_stock=30, fixed_cost=64.0),
    "late, lost": Problem("late", poisson(5.0), COSTS, LeadTime(4.0, 2.0)),
    "late, owed": Problem("late", poisson(5.0), COSTS, LeadTime(4.0, 2.0), lost_share=0.0),
    "late, dear orders": Problem(
        "late", poisson(5.0), CostRates(1.0, 9.0, 64.0), LeadTime(4.0, 2.0), lost_share=0.0
    ),
    "partly lost": problem(geometric(4.0), lead_time=3, fixed_cost=10.0, lost_share=0.5),
    "many units": problem(
        NegativeBinomialDemand(level=900.0, shape=4.0), lead_time=3, fixed_cost=20_000.0
    ),
}


@pytest.mark.parametrize("name", NEAR_THE_SEARCH)
def test_it_costs_hardly_more_than_the_searched_pair(name):
    """Searched for seconds on the very simulator; estimated without one."""
    item = NEAR_THE_SEARCH[name]
    searched = fit_policy("s_S", [item], SEARCH)
    mine, best = (
        long_run(item, p, n_paths=60, horizon=500)[0] for p in (estimate_s_s([item]), searched)
    )
    assert mine < 1.15 * best


@pytest.mark.parametrize("fixed_cost", [0.0, 200.0])
def test_a_lead_time_that_is_short_beside_the_review_is_covered_too(fixed_cost):
    """Ordered once a week, there after two days: without these two, stock ran out every week."""
    costs, rules = CostRates(1.0, 2800.0, fixed_cost), OrderRules(review_period=7)
    item = Problem("weekly", poisson(45.0), costs, LeadTime(2.0), rules)
    searched = fit_policy("s_S", [item], SEARCH)
    mine, best = (
        long_run(item, p, n_paths=60, horizon=500)[0] for p in (estimate_s_s([item]), searched)
    )
    assert mine < 1.15 * best


@pytest.mark.parametrize("rules", [{"min_order": 40}, {"pack_size": 40}])
@pytest.mark.parametrize("lost_share", [0.0, 1.0])
def test_where_the_smallest_order_decides_an_order_is_placed_one_unit_below(rules, lost_share):
    """S = s + 1: how much is ordered is the minimum's matter; s lies lower the larger it is."""
    free = estimated(with_rules(poisson(5.0), lost_share=lost_share))
    s, up_to = estimated(with_rules(poisson(5.0), lost_share=lost_share, **rules))
    assert up_to == s + 1
    assert s < free[0]


def test_the_reorder_point_of_a_minimum_is_the_exact_one():
    """Backorders: the position is uniform over the minimum, so the best s can be enumerated."""
    item = with_rules(poisson(5.0), min_order=40, lost_share=0.0)
    costs = {}
    for s in range(5, 19):
        policy = SSPolicy.of([item], reorder_point=[s], order_up_to_level=[s + 1])
        costs[s] = long_run(item, policy, n_paths=100, horizon=800)[0]
    assert abs(estimated(item)[0] - min(costs, key=costs.get)) <= 1


def test_packs_take_off_what_rounding_up_adds():
    """A pack of 6 lifts stock by 3 above S on average: S is so much lower, s stays."""
    plain = estimated(with_rules(poisson(5.0), fixed_cost=64.0, lost_share=0.0))
    packed = estimated(with_rules(poisson(5.0), fixed_cost=64.0, lost_share=0.0, pack_size=6))
    assert packed == (plain[0], plain[1] - 3)


@pytest.mark.parametrize("most", [1.0, 3.0, 10.0, 30.0, 1e4])
@pytest.mark.parametrize("lost_share", [0.0, 0.4, 1.0])
def test_it_never_orders_above_the_storage_limit(most, lost_share):
    s, up_to = estimated(with_rules(poisson(5.0), max_stock=most, lost_share=lost_share))
    assert s < up_to <= most


def test_dearer_stock_outs_longer_and_less_certain_lead_times_want_more_stock():
    def level(stockout_cost=9.0, lost_share=1.0, **lead_time):
        costs, late = CostRates(1.0, stockout_cost), LeadTime(**{"mean": 3.0, **lead_time})
        return estimated(Problem("x", geometric(5.0), costs, late, lost_share=lost_share))[1]

    assert level(4.0) < level(9.0) < level(39.0)
    assert level() < level(mean=6.0)
    assert level() < level(sd=2.0)
    assert level() < level(lost_share=0.0)


@pytest.mark.parametrize("mean", [1000.0, 1e6])
@pytest.mark.parametrize("lost_share", [0.0, 1.0])
def test_large_means_are_looked_at_in_steps_and_scale(mean, lost_share):
    """Gamma demand has no unit: a thousand times the demand, a thousand times the levels."""
    levels = []
    for factor in (1.0, 1000.0):
        demand = GammaDemand(level=factor * mean, shape=4.0, whole_units=False)
        levels.append(estimated(problem(demand, lead_time=3, lost_share=lost_share)))
    (s, up_to), (large_s, large_up_to) = levels
    assert up_to > 4 * mean
    assert large_up_to == pytest.approx(1000 * up_to, rel=0.02)
    assert large_s == pytest.approx(1000 * s, rel=0.02)


@pytest.mark.parametrize("lost_share", [0.0, 1.0])
@pytest.mark.parametrize("mean", [5.0, 1000.0])
def test_demand_without_any_spread_is_covered(mean, lost_share):
    """Exactly so much in every period: stock for lead time and review, a tenth more or less."""
    same = EmpiricalDemand(level=mean, ratios=(1.0,), probabilities=(1.0,))
    s, up_to = estimated(problem(same, lead_time=2, lost_share=lost_share))
    assert 0.95 * 3 * mean <= up_to <= 1.1 * 3 * mean
    assert s < up_to


@pytest.mark.parametrize("lost_share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("costs", [CostRates(0.0, 9.0), CostRates(1.0, 0.0), CostRates(0.0, 0.0)])
def test_free_holding_and_free_shortages_give_a_rule_all_the_same(costs, lost_share):
    found = estimated(Problem("free", poisson(5.0), costs, LeadTime(2.0), lost_share=lost_share))
    assert found[0] < found[1] and all(map(math.isfinite, found))


def test_free_holding_keeps_more_than_free_shortages():
    free_holding, free_shortage = (
        estimated(Problem("free", poisson(5.0), costs, LeadTime(2.0)))[1]
        for costs in (CostRates(0.0, 9.0), CostRates(1.0, 0.0))
    )
    assert free_shortage <= 2 < 30 < free_holding


def test_several_items_are_estimated_as_each_alone():
    items = list(NEAR_THE_SEARCH.values())
    together = estimate_s_s(items)
    assert together.n_items == len(items)
    for row, item in enumerate(items):
        alone = dict(estimate_s_s([item]).parameters_of(0))
        assert dict(together.parameters_of(row)) == alone
        assert together.method_of(row).startswith("Estimated")


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    group=st.sampled_from(GROUPS),
)
def test_any_drawn_problem_gets_a_pair_within_its_rules(seed, group):
    rng = np.random.default_rng(seed)
    items = draw_problems(draw_kind(group, rng, GENERAL_SCOPE), 4, rng, GENERAL_SCOPE)
    policy = estimate_s_s(items)
    s, up_to = policy.reorder_point, policy.order_up_to_level
    assert np.isfinite(s).all() and np.isfinite(up_to).all()
    assert (s < up_to).all()
    assert (up_to <= [item.rules.max_stock for item in items]).all()


def test_an_item_takes_milliseconds():
    """About 2 ms of computing when it was written; the bound allows for a slow machine."""
    rng = np.random.default_rng(3)
    items = [
        item
        for group in GROUPS
        for kind in examples_of(group)
        for item in draw_problems(kind, 6, rng, GENERAL_SCOPE)
    ]
    estimate_s_s(items[:3])
    started = time.process_time()
    estimate_s_s(items)
    assert (time.process_time() - started) / len(items) < 0.02


# --- The parts ------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(
    mean=st.floats(5.0, 60.0),
    excess=st.floats(0.0, 3.0),
    step=st.sampled_from([1.0, 2.0, 3.0]),
)
def test_the_estimated_distribution_has_the_mean_and_spread_it_was_asked_for(mean, excess, step):
    """As whole units; in steps, as amounts, wherever a step is not wider than the spread."""
    variance = mean * (1.0 + excess)
    pmf = Moments(mean, variance).pmf(step)
    assert pmf.sum() == pytest.approx(1.0) and (pmf >= 0).all()
    if step > 1 and math.sqrt(variance) < 2 * step:
        return
    units = step * np.arange(pmf.size)
    assert pmf @ units == pytest.approx(mean, rel=0.02)
    assert pmf @ units**2 - (pmf @ units) ** 2 == pytest.approx(variance, rel=0.1)


def test_the_estimated_distribution_is_poisson_or_negative_binomial():
    for demand in (poisson(7.0), geometric(7.0)):
        variance = float(demand.sd(0, 1)[0] ** 2)
        found, exact = Moments(7.0, variance).pmf(1.0), demand.pmf(0)
        n = min(found.size, exact.size)
        assert found[:n] == pytest.approx(exact[:n], abs=1e-4)


@settings(max_examples=50, deadline=None)
@given(
    mean=st.floats(0.05, 300.0),
    variation=st.floats(0.0, 4.0),
    step=st.sampled_from([1.5, 7.0, 60.0, 4000.0]),
)
def test_steps_of_any_width_leave_the_mean_what_it_is(mean, variation, step):
    """Also where a step is many periods' demand: nothing is rounded away to no demand at all."""
    pmf = Moments(mean, (variation * mean) ** 2).pmf(step)
    assert pmf.sum() == pytest.approx(1.0) and (pmf >= 0).all() and pmf[0] < 1.0
    assert step * (pmf @ np.arange(pmf.size)) == pytest.approx(mean, rel=1e-3)


def test_demand_less_scattered_than_poisson_is_not_taken_for_it():
    """Ten customers, three in ten of whom buy: binomial, and its own spread."""
    found, chance = Moments(3.0, 2.1).pmf(1.0), stats.binom.pmf(np.arange(11), 10, 0.3)
    assert found[:11] == pytest.approx(chance, abs=1e-9)
    exact = Moments(40.0, 1e-9).pmf(1.0)
    assert int(exact.argmax()) == 40 and exact.max() > 0.999


def test_lumpy_demand_loses_nothing_beyond_its_grid():
    """A spread of four times the mean: six standard deviations would cut a thousandth off."""
    pmf = Moments(5.0, 400.0).pmf(1.0)
    units = np.arange(pmf.size)
    assert pmf @ units == pytest.approx(5.0, rel=1e-3)
    assert pmf @ units**2 - 25.0 == pytest.approx(400.0, rel=0.01)


def test_no_demand_at_all_is_certain():
    assert Moments(0.0, 0.0).pmf(1.0).tolist() == [1.0]


def test_orders_that_overtake_one_another_leave_less_spread_under_way():
    """A lead time of 1 or 3 periods, ordered for every period: one order in two is overtaken.

    Under way are the order of this period for sure, and those of the two before with a chance of
    a half: 2 expected, with a variance of a quarter each.
    """
    lead_time = LeadTime(2.0, probabilities=(0.0, 0.5, 0.0, 0.5))
    item = Problem("late", poisson(6.0), COSTS, lead_time)
    (facts,) = facts_of([item])
    between, often = moments_of(item, facts, 0.0)
    _, rare = moments_of(item, facts, 1000.0)
    assert (between.mean, between.variance) == (pytest.approx(6.0), pytest.approx(6.0))
    assert often.mean == rare.mean == pytest.approx(12.0)
    assert often.variance == pytest.approx(2 * 6.0 + 0.5 * 36.0)
    assert rare.variance == pytest.approx(2 * 6.0 + 1.0 * 36.0)


@pytest.mark.parametrize("n_periods", [1, 3])
def test_backordered_positions_cost_what_the_exact_theory_says(n_periods):
    pmf = geometric(4.0).pmf(0)
    levels = np.arange(-30, pmf.size + 20)
    exact = OnePeriodCost(pmf, COSTS)(levels)
    found = backorder_cost(pmf, COSTS, n_periods)
    assert found(levels) == pytest.approx(n_periods * exact, rel=1e-9, abs=1e-9)


def test_a_newsvendor_pays_for_what_is_left_and_what_is_short():
    """By plain sums; one period, so that nothing is held on the way."""
    pmf = poisson(4.0).pmf(0)
    units = np.arange(pmf.size)
    cost = newsvendor_cost(pmf, COSTS, 1)
    for stock in (0, 3, 8, 15):
        left, short = np.maximum(stock - units, 0), np.maximum(units - stock, 0)
        assert cost([stock])[0] == pytest.approx(float(pmf @ (left + 9.0 * short)))


def test_within_a_review_stock_is_held_until_it_is_sold():
    """Demand of exactly 8 in 5 periods, stock 8: sold evenly, half of it held for 4 periods."""
    certain = np.zeros(9)
    certain[8] = 1.0
    assert newsvendor_cost(certain, COSTS, 5)([8])[0] == pytest.approx(0.5 * 4 * 8)


def test_unit_sized_customers_are_lost_by_the_erlang_formula():
    """Poisson demand, position S, no share of the review: S servers, B(S, L mu) lost."""
    load, level = 8.0, 9
    steady = np.ones(1)
    for servers in range(1, level + 1):
        steady = load * steady / (servers + load * steady)
    pmf = Moments(load, load).pmf(1.0)
    cost = lost_sales_cost(LostSales(pmf, 4.0, 0.0, 2.0), COSTS, 1)
    lost = 2.0 * float(steady[0])
    left = level - load * (1 - float(steady[0])) - (2.0 - lost)
    assert cost([level])[0] == pytest.approx(left + 9.0 * lost)


def test_dear_orders_that_last_for_years_keep_demand_between_two_chances_to_order():
    """Steps are then wider than a period's demand: S - s is still the economic lot."""
    item = Problem("dear", poisson(0.5), CostRates(1e-4, 0.5, 500.0), LeadTime(5.0), lost_share=0.0)
    s, up_to = estimated(item)
    lot = math.sqrt(2 * 500.0 * 0.5 * (1 / 1e-4 + 1 / 0.5))
    assert up_to - s == pytest.approx(lot, rel=0.05) and -30 <= s <= 30


@pytest.mark.parametrize("lot", [1, 7, 40])
def test_the_start_of_a_lot_is_the_cheapest_window(lot):
    """Positions s + 1 to s + lot cost least together; all are tried."""
    cost = backorder_cost(poisson(12.0).pmf(0), COSTS, 1)
    totals = {s: cost(np.arange(s + 1, s + lot + 1)).sum() for s in range(-60, 40)}
    assert totals[cost.best_start(lot)] == pytest.approx(min(totals.values()))


def test_a_mixture_is_the_weighted_sum_far_beyond_its_tables_too():
    parts = [
        (0.3, backorder_cost(poisson(2.0).pmf(0), COSTS, 1)),
        (0.7, newsvendor_cost(geometric(9.0).pmf(0), COSTS, 2)),
    ]
    levels = np.array([-50, -1, 0, 4, 20, 5000])
    mixed = LevelCost.mixed(parts)
    assert mixed(levels) == pytest.approx(sum(w * part(levels) for w, part in parts))
