"""What kind of file it is, told by its first bytes and never by its name."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from core.ingest.findings import unusable
from core.ingest.source import Source

_HEAD = 8192
_MARKS = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_ZIP = b"PK\x03\x04"
_HTML = re.compile(
    rb"(<\?xml[^>]*>|<!doctype html[^>]*>|<!--.*?-->|\s)*<(html|table|head|body|meta)\b", re.DOTALL
)

_SAVE = "Save it as .xlsx or CSV and upload that."
_UNPACK = "Unpack it and upload the table inside."
# First bytes, small letters -> what it is, what to do.
_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"%pdf", "a PDF", "Save it as .xlsx or CSV where it was made; a PDF only shows a table."),
    (b"\x89png", "a picture", "Save it as .xlsx or CSV where it was made."),
    (b"\xff\xd8\xff", "a picture", "Save it as .xlsx or CSV where it was made."),
    (b"gif8", "a picture", "Save it as .xlsx or CSV where it was made."),
    (b"\x1f\x8b", "packed with gzip", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", _UNPACK),
    (b"rar!", "a RAR archive", _UNPACK),
    (b"pk\x05\x06", "an empty zip archive", "Pack it again, or upload the table itself."),
    (b"par1", "a Parquet file", _SAVE),
    (b"sqlite format", "a database", _SAVE),
    (b"{\\rtf", "a text document", _SAVE),
    (b"mime-version:", "a saved web page", _SAVE),
    (b"<?xml", "XML and no table", _SAVE),
    (b"[{", "JSON and no table", _SAVE),
    (b'{"', "JSON and no table", _SAVE),
)
# A part of the package -> what it is.
_PACKAGES: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("word/document.xml", "a text document"),
    ("ppt/presentation.xml", "a presentation"),
    ("content.xml", "an OpenDocument file (.ods)"),
    ("Index/Document.iwa", "a Numbers file"),
)


def kind_of_file(source: Source) -> Literal["workbook", "page", "text"]:
    """Say whether a file is an .xlsx workbook, an HTML page or text.

    Raises:
        InputFileError: where it is known to be something else; says what.
    """
    head = source.data[:_HEAD]
    if head.startswith(_ZIP):
        return "workbook"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise unusable(
            "old_excel",
            "This is an old .xls workbook, or one with a password",
            source.name,
            remedy="Save it as .xlsx without a password, or as CSV.",
        )
    seen = head.replace(b"\0", b"").lower()
    bare = seen.lstrip(_MARKS)
    if _HTML.match(bare):
        return "page"
    for start, what, remedy in _OTHERS:
        if seen.startswith(start) or bare.startswith(start):
            raise _other(source, what, remedy)
    return "text"


def refuse_other_package(source: Source, parts: Collection[str]) -> None:
    """Refuse a zip archive that is no workbook, in words.

    Args:
        source: The file.
        parts: Names of the files inside.

    Raises:
        InputFileError: where there is no workbook inside.
    """
    for part, what in _PACKAGES:
        if part in parts:
            raise _other(source, what, _SAVE)
    if parts and not any(part.endswith("workbook.xml") for part in parts):
        raise _other(source, "a zip archive", _UNPACK)


def _other(source: Source, what: str, remedy: str) -> Exception:
    return unusable("not_a_table", f"The file is {what}", source.name, remedy=remedy)
