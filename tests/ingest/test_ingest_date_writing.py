"""Dates with weekdays, times of day and names of months, in five languages."""

from __future__ import annotations

import io
from datetime import date, datetime

import openpyxl
import pytest

from core.ingest import ReadOptions, Source, read_history
from core.ingest.date_text import to_date

SECOND_OF_MARCH = [
    "02.03.2026 um 14:30 Uhr",
    "02.03.2026 14.30 Uhr",
    "02.03.2026 14.30",
    "2026-03-02 14.30",
    "02/03/2026 à 14h30",
    "02/03/2026 14h30",
    "02/03/2026 2:30 p. m.",
    "02/03/2026 2 pm",
    "2 marzo 2026 a las 14:30",
    "2 maart 2026 om 14:30",
    "Mar 2, 2026 at 2:30 PM",
    "02.03.2026 - 14:30",
    "20260302143000",
    "20260302T143000",
    "Mon Mar  2 14:30:00 2026",
    "Monday, March 2, 2026",
    "Mon Mar 02 2026",
    "Montag, den 2. März 2026",
    "Lundi, le 2 mars 2026",
    "lunes, 2 de marzo de 2026",
    "ma. 2 mrt. 2026",
    "2nd of March 2026",
    "2 Mar '26",
    "2-3-2026 (ma)",
    "02.03.2026 (Mo)",
]


@pytest.mark.parametrize("text", SECOND_OF_MARCH)
def test_times_and_weekdays_around_a_date(text: str) -> None:
    assert to_date(text) == date(2026, 3, 2)


@pytest.mark.parametrize("text", ["mar. 3 mars 2026", "mar 03/03/2026", "mar, 3 de marzo de 2026"])
def test_a_short_tuesday_is_no_march(text: str) -> None:
    assert to_date(text) == date(2026, 3, 3)


MONTHS = {
    1: "janv. 2026,Jän. 2026,Jänner 2026,ene. 2026,ene-26,jan '26,enero de 2026,Januari 2026",
    2: "févr. 2026,Feber 2026,feb-26,febr. 2026,febrero 2026,février 2026",
    3: "Mär 26,Mrz. 2026,mrt 2026,maart 2026,mars 2026,mar-26",
    4: "avr. 2026,abr. 2026,Apr 2026",
    5: "mei 2026,mayo 2026,Mai 2026,mai-26",
    6: "juin 2026,jun. 2026",
    7: "juil. 2026,juil-26,julio 2026",
    8: "août 2026,ago. 2026,ago-26,aug. 2026",
    9: "sept. 2026,sept-26,set. 2026,setiembre 2026",
    10: "Okt. 2026,oct. 2026,okt-26",
    12: "déc. 2026,dic. 2026,Dez 2026,dec. 2026",
}


@pytest.mark.parametrize(("month", "texts"), MONTHS.items())
def test_names_of_months_in_five_languages(month: int, texts: str) -> None:
    assert {text: to_date(text) for text in texts.split(",")} == dict.fromkeys(
        texts.split(","), date(2026, month, 1)
    )


@pytest.mark.parametrize("text", ["jan 14.30", "Sat 10.30", "jui 2026", "12.03", "A4 2.30", "2 pm"])
def test_what_is_no_date(text: str) -> None:
    assert to_date(text) is None


def test_the_day_stays_the_one_that_is_written() -> None:
    assert to_date("2026-03-02T23:30:00-05:00") == date(2026, 3, 2)
    assert to_date("02. 03.26") == date(2026, 3, 2)
    assert to_date("Mar-02-26") == date(2026, 3, 2)


def test_real_dates_and_texts_in_one_column_of_a_workbook() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Datum", "Artikel", "Menge"])
    sheet.append([date(2024, 3, 12), "A", 1])
    sheet.append(["13.03.2024", "A", 2])
    sheet.append([datetime(2024, 3, 14, 9, 30), "A", 3])
    sheet.append(["Fr, 15.03.2024 um 8:00 Uhr", "A", 4])
    stream = io.BytesIO()
    book.save(stream)
    history = read_history(Source("mixed.xlsx", stream.getvalue())).value
    assert [str(day) for day in history.starts] == [f"2024-03-{day}" for day in range(12, 16)]
    assert history.quantity.tolist() == [[1, 2, 3, 4]]


def _turned(*texts: str) -> Source:
    rows = "".join(f"{text},A,{k}\n" for k, text in enumerate(texts, start=1))
    return Source("sales.csv", f"Date,Item,Qty\n{rows}".encode())


DAYS = ["2024-10-04", "2024-11-04", "2024-12-04", "13/04/2024", "14/04/2024", "15/04/2024"]


def test_days_that_a_spreadsheet_turned_round_are_turned_back() -> None:
    result = read_history(_turned(*DAYS))
    assert [a.question.id for a in result.questions] == ["turned_dates"]
    assert [str(day) for day in result.value.starts] == [f"2024-04-{day}" for day in range(10, 16)]
    assert result.value.quantity.tolist() == [[1, 2, 3, 4, 5, 6]]
    kept = read_history(_turned(*DAYS), options=ReadOptions(answers={"turned_dates": "keep"}))
    assert str(kept.value.starts[-1]) == "2024-12-04"
    assert kept.value.quantity[0].sum() == 21


def test_real_dates_after_the_twelfth_or_texts_before_it_are_right() -> None:
    for texts in ([*DAYS, "2024-04-16"], [*DAYS, "09/04/2024"]):
        assert read_history(_turned(*texts)).questions == ()
