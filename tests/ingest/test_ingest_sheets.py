"""Workbooks with several sheets: the right one by its name, all of them, or a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import pytest

from core.domain import InputFileError, SalesHistory
from core.ingest import ReadOptions, Result, Source, read_history, read_stock
from core.ingest.sheet_names import fitness, is_part, is_time, may_be_place, place_of
from tests.ingest.corpus.parts import saved

Rows = Sequence[Sequence[Any]]
HEADER = ("Datum", "Artikel", "Menge")
SALES = (HEADER, ("2026-03-02", "A", 3), ("2026-03-03", "B", 4))


def workbook(sheets: Mapping[str, Rows]) -> Source:
    """Return a workbook with these sheets, in this order."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return Source("book.xlsx", saved(made))


def read(
    sheets: Mapping[str, Rows], answer: str | None = None, **more: Any
) -> Result[SalesHistory]:
    """Read sales, with an answer to the question of the sheet."""
    answers = {} if answer is None else {"sheet": answer}
    return read_history(workbook(sheets), options=ReadOptions(answers=answers), **more)


def series(history: SalesHistory) -> dict[str, dict[str, float]]:
    """Return the sales above nothing, by item and first day of the period."""
    days = history.starts.astype(str)
    return {
        key.label: {d: q for d, q in zip(days, row, strict=True) if q}
        for key, row in zip(history.keys, history.quantity.tolist(), strict=True)
    }


def asked(result: Result[SalesHistory]) -> dict[str, str]:
    """Return the defaults of the questions, by id."""
    return {each.question.id: each.question.default for each in result.questions}


def guess(result: Result[Any], name: str) -> tuple[str, str]:
    """Return value and evidence of a guess."""
    return next((g.value, g.evidence) for g in result.guesses if g.name == name)


MONTHS = {
    "Mrz 2026": SALES,
    "Apr 2026": (("Menge", "Datum", "Artikel "), (5, "2026-04-01", "A"), (6, "2026-04-01", "C")),
}


def test_a_sheet_per_month_is_read_whole_by_default():
    result = read(MONTHS)
    assert series(result.value) == {
        "A": {"2026-03-02": 3, "2026-04-01": 5},
        "B": {"2026-03-03": 4},
        "C": {"2026-04-01": 6},
    }
    assert asked(result)["sheet"] == "(all)"
    assert guess(result, "rows of the sheets")[0] == "Mrz 2026: 2, Apr 2026: 2"
    assert (result.counts.rows_read, result.counts.rows_used) == (4, 4)


def test_each_choice_shows_how_long_the_sheet_is_and_what_it_begins_with():
    question = next(q.question for q in read(MONTHS).questions if q.question.id == "sheet")
    assert question.choices["Apr 2026"] == "Apr 2026 (3 lines; first 5, 2026-04-01, A)"


def test_one_of_the_sheets_can_be_chosen():
    result = read(MONTHS, "Mrz 2026")
    assert series(result.value) == {"A": {"2026-03-02": 3}, "B": {"2026-03-03": 4}}


def test_the_year_in_the_names_of_sheets_dates_their_months():
    head = ("Artikel", "Jan", "Feb", "Mrz")
    result = read({"2025": (head, ("A", 1, 2, 3)), "2026": (head[:3], ("A", 4, 5))})
    assert series(result.value)["A"] == {
        "2025-01-01": 1,
        "2025-02-01": 2,
        "2025-03-01": 3,
        "2026-01-01": 4,
        "2026-02-01": 5,
    }
    assert "first_period" not in asked(result)
    assert "'2025'" in guess(result, "year")[1]


def test_months_over_the_end_of_a_year_are_not_dated_by_the_sheet():
    head = ("Artikel", "Okt", "Nov", "Dez", "Jan", "Feb", "Mrz")
    result = read({"Saison 2026": (head, ("A", 1, 2, 3, 4, 5, 6))})
    assert "first_period" in asked(result)
    assert not [g for g in result.guesses if g.name == "year"]


@pytest.mark.parametrize("names", [("2024-25", "2025-26"), ("2025", "2026"), ("alt", "neu")])
def test_sheets_of_months_whose_year_is_not_proved_are_not_added_up(names: tuple[str, str]):
    head = ("Artikel", "Okt", "Nov", "Dez", "Jan", "Feb", "Mrz")
    result = read({name: (head, ("A", 1, 2, 3, 4, 5, 6)) for name in names})
    assert result.value.quantity.sum() == 21
    assert asked(result)["sheet"] == names[0]
    question = next(q.question for q in result.questions if q.question.id == "sheet")
    assert "(all)" not in question.choices


def test_shops_that_a_column_tells_are_read_below_each_other():
    head = (*HEADER, "Filiale")
    sheets = {c: (head, ("2026-03-02", "A", 1, c), ("2026-03-03", "A", 2, c)) for c in ("B1", "B2")}
    result = read({"Bonn": sheets["B1"], "Köln": sheets["B2"]})
    assert asked(result)["sheet"] == "(all)"
    assert [key.label for key in result.value.keys] == ["A @ B1", "A @ B2"]


def test_sheets_without_dates_get_them_from_their_months():
    head = ("Artikel", "Menge")
    sheets = {"2026-01": (head, ("A", 1), ("B", 2)), "2026-02": (head, ("A", 3))}
    result = read(sheets)
    assert series(result.value) == {"A": {"2026-01-01": 1, "2026-02-01": 3}, "B": {"2026-01-01": 2}}


def test_a_sheet_per_shop_becomes_the_location():
    sheets = {"Verkauf Berlin": SALES, "Verkauf Köln": SALES}
    result = read(sheets)
    assert asked(result)["sheet"] == "(places)"
    assert series(result.value) == {
        "A @ Berlin": {"2026-03-02": 3},
        "A @ Köln": {"2026-03-02": 3},
        "B @ Berlin": {"2026-03-03": 4},
        "B @ Köln": {"2026-03-03": 4},
    }
    below = read(sheets, "(all)")
    assert series(below.value) == {"A": {"2026-03-02": 6}, "B": {"2026-03-03": 8}}


@pytest.mark.parametrize(
    ("other", "sales"),
    [
        ("Bestand", "Verkauf"),
        ("Purchases", "Sales"),
        ("Prévisions", "Ventes"),
        ("Compras", "Ventas"),
        ("Inkoop", "Verkoop"),
        ("Sales plan", "Sales"),
    ],
)
def test_the_name_of_a_sheet_counts(other: str, sales: str):
    rows = (HEADER, ("2026-10-31", "A", 999), ("2026-10-31", "Z", 999))
    result = read({other: rows, sales: SALES})
    assert series(result.value) == {"A": {"2026-03-02": 3}, "B": {"2026-03-03": 4}}
    assert "sheet" not in asked(result)
    assert guess(result, "sheet") == (
        sales,
        f"the one of 2 whose name says so; not read, by their names: {other}",
    )


def test_a_sheet_of_totals_is_not_counted_beside_its_months():
    result = read({"Gesamt": SALES, **MONTHS})
    assert series(result.value)["A"] == {"2026-03-02": 3, "2026-04-01": 5}
    assert asked(result)["sheet"] == "(all)"
    assert guess(result, "sheet")[1].endswith("not read, by their names: Gesamt")
    assert not [f for f in result.findings if f.code == "sheet_left_out"]


def test_the_new_year_may_have_one_month_only():
    head = ("Artikel", "Nov", "Dez")
    result = read({"2025": (head, ("A", 1, 2)), "2026": (("Artikel", "Jan"), ("A", 3))})
    assert series(result.value)["A"] == {"2025-11-01": 1, "2025-12-01": 2, "2026-01-01": 3}


def test_a_blank_cell_where_a_new_year_begins_is_asked_about_like_others():
    head = ("Artikel", "Jan", "Feb", "Mrz")
    sheets = {
        "2025": (head, ("A", 1, 2, 3), ("B", 0, 5, 6)),
        "2026": (head, ("A", None, 0, 4), ("B", 3, 2, 2)),
    }
    assert "missing_rows" in asked(read(sheets)) or "blank_cells" in asked(read(sheets))


def test_the_only_sheet_is_read_and_an_odd_name_is_told_of():
    told = [f for f in read({"Bestand": SALES}).findings if f.code == "sheet_name"]
    assert [f.value for f in told] == ["Bestand"]
    assert not [f for f in read({"Artikel": SALES}).findings if f.code == "sheet_name"]


def test_for_stock_it_counts_the_other_way_round():
    head = ("Artikel", "Bestand")
    book = workbook({"Verkauf": (head, ("A", 1)), "Lagerbestand": (head, ("A", 7))})
    assert [each.on_hand for each in read_stock(book).value] == [7]


def test_rows_of_sales_come_before_a_table_of_their_sums_and_it_is_asked():
    pivot = (("Artikel", "2026-03-01", "2026-04-01"), ("A", 3, 0), ("B", 4, 0))
    result = read({"Auswertung": pivot, "Daten": SALES})
    assert series(result.value) == {"A": {"2026-03-02": 3}, "B": {"2026-03-03": 4}}
    assert asked(result)["sheet"] == "Daten"
    assert guess(result, "sheet")[1] == "the one of 2 that has a row per sale"
    assert series(read({"Auswertung": pivot, "Daten": SALES}, "Auswertung").value)["A"] == {
        "2026-03-01": 3
    }


def test_a_sheet_beside_the_sales_that_is_no_table_of_sales_asks_nothing():
    result = read({"Notizen": (("Stand", "März"),), "Tabelle2": SALES})
    assert series(result.value) == {"A": {"2026-03-02": 3}, "B": {"2026-03-03": 4}}
    assert "sheet" not in asked(result)


def test_sheets_whose_names_tell_nothing_of_it_are_asked_for_and_the_first_is_taken():
    result = read({"Sheet1": SALES, "Old": (HEADER, ("2025-03-02", "A", 9))})
    assert asked(result)["sheet"] == "Sheet1"
    assert series(result.value) == {"A": {"2026-03-02": 3}, "B": {"2026-03-03": 4}}


@pytest.mark.parametrize("copy", ["Daten (2)", "Daten alt"])
def test_a_copy_of_a_sheet_is_not_added_to_it(copy: str):
    result = read({"Daten": SALES, copy: SALES})
    assert series(result.value) == {"A": {"2026-03-02": 3}, "B": {"2026-03-03": 4}}
    assert asked(result)["sheet"] == "Daten"


def test_a_month_with_other_columns_is_told_of():
    odd = (("Tag", "Nummer", "Stk"), ("2026-05-01", "A", 9))
    result = read({**MONTHS, "Mai 2026": odd})
    assert series(result.value)["A"] == {"2026-03-02": 3, "2026-04-01": 5}
    told = next(f for f in result.findings if f.code == "sheet_left_out")
    assert told.value == "Mai 2026"


def test_faults_name_the_sheet_and_its_own_row():
    sheets = {**MONTHS, "Mai 2026": (HEADER, ("2026-05-01", "A", 1), ("2026-05-02", "A", "viel"))}
    with pytest.raises(InputFileError) as caught:
        read(sheets)
    told = next(f for f in caught.value.findings if f.code == "not_a_number")
    assert told.where == "book.xlsx, sheet 'Mai 2026', row 3, item A, column 'Menge'"
    assert told.examples == ("Mai 2026, row 3: 'viel'",)
    result = read(sheets, reject_bad_rows=True)
    assert result.rejected[["sheet", "row"]].values.tolist() == [["Mai 2026", 3]]


def test_questions_name_the_sheet_and_its_own_row():
    sheets = {**MONTHS, "Mai 2026": (HEADER, ("2026-05-01", "A", -2), ("2026-05-02", "A", 5))}
    question = next(q.question for q in read(sheets).questions if q.question.id == "negatives")
    assert question.examples == ("Mai 2026, row 2: '-2'",)


def test_totals_of_each_sheet_are_told_once():
    total = ("Gesamt", None, 7)
    result = read({"Mrz 2026": (*SALES, total), "Apr 2026": (*MONTHS["Apr 2026"], (11, "Summe"))})
    assert series(result.value)["A"] == {"2026-03-02": 3, "2026-04-01": 5}
    told = [f for f in result.findings if f.code == "total_row"]
    assert [f.count for f in told] == [2]


def test_a_file_that_was_exported_per_part_of_the_list_is_one():
    sheets = {"Tabelle1": SALES, "Tabelle2": (HEADER, ("2026-03-04", "A", 1))}
    assert series(read(sheets).value)["A"] == {"2026-03-02": 3, "2026-03-04": 1}


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(InputFileError, match=r"Mrz 2026, Apr 2026"):
        read(MONTHS, "Mai 2026")


@pytest.mark.parametrize(
    "name",
    ["2025", "Umsatz 2025", "Mrz 2026", "Mai", "KW 12 2026", "2026-03", "Q1 2025", "01.03.26"],
)
def test_names_of_times(name: str):
    assert is_time(name)
    assert not may_be_place(name)


@pytest.mark.parametrize("name", ["Berlin", "Filiale 12", "Store 2025 Plaza", "S1"])
def test_names_of_places(name: str):
    assert may_be_place(name)
    assert not is_time(name)


def test_names_of_sheets():
    assert is_part("Tabelle1") and is_part("Verkauf 2") and not is_part("Lyon")
    assert place_of("Ventes Lyon") == "Lyon"
    assert fitness("Verkaufszahlen", "history") == 0
    assert fitness("Verkauf 2025", "history") == 1
    assert fitness("Verkauf", "stock") == -1
    assert [fitness(name, "history") for name in ("Artikel", "Gesamt", "Verkauf gesamt")] == [0] * 3
