"""A sales table with one column per period or per item -> one row per item and period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.domain import Period
from core.ingest.blocks import blocks_of, stacked
from core.ingest.columns import SURE, guess_columns
from core.ingest.date_text import to_date
from core.ingest.findings import Finding
from core.ingest.layout import is_number
from core.ingest.month_days import with_days
from core.ingest.quarters import with_months, years_apart
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.subtotals import without_subtotals
from core.ingest.text_table import Codes, Mask, TextTable, is_blank
from core.ingest.unit_text import bare_cells
from core.ingest.wide_dates import dates_of, is_newest_first, year_column
from core.ingest.wide_measures import one_measure
from core.ingest.wide_names import (
    dated,
    is_attribute,
    is_calendar,
    is_derived,
    is_measure,
    numbered,
)

_HEAD = 50
_MOSTLY = 0.9


@dataclass(frozen=True, eq=False)
class _Grid:
    """Quantities as text, one row per item and one column per period, oldest first.

    Args:
        beside: Column -> text of each cell: what else the table says.
        texts: The different quantities.
        codes: Which text each cell holds, shape [n_items, n_periods].
        lines: Line of the file of each cell, same shape.
        layout: How the table is laid out, in words.
        left_out: Columns that are neither.
        findings: Rows that are no items.
        guesses: What was decided about its cells.
    """

    beside: Mapping[str, tuple[Sequence[str], Codes]]
    texts: tuple[str, ...]
    codes: Codes
    lines: Codes
    layout: Guess
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    guesses: tuple[Guess, ...] = ()


def unfolded(table: TextTable, ask: Ask) -> TextTable:
    """Return the table with one row per item and period; as it is where it has these already.

    Args:
        table: A sales file.
        ask: Where the names or blank cells leave something open.

    Raises:
        InputFileError: where an answer is no date.
    """
    if table.n_rows == 0:
        return table  # every row has too many cells, which is told
    parts = [part for block in blocks_of(with_days(table)) for part in one_measure(block, ask)]
    parts = [year for part in parts for year in years_apart(part)]
    return stacked([_unfolded(with_months(part, ask), ask) for part in parts])


def _unfolded(table: TextTable, ask: Ask) -> TextTable:
    columns = list(table.columns)
    periods, unit = dated(columns), None
    if not periods:
        periods, unit = numbered(columns)
    if periods and "quantity" not in _sure(table, SURE):
        return _long(table, _of_rows(table, periods, unit, ask), ask)
    items = [] if periods else _item_columns(table)
    return _long(table, _of_columns(table, items), ask) if items else table


def _sure(table: TextTable, confidence: float = SURE - 0.2) -> dict[str, str]:
    """Return what the names of the columns prove, or the planner said."""
    guesses = guess_columns(table.columns, "history", table.options.chosen)
    return {name: g.column for name, g in guesses.items() if g.confidence >= confidence}


def _item_columns(table: TextTable) -> list[str]:
    """Return the columns that stand for an item each: numbers beside a date, and no item column."""
    known = _sure(table)
    if "date" not in known or "item" in known or "quantity" in known:
        return []
    others = [n for n in table.columns if n != known["date"] and not _is_beside(n)]
    days = table.column(known["date"])
    if len(days.texts) < table.n_rows or any(map(is_measure, others)):
        return []
    found = [name for name in others if _holds_numbers(table, name)]
    return found if len(found) >= max(2, len(others) / 2) else []


def _is_beside(name: str) -> bool:
    return is_derived(name) or is_calendar(name) or is_attribute(name)


def _holds_numbers(table: TextTable, name: str) -> bool:
    head = [str(cell) for cell in table.frame[name].head(_HEAD)]
    filled = [cell for cell in head if not is_blank(cell)]
    return not filled or sum(map(is_number, filled)) >= _MOSTLY * len(filled)


def _of_rows(table: TextTable, periods: list[str], unit: Period | None, ask: Ask) -> _Grid:
    """Read items in rows and periods in columns."""
    texts, codes, told_units = bare_cells(*_quantities(table, periods))
    n_told = len(table.findings)
    table, codes = without_subtotals(table, texts, codes, ask)
    dates, place = dates_of(table, periods, unit, ask)
    if is_newest_first([dates[place[0, 0]], dates[place[0, -1]]]):
        place, codes = place[:, ::-1], codes[:, ::-1]
    beside_periods = {*periods, year_column(table, unit)}
    others = [name for name in table.columns if name not in beside_periods]
    kept = [name for name in others if not is_derived(name)]
    beside = {name: _spread(table, name, len(periods)) for name in kept}
    beside = _with_item(table, beside)
    shape = codes.shape
    beside["date"] = (dates, place)
    words = f"one row per item, one column per {'period' if unit is None else unit.value}"
    evidence = f"{len(periods)} columns from {periods[0]!r} to {periods[-1]!r}"
    lines = np.broadcast_to(table.lines[:, None], shape)
    left_out = tuple(name for name in others if name not in kept)
    layout, told = Guess("layout", words, evidence), table.findings[n_told:]
    return _Grid(beside, texts, codes, lines, layout, left_out, told, told_units)


def _of_columns(table: TextTable, items: list[str]) -> _Grid:
    """Read periods in rows and items in columns."""
    day = _sure(table)["date"]
    texts, codes = _quantities(table, items)
    column = table.column(day)
    order = np.arange(table.n_rows)
    if is_newest_first([column.texts[code] for code in column.codes[[0, -1]]]):
        order = order[::-1]
    codes, days = codes.T[:, order], column.codes[order]
    shape = codes.shape
    beside = {
        "item": (items, np.broadcast_to(np.arange(shape[0])[:, None], shape)),
        "date": (column.texts, np.broadcast_to(days, shape)),
    }
    evidence = f"{day!r} holds dates, and {items[0]!r} to {items[-1]!r} hold numbers"
    layout = Guess("layout", f"one row per period, one column per item: {len(items)}", evidence)
    lines = np.broadcast_to(table.lines[order], shape)
    left_out = tuple(name for name in table.columns if name not in {day, *items})
    return _Grid(beside, texts, codes, lines, layout, left_out)


def _quantities(table: TextTable, columns: Sequence[str]) -> tuple[tuple[str, ...], Codes]:
    """Return the different texts of many columns, and which one each cell holds."""
    place: dict[str, int] = {}
    codes = np.empty((table.n_rows, len(columns)), dtype=np.int64)
    for k, name in enumerate(columns):
        column = table.column(name)
        own = [place.setdefault(text, len(place)) for text in column.texts]
        codes[:, k] = np.asarray(own, dtype=np.int64)[column.codes]
    return tuple(place), codes


def _spread(table: TextTable, name: str, n_periods: int) -> tuple[Sequence[str], Codes]:
    column = table.column(name)
    shape = (table.n_rows, n_periods)
    return column.texts, np.broadcast_to(column.codes[:, None], shape)


def _with_item(
    table: TextTable, beside: dict[str, tuple[Sequence[str], Codes]]
) -> dict[str, tuple[Sequence[str], Codes]]:
    """Take the first column that tells all rows apart for the item, where no name says which."""
    guess = guess_columns(list(beside), "history", table.options.chosen).get("item")
    if guess is not None and guess.confidence >= SURE:
        return beside
    held = {name: np.unique(codes[:, 0]) for name, (_, codes) in beside.items()}
    apart = [name for name, codes in held.items() if len(codes) == table.n_rows]
    return {"item" if name == (apart or [""])[0] else name: x for name, x in beside.items()}


def _long(table: TextTable, grid: _Grid, ask: Ask) -> TextTable:
    """Lay the cells below each other; those before an item's first quantity do not count."""
    blank = np.array([is_blank(text) for text in grid.texts], dtype=np.bool_)[grid.codes]
    listed: Mask = np.logical_or.accumulate(~blank, axis=1) & ~_after_last(grid, blank)
    is_open = blank & listed
    texts, codes = grid.texts, grid.codes
    columns: dict[str, npt.NDArray[np.object_] | pd.Categorical] = {
        name: _categorical(values, where[listed]) for name, (values, where) in grid.beside.items()
    }
    if is_open.any():
        answer = ask(_blank_question(grid, is_open))
        texts, codes = (*texts, "0"), np.where(is_open, len(texts), codes)
        is_unknown = is_open & (answer == "unknown")
        columns["in_stock"] = _categorical(("yes", "no"), is_unknown[listed].astype(np.int64))
    columns["quantity"] = _categorical(texts, codes[listed])
    found = (*table.findings, *grid.findings, *_left_out(table, grid), *_never(table, grid, listed))
    return replace(
        table,
        frame=pd.DataFrame(columns),
        lines=grid.lines[listed],
        guesses=(*table.guesses, *grid.guesses, grid.layout),
        findings=found,
        unfolded_from=table.n_rows,
    )


def _after_last(grid: _Grid, blank: Mask) -> Mask:
    """Cells of periods after the last one that any item has a quantity for: those to come."""
    dates, place = grid.beside["date"]
    days = [to_date(text) for text in dates]
    if any(day is None for day in days):
        return np.zeros_like(blank)
    number = np.array([day.toordinal() for day in days if day is not None])[place]
    return np.asarray(number > number[~blank].max(initial=0))


def _categorical(texts: Sequence[str], codes: Codes) -> pd.Categorical:
    """Return a text column; a text that stands there twice is one category."""
    place, unique = pd.factorize(np.array(texts, dtype=object))
    return pd.Categorical.from_codes(
        np.asarray(place)[codes],  # type: ignore[arg-type]
        categories=pd.Index(unique),
    )


def _blank_question(grid: _Grid, is_open: Mask) -> Question:
    at = np.argwhere(is_open)[:3]
    days, day = grid.beside["date"]
    shown = tuple(
        f"row {grid.lines[i, k]}, {days[day[i, k]]}: {grid.texts[grid.codes[i, k]]!r}"
        for i, k in at.tolist()
    )
    return Question(
        "blank_cells",
        f"{int(is_open.sum())} cells hold no quantity. What does such a cell mean?",
        {"unknown": "nobody knows what was asked for then", "zero": "nothing was sold then"},
        "unknown",
        shown,
    )


def _left_out(table: TextTable, grid: _Grid) -> list[Finding]:
    if not grid.left_out:
        return []
    return [
        Finding(
            "info",
            "columns_left_out",
            f"{len(grid.left_out)} columns are no sales: {', '.join(grid.left_out[:6])}",
            table.name,
            row=table.header_line,
            remedy="Nothing to do, unless one of them is an item or a period.",
        )
    ]


def _never(table: TextTable, grid: _Grid, listed: Mask) -> list[Finding]:
    n = int((~listed.any(axis=1)).sum())
    if n == 0:
        return []
    row = int(grid.lines[np.flatnonzero(~listed.any(axis=1))[0], 0])
    return [
        Finding(
            "warning",
            "no_quantity_at_all",
            f"{n} items have no quantity in any period and are left out",
            table.name,
            row=row,
            remedy="Nothing to do, unless they should have sales.",
        )
    ]
