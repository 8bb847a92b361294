"""Every unit is accounted for, whatever the item and whatever is ordered."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain import LeadTime, OrderRules
from core.simulator import InitialStock, SingleItemSystem, draw_scenario
from tests.simulator.simulator_parts import item

N_PATHS, HORIZON = 3, 25

lead_times = st.one_of(
    st.integers(0, 6).map(lambda mean: LeadTime(float(mean))),
    st.tuples(st.floats(0.2, 6.0), st.floats(0.2, 3.0)).map(lambda pair: LeadTime(*pair)),
    st.just(LeadTime(2.0, probabilities=(0.3, 0.2, 0.0, 0.0, 0.5))),
)
rule_sets = st.one_of(
    st.just(OrderRules()),
    st.builds(
        OrderRules,
        min_order=st.sampled_from([0.0, 5.0]),
        pack_size=st.sampled_from([0.5, 1.0, 4.0]),
        max_order=st.sampled_from([12.0, 30.0]),
        max_stock=st.sampled_from([24.0, 60.0]),
        review_period=st.integers(1, 4),
    ),
)
problems = st.builds(
    lambda late, rules, share: item(late, rules=rules, lost_share=share),
    lead_times,
    rule_sets,
    st.sampled_from([0.0, 0.25, 1.0]),
)


@st.composite
def open_orders(draw):
    """Return initial stock and open orders of every environment, or nothing."""
    n_due = draw(st.integers(0, 8))
    level = draw(st.lists(st.integers(0, 15), min_size=N_PATHS, max_size=N_PATHS))
    rows = draw(st.lists(st.integers(0, 9), min_size=n_due, max_size=n_due))
    arrivals = torch.tensor([[float(row)] * N_PATHS for row in rows], dtype=torch.float64)
    return InitialStock(torch.tensor(level, dtype=torch.float64), arrivals if n_due else None)


@settings(max_examples=120, deadline=None)
@given(problem=problems, initial=open_orders(), seed=st.integers(0, 2**16))
def test_every_unit_is_accounted_for(problem, initial, seed):
    """In = out in every period and over all, for stock, orders under way and demand."""
    system = SingleItemSystem([problem], N_PATHS, torch.float64)
    scenario = draw_scenario([problem], N_PATHS, HORIZON, seed, dtype=torch.float64)
    wishes = torch.randint(0, 25, (HORIZON, N_PATHS), generator=torch.manual_seed(seed)).double()
    stocks = system.start(initial)
    on_order = stocks.inventory_position - stocks.inventory_level
    ordered, received, served = (torch.zeros(N_PATHS, dtype=torch.float64) for _ in range(3))
    for t in range(HORIZON):
        before = stocks
        stocks, flows = system.step(stocks, wishes[t], scenario)
        _check_rules(problem.rules, flows.order, before.inventory_position, t)
        _check_period(flows, problem.lost_share)
        at_once = _or_zero(flows.received, flows.demand) - _or_zero(before.received, flows.demand)
        assert torch.allclose(flows.stock_before, before.inventory_level + at_once)
        arrived = _or_zero(stocks.received, flows.demand)
        assert torch.allclose(stocks.inventory_level, flows.inventory_level + arrived)
        ordered, received = ordered + flows.order, received + at_once + arrived
        served = served + flows.demand - _or_zero(flows.lost, flows.demand)
        _check_pipeline(system, stocks, scenario, on_order + ordered - received)
    assert torch.allclose(stocks.inventory_level, initial.inventory_level + received - served)


def _or_zero(value, like):
    return torch.zeros_like(like) if value is None else value


def _check_rules(rules, order, position, t):
    packs = order / rules.pack_size
    assert torch.allclose(packs, packs.round())
    placed = order > 0
    assert bool((order[placed] >= rules.min_order).all())
    assert bool((order <= rules.max_order).all())
    assert bool((position + order)[placed].le(rules.max_stock + 1e-9).all())
    assert t % rules.review_period == 0 or not bool(placed.any())


def _check_period(flows, lost_share):
    lost = _or_zero(flows.lost, flows.demand)
    assert bool((flows.on_hand >= 0).all())
    assert torch.allclose(flows.on_hand, flows.inventory_level.clamp(min=0.0))
    assert torch.allclose(lost, lost_share * flows.unserved)
    owed = (-flows.inventory_level).clamp(min=0.0)
    assert torch.allclose(flows.short, owed + lost)
    if lost_share == 1.0:
        assert bool((flows.inventory_level >= 0).all())


def _check_pipeline(system, stocks, scenario, expected):
    on_order = stocks.inventory_position - stocks.inventory_level
    assert torch.allclose(on_order, expected)
    if stocks.t < scenario.horizon:
        rows = system.observe(stocks, scenario).outstanding(12)
        assert torch.allclose(rows.sum(0), on_order)
