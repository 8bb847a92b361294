"""An .xlsx workbook -> TextTable: values only, no formulas, no macros."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from dataclasses import replace
from xml.parsers.expat import ExpatError

from core.ingest.date_text import is_serial
from core.ingest.findings import MAX_EXAMPLES, Finding, unusable
from core.ingest.grid import MAX_CELLS, table_of, too_many_cells
from core.ingest.names import known_names, plain, synonyms
from core.ingest.package import Package, Sheet
from core.ingest.sheet import SheetReader
from core.ingest.sheet_choice import Choice, choose_sheets
from core.ingest.sheet_names import fitness
from core.ingest.sheet_stack import told_by_name
from core.ingest.source import ReadOptions, Source
from core.ingest.text_table import TextTable

# What a package with damaged bytes can raise, wherever they lie.
_DAMAGE = (
    *(KeyError, ValueError, IndexError, OverflowError, OSError, RuntimeError, EOFError),
    *(ExpatError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)
_FOUR_YEARS = 1462


def read_excel(source: Source, options: ReadOptions, kind: str) -> TextTable:
    """Read one sheet of a workbook, or several that belong below each other.

    Raises:
        InputFileError: where the workbook is damaged, too large or empty, or has no such sheet.
    """
    try:
        package = Package(source)
        choice = choose_sheets(package, options, kind)
        tables = _tables(package, choice, options, kind)
    except _DAMAGE as error:
        raise _damaged(source) from error
    first, *more = tables
    asks = (choice.question,) if choice.question else ()
    told = _not_read(source, choice.not_read) + _odd_name(source, choice, kind)
    return replace(first, asks=asks, below=tuple(more), findings=(*first.findings, *told))


def _tables(package: Package, choice: Choice, options: ReadOptions, kind: str) -> list[TextTable]:
    """Read the chosen sheets, one after the other; together they may hold as much as one."""
    tables: list[TextTable] = []
    n_cells = 0
    for sheet in choice.sheets:
        read = SheetReader(package, sheet)
        grid = read.grid
        n_cells += len(grid.codes)
        if n_cells > MAX_CELLS:
            raise too_many_cells(package.source.name)
        if not len(grid.codes) and len(choice.sheets) > 1:
            continue
        _refuse_no_values(package.source, read, sheet)
        told = _hidden(package.source, read.n_hidden_lines)
        table = table_of(
            grid,
            package.source.name,
            options,
            known_names(kind),
            guesses=(choice.guess,),
            findings=told,
        )
        if package.from_1904:
            table = _since_1900(table)
        if len(choice.sheets) > 1:
            table = replace(table, sheet=sheet.name)
        tables.append(told_by_name(table, sheet.name, kind, is_place=choice.are_places))
    return tables


def _refuse_no_values(source: Source, read: SheetReader, sheet: Sheet) -> None:
    if not len(read.grid.codes):
        raise unusable(
            "empty_file",
            "The sheet is empty",
            source.name,
            value=sheet.name,
            remedy="Choose another sheet of the workbook.",
        )
    if read.no_result:
        raise unusable(
            "no_formula_results",
            "The workbook holds formulas whose results were never worked out",
            source.name,
            value=f"cell {read.no_result}",
            remedy="Open it in your spreadsheet program and save it again, or paste the values.",
        )


# Tables of these two look alike: item, date, number.
_EASILY_MIXED_UP = {"history": "sales", "stock": "stock"}


def _odd_name(source: Source, choice: Choice, kind: str) -> tuple[Finding, ...]:
    """Tell of the only sheet that fits where its name says that it is something else."""
    name = choice.sheets[0].name
    is_open = choice.question is not None or choice.guess.by_planner
    if is_open or kind not in _EASILY_MIXED_UP or fitness(name, kind) >= 0:
        return ()
    return (
        Finding(
            "warning",
            "sheet_name",
            f"The name of the sheet does not sound like {_EASILY_MIXED_UP[kind]}",
            source.name,
            value=name,
            remedy="Look whether it is the right file, and the right sheet of it.",
        ),
    )


def _not_read(source: Source, names: tuple[str, ...]) -> tuple[Finding, ...]:
    if not names:
        return ()
    return (
        Finding(
            "warning",
            "sheet_left_out",
            "A sheet has other columns than those that are read, and is left out",
            source.name,
            value=names[0],
            remedy="Name its columns like those of the other sheets, if it belongs to them.",
            count=len(names),
            examples=names[:MAX_EXAMPLES],
        ),
    )


def _since_1900(table: TextTable) -> TextTable:
    """Count bare day numbers under a date's name from 1900, where the workbook counts from 1904."""
    frame = table.frame.copy()
    for name in frame.columns:
        texts = frame[name].cat.categories
        if plain(name) in synonyms("history", "date") and all(map(is_serial, filter(None, texts))):
            shifted = [str(float(text) + _FOUR_YEARS) if text else "" for text in texts]
            frame[name] = frame[name].cat.rename_categories(shifted)
    return replace(table, frame=frame)


def _hidden(source: Source, n_lines: int) -> tuple[Finding, ...]:
    if not n_lines:
        return ()
    return (
        Finding(
            "warning",
            "hidden_rows",
            f"{n_lines} rows of the sheet are hidden and are read like the others",
            source.name,
            remedy="Delete them where a filter was to leave them out.",
            count=n_lines,
        ),
    )


def _damaged(source: Source) -> Exception:
    return unusable(
        "damaged",
        "The workbook is damaged, or is no .xlsx file",
        source.name,
        remedy="Open it in your spreadsheet program and save it again as .xlsx or CSV.",
    )
