"""The Costs & rules page through app.py: edits wait, are checked, saved, undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.domain import ItemKey, attribute
from core.ingest import Source
from core.services.editing import save_items
from core.services.importing import import_from_file
from core.services.workspace import load_plan_data
from core.store import Store, open_store
from core.ui import components
from tests.pages.page_parts import opened, sound

PAGE = "pages/setup/costs.py"
KEY, OTHER = ItemKey("00123"), ItemKey("A-17")


@pytest.fixture
def empty(var_dir) -> Iterator[Store]:
    """Return an empty record that will not offer the sample by itself."""
    store = open_store()
    store.settings.set("sample_offered", True)
    yield store
    store.close()


@pytest.fixture
def store(empty) -> Store:
    """Return a record with two items, one of them described."""
    days = [f"2026-0{month}-{day:02d}" for month in (1, 2) for day in range(1, 28)]
    rows = [f"{day},{key},{i % 5 + 1}" for i, day in enumerate(days) for key in (KEY, OTHER)]
    sales = "\n".join(["date,item,quantity", *rows]).encode()
    import_from_file(empty, "history", Source("s.csv", sales))
    names = b"item,name,supplier,lead_time,holding_cost,stockout_cost,fixed_cost,unit_cost\n"
    table = names + b"00123,Mug,Alpina,3,0.01,2,5,4\n"
    import_from_file(empty, "items", Source("items.csv", table))
    return empty


def typed(app: AppTest, edits: dict[ItemKey, dict[str, object]]) -> AppTest:
    """Stand in for the table editor, which a page test cannot type into."""
    app.session_state["costs.latest"] = edits
    return sound(app.run())


def press(app: AppTest, label: str) -> AppTest:
    button = next(button for button in app.button if button.label.startswith(label))
    assert not button.disabled, label
    return sound(button.click().run())


def said(app: AppTest) -> str:
    told = (app.markdown, app.error, app.warning, app.success, app.info, app.caption)
    return "\n".join(element.value for kind in told for element in kind)


def cells(app: AppTest) -> str:
    return "\n".join(table.value.to_string() for table in app.dataframe)


def test_without_sales_there_is_one_thing_to_do(empty):
    assert "no sales yet" in said(opened(PAGE))


def test_the_table_shows_costs_and_what_is_assumed(store):
    app = opened(PAGE)
    assert "2 of 2 items" in said(app)
    assert "2 items stand at assumed values" in said(app)
    assert "99.5" in cells(app) + said(app)


def test_costs_of_0_or_below_are_refused_in_words_and_nothing_is_saved(store):
    before = load_plan_data(store)
    edits = {KEY: {"holding_cost": 0, "fixed_cost": -1}, OTHER: {"stockout_cost": 5}}
    app = typed(opened(PAGE), edits)
    assert "2 values cannot be saved" in said(app)
    assert "Holding cost must be above 0, got 0." in cells(app)
    assert "Fixed cost per order must be 0 or more, got -1." in cells(app)
    assert next(button for button in app.button if button.label.startswith("Save")).disabled
    assert load_plan_data(store).fingerprint == before.fingerprint


def test_saving_over_another_windows_value_is_told_once_then_done(store):
    slow = opened(PAGE)
    slow.session_state["costs.seen"] = {KEY: {"holding_cost": 0.01}}
    slow = typed(slow, {KEY: {"holding_cost": 7.0}})
    save_items(store, load_plan_data(store), {KEY: {"holding_cost": 5.0}})
    slow = press(slow, "Save 1 change")
    assert "another window changed it" in said(slow) and "is 5 now" in said(slow)
    assert load_plan_data(store).item(KEY).costs.holding_cost == 5.0
    press(slow, "Save 1 change")
    assert load_plan_data(store).item(KEY).costs.holding_cost == 7.0


def test_saved_edits_are_no_longer_assumed_and_can_be_undone(store):
    before = load_plan_data(store)
    app = press(typed(opened(PAGE), {OTHER: {"stockout_cost": 5.0}}), "Save 1 change")
    item = load_plan_data(store).item(OTHER)
    assert item.costs.stockout_cost == 5.0
    assert "stockout_cost" not in item.assumed
    assert "Saved 1 change" in said(app)
    press(app, "Undo the last change")
    assert load_plan_data(store).item(OTHER) == before.item(OTHER)


def test_one_value_is_set_for_the_items_shown_only(store):
    app = opened(PAGE)
    find = next(box for box in app.text_input if box.label == "Find an item")
    app = sound(find.set_value("mug").run())
    app.number_input(key="keep.costs.bulk.holding_rate").set_value(30.0).run()
    app = press(press(app, "Set for 1 item shown"), "Save 1 change")
    data = load_plan_data(store)
    assert data.item(KEY).costs.holding_cost == pytest.approx(0.3 * 4 / 365.25)
    assert "holding_cost" in data.item(OTHER).assumed


def test_an_impossible_service_is_refused_in_words(store):
    app = opened(PAGE)
    rule = next(box for box in app.selectbox if box.label == "What")
    app = sound(rule.set_value("service").run())
    app.number_input(key="keep.costs.bulk.service").set_value(100.0).run()
    app = press(app, "Set for 2 items shown")
    assert "below 100 %" in said(app)


def test_edits_outlive_another_page_and_can_be_forgotten(store):
    app = typed(opened(PAGE), {KEY: {"price": 9.0}})
    app.switch_page("pages/setup/data.py").run()
    app = sound(app.switch_page(PAGE).run())
    assert "1 change not saved yet" in [expander.label for expander in app.expander]
    app = press(app, "Forget the changes")
    assert app.session_state["costs.latest"] == {}
    assert load_plan_data(store).item(KEY).price is None


def test_what_a_stock_out_costs_says_how_often_it_is_charged(store):
    known = attribute("items", "stockout_cost")
    assert known.label == "Stock-out cost per unit"
    assert "once for each unit lost" in known.help and "in every period" in known.help
    assert "**2** once, since the sale is lost" in said(opened(PAGE))
    owed = typed(opened(PAGE), {KEY: {"shortage": "backorder"}})
    assert "**2** every day until it is delivered, since the customer waits" in said(owed)


def test_names_have_the_room_that_the_longest_of_them_needs(store):
    widths = [components.name_column(["Mug", "x" * n])["width"] for n in (3, 26, 99)]
    assert widths[0] < 26 * 7 < widths[1] < widths[2] == 320


def test_the_worked_example_speaks_of_the_costs_as_typed(store):
    app = typed(opened(PAGE), {KEY: {"fixed_cost": 20.0}})
    assert "An order costs **20.00**" in said(app)
    assert "found anew when you save" in said(app)


def test_deliveries_that_contradict_a_given_lead_time_are_shown_and_taken_when_asked(store):
    rows = [
        f"{key},2026-01-02,2026-01-{2 + n:02d}" for n in (8, 9, 9, 10, 12) for key in (KEY, OTHER)
    ]
    table = "\n".join(["item,order_date,receipt_date", *rows]).encode()
    import_from_file(store, "deliveries", Source("deliveries.csv", table))
    assert load_plan_data(store).item(KEY).lead_time.mean == 3.0
    assert load_plan_data(store).item(OTHER).lead_time.mean == 9.6
    app = opened(PAGE)
    assert "You said 3 days; 5 deliveries took 9.6 ± 1.5 days." in cells(app)
    assert "1 item has no lead time of its own" in said(app)
    app = press(app, "Use the measured lead times for 1 item")
    assert load_plan_data(store).item(KEY).lead_time.mean == 3.0
    assert "No lead time that you gave differs" in said(app)
    press(app, "Save 2 changes")
    saved = load_plan_data(store).item(KEY).lead_time
    assert (saved.mean, saved.sd) == (9.6, 1.52)
