"""The order of year, month and day: proved by the whole column, or asked with a likely default."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.domain import InputFileError
from core.ingest import ReadOptions, Result, Source, read_deliveries, read_history


def read(texts: list[str], head: str = "Date,Item,Qty", more: str = "", **answers: str) -> Result:  # type: ignore[type-arg]
    rows = "".join(f"{text},A,{k}{more}\n" for k, text in enumerate(texts, start=1))
    options = ReadOptions(answers=answers)
    return read_history(Source("file.csv", f"{head}\n{rows}".encode()), options=options)


def sold(result: Result) -> dict[str, float]:  # type: ignore[type-arg]
    history = result.value
    days, sums = map(str, history.starts), history.quantity[0].tolist()
    return {day: n for day, n in zip(days, sums, strict=True) if n}


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


DAYS = [date(2024, 3, 28), date(2024, 3, 30), date(2024, 3, 31), date(2024, 4, 2)]
SHORT = ["%y-%m-%d", "%y/%m/%d", "%m%d%y", "%d%m%y", "%y%m%d"]
SERIES = {day.isoformat(): float(k) for k, day in enumerate(DAYS, start=1)}


@pytest.mark.parametrize("form", SHORT)
def test_short_dates_are_read_where_the_column_proves_one_order(form: str) -> None:
    # Thirty years apart, or no dates at all, by every other order.
    more = [date(2024, 4, 2) + timedelta(days=k) for k in range(1, 30)]
    result = read([day.strftime(form) for day in [*DAYS, *more]])
    assert asked(result) == {}
    assert dict(list(sold(result).items())[:4]) == SERIES
    assert len(sold(result)) == 33


def test_short_dates_that_several_orders_fit_are_asked() -> None:
    texts = ["010203", "020203", "030203"]
    result = read(texts)
    (question,) = (a.question for a in result.questions)
    assert (question.id, set(question.choices)) == (
        "date_order",
        {"day_first", "month_first", "year_first"},
    )
    assert list(sold(read(texts, date_order="day_first"))) == [
        "2003-02-01",
        "2003-02-02",
        "2003-02-03",
    ]
    told = read(texts, date_order="month_first")
    assert list(sold(told)) == ["2003-01-01", "2003-02-01", "2003-03-01"]


def test_a_text_among_short_dates_does_not_turn_the_others_round() -> None:
    rows = "".join(f"24-03-{day},A,1\n" for day in range(10, 32)) + "soon,A,1\n"
    source = Source("file.csv", f"Date,Item,Qty\n{rows}".encode())
    with pytest.raises(InputFileError, match="not a date") as caught:
        read_history(source)
    assert [f.count for f in caught.value.findings if f.severity == "error"] == [1]
    result = read_history(source, reject_bad_rows=True)
    assert list(sold(result))[::21] == ["2024-03-10", "2024-03-31"]


def test_short_dates_with_a_time_of_day_are_asked_about_as_well() -> None:
    result = read(["24-03-02 14:30", "24-03-03 9:15"])
    assert order_of(result) == ("year_first", True)
    assert list(sold(result)) == ["2024-03-02", "2024-03-03"]


def test_a_lost_nought_in_front_is_put_back() -> None:
    result = read(["93024", "100124", "101324"])
    assert list(sold(result)) == ["2024-09-30", "2024-10-01", "2024-10-13"]


def test_months_and_day_numbers_of_a_spreadsheet_are_no_short_dates() -> None:
    assert list(sold(read(["202311", "202312", "202401"]))) == [
        "2023-11-01",
        "2023-12-01",
        "2024-01-01",
    ]
    assert list(sold(read(["45306", "45307"]))) == ["2024-01-15", "2024-01-16"]


def order_of(result: Result) -> tuple[str, bool]:  # type: ignore[type-arg]
    (found,) = (a for a in result.questions if a.question.id == "date_order")
    return found.answer, found.is_open


def test_rows_in_the_order_of_their_dates_propose_that_order() -> None:
    texts = [f"{m}/{d}/2024" for m in (1, 2, 3) for d in (1, 5, 9)]
    result = read(texts)
    assert order_of(result) == ("month_first", True)
    assert "2024-03-09" in sold(result)
    assert "2024-09-03" in sold(read(texts, date_order="day_first"))
    turned = [f"{d}/{m}/2024" for m in (1, 2, 3) for d in (1, 5, 9)]
    assert order_of(read(turned)) == ("day_first", True)
    assert "2024-03-09" in sold(read(turned))


class _Today(date):
    @classmethod
    def today(cls) -> date:
        return date(2024, 11, 26)


def test_sales_are_not_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.ingest.likely_order.date", _Today)
    assert order_of(read(["01/12/2024", "05/04/2024"])) == ("month_first", True)
    assert order_of(read(["12/01/2024", "05/04/2024"])) == ("day_first", True)
    # To come either way: that tells nothing.
    assert order_of(read(["12/12/2024", "01/12/2024"])) == ("day_first", True)


@pytest.mark.parametrize(
    ("head", "more"),
    [("Date,Item,Qty,Net Sales", ",$5.00"), ("Date,Item,Qty,Ship-to State", ",TX")],
)
def test_dollars_and_american_names_propose_the_month_first(head: str, more: str) -> None:
    texts = ["03/04/2024", "05/04/2024"]
    assert order_of(read(texts, head, more)) == ("month_first", True)
    assert order_of(read(texts)) == ("day_first", True)


def test_a_date_that_proves_its_order_is_not_asked_about_for_its_dollars() -> None:
    result = read(["13/04/2024", "14/04/2024"], "Date,Item,Qty,Net Sales", ",$5.00")
    assert asked(result) == {}
    assert list(sold(result)) == ["2024-04-13", "2024-04-14"]


def test_dates_of_deliveries_share_the_likely_order() -> None:
    rows = "".join(f"A,{m}/{d}/2024,{m}/{d + 2}/2024,5\n" for m in (1, 2, 3) for d in (2, 6, 9))
    result = read_deliveries(
        Source("d.csv", f"item,order date,receipt date,quantity\n{rows}".encode())
    )
    assert asked(result) == {"date_order": "month_first"}
