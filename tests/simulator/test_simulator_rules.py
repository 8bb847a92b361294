"""From the quantity asked for to the order a supplier accepts, and the gradient through a step."""

from __future__ import annotations

import pytest
import torch

from core.domain import CostRates, LeadTime, OrderRules
from core.simulator import (
    InitialStock,
    OrderRulesBatch,
    Parameters,
    SingleItemSystem,
    draw_scenario,
)
from tests.simulator.simulator_parts import base_stock, item, scenario_of


def ordered(rules, raw, position=0.0, t=0):
    """Return the order for a raw quantity."""
    batch = OrderRulesBatch(Parameters.of([item(rules=rules)], 1, torch.float64))
    asked = torch.tensor([float(raw)], dtype=torch.float64)
    return batch.apply(asked, torch.tensor([float(position)], dtype=torch.float64), t).item()


@pytest.mark.parametrize(
    ("rules", "raw", "position", "order"),
    [
        (OrderRules(), 3.2, 0, 4),
        (OrderRules(), 3.00001, 0, 3),
        (OrderRules(), 0, 0, 0),
        (OrderRules(pack_size=6), 13, 0, 18),
        (OrderRules(pack_size=0.25), 1.1, 0, 1.25),
        (OrderRules(min_order=20), 3, 0, 20),
        (OrderRules(min_order=20), 0, 0, 0),
        (OrderRules(min_order=20, pack_size=6), 3, 0, 24),
        (OrderRules(max_order=20, pack_size=6), 50, 0, 18),
        (OrderRules(max_stock=30), 50, 12, 18),
        (OrderRules(max_stock=30), 50, 40, 0),
        (OrderRules(max_stock=30, pack_size=6), 50, 10, 18),
        (OrderRules(max_stock=30, min_order=20), 5, 15, 0),
        (OrderRules(max_stock=30), 50, -10, 40),
    ],
)
def test_the_order_respects_minimum_packs_and_limits(rules, raw, position, order):
    """Up to the minimum, up to packs, down to the limits, nothing below the minimum."""
    assert ordered(rules, raw, position) == order


@pytest.mark.parametrize(("t", "order"), [(0, 5), (1, 0), (2, 0), (3, 5)])
def test_between_reviews_nothing_is_ordered(t, order):
    """R = 3: the start, then every third period."""
    assert ordered(OrderRules(review_period=3), 5, t=t) == order


def test_every_step_from_the_raw_quantity_to_the_order_can_be_shown():
    """The arithmetic on screen ends at the order itself."""
    rules = OrderRules(min_order=10, pack_size=6, max_stock=25)
    batch = OrderRulesBatch(Parameters.of([item(rules=rules)], 1))
    steps = batch.steps(torch.tensor([3.0]), torch.tensor([8.0]))
    assert [(step.name, step.quantity.item()) for step in steps] == [
        ("asked for", 3.0),
        ("minimum order", 10.0),
        ("whole packs", 12.0),
        ("largest order and storage", 12.0),
    ]


def test_a_step_changes_nothing_it_is_given():
    """The transition is pure: the same step twice is the same."""
    problem = item(2, lost_share=0.0)
    system = SingleItemSystem([problem], 3)
    scenario = draw_scenario([problem], 3, 5, seed=1)
    stocks = system.start(InitialStock(torch.tensor([1.0, 2.0, 3.0])))
    first, _ = system.step(stocks, torch.full((3,), 4.0), scenario)
    again, _ = system.step(stocks, torch.full((3,), 4.0), scenario)
    assert torch.equal(first.inventory_position, again.inventory_position)
    assert stocks.inventory_level.tolist() == [1, 2, 3]
    assert stocks.t == 0 and first.t == 1


def mean_cost(problem, level, *, whole_packs=False):
    """Return the mean cost of ordering up to a level over 30 periods."""
    system = SingleItemSystem([problem], 50, torch.float64, whole_packs=whole_packs)
    scenario = draw_scenario([problem], 50, 30, seed=1, dtype=torch.float64)
    stocks, total = system.start(), torch.zeros(50, dtype=torch.float64)
    for _ in range(30):
        stocks, flows = system.step(
            stocks, base_stock(level)(system.observe(stocks, scenario)), scenario
        )
        total = total + system.cost(flows)
    return total.mean()


@pytest.mark.parametrize("lost_share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("lead_time", [0, 1, 3])
def test_cost_has_the_right_gradient_in_the_order_up_to_level(lost_share, lead_time):
    """Unrounded orders: the gradient is that of central differences, and not 0."""
    problem = item(lead_time, lost_share=lost_share)
    level = torch.tensor(5.3 * (lead_time + 1), dtype=torch.float64, requires_grad=True)
    mean_cost(problem, level).backward()
    with torch.no_grad():
        step = 1e-5
        difference = mean_cost(problem, level + step) - mean_cost(problem, level - step)
    assert level.grad.item() == pytest.approx(difference.item() / (2 * step), rel=1e-3)
    assert abs(level.grad.item()) > 0.1


def test_the_gradient_also_goes_through_crossing_orders():
    """Random lead times."""
    from core.domain import LeadTime

    level = torch.tensor(17.3, dtype=torch.float64, requires_grad=True)
    mean_cost(item(LeadTime(2.0, 1.5)), level).backward()
    assert torch.isfinite(level.grad) and level.grad.item() != 0


def test_whole_packs_make_the_cost_a_staircase():
    """That is why learning leaves orders unrounded."""
    level = torch.tensor(10.3, dtype=torch.float64, requires_grad=True)
    mean_cost(item(1), level, whole_packs=True).backward()
    assert level.grad.item() == 0


LATE = [[6.0, 6.0], [5.0, 9.0], [3.0, 9.0], [7.0, 2.0], [9.0, 8.0], [9.0, 9.0]]


@pytest.mark.parametrize(
    ("length", "last"),
    [(3, -1), (5, -1), (6, 3), (4, -1)],
)
def test_an_order_has_a_chance_as_long_as_it_or_a_later_one_arrives_in_time(length, last):
    """Two futures: the order of period 3 takes 2 periods on one; before it none is quicker."""
    system = SingleItemSystem([item(LeadTime(5, 2), costs=CostRates(1.0, 9.0))], 2, torch.float64)
    scenario = scenario_of([[1.0, 1.0]] * 6, LATE)
    assert system.chances(scenario, length) == [t <= last for t in range(length)]


def test_an_order_that_costs_something_always_counts():
    costs = CostRates(1.0, 9.0, fixed_cost=3.0)
    system = SingleItemSystem([item(LeadTime(5, 2), costs=costs)], 2, torch.float64)
    assert all(system.chances(scenario_of([[1.0, 1.0]] * 6, LATE), 6))


def test_with_a_fixed_lead_time_the_last_orders_change_nothing():
    rules = OrderRules(review_period=2)
    system = SingleItemSystem([item(3, rules=rules, costs=CostRates(1.0, 9.0))], 1, torch.float64)
    found = system.chances(scenario_of([1.0] * 8), 8)
    assert found == [True, False, True, False, True, False, False, False]
