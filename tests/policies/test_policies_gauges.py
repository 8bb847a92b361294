"""The gauges: what they refuse, how their tables act, and that exact costs are exact."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.demand import GammaDemand, NegativeBinomialDemand, Season, geometric, poisson
from core.domain import LeadTime, OrderRules, PolicyParameterError, UnknownNameError
from core.evaluation import LongRunSettings, long_run_cost_of
from core.policies import (
    GAUGES,
    POLICIES,
    BaseStockPolicy,
    OptimumPolicy,
    RQPolicy,
    SSPolicy,
    exact_cost,
    exact_s_s,
    fit_gauge,
    fit_policy,
    long_run_cost,
)
from core.policies.state_bounds import first_box, table_in_free_box, wider_box
from core.policies.state_table import StateBox
from core.policies.textbook_item import textbook_item
from core.policies.value_iteration import _optimal_table
from core.simulator import SingleItemSystem, draw_scenario, total_costs
from tests.policies.policy_parts import QUICK, observe, problem

PLAIN = problem(poisson(5), lead_time=2)
DEAR = problem(poisson(3), lead_time=2, fixed_cost=12.0, name="dear")
every_gauge = pytest.mark.parametrize("name", GAUGES)
WEEK = Season(weekday=(1.6, 1.2, 1.0, 0.9, 1.1, 0.7, 0.5))


def test_gauges_are_not_offered_to_planners():
    """The two registries share no name."""
    assert not set(GAUGES) & set(POLICIES)
    assert all(family.name == name and family.label for name, family in GAUGES.items())


def test_an_unknown_gauge_is_answered_with_the_one_probably_meant():
    with pytest.raises(UnknownNameError, match="Did you mean 'myopic_2'"):
        fit_gauge("myopic2", [PLAIN])


@every_gauge
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"lost_share": 0.5}, "all lost or all backordered, got 0.5"),
        ({"lead_time": LeadTime(2.0, 1.0)}, "fixed lead time of whole periods"),
        ({"lead_time": LeadTime(1.5)}, "fixed lead time of whole periods"),
        ({"demand": NegativeBinomialDemand(level=4.0, shape=0.7, season=WEEK)}, "season"),
        ({"demand": GammaDemand(level=5.0, shape=2.0, whole_units=False)}, "parts of a unit"),
        ({"rules": OrderRules(pack_size=6)}, "no order rules"),
        ({"rules": OrderRules(max_stock=20)}, "no order rules"),
        ({"rules": OrderRules(review_period=2)}, "no order rules"),
        ({"lead_time": LeadTime(9)}, "at most 12,000,000 entries"),
    ],
)
def test_items_of_another_kind_are_refused_with_value_item_and_remedy(name, change, reason):
    """One departure at a time from an item that every gauge serves."""
    fit_gauge(name, [PLAIN])
    with pytest.raises(PolicyParameterError) as caught:
        fit_gauge(name, [replace(PLAIN, **change)])
    assert reason in caught.value.message
    assert "item item" in caught.value.message
    assert caught.value.value is not None and "s_S" in caught.value.remedy


@pytest.mark.parametrize("name", ["myopic", "myopic_2"])
@pytest.mark.parametrize(
    "change", [{"lost_share": 0.0}, {"costs": DEAR.costs}, {"purchase_cost": 0.5}]
)
def test_myopic_rules_are_for_lost_sales_and_orders_that_cost_nothing(name, change):
    """They know neither backorders nor what an order costs."""
    with pytest.raises(PolicyParameterError, match="item item"):
        fit_gauge(name, [replace(PLAIN, **change)])


@every_gauge
def test_a_row_of_a_batch_is_the_item_alone(name):
    """Different lead times side by side, orders under way, and some of the items selected."""
    items = [
        problem(poisson(2), lead_time=lead_time, name=str(lead_time)) for lead_time in (3, 0, 1)
    ]
    policy, n_paths, horizon = fit_gauge(name, items), 5, 30
    scenario = draw_scenario(items, n_paths, horizon, seed=3000)
    together = total_costs(SingleItemSystem(items, n_paths), policy.act, scenario).cost
    for row, item in enumerate(items):
        alone = draw_scenario([item], n_paths, horizon, seed=3000)
        for one in (policy.select([row]), fit_gauge(name, [item])):
            cost = total_costs(SingleItemSystem([item], n_paths), one.act, alone).cost
            assert torch.equal(cost, together.reshape(3, -1)[row])


@every_gauge
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_orders_are_whole_never_negative_and_defined_outside_of_the_table(name, dtype):
    """Empty and overfull stores, in the observation's own number format."""
    order = fit_gauge(name, [PLAIN]).act(observe([PLAIN], [0.0, 7.0, 1e5], 3, dtype))
    assert order.dtype == dtype and order.shape == (3,)
    assert order[0] > 0 and order[2] == 0
    assert torch.equal(order, order.round())


@every_gauge
@pytest.mark.parametrize("item", [PLAIN, problem(poisson(2), lead_time=4)])
def test_a_gauge_says_its_cost_and_how_it_was_found(name, item):
    """The cost of the table is that of the policy, by the chain and by simulation."""
    policy = fit_gauge(name, [item])
    assert policy.cost_of(0) == pytest.approx(exact_cost(item, policy), rel=2e-6)
    measured = long_run_cost_of(item, policy, LongRunSettings(error_percent=0.2))
    assert abs(policy.cost_of(0) - measured.cost) < 2 * measured.half_width
    assert f"{policy.cost_of(0):.5g} per period" in policy.method_of(0)
    assert dict(policy.parameters_of(0)) == {}


@pytest.mark.parametrize("lead_time", [0, 1, 3])
@pytest.mark.parametrize("fixed_cost", [0.0, 20.0])
def test_no_rule_costs_less_than_the_optimum(lead_time, fixed_cost):
    """Lost sales, every registered rule, without noise."""
    item = problem(geometric(2), lead_time=lead_time, fixed_cost=fixed_cost)
    optimum = fit_gauge("optimum", [item]).cost_of(0)
    costs = [exact_cost(item, fit_policy(name, [item], QUICK)) for name in POLICIES]
    assert optimum <= min(costs) * (1 + 2e-6)
    assert min(costs) < 1.05 * optimum


@pytest.mark.parametrize("lead_time", [0, 2, 4])
@pytest.mark.parametrize("fixed_cost", [0.0, 30.0])
def test_with_backorders_the_optimum_is_the_exact_s_s(lead_time, fixed_cost):
    """No theory of (s, S) in one, no value iteration in the other."""
    item = problem(poisson(4), lead_time=lead_time, fixed_cost=fixed_cost, lost_share=0.0)
    rule = exact_s_s(item.demand.pmf(0), item.costs, lead_time)
    optimum = fit_gauge("optimum", [item])
    assert optimum.cost_of(0) == pytest.approx(rule.cost, rel=2e-6)
    assert float(optimum.act(observe([item], [float(rule.reorder_point + 1)]))) == 0
    up_to = rule.order_up_to_level - rule.reorder_point
    assert float(optimum.act(observe([item], [float(rule.reorder_point)]))) == up_to


@pytest.mark.parametrize(("lead_time", "s", "up_to"), [(0, 3, 12), (1, 5, 9), (2, -1, 14)])
def test_the_exact_cost_of_an_s_s_rule_with_backorders_is_that_of_theory(lead_time, s, up_to):
    """Zheng and Federgruen's cost formula, good and bad rules."""
    item = problem(poisson(1.5), lead_time=lead_time, fixed_cost=9.0, lost_share=0.0)
    policy = SSPolicy.of([item], reorder_point=[s], order_up_to_level=[up_to])
    theory = long_run_cost(s, up_to, item.demand.pmf(0), item.costs, lead_time)
    assert exact_cost(item, policy) == pytest.approx(theory, rel=1e-6)


@pytest.mark.parametrize(
    "item",
    [
        problem(poisson(5), lead_time=4),
        problem(geometric(3), lead_time=0, fixed_cost=5.0),
        problem(poisson(2), lead_time=3, fixed_cost=40.0),
        replace(problem(poisson(2), lead_time=1), purchase_cost=0.7),
    ],
)
def test_the_exact_cost_lies_in_the_interval_of_a_long_simulation(item):
    """Lost sales, with and without fixed cost and price per unit."""
    policy = RQPolicy.of([item], reorder_point=[7], order_quantity=[6])
    measured = long_run_cost_of(item, policy, LongRunSettings(error_percent=0.1))
    assert abs(exact_cost(item, policy) - measured.cost) < 1.5 * measured.half_width


class Agent:
    """Asks for parts of a unit, as networks do, and looks at single orders under way."""

    name, n_items = "agent", 1

    def act(self, observation):
        """Weigh what is due soon by less."""
        due = observation.outstanding(2)
        return (9.3 - observation.on_hand - 0.5 * due[0] - due[1]).clamp(min=0.0)


class Flood(Agent):
    """Orders more than is ever asked for."""

    def act(self, observation):
        """Order nine, always."""
        return torch.full_like(observation.on_hand, 9.0)


def test_the_exact_cost_of_an_agent_is_that_of_its_rounded_orders():
    """After the order rules, as in the simulator."""
    item = problem(poisson(3), lead_time=3)
    measured = long_run_cost_of(item, Agent(), LongRunSettings(error_percent=0.1))
    assert abs(exact_cost(item, Agent()) - measured.cost) < 1.5 * measured.half_width


def test_a_rule_that_stocks_up_without_end_is_refused():
    """Ever more stock is no small problem."""
    with pytest.raises(PolicyParameterError, match="item item with lead time 2"):
        exact_cost(PLAIN, Flood())


def test_high_levels_are_no_hindrance():
    """What counts is how many states there are, not how high they lie."""
    policy = BaseStockPolicy.of([PLAIN], order_up_to_level=[100_000])
    assert exact_cost(PLAIN, policy) == pytest.approx(100_000 - 15, rel=1e-6)


@pytest.mark.parametrize("item", [PLAIN, DEAR, replace(DEAR, lost_share=0.0, name="owed")])
def test_bounds_that_are_too_tight_are_widened_until_they_do_not_matter(item):
    """From a box far too small to the same optimum; a wider box than needed changes nothing."""
    textbook = textbook_item(item, "Optimum")
    cost = OptimumPolicy.solve(textbook).cost
    box = first_box(textbook)
    tight = StateBox(textbook, box.low, box.top // 2, 3 if textbook.is_lost else box.largest_order)
    if not textbook.is_lost:
        tight = replace(tight, largest_order=tight.top - tight.low)
    table = _optimal_table(tight)
    assert table.cost > cost * 1.01
    while (wider := wider_box(table)) is not None:
        table = _optimal_table(wider)
    assert table.cost == pytest.approx(cost, rel=2e-6)
    roomy = replace(box, top=box.top + 9, largest_order=box.largest_order + 9)
    assert _optimal_table(roomy).cost == pytest.approx(cost, rel=2e-6)


def test_the_bounds_of_a_solved_table_are_not_reached():
    """The largest order and the highest position after it stay inside."""
    table = table_in_free_box(textbook_item(DEAR, "Optimum"), _optimal_table)
    assert table.orders.max() < table.box.largest_order
    possible = table.box.position_after[..., 0] <= table.box.top
    after = (table.box.position_after[..., 0] + table.orders)[possible & (table.orders > 0)]
    assert after.max() < table.box.top


def test_cheap_shortages_are_let_go():
    """Where an order costs more than it saves, the optimum is to lose every sale."""
    item = problem(poisson(2), lead_time=1, fixed_cost=500.0, stockout_cost=1.0)
    policy = fit_gauge("optimum", [item])
    assert policy.cost_of(0) == pytest.approx(2.0)
    assert float(policy.act(observe([item], [0.0]))) == 0


def test_a_price_per_unit_is_a_lower_stockout_cost():
    """What is ordered is sold in the end: with price c, the optimum for p - c plus c mu."""
    item = problem(poisson(3), lead_time=2, fixed_cost=4.0, stockout_cost=9.0)
    net = problem(poisson(3), lead_time=2, fixed_cost=4.0, stockout_cost=6.5)
    bought = fit_gauge("optimum", [replace(item, purchase_cost=2.5)]).cost_of(0)
    assert bought == pytest.approx(fit_gauge("optimum", [net]).cost_of(0) + 2.5 * 3, rel=3e-6)


def test_the_chances_of_a_state_table_sum_to_one():
    """The expected value of a constant is that constant, and money is finite where allowed."""
    box = StateBox(textbook_item(DEAR, "Optimum"), 0, 15, 8)
    ones = np.ones((16, 9))
    assert box.expected(ones) == pytest.approx(1.0)
    assert math.isinf(box.money.max()) and np.isfinite(box.money[..., 0]).all()
