"""A year in one column and a month, week or period in another; dates as old systems write them."""

from __future__ import annotations

import pytest

from core.domain import InputFileError, Period
from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, name: str = "file.csv", **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source(name, text.encode()), options=options)


def sold(result: Result) -> dict[str, list[float]]:  # type: ignore[type-arg]
    history = result.value
    return {key.item: row for key, row in zip(history.keys, history.quantity.tolist(), strict=True)}


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


def starts(result: Result) -> list[str]:  # type: ignore[type-arg]
    return [str(day) for day in result.value.starts]


MONTHS = [
    ("Jaar;Periode;Artikel;Aantal", ("12", "1", "2")),
    ("Jahr;Monat;Artikel;Menge", ("Dez", "Jänner", "Feb.")),
    ("Año;Mes;Artículo;Cantidad", ("dic.", "ene.", "febrero")),
    ("Année;Mois;Article;Quantité", ("déc.", "janv.", "févr.")),
    ("Year;Month;Item;Qty", ("12 - December", "01 - January", "02 - February")),
    ("Year;Period;Item;Qty", ("P12", "P01", "P02")),
    ("GJahr;Periode;Material;Menge", ("012", "001", "002")),
    ("Year;Month No;Item;Qty", ("12", "01", "02")),
]


@pytest.mark.parametrize(("header", "names"), MONTHS)
def test_year_and_month_in_two_columns(header: str, names: tuple[str, ...]) -> None:
    rows = zip(("2024", "2025", "2025"), names, strict=True)
    lines = "".join(f"{y};{m};A1;{k}\n{y};{m};B2;1\n" for k, (y, m) in enumerate(rows, start=3))
    result = read(f"{header}\n{lines}", first_period="2024-01-01")
    assert result.value.period is Period.MONTH
    assert starts(result) == ["2024-12-01", "2025-01-01", "2025-02-01"]
    assert sold(result) == {"A1": [3, 4, 5], "B2": [1, 1, 1]}
    assert list(asked(result)) == (["first_period"] if "GJahr" in header else [])
    told = next(guess for guess in result.guesses if guess.name == "date")
    assert "2024-12" in told.evidence


WEEKS = [
    "Jahr;KW;Artikel;Menge",
    "Year;ISO Week;Item;Qty",
    "Année;Semaine;Article;Quantité",
    "Año;Nº semana;Artículo;Cantidad",
    "Jaar;Weeknr;Artikel;Aantal",
]


@pytest.mark.parametrize("header", WEEKS)
def test_year_and_week_in_two_columns(header: str) -> None:
    result = read(f"{header}\n2020;52;A;1\n2020;53;A;2\n2021;1;A;3\n2021;2;A;4\n")
    assert result.value.period is Period.WEEK
    assert starts(result) == ["2020-12-21", "2020-12-28", "2021-01-04", "2021-01-11"]
    assert sold(result) == {"A": [1, 2, 3, 4]}
    assert asked(result) == {}


def test_weeks_far_apart_are_weeks_and_no_months() -> None:
    result = read("Jahr;KW;Artikel;Menge\n2025;1;A;1\n2025;6;A;2\n2025;11;A;3\n")
    assert result.value.period is Period.WEEK
    assert sold(result) == {"A": [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 3]}


def test_year_month_and_day_in_three_columns() -> None:
    result = read("Year,Month,Day,Item,Qty\n2025,2,28,A,1\n2025,3,1,A,2\n2025,3,2,A,3\n")
    assert starts(result) == ["2025-02-28", "2025-03-01", "2025-03-02"]
    assert sold(result) == {"A": [1, 2, 3]}


def test_a_date_beside_year_and_month_stays_the_date() -> None:
    rows = "Jahr;Monat;Datum;Artikel;Menge\n2025;3;13.04.2025;A;1\n2025;3;14.04.2025;A;2\n"
    result = read(rows)
    assert starts(result) == ["2025-04-13", "2025-04-14"]
    assert sold(result) == {"A": [1, 2]}


def test_months_with_their_year_need_no_second_column() -> None:
    result = read("Year,Month,Item,Qty\n2024,2025-01,A,1\n2024,2025-02,A,2\n")
    assert starts(result) == ["2025-01-01", "2025-02-01"]


def test_items_in_columns_beside_year_and_month() -> None:
    result = read("Year,Month,X1,Y2\n2025,January,1,2\n2025,February,3,4\n")
    assert starts(result) == ["2025-01-01", "2025-02-01"]
    assert sold(result) == {"X1": [1, 3], "Y2": [2, 4]}


def test_a_year_that_is_written_once_above_its_rows_is_asked_about() -> None:
    rows = "2024;Nov;A;1\n;Dez;A;2\n2025;Jan;A;3\n;Feb;A;4\n;Mrz;A;5\n"
    result = read("Jahr;Monat;Artikel;Menge\n" + rows)
    assert asked(result) == {"fill_down": "fill"}
    assert sold(result) == {"A": [1, 2, 3, 4, 5]}
    assert starts(result)[0] == "2024-11-01"
    with pytest.raises(InputFileError, match="not a date"):
        read("Jahr;Monat;Artikel;Menge\n" + rows, fill_down="blank")


def test_a_fiscal_year_is_asked_when_it_begins() -> None:
    rows = "Fiscal Year,Period,Item,Qty\nFY25,11,A,1\nFY25,12,A,2\nFY26,1,A,3\n"
    result = read(rows)
    assert asked(result) == {"first_period": "2025-01-01"}
    assert starts(result)[0] == "2025-11-01"
    told = read(rows, first_period="2024-07-01")
    assert starts(told) == ["2025-05-01", "2025-06-01", "2025-07-01"]
    assert sold(told) == {"A": [1, 2, 3]}
    with pytest.raises(InputFileError, match="is not a date"):
        read(rows, first_period="summer")


def test_months_by_name_in_a_year_that_spans_two() -> None:
    rows = "Boekjaar;Maand;Artikel;Aantal\n2024/25;jun;A;2\n2025/26;jul;A;3\n2025/26;aug;A;4\n"
    result = read(rows)
    assert asked(result) == {"first_period": "2024-07-01"}
    assert starts(result) == ["2025-06-01", "2025-07-01", "2025-08-01"]
    assert sold(result) == {"A": [2, 3, 4]}


def test_thirteen_periods_are_refused_in_words() -> None:
    rows = "".join(f"2025;{period};A;5\n" for period in range(1, 14))
    with pytest.raises(InputFileError, match="neither 12 months nor 52 weeks") as caught:
        read("Jaar;Periode;Artikel;Aantal\n" + rows)
    assert caught.value.findings[0].value == "13"


def test_a_month_that_is_none_is_told_by_its_row() -> None:
    rows = "".join(f"2025;{month};A;5\n" for month in range(1, 13))
    with pytest.raises(InputFileError, match="not a date") as caught:
        read("Jahr;Monat;Artikel;Menge\n" + rows + "2025;Summe X;A;60\n")
    assert caught.value.findings[0].row == 14


SAP = ["003.2026", "2026003", "P03 2026", "2026/003", "03.2026", "2026/03", "P03.2026", "2026-P03"]


@pytest.mark.parametrize("text", SAP)
def test_periods_of_a_ledger(text: str) -> None:
    other = text.replace("03", "04")
    result = read(f"Buchungsperiode;Material;Menge\n{text};A;1\n{other};A;2\n")
    assert starts(result) == ["2026-03-01", "2026-04-01"]
    assert sold(result) == {"A": [1, 2]}
