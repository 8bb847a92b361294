"""What the first lines of a sheet tell: which table it may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import attributes
from core.ingest.columns import SURE, guess_columns
from core.ingest.layout import HEAD_ROWS, Record, find_header, names_in_header
from core.ingest.names import known_names, plain
from core.ingest.package import Package, Sheet
from core.ingest.sheet import SheetReader
from core.ingest.sheet_names import fitness
from core.ingest.sheet_stack import dated_by_sheet
from core.ingest.wide_names import dated, month_of, numbered

LEAST_KNOWN = 2
"""Fewer known names than these are no sign that a sheet holds the same kind of table."""

_SHOWN_VALUES = 3


@dataclass(frozen=True, slots=True)
class Look:
    """What the first lines of a sheet tell.

    Args:
        sheet: The sheet.
        n_known: Known names in its header.
        columns: What it says of which attribute, by the columns' plain names; the same for
            sheets that can stand below each other.
        is_whole: Whether its names prove all that is needed, one row each.
        is_wide: Whether it has a column per period.
        is_dated: Whether its rows or columns have dates, by its name at least.
        has_place: Whether it has a column of locations.
        by_name: 1 where its name says that it is meant, -1 where that it is not.
        first: The first values below its header.
    """

    sheet: Sheet
    n_known: int
    columns: frozenset[tuple[str, str]]
    is_whole: bool
    is_wide: bool
    is_dated: bool
    has_place: bool
    by_name: int
    first: tuple[str, ...]

    @property
    def may_be_it(self) -> bool:
        """Whether it holds such a table."""
        return self.is_whole or self.is_wide or self.n_known >= LEAST_KNOWN

    @property
    def rank(self) -> tuple[bool, bool, bool, int, int, bool]:
        """How well it fits: rows of sales come before a table of sums by period."""
        return (
            self.may_be_it,
            self.by_name >= 0,
            self.is_whole,
            self.by_name,
            self.n_known,
            bool(self.first),
        )


def look_at(package: Package, sheet: Sheet, kind: str) -> Look:
    """Read the first lines of a sheet and say what they tell.

    Args:
        package: The workbook.
        sheet: The sheet.
        kind: history, items, stock, ...
    """
    known = known_names(kind)
    records = SheetReader(package, sheet, HEAD_ROWS).grid.head()
    at = find_header(records, known)
    cells = [cell.strip() for cell in records[at].cells] if at is not None else []
    guessed = guess_columns([cell for cell in dict.fromkeys(cells) if cell], kind)
    sure = {name: guess.column for name, guess in guessed.items() if guess.confidence >= SURE}
    needed = [a.name for a in attributes(kind) if a.required]
    is_history = kind == "history"
    is_wide = is_history and "quantity" not in sure and "item" in guessed and _has_periods(cells)
    told = {(name, plain(sure[name])) for name in (*needed, "location") if name in sure}
    n_known = names_in_header(records, known)
    return Look(
        sheet,
        n_known,
        frozenset({*told, *([("periods", "")] if is_wide else [])}),
        is_history and all(name in sure for name in needed),
        is_wide,
        not is_wide or bool(dated(cells) or dated_by_sheet(cells, sheet.name)),
        "location" in guessed,
        fitness(sheet.name, kind),
        _first(records, at),
    )


def _has_periods(cells: Sequence[str]) -> bool:
    n_months = sum(month_of(cell) > 0 for cell in cells)
    return bool(n_months >= max(1, len(cells) / 2) or dated(cells) or numbered(cells)[0])


def _first(records: Sequence[Record], at: int | None) -> tuple[str, ...]:
    if at is None:
        return ()
    below = next((r.cells for r in records[at + 1 :] if r.n_filled), records[at].cells)
    return tuple(cell for cell in below if cell.strip())[:_SHOWN_VALUES]
