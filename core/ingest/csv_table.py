"""Delimited text -> TextTable, with the line number of every row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from core.ingest.csv_body import MAX_CELL, long_cell, parse_rows
from core.ingest.decoding import decode
from core.ingest.findings import unusable
from core.ingest.headers import Header, join_header
from core.ingest.layout import (
    DELIMITERS,
    HEAD_ROWS,
    Record,
    find_header,
    head_records,
    looks_like_data,
    sniff_delimiter,
)
from core.ingest.no_data import without_empty
from core.ingest.source import Guess, ReadOptions, Source
from core.ingest.text_table import TextTable, unique_names

MAX_COLUMNS = 20_000
_TOLD = re.compile(r"sep=([,;\t|])", re.IGNORECASE)


def read_csv(source: Source, options: ReadOptions, known: frozenset[str]) -> TextTable:
    """Read delimited text.

    Raises:
        InputFileError: where the file is empty or no table, or has no column names.
    """
    text, encoding = decode(source, options.encoding)
    lines = list(islice(io.StringIO(text), HEAD_ROWS + (options.header_row or 0)))
    _refuse_endless(lines, source.name)
    delimiter, records = _cut(lines, options, known, source.name)
    header = choose_header(records, options, known, source.name)
    named = name_columns(records, header, options, known)
    cells = named.cells
    width = _width(cells, records[named.last + 1 :])
    if width > MAX_COLUMNS:
        raise _too_wide(source.name, width)
    names = unique_names(cells, width)
    start = records[named.last].last_line
    frame, rows, misfits = parse_rows(text, start, names, delimiter, source.name)
    guesses = (
        encoding,
        _delimiter_guess(delimiter, names, options, lines[0]),
        header_guess(records, named, options),
    )
    table = TextTable(
        source.name, frame, rows, start, guesses, (), misfits, options, delimiter=delimiter
    )
    return without_empty(replace(table, titles=titles_above(records, named)))


def titles_above(records: Sequence[Record], named: Header) -> tuple[str, ...]:
    """Return the lines above the column names, each as one text."""
    above = (filter(str.strip, record.cells) for record in records[: named.first])
    return tuple(filter(None, (" ".join(cells) for cells in above)))


def choose_header(
    records: Sequence[Record], options: ReadOptions, known: frozenset[str], name: str
) -> int:
    """Return which record holds the column names.

    Raises:
        InputFileError: where none does, or the line the planner named is not there.
    """
    if options.header_row is not None:
        for i, record in enumerate(records):
            if record.first_line <= options.header_row <= record.last_line and record.n_filled:
                return i
        raise unusable(
            "no_header",
            "There are no column names in the row chosen for them",
            name,
            row=options.header_row,
            remedy="Choose the row that holds the column names.",
        )
    header = find_header(records, known)
    if header is None or looks_like_data(records, header, known):
        at = header or 0
        raise unusable(
            "no_header",
            "The file has no row with column names",
            name,
            value=", ".join(records[at].cells)[:60] if records else None,
            row=records[at].first_line if records else None,
            remedy="Add a first row that names the columns, such as date, item, quantity.",
        )
    return header


def name_columns(
    records: Sequence[Record], header: int, options: ReadOptions, known: frozenset[str]
) -> Header:
    """Return the names of the columns; of several rows only where the planner named none."""
    if options.header_row is not None:
        return Header(records[header].cells, header, header)
    return join_header(records, header, known)


def header_guess(records: Sequence[Record], named: Header, options: ReadOptions) -> Guess:
    """Say which lines hold the column names, and why."""
    line = str(records[named.first].first_line)
    if options.header_row is not None:
        return Guess("header row", line, "chosen by you", by_planner=True)
    if named.last > named.first:
        value = f"{line} to {records[named.last].last_line}"
        return Guess("header row", value, f"joined, as in {named.example!r}")
    above = [record.cells for record in records[: named.first] if record.n_filled]
    if not above:
        return Guess("header row", line, "the first row that is not blank")
    shown = next(cell for cell in above[0] if cell.strip())
    return Guess("header row", line, f"title rows above it are skipped ({shown[:40]!r})")


def _width(header: Sequence[str], below: Sequence[Record]) -> int:
    """Columns of the table: those named, and blank ones where most rows have them."""
    longer = [
        len(record.cells)
        for record in below
        if len(record.cells) > len(header)
        and not any(cell.strip() for cell in record.cells[len(header) :])
    ]
    return max(longer) if len(longer) > len(below) / 2 else len(header)


def _delimiter_guess(
    delimiter: str, names: Sequence[str], options: ReadOptions, first_line: str
) -> Guess:
    label = DELIMITERS.get(delimiter, repr(delimiter))
    if options.delimiter:
        return Guess("delimiter", label, "chosen by you", by_planner=True)
    if _told_delimiter(first_line):
        return Guess("delimiter", label, f"the first line says so: {first_line.strip()}")
    return Guess("delimiter", label, f"it cuts the header into {len(names)} columns")


def _told_delimiter(first_line: str) -> str | None:
    """Return the delimiter that a first line like "sep=;" names, for spreadsheets to see."""
    told = _TOLD.fullmatch(first_line.strip('\n\r "'))
    return told[1] if told else None


def _cut(
    lines: Sequence[str], options: ReadOptions, known: frozenset[str], name: str
) -> tuple[str, list[Record]]:
    """Return the delimiter, and the first lines cut by it."""
    told = options.delimiter or _told_delimiter(lines[0])
    try:
        delimiter = told or sniff_delimiter(lines, known)
        return delimiter, head_records(lines, delimiter)
    except csv.Error as error:
        raise long_cell(name, None, "") from error
    except TypeError as error:
        raise unusable(
            "not_a_table",
            f"The file cannot be cut into columns: {error}",
            name,
            remedy="Choose one sign as the delimiter: comma, semicolon, tab or bar.",
        ) from error


def _refuse_endless(lines: Sequence[str], name: str) -> None:
    """Refuse a line that would be cut into millions of cells, or into one without an end."""
    for number, line in enumerate(lines, start=1):
        if len(line) <= MAX_CELL:
            continue
        n_cells, sign = max((line.count(sign), sign) for sign in DELIMITERS)
        if n_cells > MAX_COLUMNS:
            raise _too_wide(name, n_cells)
        longest = max(line.split(sign), key=len)
        if len(longest) > MAX_CELL:
            raise long_cell(name, number, longest)


def _too_wide(name: str, width: int) -> Exception:
    return unusable(
        "too_wide",
        f"The file has more than {MAX_COLUMNS} columns",
        name,
        value=str(width),
        remedy="Check the delimiter.",
    )
