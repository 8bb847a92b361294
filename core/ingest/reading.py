"""A file of any accepted kind -> TextTable; the kind is told by its bytes, not by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.ingest.csv_table import read_csv
from core.ingest.excel_table import read_excel
from core.ingest.findings import unusable
from core.ingest.html_table import read_html
from core.ingest.names import known_names
from core.ingest.signatures import kind_of_file
from core.ingest.source import AUTOMATIC, MAX_BYTES, ReadOptions, Source, too_large
from core.ingest.stages import stage
from core.ingest.text_table import TextTable

_Reader = Callable[[Source, ReadOptions, str], TextTable]


def _by_names(read: Callable[[Source, ReadOptions, frozenset[str]], TextTable]) -> _Reader:
    """Make a reader that looks for names of columns one that is told the kind of table."""
    return lambda source, options, table: read(source, options, known_names(table))


_READERS: Mapping[str, _Reader] = {
    "workbook": read_excel,
    "page": _by_names(read_html),
    "text": _by_names(read_csv),
}

# Nothing on order is an ordinary export; no sales, items or stock is a mistake.
_MAY_BE_EMPTY = frozenset({"open_orders"})


def read_table(source: Source, table: str, options: ReadOptions = AUTOMATIC) -> TextTable:
    """Read a file as text.

    Args:
        source: The file.
        table: Which template it stands for (history, items, stock, open_orders); its column
            names help to find the header and the delimiter.
        options: What the planner says about the file.

    Returns:
        The table; of several sheets that belong together the first, with the others below it.

    Raises:
        InputFileError: where nothing can be read, the file is of another kind, or there is no
            row below the column names.
    """
    if len(source.data) > MAX_BYTES:
        raise too_large(source.name, len(source.data))
    stage("text")
    found = _READERS[kind_of_file(source)](source, options, table)
    if found.n_rows == 0 and not found.misfits and not found.below and table not in _MAY_BE_EMPTY:
        raise unusable(
            "no_rows",
            "The file has column names and no rows below them",
            source.name,
            value=", ".join(found.columns)[:60],
            row=found.header_line,
            remedy="Export it again with its rows.",
        )
    return found
