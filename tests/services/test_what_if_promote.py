"""A scenario put into the plan: shown first, saved as a whole, taken back like any edit."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from core.domain import ParameterError, Period, Verdict
from core.services.importing import undo_import
from core.services.what_if import ask
from core.services.what_if_export import comparison_file
from core.services.what_if_outcome import RULE, Question
from core.services.what_if_promote import plan_part, promote, promotion, rest
from core.services.what_if_scenario import Scenario
from core.services.workspace import load_plan_data
from tests.services.plan_parts import LAMP, MUG, problems_of, shop

MIXED = Scenario("Mixed", lead_time_change=2, holding_factor=1.5, demand_factor=1.2, who=RULE)


@pytest.fixture
def store(tmp_path):
    return shop(tmp_path)


def item_of(store, key):
    return next(item for item in load_plan_data(store).items if item.key == key)


def test_the_difference_is_shown_first_and_changes_nothing(store):
    data = load_plan_data(store)
    found = promotion(data, [LAMP], MIXED)
    told = {change.attribute: (change.before, change.after) for change in found.changes}
    assert told == {"lead_time": (5, 7), "holding_cost": (0.05, 0.075)}
    assert {change.key for change in found.changes} == {LAMP}
    assert len(found.left_out) == 2 and "read from sales" in found.left_out[0]
    assert load_plan_data(store).fingerprint == data.fingerprint


def test_a_promoted_scenario_is_the_plans_and_can_be_undone(store):
    before = item_of(store, MUG)
    data = load_plan_data(store)
    record = promote(store, data, [MUG, LAMP], MIXED)
    assert "Mixed" in record.source_name
    assert item_of(store, MUG).lead_time.mean == 5 and item_of(store, LAMP).lead_time.mean == 7
    assert item_of(store, MUG).costs.holding_cost == 0.03
    undo_import(store, "items")
    assert item_of(store, MUG) == before


@pytest.mark.parametrize("scenario", [Scenario("shock", outage_length=5), Scenario("b", budget=9)])
def test_what_the_plan_has_no_place_for_is_refused_with_the_reason(store, scenario):
    data = load_plan_data(store)
    with pytest.raises(ParameterError, match="no place for what this scenario changes"):
        promote(store, data, [MUG], scenario)
    assert load_plan_data(store).fingerprint == data.fingerprint


def test_a_scenario_falls_into_what_the_plan_takes_and_the_rest():
    assert set(plan_part(MIXED).changes) == {"lead_time_change", "holding_factor"}
    assert set(rest(MIXED).changes) == {"demand_factor", "who"}


def test_the_files_hold_the_numbers_of_the_page(store):
    assortment = problems_of(store)
    asked = Question(assortment, assortment.keys, store)
    found = [ask(asked, Scenario()), ask(asked, Scenario("=late", lead_time_change=5))]
    book = comparison_file(found, RULE, Period.DAY, "excel")
    sheets = pd.read_excel(io.BytesIO(book), sheet_name=None)
    assert list(sheets) == ["Key figures", "Orders", "Assumptions"]
    row = sheets["Key figures"].query("`key figure` == 'Total cost'").iloc[1]
    verdict = Verdict.from_pairs(found[1].kpis[RULE]["cost"], found[0].kpis[RULE]["cost"])
    assert row["difference from today"] == pytest.approx(verdict.difference)
    assert row["95 % interval, plus or minus"] == pytest.approx(verdict.half_width)
    assert row["scenario"] == "'=late"
    assert len(sheets["Orders"]) > 0
    text = comparison_file(found, RULE, Period.DAY, "semicolon", "EUR").decode("utf-8-sig")
    assert "EUR/day" in text and "money" not in text
    assert text.startswith("table;") and "lead time +5 days" in text
