"""Reports of other programs: days across, blank quantities, a result below each item, quarters."""

from __future__ import annotations

from datetime import date

import pytest

from core.domain import InputFileError, Period
from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source("report.csv", text.encode()), options=options)


def series(result: Result) -> dict[str, list[float]]:  # type: ignore[type-arg]
    keys = [key.item for key in result.value.keys]
    return dict(zip(keys, result.value.quantity.tolist(), strict=True))


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


def days(n: int) -> str:
    numbers = ";".join(map(str, range(1, n + 1)))
    rows = "".join(f"{item};{';'.join(str(k % 7) for k in range(n))}\n" for item in "AB")
    return f"Artikel;{numbers}\n{rows}"


@pytest.mark.parametrize(
    "title",
    [
        "Verkäufe Oktober 2025",
        "Ventes par jour en octobre 2025;;Imprimé le 02.11.2025",
        "01.10.2025 - 31.10.2025",
        "Report 10/2025",
    ],
)
def test_days_across_are_dated_by_the_title(title: str) -> None:
    result = read(f"{title}\n{days(31)}")
    assert asked(result) == {}
    assert (result.value.period, str(result.value.starts[0])) == (Period.DAY, "2025-10-01")
    assert series(result)["B"] == [k % 7 for k in range(31)]


@pytest.mark.parametrize("name", ["{}.", "{:02d}", "Mo {}", "{} Mon", "lun. {}"])
def test_days_are_numbered_in_many_ways(name: str) -> None:
    head = ";".join(name.format(k) for k in range(1, 32))
    rows = f"A;{';'.join('2' * 31)}\nB;{';'.join('3' * 31)}\n"
    result = read(f"Oktober 2025\nArtikel;{head}\n{rows}")
    assert (str(result.value.starts[0]), result.value.quantity.sum()) == ("2025-10-01", 155)


def test_days_beyond_the_month_are_blank_or_it_is_not_that_month() -> None:
    blank = days(31).replace(";0;1;2\n", ";;;\n")
    result = read(f"Februar 2025\n{blank}")
    assert (result.value.n_periods, asked(result)) == (28, {})
    assert asked(read(f"Februar 2025\n{days(31)}")) == {"first_period": asked_day(31)}


def asked_day(n: int) -> str:
    (question,) = read(days(n)).questions
    return question.answer


def test_days_without_a_month_are_asked_for() -> None:
    result = read(days(31), first_period="2025-03-01")
    assert str(result.value.starts[-1]) == "2025-03-31"
    two = f"Oktober 2025 und November 2025\n{days(30)}"
    assert "first_period" in asked(read(two))


def test_items_named_by_numbers_beside_a_date_are_no_days() -> None:
    head = "Datum;" + ";".join(map(str, range(1, 31)))
    rows = "".join(f"0{d}.03.2025;" + ";".join(["2"] * 30) + "\n" for d in range(1, 6))
    result = read(f"März 2025\n{head}\n{rows}")
    assert (len(result.value.keys), result.value.n_periods) == (30, 5)


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Absatz 2022 je Woche;;gedruckt am 03.02.2023", "2022-01-03"),
        ("KW-Liste 2021", "2021-01-04"),
    ],
)
def test_the_year_in_the_title_is_proposed_for_periods_without_one(title: str, first: str) -> None:
    head = ";".join(f"KW {k}" for k in range(1, 9))
    result = read(f"{title}\nArtikel;{head}\nA;{';'.join('12345678')}\n")
    (question,) = result.questions
    assert (question.question.id, question.answer, question.is_open) == (
        "first_period",
        first,
        True,
    )
    assert title.split(";")[0] in question.question.text
    two = read(f"Absatz 2021 und 2022\nArtikel;{head}\nA;{';'.join('12345678')}\n")
    assert "latest whole week" in two.questions[0].question.text


BLANKS = "date,item,quantity\n" + "".join(
    f"2025-03-{d:02d},{item},{'' if d % 4 == 0 else d}\n" for d in range(1, 29) for item in "AB"
)


def test_many_rows_without_a_quantity_are_asked_about() -> None:
    result = read(BLANKS)
    assert asked(result) == {"blank_cells": "unknown"}
    assert series(result)["A"] == [0 if d % 4 == 0 else d for d in range(1, 29)]
    assert result.value.in_stock[0].tolist() == [d % 4 != 0 for d in range(1, 29)]
    told = read(BLANKS, blank_cells="zero")
    assert told.value.in_stock.all()
    assert told.value.quantity.tolist() == result.value.quantity.tolist()


def test_blank_quantities_keep_to_the_flag_that_is_there() -> None:
    text = BLANKS.replace("quantity\n", "quantity,in_stock\n")
    text = text.replace(",\n", ",,yes\n").replace(",1\n", ",1,no\n")
    rows = [line + (",yes" if line.count(",") == 2 else "") for line in text.splitlines()]
    result = read("\n".join(rows).replace("in_stock,yes", "in_stock") + "\n")
    assert result.value.in_stock[1].tolist() == [d % 4 != 0 and d != 1 for d in range(1, 29)]


@pytest.mark.parametrize("line", ["2025-03-29,A,\n", ",,\n2025-03-29,B,NA\n"])
def test_single_rows_without_a_quantity_are_slips(line: str) -> None:
    rows = "".join(f"2025-03-{d:02d},A,{d}\n" for d in range(1, 29))
    with pytest.raises(InputFileError):
        read("date,item,quantity\n" + rows + line)


RESULTS = (
    "Material;;Kalenderjahr/Monat;Absatzmenge;Nettoumsatz\n;;;ST;EUR\n"
    "4000;Bolt;01.2025;5;10,50\n;;02.2025;7;14,50\n;;03.2025;2;4,10\n;;Ergebnis;14;29,10\n"
    "4001;Nut;01.2025;3;1,50\n;;02.2025;0;0,00\n;;03.2025;4;2,00\n;;Ergebnis;7;3,50\n"
    "Gesamtergebnis;;;21;32,60\n"
)


@pytest.mark.parametrize("name", ["Kalenderjahr/Monat", "Zeitraum"])
def test_a_result_below_each_item_is_left_out(name: str) -> None:
    result = read(RESULTS.replace("Kalenderjahr/Monat", name), column_date=name)
    assert asked(result)["fill_down"] == "fill"
    assert series(result) == {"4000": [5, 7, 2], "4001": [3, 0, 4]}


SPREAD = {"A": [3, 2, 3, 0, 0, 0], "B": [2, 3, 2, 1, 0, 1]}
QUARTERS = [
    ("Q1 2024", "Q2 2024"),
    ("2024-Q1", "2024-Q2"),
    ("1. Quartal 2024", "2. Quartal 2024"),
    ("T1 2024", "T2 2024"),
    ("1T24", "2T24"),
    ("1er trimestre 2024", "2e trimestre 2024"),
    ("1e kwartaal 2024", "2e kwartaal 2024"),
]


@pytest.mark.parametrize("names", QUARTERS, ids=lambda names: names[0])
def test_quarters_are_spread_over_their_months_where_she_agrees(names: tuple[str, str]) -> None:
    first, second = names
    wide = read(f"Item;{first};{second};Total\nA;8;0;8\nB;7;2;9\n")
    rows = f"A;{first};8\nA;{second};0\nB;{first};7\nB;{second};2\n"
    for result in (wide, read(f"Item;Quartal;Menge\n{rows}"), read(f"Item;Date;Menge\n{rows}")):
        assert (series(result), asked(result)) == (SPREAD, {"quarters": "split"})
        assert (result.value.period, str(result.value.starts[-1])) == (Period.MONTH, "2024-06-01")
        assert [f.code for f in result.findings if f.code == "quarters_spread"]
    with pytest.raises(InputFileError, match="by month or by week"):
        read(f"Item;Quartal;Menge\n{rows}", quarters="stop")


def test_quarters_of_years_above_them_and_of_what_is_counted() -> None:
    text = "Item,2024,,2025,\n,Q1,Q2,Q1,Q2\nA,8,0,3,3\nB,7,2,3,3\n"
    result = read(text, blank_cells="zero")
    assert series(result)["A"] == [3, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    both = read(
        "Item,Q1 2024 Qty,Q1 2024 Revenue,Q2 2024 Qty,Q2 2024 Revenue\nA,8,9,0,9\nB,7,9,2,9\n"
    )
    assert (series(both), asked(both)) == (SPREAD, {"quarters": "split"})


@pytest.mark.parametrize("name", ["Q{}", "{}. Quartal", "T{}"])
def test_quarters_beside_a_column_of_years(name: str) -> None:
    first, second = name.format(1), name.format(2)
    wide = read(f"Item;Year;{first};{second}\nA;2024;8;0\nB;2024;7;2\nA;2025;3;3\n")
    rows = f"A;2024;{first};8\nB;2024;{first};7\nB;2024;{second};2\nA;2025;{first};3\n"
    long = read(f"Item;Jahr;Quartal;Menge\n{rows}A;2025;{second};3\n")
    for result in (wide, long):
        assert series(result)["A"] == [3, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
        assert series(result)["B"][:6] == SPREAD["B"]
        assert [f.code for f in result.findings].count("quarters_spread") == 1


def test_quarters_between_months_beside_a_column_of_years_are_sums() -> None:
    months = "Jan,Feb,Mar,Q1,Apr,May,Jun,Q2"
    result = read(f"Item,Year,{months}\nA,2024,1,2,3,6,4,5,6,15\nA,2025,1,1,1,3,1,1,1,3\n")
    assert (asked(result), result.value.quantity.sum()) == ({}, 27)


def test_parts_of_units_are_spread_to_the_same_sum() -> None:
    result = read("Item;Q1 2024;Q2 2024\nA;7,5;3\nB;-2;6\n", negatives="returns")
    assert series(result)["A"] == [2.5, 2.5, 2.5, 1, 1, 1]


def test_a_quarter_that_is_not_over_is_left_out() -> None:
    text = b"Item;Q1 2024;Q2 2024\nA;8;5\nB;7;2\n"
    result = read_history(Source("q.csv", text), as_of=date(2024, 5, 20))
    assert series(result) == {"A": [3, 2, 3], "B": [2, 3, 2]}
    assert "is not over" in next(f.what for f in result.findings if "partial" in f.code)
    whole = read_history(Source("q.csv", text), as_of=date(2024, 6, 30))
    assert whole.value.n_periods == 6


def test_quarters_between_months_and_beside_dates_are_no_periods() -> None:
    months = "Item,Jan 2025,Feb 2025,Mar 2025,Q1 2025\nA,1,2,3,6\nB,4,5,6,15\n"
    assert (series(read(months)), asked(read(months))) == ({"A": [1, 2, 3], "B": [4, 5, 6]}, {})
    rows = "".join(f"2025-0{m}-01,A,{m},Q{(m + 2) // 3} 2025\n" for m in range(1, 7))
    result = read("date,item,quantity,quarter\n" + rows)
    assert (series(result), asked(result)) == ({"A": [1, 2, 3, 4, 5, 6]}, {})
