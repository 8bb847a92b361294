"""The same state and the same futures for other environments: every row of them changed alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.demand import NegativeBinomialDemand, Season
from core.domain import CostRates, LeadTime
from core.simulator import (
    InitialStock,
    Memory,
    Outlook,
    Scenario,
    SingleItemSystem,
    Stocks,
    draw_scenario,
)
from core.simulator.pipeline import AtOnce, CrossingOrders, FixedQueue
from tests.simulator.simulator_parts import base_stock, item

LATE = LeadTime(3.0, 1.5)
LEAD_TIMES = {"at once": 0, "one period": 1, "fixed": 4, "crossing": LATE}


def twice(row: torch.Tensor) -> torch.Tensor:
    """Give every environment a copy of its own beside it."""
    return row.repeat_interleave(2, -1)


def rolled(row: torch.Tensor) -> torch.Tensor:
    """Move every environment one place on."""
    return row.roll(1, -1)


def system_for(lead_time, n_paths, memory=0) -> SingleItemSystem:
    return SingleItemSystem([item(lead_time)], n_paths, torch.float64, memory=memory)


def under_way(lead_time, memory=0, n_periods=6) -> tuple[Stocks, Scenario]:
    """Play three paths for some periods, so that orders of every age are under way."""
    system = system_for(lead_time, 3, memory)
    scenario = draw_scenario([item(lead_time)], 3, 30, seed=5, dtype=torch.float64)
    stocks = system.start(InitialStock(torch.tensor([4.0, 9.0, 14.0]).double()))
    for _ in range(n_periods):
        order = base_stock(25.0)(system.observe(stocks, scenario))
        stocks, _ = system.step(stocks, order, scenario)
    return stocks, scenario


# --- Pipelines ------------------------------------------------------------------------------------


def test_nothing_under_way_stays_nothing():
    pipeline = AtOnce()
    assert pipeline.mapped(twice) is pipeline


def test_a_queue_changes_every_order_and_keeps_their_turn():
    queue = FixedQueue((torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])))
    found = queue.mapped(twice)
    assert isinstance(found, FixedQueue)
    assert [order.tolist() for order in found.queue] == [[1, 1, 2, 2], [3, 3, 4, 4]]
    assert [order.tolist() for order in queue.queue] == [[1, 2], [3, 4]]
    arrived, rest = found.receive(7)
    assert arrived.tolist() == [1, 1, 2, 2] and len(rest.queue) == 1


def test_crossing_orders_take_their_due_dates_and_longest_lead_time_along():
    """All four tables: else quantities would arrive when another environment's are due."""
    orders = CrossingOrders(
        quantity=torch.tensor([[1.0, 2.0], [3.0, 4.0]]),
        due=torch.tensor([[5.0, 6.0], [7.0, 5.0]]),
        latest=torch.tensor([[8.0, 9.0], [9.0, 10.0]]),
        max_lead_time=torch.tensor([3.0, 4.0]),
    )
    found = orders.mapped(rolled)
    assert isinstance(found, CrossingOrders)
    assert found.quantity.tolist() == [[2, 1], [4, 3]]
    assert found.due.tolist() == [[6, 5], [5, 7]]
    assert found.latest.tolist() == [[9, 8], [10, 9]]
    assert found.max_lead_time.tolist() == [4, 3]
    arrived, _ = found.receive(5)
    assert arrived.tolist() == [4, 1]


# --- Stocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lead_time", LEAD_TIMES.values(), ids=LEAD_TIMES)
def test_stocks_change_in_every_part(lead_time):
    stocks, _ = under_way(lead_time, memory=2)
    found = stocks.mapped(rolled)
    assert found.t == stocks.t
    pairs = [
        (stocks.inventory_level, found.inventory_level),
        (stocks.inventory_position, found.inventory_position),
        (stocks.memory.sales, found.memory.sales),
        (stocks.memory.expected, found.memory.expected),
        (stocks.memory.in_stock, found.memory.in_stock),
    ]
    if stocks.received is not None:
        pairs.append((stocks.received, found.received))
    before, after = (s.pipeline.outstanding(s.t, 8) for s in (stocks, found))
    pairs += [] if before is None else [(before, after)]
    assert all(torch.equal(after, rolled(before)) for before, after in pairs)
    assert not torch.equal(stocks.inventory_position, found.inventory_position)


def test_what_is_not_there_stays_away():
    """Nothing received, nothing remembered."""
    start = system_for(2, 3).start()
    found = start.mapped(twice)
    assert found.received is None and found.memory is None
    assert found.inventory_level.shape == (6,)


def test_detached_stocks_keep_their_numbers_and_lose_their_gradients():
    system = system_for(2, 3, memory=2)
    scenario = draw_scenario([item(2)], 3, 5, seed=5, dtype=torch.float64)
    level = torch.tensor([4.0, 9.0, 14.0], dtype=torch.float64, requires_grad=True)
    stocks, _ = system.step(system.start(InitialStock(level)), 2 * level, scenario)
    found = stocks.detached()
    for name in ("inventory_level", "inventory_position"):
        before, after = getattr(stocks, name), getattr(found, name)
        assert before.requires_grad and not after.requires_grad and torch.equal(before, after)
    before, after = (s.pipeline.outstanding(1, 4) for s in (stocks, found))
    assert before.requires_grad and not after.requires_grad and torch.equal(before, after)
    assert isinstance(found.memory, Memory) and torch.equal(found.memory.sales, stocks.memory.sales)


# --- Scenarios ------------------------------------------------------------------------------------


def test_a_scenario_changes_in_every_part():
    scenario = draw_scenario([item(LATE)], 3, 10, seed=5)
    found = scenario.mapped(rolled)
    assert found.seed == scenario.seed and found.horizon == 10
    assert torch.equal(found.demand, rolled(scenario.demand))
    assert torch.equal(found.lead_time, rolled(scenario.lead_time))
    assert not torch.equal(found.lead_time, scenario.lead_time)


def test_its_outlook_changes_alike():
    rows = [torch.arange(3.0).reshape(1, 3) + 10 * k for k in range(3)]
    found = Scenario(torch.zeros(4, 3), None, Outlook(*rows), seed=1).mapped(twice)
    assert found.lead_time is None and found.n_envs == 6
    assert found.outlook.next_mean.tolist() == [[0, 0, 1, 1, 2, 2]]
    assert found.outlook.protection_mean.tolist() == [[10, 10, 11, 11, 12, 12]]
    assert found.outlook.protection_sd.tolist() == [[20, 20, 21, 21, 22, 22]]


@pytest.mark.parametrize("lead_time", LEAD_TIMES.values(), ids=LEAD_TIMES)
def test_copies_live_through_what_the_original_does(lead_time):
    """From the middle of a run: twice as many environments on the same futures, flow by flow."""
    stocks, scenario = under_way(lead_time)
    few, many = system_for(lead_time, 3), system_for(lead_time, 6)
    copies, futures = stocks.mapped(twice), scenario.mapped(twice)
    for _ in range(15):
        order = base_stock(25.0)(few.observe(stocks, scenario))
        more = base_stock(25.0)(many.observe(copies, futures))
        stocks, flows = few.step(stocks, order, scenario)
        copies, others = many.step(copies, more, futures)
        assert torch.equal(others.order, twice(flows.order))
        assert torch.equal(others.short, twice(flows.short))
        assert torch.equal(copies.inventory_level, twice(stocks.inventory_level))


# --- Some of the environments, and others beside them ---------------------------------------------


def test_some_environments_go_by_as_among_all():
    """Picked in any order and number, of two items."""
    problems = [item(LATE), replace(item(LATE), name="other", costs=CostRates(2.0, 9.0, 3.0))]
    system = SingleItemSystem(problems, 3, torch.float64)
    scenario = draw_scenario(problems, 3, 12, seed=5, dtype=torch.float64)
    rows = torch.tensor([4, 0, 0, 5])
    few = system.picked(rows)
    all_stocks, stocks = system.start(), few.start()
    picked = scenario.mapped(lambda each: each[..., rows])
    for _ in range(12):
        order = base_stock(25.0)(system.observe(all_stocks, scenario))
        mine = base_stock(25.0)(few.observe(stocks, picked))
        all_stocks, flows = system.step(all_stocks, order, scenario)
        stocks, own = few.step(stocks, mine, picked)
        assert torch.equal(few.cost(own), system.cost(flows)[rows])
        assert torch.equal(stocks.inventory_level, all_stocks.inventory_level[rows])


def test_the_last_period_of_shorter_futures_goes_on_beside_longer_ones():
    season = Season(weekday=(1.4, 1, 1, 1, 1, 1, 0.6))
    demand = NegativeBinomialDemand(level=9.0, season=season, shape=5.0)
    seasonal = replace(item(LATE), name="season", demand=demand)
    long, short = draw_scenario([item(LATE)], 3, 9, 5), draw_scenario([seasonal], 2, 4, 6)
    for first, second in ((long, short), (short, long)):
        both = first.beside(second)
        n = first.n_envs
        assert both.demand.shape == both.lead_time.shape == (9, 5)
        for t in range(9):
            for part, own in ((slice(0, n), first), (slice(n, 5), second)):
                then = min(t, own.horizon - 1)
                assert torch.equal(both.demand[t, part], own.demand[then])
                assert torch.equal(both.lead_time[t, part], own.lead_time[then])
                expected = [row[part] for row in both.outlook.at(t)]
                assert all(map(torch.equal, expected, own.outlook.at(then)))


def test_memories_lie_beside_one_another():
    first, second = Memory.blank(3, 2, torch.float64), Memory.blank(3, 1, torch.float64)
    second = second.mapped(lambda table: table + 1)
    both = Memory.beside([first, second])
    assert both.sales.tolist() == both.expected.tolist() == [[0.0, 0.0, 1.0]] * 3
