"""The manager's report on a plan, and every order explained briefly, here and by helpers."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from core.domain import Choice, Decision
from core.domain import wording as words
from core.policies import BaseStockPolicy
from core.services import brief_helper
from core.services import briefs as module
from core.services.briefs import briefs, every_brief
from core.services.deciding import todays_decisions
from core.services.explaining import explain_order, question_of
from core.services.order_lines import order_lines, supplier_totals
from core.services.ordering import plan_today
from core.services.plan_reporting import plan_report, plan_report_file
from tests.services.plan_parts import FULL, LAMP, MUG, ODD, TENT, bold_agent, problems_of, shop
from tests.services.test_reporting import text_of

PLANNABLE = (MUG, LAMP, TENT, FULL)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the record, the problems, today's orders by the rule and by an agent, and lines."""
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    by_rule = plan_today(assortment, store)
    # A helper that is handed it need not read the small shop to know what it is.
    plain = BaseStockPolicy.of(assortment.problems, order_up_to_level=[50.0] * 4)
    at_work = replace(bold_agent(store, assortment), policy=plain)
    by_agent = plan_today(assortment, store, "agent", at_work)
    lines = order_lines(assortment, by_rule, todays_decisions(store, assortment))
    return store, assortment, by_rule, by_agent, lines


def test_the_report_adds_up_what_the_orders_page_shows(planned):
    _, assortment, by_rule, _, lines = planned
    told = text_of(plan_report_file(plan_report(assortment, by_rule, lines), "html"))
    assert f"Value {words.money(sum(line.value for line in lines))}" in told
    in_euros = text_of(plan_report_file(plan_report(assortment, by_rule, lines), "html", "EUR"))
    assert all(head in in_euros for head in ("amounts in EUR", "Value, EUR", "At risk, EUR"))
    assert "EUR" not in told
    for total in supplier_totals(lines):
        if total.n_lines:
            row = (f"{total.n_lines:,}", words.whole_money(total.value), f"{total.n_open:,}")
            assert " ".join((total.supplier, *row)) in told
    for tile in by_rule.work.tiles:
        assert (f"{tile.status.value} {tile.count}" in told) is bool(tile.count)


def test_what_is_most_at_risk_comes_first_with_its_own_sentence(planned):
    _, assortment, by_rule, _, lines = planned
    report = plan_report(assortment, by_rule, lines)
    risky = [line for line in by_rule.work.lines if line.at_risk > 0]
    assert risky and [row[0].split()[0] for row in report.at_risk] == [
        line.proposal.key.label for line in risky
    ]
    for row, line in zip(report.at_risk, risky, strict=True):
        if line.proposal.key != ODD:
            assert row[3] == explain_order(assortment, by_rule, line.proposal.key).sentence
        assert row[2] == words.whole_money(line.at_risk)


def test_the_same_plan_gives_the_same_bytes(planned):
    _, assortment, by_rule, _, lines = planned
    for kind in ("html", "pdf"):
        first, second = (
            plan_report_file(plan_report(assortment, by_rule, lines), kind) for _ in range(2)
        )
        assert first == second


def test_a_brief_says_what_the_whole_explanation_says(planned):
    _, assortment, by_rule, by_agent, _ = planned
    for ordering in (by_rule, by_agent):
        for key, brief in briefs(assortment, ordering, PLANNABLE).items():
            whole = explain_order(assortment, ordering, key)
            assert (brief.sentence, brief.why_not) == (whole.sentence, whole.why_not_sentence)
            assert set(brief.failed) <= {check.name for check in whole.checks}


def test_amounts_are_said_in_the_planners_currency(planned):
    _, assortment, by_rule, by_agent, _ = planned
    n_named = 0
    for ordering in (by_rule, by_agent):
        plain = briefs(assortment, ordering, PLANNABLE)
        named = briefs(assortment, replace(ordering, currency="EUR"), PLANNABLE)
        for key, was in plain.items():
            found = named[key]
            assert found.sentence.replace(" EUR", "") == was.sentence
            assert found.why_not.replace(" EUR", "") == was.why_not
            n_named += f"{found.sentence} {found.why_not}".count(" EUR")
    assert n_named


def test_helpers_answer_as_it_is_answered_here(planned, monkeypatch):
    """Also for an agent that is in no record: they are handed it, with the questions."""
    _, assortment, _, by_agent, _ = planned
    here = briefs(assortment, by_agent, PLANNABLE)
    monkeypatch.setattr(module, "n_helpers", lambda n_items, worth: 2)
    asked, told = [], []

    def only_a_helper_may_answer(questions):
        asked.extend(questions)
        return iter(())

    monkeypatch.setattr(module, "explain_all_briefly", only_a_helper_may_answer)
    assert briefs(assortment, by_agent, PLANNABLE, told.append) == here
    assert not asked and told == [1, 2, 3, 4]


def test_a_helper_answers_each_question_by_its_number(planned, monkeypatch, capsys):
    """What runs inside of it, on streams of this process; here without an agent."""
    _, assortment, by_rule, _, _ = planned
    questions = [question_of(assortment, by_rule, key, briefly=True) for key in PLANNABLE]
    handed = io.TextIOWrapper(io.BytesIO(brief_helper.packed(questions)))
    monkeypatch.setattr(sys, "stdin", handed)
    brief_helper.answer_all()
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [place for place, _ in answers] == [0, 1, 2, 3]
    found = [brief_helper.unpacked(row) for _, row in answers]
    assert found == list(briefs(assortment, by_rule, PLANNABLE).values())


def test_what_a_helper_leaves_is_explained_here(planned, monkeypatch):
    _, assortment, by_rule, _, _ = planned
    here = briefs(assortment, by_rule, PLANNABLE)
    monkeypatch.setattr(module, "n_helpers", lambda n_items, worth: 2)
    monkeypatch.setattr(module, "HELPER", "raise SystemExit")
    told = []
    assert briefs(assortment, by_rule, PLANNABLE, told.append) == here
    assert told == [1, 2, 3, 4]


def test_every_order_is_listed_with_its_sentence_on_wish(planned):
    _, assortment, by_rule, _, lines = planned
    told = every_brief(assortment, by_rule, lines)
    assert set(told) == {line.key for line in lines if line.quantity > 0}
    report = plan_report(assortment, by_rule, lines, told=told)
    page = text_of(plan_report_file(report, "html"))
    assert all(brief.sentence in page for brief in told.values())
    assert f"{words.plural(len(told), 'order')} explained" in page
    n_checks = sum(brief.n_checks for brief in told.values())
    assert n_checks >= 3 * len(told) and f"{n_checks:,} in all, of the claims" in page
    assert "Every order" not in text_of(
        plan_report_file(plan_report(assortment, by_rule, lines), "html")
    )


def test_a_changed_order_says_who_changed_it_before_the_sentence_on_the_proposal(planned):
    _, assortment, by_rule, _, lines = planned
    risky = {one.proposal.key for one in by_rule.work.lines if one.at_risk > 0}
    line = next(one for one in lines if one.key in risky and one.proposal.order_quantity > 0)
    proposed = line.proposal.order_quantity
    decision = Decision(
        key=line.key,
        choice=Choice.REJECTED,
        quantity=0,
        proposed_quantity=proposed,
        agent_quantity=None,
        baseline_quantity=proposed,
        planner="Ann",
        decided_at=datetime(2026, 3, 2, tzinfo=UTC),
        run_id="run",
        reason="Cash or budget",
        note="",
    )
    changed = replace(line, record=SimpleNamespace(decision=decision))
    others = tuple(each for each in lines if each is not line)
    told = SimpleNamespace(sentence="Order so many.")
    report = plan_report(assortment, by_rule, (changed, *others), explain=lambda key: told)
    rows = {row[0].split()[0]: row for row in report.at_risk}
    said = f"Changed by Ann: 0 instead of {words.units(proposed)}, Cash or budget. The proposal: "
    assert rows[line.key.label][1] == "0"
    assert rows[line.key.label][3] == f"{said}Order so many."
    assert not any("Changed by" in row[3] for name, row in rows.items() if name != line.key.label)
