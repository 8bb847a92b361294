"""Policies and What-if through app.py, on a small shop."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.domain import difference
from core.jobs import run_inline
from core.services import what_if_cards as kept
from core.services.comparing_job import COMPARE
from core.services.currency import set_currency
from core.services.prepare import EDITION
from core.services.what_if_scenario import Scenario
from core.store import Store, open_store
from core.ui import policies_job, what_if
from core.ui.policies_tables import starred
from tests.pages.page_parts import opened, sound
from tests.services.plan_parts import shop

POLICIES, WHAT_IF = "pages/proof/policies.py", "pages/plan/what_if.py"


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    record = shop(var_dir)
    record.settings.set("generalist_offered", EDITION)  # put away before
    yield record
    record.close()


@pytest.fixture(scope="module")
def compared_home(tmp_path_factory) -> Path:
    """Compare the rules of the small shop once; every test then starts from a copy."""
    home = tmp_path_factory.mktemp("compared")
    record = shop(home)
    record.settings.set("generalist_offered", EDITION)
    run_inline(record, COMPARE, {"agent": None})
    record.close()
    return home


@pytest.fixture
def compared(compared_home, var_dir) -> Iterator[Store]:
    """Return the record that the pages show, with the rules compared."""
    shutil.copytree(compared_home, var_dir, dirs_exist_ok=True)
    record = open_store(var_dir)
    yield record
    record.close()


def texts(app: AppTest) -> str:
    parts = (app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    return "\n".join(each.value for part in parts for each in part)


def button(app: AppTest, label: str):
    (found,) = [each for each in app.button if each.label.startswith(label)]
    return found


@pytest.mark.parametrize("page", [POLICIES, WHAT_IF])
def test_without_data_the_page_says_what_to_do(var_dir, page):
    record = open_store()
    record.settings.set("sample_offered", True)
    assert "no sales yet" in texts(opened(page))
    record.close()


def test_policies_offers_one_thing_before_anything_was_compared(store, monkeypatch):
    started = []
    monkeypatch.setattr(policies_job, "start_comparison", lambda *args: started.append(args) or 1)
    app = opened(POLICIES)
    assert "Not compared yet" in texts(app) and not app.dataframe
    button(app, "Compare (about").click().run()
    assert started and started[0][1] is None


def test_policies_answers_in_a_sentence_from_what_was_kept(compared):
    app = opened(POLICIES)
    said = texts(app)
    assert "Over all 4 items" in said and "95 % interval" in said
    assert "test futures each" in said and "There is no agent yet" in said
    table = app.dataframe[0].value
    assert "Total cost" in set(table["Key figure"]) and "(s, S)" in table.columns
    app.session_state["keep.policies.view"] = "items"
    table = sound(app.run()).dataframe[0].value
    assert len(table) == 4 and set(table["Auto uses"]) == {"(s, S)"}
    app.session_state["keep.policies.view"] = "sales"
    assert "On your real sales" in texts(sound(app.run()))
    app.session_state["keep.policies.view"] = "one"
    app.session_state["policies.item"] = "LAMP"
    app.run()
    assert "On LAMP" in texts(sound(app)) and "LAMP" in app.query_params["item"]


def test_a_point_of_the_curve_sets_the_costs_after_showing_what_changes(compared):
    app = opened(POLICIES)
    said = texts(app)
    assert "Until now" in said and "cost is not known" in said
    box = next(each for each in app.selectbox if each.label.startswith("Choose a point"))
    app = sound(box.select(4.0).run())
    assert "Stock-out cost × 4 for all 4 items" in texts(app) and "| Fill rate |" in texts(app)
    app = sound(button(app, "Set these stock-out costs").click().run())
    assert "Orders use it from now on" in texts(app) and "Not compared yet" in texts(app)
    app = sound(button(app, "Undo").click().run())
    assert "Orders use it from now on" not in texts(app) and "Over all 4 items" in texts(app)


def test_what_if_begins_with_ready_made_scenarios_and_asks_where_it_takes_long(store, monkeypatch):
    app = opened(WHAT_IF)
    assert "Nothing is assumed yet" in texts(app)
    app = sound(button(app, "Lead time +5 days").click().run())
    assert kept.cards(store)[0].lead_time_change == 5
    said = texts(app)
    assert "Lead time +5 days: cost" in said and "200 futures" in said
    assert list(app.dataframe[0].value.columns)[1:] == ["As today", "Lead time +5 days"]
    assert not [each for each in app.button if each.label.startswith("Work it out")]
    monkeypatch.setattr(what_if, "SECONDS_PER_ITEM", 10.0)
    assert "200 futures" in texts(opened(WHAT_IF)), "the result is still there another day"
    kept.set_cards(store, [*kept.cards(store), Scenario("More", demand_factor=1.5)])
    said = texts(opened(WHAT_IF))
    assert "Not worked out yet: More" in said and "Lead time +5 days: cost" in said


def test_what_if_opens_the_editor_of_an_own_scenario_and_says_that_four_are_the_most(store):
    app = sound(button(opened(WHAT_IF), "A scenario of my own").click().run())
    assert [box.value for box in app.text_input if box.label == "Name"] == ["My scenario"]
    kept.set_cards(store, [Scenario(f"{n} %", demand_factor=1 + n / 100) for n in range(1, 5)])
    app = opened(WHAT_IF)
    assert "4 scenarios are the most" in texts(app)
    assert "Add a scenario" not in [box.label for box in app.selectbox]


def test_a_slider_changes_the_card_and_the_answer_follows(store):
    kept.set_cards(store, [Scenario("Demand +20 %", demand_factor=1.2)])
    app = opened(WHAT_IF, item="LAMP")
    (demand,) = [each for each in app.slider if each.label == "Demand, %"]
    assert demand.value == 20
    app = sound(demand.set_value(50.0).run())
    (card,) = kept.cards(store)
    assert card == Scenario("Demand +50 %", demand_factor=1.5)
    assert "Demand +50 %: cost" in texts(app)


def test_a_scenario_is_put_into_the_plan_after_a_look_and_taken_back(store):
    kept.set_cards(store, [Scenario("Late", lead_time_change=2, demand_factor=1.2)])
    app = sound(button(opened(WHAT_IF, item="LAMP"), "Put it into the plan").click().run())
    assert "a plan has no place to change it" in texts(app)
    app = sound(button(app, "Save 1 change").click().run())
    assert "is in the plan" in texts(app)
    assert kept.cards(store) == (Scenario("Late", demand_factor=1.2),)
    app = sound(button(app, "Take it back").click().run())
    assert "as they were" in texts(app)


def test_signs_in_a_name_are_letters_and_not_markup(store):
    kept.set_cards(store, [Scenario("**B** $1$ <b>", demand_factor=1.2)])
    said = texts(opened(WHAT_IF, item="LAMP"))
    assert said.count("**B**") == 0 and r"\*\*B\*\* \$1\$ \<b\>: cost" in said


def test_a_link_to_an_unknown_item_says_so(store):
    kept.set_cards(store, [Scenario("More", demand_factor=1.2)])
    assert "There is no item 'NOPE'" in texts(opened(WHAT_IF, item="NOPE"))


def test_a_star_marks_the_only_best_and_zero_has_no_sign():
    names = {"s_S": "(s, S)", "agent": "Agent", "eoq": "EOQ"}
    row = {
        "better": "lower",
        "values": {"s_S": 52.904, "agent": 52.901, "eoq": -0.001},
        "texts": {"s_S": "52.90", "agent": "52.90", "eoq": "-0.00"},
    }
    assert [starred(row, label) for label in names] == ["52.90", "52.90", "0.00 ★"]
    row["values"]["eoq"], row["texts"]["eoq"] = 60.0, "60.00"
    assert [starred(row, label) for label in names] == ["52.90", "52.90", "60.00"]
    assert difference(-0.001, 0.002) == "no difference"
    assert difference(-0.001, 0.02) == "0.00 ± 0.02"
    assert difference(-1.5, 0.2) == "-1.50 ± 0.20"


def test_what_if_for_one_item_needs_no_button_and_shows_its_rule(store):
    kept.set_cards(store, [Scenario("More", demand_factor=1.5)])
    app = opened(WHAT_IF, item="LAMP")
    assert "More: cost" in texts(app) and "(s, S) was (" in texts(app)
    assert not [each for each in app.button if each.label.startswith("Work it out")]


def test_what_if_says_its_amounts_in_the_planners_currency(store):
    kept.set_cards(store, [Scenario("More", demand_factor=1.5)])
    assert "money a day" in texts(opened(WHAT_IF, item="LAMP"))
    set_currency(store, "EUR")
    app = opened(WHAT_IF, item="LAMP")
    assert "What it costs, EUR a day" in texts(app) and "money a day" not in texts(app)
    assert re.search(r"More: cost.* EUR a day", texts(app))
    assert "Total cost, EUR/day" in list(app.dataframe[0].value["Key figure"])


def test_a_shared_link_puts_its_scenario_on_the_page_once(store):
    link = "Strike|lead_time_change=3"
    app = opened(WHAT_IF, scenario=link, item="LAMP")
    assert [one.name for one in kept.cards(store)] == ["Strike"]
    sound(app.run())
    assert len(kept.cards(store)) == 1
    remove = [each for each in app.button if each.key == "what_if.remove.0"]
    sound(remove[0].click().run())
    assert kept.cards(store) == ()


def test_a_shared_link_leaves_the_address_so_that_loading_again_brings_no_card_back(store):
    app = opened(WHAT_IF, scenario="Strike|lead_time_change=3", item="LAMP")
    assert "scenario" not in app.query_params and "item" in app.query_params


def test_a_broken_link_is_told_in_words_and_changes_nothing(store):
    app = opened(WHAT_IF, scenario="Strike|lead_time_change=soon")
    assert "must be a number" in texts(app) and kept.cards(store) == ()


def test_a_stored_scenario_with_s_above_big_s_does_not_reach_the_page(store):
    odd = {"name": "Odd", "reorder_point": 30.0, "order_up_to_level": 20.0}
    store.settings.set("what_if.cards", [odd, {"name": "More", "demand_factor": 1.5}])
    app = opened(WHAT_IF, item="LAMP")
    assert "**More**" in texts(app) and "Odd" not in texts(app)


def test_the_pages_redraw_quickly_once_all_is_worked_out(compared):
    import time

    kept.set_cards(compared, [Scenario("More", demand_factor=1.5)])
    for page, parameters in ((POLICIES, {}), (WHAT_IF, {"item": "LAMP"})):
        app = opened(page, **parameters)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            app.run()
            took.append(time.perf_counter() - began)
        assert sorted(took)[2] < 1.0, f"{page}: {took}"
