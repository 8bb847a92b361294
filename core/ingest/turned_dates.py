"""Days that a spreadsheet turned round: it took 03/04 for the other order, and left 13/04 text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.ingest.date_text import without_time
from core.ingest.questions import Ask, Question
from core.ingest.text_table import TextColumn

_STORED = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_WRITTEN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](?:\d{4}|\d{2})")
_MOST_MONTHS, _LEAST = 12, 3


def turned_back(column: TextColumn, label: str, ask: Ask) -> TextColumn:
    """Return a column with the days of real dates turned back, where the planner agrees.

    It is asked where all real dates have a day up to 12, and all dates that stayed text a day
    above it: by chance that does not happen.

    Args:
        column: Dates as text.
        label: What the column is, in words.
        ask: The planner.
    """
    days = {text: without_time(text) for text in column.texts if text}
    stored = [text for text, day in days.items() if _STORED.fullmatch(day)]
    written = [text for text, day in days.items() if _WRITTEN.fullmatch(day)]
    if not _look_turned([days[t] for t in stored], [days[t] for t in written]):
        return column
    answer = ask(
        Question(
            "turned_dates",
            f"In {label}, no real date has a day above 12, and every date that is text has one. A "
            "spreadsheet probably read the real ones with day and month the other way round. Turn "
            "them back?",
            {"turn": "yes: swap day and month in them", "keep": "no: they are right as they are"},
            "turn",
            (repr(stored[0]), repr(written[0])),
        )
    )
    if answer == "keep":
        return column
    turned = {text: _STORED.sub(r"\1-\3-\2", text) for text in stored}
    return replace(column, texts=tuple(turned.get(text, text) for text in column.texts))


def _look_turned(stored: Sequence[str], written: Sequence[str]) -> bool:
    """Whether real dates and texts split exactly at the day 12."""
    if min(len(stored), len(written)) < _LEAST:
        return False
    days = (int(found[3]) for text in stored if (found := _STORED.fullmatch(text)))
    parts = [found.groups() for text in written if (found := _WRITTEN.fullmatch(text))]
    return all(day <= _MOST_MONTHS for day in days) and all(
        max(int(first), int(second)) > _MOST_MONTHS for first, second in parts
    )
