"""Text columns -> numbers, dates and flags, column by column, each decision with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.ingest.date_text import (
    DayMonthOrder,
    as_weeks,
    day_month_order,
    is_serial,
    order_beside,
    to_date,
    without_time,
)
from core.ingest.names import names, plain
from core.ingest.number_text import DecimalSign, decimal_sign, to_number
from core.ingest.short_dates import short_order, spelled_out
from core.ingest.source import DateOrder
from core.ingest.text_table import Mask, TextColumn

_YES = "yes,y,true,t,1,ja,j,wahr,oui,o,vrai,si,s,verdadero,waar,x,available,in,in stock"
_NO = "no,n,false,f,0,nein,falsch,non,faux,falso,nee,onwaar,out,out of stock"
_FLAGS = dict.fromkeys(names(_YES), True) | dict.fromkeys(names(_NO), False)

BY_PLANNER = "chosen by you"
"""The evidence where the planner decided."""

_ORDER_WORDS = {
    "day_first": "day first",
    "month_first": "month first",
    "year_first": "year first",
}


@dataclass(frozen=True, eq=False)
class Converted:
    """A column after conversion.

    Args:
        values: One per row; nan or NaT where a cell is empty or bad, shape [n_rows].
        empty: Cells with nothing in them, shape [n_rows].
        bad: Cells with something else in them, shape [n_rows].
    """

    values: npt.NDArray[Any]
    empty: Mask
    bad: Mask


def convert_numbers(
    column: TextColumn, sign: str | None = None, hint: str = ".", *, units: bool = False
) -> tuple[Converted, DecimalSign]:
    """Convert a column of numbers.

    Args:
        column: Text.
        sign: The decimal sign, where the planner said so.
        hint: What to assume where nothing in the column decides.
        units: Whether the numbers count units.
    """
    found = DecimalSign(sign, BY_PLANNER) if sign else None
    found = found or decimal_sign(column.texts, hint, units=units)
    parsed = [to_number(text, found.sign) for text in column.texts]
    return _converted(column, parsed, np.float64, np.nan), found


def convert_dates(
    column: TextColumn,
    order: DateOrder | None = None,
    beside: Sequence[str] = (),
    zeros: bool = False,
) -> tuple[Converted, DayMonthOrder | None]:
    """Convert a column of dates; a time of day is dropped.

    Args:
        column: Text.
        order: Which of 03/04/2025 is the day, where the planner said so.
        beside: Texts of the table's other dates: they decide where the column does not.
        zeros: Whether 00.00.0000 means an empty cell, as some systems write it.
    """
    column = replace(column, texts=as_weeks(column.texts, column.name))
    short = short_order(column.texts)
    if short is not None:
        own = order or short.order
        column = replace(column, texts=tuple(spelled_out(text, own) for text in column.texts))
    found = short or day_month_order(column.texts)
    if found is not None and found.open_text is not None and short is None:
        found = order_beside(beside) or found
    if found is not None and order is not None:
        found = DayMonthOrder(order, BY_PLANNER)
    filled = [text for text in column.texts if text]
    serial = bool(filled) and all(map(is_serial, filled))
    reading = found.order if found else "day_first"
    days = {text: without_time(text) for text in column.texts}
    read = {day: to_date(day, reading, serial=serial) for day in set(days.values())}
    parsed = [read[days[text]] for text in column.texts]
    is_empty = _no_day if zeros else _nothing
    return _converted(column, parsed, "datetime64[D]", np.datetime64("NaT"), is_empty), found


def convert_flags(column: TextColumn, default: bool = True) -> Converted:
    """Convert a column of yes and no, in five languages; empty cells become the default."""
    parsed = [_FLAGS.get(plain(text)) for text in column.texts]
    return _converted(column, parsed, np.bool_, default)


def order_words(order: DateOrder) -> str:
    """Say the order of day and month in words."""
    return _ORDER_WORDS[order]


def _nothing(text: str) -> bool:
    return not text


def _no_day(text: str) -> bool:
    """Whether a cell holds no date: nothing, or noughts in its place."""
    return not text.strip("0./-: ")


def _converted(
    column: TextColumn,
    parsed: list[Any],
    dtype: Any,
    nothing: Any,
    is_empty: Callable[[str], bool] = _nothing,
) -> Converted:
    values = column.spread([nothing if value is None else value for value in parsed], dtype)
    empty = column.where(is_empty)
    failed: Mask = column.spread([value is None for value in parsed], np.bool_)
    return Converted(values, empty, failed & ~empty)
