"""The Data page through app.py: look first, use, undo; a refused file changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.services.importing import import_from_file, undo_import
from core.services.workspace import load_plan_data
from core.store import Store, open_store
from tests.pages.page_parts import opened, served, sound

PAGE = "pages/setup/data.py"


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    """Return an empty record that will not offer the sample by itself."""
    store = open_store()
    store.settings.set("sample_offered", True)
    yield store
    store.close()


def messy() -> bytes:
    rows = ["Absatz Filiale Süd;;", "Artikel;Datum;Menge"]
    for i in range(60):
        day = date(2026, 1, 1) + timedelta(days=i)
        rows.append(f"00123;{day:%d.%m.%Y};{i % 7},5")
        rows.append(f"A-17;{day:%d.%m.%Y};{-1 if i % 20 == 7 else 4},0")
    rows += ["00123;12.02.2026;a*b*c", "Summe;;1.234,5"]
    return "\r\n".join(rows).encode("cp1252")


def drop(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader[0].set_value((name, data, "text/csv"))
    return sound(app.run())


def press(app: AppTest, label: str) -> AppTest:
    button = next(button for button in app.button if button.label == label)
    assert not button.disabled, label
    return sound(button.click().run())


def said(app: AppTest) -> str:
    told = (app.markdown, app.error, app.warning, app.success, app.info, app.caption)
    return "\n".join(element.value for kind in told for element in kind)


def test_with_no_data_the_page_says_what_is_needed_and_offers_the_sample(store):
    app = opened(PAGE)
    assert "three columns: date, item, quantity" in said(app)
    assert "Back to the sample" in [button.label for button in app.button]


def test_a_messy_file_is_shown_mended_and_used(store):
    app = drop(opened(PAGE), "Absatz.csv", messy())
    assert "cannot be used yet" in said(app)
    assert r"a\*b\*c" in said(app)
    assert load_plan_data(store) is None
    leave_out = next(toggle for toggle in app.toggle if "faulty rows" in toggle.label)
    app = sound(leave_out.set_value(True).run())
    assert "Windows-1252" in said(app) and "decimal comma" in said(app)
    assert load_plan_data(store) is None
    assert " negative. What " in "".join(radio.label for radio in app.radio)
    (use,) = [button for button in app.button if button.label == "Use this file"]
    assert use.disabled
    app = press(press(app, "Take what is proposed"), "Use this file")
    data = load_plan_data(store)
    assert [key.item for key in data.history.keys] == ["00123", "A-17"]
    assert "2 of 2 items can be planned" in said(app)
    assert "are assumed" in said(app)
    assert "Not used yet" not in said(app)


def test_a_file_waits_with_its_answers_while_another_page_is_looked_at(store):
    app = drop(opened(PAGE), "Absatz.csv", messy())
    leave_out = next(toggle for toggle in app.toggle if "faulty rows" in toggle.label)
    leave_out.set_value(True).run()
    app.switch_page("pages/setup/costs.py").run()
    app = sound(app.switch_page(PAGE).run())
    assert "Not used yet" in said(app)
    assert next(toggle for toggle in app.toggle if "faulty rows" in toggle.label).value


def test_the_planner_overrules_a_guessed_column(store):
    rows = (f"2026-01-{day:02d},A,1,7\n" for day in range(1, 29))
    app = drop(opened(PAGE), "s.csv", ("date,item,quantity,pieces\n" + "".join(rows)).encode())
    assert "**28**" in said(app)
    column = next(box for box in app.selectbox if box.label.startswith("Quantity sold"))
    app = sound(column.set_value("pieces").run())
    assert "**196**" in said(app)


def test_set_aside_forgets_the_file(store):
    app = press(drop(opened(PAGE), "Absatz.csv", messy()), "Set it aside")
    assert "Not used yet" not in said(app)
    assert load_plan_data(store) is None


def test_undo_brings_back_what_was_used_before(store):
    from core.ingest import Source

    import_from_file(store, "history", Source("old.csv", messy()), reject_bad_rows=True)
    new = b"date,item,quantity\n" + b"".join(b"2026-01-%02d,B,3\n" % day for day in range(1, 29))
    app = press(drop(opened(PAGE), "new.csv", new), "Use this file")
    assert load_plan_data(store).sources["history"] == "new.csv"
    press(app, "Undo the last change")
    assert load_plan_data(store).sources["history"] == "old.csv"


OTHERS = ["Items", "Stock", "Open orders"]
OTHERS += ["Deliveries", "Stock-out days", "Promotions", "Calendar"]


def test_each_kind_of_table_has_its_template_and_its_drop_zone(store):
    from core.services.health import KIND_LABELS

    app = opened(PAGE)
    for kind in OTHERS:
        name = next(name for name, label in KIND_LABELS.items() if label == kind)
        app.session_state["keep.data.kind"] = name
        app = sound(app.run())
        assert f"Template for {kind.lower()}" in [button.label for button in app.download_button]
        assert len(app.file_uploader) == 1


TABLES = {
    "deliveries": ("item,ordered,received\n" + "B,2026-01-02,2026-01-11\n" * 5, "1 lead time mea"),
    "stockout_days": ("item,from,to\nB,2026-01-05,2026-01-06\n", "2 days of 1 item marked"),
    "promotions": ("item,start,end\nB,2026-01-05,2026-03-06\n", "1 promotion marked"),
    "calendar": ("date,what\n2026-01-07,closed\n", "1 day of 1 item marked"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_beside_the_sales_is_used_and_its_effect_told(store, kind):
    from core.ingest import Source

    rows = (f"2026-01-{day:02d},B,{0 if day == 7 else 3}\n" for day in range(1, 29))
    sales = ("date,item,quantity\n" + "".join(rows)).encode()
    import_from_file(store, "history", Source("sales.csv", sales))
    text, told = TABLES[kind]
    app = opened(PAGE)
    app.session_state["keep.data.kind"] = kind
    app = press(drop(sound(app.run()), "table.csv", text.encode()), "Use this file")
    assert told in said(app)
    assert "2026-01-" in app.dataframe[0].value.set_index("File").loc["table.csv", "Covers"]


def test_what_is_no_table_at_all_is_refused_in_words(store):
    app = drop(opened(PAGE), "photo.csv", b"\x89PNG\0\1\2\3" * 50)
    assert "The file is a picture" in said(app)
    assert next(b for b in app.button if b.label == "Use this file").disabled


@pytest.fixture
def server(store, var_dir) -> Iterator[str]:
    """Serve the dashboard to a real browser."""
    with served(var_dir) as address:
        yield address


@pytest.mark.browser
def test_in_a_real_browser_a_messy_file_is_dropped_mended_and_used(
    server, store, chromium, tmp_path
):
    """Wide, then narrow; the second file has another layout, so that all is asked again."""
    from playwright.sync_api import sync_playwright

    for width, item in ((1440, b"Artikel"), (390, b"Artikelnummer")):
        file = tmp_path / f"Absatz Süd {width}.csv"
        file.write_bytes(messy().replace(b"Artikel", item))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": width, "height": 844})
            page.set_default_timeout(60_000)
            page.goto(f"{server}/data")
            _dropped_mended_and_used(page, file)
            sideways = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            browser.close()
        assert sideways <= 0, width
        assert [key.item for key in load_plan_data(store).history.keys] == ["00123", "A-17"]
        undo_import(store, "history")
        assert load_plan_data(store) is None


def _dropped_mended_and_used(page, file) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("This file cannot be used yet").wait_for()
    page.get_by_text("Leave out the faulty rows and use the rest").click()
    page.get_by_text("Windows-1252").first.wait_for()
    page.get_by_text("Returns or corrections").click()
    page.get_by_text("all answered").wait_for()
    # While the page is drawn anew, the button of before stands beside the new one.
    page.locator("button:enabled", has_text="Use this file").first.click()
    page.get_by_text("2 of 2 items can be planned").wait_for()


def test_a_question_is_asked_once_for_a_layout_and_shown_as_answered(store):
    rows = "date,item,quantity\n" + "".join(f"2026-01-{d:02d},A,3\n" for d in range(1, 29))
    app = drop(opened(PAGE), "week1.csv", (rows + "2026-01-02,A,-1\n").encode())
    (asked,) = app.radio
    assert asked.label.startswith("1 of 29 quantities is negative")
    app = press(sound(asked.set_value("ignore").run()), "Use this file")
    assert load_plan_data(store).history.quantity.sum() == 84
    app = drop(app, "week2.csv", (rows + "2026-01-03,A,-2\n").encode())
    assert "Answered as last time" in said(app)
    assert [radio.value for radio in app.radio] == ["ignore"]
    press(app, "Use this file")
    assert load_plan_data(store).sources["history"] == "week2.csv"
    assert load_plan_data(store).history.quantity.sum() == 84


def test_a_wide_file_asks_when_its_numbered_weeks_began(store):
    weeks = ",".join(f"W{k}" for k in range(30))
    rows = "".join(f"A{n},{','.join(['3'] * 30)}\n" for n in range(3))
    app = drop(opened(PAGE), "wide.csv", f"SKU,{weeks}\n{rows}".encode())
    (asked,) = [box for box in app.date_input if "name no year" in box.label]
    app = press(sound(asked.set_value(date(2026, 1, 5)).run()), "Use this file")
    history = load_plan_data(store).history
    assert (str(history.starts[0]), history.quantity.sum()) == ("2026-01-05", 270)


def test_columns_that_are_not_used_are_named_in_the_preview(store):
    rows = ["Artikel;Bezeichnung;Datum;Menge;Preis"]
    rows += [f"A;Becher;{i:02d}.03.2026;{i};1,50" for i in range(1, 29)]
    app = drop(opened(PAGE), "sales.csv", "\n".join(rows).encode())
    assert "Columns not used: **Bezeichnung, Preis**" in said(app)


def test_where_every_row_is_faulty_leaving_them_out_is_said_to_leave_nothing(store):
    rows = ["date,item,quantity", *(f"2026-01-{i:02d},A,many" for i in range(1, 20))]
    app = drop(opened(PAGE), "words.csv", "\n".join(rows).encode())
    assert 'choose "Leave out the faulty rows"' in said(app)
    (switch,) = [box for box in app.toggle if box.label.startswith("Leave out the faulty rows")]
    sound(switch.set_value(True).run())
    assert "would leave nothing" in said(app)


def test_statuses_are_picked_from_a_list_and_the_proposal_can_be_taken(store):
    rows = [f"2026-01-{d:02d},A,3,{'cancelled' if d == 5 else 'on hold'}" for d in range(1, 29)]
    text = "\n".join(["date,item,quantity,status", *rows])
    app = drop(opened(PAGE), "lines.csv", text.encode())
    (asked,) = app.multiselect
    assert asked.value == [] and "proposed: cancelled" in asked.placeholder
    app = sound(asked.set_value(["cancelled", "on hold"]).run())
    assert "no sales left" in said(app)
    app = sound(app.multiselect[0].set_value([]).run())
    app = press(app, "Take what is proposed")
    assert [box.value for box in app.multiselect] == [["cancelled"]]
    press(app, "Use this file")
    assert load_plan_data(store).history.quantity.sum() == 81
