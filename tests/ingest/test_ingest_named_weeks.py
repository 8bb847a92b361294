"""Weeks named by their last or first day: counted as the week from Monday that holds most of it."""

from __future__ import annotations

import pytest

from core.domain import Period
from core.ingest import Result, Source, read_history


def read(text: str) -> Result:  # type: ignore[type-arg]
    return read_history(Source("file.csv", text.encode()))


def sold(result: Result) -> dict[str, float]:  # type: ignore[type-arg]
    history = result.value
    days, sums = map(str, history.starts), history.quantity[0].tolist()
    return {day: n for day, n in zip(days, sums, strict=True) if n}


# 2024-01-01 is a Monday.
COLUMNS = [
    ("Week Ending", "2024-01-06", "2024-01-13", "2024-01-01"),
    ("Week ending (Sat)", "2024-01-06", "2024-01-13", "2024-01-01"),
    ("W/E", "2024-01-07", "2024-01-14", "2024-01-01"),
    ("KW-Ende", "2024-01-02", "2024-01-09", "2023-12-25"),
    ("semaine se terminant le", "2024-01-01", "2024-01-08", "2023-12-25"),
    ("Week commencing", "2023-12-31", "2024-01-07", "2024-01-01"),
    ("W/C", "2024-01-01", "2024-01-08", "2024-01-01"),
    ("Semana del", "2023-12-30", "2024-01-06", "2024-01-01"),
]


@pytest.mark.parametrize(("name", "first", "second", "monday"), COLUMNS)
def test_a_week_named_by_a_day_is_the_one_that_holds_most_of_it(
    name: str, first: str, second: str, monday: str
) -> None:
    result = read(f"{name},Item,Qty\n{first},A,3\n{second},A,4\n")
    assert result.value.period is Period.WEEK
    assert next(iter(sold(result).items())) == (monday, 3)
    assert sum(sold(result).values()) == 7 and result.value.n_periods == 2
    told = next(guess for guess in result.guesses if guess.name == "week")
    assert first in told.evidence and monday in told.evidence


def test_a_week_that_ends_on_saturday_has_six_days_in_common() -> None:
    result = read("Week Ending,Item,Qty\n2024-01-06,A,3\n2024-01-13,A,4\n")
    told = next(guess for guess in result.guesses if guess.name == "week")
    assert "the week up to Saturday 2024-01-06" in told.evidence
    assert "holds 6 of its 7 days" in told.evidence


def test_weeks_across_the_columns_and_in_front_of_the_date() -> None:
    wide = read("Item,W/E 01/02/2024,W/E 01/09/2024,W/E 01/16/2024\nA,3,4,5\nB,1,1,1\n")
    assert sold(wide) == {"2023-12-25": 3, "2024-01-01": 4, "2024-01-08": 5}
    german = read("Woche;Artikel;Menge\nWoche bis 02.01.2024;A;3\nWoche bis 09.01.2024;A;4\n")
    assert sold(german) == {"2023-12-25": 3, "2024-01-01": 4}


def test_dates_of_weeks_that_say_nothing_stay_in_their_week() -> None:
    result = read("Date,Item,Qty\n2024-01-02,A,3\n2024-01-09,A,4\n")
    assert sold(result) == {"2024-01-01": 3, "2024-01-08": 4}
    assert not [guess for guess in result.guesses if guess.name == "week"]


def test_days_under_the_name_of_a_week_stay_days() -> None:
    rows = "".join(f"2024-01-{day:02d},A,{day}\n" for day in range(1, 10))
    result = read("Week Ending,Item,Qty\n" + rows)
    assert result.value.period is Period.DAY
    assert sold(result)["2024-01-02"] == 2
