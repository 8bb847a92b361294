"""The search on the simulator: right on published instances, fast, and fair to its start."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.demand import NegativeBinomialDemand, Season, demand_from_name, geometric, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import SearchSettings, SSPolicy, exact_s_s, facts_of, fit_policy, long_run_cost
from core.policies.search import level_space, quantity_space, search_policy
from core.policies.search_futures import Futures, mean_costs
from core.policies.search_system import FastSystem
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs
from tests.policies.policy_parts import QUICK, long_run, problem

# Best base-stock cost with lost sales, mean demand 5, h = 1: Zipkin (2008), Operations Research
# 56(5), tables 1 and 2. Columns: demand, L, p, cost.
ZIPKIN = [
    ("poisson", 1, 4, 4.16),
    ("poisson", 4, 9, 7.27),
    ("poisson", 3, 19, 8.60),
    ("geometric", 1, 4, 10.04),
    ("geometric", 2, 19, None),
    ("geometric", 4, 9, 17.54),
]
# Lost sales with fixed cost, Poisson(5), h = 1. Columns: L, K, p, best (s, S), best (s, nQ).
# Bijvank, Bhulai and Huh (2015), table 1; Manaf, van Jaarsveld and Basten (2026), table 3.
FIXED_COST = [(2, 5.0, 14.0, 11.62, 11.56), (4, 5.0, 4.0, 9.369, 9.211)]


@pytest.mark.parametrize(("name", "lead_time", "p", "best"), [row for row in ZIPKIN if row[3]])
def test_searched_base_stock_is_the_best_known(name, lead_time, p, best):
    """Within 0.3 % and the noise of the test's own simulation; capped base-stock is below it."""
    item = problem(demand_from_name(name, 5), lead_time=lead_time, stockout_cost=float(p))
    cost, error = long_run(item, fit_policy("base_stock", [item]), 400, 1500)
    assert cost == pytest.approx(best, abs=0.003 * best + 2.5 * error)
    capped, _ = long_run(item, fit_policy("capped_base_stock", [item]), 400, 1500)
    assert capped < cost


@pytest.mark.parametrize(("lead_time", "fixed", "p", "best_s_s", "best_s_nq"), FIXED_COST)
def test_searched_rules_with_fixed_cost_are_the_best_known(
    lead_time, fixed, p, best_s_s, best_s_nq
):
    """(s, S) and (r, nQ) with lost sales, within 0.3 % and noise."""
    item = problem(poisson(5), lead_time=lead_time, fixed_cost=fixed, stockout_cost=p)
    for name, best in (("s_S", best_s_s), ("r_Q", best_s_nq)):
        cost, error = long_run(item, fit_policy(name, [item]), 400, 1500)
        assert cost == pytest.approx(best, abs=0.003 * best + 2.5 * error), name


@pytest.mark.parametrize("demand", [poisson(10), geometric(5)])
@pytest.mark.parametrize("start", [(0.0, 3.0), (200.0, 150.0)])
def test_a_search_from_a_bad_start_finds_the_exact_rule_within_a_percent(demand, start):
    """The grid follows the best to its edge and on."""
    item = problem(demand, lead_time=1, fixed_cost=30.0, lost_share=0.0)
    rule = exact_s_s(demand.pmf(0), item.costs, 1)
    space = quantity_space([item], np.array([start[0]]), np.array([start[1]]))
    found = search_policy([item], SearchSettings(), SSPolicy.of_rows, space)
    cost, error = long_run(item, found, 300, 1500)
    assert cost <= rule.cost * 1.01 + 2.5 * error


def search_cost(item, numbers, settings):
    """Return what a pair (s, S - s) costs on the futures of a search."""
    futures = [Futures.draw(item, facts_of([item])[0], settings)]
    table = np.array(numbers)[None, None]
    return mean_costs(futures, table, SSPolicy.of_rows, settings.n_paths)[0, 0]


@pytest.mark.parametrize("seed", range(6))
def test_the_answer_is_never_worse_than_the_start_on_the_futures_of_the_search(seed):
    """Begun at the best of all pairs on few futures, the search must come back to its cost.

    Coarse rounds see a part of the futures only and wander off; the start stays a candidate.
    """
    item = problem(geometric(2), lead_time=3, fixed_cost=12.0)
    settings = SearchSettings(seed=seed, n_paths=4, horizon=20, warm_up=10)
    futures = [Futures.draw(item, facts_of([item])[0], settings)]
    pairs = np.array([[s, q] for s in range(16) for q in range(1, 24)], dtype=float)
    costs = mean_costs(futures, pairs[None], SSPolicy.of_rows, settings.n_paths)[0]
    best = pairs[costs.argmin()]
    space = quantity_space([item], best[:1], best[1:])
    found = search_policy([item], settings, SSPolicy.of_rows, space).parameters_of(0)
    s, up_to = found["reorder_point"], found["order_up_to_level"]
    assert search_cost(item, (s, up_to - s), settings) <= costs.min() + 1e-9


def test_the_fast_pipeline_of_the_search_plays_as_the_simulator_does():
    """Random, crossing lead times, lead time 0 included: the same costs to the last unit."""
    chances = LeadTime(2.0, probabilities=(0.2, 0.2, 0.1, 0.3, 0.2))
    items = [
        Problem("a", poisson(4), CostRates(1.0, 9.0, 5.0), chances),
        Problem("b", geometric(3), CostRates(1.0, 9.0, 5.0), LeadTime(6.0, 3.0), lost_share=0.0),
    ]
    scenario = draw_scenario(items, 16, 80, seed=5)
    policy = SSPolicy.of(items, reorder_point=[8, 20], order_up_to_level=[16, 40])
    slow, fast = (
        total_costs(system(items, 16), policy.act, scenario)
        for system in (SingleItemSystem, FastSystem)
    )
    assert torch.equal(slow.cost, fast.cost)
    assert torch.equal(slow.ordered, fast.ordered)


def test_candidates_are_judged_on_the_same_futures():
    """The same numbers twice cost exactly the same; neighbours and batches change nothing."""
    items = [problem(poisson(m), name=str(m), fixed_cost=9.0) for m in (2.0, 5.0, 9.0)]
    futures = [Futures.draw(p, f, QUICK) for p, f in zip(items, facts_of(items), strict=True)]
    pair = np.array([[6.0, 9.0], [3.0, 20.0], [6.0, 9.0]])
    costs = mean_costs(futures, np.stack([pair] * 3), SSPolicy.of_rows, 16)
    assert np.array_equal(costs[:, 0], costs[:, 2])
    alone = mean_costs(futures[1:2], pair[None], SSPolicy.of_rows, 16)
    assert np.array_equal(alone[0], costs[1])


def test_slow_movers_are_judged_over_whole_order_cycles():
    """One unit a month, an order a year, a horizon of less: the exact cost all the same."""
    item = problem(poisson(0.03), lead_time=3, fixed_cost=200.0, lost_share=0.0)
    costs = CostRates(0.05, 3.0, 30.0)
    item = replace(item, costs=costs)
    rule = exact_s_s(item.demand.pmf(0), costs, 3)
    numbers = (rule.reorder_point, rule.order_up_to_level - rule.reorder_point)
    settings = SearchSettings(n_paths=512, horizon=100)
    assert numbers[1] / 0.03 > settings.horizon
    assert search_cost(item, numbers, settings) == pytest.approx(rule.cost, rel=0.05)


def test_order_cycles_cut_by_the_horizon_do_not_blur_the_comparison():
    """Two order sizes of a slow mover on few futures: the simulated difference is the exact one.

    Counting orders as they fall would miss by 0.04 on average, more than the difference itself.
    """
    demand, costs = poisson(0.03), CostRates(0.05, 3.0, 30.0)
    item = replace(problem(demand, lead_time=3, lost_share=0.0), costs=costs)
    small, large = (long_run_cost(0, up_to, demand.pmf(0), costs, 3) for up_to in (6, 9))
    errors = []
    for seed in range(16):
        few = SearchSettings(seed=seed, n_paths=32, horizon=60)
        difference = search_cost(item, (0.0, 9.0), few) - search_cost(item, (0.0, 6.0), few)
        errors.append(difference - (large - small))
    assert np.sqrt(np.mean(np.square(errors))) < 0.025


def test_one_textbook_instance_takes_less_than_a_second():
    """The default effort."""
    item = problem(poisson(5), lead_time=4, fixed_cost=5.0)
    started = time.process_time()
    fit_policy("s_S", [item])
    assert time.process_time() - started < 1.0


def test_six_daily_items_with_long_random_lead_times_take_seconds():
    """Also on a busy machine; the simulator's own pipeline would take minutes."""
    season = Season(weekday=(1.3, 1.1, 1.0, 0.9, 1.1, 1.0, 0.6))
    items = [
        Problem(
            str(row),
            NegativeBinomialDemand(level=1.5**row, shape=1.0, season=season),
            CostRates(0.02, 1.0, 20.0),
            LeadTime(5.0 * row, 2.0 if row else 0.0),
            OrderRules(pack_size=6 if row % 2 else 1),
        )
        for row in range(6)
    ]
    started = time.process_time()
    policy = fit_policy("s_S", items)
    assert time.process_time() - started < 10.0
    assert all("the lead time varies" not in policy.method_of(row) for row in range(6))
    assert all("unmet demand is lost" in policy.method_of(row) for row in range(6))


def test_fractional_packs_are_searched_in_fractions():
    """Half-kilo packs: levels in half kilos; lost sales never reorder below 0."""
    item = replace(problem(poisson(0.4), lead_time=1), rules=OrderRules(pack_size=0.5))
    level = level_space([item], np.array([1.2]))
    assert level.unit.item() == 0.5
    numbers = fit_policy("s_S", [item], QUICK).parameters_of(0)
    assert all((2 * value) == round(2 * value) for value in numbers.values())
    assert numbers["reorder_point"] >= 0
