"""Delimited text -> TextTable, with the line number of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice

import numpy as np
import pandas as pd

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
from core.ingest.source import Guess, ReadOptions, Source
from core.ingest.text_table import Codes, TextTable, unique_names, without_empty

MAX_COLUMNS = 20_000


def read_csv(source: Source, options: ReadOptions, known: frozenset[str]) -> TextTable:
    """Read delimited text.

    Raises:
        InputFileError: where the file is empty or no table, or has no column names.
    """
    text, encoding = decode(source, options.encoding)
    lines = list(islice(io.StringIO(text), HEAD_ROWS + (options.header_row or 0)))
    try:
        delimiter = options.delimiter or sniff_delimiter(lines, known)
        records = head_records(lines, delimiter)
    except (csv.Error, TypeError) as error:
        raise unusable(
            "not_a_table",
            f"The file cannot be cut into columns: {error}",
            source.name,
            remedy="Save it as CSV or .xlsx and upload that.",
        ) from error
    header = choose_header(records, options, known, source.name)
    named = name_columns(records, header, options, known)
    cells = named.cells
    width = _width(cells, records[named.last + 1 :])
    if width > MAX_COLUMNS:
        raise unusable(
            "too_wide",
            f"The file has more than {MAX_COLUMNS} columns",
            source.name,
            value=str(width),
            remedy="Check the delimiter.",
        )
    names = unique_names(cells, width)
    start = records[named.last].last_line
    frame, rows, misfits = _parse(text, start, names, delimiter, source.name)
    guesses = (
        encoding,
        _delimiter_guess(delimiter, names, by_planner=bool(options.delimiter)),
        header_guess(records, named, options),
    )
    table = TextTable(
        source.name, frame, rows, start, guesses, (), misfits, options, delimiter=delimiter
    )
    return without_empty(table)


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


def _delimiter_guess(delimiter: str, names: Sequence[str], *, by_planner: bool) -> Guess:
    label = DELIMITERS.get(delimiter, repr(delimiter))
    if by_planner:
        return Guess("delimiter", label, "chosen by you", by_planner=True)
    return Guess("delimiter", label, f"it cuts the header into {len(names)} columns")


def _parse(
    text: str, start_line: int, names: Sequence[str], delimiter: str, file: str
) -> tuple[pd.DataFrame, Codes, tuple[tuple[int, str], ...]]:
    """Return the rows below the header, the line of each, and the lines that do not fit."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    odd: list[tuple[int, str]] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        odd.append((int(row.number or 0), str(row.text)))
        return "skip"

    body = text[_offset(text, start_line) :]
    if not body.strip():
        return pd.DataFrame({name: pd.Categorical([]) for name in names}), _no_lines(), ()
    ids = [str(i) for i in range(len(names))]
    as_text = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow_csv.read_csv(
            io.BytesIO(body.encode("utf-8", errors="replace")),
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=ids, block_size=8 << 20
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values='"' in body,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={i: as_text for i in ids}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise unusable(
            "not_a_table",
            f"The file cannot be cut into columns: {str(error)[:120]}",
            file,
            remedy="Look for a quotation mark that is opened and never closed.",
        ) from error
    frame = table.to_pandas()
    frame.columns = pd.Index(names)
    return _with_lines(frame, odd, start_line, delimiter)


def _with_lines(
    frame: pd.DataFrame, odd: list[tuple[int, str]], start_line: int, delimiter: str
) -> tuple[pd.DataFrame, Codes, tuple[tuple[int, str], ...]]:
    """Number the rows by line, put short rows back in, and keep the others apart."""
    n_all = len(frame) + len(odd)
    is_odd = np.zeros(n_all, dtype=np.bool_)
    is_odd[[number - 1 for number, _ in odd]] = True
    extra_lines = np.zeros(n_all, dtype=np.int64)
    extra_lines[~is_odd] = _line_feeds(frame)
    for number, text in odd:
        extra_lines[number - 1] = text.count("\n")
    lines = start_line + 1 + np.arange(n_all) + np.cumsum(extra_lines) - extra_lines
    fitting, misfits = _mend(odd, len(frame.columns), delimiter)
    if fitting:
        added = pd.DataFrame([cells for _, cells in fitting], columns=frame.columns, dtype=object)
        joined = pd.concat([frame.astype(object), added], ignore_index=True)
        numbers = np.concatenate(
            [np.flatnonzero(~is_odd), np.array([n - 1 for n, _ in fitting], dtype=np.int64)]
        )
        order = np.argsort(numbers, kind="stable")
        frame = joined.iloc[order].reset_index(drop=True).astype("category")
        return frame, lines[numbers[order]], _placed(misfits, lines)
    return frame, lines[~is_odd], _placed(misfits, lines)


def _mend(
    odd: list[tuple[int, str]], width: int, delimiter: str
) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """Fill up short rows and cut blank cells off long ones; return the rest apart."""
    fitting, misfits = [], []
    for number, text in odd:
        cells = next(iter(csv.reader(io.StringIO(text), delimiter=delimiter)), [])
        if any(cell.strip() for cell in cells[width:]):
            misfits.append((number, text.rstrip("\n")))
        else:
            fitting.append((number, (cells + [""] * width)[:width]))
    return fitting, misfits


def _placed(misfits: list[tuple[int, str]], lines: Codes) -> tuple[tuple[int, str], ...]:
    return tuple((int(lines[number - 1]), text) for number, text in misfits)


def _line_feeds(frame: pd.DataFrame) -> Codes:
    """Line feeds inside the cells of each row, shape [n_rows]."""
    total = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        cells = frame[name].cat
        feeds = np.array([str(text).count("\n") for text in cells.categories], dtype=np.int64)
        if feeds.any():
            total += feeds[np.asarray(cells.codes)]
    return total


def _offset(text: str, n_lines: int) -> int:
    """Position after the first lines."""
    at = 0
    for _ in range(n_lines):
        found = text.find("\n", at)
        if found < 0:
            return len(text)
        at = found + 1
    return at


def _no_lines() -> Codes:
    return np.zeros(0, dtype=np.int64)
