"""The sentence: right for every case, and every claim in it executed on the policy."""

from __future__ import annotations

import pytest

from core.domain import LeadTime, OrderRules, UnknownNameError
from core.explain import CLAIM_CHECKS, Claim, Probe, Witnesses, execute, sentence_of
from core.explain.ahead_claims import AHEAD_CHECKS
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, problem_of, today

PACKS = OrderRules(min_order=24, pack_size=24)


def said(situation, policy, other=None):
    witness = None if other is None else Probe(situation, other)
    return sentence_of(Probe(situation, policy), witness)


def test_an_order_in_packs():
    found = said(today(50, (), problem_of(rules=PACKS)), LevelPolicy((100, 160)))
    assert found.text == (
        "Order 120 (5 packs): 50 on hand and none on order cover 5 days, but the supplier needs"
        " 7 days; it fills the stock position up to 160; above a stock position of 100 it would"
        " order nothing; 110 needed is raised to 120 by whole packs."
    )
    assert all(check.passed for check in found.checks)


def test_no_order_says_when_the_next_one_comes():
    found = said(today(150, (0.0, 30.0)), LevelPolicy((100, 160)))
    assert found.text == (
        "Order nothing today: 150 on hand and 30 on order cover 18 days; the next order comes"
        " when the stock position, now 180, falls to 100, in about 8 days."
    )
    assert all(check.passed for check in found.checks)


def test_backorders_are_named():
    found = said(today(-12, (20.0,), problem_of(lost_share=0)), LevelPolicy((100, 160)))
    assert "none on hand, 12 owed to customers and 20 on order" in found.text
    assert found.text.count("cover") == 1


def test_nothing_there_at_all_is_said_once_and_plainly():
    found = said(today(0), LevelPolicy((100, 160)))
    assert found.text == (
        "Order 160: nothing is in stock or on order, and the supplier needs 7 days; it fills the"
        " stock position up to 160; above a stock position of 100 it would order nothing."
    )
    assert all(check.passed for check in found.checks)


def test_limits_are_named():
    found = said(today(50, (), problem_of(rules=OrderRules(max_order=40))), LevelPolicy((100, 160)))
    assert found.text.startswith("Order 40:")
    assert "110 needed is cut to 40 by largest order and storage" in found.text


def test_agent_and_rule_stand_side_by_side():
    found = said(today(50), NetworkPolicy(), LevelPolicy((100, 160)))
    assert "(s, S) would order 110 (at or below 100, up to 160)" in found.text
    assert all(check.passed for check in found.checks)


def test_a_rule_that_never_orders_is_said_to():
    found = said(today(50), NetworkPolicy(), LevelPolicy((-6519, -6518)))
    assert (
        "(s, S) would order nothing, now or ever: an order costs more than it saves" in found.text
    )
    assert "6519" not in found.text and "6,519" not in found.text
    assert all(check.passed for check in found.checks)


def test_no_lead_time_makes_no_claim_about_the_supplier():
    found = said(today(3, (), problem_of(lead_time=LeadTime(0))), LevelPolicy((10, 40)))
    assert "supplier" not in found.text
    assert all(check.passed for check in found.checks)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("level", [-20.0, 0.0, 33.5, 95.0, 300.0])
def test_whatever_is_said_is_true_when_run(seed, level):
    """A claim that fails is left out, so the checks and the text agree."""
    rules = OrderRules(min_order=10, pack_size=6, max_order=120, review_period=2)
    situation = today(level, (0.0, 12.0), problem_of(rules=rules, lead_time=LeadTime(4, 1.5)))
    found = said(situation, NetworkPolicy(seed=seed), LevelPolicy((60, 90)))
    for check in found.checks:
        claim = check.name.removeprefix("true when run: ")
        assert check.passed or claim not in found.text


def test_a_policy_that_orders_more_with_more_stock_loses_its_reason():
    """The failed check changes the text."""

    class Perverse(LevelPolicy):
        def act(self, observation):
            return observation.inventory_position.clamp(min=0.0)

    found = said(today(50), Perverse((0, 1)))
    assert "fills the stock position" not in found.text
    assert "read it with care" in found.text
    assert not all(check.passed for check in found.checks)


@pytest.mark.parametrize(
    ("level", "told"),
    [
        (50, "cover 5 days"),
        (58, "cover 5.8 days"),
        (58.3, "cover about 5.8 days"),
        (59.8, "cover almost 6 days"),
        (60.2, "cover about 6 days"),
        (116, "cover about 12 days"),
        (119, "cover about 12 days"),
        (7, "cover less than one day"),
    ],
)
def test_how_long_stock_lasts_is_rounded_to_the_nearest_and_not_down(level, told):
    """Ten units sell a day, so that a tenth of the stock is the true number of days."""
    found = said(today(level), LevelPolicy((200, 260)))
    assert f" {told}," in found.text or f" {told};" in found.text
    assert all(check.passed for check in found.checks)


@pytest.mark.parametrize(("stated", "holds"), [(5.8, True), (5.0, False), (6.0, False)])
def test_a_cover_that_is_rounded_down_is_no_longer_true(stated, holds):
    probe = Probe(today(58), LevelPolicy((100, 160)))
    assert execute(Claim("cover", "", {"periods": stated}), Witnesses(probe)).passed == holds


def test_the_next_order_is_said_for_the_first_chance_after_stock_has_fallen():
    """From 158 to 100 at ten a day takes 5.8 days: the sixth day is the first that orders."""
    assert "falls to 100, in about 6 days" in said(today(158), LevelPolicy((100, 160))).text


STATED = {
    "quantity": ({"quantity": 110}, {"quantity": 90}),
    "stock": ({"on_hand": 50, "on_order": 0}, {"on_hand": 51}),
    "cover": ({"periods": 5}, {"periods": 6}),
    "wait": ({"lead_time": 7, "longer_than": 7}, {"lead_time": 7, "longer_than": 4}),
    "fill": ({"position": 160}, {"position": 150}),
    "threshold": ({"position": 100}, {"position": 90}),
    "position": ({"position": 100}, {"position": 90}),
    "rule": ({"raw": 110, "quantity": 110}, {"raw": 110, "quantity": 120}),
    "other": ({"quantity": 140}, {"quantity": 110}),
    "low_stock": ({"pack": 1}, None),
    # (100, 160) with 50 in stock and nothing on order, as it is: costs and the rest change nothing.
    "stock_changes": (
        {"at": 101, "beside": 100, "order": 0, "end": 300},
        {"at": 102, "beside": 101, "order": 0, "end": 300},
    ),
    "open_orders_changes": (
        {"at": 11, "beside": 10, "order": 99, "end": 11},
        {"at": 12, "beside": 11, "order": 98, "end": 12},
    ),
    **{
        f"{key}_changes": (None, {"at": 99.0, "beside": 98.0, "order": 120, "end": 99.0})
        for key in ("demand", "lead_time", "stockout_cost", "holding_cost", "fixed_cost")
    },
    **{
        f"{key}_stays": ({"order": 110}, {"order": 111})
        for key in ("demand", "lead_time", "stockout_cost", "holding_cost", "fixed_cost")
    },
    **{
        f"{key}_need": ({"low": 110, "high": 110, "order": 110}, {"low": 90, "high": 109})
        for key in ("demand", "lead_time", "stockout_cost", "holding_cost", "fixed_cost")
    },
    **{
        f"{key}_position": (None, {"at": 1.0, "position": 100, "now": 50, "is_same": 1.0})
        for key in ("demand", "lead_time", "stockout_cost", "holding_cost", "fixed_cost")
    },
    **{f"{key}_stays": (None, {"order": 110}) for key in ("stock", "open_orders")},
    "never": (None, {}),
}
# What is said of the time ahead has its cases in test_explain_ahead.py.


@pytest.mark.parametrize("kind", [kind for kind in CLAIM_CHECKS if kind not in AHEAD_CHECKS])
def test_each_kind_of_claim_passes_when_true_and_fails_when_false(kind):
    """A new kind of sentence has to be added here with a true and a false case."""
    witnesses = Witnesses(
        Probe(today(50), LevelPolicy((100, 160))), Probe(today(50), LevelPolicy((60, 190)))
    )
    right, wrong = STATED[kind]
    if right is not None:
        assert execute(Claim(kind, "", right), witnesses).passed
    if wrong is not None:
        assert not execute(Claim(kind, "", wrong), witnesses).passed


def test_an_unknown_kind_of_claim_cannot_be_said():
    witnesses = Witnesses(Probe(today(50), LevelPolicy((100, 160))))
    with pytest.raises(UnknownNameError, match="threshold"):
        execute(Claim("treshold", "", {}), witnesses)


def test_dead_stock_lasts_longer_than_can_be_said():
    found = said(today(5000, (), problem_of(mean=0.5)), LevelPolicy((1, 2)))
    assert "last 730 days or more" in found.text
