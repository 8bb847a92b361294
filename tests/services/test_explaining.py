"""Why this order: explained on today's real stock, tried against any number, and projected."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.domain import HistoryError, Outcome, ParameterError, Period
from core.explain import Levels, warm_up
from core.services.explaining import (
    demand_outlook,
    explain_order,
    policies_of,
    stock_outlook,
    try_quantity,
    try_words,
)
from core.services.ordering import plan_today
from core.services.typed import typed_quantity
from tests.services.plan_parts import FULL, LAMP, MUG, ODD, bold_agent, problems_of, shop


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the problems, today's orders by the rule, and by an agent that is not sure of LAMP."""
    warm_up()
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    at_work = bold_agent(store, assortment, doubted=[LAMP])
    by_rule = plan_today(assortment, store, "s_S")
    return assortment, by_rule, plan_today(assortment, store, "agent", at_work)


def test_the_explanation_explains_the_very_quantity_that_is_proposed(planned):
    assortment, by_rule, by_agent = planned
    for ordering in (by_rule, by_agent):
        for key in (MUG, LAMP, FULL):
            found = explain_order(assortment, ordering, key)
            proposal = ordering.proposal(key)
            assert found.policy == proposal.policy
            assert found.in_use.order_quantity == proposal.order_quantity
            assert found.in_use.is_reconciled
            assert found.drivers.additivity_gap < 0.5


def test_with_an_agent_both_are_explained_and_set_against_each_other(planned):
    assortment, _, by_agent = planned
    found = explain_order(assortment, by_agent, MUG)
    assert found.agent is not None and found.baseline_drivers is not None
    assert found.why_not is not None and found.why_not.cost.n_pairs >= 1000
    assert "(s, S)" in found.sentence


def test_a_doubt_about_the_agent_shows_as_a_failed_check(planned):
    assortment, _, by_agent = planned
    bold = replace(by_agent.proposal(LAMP), policy="bold")
    forced = replace(by_agent, plan=replace(by_agent.plan, proposals=(bold,)))
    assert not explain_order(assortment, forced, LAMP).is_sound
    names = [check.name for check in explain_order(assortment, by_agent, MUG).checks]
    assert any("trained range" in name for name in names)


def test_an_agent_that_does_not_fit_and_does_not_decide_is_not_quoted(planned):
    assortment, _, by_agent = planned
    assert by_agent.at_work is not None and LAMP in by_agent.at_work.doubts
    found = explain_order(assortment, by_agent, LAMP)
    assert found.policy == "s_S" and found.agent is None and found.why_not is None
    assert "bold" not in found.sentence and found.why_not_sentence == ""


@pytest.mark.timed
def test_an_explanation_is_there_in_under_a_second_and_a_half(planned):
    assortment, _, by_agent = planned
    begun = time.process_time()
    explain_order(assortment, by_agent, MUG)
    assert time.process_time() - begun < 1.5


def test_an_item_that_cannot_be_planned_is_refused_with_its_reason(planned):
    assortment, by_rule, _ = planned
    with pytest.raises(HistoryError, match="ODD"):
        explain_order(assortment, by_rule, ODD)


def test_a_tried_quantity_is_set_against_the_proposal_on_a_thousand_futures(planned):
    assortment, by_rule, _ = planned
    proposed = by_rule.proposal(MUG).order_quantity
    none = try_quantity(assortment, by_rule, MUG, 0)
    assert (none.quantity, none.reference_quantity) == (0, proposed)
    assert none.cost.n_pairs >= 1000
    assert none.outcome is Outcome.WORSE and none.quantity_risk > none.reference_risk
    assert try_quantity(assortment, by_rule, MUG, 0) == none
    said = try_words(none, by_rule, MUG, Period.DAY)
    assert said.startswith("Leaving it until tomorrow (0 instead of ") and "±" in said


def test_one_window_holds_for_every_quantity_of_the_page(planned):
    """The proposal's own risk must not depend on what it is compared with."""
    assortment, _, by_agent = planned
    found = explain_order(assortment, by_agent, MUG).why_not
    assert found is not None
    largest = max(found.quantity, found.reference_quantity)
    for quantity in (0.0, 6.0, largest):
        tried = try_quantity(assortment, by_agent, MUG, quantity)
        assert tried.reference_risk == found.reference_risk
        assert (tried.n_periods, tried.end_of_risk) == (found.n_periods, found.end_of_risk)
    assert try_quantity(assortment, by_agent, MUG, 3 * largest).end_of_risk > found.end_of_risk


def test_levels_of_a_rule_not_in_use_are_not_drawn(planned):
    assortment, by_rule, by_agent = planned
    quantities = {"as proposed": 40.0}
    assert stock_outlook(assortment, by_rule, MUG, quantities).levels.is_known
    assert not stock_outlook(assortment, by_agent, MUG, quantities).levels.is_known


@pytest.mark.parametrize(
    ("text", "value"), [("60", 60), (" 1,200 ", 1200), ("2 500", 2500), ("7.5", 7.5), ("-5", -5)]
)
def test_a_typed_quantity_is_read(text, value):
    assert typed_quantity(text) == value


@pytest.mark.parametrize("text", ["seven", "", "  ", "1,5", "nan", "inf", "1e999"])
def test_what_is_no_quantity_is_told(text):
    with pytest.raises(ParameterError, match="Type"):
        typed_quantity(text)


def test_the_proposal_tried_against_itself_differs_by_nothing(planned):
    assortment, by_rule, _ = planned
    same = try_quantity(assortment, by_rule, MUG, by_rule.proposal(MUG).order_quantity)
    assert same.cost.difference == 0 and same.risk.difference == 0


def test_projected_stock_starts_from_today_and_takes_open_orders_in(planned):
    assortment, by_rule, _ = planned
    found = stock_outlook(assortment, by_rule, LAMP, {"as proposed": 40.0, "no order": 0.0})
    path = found.chart.paths["as proposed"]
    assert found.open_orders == ((date(2026, 3, 4), 7.0),)
    assert found.arrival == date(2026, 3, 7)
    assert found.chart.start.inventory_level == 9
    assert np.all(path.low <= path.median) and np.all(path.median <= path.high)
    # Nothing ordered today can be there before the lead time is over; 40 units are there after.
    other = found.chart.paths["no order"]
    assert np.array_equal(path.median[:5], other.median[:5])
    assert path.median[5] > other.median[5]
    assert found.levels.is_known and found.levels.reorder_point < found.levels.order_up_to_level


def test_demand_shows_stock_outs_and_goes_on_where_history_ends(planned):
    assortment, _, _ = planned
    found = demand_outlook(assortment, MUG, 60, 14)
    assert len(found.dates) == 60 and len(found.ahead) == 14
    assert found.ahead[0] - found.dates[-1] == np.timedelta64(1, "D")
    assert [(int(b - a)) for a, b in found.stockouts] == [2]
    assert np.array_equal(found.wanted[found.in_stock], found.quantity[found.in_stock])
    assert np.all(found.wanted[~found.in_stock] > found.quantity[~found.in_stock])
    assert found.mean.mean() == pytest.approx(5, rel=0.2)
    assert np.all(found.low <= found.high)


def test_who_decides_is_the_proposals_own_policy(planned):
    assortment, by_rule, by_agent = planned
    assert policies_of(assortment, by_agent, MUG).in_use.name == "bold"
    assert policies_of(assortment, by_rule, MUG).in_use.name == "s_S"


def test_levels_that_stock_never_falls_to_are_not_drawn(planned):
    from core.ui.plan_item_charts import stock_fan

    assortment, by_rule, _ = planned
    found = stock_outlook(assortment, by_rule, LAMP, {"as proposed": 40.0})
    never = replace(found, levels=Levels(-2378.0, -2377.0))
    drawn, bare = (stock_fan(outlook, "as proposed") for outlook in (found, never))
    assert len(bare.layout.annotations) < len(drawn.layout.annotations)
    assert not any("2,377" in note.text for note in bare.layout.annotations)
