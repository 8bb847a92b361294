"""Dates with two-digit years whose order the whole column must prove: 26-03-02, 030226."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from core.ingest.date_text import DayMonthOrder, is_year_first, to_date, without_time
from core.ingest.source import DateOrder

_DIGITS = re.compile(r"\d{5,6}")
_APART = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{1,2})")
# Where in the text year, month and day stand.
_PLACES: dict[DateOrder, tuple[int, int, int]] = {
    "year_first": (0, 1, 2),
    "day_first": (2, 1, 0),
    "month_first": (2, 0, 1),
}
_MOSTLY = 0.95
_FIRST_YEAR, _MOST_YEARS = 1990, 20

Parts = tuple[int, int, int]


def short_order(texts: Sequence[str]) -> DayMonthOrder | None:
    """Decide what stands where in dates like 26-03-02 or 030226; None where they are others.

    A reading counts where nearly all texts are dates by it, within 20 years and not to come.

    Args:
        texts: The different texts of a column.
    """
    filled = [text for text in map(without_time, texts) if _parts(text)]
    is_apart = is_year_first(texts)
    if not is_apart and not _are_digits(texts):
        return None
    orders: list[DateOrder] = ["year_first", "day_first"] if is_apart else list(_PLACES)
    spans = {order: _span(filled, order) for order in orders}
    fitting = [order for order in orders if spans[order] is not None]
    if not fitting and not is_apart:
        return None
    fitting = fitting or orders
    best = min(fitting, key=lambda order: spans[order] or 0)
    if len(fitting) > 1:
        shown = next(text for text in texts if _parts(without_time(text)))
        evidence = f"assumed: {shown!r} can be read in {len(fitting)} ways"
        return DayMonthOrder(best, evidence, shown, choices=tuple(orders))
    others = [order for order in orders if order != best]
    proof = next((t for t in filled if not any(_day(t, other) for other in others)), None)
    far = "read otherwise, the dates would be to come or decades apart"
    return DayMonthOrder(best, far if proof is None else f"{proof!r} proves it")


def spelled_out(text: str, order: DateOrder) -> str:
    """Write such a date as 2026-03-02; as it is where it is none."""
    day = _day(without_time(text), order)
    return text if day is None else day.isoformat()


def _are_digits(texts: Sequence[str]) -> bool:
    """Whether all are six digits, or five where a nought in front got lost, and no months."""
    filled = [text for text in texts if text]
    return (
        bool(filled)
        and all(map(_DIGITS.fullmatch, filled))
        and any(len(text) == 6 for text in filled)
        and not all(map(to_date, filled))
    )


def _parts(text: str) -> Parts | None:
    if _DIGITS.fullmatch(text):
        text = text.zfill(6)
        return int(text[:2]), int(text[2:4]), int(text[4:])
    found = _APART.fullmatch(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _day(text: str, order: DateOrder) -> date | None:
    parts = _parts(text)
    if parts is None:
        return None
    year, month, day = (parts[place] for place in _PLACES[order])
    try:
        return date(year + (2000 if year < 70 else 1900), month, day)
    except ValueError:
        return None


def _span(filled: Sequence[str], order: DateOrder) -> int | None:
    """Days from the first date to the last, read so; None where that is no sensible reading."""
    days = [day for text in filled if (day := _day(text, order))]
    if not days or len(days) < _MOSTLY * len(filled):
        return None
    first, last = min(days), max(days)
    is_sensible = (
        first.year >= _FIRST_YEAR
        and last.year <= date.today().year + 1
        and last.year - first.year <= _MOST_YEARS
    )
    return (last - first).days if is_sensible else None
