"""What a file does not tell is asked: with an id, choices, examples and a stated default."""

from __future__ import annotations

import pytest

from core.domain import InputFileError
from core.ingest import Asked, ReadOptions, Result, Source, read_history

HEAD = "date,item,quantity\n"
DAYS = "".join(f"2024-01-{day:02d},A,3\n" for day in range(1, 29))


def read(text: str, **answers: str) -> Result:  # type: ignore[type-arg]
    return read_history(Source("s.csv", text.encode()), options=ReadOptions(answers=answers))


def asked(result: Result, name: str) -> Asked:  # type: ignore[type-arg]
    return next(a for a in result.questions if a.question.id == name)


def test_a_clean_file_raises_none() -> None:
    assert read(HEAD + DAYS).questions == ()


def test_negatives_are_returns_nothing_or_sales() -> None:
    rows = HEAD + DAYS + "2024-01-01,A,-2\n"
    found = asked(read(rows), "negatives")
    assert found.is_open and found.answer == "returns"
    assert found.question.examples == ("row 30: '-2'",)
    assert set(found.question.choices) == {"returns", "ignore", "sales", "turned"}
    totals = {a: read(rows, negatives=a).value.quantity.sum() for a in ("returns", "ignore")}
    assert totals == {"returns": 82.0, "ignore": 84.0}
    assert read(rows, negatives="sales").value.quantity.sum() == 86.0


def test_sales_booked_with_a_minus_are_proposed_as_sales() -> None:
    rows = HEAD + DAYS.replace(",3", ",-3")
    result = read(rows)
    assert asked(result, "negatives").answer == "turned"
    assert result.value.quantity.sum() == 84
    returned = read(rows + "2024-01-03,A,1\n")
    assert returned.value.quantity.sum() == 83


def test_repeated_rows_are_orders_or_a_second_export() -> None:
    rows = HEAD + DAYS + "2024-01-05,A,3\n"
    assert asked(read(rows), "duplicates").answer == "sum"
    assert read(rows).value.quantity.sum() == 87
    assert read(rows, duplicates="drop").value.quantity.sum() == 84


def test_days_and_months_up_to_12_are_asked_for() -> None:
    rows = HEAD + "".join(f"{d:02d}/{1 + d % 3:02d}/2024,A,{d}\n" for d in range(1, 11))
    found = asked(read(rows), "date_order")
    # Read so, the rows stand in the order of their dates.
    assert found.is_open and found.answer == "month_first"
    told = read(rows, date_order="day_first")
    assert not asked(told, "date_order").is_open
    assert str(told.value.starts[-1]).startswith("2024-03")


def test_an_answer_that_was_not_needed_is_not_called_the_evidence() -> None:
    rows = HEAD + "".join(f"{d:02d}/01/2024,A,{d}\n" for d in range(1, 20))
    result = read(rows, date_order="month_first")
    (order,) = [guess for guess in result.guesses if guess.name == "date order of date"]
    assert (order.value, order.by_planner) == ("day first", False)
    assert "proves it" in order.evidence and result.questions == ()


def test_a_number_that_can_be_read_both_ways_is_asked_for() -> None:
    rows = "date;item;quantity\n" + "".join(f"2024-01-{d:02d};A;1.234\n" for d in range(1, 9))
    assert asked(read(rows), "decimal").is_open
    assert read(rows, decimal=",").value.quantity.sum() == 8 * 1234
    assert read(rows, decimal=".").value.quantity.sum() == pytest.approx(8 * 1.234)


def test_a_column_that_its_name_does_not_prove_is_asked_for_unless_the_table_proves_it() -> None:
    rows = "".join(f"2024-01-{d:02d},A,{d},{2 * d}\n" for d in range(1, 15))
    open_ = read("date,item,value,weight\n" + rows)
    assert asked(open_, "column_quantity").question.default == "value"
    told = read("date,item,value,weight\n" + rows, column_quantity="weight")
    assert told.value.quantity.sum() == 210 and told.questions == ()
    only = "".join(f"2024-01-{d:02d},A,{d},kg\n" for d in range(1, 15))
    assert read("date,item,value,unit\n" + only).questions == ()


def test_an_answer_that_is_no_choice_names_the_choices() -> None:
    with pytest.raises(InputFileError) as caught:
        read(HEAD + DAYS + "2024-01-05,A,3\n", duplicates="both")
    assert "sum, drop" in caught.value.remedy
    assert caught.value.findings[0].code == "bad_answer"
