"""How workbooks and pages are put together from a few lines."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

D1, D2 = datetime(2024, 4, 13), datetime(2024, 4, 14)
HEADER = ("date", "item", "quantity")
ROWS: tuple[tuple[Any, ...], ...] = (HEADER, (D1, "A", 5), (D2, "A", 7))


def new_book(*rows: Sequence[Any], **sheets: Sequence[Sequence[Any]]) -> openpyxl.Workbook:
    """Return a workbook with these rows on its first sheet, and more sheets by name."""
    made = openpyxl.Workbook()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    for name, more in sheets.items():
        sheet = made.create_sheet(name)
        for row in more:
            sheet.append(row)
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def book(*rows: Sequence[Any], **sheets: Sequence[Sequence[Any]]) -> bytes:
    """Return the bytes of a workbook with these rows."""
    return saved(new_book(*rows, **sheets))


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    """Return a zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(sheet: bytes | str, **more: bytes | str) -> dict[str, bytes | str]:
    """Return the parts of the smallest workbook there is, around the XML of its only sheet."""
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.'
        f'main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.'
        f'worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.'
        'sharedStrings+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="Sales" '
        'sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
        f'Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f"<sst {MAIN}/>",
        **{name.replace("__", "/"): content for name, content in more.items()},
    }


def sheet_of(rows: str) -> str:
    """Return the XML of a sheet, around the XML of its rows."""
    return f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>"


def text_cell(text: str) -> str:
    """Return the XML of a cell with text."""
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def row_of(*cells: object) -> str:
    """Return the XML of a row: numbers as numbers, XML as it is, all else as text."""
    made = [
        f"<c><v>{cell}</v></c>"
        if isinstance(cell, int | float)
        else str(cell)
        if str(cell).startswith("<c")
        else text_cell(str(cell))
        for cell in cells
    ]
    return f"<row>{''.join(made)}</row>"


def raw(*rows: Sequence[object]) -> bytes:
    """Return a workbook written by hand, with these rows."""
    return packed(parts_of(sheet_of("".join(row_of(*row) for row in rows))))


def serial(day: date) -> int:
    """Return the day number of a spreadsheet."""
    return (day - date(1899, 12, 30)).days
