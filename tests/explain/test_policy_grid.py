"""The map of a policy: every cell is what the policy orders there, and the words are true."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core.domain import LeadTime, OrderRules
from core.explain import AXES, Probe, amount, grid_of, grid_words, place_words
from core.policies import SSPolicy, quick_s_s
from tests.explain.explain_parts import NetworkPolicy, problem_of, today

RULES = OrderRules(pack_size=6.0)
PROBLEM = problem_of(rules=RULES)
RULE = SSPolicy.of([PROBLEM], reorder_point=[90.0], order_up_to_level=[150.0])
AGENT = NetworkPolicy()
BOTH = {"agent": lambda problems: AGENT, "s_S": lambda problems: RULE}
NAMES = {"agent": "the agent", "s_S": "(s, S)"}


def of(axis: str, due: tuple[float, ...] = (0.0, 30.0), **changes):
    situation = today(70.0, due, replace(PROBLEM, **changes))
    return situation, grid_of(situation, AXES[axis], BOTH, "s_S")


@pytest.mark.parametrize("axis", list(AXES))
def test_every_cell_is_what_the_policy_orders_in_that_situation(axis):
    situation, grid = of(axis)
    rng = np.random.default_rng(0)
    for name, policy in (("agent", AGENT), ("s_S", RULE)):
        for _ in range(5):
            row, column = rng.integers(len(grid.second)), rng.integers(len(grid.on_hand))
            there = AXES[axis].at(situation, float(grid.second[row]))
            there = replace(there, inventory_level=float(grid.on_hand[column]))
            expected = float(Probe(there, policy).order)
            assert grid.orders[name][row, column] == expected
            assert expected % 6 == 0


@pytest.mark.parametrize("axis", list(AXES))
def test_the_second_quantity_takes_the_value_that_the_map_says(axis):
    situation, grid = of(axis)
    for value in grid.second:
        moved = AXES[axis].at(situation, float(value))
        assert AXES[axis].now(moved) == pytest.approx(value, rel=1e-3, abs=1e-3)
    assert grid.second[0] <= grid.today[1] <= grid.second[-1]
    assert grid.today == (70.0, AXES[axis].now(situation))


def test_both_levels_are_where_the_rule_stops_ordering_and_what_it_fills_up_to():
    _, grid = of("due")
    point, level = grid.levels
    assert np.allclose(point, 90 - grid.second) and np.allclose(level, 150 - grid.second)
    orders = grid.orders["s_S"]
    for row in range(len(grid.second)):
        assert np.array_equal(orders[row] > 0, grid.on_hand <= point[row])


def test_found_anew_the_rule_of_every_row_is_the_one_of_its_own_problem():
    situation = today(70.0, (), PROBLEM)
    grid = grid_of(situation, AXES["demand"], {"s_S": quick_s_s}, "s_S")
    for row in (0, len(grid.second) - 1):
        there = AXES["demand"].at(situation, float(grid.second[row])).problem
        assert grid.levels[0][row] == quick_s_s([there]).reorder_point[0]
    assert grid.levels[0][0] < grid.levels[0][-1]
    fixed = grid_of(situation, AXES["demand"], BOTH, "s_S")
    assert len(set(fixed.levels[0])) == 1


def test_without_lead_time_nothing_can_be_under_way():
    here = today(5.0, (), problem_of(lead_time=LeadTime(0.0)))
    assert len(AXES["due"].values(here)) == 0
    assert AXES["lead_time"].values(here)[0] == 0


def test_the_words_are_true_of_the_map():
    _, grid = of("due")
    said = grid_words(grid, NAMES, "s_S")
    shares = [int(each) for each in re.findall(r"(\d+)%", said)]
    gap = np.abs(grid.difference("agent", "s_S"))
    counted = ((grid.orders["agent"] > 0), (grid.orders["s_S"] > 0), (gap > 6))
    assert shares == [round(100 * float(each.mean())) for each in counted]
    row, column = grid.widest("agent", "s_S")
    assert gap[row, column] == gap.max() > 0
    place = place_words(grid, grid.on_hand[column], grid.second[row])
    agent, rule = (grid.orders[name][row, column] for name in ("agent", "s_S"))
    assert f"most at {place}: the agent {agent:g}, (s, S) {rule:g}." in said
    quantities = grid.today_orders
    assert f"the agent {quantities['agent']:g}, (s, S) {quantities['s_S']:g}." in said
    assert grid_words(of("due")[1], NAMES, "s_S") == said


def test_a_rule_alone_and_two_that_agree_are_said_so():
    situation = today(70.0, (), PROBLEM)
    alone = grid_of(situation, AXES["due"], {"s_S": BOTH["s_S"]}, "s_S")
    assert "differ" not in grid_words(alone, NAMES, "s_S")
    twins = grid_of(situation, AXES["due"], {"agent": BOTH["s_S"], "s_S": BOTH["s_S"]}, "s_S")
    assert "Everywhere they order the same" in grid_words(twins, NAMES, "s_S")


def test_amounts_keep_three_figures():
    assert [amount(value) for value in (0.123456, 12.34, 1234.5)] == ["0.123", "12.3", "1,234.5"]
