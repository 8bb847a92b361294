"""From bytes to text: which encoding, and the evidence for it."""

from __future__ import annotations

import codecs

from core.ingest.findings import unusable
from core.ingest.source import Guess, Source

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


def decode(source: Source, encoding: str | None = None) -> tuple[str, Guess]:
    """Return the file as text with line feeds only, and how it was decoded.

    Raises:
        InputFileError: where the file is empty, is not text, or does not fit the encoding given.
    """
    if not source.data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise unusable(
            "empty_file",
            "The file is empty",
            source.name,
            value=f"{len(source.data)} bytes",
            remedy="Export it again; the template on the Data page shows what is needed.",
        )
    text, guess = _as_told(source, encoding) if encoding else _guessed(source)
    text = text.lstrip("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, guess


def _as_told(source: Source, encoding: str) -> tuple[str, Guess]:
    try:
        text = source.data.decode(encoding)
    except (LookupError, UnicodeDecodeError) as error:
        raise unusable(
            "encoding",
            f"The file cannot be read as {encoding}: {error}",
            source.name,
            remedy="Choose another encoding, or leave it to the program.",
        ) from error
    return text, Guess("encoding", encoding, "chosen by you", by_planner=True)


def _guessed(source: Source) -> tuple[str, Guess]:
    data = source.data
    for mark, encoding, label in _BOMS:
        if data.startswith(mark):
            return _marked(source, encoding, label)
    if b"\0" in data[:4096]:
        return _utf16_without_mark(source)
    try:
        return data.decode("utf-8"), Guess("encoding", "UTF-8", "every byte fits")
    except UnicodeDecodeError as error:
        byte, line = data[error.start], data.count(b"\n", 0, error.start) + 1
        return _windows(data), Guess(
            "encoding", "Windows-1252", f"byte 0x{byte:02X} in line {line} is not UTF-8"
        )


def _marked(source: Source, encoding: str, label: str) -> tuple[str, Guess]:
    try:
        return source.data.decode(encoding), Guess("encoding", label, "byte order mark")
    except UnicodeDecodeError as error:
        raise _not_text(source) from error


def _utf16_without_mark(source: Source) -> tuple[str, Guess]:
    head = source.data[:4096]
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if max(zeros_even, zeros_odd) < 0.7 * half or min(zeros_even, zeros_odd) > 0.05 * half:
        raise _not_text(source)
    encoding = "utf-16-be" if zeros_even > zeros_odd else "utf-16-le"
    try:
        return source.data.decode(encoding), Guess("encoding", "UTF-16", "every second byte is 0")
    except UnicodeDecodeError as error:
        raise _not_text(source) from error


def _windows(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _not_text(source: Source) -> Exception:
    return unusable(
        "not_a_table",
        "The file is neither a text table nor an .xlsx workbook",
        source.name,
        value=repr(source.data[:8])[2:-1],
        remedy="Save it as CSV or .xlsx and upload that.",
    )
