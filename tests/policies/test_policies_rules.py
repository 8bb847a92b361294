"""Each rule's arithmetic by hand, its refusals, and how levels move with the season."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core.demand import NegativeBinomialDemand, Season, poisson
from core.domain import CostRates, LeadTime, OrderRules, PolicyParameterError
from core.policies import (
    BaseStockPolicy,
    CappedBaseStockPolicy,
    EOQPolicy,
    NewsvendorPolicy,
    RQPolicy,
    SearchSettings,
    SSPolicy,
    economic_order_quantity,
    fit_policy,
)
from core.simulator import Problem
from tests.policies.policy_parts import QUICK, long_run, observe, problem

ITEM = [problem(poisson(5))]


def orders(policy, at):
    """Return what the rule asks for at these positions."""
    return policy.act(observe(ITEM, at, len(at))).tolist()


def test_s_s_orders_up_to_the_level_at_or_below_the_reorder_point():
    """At s = 10, S = 30."""
    policy = SSPolicy.of(ITEM, reorder_point=[10], order_up_to_level=[30])
    assert orders(policy, [11.0, 10.0, 9.5, 0.0, -4.0, 31.0]) == [0, 20, 20.5, 30, 34, 0]


def test_base_stock_orders_what_is_missing():
    """S = 12."""
    policy = BaseStockPolicy.of(ITEM, order_up_to_level=[12])
    assert orders(policy, [12.0, 11.0, -3.0, 20.0]) == [0, 1, 15, 0]


def test_capped_base_stock_orders_no_more_than_the_cap():
    """S = 12, cap 6."""
    policy = CappedBaseStockPolicy.of(ITEM, order_up_to_level=[12], order_cap=[6])
    assert orders(policy, [12.0, 11.0, 6.0, 2.0, 20.0]) == [0, 1, 6, 6, 0]


def test_r_q_orders_the_fewest_batches_that_lift_the_position_above_the_reorder_point():
    """With r = 10, Q = 8: at 2, one batch only reaches r, so it takes two."""
    policy = RQPolicy.of(ITEM, reorder_point=[10], order_quantity=[8])
    assert orders(policy, [11.0, 10.0, 3.0, 2.0, -20.0]) == [0, 8, 8, 16, 32]


def test_eoq_orders_up_to_reorder_point_plus_quantity():
    """At s = 10, Q = 8."""
    policy = EOQPolicy.of(ITEM, reorder_point=[10], order_quantity=[8])
    assert orders(policy, [11.0, 10.0, 4.0]) == [0, 8, 14]


def test_the_economic_order_quantity_is_the_textbook_one():
    """K = 8, 1300 units a year, h = 0.225 a year: the root of 92,444.4."""
    assert economic_order_quantity(1300, 8, 0.225) == pytest.approx(304.047, abs=0.001)


def test_eoq_with_safety_stock_follows_its_formulas():
    """Backorders: mu = 25, L = 3, K = 64, p / (p + h) = 0.9."""
    item = problem(poisson(25), lead_time=3, fixed_cost=64.0, lost_share=0.0)
    numbers = fit_policy("eoq_safety_stock", [item]).parameters_of(0)
    assert numbers["order_quantity"] == round(math.sqrt(2 * 64 * 25))
    assert numbers["reorder_point"] == round(100 + 1.281552 * 10)


def test_eoq_for_lost_sales_covers_the_cycle():
    """Lost sales: covered share p mu / (p mu + h Q), Hadley and Whitin (1963)."""
    item = problem(poisson(25), lead_time=3, fixed_cost=64.0, lost_share=1.0)
    numbers = fit_policy("eoq_safety_stock", [item]).parameters_of(0)
    share = 9 * 25 / (9 * 25 + 57)
    assert share == pytest.approx(0.79787, abs=1e-5)
    assert numbers["reorder_point"] == round(100 + 0.83411 * 10)


def test_eoq_orders_at_least_the_minimum_and_a_review_period_of_demand():
    """Formula quantities below what the rules ask for are raised."""
    rules = OrderRules(min_order=40, pack_size=12, review_period=4)
    costs = CostRates(1.0, 9.0, 0.0)
    plain = Problem("a", poisson(25), costs, LeadTime(1), OrderRules(review_period=4))
    minimum = Problem("b", poisson(5), costs, LeadTime(1), rules)
    policy = fit_policy("eoq_safety_stock", [plain, minimum])
    assert policy.parameters_of(0)["order_quantity"] == 100
    assert policy.parameters_of(1)["order_quantity"] == 40


def test_newsvendor_is_the_quantile_of_demand_until_the_next_delivery():
    """Poisson(5), L = 2, R = 1: the 0.9 quantile of Poisson(15) is 20."""
    assert fit_policy("newsvendor", ITEM).parameters_of(0) == {"order_up_to_level": 20.0}


def test_newsvendor_counts_the_spread_of_the_lead_time():
    """A lead time that varies asks for more stock than a fixed one of the same mean."""
    sure, late = (
        Problem("x", poisson(5), CostRates(1.0, 9.0), LeadTime(4.0, sd)) for sd in (0.0, 2.0)
    )
    sure_level, late_level = fit_policy("newsvendor", [sure, late]).order_up_to_level
    assert late_level > sure_level + 5


@pytest.mark.parametrize(("s", "up_to"), [(30, 30), (31, 30)])
def test_an_s_not_below_s_is_refused_with_item_and_both_values(s, up_to):
    """The message names the item, s and S, and what to do."""
    with pytest.raises(PolicyParameterError) as caught:
        SSPolicy.of(
            [ITEM[0], problem(poisson(2), name="A17")],
            reorder_point=[1, s],
            order_up_to_level=[30, up_to],
        )
    message = caught.value.message
    for part in ("item A17", f"{s} and {up_to}", "Lower reorder_point"):
        assert part in message


@pytest.mark.parametrize(
    ("family", "numbers"),
    [
        (RQPolicy, {"reorder_point": [3], "order_quantity": [0]}),
        (EOQPolicy, {"reorder_point": [3], "order_quantity": [-1]}),
        (CappedBaseStockPolicy, {"order_up_to_level": [3], "order_cap": [0]}),
        (SSPolicy, {"reorder_point": [math.nan], "order_up_to_level": [3]}),
        (NewsvendorPolicy, {"order_up_to_level": [math.inf]}),
    ],
)
def test_impossible_numbers_are_refused_by_name(family, numbers):
    """Empty batches, empty caps, not-a-number."""
    with pytest.raises(PolicyParameterError, match="item item"):
        family.of(ITEM, **numbers)


def seasonal_item():
    """Return an item that sells four times as much in July as in January."""
    month = tuple(1 - 0.6 * math.cos(2 * math.pi * k / 12) for k in range(12))
    demand = NegativeBinomialDemand(level=10.0, shape=8.0, season=Season(month=month))
    return Problem("ice", demand, CostRates(1.0, 9.0, 20.0), LeadTime(5), start=20_470)


@pytest.mark.parametrize("name", ["s_S", "base_stock", "capped_base_stock", "r_Q", "newsvendor"])
def test_levels_follow_the_season(name):
    """A rule fitted in January asks for more at the same stock in July."""
    january = seasonal_item()
    july = january.at(january.start + 182)
    policy = fit_policy(name, [january], QUICK)
    now, then = (float(policy.act(observe([item], [0.0])).sum()) for item in (january, july))
    assert then > 1.5 * now


def test_the_levels_of_today_are_the_numbers_shown():
    """At the start of planning, season or not, s and S are what parameters_of says."""
    policy = SSPolicy.fit([seasonal_item()], QUICK)
    s, up_to = policy.levels(observe([seasonal_item()], [0.0]))
    numbers = policy.parameters_of(0)
    assert (s.item(), up_to.item()) == (numbers["reorder_point"], numbers["order_up_to_level"])


def test_moving_levels_cost_less_than_the_same_levels_held_still():
    """Over a year, following the season pays."""
    from dataclasses import replace

    item = seasonal_item()
    moving = SSPolicy.fit([item], SearchSettings(n_paths=16, horizon=365))
    still = replace(moving, items=(replace(moving.items[0], has_season=False),))
    (moves, error), (stays, _) = (long_run(item, p, 32, 365) for p in (moving, still))
    assert moves < stays - 3 * error


def test_numbers_cannot_be_changed_after_the_check():
    """A policy is a frozen value."""
    policy = SSPolicy.of(ITEM, reorder_point=[1], order_up_to_level=[2])
    with pytest.raises(ValueError, match="read-only"):
        policy.reorder_point[0] = 5
    given = np.array([1.0])
    held = BaseStockPolicy.of(ITEM, order_up_to_level=given)
    given[0] = 99.0
    assert held.parameters_of(0) == {"order_up_to_level": 1.0}
    assert torch.equal(held.act(observe(ITEM, [0.0])), torch.ones(1))
