"""The manager's report on one order: the page's numbers, one A4 page, the same bytes twice."""

from __future__ import annotations

import html
import re
import sys
from dataclasses import replace
from functools import cache

import pytest

from core.domain import Outcome, PlannerError, UnknownNameError
from core.domain import wording as words
from core.services.deciding import Adjustment, adjust
from core.services.explaining import try_quantity
from core.services.item_case import alternatives, item_case, named_item
from core.services.ordering import plan_today
from core.services.report_files import pdf_problem, report_kind
from core.services.reporting import item_report, item_report_file
from tests.services.plan_parts import FULL, LAMP, MUG, TENT, bold_agent, problems_of, shop


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the record, the problems, and today's orders by the rule and by an agent."""
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    at_work = bold_agent(store, assortment, doubted=[LAMP])
    by_rule = plan_today(assortment, store, "s_S")
    return store, assortment, by_rule, plan_today(assortment, store, "agent", at_work)


@pytest.fixture(scope="module")
def case_of(planned):
    """Find what is reported of an order, once for all tests of this file."""
    store, assortment, by_rule, by_agent = planned

    @cache
    def found(key, by="agent"):
        return item_case(store, assortment, by_agent if by == "agent" else by_rule, key)

    return found


def text_of(page: bytes) -> str:
    """Return what a reader sees, pictures left out."""
    bare = re.sub(r"<svg.*?</svg>|<style.*?</style>|<[^>]+>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


def test_the_report_says_what_the_explanation_says(case_of):
    for by in ("rule", "agent"):
        for key in (MUG, LAMP, FULL, TENT):
            case = case_of(key, by)
            told = text_of(item_report_file(case, "html"))
            assert case.explanation.sentence in told and "EUR" not in told
            assert "Money, EUR" in text_of(item_report_file(case, "html", "EUR"))
            assert case.explanation.badge in told
            assert case.explanation.why_not_sentence in told
            assert all(line in told for line in case.explanation.cannot_see)


def test_every_choice_is_set_against_the_proposal_on_the_same_futures(planned, case_of):
    _, assortment, _, by_agent = planned
    case = case_of(MUG)
    agent, rule, nothing = alternatives(case)
    found = case.explanation.why_not
    assert agent.is_proposed and agent.cost is None and agent.risk == found.reference_risk
    assert rule.cost == found.cost and rule.risk == found.quantity_risk
    tried = try_quantity(assortment, by_agent, MUG, 0.0)
    assert nothing.cost == tried.cost and nothing.outcome is Outcome.WORSE
    assert {row.n_periods for row in (agent, rule, nothing)} == {found.n_periods}
    row = item_report(case).choices[2]
    assert words.money(tried.cost.difference) in row.cost
    assert words.money(tried.cost.half_width) in row.cost


def test_without_an_agent_the_rule_stands_against_no_order(planned, case_of):
    _, assortment, by_rule, _ = planned
    agent, rule, nothing = alternatives(case_of(MUG, "rule"))
    assert agent.quantity is None and rule.is_proposed
    tried = try_quantity(assortment, by_rule, MUG, 0.0)
    assert rule.risk == tried.reference_risk and nothing.risk == tried.quantity_risk


def test_drivers_add_up_as_written(case_of):
    """Base, bars and the rest come to what is asked for today, to the written decimal."""
    for by in ("rule", "agent"):
        for key in (MUG, LAMP, TENT):
            report = item_report(case_of(key, by))
            stated = re.findall(r"([\d,.]+) (?=would|\(before)", report.driver_head)
            base, today = (float(each.replace(",", "")) for each in stated)
            moves = (re.search(r"([\d,.]+) units (more|less)", line) for line in report.drivers)
            total = sum(
                float(each[1].replace(",", "")) * (1 if each[2] == "more" else -1)
                for each in moves
                if each
            )
            assert base + total == pytest.approx(today, abs=0.051)


def test_the_report_says_what_no_choice_changes(case_of):
    case = case_of(MUG, "rule")
    before = case.explanation.ahead.before
    told = text_of(item_report_file(case, "html"))
    assert before.n_futures >= 1000
    assert f"runs out in {words.percent(before.risk)} (" in told and "whatever is ordered" in told


def test_a_quantity_of_the_planners_own_is_compared_and_named(tmp_path):
    store = shop(tmp_path)
    assortment = problems_of(store)
    ordering = plan_today(assortment, store)
    own = ordering.proposal(MUG).order_quantity + 60
    adjust(store, assortment, ordering, {MUG: Adjustment(own, "Price break", "")}, {})
    case = item_case(store, assortment, ordering, MUG)
    row = alternatives(case)[2]
    assert row.quantity == own and row.label.startswith("Adjusted by")
    assert row.cost == try_quantity(assortment, ordering, MUG, own).cost
    assert f"adjusted {words.units(own)} by" in text_of(item_report_file(case, "html"))


def test_the_same_state_gives_the_same_bytes(planned):
    store, assortment, _, by_agent = planned
    for kind in ("html", "pdf"):
        first, second = (
            item_report_file(item_case(store, assortment, by_agent, MUG), kind) for _ in range(2)
        )
        assert first == second


def test_the_page_stands_alone_with_two_pictures_in_words(case_of):
    page = item_report_file(case_of(MUG), "html").decode()
    assert page.count("<svg") == 2 and page.count('role="img"') == 2
    assert "Projected stock from" in page and "Looking ahead 42 days, " in page
    links = re.findall(r'(?:src|href|url)\s*[=(]\s*"?([^"\s)>]+)', page)
    assert all(link.startswith("#") for link in links)
    assert "<script" not in page


def test_names_from_files_are_text_not_markup(case_of):
    case = case_of(LAMP, "rule")
    item = replace(case.line.item, name="<script>alert(1)</script> & Co")
    page = item_report_file(replace(case, line=replace(case.line, item=item)), "html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("n_notes", [0, 6])
def test_a_pdf_is_one_page_even_with_much_to_say(case_of, monkeypatch, n_notes):
    from weasyprint import Document

    pages, write = [], Document.write_pdf

    def counted(self, *given, **named):
        pages.append(self.pages)
        return write(self, *given, **named)

    monkeypatch.setattr(Document, "write_pdf", counted)
    case = case_of(MUG)
    notes = tuple(f"Note {n}: {'the stock is an estimate, ' * 6}" for n in range(n_notes))
    line = replace(case.line, proposal=replace(case.line.proposal, notes=notes))
    data = item_report_file(replace(case, line=line), "pdf")
    assert data.startswith(b"%PDF")
    assert [len(found) for found in pages] == [1]
    size = pages[0][0].width, pages[0][0].height
    assert size == pytest.approx((210 / 25.4 * 96, 297 / 25.4 * 96), abs=1)


def test_without_pango_a_pdf_is_refused_with_the_way_out(case_of, monkeypatch):
    assert pdf_problem() is None
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(PlannerError, match=r"Pango.*Take the HTML report"):
        item_report_file(case_of(MUG, "rule"), "pdf")
    assert pdf_problem() is not None


def test_a_wrong_ending_kind_or_item_is_refused(planned, case_of):
    _, assortment, _, _ = planned
    assert report_kind("Plan.PDF") == "pdf"
    with pytest.raises(UnknownNameError, match=r"\.docx"):
        report_kind("plan.docx")
    with pytest.raises(UnknownNameError, match="docx"):
        item_report_file(case_of(MUG, "rule"), "docx")
    with pytest.raises(UnknownNameError, match="Did you mean 'LAMP'"):
        named_item(assortment, "LAMB")
