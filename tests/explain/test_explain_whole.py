"""The whole explanation of one order: complete, fast, the same twice, plain JSON."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from core.domain import LeadTime, OrderRules, Period
from core.explain import Question, explain, visited_states, warm_up
from core.explain.checks import rebuild_check
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, Season, problem_of, today


@pytest.fixture(scope="module", autouse=True)
def _warm():
    warm_up()


def question(**changes) -> Question:
    problem = problem_of(
        rules=OrderRules(min_order=24, pack_size=24),
        season=Season(Period.DAY, weekday=(1.4, 1, 1, 1, 1, 1, 0.6)),
    )
    asked = Question(today(60, (0.0, 8.0), problem), LevelPolicy((100, 160)), NetworkPolicy(), True)
    return replace(asked, **changes)


def test_an_agents_order_is_explained_beside_the_rule():
    found = explain(question())
    assert found.policy == "small network" and found.in_use is found.agent
    assert found.agent is not None and found.agent.is_reconciled
    assert found.baseline.order_quantity == 96
    assert found.baseline_drivers is not None
    assert found.baseline_drivers.version == found.drivers.version
    assert found.why_not is not None and found.why_not.cost.n_pairs >= 1000
    assert found.why_not.reference_quantity == found.agent.order_quantity
    assert found.is_sound, [check for check in found.checks if not check.passed]
    assert found.badge == f"checked {len(found.checks)}/{len(found.checks)}"


def test_what_would_change_it_is_that_of_the_policy_in_use_and_in_the_badge():
    """The network has no fixed numbers, the rule has: they change for other reasons."""
    for uses_agent in (True, False):
        found = explain(question(uses_agent=uses_agent))
        stock = [each for each in found.thresholds if each.key == "stock" and each.is_change]
        assert stock and all(each.today == 60 for each in stock)
        assert "thresholds re-run on the policy" in [check.name for check in found.checks]
    assert "It would order nothing with 93 on hand or more." in [each.text for each in stock]
    data = found.to_json()["thresholds"]
    assert all(each["at"] is None or each["text"] for each in data)


def test_the_rule_alone_is_explained_without_an_agent():
    found = explain(question(agent=None, uses_agent=False))
    assert found.policy == "s_S" and found.in_use is found.baseline
    assert found.agent is None and found.why_not is None and found.why_not_sentence == ""
    assert found.baseline_drivers is None
    assert found.is_sound


def test_where_the_rule_is_in_use_the_agent_is_still_compared():
    found = explain(question(uses_agent=False))
    assert found.policy == "s_S"
    assert found.why_not is not None and found.why_not.reference_quantity == 96
    assert "small network would order" in found.sentence


def test_the_same_state_explained_twice_gives_the_same_words_and_numbers():
    assert explain(question()).to_json() == explain(question()).to_json()


def test_it_writes_plain_json():
    data = json.loads(json.dumps(explain(question()).to_json(), allow_nan=False))
    assert data["sentence"] and data["badge"].startswith("checked")
    assert {"agent", "baseline", "drivers", "why_not", "cannot_see", "checks"} <= set(data)
    assert data["additivity_gap"] < 0.5


def test_outside_the_trained_range_the_badge_says_so():
    found = explain(question(is_in_range=False))
    assert not found.is_sound and found.badge.startswith("weak")


def test_limits_follow_the_item():
    flat = replace(question().situation, problem=problem_of(lead_time=LeadTime(3, 1)))
    limits = explain(question(situation=flat)).cannot_see
    assert any("season" in limit for limit in limits)
    assert any("exactly open orders arrive" in limit for limit in limits)
    assert not any("found none" in limit for limit in explain(question()).cannot_see)


def test_drivers_of_another_state_fail_the_badge():
    """A deliberately wrong explanation: the state that is explained is not today's."""
    assert not rebuild_check(90.0, 61.0).passed
    assert rebuild_check(90.0, 90.001).passed


def test_a_given_background_is_used_as_it_is():
    asked = question()
    background = visited_states(asked.situation, asked.in_use, seed=4001)
    found = explain(replace(asked, background=background))
    assert found.drivers.version == background.version


@pytest.mark.timed
def test_a_whole_explanation_takes_less_than_a_second_and_a_half():
    """Processor time: what else runs on the machine does not count."""
    asked = question(agent=NetworkPolicy(width=128))
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        explain(asked)
        seconds.append(time.process_time() - begin)
    assert np.median(seconds) < 1.5
