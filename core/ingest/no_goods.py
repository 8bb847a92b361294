"""Lines that are no goods: shipping costs, discounts, deposits, rounding, tips; asked once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.ingest.charge_words import is_no_goods
from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.names import plain, synonyms
from core.ingest.questions import MANY, NONE, Question
from core.ingest.text_table import Mask, TextColumn

Floats = npt.NDArray[np.float64]

# A column with more different texts is no list of names.
_MOST_TEXTS = 200_000


def ask_no_goods(checks: Checks, items: TextColumn, quantity: Floats, counted: Mask) -> Mask:
    """Ask whether lines that are called shipping, discount, deposit and the like are sales.

    Args:
        checks: The file.
        items: The item of each row.
        quantity: Units of each row, shape [n_rows].
        counted: Rows that are not left out so far, shape [n_rows].

    Returns:
        The rows to be left out, shape [n_rows].
    """
    nothing = np.zeros_like(counted)
    for column in _columns(checks, items):
        found = _found(column, quantity, counted)
        if found:
            return _left_out(checks, column, found) & counted
    return nothing


def _found(column: TextColumn, quantity: Floats, counted: Mask) -> dict[str, str]:
    """Return the names that are no goods, with their units; nothing where there are no others."""
    named = {text for text in column.texts if is_no_goods(text)}
    if not named:
        return {}
    rows = np.bincount(column.codes[counted], minlength=len(column.texts))
    there = [text for text, n in zip(column.texts, rows.tolist(), strict=True) if text and n]
    found = [text for text in there if text in named]
    if len(found) == len(there):
        return {}
    return {text: _units(column, text, quantity, counted) for text in found}


def _left_out(checks: Checks, column: TextColumn, found: dict[str, str]) -> Mask:
    chosen = set(checks.ask(_question(column.name, found)).split(MANY))
    rows = column.where(lambda text: text in chosen)
    if rows.any():
        checks.tell(
            "info",
            "no_goods_left_out",
            "A line that is no goods is left out: "
            + ", ".join(f"{t} {found[t]}" for t in list(found)[:MAX_EXAMPLES] if t in chosen),
            rows=rows,
            name=column.name,
            remedy="Nothing to do, unless the answer to its question is another.",
        )
    return rows


def _columns(checks: Checks, items: TextColumn) -> list[TextColumn]:
    """Return the items, and the columns that describe them."""
    known = set(synonyms("items", "name"))
    taken = {guess.column for guess in checks.columns.values()}
    described = [
        name
        for name in checks.table.columns
        if plain(name) in known
        and name not in taken
        and len(checks.table.frame[name].cat.categories) <= _MOST_TEXTS
    ]
    return [items, *map(checks.table.column, described)]


def _units(column: TextColumn, text: str, quantity: Floats, counted: Mask) -> str:
    rows = column.where(lambda other: other == text) & counted
    units = np.nansum(quantity[rows])
    return f"{units:,.10g} {'unit' if units == 1 else 'units'}"


def _question(name: str, found: dict[str, str]) -> Question:
    shown = ", ".join(list(found)[:MAX_EXAMPLES]) + (", ..." if len(found) > MAX_EXAMPLES else "")
    return Question(
        "no_goods",
        f"Some lines under {name!r} seem to be no goods: {shown}. Which of them are none?",
        {text: f"{text} ({units})" for text, units in found.items()}
        | {NONE: "none of them: all are goods"},
        MANY.join(found),
        tuple(f"{text!r}: {units}" for text, units in list(found.items())[:MAX_EXAMPLES]),
        many=True,
    )
