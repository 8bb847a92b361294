"""Tables one below the other on a sheet, each with its own names of periods: 2025, then 2026."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from core.ingest.date_text import period_without_year, to_date
from core.ingest.layout import is_number
from core.ingest.source import Guess
from core.ingest.text_table import Mask, TextTable, is_blank, tidy, unique_names
from core.ingest.wide_names import dated, numbered

_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
# So many of the cells under periods are the names of others.
_MOSTLY, _LEAST = 0.8, 2
_MOST_ROWS = 50_000


def blocks_of(table: TextTable) -> list[TextTable]:
    """Cut a table where a row names the periods anew; as it is where none does.

    Args:
        table: A sales file with a column per period, or any other one.
    """
    periods = dated(table.columns) or numbered(table.columns)[0]
    if not periods or table.n_rows > _MOST_ROWS:
        return [table]
    at = np.flatnonzero(_names_periods(table, periods)).tolist()
    titles = [_title(table, row, periods) for row in at]
    first = _dated_by(list(table.columns), "".join(table.titles))
    heads = [_dated_by(_cells(table, row), year) for row, year in zip(at, titles, strict=True)]
    if not at or not all(map(dated, [first, *heads])):
        return [table]
    ends = [row - bool(title) for row, title in zip(at, titles, strict=True)] + [table.n_rows]
    starts = [0, *(row + 1 for row in at)]
    evidence = f"row {table.lines[at[0]]} names the periods anew, from {heads[0][-1]!r}"
    guess = Guess("tables", f"{len(starts)}, one below the other", evidence)
    table = replace(table, guesses=(*table.guesses, guess))
    return [
        _part(table, slice(start, end), names, told=k == 0)
        for k, (start, end, names) in enumerate(zip(starts, ends, [first, *heads], strict=True))
    ]


def stacked(tables: Sequence[TextTable]) -> TextTable:
    """Lay tables of sales below each other, each with one row per item and period."""
    if len(tables) == 1:
        return tables[0]
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    made = {name: union_categoricals([_column(t, name) for t in tables]) for name in names}
    counts = [t.n_rows if t.unfolded_from is None else t.unfolded_from for t in tables]
    return replace(
        tables[0],
        frame=pd.DataFrame(made),
        lines=np.concatenate([table.lines for table in tables]),
        findings=tuple(dict.fromkeys(f for table in tables for f in table.findings)),
        guesses=tuple(dict.fromkeys(g for table in tables for g in table.guesses)),
        unfolded_from=sum(counts),
    )


def begins_anew(table: TextTable, repeated: Mask) -> Mask:
    """Rows of names, repeated, that begin a table of another year: the row above them names it.

    Args:
        table: With names of periods that leave the year open.
        repeated: Rows that say again what the columns are called, shape [n_rows].
    """
    found: Mask = np.zeros_like(repeated)
    periods = numbered(table.columns)[0] if repeated.any() else []
    for row in np.flatnonzero(repeated).tolist() if periods else []:
        found[row] = bool(_title(table, row, periods))
    return found


def _column(table: TextTable, name: str) -> pd.Categorical:
    """Return a column; a table without it says nothing, or that the item was in stock."""
    if name in table.columns:
        return pd.Categorical(table.frame[name])
    return pd.Categorical([""] * table.n_rows, categories=[""])


def _names_periods(table: TextTable, periods: Sequence[str]) -> Mask:
    """Rows that hold names of periods where the others hold quantities.

    01.2025 may be a quantity, but not in a row that says Item under Item.
    """
    n_names, n_dates, n_filled = (np.zeros(table.n_rows) for _ in range(3))
    for name in periods:
        column = table.column(name)
        n_names += column.where(_is_name)
        n_dates += column.where(_is_date)
        n_filled += column.where(lambda text: not is_blank(text))
    others = [name for name in table.columns if name not in periods]
    repeats = np.zeros(table.n_rows, dtype=np.bool_)
    for name in others:
        repeats |= table.column(name).where(lambda text, name=name: text == name)  # type: ignore[misc]
    n_found = np.where(repeats, np.maximum(n_names, n_dates), n_names)
    found: Mask = (n_found >= _LEAST) & (n_found >= _MOSTLY * n_filled)
    return found


@lru_cache(maxsize=8192)
def _is_name(text: str) -> bool:
    return not is_number(text) and (period_without_year(text) or _is_date(text))


@lru_cache(maxsize=8192)
def _is_date(text: str) -> bool:
    return to_date(text) is not None


def _title(table: TextTable, row: int, periods: Sequence[str]) -> str:
    """Return what stands above a row of names, where that row holds no quantity but a year."""
    if row == 0:
        return ""
    above = _cells(table, row - 1)
    filled = [cell for cell in above if cell]
    years = _A_YEAR.findall(" ".join(filled))
    return " ".join(filled) if years and len(filled) < max(2, len(periods) / 2) else ""


def _cells(table: TextTable, row: int) -> list[str]:
    return [tidy(str(cell)) for cell in table.frame.iloc[row]]


def _dated_by(names: list[str], title: str) -> list[str]:
    """Give the year of a title to the periods that have none; as they are without one year."""
    years = set(_A_YEAR.findall(title))
    if len(years) != 1:
        return names
    (year,) = years
    return [f"{name} {year}" if period_without_year(name) else name for name in names]


def _part(table: TextTable, rows: slice, names: Sequence[str], *, told: bool) -> TextTable:
    """Cut one of the tables out; what was seen before is told with the first."""
    named = [name or old for name, old in zip(names, table.columns, strict=True)]
    frame = table.frame.iloc[rows].reset_index(drop=True)
    frame.columns = pd.Index(unique_names(named, len(named)))
    findings = table.findings if told else ()
    return replace(table, frame=frame, lines=table.lines[rows], findings=findings)
