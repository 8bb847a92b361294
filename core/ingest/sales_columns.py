"""Which columns of a sales file are what, once their cells have been looked at."""

from __future__ import annotations

from collections.abc import Mapping

from core.ingest.channels import without_channels
from core.ingest.columns import ColumnGuess
from core.ingest.demand_dates import with_demand_date
from core.ingest.questions import Ask
from core.ingest.real_item import with_real_item
from core.ingest.source import Guess
from core.ingest.text_table import TextTable


def by_their_cells(
    table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask
) -> tuple[Mapping[str, ColumnGuess], tuple[Guess, ...]]:
    """Return the columns of item, location and date that the cells speak for.

    Args:
        table: A sales file.
        columns: What was taken for what by its name.
        ask: The planner.

    Returns:
        The columns, and what was decided.
    """
    columns = with_real_item(table, columns)
    columns = without_channels(table, columns, ask)
    return with_demand_date(table, columns, ask)
