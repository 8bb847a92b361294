"""SHAP over the policy: exact, honest about its background, and fast."""

from __future__ import annotations

import itertools
import time
from types import FunctionType

import numpy as np
import pytest
import torch

from core.domain import LeadTime, Period
from core.explain import (
    GROUPS,
    Background,
    Probe,
    StateTable,
    explain_drivers,
    visited_states,
    warm_up,
)
from core.explain.checks import additivity_check, stability_check
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, Season, problem_of, today


@pytest.fixture(scope="module", autouse=True)
def _warm():
    warm_up()


class FormulaPolicy(LevelPolicy):
    """An (s, S) whose levels follow forecast, spread, lead time and costs: all groups matter."""

    def act(self, observation):  # noqa: D102
        p = observation.parameters
        factor = torch.sqrt(p.stockout_cost / p.holding_cost) / 4
        s = observation.protection_mean + factor * observation.protection_sd
        up_to = s + observation.next_mean * (1 + p.lead_time_mean)
        position = observation.inventory_position
        return torch.where(position <= s, up_to - position, 0.0)


def background_of(states: StateTable, policy: str = "s_S") -> Background:
    return Background(states, policy, seed=7, period=Period.DAY)


def other_states(table: StateTable, n: int = 6) -> StateTable:
    """States that differ from today's in every quantity."""
    rng = np.random.default_rng(3)
    values = table.values * rng.uniform(0.5, 1.6, size=(n, table.values.shape[1]))
    values[:, table.names.index("due_1")] = rng.integers(0, 60, n)
    values[~np.isfinite(values)] = np.inf
    values[:, table.names.index("max_lead_time")] = table.column("max_lead_time")[0]
    return table.with_values(values)


def brute_force(order, now: StateTable, background: StateTable) -> np.ndarray:
    """Shapley's definition: the mean gain of a group over all orders of arrival."""
    columns = [now.columns_of(group) for group in GROUPS]

    def value(members: frozenset[int]) -> float:
        mixed = background.values.copy()
        for group in members:
            mixed[:, columns[group]] = now.values[0, columns[group]]
        return float(order(now.with_values(mixed)).mean())

    worth = {
        frozenset(m): value(frozenset(m))
        for size in range(len(GROUPS) + 1)
        for m in itertools.combinations(range(len(GROUPS)), size)
    }
    gains = np.zeros(len(GROUPS))
    arrivals = list(itertools.permutations(range(len(GROUPS))))
    for arrival in arrivals:
        for place, group in enumerate(arrival):
            gains[group] += worth[frozenset(arrival[: place + 1])]
            gains[group] -= worth[frozenset(arrival[:place])]
    return gains / len(arrivals)


@pytest.mark.parametrize("policy", [FormulaPolicy((100, 160)), NetworkPolicy()])
def test_the_bars_are_shapley_values_by_definition(policy):
    """All six groups vary; 720 orders of arrival, worked out without shap."""
    probe = Probe(today(20, (5.0,), problem_of(lead_time=LeadTime(3, 1))), policy)
    states = other_states(probe.today)
    found = explain_drivers(probe.raw_orders, policy.name, probe.today, background_of(states))
    amounts = {bar.group: bar.amount for bar in found.bars}
    expected = brute_force(probe.raw_orders, probe.today, states)
    assert [amounts[group.label] for group in GROUPS] == pytest.approx(expected, abs=1e-9)
    assert sum(abs(amount) > 1e-3 for amount in amounts.values()) >= 4
    assert found.enumeration_gap < 1e-9
    assert found.additivity_gap < 1e-9


def test_the_rule_against_its_own_typical_days_is_exact_to_nine_decimals():
    probe = Probe(today(70), LevelPolicy((100, 160)))
    background = visited_states(probe.situation, probe.policy)
    found = explain_drivers(probe.raw_orders, "s_S", probe.today, background)
    amounts = {bar.group: bar.amount for bar in found.bars}
    expected = brute_force(probe.raw_orders, probe.today, background.states)
    assert [amounts[group.label] for group in GROUPS] == pytest.approx(expected, abs=1e-9)
    assert found.output == 90.0


class ToyPolicy(LevelPolicy):
    """The toy of pages.md 3b: reorder at the forecast, fill up to 1.6 times the forecast."""

    def act(self, observation):  # noqa: D102
        forecast, position = observation.protection_mean, observation.inventory_position
        return torch.where(position <= forecast, 1.6 * forecast - position, 0.0)


def test_additivity_passes_while_signs_flip_with_the_background():
    """Hence the background is fixed, named and versioned: sums alone prove nothing."""
    probe = Probe(today(70), ToyPolicy((0, 0)))
    now = probe.today.changed("protection_mean", 100.0)
    rng = np.random.default_rng(1)
    days = now.changed("inventory_level", rng.uniform(0, 220, 400))
    days = days.changed("protection_mean", rng.uniform(70, 130, 400))
    ordering = days.with_values(days.values[probe.raw_orders(days) > 0])
    found = [
        explain_drivers(probe.raw_orders, "toy", now, background_of(states))
        for states in (days, ordering)
    ]
    stock = [next(bar.amount for bar in d.bars if bar.group == "stock on hand") for d in found]
    assert stock[0] > 5 and stock[1] < -5
    assert all(d.output == pytest.approx(90.0) for d in found)
    assert all(d.additivity_gap < 1e-9 for d in found)
    assert found[0].version != found[1].version


def test_crossing_the_reorder_point_by_two_units_changes_every_bar():
    probe = Probe(today(70), ToyPolicy((0, 0)))
    now = probe.today.changed("protection_mean", 100.0)
    days = now.changed("inventory_level", np.linspace(0, 220, 111))
    below, above = (
        explain_drivers(
            probe.raw_orders, "toy", now.changed("inventory_level", level), background_of(days)
        )
        for level in (99.0, 101.0)
    )
    assert below.output == pytest.approx(61.0) and above.output == 0.0
    assert below.bars[0].amount > 0 > above.bars[0].amount


def test_what_never_differs_gets_no_bar_height():
    """Costs and lead time are the same on every day of one item."""
    probe = Probe(today(70), LevelPolicy((100, 160)))
    background = visited_states(probe.situation, probe.policy)
    found = explain_drivers(probe.raw_orders, "s_S", probe.today, background)
    amounts = {bar.group: bar.amount for bar in found.bars}
    assert amounts["lead time"] == amounts["costs and rules"] == 0.0
    assert amounts["open orders"] > 10


def test_a_day_like_every_other_needs_no_explanation():
    """No group varies: the order is the base value."""
    probe = Probe(today(70), LevelPolicy((100, 160)))
    same = probe.today.with_values(np.repeat(probe.today.values, 100, axis=0))
    found = explain_drivers(probe.raw_orders, "s_S", probe.today, background_of(same))
    assert found.base_value == found.output == 90.0
    assert all(bar.amount == 0.0 for bar in found.bars)


def test_the_background_covers_the_year_that_begins_today():
    """Its parts are played side by side; every weekday is in it, and the states are the usual."""
    season = Season(Period.DAY, weekday=(1.9, 1, 1, 1, 1, 1, 0.1))
    situation = today(0, (), problem_of(season=season))
    states = visited_states(situation, LevelPolicy((100, 160)), n_states=4000).states
    seen, times = np.unique(states.column("next_mean").round(3), return_counts=True)
    assert seen.tolist() == [1.0, 10.0, 19.0]
    assert times / len(states) == pytest.approx([1 / 7, 5 / 7, 1 / 7], abs=0.02)
    # (s, S) keeps the stock position between s and S once the empty start is forgotten; below s
    # it lies by what one day can sell, which is 19 on the best days and has a long tail.
    position = states.column("inventory_level") + states.column("due")
    assert np.quantile(position, 0.001) > 100 - 40 and position.max() <= 160


def test_the_background_is_fixed_named_and_versioned():
    season = Season(Period.DAY, weekday=(1.4, 1, 1, 1, 1, 1, 0.6))
    situation = today(70, (), problem_of(season=season))
    first, again = (visited_states(situation, LevelPolicy((100, 160))) for _ in range(2))
    other = visited_states(situation, LevelPolicy((90, 150)))
    assert first.version == again.version != other.version
    assert len(first.states) >= 500
    assert "typical day of this item" in first.words and "s_S" in first.words
    assert np.unique(first.states.column("next_mean")).shape[0] == 3


def test_random_weights_give_another_explanation():
    situation = today(70)
    background = visited_states(situation, NetworkPolicy(seed=0))
    bars = []
    for seed in (0, 1):
        probe = Probe(situation, NetworkPolicy(seed=seed))
        found = explain_drivers(probe.raw_orders, "net", probe.today, background)
        bars.append({bar.group: bar.amount for bar in found.bars})
    assert any(abs(bars[0][group] - bars[1][group]) > 1.0 for group in bars[0])


def test_a_bar_that_rests_on_few_odd_days_is_called_unsure():
    """A sign that another background would turn fails the check."""
    probe = Probe(today(70), LevelPolicy((100, 160)))
    rng = np.random.default_rng(0)
    days = probe.today.changed("inventory_level", rng.uniform(40, 98, 12))
    found = explain_drivers(probe.raw_orders, "s_S", probe.today, background_of(days))
    assert additivity_check(found).passed
    assert not stability_check(found).passed
    assert "stock on hand" in stability_check(found).detail


@pytest.mark.timed
def test_one_explanation_takes_less_than_50_ms_after_warm_up():
    season = Season(Period.DAY, weekday=(1.4, 1, 1, 1, 1, 1, 0.6))
    probe = Probe(today(70, (), problem_of(season=season)), NetworkPolicy(width=128))
    background = visited_states(probe.situation, probe.policy)
    seconds = []
    for _ in range(7):
        begin = time.process_time()
        explain_drivers(probe.raw_orders, "net", probe.today, background)
        seconds.append(time.process_time() - begin)
    assert np.median(seconds) < 0.05


def test_shap_is_loaded_without_compiling_and_leaves_other_libraries_alone():
    """Its loops run as plain Python; forecasts, say, are still compiled."""
    import numba

    warm_up()
    from shap.explainers import _exact

    assert not numba.config.DISABLE_JIT
    assert isinstance(_exact._compute_grey_code_row_values, FunctionType)
    assert not isinstance(numba.njit(lambda x: x), FunctionType)
