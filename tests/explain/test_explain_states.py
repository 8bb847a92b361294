"""States as tables: rebuilding what a policy is told, and changing it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.domain import LeadTime, OrderRules
from core.explain import GROUPS, Probe, StateTable
from core.explain.probe import n_due
from core.simulator import SingleItemSystem, draw_scenario
from tests.explain.explain_parts import NetworkPolicy, problem_of, today


@pytest.mark.parametrize("lead_time", [LeadTime(0), LeadTime(4), LeadTime(5, 2)])
def test_a_rebuilt_observation_tells_a_policy_the_same(lead_time):
    problem = problem_of(lead_time=lead_time, lost_share=0.3, rules=OrderRules(12, 6, 90, 400, 2))
    situation = today(-8, (0.0, 25.0), problem)
    system = SingleItemSystem([problem], n_paths=5)
    scenario = draw_scenario([problem], 5, 9, seed=1)
    policy = NetworkPolicy()
    stocks = system.start(situation.initial(5))
    for _ in range(8):
        seen = system.observe(stocks, scenario)
        told = StateTable.of(seen, n_due(situation)).observation()
        for name in ("inventory_level", "inventory_position", "next_mean", "protection_sd"):
            assert torch.allclose(getattr(told, name), getattr(seen, name), atol=1e-4)
        assert torch.allclose(told.outstanding(3), seen.outstanding(3), atol=1e-4)
        assert torch.equal(told.parameters.max_order, seen.parameters.max_order)
        assert torch.allclose(policy.act(told), policy.act(seen), atol=1e-3)
        stocks, _ = system.step(stocks, policy.act(seen), scenario)


def test_every_column_belongs_to_exactly_one_group():
    """Else a quantity would never be exchanged, or twice."""
    table = Probe(today(70, (1, 2, 3)), NetworkPolicy()).today
    columns = [column for group in GROUPS for column in table.columns_of(group)]
    assert sorted(columns) == list(range(len(table.names)))
    assert len(GROUPS) <= 6


def test_changing_one_quantity_leaves_the_others():
    table = Probe(today(70, (5.0,)), NetworkPolicy()).today
    changed = table.changed("inventory_level", np.array([1.0, 2.0, 3.0]))
    assert changed.column("inventory_level").tolist() == [1, 2, 3]
    assert changed.column("due").tolist() == [5, 5, 5]
    assert table.column("inventory_level").tolist() == [70]
    assert changed.version != table.version


def test_the_probe_finds_the_reorder_point_from_both_sides():
    from tests.explain.explain_parts import LevelPolicy

    policy = LevelPolicy((100, 160))
    assert Probe(today(150, (30.0,)), policy).ordering_position() == 100
    assert Probe(today(40, (30.0,)), policy).highest_ordering_position() == 100
    assert Probe(today(4100), LevelPolicy((1000, 5000))).ordering_position() == 1000
    assert Probe(today(10), LevelPolicy((1000, 5000))).highest_ordering_position() == 1000
    assert Probe(today(150), policy).highest_ordering_position() is None
