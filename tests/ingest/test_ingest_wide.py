"""Tables with one column per period or per item: laid out long, nothing guessed in silence."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from core.domain import InputFileError, Period
from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, answers: dict[str, str] | None = None) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers or {})
    return read_history(Source("wide.csv", text.encode()), options=options)


def ids(result: Result) -> list[str]:  # type: ignore[type-arg]
    return [asked.question.id for asked in result.questions]


MONTHS = "SKU;Bezeichnung;2024-01;2024-02;2024-03;Summe\n"


def test_items_in_rows_and_months_in_columns() -> None:
    result = read(MONTHS + "00123;Becher;5;0;7;12\nNA;Teller;1;2;3;6\n")
    history = result.value
    assert [key.item for key in history.keys] == ["00123", "NA"]
    assert (history.period, str(history.starts[0])) == (Period.MONTH, "2024-01-01")
    assert history.quantity.tolist() == [[5, 0, 7], [1, 2, 3]]
    assert ids(result) == []
    layout = next(guess for guess in result.guesses if guess.name == "layout")
    assert "'2024-01' to '2024-03'" in layout.evidence
    assert next(f for f in result.findings if f.code == "columns_left_out").what.endswith("Summe")


def test_newest_period_first_is_turned_round() -> None:
    rows = "item,2024-03,2024-02,2024-01\nA,7,,5\nB,3,2,\n"
    result = read(rows, {"blank_cells": "zero"})
    assert result.value.quantity.tolist() == [[5, 0, 7], [0, 2, 3]]
    # Before its first number an item was not listed: nothing to ask.
    assert result.value.first_listed.tolist() == [0, 1]


def test_periods_in_rows_and_items_in_columns_without_totals_and_calendar() -> None:
    rows = "datum,M01,N02,Total=B+C,Year,Weekday Name\n2024-01-01,1,2,3,2024,Monday\n"
    result = read(rows + "2024-01-02,0,4,4,2024,Tuesday\n2024-01-03,5,1,6,2024,Wednesday\n")
    history = result.value
    assert [key.item for key in history.keys] == ["M01", "N02"]
    assert history.quantity.tolist() == [[1, 0, 5], [2, 4, 1]]
    (left,) = [f for f in result.findings if f.code == "columns_left_out"]
    assert "Total=B+C, Year, Weekday Name" in left.what


def test_a_blank_cell_is_asked_about_and_unknown_until_then() -> None:
    rows = "item,2024-01,2024-02,2024-03,2024-04\nA,5,NA,7,\nB,NA,1,2,3\n"
    open_ = read(rows)
    (asked,) = open_.questions
    assert (asked.question.id, asked.answer, asked.is_open) == ("blank_cells", "unknown", True)
    assert asked.question.examples == ("row 2, 2024-02: 'NA'", "row 2, 2024-04: ''")
    assert open_.value.in_stock.tolist()[0] == [True, False, True, False]
    told = read(rows, {"blank_cells": "zero"})
    assert told.value.in_stock.all()
    assert not told.questions[0].is_open
    assert told.value.quantity.tolist() == [[5, 0, 7, 0], [0, 1, 2, 3]]


def test_numbered_weeks_ask_when_the_first_began() -> None:
    rows = "code," + ",".join(f"W{k}" for k in range(8)) + ",MIN,MAX\nA," + "3," * 8 + "3,3\n"
    result = read(rows, {"first_period": "02.01.2023"})
    assert (result.value.period, str(result.value.starts[0])) == (Period.WEEK, "2023-01-02")
    assert result.value.quantity.sum() == 24
    proposed = read(rows)
    assert ids(proposed) == ["first_period"]
    last = proposed.value.starts[-1].astype("datetime64[D]").astype(object)
    assert last + timedelta(days=7) <= date.today() < last + timedelta(days=14)
    with pytest.raises(InputFileError, match="is not a date") as caught:
        read(rows, {"first_period": "soon"})
    assert caught.value.findings[0].code == "bad_answer"


def test_numbered_columns_that_are_no_periods_are_items() -> None:
    rows = "date," + ",".join(f"SKU{k}" for k in range(8)) + "\n"
    rows += "".join(f"2024-01-0{d}," + ",".join("12345678") + "\n" for d in range(1, 4))
    result = read(rows)
    assert [key.item for key in result.value.keys] == [f"SKU{k}" for k in range(8)]
    assert result.value.quantity.sum() == 3 * 36


def test_codes_without_a_known_name_are_the_column_that_tells_rows_apart() -> None:
    rows = "Kind,Ref,2024-01,2024-02\nx,K1,1,2\nx,K2,3,4\n"
    assert [key.item for key in read(rows).value.keys] == ["K1", "K2"]


def test_an_item_without_any_number_is_left_out_and_said_so() -> None:
    result = read("item,2024-01,2024-02\nB,,\nA,1,2\n")
    assert [key.item for key in result.value.keys] == ["A"]
    assert "no_quantity_at_all" in {f.code for f in result.findings}


def test_a_faulty_cell_points_at_its_line() -> None:
    with pytest.raises(InputFileError) as caught:
        read("item,2024-01,2024-02\nA,1,2\nB,many,4\n")
    (finding,) = [f for f in caught.value.findings if f.severity == "error"]
    assert (finding.row, finding.value, finding.item) == (3, "many", "B")


def test_days_across_with_decimal_commas_and_stores() -> None:
    rows = "Artikel;Filiale;01.02.2024;02.02.2024;13.02.2024\nA;Nord;1,5;2;0\nA;Süd;4;0;1.000,5\n"
    history = read(rows).value
    assert [(key.item, key.location) for key in history.keys] == [("A", "Nord"), ("A", "Süd")]
    assert history.n_periods == 13
    assert history.quantity.sum() == pytest.approx(1008.0)
    assert np.count_nonzero(history.quantity) == 4


def test_months_without_a_year_are_asked_about_and_end_in_the_past() -> None:
    names = "Artikel;Nov;Dez;Jan;Feb;Mrz;Apr;Mai;Jun;Jul;Aug;Sep;Okt;Nov;Dez\n"
    rows = names + "00123;" + ";".join(map(str, range(14))) + "\n"
    result = read(rows)
    (asked,) = result.questions
    assert asked.question.id == "first_period"
    history = result.value
    assert str(history.starts[0])[5:7] == "11" and str(history.starts[-1])[5:7] == "12"
    age = np.datetime64(date.today(), "M") - history.starts[-1].astype("datetime64[M]")
    assert 1 <= int(age.astype(int)) <= 12
    told = read(rows, {"first_period": "2022-11-01"}).value
    assert str(told.starts[-1]) == "2023-12-01"
    assert told.quantity.tolist() == [list(range(14))]


def test_months_out_of_order_are_no_calendar() -> None:
    rows = "Artikel;Jan;Mrz;Feb;Mai;Apr;Jun\n00123;1;2;3;4;5;6\n00124;1;2;3;4;5;6\n"
    with pytest.raises(InputFileError):
        read(rows)


YEARS = "Item,Year,Jan,Feb,Mar,Apr,May,Jun\nA,2024,1,2,3,4,5,6\nA,2025,7,8,9,,,\nB,2025,,1,1,,,\n"


def test_a_column_of_years_dates_the_months_beside_it() -> None:
    result = read(YEARS)
    history = result.value
    assert (str(history.starts[0]), str(history.starts[-1])) == ("2024-01-01", "2025-03-01")
    assert history.quantity[0].tolist() == [1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 7, 8, 9]
    # April to June 2025 lie after the last number of all: they are to come, and not asked about.
    assert ids(result) == []


def test_weeks_are_proposed_where_their_number_can_stand_in_a_year() -> None:
    weeks = ";".join(f"KW {n}" for n in range(1, 53))
    rows = f"Artikel;{weeks}\n00123;" + ";".join(["3"] * 52) + "\n00124;" + ";".join(["4"] * 52)
    (asked,) = read(rows).questions
    assert date.fromisoformat(asked.answer).isocalendar().week == 1
    told = read(rows, {"first_period": "2020"}).value
    assert str(told.starts[0]) == "2019-12-30"
    with pytest.raises(InputFileError, match="not a date"):
        read(rows, {"first_period": "soon"})
