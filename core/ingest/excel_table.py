"""An .xlsx workbook -> TextTable: values only, no formulas, no macros."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from dataclasses import replace
from xml.parsers.expat import ExpatError

from core.ingest.date_text import is_serial
from core.ingest.findings import Finding, unusable
from core.ingest.grid import table_of
from core.ingest.layout import HEAD_ROWS, find_header, names_in_header
from core.ingest.names import plain, synonyms
from core.ingest.package import Package, Sheet
from core.ingest.sheet import SheetReader
from core.ingest.source import Guess, ReadOptions, Source
from core.ingest.text_table import TextTable, tidy

# What a package with damaged bytes can raise, wherever they lie.
_DAMAGE = (
    *(KeyError, ValueError, IndexError, OverflowError, OSError, RuntimeError, EOFError),
    *(ExpatError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
)
_FOUR_YEARS = 1462
# Fewer known names than these are no sign that a sheet holds the same kind of table.
_LEAST_KNOWN = 2
_SHOWN, _LONG = 4, 20


def read_excel(source: Source, options: ReadOptions, known: frozenset[str]) -> TextTable:
    """Read one sheet of a workbook.

    Raises:
        InputFileError: where the workbook is damaged, too large or empty, or has no such sheet.
    """
    try:
        package = Package(source)
        sheet, guess, alike = _choose(package, options, known)
        read = SheetReader(package, sheet)
    except _DAMAGE as error:
        raise _damaged(source) from error
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
    told = _hidden(source, read.n_hidden_lines)
    table = table_of(read.grid, source.name, options, known, guesses=(guess,), findings=told)
    if package.from_1904:
        table = _since_1900(table)
    return replace(table, sheets={name: _first_cells(package, name, known) for name in alike})


def _choose(
    package: Package, options: ReadOptions, known: frozenset[str]
) -> tuple[Sheet, Guess, tuple[str, ...]]:
    """Return the sheet to read, why, and the sheets that may be meant as well."""
    names = [sheet.name for sheet in package.sheets]
    told = options.sheet or options.answers.get("sheet")
    if told and told not in names:
        raise unusable(
            "no_sheet",
            "The workbook has no such sheet",
            package.source.name,
            value=told,
            remedy=f"Its sheets are: {', '.join(names)}.",
        )
    fits = {sheet: _fit(package, sheet, known) for sheet in package.sheets}
    shown = [sheet for sheet in fits if sheet.is_shown] or list(fits)
    best = max(shown, key=fits.__getitem__)
    as_good = [s.name for s in shown if fits[s][0] == fits[best][0] >= _LEAST_KNOWN]
    alike = tuple(as_good) if len(as_good) > 1 and not options.sheet else ()
    if told:
        chosen = next(sheet for sheet in package.sheets if sheet.name == told)
        return chosen, Guess("sheet", told, "chosen by you", by_planner=True), alike
    first_filled = next((s for s in shown if fits[s] > (0, False)), best)
    why = (
        f"the first with data of {len(names)}"
        if best is first_filled
        else f"the one of {len(names)} that names most columns"
    )
    return best, Guess("sheet", best.name, why), alike


def _first_cells(package: Package, name: str, known: frozenset[str]) -> str:
    """Return a few cells of a sheet's first row below its names, to recognise it by."""
    sheet = next(sheet for sheet in package.sheets if sheet.name == name)
    records = SheetReader(package, sheet, HEAD_ROWS).grid.head()
    below = records[(find_header(records, known) or 0) + 1 :]
    filled = [tidy(cell)[:_LONG] for record in below[:1] for cell in record.cells if tidy(cell)]
    return "; ".join(filled[:_SHOWN])


def _fit(package: Package, sheet: Sheet, known: frozenset[str]) -> tuple[int, bool]:
    """Rate a sheet: known names in its header, and whether there is anything on it."""
    records = SheetReader(package, sheet, HEAD_ROWS).grid.head()
    return names_in_header(records, known), bool(records)


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
