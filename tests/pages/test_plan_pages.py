"""Today, Orders, Item and Decisions through app.py, on a small shop."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.domain import Status
from core.services.deciding import approve, todays_decisions
from core.services.ordering import plan_today, policy_in_use
from core.store import Store, open_store
from core.ui.plan_orders_draft import drafts_of, wishes_of
from tests.pages.page_parts import opened, sound
from tests.services.plan_parts import FULL, LAMP, MUG, ODD, bold_agent, problems_of, shop

TODAY, ORDERS, ITEM = (f"pages/plan/{name}.py" for name in ("today", "orders", "item"))
DECISIONS = "pages/proof/decisions.py"
TABS = [
    "Words",
    "Arithmetic",
    "Why order at all",
    "What would change it",
    "Drivers",
    "The rule in small",
    "Demand model",
    "What it cannot see",
]


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    """Return the record that the pages show."""
    record = shop(var_dir)
    yield record
    record.close()


def pressed(app: AppTest, label: str) -> AppTest:
    """Press the button whose label starts so."""
    (button,) = [each for each in app.button if each.label.startswith(label)]
    assert not button.disabled
    return sound(button.click().run())


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def texts(app: AppTest) -> str:
    """Return everything the page says."""
    parts = (app.markdown, app.caption, app.info, app.warning, app.error)
    return "\n".join(each.value for part in parts for each in part).replace("\\", "")


@pytest.mark.parametrize("page", [TODAY, ORDERS, ITEM, DECISIONS])
def test_without_data_every_page_says_what_to_do(var_dir, page):
    record = open_store()
    record.settings.set("sample_offered", True)
    assert "no sales yet" in texts(opened(page))
    record.close()


def test_today_lists_what_needs_a_decision_dearest_first(store):
    app = opened(TODAY)
    assert metrics(app)["Stock value"] == "3,483"
    table = app.dataframe[0].value
    assert list(table["at_risk"]) == sorted(table["at_risk"], reverse=True)
    assert {"00123", "ODD"} <= set(table["item"])
    assert metrics(app)["Lines to review"] == str(len(table))


def test_a_tile_of_today_limits_the_list_to_its_status(store):
    app = opened(TODAY)
    (tiles,) = app.pills
    sound(tiles.set_value(Status.OUT_NOW).run())
    assert set(app.dataframe[0].value["status"]) == {"Out now"}


def test_the_money_beside_the_tiles_adds_up_to_the_money_at_risk(store):
    app = opened(TODAY)
    worth = [re.search(r"([\d,]+) at risk", label) for label in app.pills[0].options]
    total = sum(int(found[1].replace(",", "")) for found in worth if found)
    assert abs(total - int(metrics(app)["Money at risk"].replace(",", ""))) <= len(worth)
    assert total > 0 and not any("to order" in label for label in app.pills[0].options)


def test_today_says_the_picked_items_reason_in_full_and_what_has_no_order(store):
    app = opened(TODAY)
    table = app.dataframe[0].value
    first = table.iloc[0]
    assert f"**{first['item']} {first['name']}".strip() in texts(app)
    assert first["why"] in texts(app)
    idle = list(table[table["order"] == 0]["item"])
    assert idle and f"{len(table) - len(idle)} order" in texts(app) and idle[0] in texts(app)
    assert f"lists {len(idle)} more item" in texts(opened(ORDERS))


def test_approving_all_on_today_shows_them_first_and_then_nothing_waits(store):
    assortment = problems_of(store)
    app = opened(TODAY)
    n = int(metrics(app)["Lines to review"])
    app = pressed(app, "Approve all")
    assert todays_decisions(store, assortment) == {}
    app = pressed(app, f"Approve {n - 1} lines")  # ODD cannot be planned, so not approved
    assert len(todays_decisions(store, assortment)) == n - 1
    assert metrics(opened(TODAY))["Lines to review"] == "1"


def test_with_everything_decided_today_says_what_comes_next(store):
    assortment = problems_of(store)
    ordering = plan_today(assortment, store)
    approve(store, ordering, [p.key for p in ordering.proposals if p.policy != "none"])
    app = opened(TODAY)
    (tiles,) = app.pills
    sound(tiles.set_value(Status.OUT_NOW).run())
    assert 'Nothing stands at "Out now"' in texts(app)


def test_the_first_steps_stay_away_once_put_away(store):
    app = opened(TODAY)
    assert "First steps" in texts(app)
    assert "First steps" not in texts(pressed(app, "Put this away"))
    assert "First steps" not in texts(opened(TODAY))


def test_choosing_who_decides_is_kept_and_changes_the_orders(store):
    app = opened(ORDERS)
    (choice,) = [box for box in app.selectbox if box.label == "Who decides"]
    assert "agent" not in choice.options  # there is none
    sound(choice.set_value("base_stock").run())
    assert policy_in_use(store) == "base_stock"
    assert "Base-stock decides for all 4 items" in texts(app)


def test_orders_shows_lines_by_supplier_with_both_raw_numbers(store):
    app = opened(ORDERS)
    table = app.dataframe[0].value
    mug = table[table["item"] == "00123"].iloc[0]
    assert mug["rule"] == mug["order"] and mug["rule_raw"] <= mug["rule"]
    (supplier,) = [box for box in app.selectbox if box.label == "Supplier"]
    sound(supplier.set_value("Alpina").run())
    assert set(app.dataframe[0].value["supplier"]) == {"Alpina"}


def test_approving_on_orders_is_kept_and_shown(store):
    app = pressed(opened(ORDERS), "Approve all")
    table = app.dataframe[0].value
    assert set(table["decision"]) == {"approved"}
    assert len(todays_decisions(store, problems_of(store))) == len(table)


def test_a_typed_quantity_is_refused_in_words_then_saved_with_its_reason(store):
    app = opened(ORDERS)
    app.session_state["orders.draft"] = {MUG: {"your_quantity": 50.0}}
    sound(app.run())
    assert "whole packs of 6: order 48 or 54" in texts(app)
    assert [button.disabled for button in app.button if button.label == "Save 1 quantity"] == [True]
    typed = {"your_quantity": 54.0, "reason": "Price break", "note": "10 %"}
    app.session_state["orders.draft"] = {MUG: typed}
    app = pressed(sound(app.run()), "Save 1 quantity")
    decision = todays_decisions(store, problems_of(store))[MUG].decision
    assert (decision.quantity, decision.reason, decision.note) == (54, "Price break", "10 %")
    table = app.dataframe[0].value
    assert table[table["item"] == "00123"].iloc[0]["decision"] == "adjusted"


def test_what_is_typed_adds_up_over_tables_and_ticks_are_apart():
    before = {LAMP: {"note": "wait"}}
    edited = {0: {"your_quantity": 12.0, "marked": True}, 1: {"reason": "Price break"}}
    drafts, marked = drafts_of(before, [MUG, LAMP], edited)
    assert drafts == {
        MUG: {"your_quantity": 12.0},
        LAMP: {"note": "wait", "reason": "Price break"},
    }
    assert marked == (MUG,)
    assert before == {LAMP: {"note": "wait"}}


def test_a_draft_that_changes_nothing_is_no_wish():
    proposal = SimpleNamespace(order_quantity=24.0)
    lines = {MUG: SimpleNamespace(record=None, proposal=proposal, quantity=24.0)}
    assert wishes_of(lines, {MUG: {"your_quantity": None, "note": ""}}, ()).adjustments == {}
    assert wishes_of(lines, {MUG: {"your_quantity": 24.0}}, ()).adjustments == {}
    found = wishes_of(lines, {MUG: {"note": "call them"}, LAMP: {"note": "gone"}}, (MUG, LAMP))
    assert found.adjustments[MUG].quantity == 24 and found.marked == (MUG,)


def test_a_link_opens_the_item_with_sentence_numbers_and_charts(store):
    app = opened(ITEM, item="LAMP")
    assert "9 on hand and 7 on order" in texts(app)
    assert "Agent" not in metrics(app) and metrics(app)["(s, S)"]
    assert "No agent is in use" in texts(app)
    assert len(app.get("plotly_chart")) == 2
    assert app.query_params["item"] in ("LAMP", ["LAMP"])


def on_tab(tab: str) -> AppTest:
    """Open an item on one of its tabs."""
    app = opened(ITEM, item="00123")
    app.session_state["keep.item.tab"] = tab
    return sound(app.run())


def test_a_link_to_an_unknown_item_is_told_and_the_dearest_shown(store):
    app = opened(ITEM, item="NOPE")
    assert "no item 'NOPE'" in texts(app)
    assert app.metric


def test_every_tab_of_an_item_can_be_opened(store):
    app = opened(ITEM, item="00123")
    seen = {texts(app)}
    for tab in TABS:
        app.session_state["keep.item.tab"] = tab
        seen.add(texts(sound(app.run())))
    assert len(seen) == len(TABS), "the first stands open; each shows something of its own"


def test_what_would_change_the_order_stands_in_sentences_and_in_a_table(store):
    app = on_tab("What would change it")
    said = texts(app)
    assert "**Stock on hand**, today 0" in said and ": with new levels " in said
    table = app.dataframe[-1].value
    assert list(table.columns) == ["What", "Today", "At", "Order then"]
    assert "Stock on hand" in set(table["What"])


def test_the_headline_is_the_order_and_a_likely_shortage_is_said_once(store):
    app = opened(ITEM, item="00123")
    heads = [each.value for each in app.markdown if each.value.startswith("#### ")]
    assert heads and all(len(each) < 60 for each in heads)
    # The table of checks quotes every claim: it says nothing of its own.
    page = texts(app).lower().partition("| held |")[0] + "\n".join(
        each.value for each in app.warning
    )
    assert page.count("running out before an order of today can come") == 1
    assert "before an order of today can come (5 mar 2026)" not in page
    assert not [each for each in app.warning if "order of today" in each.value]


def test_the_demand_chart_names_the_days_it_looks_back_and_ahead(store):
    said = texts(opened(ITEM, item="00123"))
    day = r"\d+ [A-Z][a-z]{2} \d{4}"
    assert re.search(rf"Looking back \d+ days, {day} to {day}: sold", said)
    assert re.search(rf"Looking ahead 42 days, {day} to {day}: [\d.]+ a day expected", said)


def test_drivers_name_base_value_and_background_and_add_up(store):
    app = opened(ITEM, item="00123")
    app.session_state["keep.item.tab"] = "Drivers"
    said = texts(sound(app.run()))
    assert "on a typical day" in said and "asked for today." in said
    assert "off by" not in said and "background" not in said
    assert "Compared with a typical day of this item (512 chances to order" in said
    assert len(app.get("plotly_chart")) == 3


def test_the_rule_in_small_is_shown_with_how_often_it_agrees(store):
    app = opened(ITEM, item="00123")
    app.session_state["keep.item.tab"] = "The rule in small"
    said = texts(sound(app.run()))
    assert "- Is the stock position at most" in said and "- no: order nothing" in said
    assert "% of" in said and "that it was not made from" in said


def test_next_walks_through_every_item_once(store):
    app = opened(ITEM)
    seen = [app.selectbox[0].value]
    while not next(button for button in app.button if button.label == "Next").disabled:
        app = pressed(app, "Next")
        seen.append(app.selectbox[0].value)
    assert sorted(seen) == sorted([*problems_of(store).keys, ODD])


def test_an_item_that_cannot_be_planned_says_why(store):
    app = opened(ITEM, item="ODD")
    assert "cannot be planned" in texts(app) and not app.metric


def tried(app):
    """Return the box for a quantity of the planner's own."""
    return next(box for box in app.text_input if box.label.startswith("You"))


def test_a_tried_quantity_shows_its_price_and_can_be_ordered_with_a_reason(store):
    app = opened(ITEM, item="00123")
    sound(tried(app).set_value("120").run())
    assert "The proposal: runs out in" in texts(app) and "of 1,000 futures" in texts(app)
    assert not [button for button in app.button if button.label.startswith("Approve")]
    (reason,) = [box for box in app.selectbox if box.label == "What do you know?"]
    sound(reason.set_value("Promotion or event").run())
    app = pressed(app, "Order 120 instead")
    assert todays_decisions(store, problems_of(store))[MUG].decision.quantity == 120
    assert "adjusted 120 by" in texts(app)
    pressed(app, "Take back")
    assert todays_decisions(store, problems_of(store)) == {}


def test_a_quantity_that_breaks_a_rule_is_told_beside_it(store):
    app = opened(ITEM, item="00123")
    sound(tried(app).set_value("50").run())
    assert "50 is not whole packs of 6: order 48 or 54" in texts(app)
    assert "Order 50 instead" in labels(app)
    assert next(b for b in app.button if b.label == "Order 50 instead").disabled


def test_approving_an_item_stands_in_the_log(store):
    app = opened(ITEM, item="00123")
    app = pressed(app, "Approve")
    assert set(todays_decisions(store, problems_of(store))) == {MUG}
    log = opened(DECISIONS)
    assert list(log.dataframe[0].value["item"]) == ["00123"]
    assert metrics(log)["Decided today"] == "1"


def test_with_an_agent_both_numbers_and_why_not_the_rule_are_shown(store, monkeypatch):
    from core.services import ordering as service
    from core.services.ordering import choose_policy

    at_work = bold_agent(store, problems_of(store))
    monkeypatch.setattr(service, "active_agent", lambda *_: at_work)
    choose_policy(store, "agent")
    app = opened(ITEM, item="00123")
    assert metrics(app)["Agent bold"] == "54"
    app.session_state["keep.item.tab"] = "Why not (s, S)"
    assert "futures, the same for both" in texts(sound(app.run()))
    table = opened(ORDERS).dataframe[0].value
    mug = table[table["item"] == "00123"].iloc[0]
    assert (mug["agent"], mug["agent_raw"], mug["in_use"]) == (54, 50, "bold")
    assert mug["difference"] == mug["agent"] - mug["rule"]


def test_the_log_is_empty_at_first_and_can_be_filtered_later(store):
    assert "No decisions yet" in texts(opened(DECISIONS))
    ordering = plan_today(problems_of(store), store)
    approve(store, ordering, [MUG, LAMP, FULL])
    app = opened(DECISIONS)
    assert len(app.dataframe[0].value) == 3
    sound(app.text_input(key="keep.decisions.search").set_value("lam").run())
    assert list(app.dataframe[0].value["item"]) == ["LAMP"]


def test_stock_that_nobody_told_is_shown_as_not_known(store):
    store.datasets.deactivate("stock")
    app = opened(TODAY)
    told = {each.label: each for each in app.metric}
    assert told["Stock value"].value == told["Cover"].value == "–"
    assert told["Stock value"].delta == told["Cover"].delta == "not known"
    assert app.dataframe[0].value["on_hand"].isna().all()


def test_the_currency_is_asked_once_and_said_with_amounts(store):
    app = opened("pages/setup/costs.py")
    (field,) = [each for each in app.text_input if each.label.startswith("Currency")]
    sound(field.input("EUR").run())
    assert metrics(opened(TODAY))["Money at risk, EUR"]
    assert re.search(r"\*\*[\d,.]+\*\* EUR", texts(opened(ORDERS)))
    app = opened(ITEM, item=MUG.label)
    assert re.search(r"Worth [\d,.]+ EUR\.", texts(app))
    box = next(each for each in app.text_input if each.label.startswith("You"))
    assert re.search(r"± [\d,.]+ EUR", texts(sound(box.set_value("0").run())))
    assert re.search(
        r"\*\*Holding cost\*\*, today [\d.]+ EUR", texts(on_tab("What would change it"))
    )
