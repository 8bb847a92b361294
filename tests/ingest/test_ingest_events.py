"""Deliveries, stock-out days, promotions and calendars as planners export them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import openpyxl
import pytest

from core.domain import NOT_OVER, InputFileError, ItemKey, Period, SalesHistory
from core.ingest import (
    ReadOptions,
    Result,
    Source,
    read_calendar,
    read_deliveries,
    read_promotions,
    read_stockout_days,
)

KNOWN = (ItemKey("00123"), ItemKey("A-17"), ItemKey("B/9"))
FIRST = date(2025, 1, 1)


def text(lines: str, encoding: str = "utf-8") -> Source:
    return Source("file.csv", lines.encode(encoding))


def workbook(rows: Sequence[Sequence[object]]) -> Source:
    book, data = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(data)
    return Source("file.xlsx", data.getvalue())


def codes(result: Result[Any]) -> dict[str, int]:
    return {finding.code: finding.count for finding in result.findings}


def asked(result: Result[Any]) -> dict[str, str]:
    return {one.question.id: one.answer for one in result.questions}


def refusal(read: Callable[..., object], source: Source, **wishes: Any) -> set[str]:
    with pytest.raises(InputFileError) as caught:
        read(source, **wishes)
    return {finding.code for finding in caught.value.findings}  # type: ignore[attr-defined]


GOODS_RECEIPTS = """Wareneingänge 01.01.2025 - 31.12.2025;;;;;;
Werk 0100;;;;;;

Belegnr.;Material;Materialkurztext;Lieferant;Bestelldatum;Wareneingang;Menge
4500001;00123;Kühlbox;Müller GmbH;03.02.2025;12.02.2025;120
4500002;00123;Kühlbox;Müller GmbH;10.02.2025;21.02.2025;60
4500003;A-17;Häring;Nordsee KG;10.02.2025;;40
4500007;A-17;Häring;Nordsee KG;10.02.2025;00.00.0000;40
4500004;A-17;Häring;Nordsee KG;12.02.2025;10.02.2025;40
4500005;A-17;Häring;Nordsee KG;12.02.2025;folgt;40
4500006;ZZZ;Neu;Nordsee KG;13.02.2025;20.02.2025;40
Summe;;;;;;300
"""


def test_a_german_list_of_goods_receipts_gives_days_and_tells_what_is_left_out() -> None:
    source = text(GOODS_RECEIPTS, "cp1252")
    assert refusal(read_deliveries, source, known=KNOWN) >= {
        "not_a_date",
        "received_before_ordered",
    }
    result = read_deliveries(source, known=KNOWN, reject_bad_rows=True)
    got = result.value
    assert [got.keys[key].item for key in got.key] == ["00123", "00123", "ZZZ"]
    assert got.days.tolist() == [9, 11, 7]
    assert got.supplier.tolist() == ["Müller GmbH", "Müller GmbH", "Nordsee KG"]
    assert (result.counts.rows_read, result.counts.rows_used) == (7, 3)
    assert result.rejected["Belegnr."].tolist() == ["4500004", "4500005"]
    assert codes(result)["under_way"] == 2 and codes(result)["unknown_item"] == 1
    assert not result.questions


def test_a_workbook_of_purchase_orders_keeps_promises_apart_from_receipts() -> None:
    rows = [
        ["Purchase order history"],
        [],
        ["PO Number", "Item No.", "Vendor", "Order Date", "Promised Date", "Date Received"],
        ["1", "A-17", "ACME", datetime(2025, 1, 3), datetime(2025, 1, 10), datetime(2025, 1, 12)],
        ["2", "B/9", "ACME", datetime(2025, 2, 3), None, datetime(2025, 2, 9)],
        ["3", "B/9", "ACME", datetime(2025, 2, 3), datetime(2025, 2, 9), datetime(2025, 2, 9)],
    ]
    got = read_deliveries(workbook(rows), known=KNOWN).value
    assert got.days.tolist() == [9, 6, 6]
    assert got.share_late == 0.5


def test_the_order_of_day_and_month_is_proved_by_the_other_column() -> None:
    rows = "Artikelcode;Besteldatum;Ontvangstdatum\nA-17;3-2-2025;14-2-2025\n"
    result = read_deliveries(text(rows))
    assert result.value.days.tolist() == [11]
    guess = next(g for g in result.guesses if g.name == "date order of order_date")
    assert (guess.value, guess.evidence) == (
        "day first",
        "as in another column: '14-2-2025' proves it",
    )
    assert not result.questions and not result.findings


def test_dates_that_nothing_proves_are_asked_about_once_and_the_answer_counts_for_both() -> None:
    source = text("sku,ordered,received\nA-17,03/04/2025,05/04/2025\n")
    assert read_deliveries(source).value.days.tolist() == [2]
    assert asked(read_deliveries(source)) == {"date_order": "day_first"}
    told = ReadOptions(answers={"date_order": "month_first"})
    assert read_deliveries(source, options=told).value.days.tolist() == [61]


def test_deliveries_that_cannot_be_are_refused_with_the_reason() -> None:
    rows = "item,order_date,receipt_date\nA,2021-01-01,2025-01-01\nA,2025-01-01,2025-07-01\n"
    found = refusal(read_deliveries, text(rows), as_of=date(2025, 6, 1))
    assert found == {"received_years_later", "not_received_yet"}
    nothing = text("item,order_date,receipt_date\nA,2025-01-01,\n")
    assert "nothing_left" in refusal(read_deliveries, nothing)


def test_a_shipping_date_is_no_proof_of_a_receipt_and_is_asked_about() -> None:
    rows = "item,order date,shipping date (UTC)\nA,2025-01-01,2025-01-04\n"
    assert asked(read_deliveries(text(rows))) == {"column_receipt_date": "shipping date (UTC)"}


SHORTAGES = """Fehlbestandsliste Filiale Süd
Artikel;Bezeichnung;von;bis
00123;Kühlbox;03.02.2025;07.02.2025
A-17;Häring;20.02.2025;
A-17;Häring;10.02.2025;05.02.2025
"""


@pytest.mark.parametrize(("answer", "last"), [("still", NOT_OVER), ("day", "2025-02-20")])
def test_a_stock_out_without_an_end_is_asked_about(answer: str, last: Any) -> None:
    options = ReadOptions(answers={"open_end": answer})
    source = text(SHORTAGES, "cp1252")
    assert "ends_before" in refusal(read_stockout_days, source, known=KNOWN)
    result = read_stockout_days(source, known=KNOWN, options=options, reject_bad_rows=True)
    assert result.value.first.tolist() == [date(2025, 2, 3), date(2025, 2, 20)]
    assert result.value.last[1] == np.datetime64(last, "D")
    assert asked(result) == {"open_end": answer}
    assert result.rejected["bis"].tolist() == ["05.02.2025"]


def test_a_list_of_the_stock_of_each_day_gives_the_days_without() -> None:
    days = [f"{day:02d}.03.2025;00123;{max(0, 5 - day)}" for day in range(1, 12)]
    result = read_stockout_days(text("\n".join(["Datum;Artikelnr;Bestand", *days])), known=KNOWN)
    assert result.value.first.tolist() == [date(2025, 3, day) for day in range(5, 12)]
    assert codes(result) == {"in_stock": 4}


def test_flags_locations_and_days_back_in_stock_are_understood() -> None:
    places = (ItemKey("A-17", "North"), ItemKey("A-17", "South"))
    rows = "Product Code,Store,Date,Out of Stock\nA-17,North,2025-03-01,1\nA-17,South,2025-03-02,0"
    result = read_stockout_days(text(rows), known=places)
    assert [result.value.keys[key] for key in result.value.key] == [places[0]]
    everywhere = read_stockout_days(text("item,date\nA-17,2025-03-01\n"), known=places)
    assert codes(everywhere) == {"everywhere": 1}
    back = text("item,out since,back\nA-17,2025-03-01,2025-03-05\nA-17,2025-04-01,\n")
    assert read_stockout_days(back).value.last.tolist() == [date(2025, 3, 4), NOT_OVER.item()]


def test_stock_outs_of_unknown_items_and_days_are_told() -> None:
    rows = "item,from\nA-17,2025-03-01\nA-17,2024-03-01\nX,2025-03-01\n"
    within = (np.datetime64("2025-01-01"), np.datetime64("2025-12-31"))
    result = read_stockout_days(text(rows), known=KNOWN, within=within)
    assert codes(result) == {"unknown_item": 1, "outside_sales": 1}
    assert result.counts.rows_used == 2
    all_there = text("item,from,stock\nA,2025-01-01,5\n")
    assert "nothing_left" in refusal(read_stockout_days, all_there)


CAMPAIGNS = """Aktionsplan 2025;;;;
Aktion;Artikel;Beginn;Ende;Art
Osterangebot;00123;10.04.2025;20.04.2025;Preis -20%
Osterangebot;A-17;10.04.2025;20.04.2025;Preis -20%
Sommerschluss;;01.08.2025;15.08.2025;Prospekt
"""


@pytest.mark.parametrize(("answer", "n"), [("all", 3), ("ignore", 2)])
def test_promotions_keep_name_and_kind_and_ask_what_no_item_means(answer: str, n: int) -> None:
    options = ReadOptions(answers={"no_item": answer})
    result = read_promotions(text(CAMPAIGNS), known=KNOWN, options=options)
    got = result.value
    assert got.name.tolist() == ["Osterangebot", "Osterangebot", "Sommerschluss"][:n]
    assert got.kind.tolist() == ["Preis -20%", "Preis -20%", "Prospekt"][:n]
    assert [got.keys[key].item for key in got.key] == ["00123", "A-17", ""][:n]
    assert (asked(result), codes(result)) == ({"no_item": answer}, {})


def test_promotions_without_a_column_of_items_hold_for_all_and_may_be_in_a_workbook() -> None:
    rows = "Promotion Name,Start,End\nBlack Friday,11/28/2025,12/01/2025\n"
    got = read_promotions(text(rows), known=KNOWN).value
    assert (got.keys, got.last.tolist()) == ((ItemKey(""),), [date(2025, 12, 1)])
    book = workbook(
        [
            ["Promo calendar"],
            ["Campaign", "SKU", "Start Date", "End Date"],
            ["Spring", "A-17", datetime(2025, 4, 1), datetime(2025, 4, 7)],
        ]
    )
    got = read_promotions(book, known=KNOWN).value
    assert (got.keys[0].item, got.name[0], got.last[0].item()) == (
        "A-17",
        "Spring",
        date(2025, 4, 7),
    )


def sales(period: Period = Period.DAY) -> SalesHistory:
    """Return 60 days (or weeks) of 5 a day, nothing on 1 January."""
    sold = np.full((3, 60), 5.0)
    sold[:, 0] = 0.0
    first = int(period.number(np.datetime64(FIRST, "D")))
    return SalesHistory(period, first, KNOWN, sold, sold >= 0, np.zeros(3, dtype=np.int64))


HOLIDAYS = "Datum;Feiertag\n01.01.2025;Neujahr\n13.02.2025;Weiberfastnacht\n"


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        ("open", ["holiday", "holiday"]),
        ("closed", ["closed", "closed"]),
        ("no_sales", ["closed", "holiday"]),
    ],
)
def test_holidays_ask_whether_they_were_closed_and_the_sales_give_evidence(
    answer: str, kinds: list[str]
) -> None:
    options = ReadOptions(answers={"named_days": answer})
    result = read_calendar(text(HOLIDAYS), known=KNOWN, sold=sales(), options=options)
    assert result.value.kind.tolist() == kinds
    assert result.value.name.tolist() == ["Neujahr", "Weiberfastnacht"]
    (question,) = read_calendar(text(HOLIDAYS), known=KNOWN, sold=sales()).questions
    assert (question.question.default, question.question.examples) == (
        "no_sales",
        ("row 2: 01.01.2025, Neujahr",),
    )


def test_a_factory_calendar_marks_the_days_without_work() -> None:
    days = [FIRST + timedelta(i) for i in range(30)]
    rows = [f"{day:%d.%m.%Y};{'nein' if day.weekday() == 6 else 'ja'}" for day in days]
    result = read_calendar(text("\n".join(["Kalendertag;Arbeitstag", *rows])), known=KNOWN)
    assert result.value.first.tolist() == [day for day in days if day.weekday() == 6]
    assert set(result.value.kind.tolist()) == {"closed"}
    assert (codes(result), result.questions) == ({"ordinary_day": 26}, ())


def test_closings_in_a_workbook_may_last_and_a_no_is_not_closed() -> None:
    rows = [
        ["Store closings 2025"],
        [],
        ["Date", "Until", "Reason", "Closed"],
        [datetime(2025, 12, 25), None, "Christmas", "yes"],
        [datetime(2025, 8, 4), datetime(2025, 8, 17), "Refit", "yes"],
        [datetime(2025, 5, 1), None, "May Day", "no"],
    ]
    result = read_calendar(workbook(rows), known=KNOWN)
    got = result.value
    assert got.kind.tolist() == ["closed", "closed", "event"]
    assert got.name.tolist() == ["Christmas", "Refit", "May Day"]
    assert got.last.tolist() == [date(2025, 12, 25), date(2025, 8, 17), date(2025, 5, 1)]
    assert not result.questions


def test_closed_days_of_weekly_sales_are_kept_and_told_to_change_nothing() -> None:
    rows = "date,what\n2025-01-02,closed\n"
    result = read_calendar(text(rows), known=KNOWN, sold=sales(Period.WEEK))
    assert codes(result) == {"closed_in_long_periods": 1}


def test_a_calendar_of_ordinary_days_and_one_of_unknown_shops_are_refused_or_told() -> None:
    assert "nothing_left" in refusal(read_calendar, text("date,what\n2025-01-02,open\n"))
    rows = "date,location,what\n2025-01-02,North,closed\n2025-01-03,Mars,closed\n"
    places = (ItemKey("A", "North"), ItemKey("A", "South"))
    result = read_calendar(text(rows), known=places)
    assert codes(result) == {"unknown_location": 1} and len(result.value) == 1
