"""A web page with a table, as systems export it under the name .xls -> TextTable."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser

import numpy as np

from core.ingest.decoding import decode
from core.ingest.findings import unusable
from core.ingest.grid import MAX_CELLS, Grid, table_of, too_many_cells
from core.ingest.layout import is_number, names_in_header
from core.ingest.source import Guess, ReadOptions, Source, too_large
from core.ingest.text_table import TextTable, tidy

_MAX_BYTES = 50 * 1024 * 1024
_MAX_SPAN = 1000
_CELLS, _UNSEEN = frozenset({"td", "th"}), frozenset({"script", "style", "template"})


def read_html(source: Source, options: ReadOptions, known: frozenset[str]) -> TextTable:
    """Read the table of a page; of several, the one whose columns are known.

    Raises:
        InputFileError: where there is no table, or several that may be meant.
    """
    if len(source.data) > _MAX_BYTES:
        raise too_large(source.name, len(source.data))
    text, encoding = decode(source, options.encoding)
    page = _Page(source.name)
    page.feed(text)
    page.close()
    grids = [_grid(rows) for rows in page.tables if any(map(any, rows))]
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


class _Page(HTMLParser):
    """Gathers the rows of every table; a table inside a cell is a table of its own."""

    def __init__(self, name: str):
        super().__init__(convert_charrefs=True)
        self._name, self._n_cells, self._unseen = name, 0, 0
        self.tables: list[list[list[str]]] = []
        self._open: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element."""
        if tag == "table":
            self._open.append(_Table())
            self.tables.append(self._open[-1].rows)
        elif tag in _UNSEEN:
            self._unseen += 1
        elif self._open and tag == "tr":
            self._open[-1].next_row()
        elif self._open and tag in _CELLS:
            told = dict(attrs)
            self._n_cells += self._open[-1].next_cell(told.get("colspan"), told.get("rowspan"))
            if self._n_cells > MAX_CELLS:
                raise too_many_cells(self._name)
        elif self._open and tag in ("br", "p", "div"):
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif self._open and tag == "table":
            self._open.pop().next_row()
        elif self._open and tag in (*_CELLS, "tr"):
            self._open[-1].end_cell()

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._open and not self._unseen:
            self._open[-1].pieces.append(data)

    def close(self) -> None:
        """End the page, and the tables that it leaves open."""
        super().close()
        for table in self._open:
            table.next_row()


class _Table:
    """The rows of one table while it is read."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.pieces: list[str] = []
        self._spans = 1, 1
        self._is_open = False
        # Column -> rows still to fill, and the text for them.
        self._hanging: dict[int, tuple[int, str]] = {}

    def next_row(self) -> None:
        """End the row."""
        self.end_cell()
        self.rows.append([])
        self._fill_hanging()

    def next_cell(self, columns: str | None, rows: str | None) -> int:
        """End the cell before and begin one; return how many columns it covers."""
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self.pieces.clear()
        self._spans, self._is_open = (_span(columns), _span(rows)), True
        return self._spans[0]

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


def _span(told: str | None) -> int:
    told = (told or "1").strip()[:6]
    return max(1, min(int(told), _MAX_SPAN)) if told.isascii() and told.isdigit() else 1
