"""How items sell and what was unusual, on the Data and the Item page through app.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.ingest import ReadOptions, Source
from core.services.importing import import_from_file
from core.services.one_offs import Answer, Stretch, answer, answers
from core.services.understanding import ItemFacts
from core.services.workspace import load_plan_data
from core.store import Store
from core.ui.data_understanding import chosen
from core.ui.data_unusual import when
from tests.pages.page_parts import opened, sound
from tests.services.plan_parts import LAMP, MUG, shop

DATA, ITEM = "pages/setup/data.py", "pages/plan/item.py"
PEAK = Stretch(MUG, date(2026, 2, 1), 2)


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    """Return the record that the pages show, with an unusual sale two weeks before its end."""
    record = shop(var_dir)
    rng = np.random.default_rng(1)
    rows = ["date,item,quantity"]
    for k in range(120):
        day = PEAK.first + timedelta(days=k - 100)
        rows += [f"{day},{LAMP.item},{1 + rng.poisson(4)}"]
        rows += [f"{day},{MUG.item},{150 if k in (100, 101) else 1 + rng.poisson(4)}"]
    instead = ReadOptions(answers={"append": "replace"})
    source = Source("sales.csv", "\n".join(rows).encode())
    import_from_file(record, "history", source, options=instead)
    yield record
    record.close()


def said(app: AppTest) -> str:
    told = (app.markdown, app.caption, app.info, app.warning, app.success)
    return "\n".join(each.value for kind in told for each in kind).replace("\\", "")


def pressed(app: AppTest, start: str) -> AppTest:
    button = next(each for each in app.button if each.label.startswith(start))
    assert not button.disabled, start
    return sound(button.click().run())


def table_with(app: AppTest, column: str):
    return next(each.value for each in app.dataframe if column in each.value)


def facts_of(code: str, **known: object) -> ItemFacts:
    usual = {"demand_class": "smooth", "abc": "A", "xyz": "X", "share": 0.1, "mean": 1.0}
    usual |= {"cv": 0.1, "state": "running", "state_why": "", "season_why": ""}
    usual |= {"n_out_of_stock": 0, "n_unusual": 0}
    return ItemFacts(key=type(MUG)(code), **(usual | known))


def test_a_cell_of_the_matrix_lists_its_items_and_lists_all_when_pressed_again(store):
    app = opened(DATA)
    assert len([b for b in app.button if b.label.startswith("**") and "%" in b.label]) == 9
    assert "2 items" in said(app) and "first 80% of value" in said(app)
    cells = table_with(app, "cell").set_index("item")["cell"]
    app = pressed(app, f"**{cells[MUG.item]}**")
    assert f"in {cells[MUG.item]}" in said(app)
    assert MUG.item in set(table_with(app, "cell")["item"])
    app = pressed(app, f"**{cells[MUG.item]}**")
    assert len(table_with(app, "cell")) == 2


def test_filters_let_through_what_passes_all_of_them_most_value_first():
    items = (
        facts_of("a", share=0.1),
        facts_of("b", share=0.5, state="gone", season_why="Busiest in July."),
        facts_of("c", share=0.2, demand_class="lumpy", xyz="Z"),
    )

    def codes(cell, classes, states):
        return [item.key.item for item in chosen(items, cell, classes, states)]

    assert codes(None, (), ()) == ["b", "c", "a"]
    assert codes("AX", (), ()) == ["b", "a"]
    assert codes(None, ("lumpy",), ()) == ["c"]
    assert codes(None, (), ("seasonal",)) == codes("AX", ("smooth",), ("gone", "new")) == ["b"]
    assert codes("CZ", (), ()) == []


def test_an_unusual_sale_stands_on_the_data_page_with_what_is_usual(store):
    table = table_with(opened(DATA), "You said")
    (row,) = table.to_dict("records")
    assert (row["Item"], row["When"]) == (MUG.item, "1 Feb 2026, 2 days")
    assert row["Sold"] == 300 and 6 < row["Usually"] < 14
    assert row["You said"] == "not answered"


def test_a_picked_row_is_answered_by_a_button(store):
    app = opened(DATA)
    (frame,) = [each for each in app.dataframe if "You said" in each.value]
    key = frame.proto.id.split("-", 2)[2]
    app.session_state[key] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app = pressed(sound(app.run()), "One-off: leave out (1)")
    assert answers(store) == {PEAK: Answer.ONE_OFF}
    assert "1 left out of demand" in said(app)


def test_an_answer_is_told_and_leaves_the_sale_out(store):
    answer(store, [PEAK], Answer.ONE_OFF)
    app = opened(DATA)
    assert "1 left out of demand" in said(app)
    (row,) = table_with(app, "You said").to_dict("records")
    assert row["You said"] == "one-off: left out" and row["Sold"] == 300
    assert not load_plan_data(store).history.item(MUG).in_stock[100:102].any()


def test_on_the_item_page_a_one_off_is_answered_and_taken_back(store):
    app = opened(ITEM, item=MUG.label)
    app.session_state["keep.item.tab"] = "Demand model"
    app = sound(app.run())
    assert "1 Feb 2026, 2 days: sold **300**" in said(app)
    assert "class A" in said(app)
    app = pressed(app, "One-off: leave out")
    assert answers(store) == {PEAK: Answer.ONE_OFF}
    assert "one-off: left out" in said(app)
    app = pressed(app, "Take back")
    assert answers(store) == {} and "not answered" in said(app)


def test_the_item_page_names_the_class_of_the_item(store):
    from core.services.understanding import understand

    item = understand(load_plan_data(store)).of(LAMP)
    badges = "\n".join(each.value for each in opened(ITEM, item=LAMP.label).markdown)
    assert f"{item.cell} · {item.demand_class}" in badges


def test_costs_can_be_set_for_a_class_of_items(store):
    from core.services.understanding import understand

    known = understand(load_plan_data(store))
    mug, lamp = known.of(MUG), known.of(LAMP)
    assert mug.xyz != lamp.xyz
    app = opened("pages/setup/costs.py")
    (letters,) = [each for each in app.pills if each.label == "Class"]
    assert "for 2 items shown" in "".join(each.label for each in app.expander)
    app = sound(letters.set_value([lamp.abc, lamp.xyz]).run())
    assert "for 1 item shown" in "".join(each.label for each in app.expander)
    app = sound(letters.set_value([mug.xyz, lamp.xyz]).run())
    assert "for 2 items shown" in "".join(each.label for each in app.expander)


def test_the_order_of_an_item_at_its_end_is_questioned(store):
    rng = np.random.default_rng(2)
    rows = ["date,item,quantity"]
    for k in range(300):
        day = date(2026, 2, 20) - timedelta(days=299 - k)
        rows += [f"{day},{MUG.item},{rng.poisson(4) if k < 200 else 0}"]
        rows += [f"{day},{LAMP.item},{1 + rng.poisson(4)}"]
    instead = ReadOptions(answers={"append": "replace"})
    source = Source("old.csv", "\n".join(rows).encode())
    import_from_file(store, "history", source, options=instead)
    told = said(opened(ITEM, item=MUG.label))
    assert "No sale since 11 Nov 2025" in told and "Is it still wanted?" in told
    assert "Is it still wanted?" not in said(opened(ITEM, item=LAMP.label))


@pytest.mark.parametrize(("days", "words"), [(1, "1 day ago"), (30, "30 days ago")])
def test_the_age_of_the_sales_is_said_and_old_sales_are_warned_of(store, days, words):
    def page(days: int) -> None:
        from datetime import timedelta

        from core.services.workspace import last_day, load_plan_data
        from core.store import open_store
        from core.ui.data_health import freshness

        data = load_plan_data(open_store())
        freshness(data, last_day(data.history) + timedelta(days=days))

    app = sound(AppTest.from_function(page, args=(days,)).run())
    assert f"Sales up to 20 Feb 2026: {words}." in said(app)
    assert bool(app.warning) == (days > 9)


def test_how_full_the_sales_are_can_be_paged_through_and_searched():
    def page() -> None:
        import numpy as np

        from core.domain import ItemKey, Period, SalesHistory
        from core.ui.data_health import coverage_pages

        keys = tuple(ItemKey(f"P{k:03d}") for k in range(85))
        sold = np.tri(85, 90, 5)
        listed = np.zeros(85, dtype=np.int64)
        coverage_pages(SalesHistory(Period.DAY, 20_000, keys, sold, sold >= 0, listed))

    def shown(app: AppTest) -> list[str]:
        (chart,) = app.get("plotly_chart")
        return json.loads(chart.proto.spec)["data"][0]["y"]

    app = sound(AppTest.from_function(page).run())
    assert (len(shown(app)), shown(app)[0]) == (40, "P000")
    app.session_state["_data.coverage.page"] = 3
    assert shown(sound(app.run())) == [f"P{k:03d}" for k in range(80, 85)]
    app.text_input(key="_data.coverage.search").set_value("p01")
    assert shown(sound(app.run())) == [f"P{k:03d}" for k in range(10, 20)]
    app.text_input(key="_data.coverage.search").set_value("nothing like it")
    assert "No item is called like that" in said(sound(app.run()))


def test_the_age_of_stock_is_said_and_an_old_count_is_warned_of(store):
    def page(days: int) -> None:
        from datetime import date, timedelta

        from core.services.health import file_health
        from core.services.workspace import load_plan_data
        from core.store import open_store
        from core.ui.data_health import file_ages

        store = open_store()
        file_ages(load_plan_data(store), file_health(store), date(2026, 2, 1) + timedelta(days))

    rows = f"item;stock 2026-02-01\n{MUG.item};7\n".encode()
    import_from_file(store, "stock", Source("stock.csv", rows))
    for days, words in ((0, "today"), (9, "9 days ago"), (10, "10 days ago")):
        app = sound(AppTest.from_function(page, args=(days,)).run())
        assert f"Stock counted on 1 Feb 2026: {words}." in said(app)
        assert bool(app.warning) == (days > 9)


def test_when_is_written_as_the_calendar_of_the_file_has_it():
    from core.domain import Period

    one = Stretch(MUG, date(2026, 5, 4), 1)
    assert when(one, Period.DAY) == "4 May 2026"
    assert when(one, Period.WEEK) == "week of 4 May 2026"
    assert when(Stretch(MUG, date(2026, 5, 1), 2), Period.MONTH) == "May 2026, 2 months"


def test_the_chart_marks_what_counts_and_what_is_left_out():
    from core.domain import Period
    from core.services.explaining import DemandOutlook
    from core.services.unusual import Unusual
    from core.ui.plan_item_charts import demand_history

    days = Period.DAY.start(np.arange(20500, 20530))
    sold = np.arange(30.0)
    shape = (days, sold, np.ones(30, bool), sold, days + 30, sold, sold, sold)
    outlook = DemandOutlook(*shape, promotions=("",) * 60)
    first = [days[k].item() for k in (5, 12)]
    odd = (
        Unusual(Stretch(MUG, first[0], 2), 11.0, 1.0, "", None),
        Unusual(Stretch(MUG, first[1], 1), 12.0, 1.0, "", Answer.ONE_OFF),
        Unusual(Stretch(MUG, date(2020, 1, 1), 1), 12.0, 1.0, "", None),
    )
    drawn = {trace.name: trace for trace in demand_history(outlook, odd).data}
    assert list(drawn["Unusual"].y) == [5.0, 6.0]
    assert list(drawn["One-off, left out"].y) == [12.0]
    assert not {"Unusual", "One-off, left out"} & {t.name for t in demand_history(outlook).data}


def test_the_chart_and_its_words_tell_what_came_back():
    from core.domain import Period
    from core.services.explaining import DemandOutlook
    from core.services.outlook_words import demand_words
    from core.ui.plan_item_charts import demand_history

    days, sold = Period.DAY.start(np.arange(20500, 20530)), np.arange(30.0)
    back = np.where(np.arange(30) == 7, 1.0, 0.0)
    shape = (days, sold, np.ones(30, bool), sold, days + 30, sold, sold, sold, ("",) * 60)
    outlook = DemandOutlook(*shape, returned=back)
    (drawn,) = [trace for trace in demand_history(outlook).data if trace.name == "Returns"]
    assert list(drawn.x) == [days[7]] and list(drawn.customdata) == [1.0]
    assert "1 unit came back in 1 day" in demand_words(outlook, Period.DAY)
    none = DemandOutlook(*shape)
    assert "Returns" not in {trace.name for trace in demand_history(none).data}
    assert "came back" not in demand_words(none, Period.DAY)
