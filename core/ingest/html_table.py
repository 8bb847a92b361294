"""A web page with a table, as systems export it under the name .xls -> TextTable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

import numpy as np

from core.ingest.decoding import decode
from core.ingest.findings import unusable
from core.ingest.grid import Grid, table_of, too_many_cells
from core.ingest.layout import is_number, names_in_header
from core.ingest.source import Guess, ReadOptions, Source, too_large
from core.ingest.text_table import TextTable, tidy

_MAX_BYTES = 50 * 1024 * 1024
_MAX_CELLS = 2_000_000
_MAX_SPAN = 1000
_CELLS, _ENDS = frozenset({"td", "th"}), frozenset({"/td", "/th", "/tr"})
_UNSEEN = frozenset({"script", "style", "template"})
# A tag with its attributes; other markup (<!doctype>, <?xml>) counts as one without a meaning.
_TAG = re.compile(r"<(/?[a-zA-Z][^\s/<>]*|[!?])((?:[\s/]|(?<=[!?]))[^<>]*)?>")


def read_html(source: Source, options: ReadOptions, known: frozenset[str]) -> TextTable:
    """Read the table of a page; of several, the one whose columns are known.

    Raises:
        InputFileError: where there is no table, or several that may be meant.
    """
    if len(source.data) > _MAX_BYTES:
        raise too_large(source.name, len(source.data))
    text, encoding = decode(source, options.encoding)
    tables = _tables(text, source.name)
    grids = [_grid(rows) for rows in tables if any(map(any, rows))]
    if not grids:
        raise unusable(
            "no_table",
            "The file is a web page without a table",
            source.name,
            value=text.strip()[:60],
            remedy="Export it again, perhaps after signing in. Save it as .xlsx or CSV.",
        )
    guess = Guess("kind of file", "a web page", f"{len(grids)} tables found")
    grid = _best(grids, known, source.name)
    return table_of(grid, source.name, options, known, guesses=(encoding, guess))


def _best(grids: Sequence[Grid], known: frozenset[str], name: str) -> Grid:
    fits = [(names_in_header(grid.head(), known), len(grid.codes)) for grid in grids]
    best = max(fits)
    alike = [fit for fit in fits if fit[0] == best[0]]
    if len(alike) > 1 and best[0]:
        raise unusable(
            "several_tables",
            f"The page holds {len(alike)} tables with the same columns",
            name,
            remedy="Save the right one as .xlsx or CSV and upload that.",
        )
    return grids[fits.index(best)]


def _grid(rows: Sequence[Sequence[str]]) -> Grid:
    place: dict[str, int] = {}
    filled = [
        (line, column, place.setdefault(text, len(place)))
        for line, row in enumerate(rows, start=1)
        for column, text in enumerate(row)
        if text
    ]
    cells = np.array(filled, dtype=np.int64).reshape(-1, 3)
    return Grid(tuple(place), cells[:, 0], cells[:, 1], cells[:, 2])


def _tables(text: str, name: str) -> list[list[list[str]]]:
    """Return the rows of every table of a page; a table inside a cell is a table of its own."""
    tables: list[_Table] = []
    inside: list[_Table] = []
    n_cells = 0
    for tag, rest in _tokens(text):
        if tag == "table":
            inside.append(_Table())
            tables.append(inside[-1])
        elif not inside:
            continue
        elif tag == "tr":
            n_cells += inside[-1].next_row()
        elif tag in _CELLS:
            n_cells += inside[-1].next_cell(_span("colspan", rest), _span("rowspan", rest))
        elif tag == "/table":
            inside.pop().end_cell()
        elif tag in _ENDS:
            inside[-1].end_cell()
        else:
            inside[-1].pieces.append(rest if tag == "" else " ")
        if n_cells > _MAX_CELLS:
            raise too_many_cells(name, _MAX_CELLS)
    for table in inside:
        table.end_cell()
    return [table.rows for table in tables]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Cut a page into tags, each with its attributes, and texts, which have no tag.

    The time taken grows with the length of the page only, whatever is left open in it.
    """
    at = 0
    while (start := text.find("<", at)) >= 0:
        if start > at:
            yield "", unescape(text[at:start])
        found = _TAG.match(text, start)
        if text.startswith("<!--", start):
            at = text.find("-->", start) + 3
        elif found is None:
            yield "", "<"
            at = start + 1
        else:
            tag = found[1].lower()
            yield tag, found[2] or ""
            at = found.end()
            if tag in _UNSEEN:
                at = text.find(f"</{found[1]}", at)
        if at < start:
            return
    yield "", unescape(text[at:])


class _Table:
    """The rows of one table while it is read."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.pieces: list[str] = []
        self._spans = 1, 1
        self._is_open = False
        # Column -> rows still to fill, and the text for them.
        self._hanging: dict[int, tuple[int, str]] = {}

    def next_row(self) -> int:
        """End the row and begin one; return how many cells rows above give it."""
        self.end_cell()
        self.rows.append([])
        self._fill_hanging()
        return len(self._hanging)

    def next_cell(self, n_columns: int, n_rows: int) -> int:
        """End the cell before and begin one; return how many columns it covers."""
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self.pieces.clear()
        self._spans, self._is_open = (n_columns, n_rows), True
        return n_columns

    def end_cell(self) -> None:
        """End the cell: its text goes to its first column, and to each row that it covers.

        A number over two rows counts once.
        """
        if not self._is_open:
            return
        self._is_open = False
        text = tidy(" ".join("".join(self.pieces).split()))
        self.pieces.clear()
        n_columns, n_rows = self._spans
        row = self.rows[-1]
        for k in range(n_columns):
            if n_rows > 1:
                repeated = "" if k or is_number(text) else text
                self._hanging[len(row)] = n_rows - 1, repeated
            row.append("" if k else text)
        self._fill_hanging()

    def _fill_hanging(self) -> None:
        """Fill the next columns that a cell of a row above covers."""
        row = self.rows[-1]
        while len(row) in self._hanging:
            left, text = self._hanging.pop(len(row))
            if left > 1:
                self._hanging[len(row)] = left - 1, text
            row.append(text)


def _span(name: str, attributes: str) -> int:
    """Return how many columns or rows a cell covers."""
    found = re.search(rf"\b{name}\s*=\s*[\"']?(\d{{1,6}})", attributes, re.IGNORECASE)
    return max(1, min(int(found[1]), _MAX_SPAN)) if found else 1
