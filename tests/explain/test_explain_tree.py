"""The rule in small: few questions, tested on states that nothing was fitted to, as written."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from core.domain import OrderRules, Period
from core.explain import Probe, small_tree, visited_states
from core.explain.small_tree import MOST_QUESTIONS, agreement
from core.explain.tree_words import Leaf, Question, n_questions, read, write
from core.policies import POLICIES
from core.simulator import Problem
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, Season, problem_of, today

WEEKLY = Season(Period.DAY, weekday=(1.4, 1, 1, 1, 1, 1, 0.6))


def tree_of(policy, problem: Problem | None = None):
    situation = today(70, (), problem)
    background = visited_states(situation, policy)
    probe = Probe(situation, policy)
    pack = situation.problem.rules.pack_size
    return small_tree(probe.raw_orders, background, pack), probe, background, pack


def test_an_s_s_rule_comes_out_as_one_question_that_is_always_right():
    tree, probe, background, _ = tree_of(LevelPolicy((100, 160)))
    assert tree.n_questions == 1 and tree.agreement == tree.order_agreement == 1.0
    question, yes, no = tree.lines
    asked = re.fullmatch(r"Is the stock position at most (\d+)\?", question)
    assert asked and yes == "    yes: fill up to about 160" and no == "    no: order nothing"
    # No state was ever seen between the number said and the reorder point.
    states = background.played
    position = states.column("inventory_level") + states.column("due")
    low, high = sorted((float(asked[1]), 100.0))
    assert not ((position > low) & (position <= high)).any()
    assert len(background.fresh) == tree.n_states and probe.policy.name == "s_S"


def test_a_base_stock_rule_needs_no_question():
    problem = problem_of()
    tree, *_ = tree_of(POLICIES["base_stock"].of([problem], order_up_to_level=[110.0]), problem)
    assert tree.lines == ("Fill up to about 110",) and tree.agreement == 1.0


@pytest.mark.parametrize("season", [None, WEEKLY])
def test_a_network_is_put_into_four_questions_at_most_or_not_shown(season):
    tree, probe, background, pack = tree_of(NetworkPolicy(), problem_of(season=season))
    assert tree.n_questions <= MOST_QUESTIONS
    assert sum("?" in line for line in tree.lines) in (0, tree.n_questions)
    assert tree.is_shown == (min(tree.agreement, tree.order_agreement) >= 0.9)
    if tree.is_shown:
        claimed = (tree.agreement, tree.order_agreement)
        assert agreement(tree.lines, probe.raw_orders, background, pack) == claimed


def test_agreement_is_counted_by_hand_on_the_words():
    """Played once more here, question by question, without the code that is tested."""
    tree, probe, background, pack = tree_of(NetworkPolicy(), problem_of(season=WEEKLY))
    found = agreement(("Fill up to about 97",), probe.raw_orders, background, pack)
    states = background.fresh
    position = states.column("inventory_level") + states.column("due")
    asked = probe.raw_orders(states)
    told = np.maximum(np.round(97 - position), 0)
    close = np.abs(told - asked) <= np.maximum(1, 0.1 * asked)
    same = ((told > 0) == (asked > 0)) & close
    assert found[0] == pytest.approx(same.mean(), abs=1e-3)
    assert tree.agreement > found[0]


class WhimPolicy(LevelPolicy):
    """Orders by the last digit of the stock: nothing that few questions can say."""

    def act(self, observation):  # noqa: D102
        position = observation.inventory_position
        return torch.where(position % 3 < 1, 110 + 17 * (position % 5) - position, 0.0).clamp(0)


def test_a_rule_that_few_questions_cannot_say_is_not_shown_and_the_figure_is_said():
    tree, *_ = tree_of(WhimPolicy((0, 0)))
    assert not tree.is_shown and min(tree.agreement, tree.order_agreement) < 0.9
    assert "not shown" in tree.words and "%" in tree.words


def test_an_item_that_hardly_ever_orders_gets_no_rule():
    tree, *_ = tree_of(LevelPolicy((-50, -40)))
    assert not tree.is_shown and tree.n_orders == 0 and "too few" in tree.words


def test_a_wrong_number_in_the_words_agrees_less():
    """What is tested is the words, not what they were made from."""
    tree, probe, background, pack = tree_of(LevelPolicy((100, 160)))
    wrong = (tree.lines[0], tree.lines[1].replace("160", "220"), tree.lines[2])
    assert agreement(wrong, probe.raw_orders, background, pack)[1] < 0.5


def test_what_is_written_is_read_back_the_same():
    tree = Question(
        "margin",
        -12.5,
        Question("cover", 7.5, Leaf("periods", 18.0), Leaf("beyond", 1250.0)),
        Question("next_demand", 3.0, Leaf("units", 140.0), Leaf(None)),
    )
    lines = write(tree, Period.WEEK)
    assert read(lines, Period.WEEK) == tree and n_questions(tree) == 3
    assert lines[0].startswith("Is the stock position at most -12.5 beyond")
    assert lines[2] == "        yes: fill up to about 18 weeks of expected demand"
    for broken in (lines[:-1], (*lines, "yes: order nothing"), ("Perhaps",)):
        with pytest.raises(ValueError):
            read(broken, Period.WEEK)


def test_the_same_item_gives_the_same_rule_twice():
    problem = problem_of(season=WEEKLY, rules=OrderRules(pack_size=6))
    assert tree_of(NetworkPolicy(), problem)[0] == tree_of(NetworkPolicy(), problem)[0]
