"""What a policy remembers: sales, in-stock flags, what was expected, and never the future."""

from __future__ import annotations

import torch

from core.simulator import InitialStock, Memory, SingleItemSystem
from tests.simulator.simulator_parts import base_stock, item, scenario_of


def known(sales, in_stock, expected) -> Memory:
    """Return the memory of one environment."""
    return Memory(*(torch.tensor(row).double().unsqueeze(1) for row in (sales, in_stock, expected)))


def rows(table) -> list[list[float]]:
    return table.T.tolist()


def played(problem, demand, start, memory=3, level=8.0) -> list[Memory]:
    """Play one environment and return its memory before each period and after the last."""
    system = SingleItemSystem([problem], 1, torch.float64, memory=memory)
    scenario, seen = scenario_of(demand), []
    stocks = system.start(InitialStock(torch.tensor([start], dtype=torch.float64)))
    for _ in range(scenario.horizon):
        seen.append(stocks.memory)
        order = base_stock(level)(system.observe(stocks, scenario))
        stocks, _ = system.step(stocks, order, scenario)
    return [*seen, stocks.memory]


def test_lost_demand_is_never_seen_and_a_shelf_sold_empty_is_flagged():
    """Start 8, up to 8, L = 1: 5 leave 3, of 8 only 3 are sold, and 4 leave 1 of the 5 ordered."""
    memory = played(item(1), [5, 8, 4], 8.0, level=8.0)[-1]
    assert rows(memory.sales) == [[5, 3, 4]]
    assert rows(memory.in_stock) == [[1, 0, 1]]
    sold_out = played(item(1), [8], 8.0)[-1]
    assert rows(sold_out.sales)[0][-1] == 8 and rows(sold_out.in_stock)[0][-1] == 0


def test_backordered_demand_is_seen_in_full():
    memory = played(item(1, lost_share=0.0), [5, 12, 4], 8.0)[-1]
    assert rows(memory.sales) == [[5, 12, 4]] and rows(memory.in_stock) == [[1, 1, 1]]


def test_an_item_without_lost_sales_is_seen_in_full_beside_one_with():
    mixed = [item(1, name="a"), item(1, lost_share=0.0, name="b")]
    system = SingleItemSystem(mixed, 1, torch.float64, memory=1)
    scenario = scenario_of([[4.0, 4.0]])
    stocks, _ = system.step(system.start(), torch.zeros(2).double(), scenario)
    assert rows(stocks.memory.sales) == [[0], [4]] and rows(stocks.memory.in_stock) == [[0], [1]]


def test_nothing_of_the_future_is_remembered():
    """Up to the period in which demand begins to differ, the memory is the same."""
    one, other = (played(item(1), demand, 8.0) for demand in ([3, 2, 9, 1], [3, 2, 0, 7]))
    for t in range(3):
        for name in ("sales", "in_stock", "expected"):
            assert torch.equal(getattr(one[t], name), getattr(other[t], name))
    assert not torch.equal(one[3].sales, other[3].sales)


def test_what_was_known_before_the_start_is_handed_on_and_the_rest_is_not_known():
    before = known([7, 6], [1, 0], [5, 5])
    system = SingleItemSystem([item()], 1, torch.float64, memory=3)
    level = torch.tensor([9.0], dtype=torch.float64)
    stocks = system.start(InitialStock(level, memory=before))
    assert rows(stocks.memory.sales) == [[0, 7, 6]]
    assert rows(stocks.memory.expected) == [[0, 5, 5]]
    stocks, _ = system.step(stocks, torch.zeros(1).double(), scenario_of([2]))
    assert rows(stocks.memory.sales) == [[7, 6, 2]]
    assert rows(stocks.memory.in_stock) == [[1, 0, 1]]


def test_without_being_asked_nothing_is_remembered():
    assert all(memory is None for memory in played(item(1), [5, 8], 8.0, memory=0))


def test_no_gradient_flows_through_what_was_sold():
    system = SingleItemSystem([item()], 1, whole_packs=False, memory=2)
    order = torch.tensor([3.0], requires_grad=True)
    scenario = scenario_of([5.0])
    stocks, flows = system.step(system.start(), order, scenario)
    assert flows.on_hand.requires_grad and not stocks.memory.sales.requires_grad


def test_out_of_stock_demand_counts_as_sold_or_as_expected_where_that_is_more():
    demand = known([4, 2, 9, 3], [1, 0, 0, 1], [5, 5, 5, 5]).demand()
    assert rows(demand) == [[4, 5, 9, 3]]
