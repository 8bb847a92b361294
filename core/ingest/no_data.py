"""Rows and columns of a table that hold no data: blanks, totals, notes, names repeated."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd

from core.ingest.blocks import begins_anew
from core.ingest.date_text import to_date
from core.ingest.findings import MAX_EXAMPLES, Finding, Severity
from core.ingest.names import names, plain, synonyms
from core.ingest.text_table import Codes, Mask, TextTable, is_total, tidy

_MOST_AT_END = 10
# Where more rows than these hold the word, it is a value like others and marks no total.
_MOST_TOTALS = 0.5
# A column with more different texts holds no totals worth the search: numbers of invoices.
_MOST_TEXTS = 200_000
# Different texts of a column that are looked at, and how many of them must be dates.
_HEAD, _MOSTLY = 100, 0.9
_DRAWN = frozenset("-=_+*|")
_PAGE = re.compile(
    r"\b(?:page|seite|blatt|página|pagina|pág\.|hoja|folio|blad|bladzijde)\W{0,2}\d{1,5}"
    r"(?:\s*(?:of|von|de|sur|van|/)\s*\d{1,5})?\s*-?\s*$",
    re.IGNORECASE,
)
_BESIDE = frozenset(
    names("total,totals,sum,summe,gesamt,ergebnis,somme,résultat,suma,totaal,subtotal,resultaat")
)


def without_empty(table: TextTable) -> TextTable:
    """Remove blank rows, totals, notes at the end, repeated names, and unnamed blank columns."""
    filled = filled_cells(table.frame)
    table, filled = _kept(table, filled > 0), filled[filled > 0]
    n_tail, notes = _tail(table.frame, table.lines, filled, table.name)
    if n_tail:
        table = _kept(table, np.arange(table.n_rows) < table.n_rows - n_tail)
    table, between = _without_between(table)
    unnamed = [
        name
        for i, name in enumerate(table.columns)
        if name == f"column {i + 1}" and all(not tidy(str(t)) for t in table.frame[name].unique())
    ]
    return replace(
        table,
        frame=table.frame.drop(columns=unnamed),
        findings=table.findings + between + notes,
    )


def _kept(table: TextTable, rows: Mask) -> TextTable:
    if rows.all():
        return table
    return replace(table, frame=table.frame[rows].reset_index(drop=True), lines=table.lines[rows])


def filled_cells(frame: pd.DataFrame) -> Codes:
    """Cells per row that are not blank, shape [n_rows]."""
    count = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        cells = frame[name].cat
        full = np.array([_holds(tidy(str(text))) for text in cells.categories], dtype=np.int64)
        if full.size:
            count += full[np.asarray(cells.codes)]
    return count


def _holds(text: str) -> bool:
    """Whether a cell holds anything but a line drawn with dashes."""
    return bool(text) and not (text[0] in _DRAWN and len(text) > 2 and set(text) <= _DRAWN)


def _tail(
    frame: pd.DataFrame, lines: Codes, filled: Codes, name: str
) -> tuple[int, tuple[Finding, ...]]:
    """Count the rows at the end that are totals or notes, and say so."""
    n, findings = 0, []
    while n < min(_MOST_AT_END, len(frame) - 1):
        row = [tidy(str(cell)) for cell in frame.iloc[-1 - n]]
        marks = zip(frame.columns, frame.iloc[-1 - n], row, strict=True)
        total = next((t for name, c, t in marks if is_total(t) and _is_rare(frame[name], c)), None)
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


def _is_rare(cells: pd.Series, text: object) -> bool:
    """Whether a text stands in few rows: one in most of them is a value and marks nothing."""
    return bool((cells == text).mean() <= _MOST_TOTALS)


def _without_between(table: TextTable) -> tuple[TextTable, tuple[Finding, ...]]:
    """Take totals and repeated names out from between the rows, and say so."""
    if table.n_rows < 2:
        return table, ()
    repeated = _repeats_names(table)
    repeated &= ~begins_anew(table, repeated)
    pages = _page_lines(table)
    totals = _totals(table) & ~repeated
    findings = (
        *_told(table, pages, "info", "page_line", "Lines that number the pages"),
        *_told(table, repeated, "info", "repeated_header", "Rows that repeat the column names"),
        *_told(table, totals, "warning", "total_row", "Rows with a total, between the others,"),
    )
    return _kept(table, ~(repeated | totals | pages)), findings


def _page_lines(table: TextTable) -> Mask:
    """Rows with one cell only, which numbers a printed page: Sales list, page 2 of 7."""
    found = np.zeros(table.n_rows, dtype=np.bool_)
    for name in table.columns:
        held = _texts(table, name)
        if len(held) <= _MOST_TEXTS:
            found |= _where(table, name, [bool(_PAGE.search(str(text))) for text in held])
    return found & (filled_cells(table.frame) == 1) if found.any() else found


def _repeats_names(table: TextTable) -> Mask:
    """Rows that say again what the columns are called, as at the head of a printed page."""
    same = np.ones(table.n_rows, dtype=np.bool_)
    named = [name for i, name in enumerate(table.columns) if name != f"column {i + 1}"]
    # The column with the fewest texts is the quickest to say no.
    for name in sorted(named, key=lambda name: len(_texts(table, name))):
        same &= _where(table, name, [tidy(str(t)) == name for t in _texts(table, name)])
        if not same.any():
            break
    return same if len(named) > 1 else np.zeros_like(same)


def _totals(table: TextTable) -> Mask:
    """Rows whose item or date, or first cell, is a total or the total of another one there."""
    found = np.zeros(table.n_rows, dtype=np.bool_)
    dates = set(synonyms("history", "date"))
    known = {*synonyms("history", "item"), *dates}
    of_another = np.zeros_like(found)
    for name in table.columns:
        held = _texts(table, name)
        is_looked_at = name == table.columns[0] or plain(name) in known or _are_dates(held)
        if not is_looked_at or len(held) > _MOST_TEXTS:
            continue
        texts = [str(text).strip().strip(":").casefold() for text in held]
        others = set(texts)
        here = _where(table, name, [is_total(text) for text in texts])
        found |= here if here.mean() <= _MOST_TOTALS else False
        of_another |= _where(table, name, [_is_total_of(text, others) for text in texts])
    if of_another.any() and any(plain(name) in dates for name in table.columns):
        # The total of an item has no date; what has one is a name: Colgate Total.
        filled = filled_cells(table.frame)
        of_another &= filled < np.median(filled)
    return found | (of_another if of_another.mean() <= _MOST_TOTALS else False)


def _are_dates(held: pd.Index) -> bool:
    """Whether a column holds dates, whatever its name, totals aside."""
    texts = [text for text in map(tidy, map(str, held[:_HEAD])) if text and not is_total(text)]
    return len(texts) > 1 and sum(to_date(t) is not None for t in texts) >= _MOSTLY * len(texts)


def _is_total_of(text: str, others: set[str]) -> bool:
    """Whether a text is the total of another: 'A Total', 'Summe A'."""
    first, _, rest = text.partition(" ")
    before, _, last = text.rpartition(" ")
    return (plain(first) in _BESIDE and rest.strip() in others) or (
        plain(last) in _BESIDE and before.strip() in others
    )


def _told(
    table: TextTable, rows: Mask, severity: Severity, code: str, what: str
) -> tuple[Finding, ...]:
    at = np.flatnonzero(rows)
    if not at.size:
        return ()
    first = [next(filter(None, map(tidy, map(str, table.frame.iloc[k]))), "") for k in at[:3]]
    shown = [f"row {table.lines[k]}: {text!r}" for k, text in zip(at, first, strict=False)]
    return (
        Finding(
            severity,
            code,
            f"{what} are left out",
            table.name,
            value=first[0],
            row=int(table.lines[at[0]]),
            remedy="Nothing to do, unless one of them is an item.",
            count=int(at.size),
            examples=tuple(shown[:MAX_EXAMPLES]),
        ),
    )


def _texts(table: TextTable, name: str) -> pd.Index:
    return table.frame[name].cat.categories


def _where(table: TextTable, name: str, per_text: list[bool]) -> Mask:
    """Rows whose text passes, shape [n_rows]."""
    passes = np.array(per_text, dtype=np.bool_)
    mask: Mask = passes[np.asarray(table.frame[name].cat.codes)]
    return mask
