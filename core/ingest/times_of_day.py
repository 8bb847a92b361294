"""A column of times of day beside the dates, as tills write it: no number of an hour."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.ingest.columns import ColumnGuess
from core.ingest.source import Guess
from core.ingest.text_table import TextTable

# 12:26  12:26:05  12h26  12:26 pm
_TIME = re.compile(
    r"\d{1,2}\s?[:h]\s?\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:[ap]\.?\s?m\.?|uhr|h|uur)?", re.IGNORECASE
)


def without_times(
    table: TextTable, columns: Mapping[str, ColumnGuess]
) -> tuple[Mapping[str, ColumnGuess], tuple[Guess, ...]]:
    """Return the columns without an hour that is the time of each sale; periods are days at least.

    Args:
        table: A sales file.
        columns: What was taken for what.

    Returns:
        The columns, and what was decided.
    """
    if "hour" not in columns or table.options.chosen.get("hour"):
        return columns, ()
    name = columns["hour"].column
    texts = [text for text in table.column(name).texts if text]
    if not texts or not all(map(_TIME.fullmatch, texts)):
        return columns, ()
    kept = {known: guess for known, guess in columns.items() if known != "hour"}
    return kept, (Guess("time of day", "not used", f"{name!r} holds times such as {texts[0]!r}"),)
