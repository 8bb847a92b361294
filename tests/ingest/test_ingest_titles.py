"""What the lines above a table tell: the year of its dates, or the only period of its sales."""

from __future__ import annotations

from datetime import date

import pytest

from core.domain import InputFileError, Period
from core.ingest import ReadOptions, Result, Source, read_history
from core.ingest.titles import period_in


def read(text: str, name: str = "file.csv", **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source(name, text.encode()), options=options)


def sold(result: Result) -> dict[str, float]:  # type: ignore[type-arg]
    history = result.value
    days, sums = map(str, history.starts), history.quantity[0].tolist()
    return {day: n for day, n in zip(days, sums, strict=True) if n}


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


NAMED = [
    ("Absatz 01.10.2026 - 31.10.2026", "2026-10-01", "2026-10-31", Period.MONTH),
    ("Absatz 01.10.2026-31.10.2026", "2026-10-01", "2026-10-31", Period.MONTH),
    ("Umsatz März 2026", "2026-03-01", "2026-03-31", Period.MONTH),
    ("Ventas de marzo de 2026", "2026-03-01", "2026-03-31", Period.MONTH),
    ("Ventes du 01/03/2026 au 31/03/2026", "2026-03-01", "2026-03-31", Period.MONTH),
    ("Verkoop (februari 2024)", "2024-02-01", "2024-02-29", Period.MONTH),
    ("Sales March 1, 2026 to March 31, 2026", "2026-03-01", "2026-03-31", Period.MONTH),
    ("Sales report KW 40/2026", "2026-09-28", "2026-10-04", Period.WEEK),
    ("28.09.2026 bis 04.10.2026", "2026-09-28", "2026-10-04", Period.WEEK),
    ("01.01.2026 - 31.03.2026", "2026-01-01", "2026-03-31", None),
]


@pytest.mark.parametrize(("title", "first", "last", "unit"), NAMED)
def test_a_title_names_a_period(title: str, first: str, last: str, unit: Period | None) -> None:
    named = period_in([title, "Filiale 12"])
    assert named is not None
    assert (str(named.first), str(named.last), named.unit) == (first, last, unit)


NONE = [
    "Stand 05.01.2026",
    "Januar - März 2026",
    "Artikelliste",
    "2025 und 2026",
    "März 2025 / März 2026",
]


@pytest.mark.parametrize("title", NONE)
def test_a_title_that_names_no_single_period(title: str) -> None:
    assert period_in([title]) is None
    assert period_in([]) is None


YEARLESS = [
    ("30.12.", "02.01.", "Datum;Artikel;Menge"),
    ("30.12", "02.01", "Datum;Artikel;Menge"),
    ("30/12", "02/01", "Date;Article;Quantité"),
    ("30. Dez.", "2. Jan.", "Datum;Artikel;Menge"),
    ("Dec 30", "Jan 2", "Date;Item;Qty"),
    ("30 dic", "2 ene", "Fecha;Artículo;Cantidad"),
    ("Mi 30.12.", "Sa 02.01.", "Datum;Artikel;Menge"),
]


@pytest.mark.parametrize(("early", "late", "head"), YEARLESS)
def test_days_without_a_year_are_asked_and_go_on_into_the_next_one(
    early: str, late: str, head: str
) -> None:
    rows = f"{head}\n{early};A;1\n{late};A;2\n"
    told = read(rows, first_period="2020")
    assert sold(told) == {"2020-12-30": 1, "2021-01-02": 2}
    assert sold(read(rows, first_period="2019-12-30")) == {"2019-12-30": 1, "2020-01-02": 2}
    proposed = read(rows)
    assert list(asked(proposed)) == ["first_period"]
    assert max(map(date.fromisoformat, sold(proposed))) <= date(date.today().year + 1, 1, 2)
    with pytest.raises(InputFileError, match="neither a date nor a year"):
        read(rows, first_period="winter")


def test_the_title_tells_the_year_and_a_file_name_proposes_it() -> None:
    rows = "Datum;Artikel;Menge\n02.03.;A;1\n04.03.;A;2\n"
    titled = read("Verkauf 2024\n" + rows)
    assert (sold(titled), asked(titled)) == ({"2024-03-02": 1, "2024-03-04": 2}, {})
    assert "Verkauf 2024" in next(g.evidence for g in titled.guesses if g.name == "year")
    named = read(rows, "verkauf_2023.csv")
    assert asked(named) == {"first_period": "2023-03-02"}
    printed = read("Stand 05.01.2025\n" + rows, first_period="2024")
    assert sold(printed) == sold(titled)


def test_a_title_with_two_years_tells_both() -> None:
    rows = "Datum;Artikel;Menge\n28.12.;A;1\n02.01.;A;2\n"
    result = read("Verkauf 01.07.2023 - 30.06.2024\n" + rows)
    assert (sold(result), asked(result)) == ({"2023-12-28": 1, "2024-01-02": 2}, {})
    # One year in the title and a turn of the year in the dates: asked.
    assert list(asked(read("Verkauf 2023\n" + rows))) == ["first_period"]


def test_months_and_weeks_without_a_year() -> None:
    months = read("Monat;Artikel;Menge\nNov;A;1\nDez;A;2\nJan;A;3\n", first_period="2023")
    assert sold(months) == {"2023-11-01": 1, "2023-12-01": 2, "2024-01-01": 3}
    numbers = read("Absatz 2024\nMonat;Artikel;Menge\n3;A;1\n4;A;2\n5;A;3\n")
    assert sold(numbers) == {"2024-03-01": 1, "2024-04-01": 2, "2024-05-01": 3}
    weeks = read("KW;Artikel;Menge\n52;A;1\n53;A;2\n1;A;3\n", first_period="2020")
    assert sold(weeks) == {"2020-12-21": 1, "2020-12-28": 2, "2021-01-04": 3}


def test_dates_with_their_year_need_no_title() -> None:
    result = read("Verkauf 2023\nDatum;Artikel;Menge\n02.03.2024;A;1\n04.03.2024;A;2\n")
    assert (sold(result), asked(result)) == ({"2024-03-02": 1, "2024-03-04": 2}, {})


def test_one_period_for_the_whole_file_is_confirmed() -> None:
    rows = "Artikel;Bezeichnung;Menge\nA0;Becher;100\nA1;Teller;5\n"
    result = read("Umsatz März 2024\n\n" + rows)
    assert asked(result) == {"first_period": "2024-03-01"}
    history = result.value
    assert (history.period, str(history.starts[0])) == (Period.MONTH, "2024-03-01")
    assert history.quantity.tolist() == [[100], [5]]
    assert result.span == (date(2024, 3, 1), date(2024, 3, 31))
    assert "one_period" in {f.code for f in result.findings}
    told = read("Umsatz März 2024\n\n" + rows, first_period="01.04.2024")
    assert str(told.value.starts[0]) == "2024-04-01"


@pytest.mark.parametrize("title", ["Stand 05.01.2026", "01.01.2026 - 31.03.2026", "Artikelliste"])
def test_a_file_without_dates_whose_title_names_no_period_lacks_the_column(title: str) -> None:
    with pytest.raises(InputFileError, match="date") as caught:
        read(f"{title}\n\nArtikel;Bezeichnung;Menge\nA0;Becher;100\nA1;Teller;5\n")
    assert caught.value.findings[0].code == "missing_column"
