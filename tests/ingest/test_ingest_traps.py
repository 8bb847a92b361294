"""The traps in planners' files: each was silently misread by a plain CSV reader."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from core.domain import InputFileError, ItemKey, Period
from core.ingest import Guess, ReadOptions, Result, Source, guess_columns, read_history

GERMAN = (
    "Verkaufsbericht 2025\n"
    "Filiale Köln\n"
    "\n"
    "Artikel;Datum;Menge;Umsatz\n"
    "00123;03.04.2025;1.234,5;2,00\n"
    "1E5;13.04.2025;(12);3,00\n"
    "NA;04.04.2025;12-;\n"
    '="00123";05.04.2025;1 200;5\n'
    "NULL;05.04.2025;3;5\n"
    "\n"
    "Summe;;2,5;\n"
    "Erstellt am 1.5.2025;;;\n"
)


def read(text: str | bytes, **kwargs: object) -> Result:  # type: ignore[type-arg]
    data = text.encode() if isinstance(text, str) else text
    return read_history(Source("sales.csv", data), **kwargs)  # type: ignore[arg-type]


def guess(result: Result, name: str) -> Guess:  # type: ignore[type-arg]
    return next(g for g in result.guesses if g.name == name)


def test_german_export_is_read_as_it_is_meant() -> None:
    result = read(GERMAN.encode("cp1252"))
    sold = dict(zip([k.item for k in result.value.keys], result.value.quantity, strict=True))
    assert set(sold) == {"00123", "1E5", "NA", "NULL"}
    assert sold["00123"].tolist() == [1234.5, 0, 1200] + [0] * 8
    assert result.value.starts[0].astype(date) == date(2025, 4, 3)
    assert guess(result, "encoding").value == "Windows-1252"
    assert guess(result, "header row").value == "4"
    assert guess(result, "decimal of quantity").value == "decimal comma"
    assert "13.04.2025" in guess(result, "date order of date").evidence
    left_out = {f.code: f.row for f in result.findings if f.row}
    assert left_out["total_row"] == 11 and left_out["note_row"] == 12


def test_line_numbers_count_title_blank_and_multi_line_rows() -> None:
    text = 'title\n\ndate,item,quantity,note\n2024-01-01,A,1,"two\nlines"\n\n2024-01-02,A,oops,\n'
    with pytest.raises(InputFileError, match=r"row 7, item A"):
        read(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(encoding: str) -> None:
    result = read("date,item,quantity\n2024-01-01,Größe,1\n2024-01-02,Größe,2\n".encode(encoding))
    assert result.value.keys == (ItemKey("Größe"),)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, newline: str) -> None:
    rows = [["date", "item", "quantity"], ["2024-01-01", "A", "1.5"], ["2024-01-02", "A", "2"]]
    result = read(newline.join(delimiter.join(row) for row in rows))
    assert result.value.quantity.tolist() == [[1.5, 2.0]]


def test_one_order_of_day_and_month_for_the_whole_column() -> None:
    day_first = read("date,item,quantity\n03/04/2025,A,1\n04/04/2025,A,1\n13/04/2025,A,1\n")
    assert [str(d) for d in day_first.value.starts[[0, -1]]] == ["2025-04-03", "2025-04-13"]
    month_first = read("date,item,quantity\n04/03/2025,A,1\n04/04/2025,A,1\n04/13/2025,A,1\n")
    assert [str(d) for d in month_first.value.starts[[0, -1]]] == ["2025-04-03", "2025-04-13"]


def test_dates_that_can_be_read_both_ways_are_told_and_can_be_set() -> None:
    text = "date,item,quantity\n03/04/2025,A,1\n05/04/2025,A,1\n"
    told = read(text, period=Period.DAY)
    assert "ambiguous_date" in {f.code for f in told.findings}
    assert str(told.value.starts[0]) == "2025-04-03"
    as_set = read(text, period=Period.DAY, options=ReadOptions(date_order="month_first"))
    assert str(as_set.value.starts[0]) == "2025-03-04"
    assert "ambiguous_date" not in {f.code for f in as_set.findings}


def test_number_that_can_be_read_both_ways_is_told_and_can_be_set() -> None:
    text = "date,item,quantity\n2025-04-03,A,1.234\n2025-04-04,A,2.000\n"
    told = read(text)
    assert "ambiguous_number" in {f.code for f in told.findings}
    as_set = read(text, options=ReadOptions(decimal=","))
    assert as_set.value.quantity.tolist() == [[1234.0, 2000.0]]


def test_spreadsheet_day_numbers_are_dates_in_a_date_column_only() -> None:
    result = read("date,item,quantity\n45306,A,45306\n45307,A,1\n")
    assert str(result.value.starts[0]) == "2024-01-15"
    assert result.value.quantity.tolist() == [[45306.0, 1.0]]


def test_rows_short_of_optional_cells_are_kept_in_their_place() -> None:
    result = read(
        "date,item,quantity,in_stock\n2024-01-01,A,1\n2024-01-02,A,2,no\n2024-01-03,A,3\n"
    )
    assert result.value.quantity.tolist() == [[1.0, 2.0, 3.0]]
    assert result.value.in_stock.tolist() == [[True, False, True]]


def test_workbook_keeps_codes_dates_and_numbers() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Report", None, None])
    sheet.append(["Menge", "Artikel", "Datum"])
    sheet.append([5, "00123", datetime(2024, 1, 1)])
    sheet.append([2.5, "00123", datetime(2024, 1, 2)])
    sheet.append([None, "Total", None])
    book.create_sheet("Notes").append(["nothing"])
    out = io.BytesIO()
    book.save(out)
    result = read(out.getvalue())
    assert result.value.keys == (ItemKey("00123"),)
    assert result.value.quantity.tolist() == [[5.0, 2.5]]
    assert guess(result, "sheet").value == "Sheet"
    with pytest.raises(InputFileError, match="Sheet, Notes"):
        read(out.getvalue(), options=ReadOptions(sheet="Sales"))


@pytest.mark.parametrize(
    "header",
    [
        ["date", "item", "location", "quantity", "in_stock"],
        ["Datum", "Artikel-Nr.", "Filiale", "Menge", "Verfügbar"],
        ["Jour", "Référence", "Magasin", "Quantité", "Disponible"],
        ["Fecha", "Código", "Tienda", "Cantidad", "Disponible"],
        ["DATUM", "artikelnummer", "Winkel", "Aantal", "op_voorraad"],
        ["Order Date (UTC)", "SKU", "Store ID", "Units Sold", "InStock"],
    ],
)
def test_columns_are_found_in_five_languages_and_any_order(header: list[str]) -> None:
    found = guess_columns([*reversed(header), "whatever"], "history")
    names = ["date", "item", "location", "quantity", "in_stock"]
    assert {name: guess.column for name, guess in found.items()} == dict(
        zip(names, header, strict=True)
    )


def test_repeated_rows_are_told_and_treated_as_chosen() -> None:
    text = "date,item,quantity\n2024-01-01,A,5\n2024-01-01,A,5\n2024-01-02,A,1\n2024-01-02,A,2\n"
    summed = read(text)
    assert summed.value.quantity.tolist() == [[10.0, 3.0]]
    told = {f.code: (f.severity, f.row) for f in summed.findings}
    assert told["duplicate_row"] == ("warning", 3)
    assert told["same_item_and_date"][1] == 5
    dropped = read(text, duplicates="drop")
    assert dropped.value.quantity.tolist() == [[5.0, 3.0]]
    assert dropped.counts.rows_used == 3
    with pytest.raises(InputFileError, match="row 3"):
        read(text, duplicates="error")


def test_returns_are_netted_and_never_below_zero() -> None:
    result = read("date,item,quantity\n2024-01-01,A,6\n2024-01-01,A,-2\n2024-01-02,A,-3\n")
    assert result.value.quantity.tolist() == [[1.0, 0.0]]
    assert {"returns", "returns_carried_back"} <= {f.code for f in result.findings}
    assert "same_item_and_date" not in {f.code for f in result.findings}


def test_partial_last_week_is_told_and_can_be_left_out() -> None:
    days = [f"2024-01-{d:02d},A,1" for d in range(1, 18)]
    text = "date,item,quantity\n" + "\n".join(days)
    kept = read(text, period=Period.WEEK)
    assert kept.value.quantity.tolist() == [[7.0, 7.0, 3.0]]
    assert "partial_last_period" in {f.code for f in kept.findings}
    left_out = read(text, period=Period.WEEK, partial_last="drop")
    assert left_out.value.quantity.tolist() == [[7.0, 7.0]]


def test_weekly_file_gives_whole_weeks_on_their_last_day() -> None:
    text = "date,item,quantity\n2024-04-01,A,3\n2024-04-08,A,4\n2024-03-25,A,4\n"
    result = read(text, as_of=date(2024, 4, 14))
    assert result.value.period is Period.WEEK
    assert result.value.quantity.tolist() == [[4.0, 3.0, 4.0]]
    assert not result.findings
    early = read(text, as_of=date(2024, 4, 10))
    assert "partial_last_period" in {f.code for f in early.findings}


def test_outlier_and_capital_twins_and_stale_sales_are_told() -> None:
    rows = [f"2024-01-{d:02d},a1,{2 + d % 3}" for d in range(1, 21)]
    text = "date,item,quantity\n" + "\n".join([*rows, "2024-01-21,a1,5000", "2024-01-22,A1,1"])
    apart = ReadOptions(answers={"spelling": "apart"})
    codes = {f.code for f in read(text, as_of=date(2024, 3, 1), options=apart).findings}
    assert {"outlier", "case_twins", "stale"} <= codes
