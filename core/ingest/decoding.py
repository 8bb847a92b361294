"""From bytes to text: which encoding, and the evidence for it."""

from __future__ import annotations

import codecs

from core.ingest.findings import unusable
from core.ingest.letters import best_encoding
from core.ingest.source import Guess, Source

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_SAMPLE = 1 << 20
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a"))
_MANY_CONTROLS = 0.02
_STRAY = "stray_bytes_as_windows"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows-1252."""
    assert isinstance(error, UnicodeDecodeError)
    stray = error.object[error.start : error.end]
    return stray.decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY, _as_windows)


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
    if "\0" in text:
        raise _with_nul_bytes(source.name, text)
    text = text.lstrip("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, guess


def _as_told(source: Source, encoding: str) -> tuple[str, Guess]:
    try:
        text = source.data.decode(encoding)
    except (LookupError, UnicodeError) as error:
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
    head = data[:4096]
    if b"\0" in head and (half := _zero_half(head)):
        return _utf16_without_mark(source, half)
    seen = head.rstrip(b"\0")
    if len(seen) - len(seen.translate(None, _CONTROLS)) > _MANY_CONTROLS * len(seen):
        raise _not_text(source)
    try:
        return data.decode("utf-8"), Guess("encoding", "UTF-8", "every byte fits")
    except UnicodeDecodeError as error:
        return _not_quite_utf8(data, error.start)


def _not_quite_utf8(data: bytes, at: int) -> tuple[str, Guess]:
    """Read UTF-8 with a few stray bytes as such; anything else in an older encoding."""
    line = data.count(b"\n", 0, at) + 1
    seen = f"byte 0x{data[at]:02X} in line {line} is not UTF-8"
    sample = data[max(0, at - _SAMPLE) : at + _SAMPLE]
    fitting = sample.decode("utf-8", "ignore")
    n_fitting = sum(not letter.isascii() for letter in fitting)
    n_stray = len(sample) - len(fitting.encode())
    if n_fitting >= max(1, n_stray):
        text = data.decode("utf-8", _STRAY)
        return text, Guess("encoding", "UTF-8", f"{seen} and is read as Windows-1252")
    encoding, label = best_encoding(data[max(0, at - 1) : at + 16 * _SAMPLE])
    try:
        return data.decode(encoding), Guess("encoding", label, seen)
    except UnicodeDecodeError:
        return data.decode("latin-1"), Guess("encoding", "Latin-1", seen)


def _marked(source: Source, encoding: str, label: str) -> tuple[str, Guess]:
    try:
        return source.data.decode(encoding), Guess("encoding", label, "byte order mark")
    except UnicodeDecodeError as error:
        raise _not_text(source) from error


def _zero_half(head: bytes) -> str:
    """Say which bytes of a UTF-16 text without mark are 0: even or odd; empty where it is none."""
    zeros_even, zeros_odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if max(zeros_even, zeros_odd) < 0.7 * half or min(zeros_even, zeros_odd) > 0.05 * half:
        return ""
    return "even" if zeros_even > zeros_odd else "odd"


def _utf16_without_mark(source: Source, half: str) -> tuple[str, Guess]:
    encoding = {"even": "utf-16-be", "odd": "utf-16-le"}[half]
    try:
        return source.data.decode(encoding), Guess("encoding", "UTF-16", "every second byte is 0")
    except UnicodeDecodeError as error:
        raise _not_text(source) from error


def _with_nul_bytes(name: str, text: str) -> Exception:
    at = text.index("\0")
    lines = text[:at].replace("\r\n", "\n").replace("\r", "\n")
    return unusable(
        "nul_bytes",
        "The file holds bytes that are 0, so a part of it was lost or overwritten",
        name,
        row=lines.count("\n") + 1,
        remedy="Export it again; a copy over a bad connection can do this.",
    )


def _not_text(source: Source) -> Exception:
    return unusable(
        "not_a_table",
        "The file is neither a text table nor an .xlsx workbook",
        source.name,
        value=repr(source.data[:8])[2:-1],
        remedy="Save it as CSV or .xlsx and upload that.",
    )
