"""What is no demand, and what nobody can tell: statuses, stock-out flags, periods without a row."""

from __future__ import annotations

import io
from datetime import date, timedelta

import numpy as np
import pytest

from core.domain import InputFileError, ItemKey, Period
from core.ingest import ReadOptions, Result, Source, read_history


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    options = ReadOptions(answers=answers)
    return read_history(Source("sales.csv", text.encode()), options=options, period=Period.DAY)


def asked(result: Result) -> dict[str, str]:  # type: ignore[type-arg]
    return {a.question.id: a.answer for a in result.questions}


LINES = (
    "date,item,quantity,order status\n2024-01-01,A,5,shipped\n2024-01-01,A,7,cancelled\n"
    "2024-01-02,A,3,on hold\n2024-01-03,A,2,shipped\n"
)


def test_statuses_that_may_be_no_demand_are_asked_about() -> None:
    result = read(LINES)
    assert asked(result) == {"status": "cancelled"}
    assert result.value.quantity.tolist() == [[5, 3, 2]]
    assert (result.counts.rows_read, result.counts.rows_used, result.counts.rows_rejected) == (
        4,
        3,
        0,
    )
    (told,) = [f for f in result.findings if f.code == "status_left_out"]
    assert (told.count, told.examples) == (1, ("row 3: 'cancelled'",))


def test_several_statuses_or_none_can_be_named() -> None:
    both = read(LINES, status="cancelled; on hold").value
    assert both.quantity.tolist() == [[5, 0, 2]]
    assert read(LINES, status="(none)").value.quantity.tolist() == [[12, 3, 2]]
    with pytest.raises(InputFileError, match="no such answer"):
        read(LINES, status="cancelled; lost")


def test_leaving_everything_out_is_refused_and_can_be_answered_anew() -> None:
    with pytest.raises(InputFileError, match="no sales left") as caught:
        read(LINES, status="shipped; cancelled; on hold")
    assert [asked.question.id for asked in caught.value.questions] == ["status"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", [("shipped", "invoiced"), ("Geliefert", "Berechnet")])
def test_orders_that_all_count_raise_no_question(words: tuple[str, str]) -> None:
    first, second = words
    rows = f"2024-01-01,A,5,{first}\n2024-01-02,A,3,{second}\n2024-01-03,A,3,{second}\n"
    assert asked(read("date,item,quantity,status\n" + rows)) == {}


def test_lines_left_out_raise_no_question_on_their_minus() -> None:
    rows = "2024-01-01,A,5,ok\n2024-01-02,A,-5,storniert\n2024-01-03,A,3,ok\n"
    assert set(asked(read("date,item,quantity,status\n" + rows))) == {"status"}


@pytest.mark.parametrize(
    ("name", "cells"),
    [("out_of_stock", ("no", "yes", "")), ("Rupture", ("non", "oui", "")), ("oos", "010")],
)
def test_a_stockout_flag_is_the_other_way_round(name: str, cells: tuple[str, str, str]) -> None:
    rows = "".join(f"2024-01-0{i + 1},A,{i},{cell}\n" for i, cell in enumerate(cells))
    assert read(f"date,item,quantity,{name}\n{rows}").value.in_stock.tolist() == [
        [True, False, True]
    ]


def hourly(*out: tuple[int, int]) -> str:
    """Two days, a row an hour, sales from 8 to 19; out of stock at these days and hours."""
    rows = [
        f"2024-01-0{day + 1},A,{hour},{3 if 8 <= hour < 20 else 0},{int((day, hour) in out)}"
        for day in range(2)
        for hour in range(24)
    ]
    return "date,item,hour,quantity,stockout\n" + "\n".join(rows) + "\n"


def test_a_stockout_while_the_shop_is_shut_is_none() -> None:
    assert read(hourly((0, 3), (1, 22))).value.in_stock.tolist() == [[True, True]]
    result = read(hourly((0, 3), (1, 12)))
    assert result.value.in_stock.tolist() == [[True, False]]
    hours = next(guess for guess in result.guesses if guess.name == "opening hours")
    assert hours.value == "8 to 19"
    share = result.value.stocked_share
    assert share is not None
    np.testing.assert_allclose(share, [[1, 11 / 12]], atol=1e-6)


def busy(skip: set[date], zero_rows: bool = False, n_items: int = 12) -> str:
    """Eight weeks of daily rows for some items; none at all on some days."""
    out = io.StringIO()
    out.write("date,item,quantity\n")
    rng = np.random.default_rng(0)
    for k in range(56):
        day = date(2024, 1, 1) + timedelta(days=k)
        for item in range(n_items):
            sold = rng.poisson(3)
            if day not in skip and (sold or zero_rows):
                out.write(f"{day},I{item:02d},{sold}\n")
    return out.getvalue()


def test_days_without_any_row_are_asked_about_and_count_as_closed() -> None:
    holidays = {date(2024, 1, 17), date(2024, 1, 18)}
    result = read(busy(holidays))
    assert asked(result) == {"missing_periods": "closed"}
    (question,) = [a.question for a in result.questions]
    assert question.examples == ("2024-01-17 to 2024-01-18",)
    assert not result.value.in_stock[:, 16:18].any()
    assert result.value.in_stock.sum() == 12 * 54
    assert read(busy(holidays), missing_periods="no_sale").value.in_stock.all()


def test_a_weekday_that_never_sells_is_told_and_not_asked() -> None:
    sundays = {date(2024, 1, 7) + timedelta(days=7 * k) for k in range(8)}
    result = read(busy(sundays))
    assert asked(result) == {}
    closed = next(guess for guess in result.guesses if guess.name == "closed")
    assert closed.value == "Sunday"
    assert result.value.in_stock.all()


def test_few_rows_leave_days_without_any_by_chance() -> None:
    assert asked(read(busy({date(2024, 1, 17)}, n_items=3))) == {}


def test_a_file_that_writes_zeros_is_asked_about_gaps_of_single_items() -> None:
    text = busy(set(), zero_rows=True).replace("2024-01-17,I03", "2024-01-17,I04")
    lines = text.splitlines()
    gone = [line for line in lines if not line.startswith(("2024-01-20,I05", "2024-02-25,I06"))]
    result = read("\n".join(gone) + "\n")
    assert asked(result)["missing_rows"] == "unknown"
    history = result.value
    # The last day of I06 is no gap: nothing after it shows that the item was still sold.
    unknown = np.argwhere(~history.in_stock).tolist()
    assert unknown == [[3, 16], [5, 19]]
    assert history.keys[5] == ItemKey("I05")
    assert read("\n".join(gone) + "\n", missing_rows="zero").value.in_stock.all()


def steady(zeros: slice, n_days: int = 760, flag: str = "") -> str:
    """Two items, one of which sells nothing for some days."""
    rng = np.random.default_rng(1)
    sold = rng.poisson(4, (2, n_days))
    sold[0, zeros] = 0
    first = date(2022, 1, 1)
    rows = [
        f"{first + timedelta(days=t)},{'AB'[i]},{sold[i, t]}{flag}"
        for t in range(n_days)
        for i in range(2)
    ]
    head = "date,item,quantity" + (",in_stock" if flag else "")
    return head + "\n" + "\n".join(rows) + "\n"


def test_a_run_of_zeros_that_is_hardly_chance_is_asked_about() -> None:
    result = read(steady(slice(400, 420)))
    assert asked(result) == {"zero_runs": "real"}
    (question,) = [a.question for a in result.questions]
    assert question.examples == ("A, 2023-02-05 to 2023-02-24",)
    assert result.value.in_stock.all()
    told = read(steady(slice(400, 420)), zero_runs="stockout").value
    assert np.argwhere(~told.in_stock).tolist() == [[0, t] for t in range(400, 420)]


def test_zeros_at_the_end_every_year_or_told_by_the_file_are_not_asked_about() -> None:
    assert asked(read(steady(slice(740, 760)))) == {}
    every_year = steady(np.r_[30:60, 395:425])  # type: ignore[arg-type]
    assert asked(read(every_year)) == {}
    assert asked(read(steady(slice(400, 420), flag=",yes"))) == {}
