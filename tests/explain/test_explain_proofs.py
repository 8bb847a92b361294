"""An explanation that is wrong on purpose must fail its badge; a right one must pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.domain import OrderRules, Outcome, Period
from core.explain import Explanation, Probe, Question, explain, explain_drivers, visited_states
from core.explain.arithmetic import rule_arithmetic
from core.explain.checks import Check, careful
from core.explain.comparison_words import why_not_words
from core.explain.proofs import (
    Evidence,
    LeftOut,
    deletion_check,
    rerun_check,
    scrambled_check,
    steadied,
    to_the_order_check,
    tree_check,
)
from core.explain.scrambled import scrambled
from core.explain.sentence_checks import numbers_check, verdict_check
from core.explain.small_tree import small_tree
from core.explain.words import sentence_of
from core.policies import POLICIES
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, Season, problem_of, today

PROBLEM = problem_of(
    rules=OrderRules(min_order=24, pack_size=24),
    season=Season(Period.DAY, weekday=(1.4, 1, 1, 1, 1, 1, 0.6)),
)
RULE = POLICIES["s_S"].of([PROBLEM], reorder_point=[100.0], order_up_to_level=[160.0])


@cache
def evidence() -> Evidence:
    """Return an honest explanation of the rule's order of today."""
    probe = Probe(today(60, (0.0, 8.0), PROBLEM), RULE)
    background = visited_states(probe.situation, RULE)
    drivers = explain_drivers(probe.raw_orders, "s_S", probe.today, background)
    tree = small_tree(probe.raw_orders, background, 24)
    sums = rule_arithmetic(probe)
    return Evidence(probe, sums, steadied(drivers, probe, background), background, tree)


def passed(check: Check | LeftOut) -> bool:
    assert isinstance(check, Check)
    return check.passed


@pytest.mark.parametrize(
    "proof", [to_the_order_check, rerun_check, deletion_check, scrambled_check, tree_check]
)
def test_an_honest_explanation_passes(proof):
    assert passed(proof(evidence()))


def with_bars(change: Callable[[list], list]) -> Evidence:
    drivers = evidence().drivers
    return replace(evidence(), drivers=replace(drivers, bars=tuple(change(list(drivers.bars)))))


def test_swapped_bars_fail_though_they_add_up():
    def swap(bars):
        first, second, *rest = bars
        return [
            replace(first, amount=second.amount),
            replace(second, amount=first.amount),
            *rest,
        ]

    wrong = with_bars(swap)
    assert wrong.drivers.additivity_gap < 0.01 and passed(to_the_order_check(wrong))
    assert not passed(rerun_check(wrong))


def test_a_shifted_background_fails_though_the_bars_add_up():
    honest = evidence()
    states = honest.background.states
    shifted = replace(
        honest.background,
        states=states.changed("inventory_level", states.column("inventory_level") + 30),
    )
    probe = honest.probe
    drivers = explain_drivers(probe.raw_orders, "s_S", probe.today, shifted)
    renamed = replace(drivers, version=honest.background.version)
    assert drivers.additivity_gap < 0.01
    assert not passed(rerun_check(replace(honest, drivers=drivers)))
    assert not passed(rerun_check(replace(honest, drivers=renamed)))


def test_drivers_of_random_weights_fail():
    problem = problem_of()
    situation, policy = today(30, (), problem), NetworkPolicy(seed=0)
    background = visited_states(situation, policy)
    probe, other = (Probe(situation, NetworkPolicy(seed=seed)) for seed in (0, 1))
    wrong = explain_drivers(other.raw_orders, policy.name, probe.today, background)
    right = explain_drivers(probe.raw_orders, policy.name, probe.today, background)
    whole = replace(evidence(), probe=probe, background=background, drivers=right)
    assert passed(rerun_check(whole))
    assert not passed(rerun_check(replace(whole, drivers=wrong)))


def test_a_policy_whose_weights_do_not_matter_fails_the_scrambled_check(monkeypatch):
    """A copy with other levels that explains the same shows that nothing was explained."""
    monkeypatch.setattr("core.explain.proofs.scrambled", lambda policy: (policy, "as it is"))
    found = scrambled_check(evidence())
    assert not passed(found) and "much the same bars" in found.warning


def test_a_policy_without_a_copy_leaves_the_check_out_and_says_so():
    probe = Probe(today(60, (0.0, 8.0), PROBLEM), LevelPolicy((100, 160)))
    found = scrambled_check(replace(evidence(), probe=probe))
    assert isinstance(found, LeftOut) and "no copy" in found.why


def test_a_rules_copy_has_other_levels_and_an_agents_copy_other_weights():
    copy, words = scrambled(RULE)
    assert copy.parameters_of(0)["order_up_to_level"] == pytest.approx(112.0)
    assert "30 % lower" in words


def test_drivers_named_by_chance_do_not_pass_the_deletion_check():
    """The weakest driver of each day is called the strongest."""
    honest = deletion_check(evidence())
    assert passed(honest)
    worst = deletion_check(evidence(), lambda found: 1 / (1e-9 + np.abs(found.amounts)))
    assert not passed(worst)
    assert "200 days" in honest.detail


def test_a_unit_that_packs_do_not_account_for_fails():
    rules = evidence().arithmetic.rules
    lost = replace(rules, parts=(*rules.parts[:-1], replace(rules.parts[-1], amount=0.0)))
    wrong = replace(evidence(), arithmetic=replace(evidence().arithmetic, rules=lost))
    assert not passed(to_the_order_check(wrong))


def test_a_tree_with_a_wrong_number_fails():
    tree = evidence().tree
    assert tree.is_shown
    lines = tuple(line.replace("up to about 1", "up to about 3") for line in tree.lines)
    assert lines != tree.lines
    found = tree_check(replace(evidence(), tree=replace(tree, lines=lines)))
    assert not passed(found) and found.warning


def test_a_hidden_tree_is_no_failure():
    hidden = replace(evidence().tree, lines=(), agreement=0.7)
    found = tree_check(replace(evidence(), tree=hidden))
    assert passed(found) and "not shown" in found.detail


def test_a_bar_that_turns_on_other_days_is_drawn_hollow():
    """The same bar against samples in which the item is usually lower in stock than today."""
    honest = evidence()
    states = honest.background.states
    low = states.changed("inventory_level", states.column("inventory_level") * 0 - 200)
    turned = replace(honest.background, resamples=(low, *honest.background.resamples[1:]))
    bars = {b.group: b for b in steadied(honest.drivers, honest.probe, turned).bars}
    assert bars["stock on hand"].agreement == 0.8
    assert not bars["stock on hand"].is_stable
    assert {b.group: b for b in honest.drivers.bars}["stock on hand"].is_stable


@pytest.mark.parametrize("level", [60.0, 150.0])
def test_a_wrong_number_in_the_sentence_fails(level):
    probe = Probe(today(level, (0.0, 8.0), PROBLEM), RULE)
    other = Probe(probe.situation, NetworkPolicy())
    sentence = sentence_of(probe, other)
    names = ["s_S", "small network"]
    assert numbers_check(sentence, names).passed
    for shown in (f"{level:g} on hand", "on order"):
        assert shown in sentence.text
    wrong = replace(sentence, text=sentence.text.replace(f"{level:g} on hand", "73 on hand"))
    found = numbers_check(wrong, names)
    assert not found.passed and "73" in found.detail
    assert "could be proved" in careful(wrong.text, [found], "sentence")


def comparison(difference: float, half_width: float):
    why = why_of()
    cost = replace(why.cost, difference=difference, half_width=half_width)
    return replace(why, cost=cost)


@cache
def why_of():
    found = explain(Question(today(60, (0.0, 8.0), PROBLEM), RULE, NetworkPolicy(), True))
    assert found.why_not is not None
    return found.why_not


@pytest.mark.parametrize("currency", ["", "EUR", "US$"])
@pytest.mark.parametrize("difference, half_width", [(-9.0, 4.0), (9.0, 4.0), (-3.0, 4.0)])
def test_the_comparisons_words_pass_and_any_other_verdict_fails(difference, half_width, currency):
    found = comparison(difference, half_width)
    text = why_not_words(found, "s_S", "day", currency)
    assert verdict_check(text, found).passed
    assert f"± 4.00 {currency}".rstrip() in text
    for other in ((-9.0, 4.0), (9.0, 4.0), (-3.0, 4.0)):
        told = why_not_words(comparison(*other), "s_S", "day", currency)
        assert verdict_check(told, found).passed == (other == (difference, half_width))


def test_a_winner_where_the_interval_covers_0_fails_and_the_text_changes():
    unsure = comparison(-3.0, 4.0)
    assert unsure.outcome is Outcome.CANNOT_TELL
    text = "Ordering 96 instead of 72 saves 3.00 ± 4.00 over the next 20 days; no risk."
    found = verdict_check(text, unsure)
    assert not found.passed and "the verdict" in found.detail
    assert "nobody can tell" in careful(text, [found], "comparison")


def test_a_comparison_with_a_wrong_number_fails():
    found = comparison(-9.0, 4.0)
    text = why_not_words(found, "s_S", "day").replace("saves 9.00", "saves 19.00")
    assert not verdict_check(text, found).passed


def test_failed_checks_change_the_text():
    asked = Question(today(60, (0.0, 8.0), PROBLEM), RULE, NetworkPolicy(), True, False, "far out")
    found = explain(asked)
    assert isinstance(found, Explanation) and not found.is_sound
    assert "Careful: the item lies outside" in found.sentence
    assert "(s, S) is the safer choice" in found.sentence
    assert any(check.detail == "far out" for check in found.checks)
