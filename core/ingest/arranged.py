"""A sales file in rows, put in order before its columns are converted."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from core.ingest.blank_quantities import with_quantities
from core.ingest.columns import ONE_ITEM, guess_columns
from core.ingest.fill_down import filled_down
from core.ingest.first_lines import with_first_lines
from core.ingest.group_rows import ungrouped
from core.ingest.no_year import with_title_date
from core.ingest.questions import Ask
from core.ingest.real_item import with_real_item
from core.ingest.receipt_heads import without_heads
from core.ingest.saleless import saleless_rows
from core.ingest.text_table import TextTable
from core.ingest.unit_text import without_units
from core.ingest.unnumbered import with_own_names
from core.ingest.variants import with_variants

_ALL_SALES = "All sales"


def arranged(table: TextTable, ask: Ask) -> TextTable:
    """Return a sales file with what stands above or beside its rows written into them.

    Args:
        table: One row per item and period; rows that hold no sale are marked as skipped.
        ask: The planner.
    """
    chosen = table.options.chosen
    if chosen.get("item") == ONE_ITEM:
        table = _as_one_item(table)
    table = ungrouped(table, guess_columns(table.columns, "history", chosen), ask)
    table = with_title_date(table, ask)
    columns = with_real_item(table, guess_columns(table.columns, "history", chosen))
    table = with_first_lines(table, columns, ask)
    table = without_heads(table, columns)
    table = with_own_names(table, columns)
    table = filled_down(table, columns, ask)
    table = with_quantities(table, columns, ask)
    if {"item", "date", "quantity"} <= set(columns):
        names = {name: guess.column for name, guess in columns.items()}
        table, of_other_units = without_units(table, names["quantity"], names["item"], ask)
        table = with_variants(table, names, ask)
        table, saleless = saleless_rows(table, names, ask)
        table = replace(table, skipped=of_other_units | saleless)
    return table


def _as_one_item(table: TextTable) -> TextTable:
    """Add a column that gives every row the same item."""
    same = pd.Categorical.from_codes([0] * table.n_rows, categories=pd.Index([_ALL_SALES]))
    return replace(table, frame=table.frame.assign(**{ONE_ITEM: same}))
