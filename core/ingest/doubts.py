"""How the numbers and dates of a column were read, and what is in doubt about it."""

from __future__ import annotations

import numpy as np

from core.ingest.columns import ColumnGuess
from core.ingest.convert import BY_PLANNER, order_words
from core.ingest.date_text import DayMonthOrder, to_date
from core.ingest.findings import Finding
from core.ingest.layout import is_number
from core.ingest.likely_order import LIKELY
from core.ingest.number_text import DecimalSign, decimal_sign, to_number
from core.ingest.questions import Question
from core.ingest.source import Guess
from core.ingest.text_table import TextColumn, TextTable

# Different texts of a column beside that are looked at, and how many of them must be numbers.
_MOST_TEXTS, _MOSTLY = 2000, 0.9


_SIGNS = {".": "point", ",": "comma"}


def _meant(sign: DecimalSign, mark: str) -> str:
    """Say what the number that can be read both ways is then, where it is one."""
    text = sign.open_text or ""
    value = to_number(text, mark)
    return "" if value is None else f": {text} is {'about ' * (value % 1 != 0)}{value:.0f}"


def decimal_question(label: str, sign: DecimalSign) -> Question:
    """Ask for the decimal sign where no number of a column proves it."""
    return Question(
        "decimal",
        f"Which sign stands before the decimals in {label}?",
        {mark: f"decimal {word}{_meant(sign, mark)}" for mark, word in _SIGNS.items()},
        sign.sign,
        (repr(sign.open_text),),
    )


def sign_beside(table: TextTable, name: str) -> str | None:
    """Return the decimal sign that the other columns of numbers prove, where they agree.

    It is what is proposed for a column that does not prove its own.

    Args:
        table: The file.
        name: The column.
    """
    proved = set()
    for other in table.columns:
        texts = [text for text in table.column(other).texts[:_MOST_TEXTS] if text]
        # 01.2026 is a month.
        n_numbers = sum(is_number(text) and to_date(text) is None for text in texts)
        if other != name and n_numbers >= _MOSTLY * max(len(texts), 1):
            sign = decimal_sign(texts)
            proved |= {sign.sign} if sign.is_proved else set()
    return proved.pop() if len(proved) == 1 else None


def settled(column: TextColumn, sign: DecimalSign) -> DecimalSign:
    """Return the sign that the columns beside prove as certain, where every number is 12,000.

    Whole units written with three decimals: as thousands, none would be below a thousand and all
    would be round.

    Args:
        column: Numbers that do not prove their own sign.
        sign: What the columns beside prove.
    """
    ends = f"{sign.sign}000"
    used = [t for t, n in zip(column.texts, column.counts().tolist(), strict=True) if t and n]
    if sign.open_text is None or not all(text.endswith(ends) for text in used):
        return sign
    why = f"the columns beside prove it, and every number ends as {sign.open_text!r} does"
    return DecimalSign(sign.sign, why)


def order_question(label: str, order: DayMonthOrder) -> Question:
    """Ask for the order of day and month where no date of a column proves it."""
    reason = order.evidence.partition(": ")[2] if order.evidence.startswith(LIKELY) else ""
    what = "the year, the day or the month" if len(order.choices) > 2 else "the day or the month"
    return Question(
        "date_order",
        f"Does {label} write {what} first?"
        + (f" Probably {order_words(order.order)}: {reason}." if reason else ""),
        {choice: order_words(choice) for choice in order.choices},
        order.order,
        (repr(order.open_text),),
    )


def sign_guess(
    table: TextTable, column: ColumnGuess, label: str, sign: DecimalSign
) -> tuple[Guess, list[Finding]]:
    """Say which decimal sign was taken, and warn where it is only assumed."""
    word = "decimal comma" if sign.sign == "," else "decimal point"
    guess = Guess(
        f"decimal of {column.attribute}",
        word,
        sign.evidence,
        by_planner=sign.evidence == BY_PLANNER,
    )
    if sign.open_text is None:
        return guess, []
    doubt = Finding(
        "warning",
        "ambiguous_number",
        f"{label} can be read with decimal point or comma; {word} assumed",
        table.name,
        value=sign.open_text,
        row=_line(table, column.column, sign.open_text),
        column=column.column,
        remedy="Check the numbers, and choose the decimal sign on the Data page.",
    )
    return guess, [doubt]


def order_guess(
    table: TextTable, column: ColumnGuess, label: str, order: DayMonthOrder | None
) -> tuple[Guess, list[Finding]]:
    """Say which order of day and month was taken; refuse two orders, warn where it is assumed."""
    name = f"date order of {column.attribute}"
    if order is None:
        return Guess(name, "year first", "no date asks which is the day and which the month"), []
    word = order_words(order.order)
    guess = Guess(name, word, order.evidence, by_planner=order.evidence == BY_PLANNER)
    shown = order.contradiction[1] if order.contradiction else order.open_text
    if shown is None:
        return guess, []
    mixed = order.contradiction is not None
    what = (
        f"{label} mixes two orders of day and month ({' and '.join(order.contradiction)})"
        if order.contradiction
        else f"{label} does not show whether the day or the month stands first; {word} assumed"
    )
    doubt = Finding(
        "error" if mixed else "warning",
        "mixed_dates" if mixed else "ambiguous_date",
        what,
        table.name,
        value=shown,
        row=_line(table, column.column, shown),
        column=column.column,
        remedy="Check the dates, and choose the order of day and month on the Data page.",
    )
    return guess, [doubt]


def _line(table: TextTable, column: str, text: str) -> int | None:
    """Line of the first row with this text; None where it stood in a row that is left out."""
    rows = table.column(column).where(lambda cell: cell == text)
    return int(table.lines[np.argmax(rows)]) if rows.any() else None
