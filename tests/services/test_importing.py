"""A planner's file: looked at first, kept as a whole, taken back; what was active stays so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest

from core.domain import InputFileError, ItemKey, Period, StorageError, UnknownNameError
from core.ingest import ReadOptions, Source
from core.services.first_look import N_BYTES, first_look
from core.services.health import ages, coverage, file_health
from core.services.importing import (
    ImportRequest,
    can_undo,
    import_from_file,
    keep_import,
    load_sample,
    preview_import,
    refused,
    undo_import,
)
from core.services.workspace import load_plan_data
from core.store import Store, open_store

TODAY = date(2026, 6, 30)


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


def sales(n_days: int = 30, item: str = "CK-101", step: int = 1) -> Source:
    first = date(2026, 1, 1)
    rows = (f"{first + timedelta(days=step * i)},{item},{i % 5 + 1}\n" for i in range(n_days))
    return Source("sales.csv", ("date,item,quantity\n" + "".join(rows)).encode())


def messy() -> bytes:
    """Cp1252, title rows, semicolons, decimal commas, returns, codes, faults, a total."""
    rows = ["Absatzbericht Filiale Süd;;;", "", "Artikel;Bezeichnung;Datum;Menge"]
    for i in range(60):
        day = date(2026, 1, 1) + timedelta(days=i)
        rows.append(f"00123;Kühlbox;{day:%d.%m.%Y};{i % 7},5")
        rows.append(f"NULL;Häring;{day:%d.%m.%Y};{-1 if i % 20 == 7 else 4},0")
    rows += ["00123;Kühlbox;12.02.2026;abc", "00123;Kühlbox;31.02.2026;1,0", "Summe;;;1.234,5"]
    return "\r\n".join(rows).encode("cp1252")


def request(data: bytes, **wishes: object) -> ImportRequest:
    return ImportRequest("history", Source("m.csv", data), today=TODAY, **wishes)


def test_a_messy_file_is_refused_with_every_fault_and_read_once_they_are_left_out():
    with pytest.raises(InputFileError) as refusal:
        preview_import(request(messy()), None)
    assert {f.code for f in refused(refusal.value)} >= {"not_a_number", "not_a_date"}
    preview = preview_import(request(messy(), reject_bad_rows=True), None)
    assert (preview.rows_read, preview.rows_used, preview.rows_rejected) == (122, 120, 2)
    assert set(preview.rejected["row"]) == {124, 125}
    assert preview.facts["Items"] == "2"
    assert preview.facts["First day"] == "2026-01-01"
    read_as = {guess.name: guess.value for guess in preview.guesses}
    assert read_as["encoding"] == "Windows-1252"
    assert read_as["header row"] == "3"
    assert read_as["date order of date"] == "day first"
    assert preview.columns == {"date": "Datum", "item": "Artikel", "quantity": "Menge"}


def test_looking_at_a_file_keeps_nothing(store):
    preview_import(request(sales().data), None)
    assert load_plan_data(store) is None


def test_the_planners_word_goes_before_the_guess():
    data = b"date,item,quantity,units\n" + b"".join(
        b"2026-01-%02d,A,1,7\n" % day for day in range(1, 15)
    )
    wish = ReadOptions(columns={"quantity": "units"})
    assert preview_import(request(data), None).facts["Units sold"] == "14"
    assert preview_import(request(data, options=wish), None).facts["Units sold"] == "98"
    weekly = preview_import(request(data, period=Period.WEEK), None)
    assert weekly.facts["Weeks"] == "3"


def test_repeats_are_added_up_or_dropped_as_chosen():
    data = b"date,item,quantity\n" + b"2026-01-01,A,5\n" * 2 + b"2026-01-02,A,1\n"
    assert preview_import(request(data), None).facts["Units sold"] == "11"
    assert (
        preview_import(
            request(data, options=ReadOptions(answers={"duplicates": "drop"})), None
        ).facts["Units sold"]
        == "6"
    )


def test_an_unknown_kind_of_table_is_told():
    with pytest.raises(UnknownNameError, match="kind of table"):
        preview_import(ImportRequest("sales", sales()), None)


def test_own_sales_set_the_whole_sample_aside_and_undo_brings_it_all_back(store):
    load_sample(store)
    before = load_plan_data(store)
    import_from_file(store, "history", sales())
    own = load_plan_data(store)
    assert (len(own.items), own.is_sample, own.stock_known) == (1, False, False)
    assert not can_undo(store, "items")
    undo_import(store, "history")
    assert load_plan_data(store).fingerprint == before.fingerprint
    assert not can_undo(store, "history")


def test_going_back_to_the_sample_can_be_undone_as_a_whole(store):
    load_sample(store)
    import_from_file(store, "history", sales())
    stock = Source("stock.csv", b"item,on_hand\nCK-101,44\n")
    import_from_file(store, "stock", stock)
    own = load_plan_data(store)
    load_sample(store)
    assert load_plan_data(store).is_sample
    assert not can_undo(store, "stock")
    undo_import(store, "history")
    again = load_plan_data(store)
    assert (again.fingerprint, again.sources) == (own.fingerprint, own.sources)


def test_an_own_table_can_be_undone_by_itself(store):
    load_sample(store)
    import_from_file(store, "history", sales())
    import_from_file(store, "stock", Source("stock.csv", b"item,on_hand\nCK-101,44\n"))
    assert can_undo(store, "stock")
    undo_import(store, "stock")
    assert not load_plan_data(store).stock_known


def test_a_refused_file_leaves_everything_as_it_was(store):
    load_sample(store)
    before = load_plan_data(store).fingerprint
    for data in (b"", b"date,item,quantity\n", b"a;b\n1;2\n", b"\0\1\2 no table \xff", messy()):
        with pytest.raises(InputFileError):
            import_from_file(store, "history", Source("bad.csv", data))
    assert load_plan_data(store).fingerprint == before


def test_a_full_disk_leaves_everything_as_it_was(store, monkeypatch):
    load_sample(store)
    before = load_plan_data(store).fingerprint
    preview = preview_import(ImportRequest("history", sales()), None)

    def full(*_: object) -> str:
        raise StorageError("There is no space left on the disk")

    monkeypatch.setattr(store.files, "put_frame", full)
    with pytest.raises(StorageError):
        keep_import(store, preview)
    assert load_plan_data(store).fingerprint == before


def test_the_original_bytes_are_kept(store):
    source = sales()
    _, record = import_from_file(store, "history", source)
    assert store.datasets.original(record) == source.data


def test_sales_in_another_period_warn_that_the_costs_are_for_the_old_one(store):
    load_sample(store)
    import_from_file(store, "history", sales())
    table = b"item,lead_time,holding_cost,stockout_cost\nCK-101,3,0.01,2\n"
    import_from_file(store, "items", Source("items.csv", table))
    weekly = ImportRequest("history", sales(step=7, n_days=20))
    codes = {finding.code for finding in preview_import(weekly, load_plan_data(store)).findings}
    assert "other_period" in codes
    daily = preview_import(ImportRequest("history", sales()), load_plan_data(store))
    assert "other_period" not in {finding.code for finding in daily.findings}


def test_the_health_of_each_file_tells_its_rows_and_where_none_is(store):
    import_from_file(store, "history", Source("m.csv", messy()), today=TODAY, reject_bad_rows=True)
    history, items, *_ = file_health(store)
    assert (history.rows_read, history.rows_used, history.rows_rejected) == (122, 120, 2)
    assert dict(history.facts)["Items"] == "2"
    assert history.n_warnings >= 2
    assert (items.is_there, items.rows_read) == (False, None)


def test_coverage_is_the_share_of_periods_with_a_sale_since_the_item_was_listed(store):
    rows = b"2026-01-10,A,1\n2026-01-31,A,2\n2026-02-01,A,1\n2026-02-10,B,1\n2026-02-28,B,1\n"
    import_from_file(store, "history", Source("s.csv", b"date,item,quantity\n" + rows))
    cover = coverage(load_plan_data(store).history)
    assert cover.labels == ("A", "B")
    np.testing.assert_allclose(cover.selling, [[2 / 22, 1 / 28], [np.nan, 2 / 19]])
    few = coverage(load_plan_data(store).history, n_items=1)
    assert (few.labels, few.n_found) == (("A",), 2)
    second = coverage(load_plan_data(store).history, n_items=1, page=2)
    np.testing.assert_allclose(second.selling, [[np.nan, 2 / 19]])
    assert second.labels == ("B",)
    beyond = coverage(load_plan_data(store).history, n_items=1, page=9)
    assert beyond.labels == ("B",)
    found = coverage(load_plan_data(store).history, search=" b ")
    assert (found.labels, found.n_found) == (("B",), 1)
    assert coverage(load_plan_data(store).history, search="x").n_found == 0


def test_the_age_of_stock_is_that_of_its_count_where_its_column_tells(store):
    rows = b"date,item,quantity\n2026-01-10,A,1\n2026-02-01,A,1\n"
    import_from_file(store, "history", Source("s.csv", rows))
    today = date(2026, 2, 15)
    import_from_file(store, "stock", Source("b.csv", b"Artikel;Bestand 05.02.2026\nA;7\n"))
    (age,) = ages(file_health(store), 9, today)
    assert (age.label, age.since, age.n_days) == ("Stock", date(2026, 2, 5), 10)
    assert age.is_known and age.is_old
    assert not ages(file_health(store), 10, today)[0].is_old
    import_from_file(store, "stock", Source("b.csv", b"Artikel;Bestand 05/02/2026\nA;7\n"))
    (age,) = ages(file_health(store), 9)
    assert (age.is_known, age.n_days <= 1, age.is_old) == (False, True, False)


def test_the_first_look_shows_columns_with_samples_and_their_lines():
    top = first_look("history", Source("m.csv", messy()))
    assert top.columns == ("Artikel", "Bezeichnung", "Datum", "Menge")
    assert top.samples("Artikel") == "00123; NULL"
    assert list(top.rows.index)[:2] == [4, 5]
    assert top.taken["date"] == "Datum"


def test_the_first_look_at_a_long_file_stops_at_the_end_of_a_line():
    source = sales(20_000, item="Größe-XL")
    assert len(source.data) > N_BYTES
    top = first_look("history", source)
    assert top.columns == ("date", "item", "quantity")
    assert top.guesses[0].value == "UTF-8"


def test_the_first_look_at_what_is_no_table_is_none():
    assert first_look("history", Source("x.csv", b"\0\1\2\3\xff\xfe")) is None


def test_items_of_an_own_file_are_matched_to_the_sales(store):
    import_from_file(store, "history", sales(item="00123"))
    table = b"item,lead_time,holding_cost,stockout_cost\n00123,3,0.01,2\nX,1,1,1\n"
    preview, _ = import_from_file(store, "items", Source("items.csv", table))
    assert "unknown_item" in {finding.code for finding in preview.findings}
    assert load_plan_data(store).item(ItemKey("00123")).lead_time.mean == 3.0
