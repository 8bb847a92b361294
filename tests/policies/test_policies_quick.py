"""The quick (s, S): as estimated where that is good, searched nearby where it is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.agents.drawing import GENERAL_SCOPE, Kind, draw_problems
from core.agents.groups import OTHER
from core.demand import (
    GammaDemand,
    NegativeBinomialDemand,
    PoissonDemand,
    Season,
    geometric,
    poisson,
)
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import SearchSettings, estimate_s_s, fit_policy, is_gated, quick_s_s
from core.policies import quick_search as module
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs
from tests.policies.policy_parts import long_run, problem

WEEK = Season(weekday=(1.6, 1.2, 1.0, 0.9, 1.1, 0.7, 0.5))
PLAIN = [
    problem(poisson(5.0), lead_time=4),
    problem(geometric(8.0), lead_time=2),
    Problem("owed", poisson(12.0), CostRates(1.0, 9.0), LeadTime(3), lost_share=0.0),
]
GATED = [
    Problem("dear", poisson(5.0), CostRates(1.0, 14.0, 64.0), LeadTime(4)),
    Problem("far", poisson(40.0), CostRates(1.0, 9.0, 40.0), LeadTime(12)),
    Problem("minimum", poisson(8.0), CostRates(1.0, 40.0), LeadTime(10), OrderRules(min_order=160)),
    Problem(
        "packs",
        NegativeBinomialDemand(level=6.0, shape=2.0),
        CostRates(1.0, 9.0, 20.0),
        LeadTime(3.0, 1.5),
        OrderRules(pack_size=6, review_period=2),
        lost_share=0.5,
    ),
    Problem(
        "season",
        PoissonDemand(level=20.0, season=WEEK),
        CostRates(1.0, 9.0, 100.0),
        LeadTime(6),
    ),
]


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(module, "_found", {})


def pairs(policy) -> list[dict[str, float]]:
    return [dict(policy.parameters_of(row)) for row in range(policy.n_items)]


def test_items_whose_orders_come_in_any_size_keep_an_estimate_that_is_good():
    """Agents start from it, and a smooth start is worth more than a close one."""
    assert not any(map(is_gated, PLAIN))
    assert pairs(quick_s_s(PLAIN)) == pairs(estimate_s_s(PLAIN))
    assert quick_s_s(PLAIN).method_of(0) == estimate_s_s(PLAIN).method_of(0)


def test_an_estimate_that_is_far_off_gives_way():
    """Clearly cheaper on many other futures; but no less stock where stock-outs are too rare."""
    items = draw_problems(Kind(OTHER, None), 30, np.random.default_rng(5), GENERAL_SCOPE)
    quick, before = quick_s_s(items), estimate_s_s(items)
    changed = [row for row in range(30) if pairs(quick)[row] != pairs(before)[row]]
    assert 0 < len(changed) < 15
    cheaper = []
    for row in changed:
        mine, first = (
            long_run(items[row], policy.select([row]), n_paths=100, horizon=400)[0]
            for policy in (quick, before)
        )
        cheaper.append(mine / first)
        assert "searched nearby" in quick.method_of(row)
        assert quick.order_up_to_level[row] == quick.reorder_point[row] + quick.items[row].unit
        is_rare = items[row].costs.stockout_cost > 500
        assert not is_rare or quick.order_up_to_level[row] > before.order_up_to_level[row]
    assert np.mean(cheaper) < 0.95 and max(cheaper) < 1.03


def test_items_with_a_price_or_a_least_size_say_that_they_were_searched():
    assert all(map(is_gated, GATED))
    quick = quick_s_s(GATED)
    for row in range(len(GATED)):
        assert "searched nearby" in quick.method_of(row)


@pytest.mark.parametrize("item", GATED, ids=lambda item: item.name)
def test_it_comes_close_to_the_whole_search(item):
    """Within 3 % on other futures, for a fiftieth of the time."""
    searched = fit_policy("s_S", [item], SearchSettings(n_paths=64, horizon=240))
    mine, best = (
        long_run(item, p, n_paths=100, horizon=600)[0] for p in (quick_s_s([item]), searched)
    )
    assert mine < 1.03 * best


def test_it_is_better_than_the_estimate_where_sales_are_lost_over_long_lead_times():
    """That is what it is for: 12 periods of lead time, orders of a period and a half."""
    item = GATED[1]
    mine, before = (
        long_run(item, p, n_paths=100, horizon=600)[0]
        for p in (quick_s_s([item]), estimate_s_s([item]))
    )
    assert mine < 0.97 * before


def test_an_answer_does_not_hang_on_the_items_beside_it():
    together = pairs(quick_s_s([*GATED, *PLAIN]))
    module._found.clear()
    assert [pairs(quick_s_s([item]))[0] for item in [*GATED, *PLAIN]] == together


def test_an_answer_is_remembered_and_an_item_may_stand_twice(monkeypatch):
    first = pairs(quick_s_s(GATED[:2]))
    monkeypatch.setattr(module, "_quick", lambda problems: pytest.fail("found already"))
    assert pairs(quick_s_s([GATED[1], GATED[0], GATED[1]])) == [first[1], first[0], first[1]]


def test_another_cost_is_another_item():
    dearer = replace(GATED[0], costs=CostRates(1.0, 99.0, 64.0))
    low, high = pairs(quick_s_s([GATED[0], dearer]))
    assert high["reorder_point"] > low["reorder_point"]


def test_what_is_remembered_stays_within_bounds_and_the_oldest_goes_first(monkeypatch):
    """And every answer is there even where there are more items than are remembered."""
    monkeypatch.setattr(module, "_REMEMBERED", 3)
    items = [problem(poisson(mean), lead_time=2) for mean in (3.0, 4.0, 5.0, 6.0, 7.0)]
    assert quick_s_s(items[:2]).n_items == 2
    assert quick_s_s(items[1:]).n_items == 4
    assert list(module._found) == items[2:]
    assert quick_s_s(items).n_items == 5 and len(module._found) == 3


def test_an_item_is_estimated_from_a_closed_day_on():
    """Nothing sells on the first day, and an order arrives at once: nothing to divide by."""
    closed = Season(weekday=(0.0, 1.0, 1.0, 1.0, 1.0, 1.5, 1.5))
    demand = PoissonDemand(level=5.0, season=closed)
    days = [
        Problem(f"{k}", demand, CostRates(1.0, 9.0), LeadTime(late), start=k)
        for k in range(7)
        for late in (0.0, 0.4)
    ]
    assert any(float(day.demand.mean(day.start, 1)[0]) == 0 for day in days)
    policy = quick_s_s(days)
    assert np.isfinite(policy.reorder_point).all()
    for row, day in enumerate(days):
        lost = total_costs(
            SingleItemSystem([day], 20), policy.select([row]).act, draw_scenario([day], 20, 70, 3)
        )
        assert float(lost.short.sum()) < 0.5 * 20 * 70 * 5


@pytest.mark.parametrize("find", [quick_s_s, lambda items: fit_policy("s_S", items)])
def test_where_an_order_costs_more_than_all_it_saves_none_is_placed_in_any_season(find):
    """20 a day lost at 2 each, six in ten days before Christmas; an order costs 50,000."""
    season = Season(month=(0.5,) * 10 + (3.0, 4.0), weekday=WEEK.weekday)
    demand = PoissonDemand(level=20.0, season=season)
    rules = OrderRules(max_order=60)
    item = Problem("dear", demand, CostRates(1.0, 2.0, 50_000.0), LeadTime(2), rules, start=20_000)
    policy = find([item])
    scenario = draw_scenario([item], 20, 400, seed=3000)
    totals = total_costs(SingleItemSystem([item], 20), policy.act, scenario)
    assert float(totals.n_orders.sum()) == 0


def test_only_numbers_within_the_rules_are_tried():
    """S above s by a unit at the least; lost sales never take the position below 0."""
    s, up_to = quick_s_s(GATED).reorder_point, quick_s_s(GATED).order_up_to_level
    assert (up_to >= s + 1).all() and np.isfinite(up_to).all()
    assert (s >= -1).all()


def test_it_orders_nothing_where_demand_is_lumpy_and_an_order_costs_more_than_it_saves():
    """Chance in demand must not pass for what was served: the price of orders hangs on that."""
    week = Season(weekday=(1.0, 1.2, 1.4, 1.0, 0.8, 0.8, 0.8))
    demand = GammaDemand(level=13.5, season=week, shape=0.7, whole_units=True)
    item = Problem("late", demand, CostRates(1.0, 14.5, 19_653.0), LeadTime(23.0, 5.4), start=5060)
    policy = quick_s_s([item])
    scenario = draw_scenario([item], 20, 400, seed=3000)
    totals = total_costs(SingleItemSystem([item], 20), policy.act, scenario)
    assert float(totals.n_orders.sum()) <= 20
