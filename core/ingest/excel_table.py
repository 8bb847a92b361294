"""An .xlsx workbook -> TextTable: values only, no formulas, no macros."""

from __future__ import annotations

import io
import warnings
import zipfile
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from core.ingest.csv_table import choose_header, header_guess, name_columns
from core.ingest.findings import unusable
from core.ingest.layout import HEAD_ROWS, Record
from core.ingest.source import Guess, ReadOptions, Source
from core.ingest.text_table import TextTable, unique_names, without_empty

MAX_UNPACKED = 1024 * 1024 * 1024
MAX_CELLS = 20_000_000


def read_excel(source: Source, options: ReadOptions, known: frozenset[str]) -> TextTable:
    """Read one sheet of a workbook.

    Raises:
        InputFileError: where the workbook is damaged, too large or empty, or has no such sheet.
    """
    rows, sheet = _sheet_rows(source, options)
    records = [
        Record(tuple(row), line, line)
        for line, row in enumerate(rows[: HEAD_ROWS + (options.header_row or 0)], start=1)
    ]
    if not any(record.n_filled for record in records):
        raise unusable(
            "empty_file",
            "The sheet is empty",
            source.name,
            value=sheet.value,
            remedy="Choose another sheet of the workbook.",
        )
    header = choose_header(records, options, known, source.name)
    named = name_columns(records, header, options, known)
    start = records[named.last].first_line
    width = max(len(row) for row in rows[start - 1 :])
    body = [list(row) + [""] * (width - len(row)) for row in rows[start:]]
    names = unique_names(named.cells, width)
    frame = pd.DataFrame(
        {name: pd.Categorical([row[i] for row in body]) for i, name in enumerate(names)}
    )
    lines = np.arange(start + 1, start + 1 + len(body), dtype=np.int64)
    guesses = (sheet, header_guess(records, named, options))
    return without_empty(
        TextTable(source.name, frame, lines, start, guesses, options=options, delimiter="")
    )


def _sheet_rows(source: Source, options: ReadOptions) -> tuple[list[list[str]], Guess]:
    import openpyxl

    _guard_size(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(source.data), read_only=True, data_only=True, keep_links=False
            )
            names = list(book.sheetnames)
            name = options.sheet or _first_filled(book, names)
            if name not in names:
                raise unusable(
                    "no_sheet",
                    "The workbook has no such sheet",
                    source.name,
                    value=name,
                    remedy=f"Its sheets are: {', '.join(names)}.",
                )
            rows = _texts(book[name], source)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise _damaged(source) from error
    evidence = "chosen by you" if options.sheet else f"the first with data of {len(names)}"
    return rows, Guess("sheet", name, evidence, by_planner=bool(options.sheet))


def _first_filled(book: Any, names: list[str]) -> str:
    """Return the first sheet that holds a row, else the first."""
    for name in names:
        rows = book[name].iter_rows(values_only=True, max_row=HEAD_ROWS)
        if any(cell is not None for row in rows for cell in row):
            return name
    return names[0]


def _texts(sheet: Any, source: Source) -> list[list[str]]:
    rows, n_cells = [], 0
    for row in sheet.iter_rows(values_only=True):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        n_cells += len(cells)
        if n_cells > MAX_CELLS:
            raise unusable(
                "too_large",
                f"The sheet has more than {MAX_CELLS // 10**6} million cells",
                source.name,
                remedy="Save the sheet as CSV and upload that.",
            )
        rows.append(cells)
    return rows


def _text(cell: object) -> str:
    """Write a cell as text that reads back as the same value."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _guard_size(source: Source) -> None:
    """Refuse an archive that would unpack to more than fits."""
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _damaged(source) from error
    if unpacked > MAX_UNPACKED:
        raise unusable(
            "too_large",
            "The workbook unpacks to more than 1 GB",
            source.name,
            value=f"{unpacked / 2**20:.0f} MB",
            remedy="Save the sheet as CSV and upload that.",
        )


def _damaged(source: Source) -> Exception:
    return unusable(
        "damaged",
        "The workbook is damaged, or is no .xlsx file",
        source.name,
        remedy="Open it in your spreadsheet program and save it again as .xlsx or CSV.",
    )
