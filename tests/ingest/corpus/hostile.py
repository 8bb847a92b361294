"""Files that are no table, are broken, or are made to exhaust the machine."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

from openpyxl.utils import get_column_letter

from tests.ingest.corpus.case import HEAD, ROWS, Case, bad, days, good
from tests.ingest.corpus.parts import (
    HEADER,
    MAIN,
    book,
    packed,
    parts_of,
    raw,
    row_of,
    sheet_of,
)
from tests.ingest.corpus.parts import ROWS as CELLS

XLSX = "sales.xlsx"
SAVE = ("Save it as",)
MEGABYTE = 2**20
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"
BOMB = (
    '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9))
    + "]>"
)
SPREADSHEET_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
    'xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell><Data>date'
    "</Data></Cell></Row></Table></Worksheet></Workbook>"
)


def bomb(n_megabytes: int) -> bytes:
    """A workbook whose sheet is hundreds of megabytes of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts_of("").items():
            if not name.endswith("sheet1.xml"):
                archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f"<worksheet {MAIN}><sheetData>".encode())
            for _ in range(n_megabytes):
                sheet.write(b" " * MEGABYTE)
    return out.getvalue()


def claiming(size: int) -> bytes:
    """A workbook whose directory says that its sheet is so large."""
    data = bytearray(book(*CELLS))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        if b"sheet1.xml" in data[at : at + 100]:
            data[at + 24 : at + 28] = struct.pack("<I", size)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def overlapping() -> bytes:
    """A workbook whose strings are a bomb of repeated text."""
    text = "<si><t>" + "A" * 1000 + "</t></si>"
    strings = f"<sst {MAIN}>{text * 100_000}</sst>"
    return packed(
        parts_of(sheet_of(row_of(*HEADER)), xl__sharedStrings__xml=strings)
        | {"xl/sharedStrings.xml": strings}
    )


def blank_cells(n_rows: int) -> bytes:
    """Sales beside rows of blank, formatted cells over the full width of a sheet."""
    letters = [get_column_letter(k) for k in range(4, 16_385)]
    rows = [row_of(*HEADER), row_of("2024-04-13", "A", 5), row_of("2024-04-14", "A", 7)]
    rows += ["<row></row>"] * n_rows
    full = (
        row.replace("</row>", "".join(f'<c r="{at}{k}" s="0"/>' for at in letters) + "</row>")
        for k, row in enumerate(rows, start=1)
    )
    return packed(parts_of(sheet_of("".join(full))))


def far_cell() -> bytes:
    """A stray cell in the last row of a sheet."""
    rows = [row_of(*HEADER), row_of("2024-04-13", "A", 5), row_of("2024-04-14", "A", 7)]
    return packed(parts_of(sheet_of("".join(rows) + '<row r="1048576"><c r="XFD1048576"/></row>')))


def nested(depth: int) -> bytes:
    """XML nested deeper than any reader should follow."""
    return packed(parts_of("<a>" * depth + "</a>" * depth))


def broken_deflate() -> bytes:
    """A workbook whose packed bytes are damaged in the middle."""
    data = bytearray(book(*CELLS))
    at = data.find(b"worksheets/sheet1.xml")
    data[at + 40 : at + 60] = b"\xff" * 20
    return bytes(data)


def locked() -> bytes:
    """A zip whose parts are marked as locked with a password."""
    data = bytearray(book(*CELLS))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def named(mimetype: str) -> bytes:
    """A package of another office program."""
    return packed({"mimetype": mimetype, "content.xml": "<office:document-content/>"})


CASES: tuple[Case, ...] = (
    bad(
        "a cell of 10 MB",
        HEAD + "2024-04-13," + "A" * 10 * MEGABYTE + ",5\n2024-04-14,A,7\n",
        "long_cell",
        "row 2",
    ),
    bad(
        "a cell of 10 MB far down",
        HEAD + ROWS * 50 + "2024-04-13," + "A" * 10 * MEGABYTE + ",5\n",
        "long_cell",
        "row 102",
    ),
    bad("a line of 50 MB", "a" * 50 * MEGABYTE, "long_cell", "row 1"),
    bad("a line of 50 MB of commas", "a," * 25 * MEGABYTE, "too_wide", "delimiter"),
    bad(
        "a million columns", HEAD.strip() + ",x" * 1_000_000 + "\n" + ROWS, "too_wide", "delimiter"
    ),
    bad("many quotes opened", HEAD + '"' * 100_001 + ",A,5\n", "long_cell"),
    bad(
        "a quote opened before very much text",
        HEAD + '2024-04-13,"A,5\n' + ROWS * 200_000,
        "long_cell",
        "row 2",
    ),
    bad("zip bomb", lambda: bomb(400), "too_large", "as CSV", file=XLSX),
    bad("bomb of strings", overlapping, "too_large", "as CSV", file=XLSX),
    bad(
        "a directory that claims 2 GB",
        lambda: claiming(2 * 2**30),
        "too_large",
        "as CSV",
        file=XLSX,
    ),
    bad(
        "a directory that claims too little",
        lambda: claiming(20),
        "damaged",
        "save it again",
        file=XLSX,
    ),
    good("blank formatted cells over the full width", lambda: blank_cells(100), file=XLSX),
    good("a stray cell in the last corner", far_cell, file=XLSX),
    bad("deeply nested XML", lambda: nested(200_000), "empty_file", "another sheet", file=XLSX),
    bad(
        "entity bomb in a sheet",
        lambda: packed(parts_of(BOMB + sheet_of(row_of("date", "item", "&j;")))),
        "damaged",
        "save it again",
        file=XLSX,
    ),
    bad(
        "an outside entity in a sheet",
        lambda: packed(
            parts_of(
                '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                + sheet_of(row_of("date", "item", "&x;"))
            )
        ),
        "damaged",
        "save it again",
        file=XLSX,
    ),
    bad("truncated workbook", lambda: book(*CELLS)[:-200], "damaged", "save it again", file=XLSX),
    bad("workbook of ten bytes", b"PK\x03\x04 no zip", "damaged", "save it again", file=XLSX),
    bad("empty zip", lambda: packed({}), "not_a_table", "empty zip", file=XLSX),
    bad("damaged bytes inside a workbook", broken_deflate, "damaged", "save it again", file=XLSX),
    bad("parts locked with a password", locked, "damaged", "save it again", file=XLSX),
    bad(
        "a string that is not there",
        lambda: raw(HEADER, ("2024-04-13", '<c t="s"><v>9</v></c>', 5)),
        "damaged",
        "save it again",
        file=XLSX,
    ),
    bad(
        "a style that is not there",
        lambda: raw(HEADER, ('<c s="99"><v>45395</v></c>', "A", 5)),
        "damaged",
        "save it again",
        file=XLSX,
    ),
    bad(
        "a number that is none",
        lambda: raw(HEADER, ("2024-04-13", "A", "<c><v>five</v></c>")),
        "damaged",
        "save it again",
        file=XLSX,
    ),
    bad(
        "no sheet in a workbook",
        lambda: packed(
            parts_of("") | {"xl/workbook.xml": f"<workbook {MAIN}><sheets/></workbook>"}
        ),
        "damaged",
        "save it again",
        file=XLSX,
    ),
    bad("workbook with an empty sheet", lambda: book(), "empty_file", "another sheet", file=XLSX),
    bad(
        "old .xls or one with a password", OLD, "old_excel", "without a password", file="sales.xls"
    ),
    bad(
        "binary workbook .xlsb",
        lambda: packed({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01\0"}),
        "not_a_table",
        *SAVE,
        ".xlsb",
        file="sales.xlsb",
    ),
    bad(
        "OpenDocument .ods",
        lambda: named("application/vnd.oasis.opendocument.spreadsheet"),
        "not_a_table",
        *SAVE,
        "OpenDocument",
        file="sales.ods",
    ),
    bad(
        "text document",
        lambda: packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}),
        "not_a_table",
        *SAVE,
        "text document",
        file="sales.docx",
    ),
    bad(
        "zip with a table inside",
        lambda: packed({"sales.csv": HEAD + ROWS}),
        "not_a_table",
        "zip",
        "Unpack",
        file="sales.zip",
    ),
    bad("XML spreadsheet of 2003", SPREADSHEET_2003, "not_a_table", *SAVE, "XML", file="sales.xls"),
    bad(
        "some other XML", "<?xml version='1.0'?><sales><row/></sales>", "not_a_table", *SAVE, "XML"
    ),
    bad(
        "JSON", '[{"date": "2024-04-13", "item": "A", "quantity": 5}]', "not_a_table", *SAVE, "JSON"
    ),
    bad(
        "PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", "not_a_table", *SAVE, "PDF"
    ),
    bad("picture", PNG, "not_a_table", *SAVE, "picture", file="sales.png"),
    bad("gzip", gzip.compress((HEAD + ROWS).encode(), mtime=0), "not_a_table", "gzip", "Unpack"),
    bad("Parquet", b"PAR1" + bytes(range(256)) + b"PAR1", "not_a_table", *SAVE, "Parquet"),
    bad(
        "random bytes",
        bytes(zlib.crc32(bytes([k & 255, k >> 8])) & 255 for k in range(4000)),
        "not_a_table",
        *SAVE,
    ),
    bad("a table of bells", "\a\b\x01\x02" * 500, "not_a_table"),
    good(
        "script in a code stays text",
        HEAD + "2024-04-13,<script>alert(1)</script>,5\n2024-04-14,<script>alert(1)</script>,7\n",
        days("<script>alert(1)</script>", 5, 7),
    ),
    bad(
        "a bad row at the end of many",
        HEAD + ROWS * 20_000 + "2024-04-15,A,oops\n",
        "not_a_number",
        "row 40002",
    ),
)
