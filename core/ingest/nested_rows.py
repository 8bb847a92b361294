"""Rows of items above the rows of their shops, in one column, as a pivot writes them; asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.findings import MAX_EXAMPLES
from core.ingest.questions import Ask, Question
from core.ingest.source import Guess
from core.ingest.text_table import Codes, Mask, TextTable, tidy

Floats = npt.NDArray[np.float64]

# So many of the rows below have a name that stands below others too.
_MOSTLY = 0.8
_FEW = 2
_CHOICES = {
    "locations": "shops or places; the item stands above them",
    "items": "items; their shop or place stands above them",
    "details": "details that are of no interest: only the sums count",
}


@dataclass(frozen=True, eq=False)
class Nested:
    """Which rows are the sum of the rows below them.

    Args:
        names: Of all rows, shape [n_rows].
        parent: Row that each row stands below; itself where it is a sum, shape [n_rows].
    """

    names: Sequence[str]
    parent: Codes

    @property
    def is_below(self) -> Mask:
        """Rows that stand below another."""
        found: Mask = self.parent != np.arange(len(self.parent))
        return found


def nested_rows(table: TextTable, values: Floats) -> Nested | None:
    """Find rows that add up all rows below them, where these have the same names again and again.

    Args:
        table: A table with one row per item.
        values: Units, shape [n_rows, n_periods].

    Returns:
        None where not every row is one or the other.
    """
    first = table.columns[0]
    names = [tidy(str(text)) for text in table.frame[first]]
    times = Counter(names)
    again = {name for name, n in times.items() if n > 1}
    if {"item", "location"} & set(table.columns) or not all(names) or len(again) < _FEW:
        return None
    parent = _parents(values, [name in again for name in names])
    if parent is None:
        return None
    found = Nested(names, parent)
    above = {names[row] for row in np.unique(parent)}
    below = [names[row] for row in np.flatnonzero(found.is_below)]
    is_named_again = sum(name in again for name in below) >= _MOSTLY * len(below)
    return found if len(above) >= _FEW and is_named_again and not above & set(below) else None


def _parents(values: Floats, again: Sequence[bool]) -> Codes | None:
    """Return the row that each one stands below; None where the sums do not go through."""
    parent = np.arange(len(values))
    row = 0
    while row < len(values):
        left, at = values[row].copy(), row + 1
        while at < len(values) and (not _is_zero(left) or (again[at] and _is_zero(values[at]))):
            left -= values[at]
            parent[at] = row
            at += 1
        if not _is_zero(left) or at == row + 1:
            return None
        row = at
    return parent


def _is_zero(values: Floats) -> bool:
    return bool(np.allclose(values, 0.0, atol=1e-6))


def laid_apart(table: TextTable, codes: Codes, nested: Nested, ask: Ask) -> tuple[TextTable, Codes]:
    """Return the rows below, each with its item and its shop, or only the sums.

    Args:
        table: A table with one row per item.
        codes: Which text each cell holds, shape [n_rows, n_periods].
        nested: Which rows are the sums.
        ask: Which of the two are the items.
    """
    below = nested.is_below
    rows = np.flatnonzero(below)
    own = [nested.names[row] for row in rows.tolist()]
    above = [nested.names[row] for row in nested.parent[rows].tolist()]
    answer = ask(_question(own, above))
    if answer == "details":
        frame = table.frame[~below].reset_index(drop=True)
        return replace(table, frame=frame, lines=table.lines[~below]), codes[~below]
    item, location = (above, own) if answer == "locations" else (own, above)
    parts = {"item": pd.Categorical(item), "location": pd.Categorical(location)}
    beside = table.frame.iloc[rows].drop(columns=table.columns[0]).reset_index(drop=True)
    frame = pd.concat([pd.DataFrame(parts), beside], axis=1)
    why = f"{above[0]!r} is the sum of the rows below it, in every period"
    guess = Guess("rows", f"{len(set(above))} sums left out, each above its parts", why)
    kept = replace(table, frame=frame, lines=table.lines[rows], guesses=(*table.guesses, guess))
    return kept, codes[rows]


def _question(own: Sequence[str], above: Sequence[str]) -> Question:
    n_above, shown = len(set(above)), list(dict.fromkeys(own))
    pairs = zip(own[:MAX_EXAMPLES], above[:MAX_EXAMPLES], strict=True)
    more = ", ..." if len(shown) > MAX_EXAMPLES else ""
    return Question(
        "nested_rows",
        f"{n_above} rows are the sum of the rows below them, and these have the same names again "
        f"and again ({', '.join(shown[:MAX_EXAMPLES])}{more}). What are the rows below?",
        _CHOICES,
        "locations" if n_above >= len(shown) else "items",
        tuple(f"{name!r} below {over!r}" for name, over in pairs),
    )
