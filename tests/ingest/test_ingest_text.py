"""Numbers and dates read back as what was written."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ingest.date_text import day_month_order, to_date
from core.ingest.number_text import decimal_sign, to_number
from core.ingest.spacing import detect_period

AMOUNTS = st.decimals(
    min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False
)
STYLES = [
    (",", "."),
    (".", ","),
    (" ", ","),
    ("'", "."),
    ("\u00a0", ","),
    ("\u202f", ","),
    ("", "."),
]


@settings(max_examples=200, deadline=None)
@given(AMOUNTS, st.sampled_from(STYLES), st.sampled_from(["{}", "€ {}", "{} EUR", " {} ", '="{}"']))
def test_numbers_read_back_in_every_style(
    amount: object, style: tuple[str, str], frame: str
) -> None:
    group, decimal = style
    english = f"{amount:,.2f}"
    written = english.translate({ord(","): group, ord("."): decimal})
    text = frame.format(written)
    sign = decimal_sign([text]).sign
    assert sign == decimal
    assert to_number(text, sign) == float(english.replace(",", ""))


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_floats_read_back(value: float) -> None:
    assert to_number(repr(value), ".") == value


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=12), st.sampled_from([".", ","]))
def test_any_text_is_a_finite_or_huge_number_or_none(text: str, sign: str) -> None:
    value = to_number(text, sign)
    assert value is None or isinstance(value, float)
    assert value == value
    assert to_date(text) is None or isinstance(to_date(text), date)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(12)", -12),
        ("12-", -12),
        ("$1,200", 1200),
        ("1'234.50", 1234.5),
        ("-1,234.5", -1234.5),
        ("+7", 7),
        ("- 7", -7),
        ("1e-05", 1e-05),
        (".5", 0.5),
        ("−3", -3),
    ],
)
def test_numbers_as_planners_write_them(text: str, value: float) -> None:
    assert to_number(text, ".") == value


@pytest.mark.parametrize(
    "text",
    ["", "#N/A", "NA", "NULL", "nan", "inf", "1_000", "12 34", "1,23", "5 pcs", "1.2.3", "-"],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert to_number(text, ".") is None


@pytest.mark.parametrize(
    ("texts", "sign", "is_open"),
    [
        (["1.234", "0.5"], ".", False),
        (["1.234", "1,5"], ",", False),
        (["1.234.567"], ",", False),
        (["0.123"], ".", False),
        (["1234.567"], ".", False),
        (["1.234"], ",", True),
        (["12", "7"], ",", False),
    ],
)
def test_decimal_sign_is_decided_for_the_column(texts: list[str], sign: str, is_open: bool) -> None:
    found = decimal_sign(texts, hint=",")
    assert found.sign == sign
    assert (found.open_text is not None) == is_open


@settings(max_examples=200, deadline=None)
@given(
    st.dates(date(1970, 1, 1), date(2068, 12, 31)),
    st.sampled_from(
        [
            ("%Y-%m-%d", "day_first"),
            ("%Y/%m/%d", "month_first"),
            ("%Y%m%d", "day_first"),
            ("%d.%m.%Y", "day_first"),
            ("%d.%m.%y", "day_first"),
            ("%m/%d/%Y", "month_first"),
            ("%m-%d-%Y %H:%M", "month_first"),
            ("%Y-%m-%dT%H:%M:%S", "day_first"),
            ("%d-%b-%y", "day_first"),
            ("%B %d, %Y", "day_first"),
        ]
    ),
)
def test_dates_read_back_in_every_style(day: date, style: tuple[str, str]) -> None:
    pattern, order = style
    assert to_date(day.strftime(pattern), order) == day  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2010/12/1", date(2010, 12, 1)),
        ("2024-W15", date(2024, 4, 8)),
        ("2024-04", date(2024, 4, 1)),
        ("JAN96", date(1996, 1, 1)),
        ("3. März 2024", date(2024, 3, 3)),
        ("1 août 2024", date(2024, 8, 1)),
        ("5 dic 2024", date(2024, 12, 5)),
        ("1850-01-01", None),
        ("2024-13-01", None),
        ("31.02.2024", None),
        ("45306", None),
        ("Pre-PQ Process", None),
    ],
)
def test_dates_as_planners_write_them(text: str, day: date | None) -> None:
    assert to_date(text) == day


@pytest.mark.parametrize(
    ("texts", "order", "is_open"),
    [
        (["01/01/2024", "01/02/2024", "01/03/2024"], "day_first", True),
        (["1/1/2024", "2/1/2024", "3/1/2024"], "month_first", True),
        (["01/11/2023", "01/12/2023", "01/01/2024"], "day_first", False),
        (["11/1/2023", "12/1/2023", "1/1/2024"], "month_first", False),
        (["03.04.2024"], "day_first", False),
        (["03/04/2024"], "day_first", True),
    ],
)
def test_order_of_day_and_month_without_proof(texts: list[str], order: str, is_open: bool) -> None:
    found = day_month_order(texts)
    assert found is not None and found.order == order
    assert (found.open_text is not None) == is_open


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["2026-01-01"], "1 different day"),
        (["2026-01-01", "2026-01-02"], "2 different days, usually 1 day apart"),
        (["2026-01-01", "2026-01-04", "2026-01-05", "2026-01-08"], "usually 3 days apart"),
    ],
)
def test_the_spacing_of_days_is_said_in_words(days: list[str], words: str) -> None:
    _, guess = detect_period(np.array(days, dtype="datetime64[D]"))
    assert guess.evidence.endswith(words)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("week 1 2012", "2012-01-02"),
        ("mar 12 2024", "2024-03-12"),
        ("Mi 12.06.2024", "2024-06-12"),
        ("Wed, 12 June 2024", "2024-06-12"),
        ("mardi 12 mars 2024", "2024-03-12"),
        ("KW 05/2024", "2024-01-29"),
        ("KW40/25", "2025-09-29"),
        ("jan '26", "2026-01-01"),
        ("003.2026", "2026-03-01"),
        ("W/E 14.01.2026", "2026-01-14"),
        ("Week ending 2026-01-14", "2026-01-14"),
    ],
)
def test_names_of_weekdays_are_told_from_months_and_weeks(text: str, day: str) -> None:
    assert str(to_date(text)) == day
