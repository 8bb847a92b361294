"""Every kind of sentence, executed where it is true and where it is false."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from core.domain import LeadTime, OrderRules, Outcome, Period, Verdict
from core.explain import (
    CLAIM_CHECKS,
    GROUPS,
    LEVERS,
    Claim,
    Probe,
    WhyNot,
    Witnesses,
    execute,
    sentence_of,
    summarise,
    summary_words,
    thresholds,
    visited_states,
    why_not_words,
)
from core.explain.changes import find_changes
from core.explain.comparison_words import UNSURE_RISK
from core.explain.remade import orders_if
from core.explain.sentence_checks import verdict_check
from core.explain.small_tree import agreement
from core.explain.tree_words import MEASURES, QUANTITIES, Leaf, Question, write
from core.policies import SSPolicy, estimate_s_s
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, Season, problem_of, today

PROBLEM = problem_of(
    lead_time=LeadTime(5), rules=OrderRules(pack_size=12), season=Season(Period.DAY)
)
ITEM_LEVERS = [key for key, lever in LEVERS.items() if not lever.is_stock]
WEEKLY = problem_of(season=Season(Period.DAY, weekday=(1.6, 1, 1, 1, 1, 1, 0.4)))


class HandPolicy(LevelPolicy):
    """Fills up what is on hand to 160; open orders count for half."""

    def act(self, observation):  # noqa: D102
        seen = observation.inventory_level + 0.5 * (
            observation.inventory_position - observation.inventory_level
        )
        return torch.where(seen <= 100, 160 - seen, 0.0)


@cache
def estimated() -> Probe:
    """Return a rule close to its reorder point: every cost and the lead time matter."""
    rule = estimate_s_s([PROBLEM])
    return Probe(today(rule.reorder_point[0] - 3, (), PROBLEM), rule)


@pytest.mark.parametrize("key", ITEM_LEVERS)
def test_a_change_of_the_item_holds_at_its_value_and_nowhere_else(key):
    probe, lever = estimated(), LEVERS[key]
    scale = lever.scale(probe)
    changes = find_changes(probe, lever, scale)
    assert changes
    for change in changes:
        right = {
            "at": change.at,
            "beside": change.beside,
            "order": change.order,
            "end": change.at,
        }
        wrong = (
            {**right, "order": change.order + 12},
            {**right, "at": change.beside, "end": change.beside},
            {**right, "beside": change.at},
            {**right, "end": scale.today},
        )
        kind = f"{key}_changes"
        assert execute(Claim(kind, "", right), Witnesses(probe)).passed
        assert not any(execute(Claim(kind, "", each), Witnesses(probe)).passed for each in wrong)
    assert not execute(Claim(f"{key}_stays", "", {"order": probe.order}), Witnesses(probe)).passed


@pytest.mark.parametrize("key", ITEM_LEVERS)
def test_how_low_stock_must_fall_is_true_at_that_position_only(key):
    """The value that orders earliest is asked by hand at the stated position and one above."""
    rule = estimate_s_s([PROBLEM])
    probe = Probe(today(10 * rule.order_up_to_level[0], (), PROBLEM), rule)
    lever = LEVERS[key]
    (found,) = [each for each in thresholds(probe)[0] if each.key == key]
    told = re.search(r"(?:even at (\S+)|whatever it is).* now ([\d,]+), .* ([\d,]+)\.$", found.text)
    assert told, found.text
    at = lever.scale(probe).today if told[1] is None else float(told[1].replace(",", ""))
    now, position = (float(told[k].replace(",", "")) for k in (2, 3))
    changed = lever.changed(PROBLEM, at)
    assert orders_if(Probe(today(position, (), PROBLEM), rule), [changed])[0] > 0
    assert orders_if(Probe(today(position + 1, (), PROBLEM), rule), [changed])[0] == 0
    right = {"at": at, "position": position, "now": now, "is_same": float(told[1] is None)}
    kind, witnesses = f"{key}_position", Witnesses(probe)
    assert execute(Claim(kind, "", right), witnesses).passed
    for wrong in ({"position": position - 1}, {"position": position + 1}, {"now": now + 1}):
        assert not execute(Claim(kind, "", {**right, **wrong}), witnesses).passed


def test_a_minimum_that_outweighs_every_need_is_the_reason_why_nothing_changes():
    problem = problem_of(mean=2.0, rules=OrderRules(min_order=400))
    rule = SSPolicy.of([problem], reorder_point=[40], order_up_to_level=[60])
    found = thresholds(Probe(today(2, (), problem), rule))[0]
    told = next(each.text for each in found if each.key == "holding_cost")
    assert re.search(r", since what is needed stays \d+ to \d+, made 400 by minimum order\.$", told)


def test_a_reason_that_does_not_hold_is_not_said():
    """Only between the values that are searched does this policy order at a position of 101."""
    scale = LEVERS["fixed_cost"].scale(Probe(today(500), LevelPolicy((100, 160))))
    tried = torch.tensor(scale.values(scale.coarse))

    class Jumpy(LevelPolicy):
        def act(self, observation):
            position, cost = observation.inventory_position, observation.parameters.fixed_cost
            is_tried = ((cost[:, None] - tried).abs() < 0.01).any(dim=1)
            missing = (160 - position).clamp(min=0)
            return torch.where(position <= torch.where(is_tried, 100, 120), missing, 0.0)

    found, check = thresholds(Probe(today(500), Jumpy((100, 160))))
    told = {each.key: each.text for each in found}
    assert check.passed and "since" not in told["fixed_cost"] and "since" in told["lead_time"]


@pytest.mark.parametrize("key", ["stock", "open_orders"])
def test_stock_that_changes_nothing_is_true_of_a_rule_that_never_orders_only(key):
    claim = Claim(f"{key}_stays", "", {"order": 0})
    assert execute(claim, Witnesses(Probe(today(50), LevelPolicy((-2, -1))))).passed
    assert not execute(claim, Witnesses(Probe(today(50, (60.0,)), LevelPolicy((100, 160))))).passed


def test_never_is_true_of_a_rule_that_never_orders_only():
    claim = Claim("never", "")
    assert execute(claim, Witnesses(Probe(today(5), LevelPolicy((-1, 0))))).passed
    assert not execute(claim, Witnesses(Probe(today(500), LevelPolicy((100, 160))))).passed
    waits = today(5, (), problem_of(lost_share=0.0))
    assert not execute(claim, Witnesses(Probe(waits, LevelPolicy((-1, 0))))).passed


def test_low_stock_is_false_of_a_policy_that_orders_more_the_more_there_is():
    class Perverse(LevelPolicy):
        def act(self, observation):
            return observation.inventory_position.clamp(min=0.0)

    claim = Claim("low_stock", "", {"pack": 1})
    assert execute(claim, Witnesses(Probe(today(50), LevelPolicy((100, 160))))).passed
    assert not execute(claim, Witnesses(Probe(today(50), Perverse((0, 1))))).passed


def test_the_next_chance_is_said_only_where_cover_ends_between_the_two():
    rules = OrderRules(review_period=5)
    probe = Probe(today(90, (), problem_of(rules=rules)), LevelPolicy((100, 160)))
    text = sentence_of(probe, None).text
    assert "but an order placed at the next chance only comes in 12 days" in text
    right = {"lead_time": 7, "review": 5, "longer_than": 12}
    for values, holds in (
        (right, True),
        ({**right, "review": 4}, False),
        ({**right, "longer_than": 9}, False),
    ):
        assert execute(Claim("wait", "", values), Witnesses(probe)).passed == holds


@pytest.mark.parametrize("policy", [LevelPolicy((100, 160)), HandPolicy((0, 0))])
def test_a_stock_position_is_named_only_where_stock_and_open_orders_count_alike(policy):
    is_rule = not isinstance(policy, HandPolicy)
    low = sentence_of(Probe(today(50, (20.0,)), policy), None)
    high = sentence_of(Probe(today(150, (20.0,)), policy), None)
    assert all(check.passed for check in (*low.checks, *high.checks))
    told = ("above a stock position of 100", "the stock position, now 170, falls to 100")
    other = ("with more than 90 on hand", "the stock on hand falls to 90 with 20 still on order")
    for sentence, words in zip((low, high), told if is_rule else other, strict=True):
        assert words in sentence.text
    claim = Claim("position", "", {"position": 100 if is_rule else 110})
    assert execute(claim, Witnesses(Probe(today(50, (20.0,)), policy))).passed == is_rule


def test_on_hand_that_is_said_wrong_fails():
    probe = Probe(today(50, (20.0,)), HandPolicy((0, 0)))
    for on_hand, holds in ((90, True), (110, False)):
        claim = Claim("threshold", "", {"position": 110, "on_hand": on_hand})
        assert execute(claim, Witnesses(probe)).passed == holds


def test_every_kind_of_claim_is_tried_here_or_in_the_table():
    from tests.explain.test_explain_ahead import WRONG
    from tests.explain.test_explain_words import STATED

    here = {"never", "low_stock", "stock_stays", "open_orders_stays", *WRONG}
    here |= {f"{key}_{what}" for key in ITEM_LEVERS for what in ("changes", "stays", "position")}
    whole = {kind for kind, (right, wrong) in STATED.items() if right and wrong}
    assert set(CLAIM_CHECKS) == whole | here


def test_shares_and_values_in_thresholds_are_those_at_which_the_order_changes():
    probe = estimated()
    found = [each for each in thresholds(probe)[0] if each.is_change]
    assert {each.key for each in found} > {"demand", "stockout_cost", "holding_cost"}
    for each in found:
        if each.key == "demand":
            share, way = re.search(r"if about (\d+) % (more|less) were", each.text).groups()
            signed = float(share) * (1 if way == "more" else -1)
            assert 100 * (each.at / each.today - 1) == pytest.approx(signed, abs=0.51)
        elif each.key in ("stock", "open_orders"):
            (value,) = re.findall(r"with ([\d,]+) on", each.text)
            assert float(value.replace(",", "")) == each.at and "about" not in each.text
        else:
            (value,) = re.findall(r"about ([\d.]+)", each.text)
            assert float(value.rstrip(".")) == pytest.approx(each.at, rel=1e-2)


def test_only_what_theory_moves_is_said_to_be_rough():
    """A network that is shown the changed item is asked itself: its thresholds are exact."""
    probe = Probe(today(20, (), PROBLEM), NetworkPolicy())
    found = [each for each in thresholds(probe)[0] if each.is_change]
    assert any(each.key == "demand" for each in found)
    assert not any("about" in each.text for each in found)


@pytest.mark.parametrize("half_width, is_unsure", [(0.02, True), (0.002, False)])
def test_a_risk_whose_interval_covers_0_is_said_to_be_unsure(half_width, is_unsure):
    money = Verdict(-5.0, 2.5, 100.0, 1000)
    found = WhyNot(60, 90, money, Verdict(0.01, half_width, 0.1, 1000), 0.11, 0.1, 30, 7, 20, 1)
    text = why_not_words(found, "s_S", "week")
    assert found.outcome is Outcome.BETTER and (UNSURE_RISK in text) == is_unsure
    assert verdict_check(text, found).passed
    other = replace(found, risk=replace(found.risk, half_width=0.022 - half_width))
    wrong = verdict_check(text, other)
    assert not wrong.passed and "what happens to the risk" in wrong.detail


def by_hand(states, key: str) -> np.ndarray:
    """What a question of the small tree is about, worked out once more."""
    stock = states.values[:, states.names.index("inventory_level")]
    due = sum(states.column(name) for name in states.names if name.startswith("due_"))
    ahead = states.column("protection_mean")
    return {
        "position": stock + due,
        "margin": stock + due - ahead,
        "cover": (stock + due) / (ahead / 8),
        "on_hand": np.maximum(stock, 0),
        "on_order": due,
        "protection": ahead,
        "next_demand": states.column("next_mean"),
    }[key]


@cache
def days():
    return visited_states(today(70, (), WEEKLY), NetworkPolicy())


@pytest.mark.parametrize("key", list(QUANTITIES))
def test_each_question_of_the_small_tree_is_true_as_written_and_false_with_another_number(key):
    cut = round(float(np.median(by_hand(days().states, key))), 1)

    def order(states):
        position = by_hand(states, "position")
        return np.where(by_hand(states, key) <= cut + 1e-9, np.maximum(900 - position, 0), 0.0)

    def found(number: float) -> float:
        tree = Question(key, number, Leaf("units", 900.0), Leaf(None))
        return agreement(write(tree, Period.DAY), order, days(), 1.0)[0]

    assert found(cut) == 1.0
    assert min(found(cut - 30), found(cut + 30)) < 0.9


@pytest.mark.parametrize("key", list(MEASURES))
def test_each_answer_of_the_small_tree_is_true_as_written_and_false_with_another_number(key):
    number = {"units": 400.0, "beyond": 320.0, "periods": 40.0}[key]

    def order(states):
        ahead = by_hand(states, "protection")
        level = {"units": 400.0, "beyond": ahead + 320.0, "periods": 40.0 * ahead / 8}[key]
        return np.maximum(level - by_hand(states, "position"), 0.0)

    for told, holds in ((number, True), (1.5 * number, False)):
        lines = write(Leaf(key, told), Period.DAY)
        assert (agreement(lines, order, days(), 1.0)[0] > 0.99) == holds


@pytest.mark.parametrize("sign, word", [(1.0, "larger"), (-1.0, "smaller")])
def test_the_summary_says_which_way_a_quantity_moves_the_order(sign, word):
    states = days().states

    def order(some):
        return 500 + sign * by_hand(some, "on_hand")

    found = summarise(order, "it", states, days())
    said = summary_words(found, "it")
    assert f"the more, the {word} the order" in said
    assert GROUPS[found.ranking[0]].label == "stock on hand"
    turned = replace(found, amounts=-found.amounts)
    assert f"the more, the {word} the order" not in summary_words(turned, "it")
