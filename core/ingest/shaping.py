"""A table as it stands in the file -> one row per item and period; sheets below each other."""

from __future__ import annotations

from core.ingest.arranged import arranged
from core.ingest.date_parts import with_whole_dates
from core.ingest.no_year import with_years
from core.ingest.questions import Ask
from core.ingest.sheet_stack import asking_on, stack
from core.ingest.text_table import TextTable
from core.ingest.wide import unfolded


def stacked(table: TextTable, kind: str, ask: Ask) -> TextTable:
    """Return one table, of several sheets too; each is brought into shape by itself.

    Args:
        table: As it was read; with the other sheets below it.
        kind: history, items, stock, ...
        ask: The planner.

    Raises:
        InputFileError: where an answer cannot be.
    """
    if not table.below:
        return _shaped(table, kind, ask)
    return stack([_shaped(s, kind, asking_on(s.sheet, ask)) for s in (table, *table.below)])


def _shaped(table: TextTable, kind: str, ask: Ask) -> TextTable:
    if kind != "history":
        return table
    for step in (with_whole_dates, with_years, unfolded, arranged):
        table = step(table, ask)
    return table
