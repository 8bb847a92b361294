"""Rows that name the item or the date of the rows below them: made a column of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.columns import ColumnGuess
from core.ingest.findings import MAX_EXAMPLES, Finding
from core.ingest.layout import kind_of
from core.ingest.names import plain, synonyms, words
from core.ingest.no_data import filled_cells
from core.ingest.number_text import decimal_sign, to_number
from core.ingest.outline import Outline, outlined
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import Mask, TextColumn, TextTable, is_blank
from core.ingest.total_rows import rows_of_totals, says_total

Floats = npt.NDArray[np.float64]

_LEAST_BLANK = 0.2
_MOST_TEXTS = 200_000
_NAMED = re.compile(r"([^:]{2,30}):\s+(\S.*)")
_COUNTED = re.compile(r"(.*\S)\s*\((\d+)\)")


@dataclass(frozen=True, eq=False)
class _Groups:
    """The rows of a table in groups.

    Args:
        column: The first column, with the headings.
        heads: Rows that name what follows, shape [n_rows].
        totals: Rows with the total of a group, shape [n_rows].
        outline: What each row stands under.
        is_apart: Whether the first column holds nothing but headings.
    """

    column: TextColumn
    heads: Mask
    totals: Mask
    outline: Outline
    is_apart: bool

    @property
    def rows(self) -> Mask:
        """Rows that are neither heading nor total, shape [n_rows]."""
        return ~(self.heads | self.totals)


def ungrouped(table: TextTable, columns: Mapping[str, ColumnGuess], ask: Ask) -> TextTable:
    """Return the table with the headings of its groups in a column beside their rows.

    Args:
        table: A sales file.
        columns: What is taken for what.
        ask: The planner.
    """
    wanted = _wanted(table, columns)
    if not wanted or table.n_rows < 2 or len(table.columns) < 2:
        return table
    groups = _groups(table, wanted, columns)
    if groups is None:
        return table
    proof = _proof(table, groups, wanted, columns)
    if wanted == "location":
        if not _are_places(groups):
            return table
        if not proof and ask(_place_question(table, groups, columns)) == "note":
            return _without(table, groups)
    elif not proof and ask(_question(table, groups, wanted)) != "fill":
        return table
    return _beside(table, groups, wanted, proof or "answered")


def _wanted(table: TextTable, columns: Mapping[str, ColumnGuess]) -> str:
    """Return what headings may give: item or date where one is missing, else a shop."""
    missing = [name for name in ("item", "date") if name not in columns]
    if len(missing) == 1:
        return missing[0]
    if missing or "quantity" not in columns:
        return ""
    first = table.column(table.columns[0])
    if columns["item"].column == first.name and first.where(lambda text: not text).any():
        return "item"
    has_blanks = table.column(columns["quantity"].column).where(is_blank).any()
    return "location" if has_blanks and "location" not in columns else ""


def _groups(table: TextTable, wanted: str, columns: Mapping[str, ColumnGuess]) -> _Groups | None:
    """Find the headings in the first column; None where its rows are not in groups."""
    column = table.column(table.columns[0])
    if len(column.texts) > _MOST_TEXTS:
        return None
    blank = column.where(lambda text: not text)
    beside = rows_of_totals(table.frame, blank)
    is_apart = bool((blank & ~beside).mean() >= _LEAST_BLANK)
    named = {guess.column: name for name, guess in columns.items()}.get(column.name)
    if named == wanted if not is_apart else named not in (None, wanted):
        return None
    alone = ~blank & (filled_cells(table.frame) == 1)
    totals = (column.where(says_total) | beside) & ~alone
    heads = alone
    if not is_apart:
        if "date" in (wanted, named):
            is_date = column.where(lambda text: kind_of(text) == "date")
            heads = (is_date if wanted == "date" else ~is_date) & ~blank & ~totals
        rows = ~(heads | blank | totals)
    else:
        rows = blank & ~totals
    if not heads.any() or not rows.any() or not (heads | rows | totals).all() or not heads[0]:
        return None
    outline = outlined(table.frame[column.name], heads, totals)
    found = _Groups(column, heads, totals, outline, is_apart)
    # A heading with numbers beside it is one only where they are the sums of its rows.
    return found if alone[heads].all() or _n_sums(table, found, heads, columns) else None


def _n_sums(
    table: TextTable, groups: _Groups, marked: Mask, columns: Mapping[str, ColumnGuess]
) -> int:
    """Count the headings or totals whose quantity is the sum of their rows; 0 where one is not."""
    if "quantity" not in columns:
        return 0
    column = table.column(columns["quantity"].column)
    sign = decimal_sign(column.texts).sign
    read = [to_number(text, sign) or 0.0 for text in column.texts]
    numbers: Floats = column.spread(read, np.float64)
    sums = groups.outline.sums(np.where(groups.rows, numbers, 0.0))
    at = np.flatnonzero(marked)
    known = at[groups.outline.first[at] >= 0]
    return len(known) if np.allclose(sums[known], numbers[known], atol=1e-6) else 0


def _proof(
    table: TextTable, groups: _Groups, wanted: str, columns: Mapping[str, ColumnGuess]
) -> str:
    """Return what shows that the headings are what is missing; empty where nothing does."""
    heads = _heads(groups)
    if wanted == "date" and all(kind_of(text) == "date" for text in heads):
        return f"{heads[0]!r} stands alone above the rows of that date"
    named = [_NAMED.fullmatch(text) for text in heads]
    if all(m and plain(m[1]) in synonyms("history", wanted) for m in named):
        return f"{heads[0]!r} says so"
    if not _fits(groups, wanted) and groups.column.name != "column 1":
        # The sums of customers prove no items.
        return ""
    for marked, what in ((groups.totals, "totals"), (groups.heads, "headings")):
        n = _n_sums(table, groups, marked, columns) if marked.any() else 0
        if n:
            return f"{n} {what} hold the sum of their rows"
    return ""


def _fits(groups: _Groups, wanted: str) -> bool:
    """Whether the column's name speaks of what is sought: Product / Order Date."""
    name = groups.column.name
    return not {plain(name), *words(name)}.isdisjoint(synonyms("history", wanted))


def _heads(groups: _Groups) -> list[str]:
    codes = np.unique(groups.column.codes[groups.heads], return_index=True)
    return [groups.column.texts[codes[0][i]] for i in np.argsort(codes[1])]


def _question(table: TextTable, groups: _Groups, wanted: str) -> Question:
    at = np.flatnonzero(groups.heads)
    shown = ((table.lines[i], groups.column.texts[groups.column.codes[i]]) for i in at)
    return Question(
        "fill_down",
        f"{len(at):,} rows hold a text under {groups.column.name!r} and nothing else. Does it "
        f"name the {wanted} of the rows below it?",
        {"fill": "yes: it is written once, above its rows", "blank": "no: it is a note"},
        "fill",
        tuple(f"row {line}: {text!r}" for line, text in list(shown)[:MAX_EXAMPLES]),
    )


def _are_places(groups: _Groups) -> bool:
    """Whether several headings name nothing that stands in a row below."""
    below = set(np.unique(groups.column.codes[groups.rows]).tolist())
    heads = set(np.unique(groups.column.codes[groups.heads]).tolist())
    return len(heads) > 1 and heads.isdisjoint(below)


def _place_question(
    table: TextTable, groups: _Groups, columns: Mapping[str, ColumnGuess]
) -> Question:
    """Ask what headings are that name neither item nor date."""
    cells = pd.DataFrame({n: table.column(columns[n].column).codes for n in ("item", "date")})
    cells["place"] = groups.outline.heading
    cells = cells[groups.rows].drop_duplicates()
    is_again = bool(cells.duplicated(["item", "date"]).any())
    at = np.flatnonzero(groups.heads)[:MAX_EXAMPLES].tolist()
    return Question(
        "headings",
        f"{int(groups.heads.sum()):,} rows hold a text under {groups.column.name!r} and nothing "
        "else. What do they say of the rows below them?",
        {"location": "the shop or site where they were sold", "note": "no matter: leave them out"},
        "location" if is_again else "note",
        tuple(f"row {table.lines[i]}: {groups.column.texts[groups.column.codes[i]]!r}" for i in at),
    )


def _without(table: TextTable, groups: _Groups) -> TextTable:
    """Leave headings and totals out."""
    rows = groups.rows
    told = Finding(
        "info",
        "heading_row",
        "A row that only names a group is left out",
        table.name,
        value=_heads(groups)[0],
        row=int(table.lines[np.argmax(groups.heads)]),
        remedy="Nothing to do, unless it names the shop.",
        count=int(groups.heads.sum()),
    )
    findings = (*table.findings, told, *_told_totals(table, groups))
    frame = table.frame[rows].reset_index(drop=True)
    return replace(table, frame=frame, lines=table.lines[rows], findings=findings)


def _beside(table: TextTable, groups: _Groups, wanted: str, proof: str) -> TextTable:
    """Write each heading beside its rows, and leave headings and totals out."""
    rows = groups.rows
    labels = _labels(groups)
    heads = groups.outline.heading[rows]
    # A column of headings that has the right name keeps it.
    name = groups.column.name if groups.is_apart and _fits(groups, wanted) else wanted
    codes, texts = pd.factorize(np.array([labels.get(h, "") for h in heads.tolist()], object))
    frame = table.frame[rows].reset_index(drop=True)
    if groups.is_apart:
        frame = frame.rename(columns={groups.column.name: name})
    frame[name] = pd.Categorical.from_codes(
        codes,  # type: ignore[arg-type]
        categories=pd.Index(texts),
    )
    told = Finding(
        "info",
        "heading_row",
        f"A row that names the {wanted} of the rows below it is read as a column",
        table.name,
        value=_heads(groups)[0],
        row=int(table.lines[np.argmax(groups.heads)]),
        remedy="Nothing to do: its rows are read with it.",
        count=int(groups.heads.sum()),
    )
    findings = (*table.findings, told, *_told_totals(table, groups))
    guess = Guess("groups", f"the {wanted} stands above its rows", proof)
    guesses = (*table.guesses, guess)
    return replace(table, frame=frame, lines=table.lines[rows], findings=findings, guesses=guesses)


def _told_totals(table: TextTable, groups: _Groups) -> tuple[Finding, ...]:
    at = np.flatnonzero(groups.totals)
    if not at.size:
        return ()
    return (
        Finding(
            "info",
            "total_row",
            "The total of a group is left out",
            table.name,
            value=groups.column.texts[groups.column.codes[at[0]]],
            row=int(table.lines[at[0]]),
            remedy="Nothing to do, unless these rows are sales.",
            count=int(at.size),
        ),
    )


def _labels(groups: _Groups) -> dict[int, str]:
    """Return what each heading, by its row, calls its rows: Item: A1 (12) -> A1."""
    at = np.flatnonzero(groups.heads).tolist()
    texts = {row: groups.column.texts[groups.column.codes[row]] for row in at}
    named = {row: _NAMED.fullmatch(text) for row, text in texts.items()}
    if len({match[1] if match else "" for match in named.values()}) == 1:
        texts = {row: m[2] if m else texts[row] for row, m in named.items()}
    sizes = groups.outline.sizes(groups.rows)
    counted = {row: _COUNTED.fullmatch(text) for row, text in texts.items()}
    if all(m is not None and int(m[2]) == sizes[row] for row, m in counted.items()):
        texts = {row: m[1] if m else texts[row] for row, m in counted.items()}
    return groups.outline.full_names(texts)
