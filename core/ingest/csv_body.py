"""The rows of a delimited text below its header, with the line number of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.ingest.findings import unusable
from core.ingest.text_table import Codes

# What a spreadsheet's cell can hold; a longer one begins at a quotation mark left open.
MAX_CELL = 32_767


def parse_rows(
    text: str, start_line: int, names: Sequence[str], delimiter: str, file: str
) -> tuple[pd.DataFrame, Codes, tuple[tuple[int, str], ...]]:
    """Return the rows below the header, the line of each, and the lines that do not fit.

    Args:
        text: The whole file.
        start_line: Last line of the header.
        names: Names of the columns.
        delimiter: What stands between cells.
        file: Name of the file.

    Raises:
        InputFileError: where a quotation mark swallows the rest of the file.
    """
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
    try:
        frame, lines, misfits = _with_lines(frame, odd, start_line, delimiter)
    except csv.Error as error:
        raise long_cell(file, start_line + odd[0][0], "") from error
    _refuse_long_cells(frame, lines, file)
    return frame, lines, misfits


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


def _refuse_long_cells(frame: pd.DataFrame, lines: Codes, file: str) -> None:
    for name in frame.columns:
        cells = frame[name].cat
        lengths = list(map(len, cells.categories))
        if max(lengths, default=0) > MAX_CELL:
            code = int(np.argmax(lengths))
            row = int(np.flatnonzero(np.asarray(cells.codes) == code)[0])
            raise long_cell(file, int(lines[row]), cells.categories[code])


def long_cell(file: str, line: int | None, text: str) -> Exception:
    """Return the error for a cell that no planner can have meant."""
    return unusable(
        "long_cell",
        f"A cell has more than {MAX_CELL} letters",
        file,
        value=f"{text[:40]}..." if text else None,
        row=line,
        remedy="Look for a quotation mark that is opened and never closed.",
    )
