"""Many orders at once: the same numbers as one by one, exact, and fast."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest

from core.domain import LeadTime
from core.explain import (
    GROUPS,
    Probe,
    StateTable,
    explain_drivers,
    explain_drivers_many,
    visited_states,
    warm_up,
)
from core.explain.shapley import attribute
from core.policies import POLICIES
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, problem_of, today


@pytest.fixture(scope="module", autouse=True)
def _warm():
    warm_up()


def by_coalitions(order, now: StateTable, typical: StateTable) -> np.ndarray:
    """Shapley's formula, coalition by coalition and state by state: written apart from the code."""
    names, n = list(now.names), len(GROUPS)
    where = [
        [j for j, name in enumerate(names) if name.split("_")[0] == "due"]
        if group.columns == ("due",)
        else [names.index(name) for name in group.columns]
        for group in GROUPS
    ]

    def worth(members) -> float:
        total = 0.0
        for row in typical.values:
            mixed = row.copy()
            for member in members:
                mixed[where[member]] = now.values[0, where[member]]
            total += float(order(now.with_values(mixed[None]))[0])
        return total / len(typical)

    values = np.zeros(n)
    for i in range(n):
        rest = [j for j in range(n) if j != i]
        for size in range(n):
            share = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
            for others in itertools.combinations(rest, size):
                values[i] += share * (worth((*others, i)) - worth(others))
    return values


RULES = {
    "s_S": {"reorder_point": [48.0], "order_up_to_level": [83.0]},
    "base_stock": {"order_up_to_level": [61.0]},
    "r_Q": {"reorder_point": [50.0], "order_quantity": [37.0]},
}


@pytest.mark.parametrize("name", RULES)
def test_rules_with_few_inputs_are_taken_apart_exactly(name):
    """To 1e-9, one by one and in batch, against an enumeration that knows neither."""
    problem = problem_of(lead_time=LeadTime(3, 1))
    policy = POLICIES[name].of([problem], **RULES[name])
    probe = Probe(today(20, (5.0,), problem), policy)
    rng = np.random.default_rng(5)
    typical = probe.today.changed("inventory_level", rng.integers(0, 70, 5).astype(float))
    typical = typical.changed("due_1", rng.integers(0, 30, 5).astype(float))
    typical = typical.changed("protection_mean", rng.uniform(20, 60, 5))
    typical = typical.changed("stockout_cost", rng.uniform(1, 9, 5))
    expected = by_coalitions(probe.raw_orders, probe.today, typical)
    found = attribute(probe.raw_orders, probe.today, typical)
    assert found.amounts[:, 0] == pytest.approx(expected, abs=1e-9)
    assert np.abs(expected).max() > 1
    background = visited_states(probe.situation, policy)
    given = background.__class__(typical, name, 7, background.period)
    bars = explain_drivers(probe.raw_orders, name, probe.today, given).bars
    amounts = {bar.group: bar.amount for bar in bars}
    assert [amounts[group.label] for group in GROUPS] == pytest.approx(expected, abs=1e-9)


def test_many_at_once_are_the_same_as_one_by_one():
    probe = Probe(today(), NetworkPolicy())
    background = visited_states(probe.situation, probe.policy)
    days = background.fresh.with_values(background.fresh.values[::97][:5])
    many = explain_drivers_many(probe.raw_orders, "net", days, background, len(background.states))
    for i, found in enumerate(many):
        day = days.with_values(days.values[i : i + 1])
        one = explain_drivers(probe.raw_orders, "net", day, background)
        # A network's sums come out differently in the last digits of single precision.
        assert found.base_value == pytest.approx(one.base_value, abs=1e-3)
        assert {b.group: b.amount for b in found.bars} == pytest.approx(
            {b.group: b.amount for b in one.bars}, abs=1e-3
        )
        assert found.additivity_gap < 1e-3


def test_days_like_every_other_have_no_bars():
    probe = Probe(today(70), LevelPolicy((100, 160)))
    same = probe.today.with_values(np.repeat(probe.today.values, 20, axis=0))
    found = attribute(probe.raw_orders, same, same)
    assert not found.playing.any() and not found.amounts.any()
    assert found.outputs == pytest.approx(90.0) and found.base == pytest.approx(90.0)


def test_a_decision_in_batch_takes_less_than_10_ms():
    """Processor time, so that other work on the machine does not count."""
    probe = Probe(today(), NetworkPolicy(width=64))
    background = visited_states(probe.situation, probe.policy)
    days = background.fresh.with_values(background.fresh.values[:50])
    begin = time.process_time()
    found = explain_drivers_many(probe.raw_orders, "net", days, background)
    assert (time.process_time() - begin) / len(found) < 0.01
