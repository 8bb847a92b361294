"""Names of columns, dates and layouts as shops and tills write them."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from core.domain import InputFileError
from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    return read_history(Source("file.csv", text.encode()), options=ReadOptions(answers=answers))


def read_sheet(rows: list[list[object]], **answers: str) -> Result:  # type: ignore[type-arg]
    book, data = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(data)
    options = ReadOptions(answers=answers)
    return read_history(Source("file.xlsx", data.getvalue()), options=options)


def sold(result: Result) -> dict[tuple[str, str], float]:  # type: ignore[type-arg]
    """Return what was sold, by item and first day of the period."""
    history = result.value
    days = list(map(str, history.starts))
    return {
        (key.item, days[k]): n
        for i, key in enumerate(history.keys)
        for k, n in enumerate(history.quantity[i].tolist())
        if n
    }


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


def test_the_units_of_the_month_are_taken_and_not_those_of_the_year() -> None:
    result = read(
        "Periodo;Artículo;Uds. mes;Uds. acumuladas año;Uds. mes año anterior\n"
        "01/2025;A;5;5;4\n02/2025;A;7;12;6\n03/2025;A;2;14;9\n"
    )
    assert asked(result) == {}
    assert list(sold(result).values()) == [5, 7, 2]


@pytest.mark.parametrize("name", ["UGS", "Etiqueta personalizada (SKU)"])
def test_a_shop_s_own_code_is_the_item_and_not_the_number_of_the_line(name: str) -> None:
    result = read(
        f"Date de la commande;Article #;{name};Quantité\n"
        "2025-02-01;1;SIR070;2\n2025-02-02;1;SAV300;1\n2025-02-03;2;SIR070;4\n"
    )
    assert sold(result) == {
        ("SIR070", "2025-02-01"): 2,
        ("SAV300", "2025-02-02"): 1,
        ("SIR070", "2025-02-03"): 4,
    }


@pytest.mark.parametrize("time", ["12:26", "12:26:05", "9h05", "7:15 pm"])
def test_a_time_of_day_beside_the_date_is_not_used(time: str) -> None:
    result = read(f"Date;Heure;Article;Quantité\n2025-05-02;{time};A;2\n2025-05-03;08:15;A;3\n")
    assert sold(result) == {("A", "2025-05-02"): 2, ("A", "2025-05-03"): 3}
    assert any(g.name == "time of day" and "Heure" in g.evidence for g in result.guesses)
    assert "Heure" in result.unused_columns


def test_hours_that_are_numbers_still_tell_when_the_item_was_out_of_stock() -> None:
    rows = "".join(f"2025-05-02,{hour},A,2,{'no' if hour > 18 else 'yes'}\n" for hour in range(24))
    result = read(f"date,hour,item,quantity,in_stock\n{rows}2025-05-03,0,A,2,yes\n")
    assert result.columns["hour"].column == "hour"
    with pytest.raises(InputFileError):
        read("date,hour,item,quantity\n2025-05-02,12:26,A,2\n2025-05-03,noon,A,3\n")


MONTHS: list[object] = [f"2025-{month:02d}" for month in range(1, 5)]


def test_units_in_the_cells_of_a_wide_table_are_told_and_dropped() -> None:
    result = read_sheet(
        [
            ["Product", *MONTHS],
            ["Mug", 3, 4, 5, 6],
            ["Twine", "29 pcs", "54 pcs", "57 pcs", "9 pcs"],
        ]
    )
    assert [n for (item, _), n in sold(result).items() if item == "Twine"] == [29, 54, 57, 9]
    assert [n for (item, _), n in sold(result).items() if item == "Mug"] == [3, 4, 5, 6]
    assert any(g.name == "unit of quantity" and "29 pcs" in g.evidence for g in result.guesses)


@pytest.mark.parametrize(
    "cells",
    [[29, 54, 57, "9 pcs"], ["29 old", "4 old", "5 old", "6 old"]],
)
def test_a_single_slip_or_a_word_that_is_no_unit_is_refused(cells: list[object]) -> None:
    with pytest.raises(InputFileError, match="is not a number"):
        read_sheet([["Product", *MONTHS], ["Mug", 3, 4, 5, 6], ["Twine", *cells]])


def test_an_item_in_several_units_is_asked_about() -> None:
    cells: list[object] = ["29 pcs", "54 kg", "57 pcs", "9 kg"]
    result = read_sheet([["Product", *MONTHS], ["Mug", 3, 4, 5, 6], ["Twine", *cells]])
    assert asked(result) == {"mixed_units": "add"}


@pytest.mark.parametrize("week", ["Semana {} ({})", "KW {} [{}]", "Week {}/25 ({})"])
def test_a_week_with_a_date_in_brackets_is_that_date(week: str) -> None:
    dates = [(32, "04/08/2025"), (33, "11/08/2025"), (34, "18/08/2025")]
    rows = "".join(f"{week.format(*d)};A;{n}\n" for n, d in enumerate(dates, 5))
    result = read(f"Semana;Artículo;Cantidad\n{rows}")
    assert list(sold(result)) == [("A", f"2025-08-{day}") for day in ("04", "11", "18")]
    assert list(sold(result).values()) == [5, 6, 7]


def test_a_number_in_brackets_is_no_date_of_a_week() -> None:
    with pytest.raises(InputFileError):
        read("Semana;Artículo;Cantidad\nSemana 32 (5);A;2\nSemana 33 (6);A;3\n")


BY_ITEM: list[list[object]] = [
    ["Fecha", "Documento", "Cliente", "Cantidad"],
    ["Artículo: A1 Aceite", None, None, None],
    ["04/02/2025", "F1", "Ruiz", 4],
    ["13/02/2025", "F2", "Ruiz", 11],
    [None, None, "Total artículo:", 15],
    ["Artículo: B2 Pan", None, None, None],
    ["05/02/2025", "F3", "Pepe", 6],
    [None, None, "Total artículo:", 6],
    [None, None, "Total general:", 21],
]


def test_headings_that_name_the_item_stand_in_the_column_of_dates() -> None:
    result = read_sheet(BY_ITEM)
    assert asked(result) == {}
    assert sold(result) == {
        ("A1 Aceite", "2025-02-04"): 4,
        ("A1 Aceite", "2025-02-13"): 11,
        ("B2 Pan", "2025-02-05"): 6,
    }


TILL = (
    "Bon;Datum;PLU;Omschrijving;Aantal\n1;12-3-2026;A;Stroop;1\n2;12-3-2026;B;Koek;3\n"
    ";;;Dagtotaal;4\n3;13-3-2026;A;Stroop;5\n;;;Dagtotaal;5\n"
)


def test_totals_of_days_between_the_rows_are_left_out_and_told() -> None:
    result = read(TILL)
    want = {("A", "2026-03-12"): 1, ("B", "2026-03-12"): 3, ("A", "2026-03-13"): 5}
    assert sold(result) == want
    assert any(f.code == "total_row" for f in result.findings)


def test_a_row_without_item_and_date_that_says_no_total_is_not_left_out() -> None:
    with pytest.raises(InputFileError, match="is empty"):
        read(TILL.replace(";;;Dagtotaal;4", ";;;Stroop;4"))
    named = read(TILL.replace("A;Stroop", "A;Dagtotaal"))
    assert sold(named)[("A", "2026-03-13")] == 5


ORDERS = (
    "Référence;Date de la commande;État;Article;Quantité\nS1;16/01/2025;Bon de commande;A;2\n"
    ";;;B;3\nS2;17/01/2025;Annulé;A;9\n;;;B;8\nS3;18/01/2025;Bon de commande;A;4\n;;;B;5\n;;;C;6\n"
)
KEPT = {
    ("A", "2025-01-16"): 2,
    ("B", "2025-01-16"): 3,
    ("A", "2025-01-18"): 4,
    ("B", "2025-01-18"): 5,
    ("C", "2025-01-18"): 6,
}


@pytest.mark.parametrize("number", ["first", "all"])
def test_date_and_status_of_an_order_hold_for_its_further_lines(number: str) -> None:
    text = ORDERS
    if number == "all":
        for order in ("S1", "S2", "S3"):
            head, _, rest = text.partition(f"\n{order};")
            first, *lines = rest.split("\n")
            until = next((k for k, line in enumerate(lines) if line[:1] != ";"), len(lines))
            lines[:until] = [order + line for line in lines[:until]]
            text = f"{head}\n{order};" + "\n".join([first, *lines])
    result = read(text)
    assert sold(result) == KEPT
    assert "fill_down" not in asked(result)
    assert any(g.name == "lines of an order" for g in result.guesses)


def test_a_month_that_stands_once_for_its_block_is_asked_about() -> None:
    rows: list[list[object]] = [
        [None, None, "Fakturierte Menge", "Nettowert"],
        ["Kalenderjahr/Monat", "Material", "ST", "EUR"],
        ["01.2025", "4711", 5, 10.5],
        [None, "4712", 7, 14.5],
        ["02.2025", "4711", 2, 4.5],
        [None, "4712", 3, 6.5],
        [None, "4713", 4, 8.5],
    ]
    result = read_sheet(rows)
    assert asked(result) == {"fill_down": "fill"}
    assert result.columns["quantity"].column == "Fakturierte Menge"
    assert sold(result) == {
        ("4711", "2025-01-01"): 5,
        ("4712", "2025-01-01"): 7,
        ("4711", "2025-02-01"): 2,
        ("4712", "2025-02-01"): 3,
        ("4713", "2025-02-01"): 4,
    }
    with pytest.raises(InputFileError, match="Date is empty"):
        read_sheet(rows, fill_down="blank")


def test_a_few_blank_dates_or_lines_without_an_item_are_not_filled() -> None:
    with pytest.raises(InputFileError, match="Date is empty"):
        read("Date;Article;Quantité\n2025-01-13;A;2\n;B;3\n2025-01-14;A;2\n2025-01-15;A;2\n")
    with pytest.raises(InputFileError, match="is empty"):
        read(ORDERS.replace(";;;B;8", ";;;;8"))
