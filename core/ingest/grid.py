"""Filled cells of a sheet or a page -> TextTable: blank ones cost nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.ingest.csv_table import choose_header, header_guess, name_columns, titles_above
from core.ingest.findings import Finding, unusable
from core.ingest.layout import HEAD_ROWS, Record
from core.ingest.no_data import without_empty
from core.ingest.source import Guess, ReadOptions
from core.ingest.text_table import Codes, TextTable, unique_names

MAX_CELLS = 20_000_000
# Blank cells of a table cost less than filled ones.
_MAX_AREA = 4 * MAX_CELLS


@dataclass(frozen=True, eq=False)
class Grid:
    """The filled cells of a sheet or page, each different text once.

    Args:
        texts: The different texts.
        lines: Line of each filled cell, from 1, shape [n_cells].
        columns: Column of each filled cell, from 0, same shape.
        codes: Which text it holds, same shape.
    """

    texts: tuple[str, ...]
    lines: Codes
    columns: Codes
    codes: Codes

    def head(self, n_lines: int = HEAD_ROWS) -> list[Record]:
        """Return the first lines, blank ones too, as records."""
        cells: dict[int, dict[int, str]] = {}
        for at in np.flatnonzero(self.lines <= n_lines).tolist():
            row = cells.setdefault(int(self.lines[at]), {})
            row[int(self.columns[at])] = self.texts[self.codes[at]]
        last = max(cells, default=0)
        rows = (cells.get(line, {}) for line in range(1, last + 1))
        return [
            Record(tuple(row.get(k, "") for k in range(max(row, default=-1) + 1)), line, line)
            for line, row in enumerate(rows, start=1)
        ]


def table_of(
    grid: Grid,
    name: str,
    options: ReadOptions,
    known: frozenset[str],
    *,
    guesses: tuple[Guess, ...],
    findings: tuple[Finding, ...] = (),
) -> TextTable:
    """Return the table on a sheet or page.

    Args:
        grid: Its cells.
        name: Name of the file.
        options: What the planner says about it.
        known: Names that columns may have.
        guesses: How it was read so far.
        findings: What was seen so far.

    Raises:
        InputFileError: where no row holds column names, or the table is too large.
    """
    records = grid.head(HEAD_ROWS + (options.header_row or 0))
    header = choose_header(records, options, known, name)
    named = name_columns(records, header, options, known)
    start = records[named.last].first_line
    frame, lines = _frame(grid, start, named.cells, name)
    guesses = (*guesses, header_guess(records, named, options))
    table = TextTable(name, frame, lines, start, guesses, findings, options=options, delimiter="")
    return without_empty(replace(table, titles=titles_above(records, named)))


def _frame(
    grid: Grid, start: int, header: tuple[str, ...], name: str
) -> tuple[pd.DataFrame, Codes]:
    """Return the rows below a line and the line of each; columns with nothing are left away."""
    below = grid.lines > start
    lines, row = np.unique(grid.lines[below], return_inverse=True)
    column, code = grid.columns[below], grid.codes[below]
    n_filled = np.bincount(column, minlength=len(header))
    used = [k for k, n in enumerate(n_filled) if n or (k < len(header) and header[k].strip())]
    if len(lines) * len(used) > _MAX_AREA:
        raise too_many_cells(name)
    names = unique_names(header, len(n_filled))
    order = np.argsort(column, kind="stable")
    ends = np.cumsum(n_filled)
    made = {}
    for k in used:
        at = order[ends[k] - n_filled[k] : ends[k]]
        made[names[k]] = _column(grid, row[at], code[at], len(lines))
    return pd.DataFrame(made, index=range(len(lines))), lines


def _column(grid: Grid, rows: Codes, codes: Codes, n_rows: int) -> pd.Categorical:
    held, own = np.unique(codes, return_inverse=True)
    texts = [grid.texts[code] for code in held.tolist()]
    places = np.full(n_rows, len(texts), dtype=np.int64)
    places[rows] = own
    return pd.Categorical.from_codes(places, categories=pd.Index([*texts, ""]))  # type: ignore[arg-type]


def too_many_cells(name: str, most: int = MAX_CELLS) -> Exception:
    """Return the error for a sheet or page that would not fit in memory."""
    return unusable(
        "too_large",
        f"The sheet has more than {most // 10**6} million cells",
        name,
        remedy="Save the sheet as CSV and upload that.",
    )
