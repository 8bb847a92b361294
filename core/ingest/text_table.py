"""A table as text: nothing converted yet, every cell as it stands in the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.findings import Finding
from core.ingest.names import names, plain
from core.ingest.source import Guess, ReadOptions

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SPACES = " \t\n\u00a0\u202f\u2009\ufeff"
_TOTALS = frozenset(
    names(
        "total,totals,grand total,sum,summe,gesamt,gesamtsumme,endsumme,insgesamt,somme,"
        "total général,totaux,suma,suma total,totaal,eindtotaal,subtotal,zwischensumme,"
        "sous-total,subtotaal"
    )
)


def is_total(text: str) -> bool:
    """Whether a cell or a column name says that it is a total."""
    return plain(text) in _TOTALS


# How files say that there is nothing, where a quantity could stand.
_NOTHING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "."})


def is_blank(text: str) -> bool:
    """Whether a cell that could hold a quantity holds none."""
    return text.strip().casefold() in _NOTHING


def tidy(text: str) -> str:
    """Strip blanks of all kinds, and the ="..." that protects codes in spreadsheets."""
    text = text.strip(_SPACES)
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        return text[2:-1].strip(_SPACES)
    return text


@dataclass(frozen=True, eq=False)
class TextColumn:
    """A column, each different text once: work is done per text, not per row.

    Args:
        name: As the file calls it.
        texts: The different texts, tidied.
        codes: Which text each row holds, shape [n_rows].
    """

    name: str
    texts: tuple[str, ...]
    codes: Codes

    def spread(self, per_text: Sequence[Any] | npt.NDArray[Any], dtype: Any) -> npt.NDArray[Any]:
        """Turn one value per text into one value per row, shape [n_rows]."""
        values = np.empty(len(self.texts), dtype=dtype)
        values[:] = per_text
        return values[self.codes]

    def where(self, test: Callable[[str], bool]) -> Mask:
        """Rows whose text passes a test, shape [n_rows]."""
        mask: Mask = self.spread([test(text) for text in self.texts], np.bool_)
        return mask

    def counts(self) -> Codes:
        """Rows per text, shape [n_texts]."""
        return np.bincount(self.codes, minlength=len(self.texts))


@dataclass(frozen=True, eq=False)
class TextTable:
    """A file read as text.

    Args:
        name: Name of the file.
        frame: Text columns (as categories), in file order; blank and total rows removed.
        lines: Line of the file each row starts on, from 1, shape [n_rows].
        header_line: Line with the column names.
        guesses: How the file was read, with the evidence.
        findings: What was seen while reading (total rows, rows that do not fit).
        misfits: Lines that do not fit the columns, with their text: they are in no row.
        options: What the planner said about the file.
        delimiter: As found; empty for a workbook.
        unfolded_from: Rows of the file, where one of them became several here.
    """

    name: str
    frame: pd.DataFrame
    lines: Codes
    header_line: int
    guesses: tuple[Guess, ...]
    findings: tuple[Finding, ...] = ()
    misfits: tuple[tuple[int, str], ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)
    delimiter: str = ""
    unfolded_from: int | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, in file order."""
        return tuple(map(str, self.frame.columns))

    @property
    def n_rows(self) -> int:
        """Rows below the header."""
        return len(self.frame)

    def n_lines(self, rows: Mask) -> int:
        """Count the rows of the file that some rows come from.

        Args:
            rows: Which rows, shape [n_rows].
        """
        return int(rows.sum() if self.unfolded_from is None else len(np.unique(self.lines[rows])))

    def column(self, name: str) -> TextColumn:
        """Return one column, its texts tidied."""
        cells = self.frame[name].cat
        texts = np.array([tidy(str(text)) for text in cells.categories], dtype=object)
        renumber, unique = pd.factorize(texts)
        codes = np.asarray(renumber, dtype=np.int64)[np.asarray(cells.codes, dtype=np.int64)]
        return TextColumn(name, tuple(unique), codes)


def unique_names(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Name every column once: blanks become 'column 4', a repeated name gets its number."""
    unique: list[str] = []
    taken: set[str] = set()
    for i in range(width):
        name = tidy(cells[i]) if i < len(cells) else ""
        name = name or f"column {i + 1}"
        base, n = name, 1
        while name in taken:
            n += 1
            name = f"{base} ({n})"
        taken.add(name)
        unique.append(name)
    return tuple(unique)


def without_empty(table: TextTable) -> TextTable:
    """Remove blank rows everywhere, total rows and notes at the end, and unnamed blank columns."""
    frame, lines = table.frame, table.lines
    filled = _filled(frame)
    keep = filled > 0
    frame, lines, filled = frame[keep], lines[keep], filled[keep]
    n_tail, notes = _tail(frame, lines, filled, table.name)
    if n_tail:
        frame, lines = frame.iloc[:-n_tail], lines[:-n_tail]
    unnamed = [
        name
        for i, name in enumerate(frame.columns)
        if name == f"column {i + 1}" and all(not tidy(str(t)) for t in frame[name].unique())
    ]
    return replace(
        table,
        frame=frame.drop(columns=unnamed).reset_index(drop=True),
        lines=lines,
        findings=table.findings + notes,
    )


def _filled(frame: pd.DataFrame) -> Codes:
    """Cells per row that are not blank, shape [n_rows]."""
    count = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        cells = frame[name].cat
        full = np.array([bool(tidy(str(text))) for text in cells.categories], dtype=np.int64)
        if full.size:
            count += full[np.asarray(cells.codes)]
    return count


def _tail(
    frame: pd.DataFrame, lines: Codes, filled: Codes, name: str
) -> tuple[int, tuple[Finding, ...]]:
    """Count the rows at the end that are totals or notes, and say so."""
    n, findings = 0, []
    while n < min(10, len(frame) - 1):
        row = [tidy(str(cell)) for cell in frame.iloc[-1 - n]]
        total = next(filter(is_total, row), None)
        is_note = filled[-1 - n] == 1 and len(row) >= 3
        if total is None and not is_note:
            break
        shown = total or next(cell for cell in row if cell)
        findings.append(
            Finding(
                "info",
                "total_row" if total else "note_row",
                "A row with a total is left out" if total else "A note below the table is left out",
                name,
                value=shown,
                row=int(lines[-1 - n]),
                remedy="Nothing to do, unless this row is an item.",
            )
        )
        n += 1
    return n, tuple(reversed(findings))
