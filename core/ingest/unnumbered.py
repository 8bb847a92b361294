"""Lines without an item number that say themselves what they are: shipping, or other goods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.charge_words import is_no_goods
from core.ingest.columns import ColumnGuess
from core.ingest.findings import Finding
from core.ingest.names import plain, synonyms, weak_synonyms
from core.ingest.text_table import Mask, TextTable, is_blank

Texts = npt.NDArray[np.object_]

# With fewer, blank cells are slips. Numbers that come back as often belong to no group of rows.
_FEW, _TIMES = 3, 2
_MOST_KINDS, _MOST_PAIRS = 40, 1.05
_FROM_NAME = frozenset(synonyms("items", "name")) | frozenset(weak_synonyms("item"))


def with_own_names(table: TextTable, columns: Mapping[str, ColumnGuess]) -> TextTable:
    """Return a sales file whose lines without an item number are called by what they are.

    A line that a column beside calls shipping or discount takes that word, so that it is asked
    whether it is goods. Others take their name, where no line with a number has it: a line that
    has the same name may go on from the one above.

    Args:
        table: A sales file.
        columns: What was taken for what.
    """
    if not {"item", "date", "quantity"} <= set(columns):
        return table
    name = columns["item"].column
    item = table.column(name)
    blank = item.where(lambda text: not text)
    if blank.sum() < _FEW or blank.all():
        return table
    for needed in ("date", "quantity"):
        blank &= ~table.column(columns[needed].column).where(is_blank)
    taken = {guess.column for key, guess in columns.items() if key != "name"}
    texts = np.full(table.n_rows, "", dtype=object)
    for beside in (n for n in table.columns if n not in taken):
        if len(table.frame[beside].cat.categories) <= _MOST_KINDS:
            _write(texts, table, beside, blank & table.column(beside).where(is_no_goods))
    for beside in (n for n in table.columns if n not in taken and plain(n) in _FROM_NAME):
        _write(texts, table, beside, _named_apart(table, name, beside, blank))
    rows = texts != ""
    return _renamed(table, name, texts, rows) if rows.sum() >= _FEW else table


def _write(texts: Texts, table: TextTable, name: str, rows: Mask) -> None:
    fresh = rows & (texts == "")
    column = table.column(name)
    texts[fresh] = np.array(column.texts, dtype=object)[column.codes[fresh]]


def _named_apart(table: TextTable, item: str, name: str, blank: Mask) -> Mask:
    """Rows without a number whose name no row with one has; none where numbers stand once."""
    numbers, called = table.column(item), table.column(name)
    filled = numbers.where(bool)
    pairs = np.unique(numbers.codes[filled] * len(called.texts) + called.codes[filled])
    n_numbers = len(np.unique(numbers.codes[filled]))
    if filled.sum() < _TIMES * n_numbers or len(pairs) > _MOST_PAIRS * n_numbers:
        return np.zeros_like(blank)
    with_number = np.isin(called.codes, np.unique(called.codes[filled]))
    return blank & called.where(bool) & ~with_number


def _renamed(table: TextTable, name: str, texts: Texts, rows: Mask) -> TextTable:
    cells = pd.Categorical(np.where(rows, texts, table.frame[name].astype(object)))
    row = int(np.argmax(rows))
    told = Finding(
        "warning",
        "no_item_number",
        f"A line without {name!r} is called by what stands beside it",
        table.name,
        value=str(texts[row]),
        row=int(table.lines[row]),
        column=name,
        remedy="Give it an item number where it is an item that has one.",
        count=int(rows.sum()),
        examples=tuple(map(repr, dict.fromkeys(texts[rows].tolist())))[:3],
    )
    frame = table.frame.assign(**{name: cells})
    return replace(table, frame=frame, findings=(*table.findings, told))
