"""The report on decisions counts what held, and adds up to the log."""

from __future__ import annotations

import pytest

from core.domain import wording as words
from core.services.deciding import Adjustment, adjust, approve, reject, undo
from core.services.decision_log import decision_log
from core.services.decisions_report import decisions_report, decisions_report_file
from core.services.ordering import plan_today
from tests.services.plan_parts import LAMP, MUG, TENT, problems_of, shop
from tests.services.test_reporting import text_of


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """Return the data and the log of four decisions, one of them taken back."""
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    ordering = plan_today(assortment, store)
    approve(store, ordering, [LAMP])
    wish = ordering.proposal(MUG).order_quantity + 12
    adjust(
        store, assortment, ordering, {MUG: Adjustment(wish, "Promotion or event", "<b>fair</b>")}
    )
    (last,) = reject(store, ordering, [LAMP], ("Supplier closed or late", ""))
    undo(store, [last.number])
    reject(store, ordering, [TENT], ("Supplier closed or late", ""))
    return assortment.data, ordering, decision_log(store, assortment.data)


def test_only_what_held_is_counted_and_money_adds_up(decided):
    data, ordering, log = decided
    report = decisions_report(log, data)
    n_held = sum(line.status in ("stands", "earlier data") for line in log)
    figures = dict(report.figures)
    assert figures["Decisions"] == f"{n_held}"
    assert figures["Taken back or replaced"] == f"{len(log) - n_held}"
    more = 12 * data.item(MUG).costs.unit_cost
    less = ordering.proposal(TENT).value
    assert figures["Value ordered more"] == words.whole_money(more, signed=True)
    assert figures["Value ordered less"] == words.whole_money(-less, signed=True)
    assert sum(int(row[1]) for row in report.people) == n_held
    assert sum(int(row[1]) for row in report.reasons) == report.n_changes == len(report.changes)


def test_it_is_one_page_with_two_charts_the_same_every_time(decided, monkeypatch):
    data, _, log = decided
    report = decisions_report(log, data)
    page = decisions_report_file(report, "html")
    assert page == decisions_report_file(decisions_report(log, data), "html")
    assert page.count(b"<svg") == 2 and b"<b>fair" not in page
    told = text_of(page)
    in_euros = text_of(decisions_report_file(report, "html", "EUR"))
    assert "amounts in EUR" in in_euros and "EUR" not in told
    assert in_euros.count("Money, EUR") == 3
    assert report.headline in told and "Promotion or event: <b>fair</b>" in told
    from weasyprint import Document

    pages, write = [], Document.write_pdf
    monkeypatch.setattr(
        Document, "write_pdf", lambda self: pages.append(len(self.pages)) or write(self)
    )
    assert decisions_report_file(report, "pdf").startswith(b"%PDF") and pages == [1]


def test_nothing_shown_is_said(decided):
    report = decisions_report((), decided[0])
    assert report.headline == "None of these decisions held." and not report.charts
    assert "Nothing was changed." in text_of(decisions_report_file(report, "html"))
