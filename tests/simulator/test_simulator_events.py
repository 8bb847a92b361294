"""The order of events, worked out by hand, and the KPIs of what happened."""

from __future__ import annotations

import pytest
import torch

from core.domain import LeadTime
from core.simulator import (
    InitialStock,
    SingleItemSystem,
    kpis,
    total_costs,
    trajectory,
)
from tests.simulator.simulator_parts import (
    base_stock,
    column,
    item,
    play_by_hand,
    scenario_of,
)


def test_five_periods_without_lead_time_and_with_lost_sales():
    """The order of a period serves its own demand; what is short is lost. h = 1, p = 4, K = 2."""
    run, _ = play_by_hand(item(0), 5.0, [3, 7, 0, 2, 5], start=0.0)
    assert column(run.order) == [5, 3, 5, 0, 2]
    assert column(run.received) == [5, 3, 5, 0, 2]
    assert column(run.on_hand) == [2, 0, 5, 3, 0]
    assert column(run.lost) == [0, 2, 0, 0, 0]
    assert column(run.inventory_position) == [5, 5, 5, 5, 5]
    assert column(run.cost) == [2 + 2, 2 + 8, 2 + 5, 3, 2]


def test_five_periods_with_lead_time_two_and_backorders():
    """An order of t serves demand from t + 2 on; what is owed is charged until it is served."""
    run, _ = play_by_hand(item(2, lost_share=0.0), 10.0, [3, 3, 2, 6, 1], start=4.0)
    assert column(run.order) == [6, 3, 3, 2, 6]
    assert column(run.received) == [0, 0, 6, 3, 3]
    assert column(run.inventory_level) == [1, -2, 2, -1, 1]
    assert column(run.on_hand) == [1, 0, 2, 0, 1]
    assert column(run.short) == [0, 2, 0, 1, 0]
    assert column(run.lost) == [0, 0, 0, 0, 0]
    assert column(run.cost) == [2 + 1, 2 + 8, 2 + 2, 2 + 4, 2 + 1]


def test_a_backorder_is_charged_every_period_and_a_lost_unit_once():
    """Nothing ordered, one demand of 3: backorders cost 3 p each period, lost sales 3 p once."""
    owed, _ = play_by_hand(item(0, lost_share=0.0), -99.0, [3, 0, 0], start=0.0)
    lost, _ = play_by_hand(item(0, lost_share=1.0), -99.0, [3, 0, 0], start=0.0)
    assert column(owed.cost) == [12, 12, 12]
    assert column(lost.cost) == [12, 0, 0]


def test_partly_lost_demand_is_split_and_each_part_charged_its_way():
    """Half of 4 is lost (once), half owed (every period)."""
    run, _ = play_by_hand(item(0, lost_share=0.5), -99.0, [4, 0], start=0.0)
    assert column(run.lost) == [2, 0]
    assert column(run.inventory_level) == [-2, -2]
    assert column(run.short) == [4, 2]


def test_later_orders_may_overtake_earlier_ones():
    """The order of t = 0 takes 4 periods, that of t = 1 takes 1."""
    problem = item(LeadTime(2.0, probabilities=(0.0, 0.5, 0.0, 0.0, 0.5)), lost_share=0.0)
    run, _ = play_by_hand(problem, 8.0, [5, 0, 0, 0, 0, 0], 0.0, [4, 1, 1, 1, 1, 1])
    assert column(run.order) == [8, 5, 0, 0, 0, 0]
    assert column(run.received) == [0, 0, 5, 0, 8, 0]
    assert column(run.inventory_level) == [-5, -5, 0, 0, 8, 8]


def test_initial_open_orders_arrive_when_due_and_count_as_on_order():
    """4 due next period, 6 due in three; fixed lead time 1 keeps to its own orders."""
    system = SingleItemSystem([item(1)], 1, torch.float64)
    arrivals = torch.tensor([[4.0], [0.0], [6.0]], dtype=torch.float64)
    initial = InitialStock(torch.tensor([2.0], dtype=torch.float64), arrivals)
    first = system.observe(system.start(initial), scenario_of([0] * 5))
    assert (first.inventory_level.item(), first.inventory_position.item()) == (2, 12)
    assert column(first.outstanding(4)) == [4, 0, 6, 0]
    run = trajectory(system, base_stock(13.0), scenario_of([0] * 5), initial=initial)
    assert column(run.order) == [1, 0, 0, 0, 0]
    assert column(run.received) == [0, 4 + 1, 0, 6, 0]


def test_the_planner_sees_when_orders_arrive_at_the_latest_and_never_when_they_will():
    """Random lead time of 1 or 3: both orders stand at their latest, whatever was drawn."""
    problem = item(LeadTime(2.0, probabilities=(0.0, 0.5, 0.0, 0.5)))
    system = SingleItemSystem([problem], 2, torch.float64)
    drawn = scenario_of([[0, 0]] * 3, [[1, 3]] * 3)
    stocks, _ = system.step(system.start(), torch.full((2,), 7.0, dtype=torch.float64), drawn)
    seen = system.observe(stocks, drawn)
    assert column(seen.inventory_level) == [7, 0]
    assert seen.outstanding(3).T.tolist() == [[0, 0, 0], [0, 7, 0]]
    assert column(seen.inventory_position) == [7, 7]


def test_kpis_of_a_run_worked_out_by_hand():
    """The five periods with lead time two, above: three of fifteen units late, two cycles of four.

    Deliveries in t = 2, 3, 4 end three cycles; the first and the one begun in t = 3 were short.
    """
    problem = item(2, lost_share=0.0)
    run, _ = play_by_hand(problem, 10.0, [3, 3, 2, 6, 1], start=4.0)
    found = kpis(run, SingleItemSystem([problem], 1, torch.float64).parameters)
    expected = {
        "cost": 5.2, "holding_cost": 0.8, "ordering_cost": 2.0, "stockout_cost": 2.4,
        "fill_rate": 12 / 15, "cycle_service_level": 2 / 4, "stockout_frequency": 2 / 5,
        "stockout_severity": 1.5, "backorders": 3 / 5, "on_hand": 4 / 5, "orders": 1.0,
        "order_size": 4.0, "turnover": 3 / 0.8, "cover": 0.8 / 3, "stock_value": 8.0,
    }  # fmt: skip
    for name, value in expected.items():
        assert getattr(found, name).item() == pytest.approx(value), name


def test_kpis_of_a_run_where_nothing_happens_are_numbers():
    """No demand, no order, no stock: nothing is divided by 0."""
    run, _ = play_by_hand(item(0), 0.0, [0, 0], start=0.0)
    found = kpis(run, SingleItemSystem([item(0)], 1, torch.float64).parameters)
    assert (found.fill_rate.item(), found.cycle_service_level.item()) == (1.0, 1.0)
    assert (found.turnover.item(), found.cover.item(), found.order_size.item()) == (0, 0, 0)


def test_warm_up_periods_are_not_counted():
    """Only the last three of five periods."""
    problem, demand = item(2, lost_share=0.0), [3, 3, 2, 6, 1]
    run, _ = play_by_hand(problem, 10.0, demand, start=4.0)
    system = SingleItemSystem([problem], 1, torch.float64)
    assert kpis(run, system.parameters, warm_up=2).cost.item() == pytest.approx((4 + 6 + 3) / 3)
    initial = InitialStock(torch.tensor([4.0], dtype=torch.float64))
    totals = total_costs(system, base_stock(10.0), scenario_of(demand), initial=initial, warm_up=2)
    assert totals.cost_per_period.item() == pytest.approx((4 + 6 + 3) / 3)
    assert (totals.n_orders.item(), totals.ordered.item(), totals.on_hand.item()) == (3, 11, 3)


@pytest.mark.parametrize("lost_share", [0.0, 0.4, 1.0])
def test_fast_totals_are_the_sums_of_every_flow(lost_share):
    """total_costs and trajectory play the same run."""
    problem = item(LeadTime(2.0, 1.0), lost_share=lost_share)
    system = SingleItemSystem([problem], 6, torch.float64)
    from core.simulator import draw_scenario

    scenario = draw_scenario([problem], 6, 50, seed=1, dtype=torch.float64)
    run = trajectory(system, base_stock(18.0), scenario)
    totals = total_costs(system, base_stock(18.0), scenario)
    assert torch.allclose(run.cost.sum(0), totals.cost)
    assert torch.allclose(run.on_hand.sum(0), totals.on_hand)
    assert torch.allclose(run.order.sum(0), totals.ordered)
