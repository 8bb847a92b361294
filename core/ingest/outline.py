"""Headings above rows, on one level or several, with totals that close them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.names import plain, words
from core.ingest.text_table import Codes, Mask, is_total, tidy

Floats = npt.NDArray[np.float64]
_SMALL = frozenset({"for", "fur", "von", "pour", "de", "para", "del", "voor", "van", "of"})


@dataclass(frozen=True, eq=False)
class Outline:
    """What stands under what.

    Args:
        heading: Row of the innermost open heading of each row; -1 for none, shape [n_rows].
        parents: Row of a heading -> row of the heading above it.
        first: First row that a heading or total counts together; -1 elsewhere, shape [n_rows].
        last: The row behind its last, shape [n_rows].
    """

    heading: Codes
    parents: Mapping[int, int]
    first: Codes
    last: Codes

    def sums(self, values: Floats) -> Floats:
        """Add up what each heading or total counts together, shape [n_rows]."""
        running = np.concatenate([[0.0], np.cumsum(values)])
        return np.where(self.first >= 0, running[self.last] - running[self.first], 0.0)

    def sizes(self, rows: Mask) -> Codes:
        """Count the rows right under each heading, shape [n_rows]."""
        under = self.heading[rows & (self.heading >= 0)]
        return np.bincount(under, minlength=len(self.heading))

    def full_names(self, texts: Mapping[int, str]) -> dict[int, str]:
        """Put the heading above in front where one text stands under several: Outdoor:Mug."""
        under: defaultdict[str, set[str]] = defaultdict(set)
        for row, text in texts.items():
            under[text].add(texts.get(self.parents.get(row, -1), ""))
        return {
            row: f"{texts[self.parents[row]]}:{text}"
            if len(under[text]) > 1 and row in self.parents
            else text
            for row, text in texts.items()
        }


def outlined(cells: pd.Series, heads: Mask, totals: Mask) -> Outline:
    """Find what stands under what.

    A heading that is further out than the last one, or as far and behind rows, closes it; so does
    a total that names it. One right below another stands under that.

    Args:
        cells: The column with the headings, blanks in front of them kept.
        heads: Which rows are headings, shape [n_rows].
        totals: Which rows are totals, shape [n_rows].
    """
    n = len(heads)
    opened, first = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    last = np.full(n, n, dtype=np.int64)
    stack: list[tuple[int, int, str]] = []
    parents: dict[int, int] = {}
    before, at = -1, np.flatnonzero(heads | totals)
    for row in at.tolist():
        raw = str(cells.iat[row])
        depth, text = len(raw) - len(raw.lstrip()), tidy(raw)
        if heads[row]:
            is_under = before == row - 1 and bool(stack) and stack[-1][0] == before
            while stack and (depth < stack[-1][1] or (depth == stack[-1][1] and not is_under)):
                last[stack.pop()[0]] = row
            if stack:
                parents[row] = stack[-1][0]
            stack.append((row, depth, plain(text)))
            first[row] = row + 1
            before = row
        else:
            place = _closed(text, [name for _, _, name in stack])
            if place is not None:
                first[row], last[row] = stack[place][0] + 1, row
                for closed, _, _ in stack[place:]:
                    last[closed] = row
                del stack[place:]
        opened[row] = stack[-1][0] if stack else -1
    return Outline(_carried(opened, at), parents, first, last)


def _closed(total: str, open_names: list[str]) -> int | None:
    """Return which open heading a total names, the innermost first."""
    parts = [word for word in words(total) if not is_total(word)]
    if parts[:1] and parts[0] in _SMALL:
        parts = parts[1:]
    bare = plain(total)
    for place in reversed(range(len(open_names))):
        name = open_names[place]
        if name == "".join(parts) or (name and bare.endswith(name)):
            return place
    return None


def _carried(opened: Codes, at: Codes) -> Codes:
    """Carry what is open from each heading or total down to the next, shape [n_rows]."""
    latest = np.full(len(opened), -1, dtype=np.int64)
    latest[at] = at
    latest = np.maximum.accumulate(latest)
    return np.where(latest >= 0, opened[latest], -1)
