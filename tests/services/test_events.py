"""Events on the calendar: which periods they touch, and what they mark on the sales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from core.domain import NOT_OVER, Events, ItemKey, Period, SalesHistory, no_events
from core.ingest import Source
from core.services.dated_tables import deliveries_frame, deliveries_of, events_frame, events_of
from core.services.events import (
    days_touched,
    events_of_item,
    is_touched,
    names_touching,
    sold_against_usual,
    with_closed_days,
    with_stockouts,
)
from core.services.health import file_health
from core.services.importing import (
    ImportRequest,
    import_from_file,
    load_sample,
    preview_import,
    undo_import,
)
from core.services.workspace import data_fingerprint, load_plan_data
from core.store import KINDS, Store, open_store

A, NORTH, SOUTH = ItemKey("A"), ItemKey("B", "North"), ItemKey("B", "South")
KEYS = (A, NORTH, SOUTH)


def events(*rows: tuple[ItemKey, str, str], kind: str = "") -> Events:
    keys = tuple(sorted({row[0] for row in rows}))
    return Events(
        keys,
        np.array([keys.index(row[0]) for row in rows]),
        np.array([row[1] for row in rows], "datetime64[D]"),
        np.array([row[2] for row in rows], "datetime64[D]"),
        np.full(len(rows), kind),
        np.array([f"event {i}" for i in range(len(rows))]),
    )


def number(day: str, period: Period = Period.DAY) -> int:
    return int(period.number(np.datetime64(day, "D")))


def test_days_are_counted_once_however_many_events_overlap() -> None:
    some = events(
        (A, "2024-12-30", "2025-01-02"),
        (A, "2025-01-02", "2025-01-03"),
        (ItemKey("B"), "2025-01-05", "2025-01-05"),
        (SOUTH, "2025-01-01", "2025-01-01"),
        (ItemKey("", "North"), "2025-01-06", "2025-03-01"),
        (ItemKey("Z"), "2025-01-01", "2025-01-07"),
    )
    touched = days_touched(some, KEYS, Period.DAY, number("2025-01-01"), 7)
    assert touched.tolist() == [
        [1, 1, 1, 0, 0, 1, 1],
        [0, 0, 0, 0, 1, 1, 1],
        [1, 0, 0, 0, 1, 0, 0],
    ]


def test_an_item_known_without_location_is_concerned_by_events_at_any() -> None:
    some = events((ItemKey("A", "North"), "2025-01-02", "2025-01-02"))
    assert is_touched(some, KEYS, Period.DAY, number("2025-01-01"), 3)[0].tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("period", "first", "expected"),
    [
        (Period.WEEK, "2024-12-30", [3, 7, 7, 7, 6, 0]),
        (Period.MONTH, "2024-12-01", [0, 29, 1, 0, 0, 0]),
    ],
)
def test_days_are_counted_per_week_and_month(
    period: Period, first: str, expected: list[int]
) -> None:
    some = events((ItemKey(""), "2025-01-03", "2025-02-01"), (A, "2025-01-10", "2025-01-12"))
    touched = days_touched(some, KEYS, period, number(first, period), 6)
    assert touched.tolist() == [expected] * 3


def test_what_is_not_over_goes_on_into_the_future_and_nothing_touches_nothing() -> None:
    some = events((A, "2025-01-03", str(NOT_OVER)))
    ahead = is_touched(some, KEYS, Period.WEEK, number("2030-01-01", Period.WEEK), 4)
    assert ahead.tolist() == [[True] * 4, [False] * 4, [False] * 4]
    assert not is_touched(no_events(), KEYS, Period.DAY, 0, 3).any()


def test_counts_agree_with_a_plain_loop_over_many_random_events() -> None:
    rng = np.random.default_rng(7)
    keys = tuple(sorted(ItemKey(f"I{i:04d}") for i in range(2100)))
    start, n_days = number("2025-01-01"), 90
    key = rng.integers(0, len(keys), 400)
    first = start + rng.integers(-20, n_days + 20, 400)
    last = first + rng.integers(0, 15, 400)
    blank = np.full(400, "")
    days = "datetime64[D]"
    some = Events(keys, key, first.astype(days), last.astype(days), blank, blank)
    expected = np.zeros((len(keys), n_days), dtype=bool)
    for k, a, b in zip(key, first, last, strict=True):
        expected[k, max(a - start, 0) : max(b - start + 1, 0)] = True
    assert np.array_equal(is_touched(some, keys, Period.DAY, start, n_days), expected)


def history(period: Period = Period.DAY, n: int = 28, first: str = "2025-01-06") -> SalesHistory:
    sold = np.full((3, n), 4.0)
    return SalesHistory(
        period, number(first, period), KEYS, sold, sold > 0, np.zeros(3, dtype=np.int64)
    )


def test_stock_outs_mark_days_and_weeks_but_not_a_month_for_one_day() -> None:
    one_day = events((A, "2025-01-08", "2025-01-08"))
    a_week = events((A, "2025-01-08", "2025-01-14"))
    assert np.flatnonzero(~with_stockouts(history(), one_day).in_stock[0]).tolist() == [2]
    weekly = with_stockouts(history(Period.WEEK, 8), one_day)
    assert np.flatnonzero(~weekly.in_stock[0]).tolist() == [0]
    monthly = history(Period.MONTH, 4, "2025-01-01")
    assert with_stockouts(monthly, one_day).in_stock.all()
    marked = with_stockouts(monthly, a_week)
    assert (~marked.in_stock).tolist() == [[True, False, False, False], [False] * 4, [False] * 4]
    assert np.array_equal(marked.quantity, monthly.quantity)


def test_what_the_sales_file_said_itself_stays_marked() -> None:
    told = replace(history(), in_stock=np.arange(28) != 5 * np.ones((3, 1)))
    marked = with_stockouts(told, events((A, "2025-01-08", "2025-01-08")))
    assert np.flatnonzero(~marked.in_stock[0]).tolist() == [2, 5]


def test_closed_days_without_sales_are_marked_and_those_with_sales_are_not() -> None:
    past = history()
    past.quantity[:, 2] = 0.0
    closed = events((ItemKey(""), "2025-01-08", "2025-01-09"), kind="closed")
    assert np.flatnonzero(~with_closed_days(past, closed).in_stock[1]).tolist() == [2]
    holiday = replace(closed, kind=np.array(["holiday"]))
    assert with_closed_days(past, holiday).in_stock.all()


def test_a_weekday_that_is_always_closed_keeps_its_zeros_but_christmas_does_not() -> None:
    past = history(n=56)
    sundays = [str(date(2025, 1, 12) + timedelta(days=7 * i)) for i in range(7)]
    past.quantity[:, 6::7] = 0.0
    past.quantity[:, 30] = 0.0
    rows = [(ItemKey(""), day, day) for day in [*sundays, "2025-02-05"]]
    marked = with_closed_days(past, events(*rows, kind="closed"))
    assert np.flatnonzero(~marked.in_stock[0]).tolist() == [30]


def test_closed_days_of_weekly_sales_change_nothing() -> None:
    past = history(Period.WEEK, 8)
    closed = events((ItemKey(""), "2025-01-06", "2025-01-26"), kind="closed")
    assert with_closed_days(past, closed) is past


def test_the_events_of_one_item_include_those_of_every_item() -> None:
    some = events(
        (A, "2025-01-01", "2025-01-01"),
        (ItemKey(""), "2025-01-02", "2025-01-02"),
        (NORTH, "2025-01-03", "2025-01-03"),
    )
    assert events_of_item(some, A).name.tolist() == ["event 0", "event 1"]
    assert events_of_item(no_events(), A).name.tolist() == []


def test_periods_carry_the_names_of_what_touches_them() -> None:
    some = events(
        (A, "2025-01-03", "2025-01-04"),
        (ItemKey(""), "2025-01-04", str(NOT_OVER)),
        (NORTH, "2025-01-01", "2025-01-09"),
    )
    some = replace(some, name=np.array(["Sale", "", "Other"]), kind=np.array(["", "leaflet", ""]))
    named = names_touching(some, A, Period.DAY, number("2025-01-02"), 4)
    assert named == ("", "Sale", "Sale, leaflet", "leaflet")


def test_sales_in_promotions_are_weighed_against_the_items_own_other_days() -> None:
    past = history()
    past.quantity[0, :4], past.quantity[1] = 10.0, 400.0
    some = events((A, "2025-01-06", "2025-01-09"))
    assert sold_against_usual(some, past) == 2.5
    assert np.isnan(sold_against_usual(no_events(), past))


def test_a_preview_shows_what_would_be_marked_and_what_was_sold_then(store) -> None:
    import_from_file(store, "history", sales())
    data = load_plan_data(store)
    text = "item,from,to\nA,2025-01-15,2025-01-16\n"
    request = ImportRequest("stockout_days", Source("oos.csv", text.encode()))
    facts = preview_import(request, data).facts
    assert facts["New days marked"] == "2"
    assert facts["Sold in them, other days = 100 %"] == "51 %"


def test_tables_are_read_back_as_they_were_written() -> None:
    some = events((A, "2025-01-03", str(NOT_OVER)), (ItemKey("", "North"), *["2025-01-03"] * 2))
    again = events_of(events_frame(some))
    for name in ("keys", "key", "first", "last", "kind", "name"):
        assert np.array_equal(getattr(again, name), getattr(some, name)), name


@pytest.fixture
def store(var_dir) -> Iterator[Store]:
    store = open_store()
    yield store
    store.close()


def sales() -> Source:
    days = [date(2025, 1, 6) + timedelta(i) for i in range(60)]
    rows = [f"{day},A,{0 if i in (9, 20) else 5}" for i, day in enumerate(days)]
    return Source("sales.csv", "\n".join(["date,item,quantity", *rows]).encode())


def give(store: Store, kind: str, text: str) -> None:
    answers = {"open_end": "still", "named_days": "closed"}
    from core.ingest import ReadOptions

    options = ReadOptions(answers=answers)
    import_from_file(store, kind, Source(f"{kind}.csv", text.encode()), options=options)


def test_imported_stock_outs_and_closed_days_are_marked_where_orders_are_planned(store) -> None:
    import_from_file(store, "history", sales())
    before = load_plan_data(store)
    assert before.history.in_stock.all()
    give(store, "stockout_days", "item,from,to\nA,2025-01-20,2025-01-21\n")
    give(store, "calendar", "date,what\n2025-01-15,closed\n2025-01-17,closed\n")
    give(store, "promotions", "item,from,to,promotion\nA,2025-01-20,2025-03-31,Winter\n")
    after = load_plan_data(store)
    assert np.flatnonzero(~after.history.in_stock[0]).tolist() == [9, 14, 15]
    assert np.array_equal(after.history.quantity, before.history.quantity)
    assert after.promotions.name.tolist() == ["Winter"]
    assert after.calendar.kind.tolist() == ["closed", "closed"]
    assert after.history_hash != before.history_hash
    assert after.fingerprint == data_fingerprint(store) != before.fingerprint
    undo_import(store, "stockout_days")
    assert np.flatnonzero(~load_plan_data(store).history.in_stock[0]).tolist() == [9]


def test_promotions_alone_leave_the_demand_as_it_was_learned(store) -> None:
    import_from_file(store, "history", sales())
    before = load_plan_data(store)
    give(store, "promotions", "item,from\nA,2025-01-20\n")
    assert load_plan_data(store).history_hash == before.history_hash


def test_the_sample_sets_other_tables_aside_and_undo_brings_them_back(store) -> None:
    import_from_file(store, "history", sales())
    give(store, "promotions", "item,from\nA,2025-01-20\n")
    load_sample(store)
    assert store.datasets.active("promotions") is None
    assert [file.is_there for file in file_health(store)] == [True] * 4 + [False] * 4
    assert len(file_health(store)) == len(KINDS)
    undo_import(store, "history")
    assert store.datasets.active("promotions").source_name == "promotions.csv"
    assert store.datasets.active("items") is None


def test_undoing_own_sales_does_not_bring_own_tables_to_the_sample(store) -> None:
    import_from_file(store, "history", sales())
    give(store, "promotions", "item,from\nA,2025-01-20\n")
    load_sample(store)
    import_from_file(store, "history", sales())
    undo_import(store, "history")
    assert load_plan_data(store).is_sample
    assert store.datasets.active("promotions") is None


def test_deliveries_are_read_back_with_promises_that_are_not_told(store) -> None:
    import_from_file(store, "history", sales())
    give(
        store,
        "deliveries",
        "item,supplier,order_date,receipt_date,promised_date\n"
        "A,ACME,2025-01-01,2025-01-09,2025-01-08\nB,,2025-01-02,2025-01-09,\n",
    )
    got = load_plan_data(store).deliveries
    assert got.days.tolist() == [8, 7] and got.share_late == 1.0
    assert got.supplier.tolist() == ["ACME", ""] and np.isnat(got.promised).tolist() == [
        False,
        True,
    ]
    assert deliveries_of(deliveries_frame(got)).keys == (ItemKey("A"), ItemKey("B"))
