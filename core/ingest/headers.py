"""Column names that stand in several rows: joined, with what they say in the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.ingest.date_text import period_without_year, to_date
from core.ingest.layout import Record, kind_of
from core.ingest.measure_words import is_measure_word
from core.ingest.names import plain
from core.ingest.text_table import is_blank, tidy
from core.ingest.unit_text import is_unit

_YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0)?")
_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_SPARSE, _SPARSE_WIDTH = 0.2, 8
_FULL = 0.25
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns.

    Args:
        cells: One name per column.
        first: Number of the record they begin in.
        last: Number of the last record that is no data yet.
    """

    cells: tuple[str, ...]
    first: int
    last: int

    @property
    def example(self) -> str:
        """The last name, which shows how the rows were joined."""
        return next(cell for cell in reversed(self.cells) if cell)


def join_header(records: Sequence[Record], at: int, known: Collection[str]) -> Header:
    """Join the rows of names above the data into one name per column.

    A row above the chosen one counts where it gives a year or a group to the names below it; rows
    below it count as long as they hold words where the table has numbers or dates.

    Args:
        records: The first records of the table.
        at: Which of them holds the most column names.
        known: Plain names that columns may have.
    """
    last = _last_of_header(records, at)
    width = max(len(record.cells) for record in records[at:])
    below = [r.cells for r in records[at : last + 1] if r.n_filled >= _FULL * width]
    rows = [records[at].cells, *(cells for cells in below if cells is not records[at].cells)]
    alone = _joined(rows, width, known) if len(rows) > 1 else records[at].cells
    if at == 0 or records[at - 1].n_filled == 0:
        return Header(alone, at, last)
    above = _joined([records[at - 1].cells, *rows], width, known)
    if not (_is_better(above, alone) or _names_units(records[at - 1].cells, records[at].cells)):
        return Header(alone, at, last)
    if at > 1 and any(_YEAR.fullmatch(tidy(cell)) for cell in records[at - 2].cells):
        both = _joined([records[at - 2].cells, records[at - 1].cells, *rows], width, known)
        if _n_with_year(both) > _n_with_year(above):
            return Header(both, at - 2, last)
    return Header(above, at - 1, last)


def _last_of_header(records: Sequence[Record], at: int) -> int:
    """Number of the last record before the data that holds names, units or notes."""
    usual = _usual_kinds(records[at + 1 :][-_SAMPLE:])
    last = at
    for number in range(at + 1, len(records)):
        record = records[number]
        if record.n_filled == 0:
            continue
        if record.n_filled == 1 and not is_blank(record.cells[0]):
            # One cell names no columns: it heads a group of rows.
            break
        if not _is_words(record.cells, usual) and not _is_years(record.cells):
            break
        last = number
    else:
        return at
    return last


def _usual_kinds(records: Sequence[Record]) -> list[str]:
    """What most rows hold in each column: number, date or text; blank where most are."""
    rows = [record.cells for record in records if record.n_filled]
    width = max((len(cells) for cells in rows), default=0)
    return [
        Counter(kind_of(cells[i]) if i < len(cells) else "blank" for cells in rows).most_common(1)[
            0
        ][0]
        for i in range(width)
    ]


def _is_words(cells: Sequence[str], usual: Sequence[str]) -> bool:
    """Whether a row holds words where the table holds numbers or dates."""
    pairs = zip(cells, usual, strict=False)
    kinds = [kind_of(c) == kind for c, kind in pairs if kind in _MEASURED and not is_blank(c)]
    n_other = sum(not same for same in kinds)
    filled = sum(not is_blank(cell) for cell in cells)
    is_sparse = filled <= _SPARSE * len(usual) and len(usual) >= _SPARSE_WIDTH
    return n_other > len(kinds) / 2 or (is_sparse and n_other > 0)


_MEASURED = ("number", "date")


def _is_years(cells: Sequence[str]) -> bool:
    """Whether a row holds years and nothing else, and no item."""
    filled = [cell for cell in map(tidy, cells) if cell]
    return len(filled) >= 2 and not tidy(cells[0]) and all(map(_YEAR.fullmatch, filled))


def _joined(rows: Sequence[Sequence[str]], width: int, known: Collection[str]) -> tuple[str, ...]:
    """Put the parts of each name together; a group reaches over the blank cells beside it."""
    grid = [[tidy(cells[i]) if i < len(cells) else "" for i in range(width)] for cells in rows]
    for lower, upper in pairwise(reversed(grid)):
        for i in range(1, width):
            if not upper[i] and lower[i]:
                upper[i] = upper[i - 1]
    parts = [list(dict.fromkeys(filter(None, column))) for column in zip(*grid, strict=True)]
    times = Counter(part for column in parts for part in column)
    own = {part for part, n in times.items() if n == 1 and plain(part) in known}
    return tuple(_name(p, known, own) for p in _with_years(parts))


def _with_years(parts: list[list[str]]) -> list[list[str]]:
    """Give a year to periods that stand without one beside periods that have it."""
    years = [next((p for p in column if _YEAR.fullmatch(p)), "") for column in parts]
    periods = [next(filter(period_without_year, reversed(column)), "") for column in parts]
    for i in reversed(range(len(parts) - 1)):
        if periods[i] and not years[i] and periods[i + 1]:
            years[i] = years[i + 1]
    pairs = zip(parts, years, periods, strict=True)
    return [
        [f"{period} {year}", *filter(is_measure_word, p)] if year and period else list(p)
        for p, year, period in pairs
    ]


def _name(parts: list[str], known: Collection[str], own: Collection[str]) -> str:
    """Join the parts, or take the one that says by itself what this column and no other is."""
    whole = " ".join(parts)
    if plain(whole) in known:
        return whole
    return next((part for part in parts if part in own), whole)


def _is_better(joined: Sequence[str], alone: Sequence[str]) -> bool:
    """Whether a row above the names turns them into dates, or tells equal ones apart."""
    return _n_dated(joined) > _n_dated(alone) or _n_repeated(joined) < _n_repeated(alone) - 1


def _names_units(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the row above stands over units and currencies only: Menge over ST."""
    below = [lower[i] if i < len(lower) else "" for i, c in enumerate(upper) if not is_blank(c)]
    # "Item" is a unit as well; a title stands over the first column.
    return is_blank(upper[0]) and bool(below) and all(is_unit(tidy(cell)) for cell in below)


def _n_dated(cells: Sequence[str]) -> int:
    return sum(to_date(tidy(cell)) is not None for cell in cells)


def _n_with_year(cells: Sequence[str]) -> int:
    return sum(bool(_A_YEAR.search(cell)) for cell in cells)


def _n_repeated(cells: Sequence[str]) -> int:
    filled = [cell for cell in map(tidy, cells) if cell]
    return len(filled) - len(set(filled))
