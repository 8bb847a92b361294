"""Drivers over many situations: the same Shapley values as one by one, and true words."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.domain import LeadTime, Period
from core.explain import (
    GROUPS,
    Probe,
    explain_drivers,
    heights_of,
    joined,
    shapley_of,
    some_of,
    still_words,
    summarise,
    summary_words,
    visited_by_all,
    visited_states,
)
from core.explain.background import Background
from core.policies import SSPolicy
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, Season, problem_of, today

MONTHS = tuple(np.linspace(0.6, 1.4, 12))
SEASON = Season(month=MONTHS)


@pytest.fixture(scope="module")
def seen():
    """Return a network on an item with a season, and the situations it comes to."""
    here = today(70, (5.0,), problem_of(lead_time=LeadTime(3, 1), season=SEASON))
    policy = NetworkPolicy()
    return Probe(here, policy), visited_states(here, policy, n_states=512)


def test_every_state_has_the_shapley_values_that_shap_finds_for_it_alone(seen):
    probe, background = seen
    typical = some_of(background.states, 30)
    amounts, gap = shapley_of(probe.raw_orders, background.states, typical)
    assert amounts.shape == (512, len(GROUPS)) and gap < 1e-9
    few = Background(typical, "x", 0, Period.DAY)
    for row in (0, 100, 511):
        state = background.states.with_values(background.states.values[[row]])
        alone = explain_drivers(probe.raw_orders, "x", state, few)
        bars = {bar.group: bar.amount for bar in alone.bars}
        assert amounts[row] == pytest.approx([bars[g.label] for g in GROUPS], abs=1e-9)
    assert (np.abs(amounts).mean(axis=0) > 0.01).sum() >= 3


def test_batches_do_not_change_the_result(seen, monkeypatch):
    probe, background = seen
    whole, _ = shapley_of(probe.raw_orders, background.states, some_of(background.states, 30))
    monkeypatch.setattr("core.explain.summary._BATCH", 1000)
    parts, _ = shapley_of(probe.raw_orders, background.states, some_of(background.states, 30))
    assert np.allclose(whole, parts, atol=1e-6)


def test_a_decision_takes_less_than_10_ms_in_batch(seen):
    """512 decisions against 48 typical days, the best of three: other work shares the cores."""
    probe, background = seen
    took = []
    for _ in range(3):
        began = time.perf_counter()
        summarise(probe.raw_orders, "network", background.states, background)
        took.append(time.perf_counter() - began)
    assert min(took) / len(background.states) < 0.010


def test_the_words_name_what_moves_the_order_most_and_which_way(seen):
    probe, background = seen
    found = summarise(probe.raw_orders, "network", background.states, background)
    first, second = found.ranking[:2]
    said = summary_words(found, "the network")
    assert said.index(GROUPS[first].label) < said.index(GROUPS[second].label)
    assert "stock on hand" in said and "the more, the smaller the order" in said
    assert still_words(found) == "No part here: lead time, costs and rules."
    assert summary_words(found, "the network") == said
    assert "48 of its own chances to order" in found.background


def test_a_policy_that_never_orders_is_moved_by_nothing():
    here = today(70)
    policy = LevelPolicy((-100.0, -50.0))
    background = visited_states(here, policy, n_states=64)
    found = summarise(Probe(here, policy).raw_orders, "s_S", background.states, background)
    assert not found.amounts.any()
    assert "the same in all 64" in summary_words(found, "(s, S)")


def test_heights_rank_a_quantity_among_its_own_values(seen):
    _, background = seen
    states = some_of(background.states, 50)
    heights = heights_of(states)[:, 0]
    stock = states.column("inventory_level")
    assert heights[stock.argmin()] < 0.1 and heights[stock.argmax()] > 0.9
    assert np.array_equal(np.argsort(stock, kind="stable"), np.argsort(heights, kind="stable"))
    assert np.isnan(heights_of(states)[:, 4]).all(), "the lead time never changes"


def test_items_are_joined_each_in_its_own_measure(seen):
    probe, background = seen
    one = summarise(probe.raw_orders, "network", some_of(background.states, 40), background)
    both = joined([one, one], [10.0, 5.0], "days of demand")
    assert both.n_states == 80 and both.unit == "days of demand"
    assert np.allclose(both.amounts[:40] * 2, both.amounts[40:])
    assert both.mean_sizes == pytest.approx(one.mean_sizes * 0.15)


def test_many_items_are_played_side_by_side_each_at_its_own_chances():
    problems = [problem_of(mean=10.0, name="A"), problem_of(mean=40.0, name="B", season=SEASON)]
    policy = SSPolicy.of(problems, reorder_point=[90.0, 360.0], order_up_to_level=[150.0, 600.0])
    first, second = visited_by_all(problems, policy, Period.DAY, 32)
    assert len(first) == len(second) == 32 and first.names == second.names
    assert first.column("protection_mean").mean() == pytest.approx(80, rel=0.01)
    assert second.column("protection_mean").mean() == pytest.approx(320, rel=0.15)
    assert first.column("due").max() > 0 and first.column("inventory_level").max() <= 150
    again, _ = visited_by_all(problems, policy, Period.DAY, 32)
    assert np.array_equal(first.values, again.values)
