"""The time ahead: too late to help, far more than needed, not yet needed; each said and run."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core.domain import CostRates, OrderRules
from core.explain import (
    Claim,
    Probe,
    Question,
    Witnesses,
    execute,
    explain,
    explain_briefly,
    futures_of,
    look_ahead,
    sentence_of,
)
from core.explain.ahead import FRESH, before_help, window_of
from core.explain.ahead_claims import AHEAD_CHECKS, date_values
from core.explain.consequences import Draw, why_not
from core.explain.sentence_checks import numbers_check
from core.explain.window import Window
from core.simulator import SingleItemSystem, draw_scenario, trajectory
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, problem_of, today

RULE = LevelPolicy((100, 160))
# Short by day 3, help from the open order on day 5, from an order of today on day 7.
LATE = today(30, (0.0, 0.0, 0.0, 0.0, 150.0))


def said(situation, policy):
    probe = Probe(situation, policy)
    return sentence_of(probe, None, look_ahead(probe, None))


def test_the_risk_before_help_is_that_of_doing_nothing_until_then():
    """Played once more by hand."""
    found = before_help(LATE, n_futures=200)
    scenario = draw_scenario([LATE.problem], 200, 7, seed=5000)
    system = SingleItemSystem([LATE.problem], n_paths=200)
    run = trajectory(
        system, lambda seen: 0 * seen.inventory_level, scenario, initial=LATE.initial(200)
    )
    assert found.n_periods == 7
    assert found.risk == float((run.unserved[:7] > 0).any(0).double().mean())


def test_no_quantity_of_today_changes_it():
    """That is what the page says: with a fixed lead time nothing ordered today is there before."""
    window = Window(7, 0, 7)
    (both,), _ = futures_of(LATE, (0.0, 500.0), RULE, window=window)
    assert np.array_equal(both[0].ran_out, both[1].ran_out)
    assert both[0].risk == before_help(LATE).risk


def test_a_shortage_before_help_comes_first_and_cover_is_not_said():
    found = said(LATE, RULE)
    assert all(check.passed for check in found.checks)
    assert "Order nothing today: 30 on hand and 150 on order; stock lasts until about" in found.text
    assert "the next open order, 150, comes on 9 Oct" in found.text
    assert "running out before an order of today can come (11 Oct) is likely: " in found.text
    assert "ask the supplier to deliver sooner" in found.text and "cover" not in found.text
    assert numbers_check(found, ["s_S"]).passed


def test_a_shortage_that_is_not_likely_is_not_the_headline():
    found = said(today(150, (0.0, 30.0)), RULE)
    assert "likely" not in found.text and "cover 18 days" in found.text


def test_an_order_that_the_rules_raise_far_is_warned_of_with_time_and_money():
    rules = OrderRules(min_order=400)
    costs = CostRates(holding_cost=0.1, stockout_cost=5, fixed_cost=10, unit_cost=2.5)
    situation = today(95, (), problem_of(rules=rules))
    situation = replace(situation, problem=replace(situation.problem, costs=costs))
    found = said(situation, RULE)
    assert all(check.passed for check in found.checks)
    assert ": far more than needed, about 40 days of sales worth 1,000.00" in found.text
    assert "until tomorrow" in found.text
    plain = said(today(95, (), problem_of(rules=OrderRules(min_order=70))), RULE)
    assert "far more" not in plain.text


def test_where_cover_does_not_say_why_today_waiting_is_played():
    """The figures are those of ordering nothing today, as a planner who types 0 sees them."""
    situation = today(95)
    probe = Probe(situation, RULE)
    found = said(situation, RULE)
    why = why_not(situation, (0.0, probe.order), RULE)
    assert all(check.passed for check in found.checks)
    assert f"{abs(why.cost.difference):,.2f} ± {why.cost.half_width:,.2f}" in found.text
    assert re.search(
        r"running out in [\d.]+% instead of [\d.]+% \([+-][\d.]+ to [+-][\d.]+ points\)", found.text
    )
    assert look_ahead(Probe(today(50), RULE), None).waiting is None


@pytest.mark.parametrize("currency", ["EUR", "US$"])
def test_amounts_are_said_in_the_planners_currency(currency):
    """And nothing else changes: the words, and what is checked of them."""
    rules = OrderRules(min_order=400)
    plain, named = (
        replace(today(95, (), problem_of(rules=rules)), currency=name) for name in ("", currency)
    )
    was, found = said(plain, RULE), said(named, RULE)
    assert re.search(rf"± [\d,.]+ {re.escape(currency)}", found.text)
    assert re.search(rf"of sales worth [\d,.]+ {re.escape(currency)}", found.text)
    assert found.text.replace(f" {currency}", "") == was.text
    assert [check.passed for check in found.checks] == [check.passed for check in was.checks]


def test_fresh_futures_that_are_played_beside_the_others_are_those_of_a_play_of_their_own():
    """And the others are not moved by them."""
    far = today(95, (), problem_of(rules=OrderRules(min_order=400)))
    probe = Probe(far, RULE)
    window = window_of(probe, None)
    found = look_ahead(probe, None)
    for told, (n_futures, seed) in ((found.waiting, Draw()), (found.fresh_waiting, FRESH)):
        quantities = (0.0, probe.order)
        alone = why_not(far, quantities, RULE, n_futures=n_futures, seed=seed, window=window)
        assert told == alone
    assert found.waiting.cost.n_pairs == 1000 and found.fresh_waiting.cost.n_pairs == 300


def test_the_brief_says_the_same_of_the_time_ahead():
    for situation in (LATE, today(95)):
        question = Question(situation, RULE, NetworkPolicy(), False)
        assert explain_briefly(question).sentence == explain(question).sentence


def _true_of(kind: str, probe: Probe) -> dict[str, float]:
    """Return what is true of the situation, as the sentence states it."""
    sentence = said(probe.situation, probe.policy)
    return next(dict(claim.values) for claim in sentence.claims if claim.kind == kind)


WRONG = {
    "lasts": {"periods": 4.0, "day": 5.0},
    "open_order": {"quantity": 140.0},
    "before": {"percent": 5.0},
    "later": {"difference": 900.0},
    "far_more": {"value": 1.0},
}


@pytest.mark.parametrize("kind", list(AHEAD_CHECKS))
def test_each_claim_passes_when_true_and_fails_when_false(kind):
    far = today(95, (), problem_of(rules=OrderRules(min_order=400)))
    probe = Probe(far if kind in ("later", "far_more") else LATE, RULE)
    witnesses, true = Witnesses(probe), _true_of(kind, probe)
    assert execute(Claim(kind, "", true), witnesses).passed
    assert not execute(Claim(kind, "", {**true, **WRONG[kind]}), witnesses).passed


def test_a_winner_that_the_interval_does_not_support_fails():
    probe = Probe(today(95, (), problem_of(rules=OrderRules(min_order=400))), RULE)
    true = _true_of("later", probe)
    bold = {**true, "is_sure": 1.0, "difference": 0.1, "half_width": 50.0}
    assert not execute(Claim("later", "", bold), Witnesses(probe)).passed


def test_a_wrong_date_fails():
    probe = Probe(LATE, RULE)
    stated = {**date_values(probe, 3), "day": 9.0}
    assert not execute(Claim("lasts", "", stated), Witnesses(probe)).passed
