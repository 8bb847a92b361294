"""The exact (s, S): against brute force, against simulation, and where it holds."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.demand import GammaDemand, Season, geometric, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import SSPolicy, exact_s_s, fit_policy, long_run_cost, why_not_exact
from core.policies.zheng_federgruen import demand_over, renewal_density
from tests.policies.policy_parts import QUICK, TEXTBOOK_COSTS, long_run, problem


@pytest.mark.parametrize("lead_time", [0, 1, 3])
@pytest.mark.parametrize("fixed_cost", [0.0, 3.0, 40.0])
@pytest.mark.parametrize("demand", [poisson(2.5), geometric(2.0), poisson(0.1)])
def test_no_pair_in_a_wide_grid_costs_less(demand, fixed_cost, lead_time):
    """Brute force, by plain sums, over all pairs near the exact rule and far from it."""
    costs, pmf = CostRates(1.0, 6.0, fixed_cost), demand.pmf(0)
    rule = exact_s_s(pmf, costs, lead_time)
    assert rule.cost == pytest.approx(_least_of_all_pairs(pmf, costs, lead_time), rel=1e-8)
    again = long_run_cost(rule.reorder_point, rule.order_up_to_level, pmf, costs, lead_time)
    assert rule.cost == pytest.approx(again, rel=1e-9)


@pytest.mark.parametrize(
    ("demand", "lead_time", "fixed_cost"),
    [
        (poisson(10), 1, 64.0),
        (geometric(5), 2, 20.0),
        (poisson(10), 3, 0.0),
        (poisson(7), 4, 30.0),
    ],
)
def test_the_exact_cost_is_the_simulated_one_for_longer_lead_times(demand, lead_time, fixed_cost):
    """The lead-time extension counts periods as the simulator does."""
    item = problem(demand, lead_time=lead_time, fixed_cost=fixed_cost, lost_share=0.0)
    rule = exact_s_s(demand.pmf(0), item.costs, lead_time)
    policy = SSPolicy.of(
        [item], reorder_point=[rule.reorder_point], order_up_to_level=[rule.order_up_to_level]
    )
    cost, error = long_run(item, policy, n_paths=300, horizon=1500)
    assert rule.cost == pytest.approx(cost, abs=3 * error)
    assert error < 0.01 * cost


@pytest.mark.parametrize("lead_time", [0, 2, 5])
def test_without_fixed_cost_it_is_the_newsvendor_base_stock(lead_time):
    """K = 0: s = S - 1 and S the critical-ratio quantile."""
    demand = geometric(4)
    rule = exact_s_s(demand.pmf(0), CostRates(1.0, 9.0), lead_time)
    quantile = int(np.searchsorted(np.cumsum(demand_over(demand.pmf(0), lead_time + 1)), 0.9))
    assert (rule.reorder_point, rule.order_up_to_level) == (quantile - 1, quantile)


@pytest.mark.parametrize(
    ("demand", "lead_time", "fixed_cost"),
    [(poisson(1000), 4, 64.0), (geometric(1000), 10, 640.0), (poisson(1000), 0, 1e6)],
)
def test_large_demand_stays_fast(demand, lead_time, fixed_cost):
    """Means of a thousand, order sizes up to tens of thousands: under a second."""
    costs, pmf = CostRates(1.0, 9.0, fixed_cost), demand.pmf(0)
    started = time.process_time()
    rule = exact_s_s(pmf, costs, lead_time)
    assert time.process_time() - started < 1.0
    s, up_to = rule.reorder_point, rule.order_up_to_level
    steps = [(s + a, up_to + b) for a in (-7, -1, 0, 1, 7) for b in (-7, -1, 0, 1, 7)]
    assert rule.cost <= min(long_run_cost(*pair, pmf, costs, lead_time) for pair in steps) + 1e-7


def test_the_renewal_density_solves_its_equation():
    """m(j) = [j = 0] + sum over demand k of P(k) m(j - k), by plain recursion."""
    pmf = geometric(3.0).pmf(0)
    assert renewal_density(pmf, 200) == pytest.approx(_renewals(pmf, 200), rel=1e-10)


def test_no_demand_at_all_holds_nothing():
    """Certain zeros have no renewal: nothing is ordered."""
    rule = exact_s_s(np.array([1.0]), TEXTBOOK_COSTS, 2)
    assert (rule.reorder_point, rule.order_up_to_level, rule.cost) == (-1, 0, 0.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"lost_share": 1.0}, "unmet demand is lost"),
        ({"lost_share": 0.5}, "unmet demand is partly lost"),
        ({"lead_time": LeadTime(2.0, 1.0)}, "the lead time varies"),
        ({"lead_time": LeadTime(1.5)}, "the lead time varies"),
        ({"demand": poisson(5).__class__(level=5, season=Season(weekday=(1.3, *[0.95] * 6)))},
         "demand has a season"),
        ({"demand": GammaDemand(level=5.0, shape=2.0, whole_units=False)},
         "demand comes in parts of a unit"),
        ({"rules": OrderRules(review_period=2)}, "orders are possible on review days only"),
        ({"rules": OrderRules(pack_size=6)}, "orders come in whole packs"),
        ({"rules": OrderRules(min_order=500)}, "the minimum order binds"),
        ({"rules": OrderRules(max_stock=20)}, "the storage limit binds"),
        ({"rules": OrderRules(max_order=12)}, "the largest order binds"),
    ],
)  # fmt: skip
def test_where_the_theory_does_not_hold_the_search_takes_over_and_says_why(change, reason):
    """One departure at a time from an item that is solved exactly."""
    easy = problem(poisson(5), lead_time=2, fixed_cost=20.0, lost_share=0.0)
    assert why_not_exact(easy) == ""
    assert SSPolicy.fit([easy], QUICK).method_of(0).startswith("Exact")
    policy = SSPolicy.fit([replace(easy, **change)], QUICK)
    assert reason in policy.method_of(0)
    assert "Searched" in policy.method_of(0)


def test_rules_that_never_bind_leave_the_exact_rule_alone():
    """A minimum below S - s, generous limits, a pack of half a unit."""
    easy = problem(poisson(5), lead_time=2, fixed_cost=20.0, lost_share=0.0)
    loose = OrderRules(min_order=2, max_order=400, max_stock=300, pack_size=0.5)
    plain, ruled = (fit_policy("s_S", [p]) for p in (easy, replace(easy, rules=loose)))
    assert dict(ruled.parameters_of(0)) == dict(plain.parameters_of(0))


def test_exact_and_searched_items_may_stand_side_by_side_in_any_order():
    """Every row keeps its own item's answer."""
    easy = problem(poisson(5), lead_time=2, fixed_cost=20.0, lost_share=0.0, name="easy")
    lost = replace(easy, name="lost", lost_share=1.0)
    both = SSPolicy.fit([lost, easy, lost], QUICK)
    assert [item.name for item in both.items] == ["lost", "easy", "lost"]
    alone = [SSPolicy.fit([p], QUICK).parameters_of(0) for p in (lost, easy, lost)]
    assert [dict(both.parameters_of(row)) for row in range(3)] == [dict(one) for one in alone]
    assert torch.is_tensor(both.number("reorder_point", torch.zeros(1)))


def _least_of_all_pairs(pmf, costs, lead_time):
    """Walk from every S down to every s, with demand added up period by period."""
    over = pmf
    for _ in range(lead_time):
        over = np.convolve(over, pmf)
    units = np.arange(over.size)
    levels = np.arange(-40, 60)
    excess = levels[:, None] - units
    rates = np.where(excess > 0, costs.holding_cost * excess, -costs.stockout_cost * excess)
    one_period = rates @ over
    m = _renewals(pmf, 100)
    found = [
        (costs.fixed_cost + m[:n] @ one_period[up_to - n + 1 : up_to + 1][::-1]) / m[:n].sum()
        for up_to in range(levels.size)
        for n in range(1, up_to + 1)
    ]
    return min(found)


def _renewals(pmf, n):
    m = np.zeros(n)
    m[0] = 1 / (1 - pmf[0])
    for j in range(1, n):
        k = np.arange(1, min(j, pmf.size - 1) + 1)
        m[j] = (pmf[k] @ m[j - k]) / (1 - pmf[0])
    return m
