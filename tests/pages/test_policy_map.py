"""The Policy map page through app.py, on a small shop."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs import run_inline
from core.services.ordering import plan_today
from core.services.policy_map_job import POLICY_MAP
from core.services.prepare import EDITION
from core.store import Store, open_store
from core.ui import policy_map_views, state
from tests.pages.page_parts import opened, sound
from tests.services.plan_parts import LAMP, MUG, bold_agent, shop

PAGE = "pages/proof/policy_map.py"


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    record = shop(var_dir)
    record.settings.set("generalist_offered", EDITION)  # put away before
    yield record
    record.close()


@pytest.fixture
def with_agent(store, monkeypatch) -> Store:
    """Let an agent decide for all items but LAMP, which it does not suit."""

    def planned(assortment, record):
        at_work = bold_agent(record, assortment, doubted=[LAMP])
        return plan_today(assortment, record, "agent", at_work)

    monkeypatch.setattr(state, "plan_today", planned)
    return store


def texts(app: AppTest) -> str:
    parts = (app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(each.value for part in parts for each in part)


def test_without_data_the_page_says_what_to_do(var_dir):
    record = open_store()
    record.settings.set("sample_offered", True)
    assert "no sales yet" in texts(opened(PAGE))
    record.close()


def test_without_an_agent_the_rule_is_drawn_alone(store):
    app = opened(PAGE, item=MUG.label)
    said = texts(app)
    assert "No agent is in use" in said and "(s, S) orders in" in said
    assert "Today (0 on hand" in said
    assert len(app.get("plotly_chart")) == 1 and len(app.dataframe) == 1
    assert MUG.label in app.query_params["item"]


def test_agent_and_rule_stand_side_by_side_and_as_their_difference(with_agent):
    app = opened(PAGE, item=MUG.label)
    assert "They differ by more than 6 units in" in texts(app)
    assert len(app.get("plotly_chart")) == 2 and len(app.dataframe) == 2
    app.session_state["keep.policy_map.shown"] = "difference"
    app = sound(app.run())
    assert "bold less" in texts(app) and len(app.get("plotly_chart")) == 1


def test_another_quantity_and_rules_found_anew(with_agent):
    app = opened(PAGE, item=MUG.label)
    before = texts(app)
    app.session_state["keep.policy_map.anew"] = "True"
    app = sound(app.run())
    assert "quick search" in texts(app) and texts(app) != before
    app.session_state["keep.policy_map.axis"] = "due"
    said = texts(sound(app.run()))
    assert "quick search" not in said and "orders under way" in said


def test_an_item_the_agent_does_not_suit_is_told_and_one_without_plan_too(store, monkeypatch):
    def planned(assortment, record):
        at_work = bold_agent(record, assortment, doubted=[LAMP])
        return plan_today(assortment, record, "auto", at_work)

    monkeypatch.setattr(state, "plan_today", planned)
    app = opened(PAGE, item=LAMP.label)
    assert "bold does not suit this item" in texts(app)
    assert len(app.get("plotly_chart")) == 1
    app.session_state["keep.policy_map.view"] = "differences"
    assert "nothing to hold the rule against" in texts(sound(app.run()))
    assert "cannot be planned" in texts(opened(PAGE, item="ODD"))


def test_what_drives_the_orders_is_drawn_for_both(with_agent):
    app = opened(PAGE, item=MUG.label)
    app.session_state["keep.policy_map.view"] = "drivers"
    app = sound(app.run())
    said = texts(app)
    assert (
        "moved most by" in said
        and "400 of 512 situations are drawn" in said
        and "Compared with 48" in said
    )
    assert "add up to every order" in said
    assert "(s, S) orders the same in all 512" in said
    assert len(app.get("plotly_chart")) == 1 and len(app.dataframe) == 2
    app.session_state["keep.policy_map.of"] = "all"
    app = sound(app.run())
    assert "Not worked out yet" in texts(app)
    run_inline(with_agent, POLICY_MAP, {})
    app = sound(app.run())
    assert "count alike" in texts(app) and len(app.get("plotly_chart")) >= 1


def test_the_button_starts_the_work_on_all_items(store, monkeypatch):
    started = []
    monkeypatch.setattr(policy_map_views, "start_drivers", started.append)
    app = opened(PAGE)
    app.session_state["keep.policy_map.view"] = "drivers"
    app.session_state["keep.policy_map.of"] = "all"
    app = sound(app.run())
    (button,) = [each for each in app.button if each.label == "Work it out"]
    sound(button.click().run())
    assert len(started) == 1


def test_where_they_differ_is_told_and_the_money_on_demand(with_agent):
    app = opened(PAGE, item=MUG.label)
    app.session_state["keep.policy_map.view"] = "differences"
    app = sound(app.run())
    said = texts(app)
    assert "bold decides here" in said and "of chances to order" in said
    assert "All these situations together" not in said and "add up" not in said
    (button,) = [each for each in app.button if each.label.startswith("Work out what")]
    app = sound(button.click().run())
    assert "All these situations together" in texts(app) and "1,000 futures" in texts(app)
    assert texts(app).count("a year") > said.count("a year")
    assert "All these situations together" in texts(sound(app.run()))


def test_the_map_is_up_quickly_and_redrawn_at_once(with_agent):
    opened(PAGE, item=LAMP.label)
    began = time.perf_counter()
    app = opened(PAGE, item=MUG.label)
    assert time.perf_counter() - began < 3.0
    began = time.perf_counter()
    sound(app.run())
    assert time.perf_counter() - began < 1.0
