"""The layout of a table: which delimiter, which row holds the column names."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core.ingest.date_text import to_date
from core.ingest.names import plain
from core.ingest.number_text import bare

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
HEAD_ROWS = 40
# So many known names make a row of names, however full a row above it is.
_SURELY = 3

_NUMBER = re.compile(r"[+-]?[.,]?\d[\d.,' ]*(?:[eE][+-]?\d+)?")
_DATE = re.compile(
    r"(?:19|20)\d{2}[-/.]\d{1,2}([-/.]\d{1,2})?([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*"
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table: its cells, and the first and last line it stands on."""

    cells: tuple[str, ...]
    first_line: int
    last_line: int

    @property
    def n_filled(self) -> int:
        """Cells that are not blank."""
        return sum(bool(cell.strip()) for cell in self.cells)


def head_records(lines: Sequence[str], delimiter: str) -> list[Record]:
    """Split the first lines of a text table into records.

    Raises:
        csv.Error: where a cell is absurdly long.
    """
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter)
    records: list[Record] = []
    before = 0
    for cells in reader:
        records.append(Record(tuple(cells), before + 1, reader.line_num))
        before = reader.line_num
    return records


def sniff_delimiter(lines: Sequence[str], known: Collection[str]) -> str:
    """Return the delimiter that names most known columns, then cuts rows most evenly."""
    return max(DELIMITERS, key=lambda delimiter: _fit(head_records(lines, delimiter), known))


def _fit(records: list[Record], known: Collection[str]) -> tuple[int, float, int]:
    header = find_header(records, known)
    if header is None:
        return 0, 0.0, 0
    cells = records[header].cells
    below = [len(record.cells) for record in records[header + 1 :] if record.n_filled]
    even = sum(n == len(cells) for n in below) / max(1, len(below)) if len(cells) > 1 else 0.0
    return _n_known(cells, known), even, len(cells)


def find_header(records: Sequence[Record], known: Collection[str]) -> int | None:
    """Return which record holds the column names; None where every record is blank.

    The record with most known names wins; where none is known, the first one that is about as
    full as the fullest. Titles above a table fill one or two cells.
    """
    fullest = max((record.n_filled for record in records), default=0)
    if fullest == 0:
        return None
    full_enough = [
        i
        for i, record in enumerate(records)
        if record.n_filled >= max(min(2, fullest), fullest / 2)
        or _n_known(record.cells, known) >= _SURELY
    ]
    counts = {i: _n_known(records[i].cells, known) for i in full_enough}
    best = max(counts.values())
    if best:
        return next(i for i in full_enough if counts[i] == best)
    return next(i for i in full_enough if records[i].n_filled >= 0.8 * fullest)


def names_in_header(records: Sequence[Record], known: Collection[str]) -> int:
    """Count the known names and the dates among the column names: how well a table fits."""
    header = find_header(records, known)
    if header is None:
        return 0
    cells = records[header].cells
    return _n_known(cells, known) + sum(kind_of(cell) == "date" for cell in cells)


def looks_like_data(records: Sequence[Record], header: int, known: Collection[str]) -> bool:
    """Whether the supposed column names are of the same kinds as the rows below them."""
    cells = records[header].cells
    below = [record.cells for record in records[header + 1 : header + 11] if record.n_filled]
    if _n_known(cells, known) or not below:
        return False
    kinds = [kind_of(cell) for cell in cells]
    usual = [
        Counter(kind_of(row[i]) if i < len(row) else "blank" for row in below).most_common(1)[0][0]
        for i in range(len(cells))
    ]
    return kinds == usual and any(kind in ("number", "date") for kind in kinds)


def _n_known(cells: Sequence[str], known: Collection[str]) -> int:
    return len({plain(cell) for cell in cells} & set(known))


def is_number(cell: str) -> bool:
    """Whether a cell looks like a number, whatever its signs."""
    return bool(_NUMBER.fullmatch(bare(cell)))


@lru_cache(maxsize=8192)
def kind_of(cell: str) -> str:
    """Say what a cell looks like: blank, date, number or text."""
    cell = cell.strip()
    if not cell:
        return "blank"
    if _DATE.fullmatch(cell):
        return "date"
    if is_number(cell):
        return "number"
    return "date" if to_date(cell) or to_date(cell, "month_first") else "text"
