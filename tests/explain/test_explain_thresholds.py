"""What would change the order: exact, found on the policy, and only said where it holds."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.domain import CostRates, LeadTime, OrderRules
from core.explain import (
    LEVERS,
    Claim,
    Levels,
    Probe,
    Witnesses,
    execute,
    thresholds,
    value_words,
)
from core.explain.changes import find_changes, least_change
from core.explain.remade import moved_levels, orders_if
from core.policies import BaseStockPolicy, RQPolicy, SSPolicy, estimate_s_s
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, problem_of, today

PACKS = OrderRules(pack_size=12)


def found_by(probe: Probe, key: str):
    return [each for each in thresholds(probe)[0] if each.key == key]


def texts(probe: Probe, key: str) -> list[str]:
    return [each.text for each in found_by(probe, key)]


def test_stock_is_found_to_the_unit_in_both_directions():
    probe = Probe(today(70, (), problem_of(rules=PACKS)), LevelPolicy((100, 160)))
    assert probe.order == 96
    assert texts(probe, "stock") == [
        "It would order 108, 1 pack more, with 63 on hand.",
        "It would order 84, 1 pack less, with 76 on hand.",
        "It would order nothing with 101 on hand or more.",
    ]
    assert texts(probe, "open_orders") == [
        "It would order 84, 1 pack less, with 6 on order.",
        "It would order nothing with 31 on order or more.",
    ]


def test_where_nothing_is_ordered_it_says_when_an_order_starts():
    probe = Probe(today(120), LevelPolicy((100, 160)))
    assert texts(probe, "stock") == ["It would order 60 with 100 on hand."]
    assert "No open orders between 0 and" in texts(probe, "open_orders")[0]


def test_single_units_change_by_a_tenth():
    probe = Probe(today(70), LevelPolicy((100, 160)))
    assert probe.order == 90 and least_change(probe) == 9
    assert "It would order 99 instead of 90 with 61 on hand." in texts(probe, "stock")
    assert "It would order 81 instead of 90 with 79 on hand." in texts(probe, "stock")


@pytest.mark.parametrize("key", ["demand", "lead_time", "stockout_cost", "fixed_cost"])
def test_where_nothing_changes_the_order_it_says_so(key):
    """These levels are fixed whatever the item is like."""
    probe = Probe(today(70), LevelPolicy((100, 160)))
    (found,) = found_by(probe, key)
    assert not found.is_change and math.isnan(found.at) and found.order == 90
    assert found.text.startswith(f"No {LEVERS[key].label} between ")


def exact_rule(problem):
    """Return the estimated (s, S) of an item: what its levels are moved by."""
    return estimate_s_s([problem])


def test_a_rules_thresholds_in_cost_demand_and_lead_time_are_those_of_new_levels():
    problem = problem_of(mean=10.0, lead_time=LeadTime(5), rules=PACKS)
    rule = exact_rule(problem)
    probe = Probe(today(rule.reorder_point[0] - 3, (), problem), rule)
    for key in ("demand", "lead_time", "stockout_cost"):
        found = found_by(probe, key)
        assert found and all(each.text.startswith("With new levels ") for each in found)
        for each in filter(lambda each: each.is_change, found):
            lever = LEVERS[key]
            (order,) = lever.orders(probe, np.array([each.at]))
            assert order == each.order
            # By hand: estimate the rule for the changed item, and order by it.
            changed = _changed(problem, key, each.at)
            fresh = exact_rule(changed)
            s, up_to = fresh.reorder_point[0], fresh.order_up_to_level[0]
            position = probe.situation.inventory_position
            raw = up_to - position if position <= s else 0.0
            assert order == 12 * math.ceil(raw / 12)


def _changed(problem, key, value):
    if key == "demand":
        return replace(problem, demand=problem.demand.scaled(value / 10.0))
    if key == "lead_time":
        return replace(problem, lead_time=LeadTime(value))
    return replace(problem, costs=replace(problem.costs, stockout_cost=value))


def test_nothing_between_today_and_the_threshold_changes_the_order():
    """Every value in between, not only the one beside it."""
    problem = problem_of(lead_time=LeadTime(5), rules=PACKS)
    probe = Probe(today(30, (), problem), exact_rule(problem))
    for key in ("demand", "stock"):
        lever = LEVERS[key]
        scale = lever.scale(probe)
        for change in find_changes(probe, lever, scale):
            if change.event == "stops":
                continue
            n = round((change.at - scale.today) / scale.step)
            between = scale.values(np.arange(0.0, n, math.copysign(1.0, n)))
            assert between[-1] == change.beside
            orders = lever.orders(probe, between)
            assert np.all(np.abs(orders - probe.order) < 12), (key, change)


def test_levels_stay_where_they_are_if_nothing_changes_and_move_as_the_estimate_does():
    problem = problem_of(lead_time=LeadTime(5))
    dear = replace(problem, costs=CostRates(0.1, 40.0, 20.0, 2.0))
    moved = moved_levels(Levels(80, 150), problem, [problem, dear])
    before, after = estimate_s_s([problem, dear]).reorder_point
    assert (moved.reorder_point[0], moved.order_up_to_level[0]) == (80, 150)
    assert moved.reorder_point[1] - 80 == after - before > 0


@pytest.mark.parametrize(
    "rule",
    [
        lambda p: SSPolicy.of([p], reorder_point=[90], order_up_to_level=[140]),
        lambda p: BaseStockPolicy.of([p], order_up_to_level=[140]),
        lambda p: RQPolicy.of([p], reorder_point=[90], order_quantity=[55]),
        lambda p: NetworkPolicy(),
    ],
)
@pytest.mark.parametrize("lead_time", [LeadTime(0), LeadTime(4), LeadTime(4, 1.5)])
def test_an_unchanged_item_gets_todays_very_order(rule, lead_time):
    """Else every threshold would start from another order than the one explained."""
    problem = problem_of(lead_time=lead_time, rules=PACKS)
    probe = Probe(today(20, (6.0,), problem), rule(problem))
    assert orders_if(probe, [problem])[0] == probe.order
    for lever in LEVERS.values():
        scale = lever.scale(probe)
        if scale is not None:
            assert lever.orders(probe, np.array([scale.today]))[0] == probe.order, lever.key


def test_a_lead_time_that_is_not_whole_is_found_to_a_tenth():
    problem = problem_of(lead_time=LeadTime(4, 1.5), rules=PACKS)
    probe = Probe(today(20, (6.0,), problem), exact_rule(problem))
    changes = [each for each in found_by(probe, "lead_time") if each.is_change]
    assert changes
    assert all(round(10 * each.at, 6) == round(10 * each.at) for each in changes)
    assert all(value_words(each, each.at).endswith(" days") for each in changes)


def test_a_rule_that_never_orders_claims_nothing_about_costs():
    problem = problem_of()
    never = SSPolicy.of([problem], reorder_point=[-1], order_up_to_level=[0])
    found, check = thresholds(Probe(today(5, (), problem), never))
    assert check.passed and {each.key for each in found} == {"stock", "open_orders", ""}
    assert found[-1].text.startswith("It never orders this item")


def test_what_does_not_hold_when_run_again_is_not_said():
    """A policy that answers differently each time fails the check, and its thresholds are gone."""

    class Moody(LevelPolicy):
        calls = 0

        def act(self, observation):
            self.calls += 1
            return super().act(observation) + 40.0 * (self.calls % 2)

    found, check = thresholds(Probe(today(70), Moody((100, 160))))
    assert not check.passed and len(found) < 7


def test_a_threshold_one_unit_off_fails():
    probe = Probe(today(70), LevelPolicy((100, 160)))
    witnesses = Witnesses(probe)
    for key, at in (("stock", 101.0), ("open_orders", 31.0)):
        right = {"at": at, "beside": at - 1, "order": 0.0, "end": at}
        assert execute(Claim(f"{key}_changes", "", right), witnesses).passed
        for wrong in (at - 1, at + 1):
            claim = Claim(
                f"{key}_changes", "", {**right, "at": wrong, "beside": wrong - 1, "end": wrong}
            )
            assert not execute(claim, witnesses).passed


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("level", [-20.0, 0.0, 33.5, 95.0, 300.0])
def test_thresholds_of_any_network_hold(seed, level):
    rules = OrderRules(min_order=10, pack_size=6, max_order=120, review_period=2)
    situation = today(level, (0.0, 12.0), problem_of(rules=rules, lead_time=LeadTime(4, 1.5)))
    probe = Probe(situation, NetworkPolicy(seed=seed))
    found, check = thresholds(probe)
    assert check.passed, check
    again, _ = thresholds(Probe(situation, NetworkPolicy(seed=seed)))
    assert repr(again) == repr(found)
    assert all(math.isfinite(each.order) for each in found)
