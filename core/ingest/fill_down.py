"""An item or a shop that is written once, above all its rows: asked, then filled down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.ingest.columns import ColumnGuess
from core.ingest.findings import Finding
from core.ingest.names import words
from core.ingest.questions import Ask, Question
from core.ingest.text_table import Mask, TextTable, is_blank, is_total

# So many rows leave it blank, and so few have something else blank as well.
_LEAST_BLANK, _MOST_BLANK, _MOST_OTHERS = 0.2, 0.99, 0.1
# With fewer, blank cells are slips.
_FEW = 3


def filled_down(table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask) -> TextTable:
    """Return the table with items and locations written in every row they hold for.

    Rows that only name an item, above its own, are headings and left out.

    Args:
        table: A sales file.
        columns: What was taken for what.
        ask: The planner.
    """
    needed = [columns[name].column for name in ("date", "quantity") if name in columns]
    if table.n_rows < 2 or len(needed) < 2 or "item" not in columns:
        return table
    empty = np.column_stack([table.column(name).where(is_blank) for name in needed])
    # A total below an item's rows has a quantity, and no date.
    heading = np.asarray(empty.all(axis=1) | (empty[:, 0] & _says_total(table, columns)))
    gaps = np.asarray(empty.any(axis=1))
    for name in ("location", "item"):
        guess = columns.get(name)
        if guess is not None:
            table, heading = _filled(table, guess.column, heading, gaps, ask)
    return table


def _says_total(table: TextTable, columns: Mapping[str, ColumnGuess]) -> Mask:
    """Rows whose item begins with the word total: Total for Camping Stove."""
    column = table.column(columns["item"].column)
    return column.where(lambda text: any(is_total(word) for word in words(text)[:1]))


def _filled(
    table: TextTable, name: str, heading: Mask, gaps: Mask, ask: Ask
) -> tuple[TextTable, Mask]:
    """Fill one column down where it is written once for several rows."""
    column = table.column(name)
    blank = column.where(lambda text: not text)
    share = blank.mean()
    if blank[0] or blank.sum() < _FEW or not _LEAST_BLANK <= share <= _MOST_BLANK:
        return table, heading
    if gaps[blank].mean() > _MOST_OTHERS:
        return table, heading
    first = int(np.argmax(blank))
    shown = f"row {table.lines[first]}, below {column.texts[column.codes[first - 1]]!r}"
    question = fill_question(name, int(blank.sum()), shown)
    if ask(question) != "fill":
        return table, heading
    table = written_down(table, name, blank)
    drop = heading & ~blank
    if not drop.any():
        return table, heading
    told = Finding(
        "info",
        "heading_row",
        "A row that only names what follows is left out",
        table.name,
        row=int(table.lines[np.argmax(drop)]),
        column=name,
        remedy="Nothing to do: its rows are read with it.",
        count=int(drop.sum()),
    )
    frame = table.frame[~drop].reset_index(drop=True)
    kept = replace(table, frame=frame, lines=table.lines[~drop], findings=(*table.findings, told))
    return kept, heading[~drop]


def fill_question(name: str, n: int, shown: str) -> Question:
    """Ask whether a cell holds for the blank ones below it.

    Args:
        name: The column.
        n: How many are blank.
        shown: One of them.
    """
    return Question(
        "fill_down",
        f"{n:,} cells of {name!r} are blank below a filled one. Does that one hold for them too?",
        {"fill": "yes: it is written once, above its rows", "blank": "no: they are blank"},
        "fill",
        (shown,),
    )


def written_down(table: TextTable, name: str, blank: Mask) -> TextTable:
    """Return the table with the cell above written into some rows of a column.

    Args:
        table: A sales file.
        name: The column.
        blank: The rows, without the first one, shape [n_rows].
    """
    column = table.column(name)
    above = np.maximum.accumulate(np.where(blank, 0, np.arange(table.n_rows)))
    texts = pd.Categorical.from_codes(
        column.codes[above],  # type: ignore[arg-type]
        categories=pd.Index(column.texts),
    )
    return replace(table, frame=table.frame.assign(**{name: texts}))


def with_parts_filled(table: TextTable, names: Sequence[str], ask: Ask) -> TextTable:
    """Return the table with years and months written in every row that they hold for.

    Args:
        table: A sales file.
        names: Columns of parts of the date.
        ask: The planner.
    """
    for name in names:
        nothing = np.zeros(table.n_rows, dtype=np.bool_)
        table, _ = _filled(table, name, nothing, nothing, ask)
    return table
