"""The parts of an .xlsx package: sheets, shared texts, formats; read as a stream, within bounds."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from core.ingest.findings import unusable
from core.ingest.signatures import refuse_other_package
from core.ingest.source import Source

MAX_UNPACKED = 1024 * 1024 * 1024
_MAX_TEXTS = 256 * 1024 * 1024
# Real sheets pack to a twentieth; a bomb to a hundredth or less.
_MAX_RATIO, _RATIO_FROM = 100, 50 * 1024 * 1024
_CHUNK = 1 << 20
_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_NO_DATE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')
# A blank cell that only has a format; sheets may hold millions, and each says where it stands.
_BLANK_CELL = re.compile(rb'<c r="[A-Z]{1,3}\d{1,7}"(?: s="\d{1,5}")?/>')
_ONLY_NOUGHTS = re.compile("0{2,}")

Attributes = dict[str, str]


class Done(Exception):  # noqa: N818
    """Raised by a handler that has seen enough."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its name, its part of the package, and whether it is shown."""

    name: str
    part: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Format:
    """How numbers are shown: as dates, or with leading noughts up to a width."""

    is_date: bool = False
    width: int = 0


class Package:
    """An open workbook.

    Args:
        source: The file.

    Raises:
        InputFileError: where it is another kind of file, or would unpack to more than fits.
        Exception: of many kinds where it is damaged; the caller says so in words.
    """

    def __init__(self, source: Source):
        self.source = source
        self.archive = zipfile.ZipFile(io.BytesIO(source.data))
        refuse_other_package(source, self.archive.namelist())
        self._guard()
        self.from_1904 = False
        self.sheets: list[Sheet] = []
        root = self._targets("_rels/.rels", "")
        main = next((p for kind, p in root.values() if kind == "officeDocument"), "xl/workbook.xml")
        folder, file = posixpath.split(main)
        self._parts = self._targets(f"{folder}/_rels/{file}.rels", folder)
        self._read_workbook(main)
        self.formats = self._read_formats()
        self.texts = self._read_texts()

    def walk(self, part: str, start: Any, end: Any, text: Any) -> None:
        """Read one part as XML, piece by piece; names come without their namespaces' prefixes.

        Args:
            part: Name of the part.
            start: Called with the name of each element and its attributes.
            end: Called with the name of each element.
            text: Called with the text between.
        """
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        local: dict[str, str] = {}

        def enter(name: str, found: Attributes) -> None:
            if (own := local.get(name)) is None:
                own = local[name] = name.rpartition("}")[2]
            start(own, found)

        parser.StartElementHandler = enter
        parser.EndElementHandler = lambda name: end(local[name])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _no_entities
        try:
            with self.archive.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(_BLANK_CELL.sub(b"", chunk), False)
                parser.Parse(b"", True)
        except Done:
            pass

    def _guard(self) -> None:
        """Refuse an archive that would unpack to more than fits."""
        parts = self.archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        is_bomb = any(
            part.file_size > max(_RATIO_FROM, _MAX_RATIO * part.compress_size) for part in parts
        )
        texts = sum(p.file_size for p in parts if p.filename.lower().endswith("sharedstrings.xml"))
        if unpacked > MAX_UNPACKED or texts > _MAX_TEXTS or is_bomb:
            raise unusable(
                "too_large",
                "The workbook unpacks to more than fits",
                self.source.name,
                value=f"{unpacked / 2**20:.0f} MB",
                remedy="Save the sheet as CSV and upload that.",
            )

    def _targets(self, part: str, folder: str) -> dict[str, tuple[str, str]]:
        """Relations of a part: id -> kind and target."""
        found: dict[str, tuple[str, str]] = {}
        if part not in self.archive.namelist():
            return found

        def start(name: str, attributes: Attributes) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                kind = attributes["Type"].rpartition("/")[2]
                found[attributes["Id"]] = kind, target.lstrip("/")

        self.walk(part, start, _nothing, _nothing)
        return found

    def _read_workbook(self, main: str) -> None:
        def start(name: str, attributes: Attributes) -> None:
            if name == "workbookPr":
                self.from_1904 = attributes.get("date1904") in ("1", "true")
            elif name == "sheet":
                ids = (v for k, v in attributes.items() if k.rpartition("}")[2] == "id")
                kind, part = self._parts.get(next(ids, ""), ("", ""))
                is_shown = attributes.get("state", "visible") == "visible"
                if kind == "worksheet":
                    self.sheets.append(Sheet(attributes["name"], part, is_shown))

        self.walk(main, start, _nothing, _nothing)

    def _read_formats(self) -> list[Format]:
        """Return the format of each style, in order."""
        codes: dict[str, str] = {}
        styles: list[Format] = []
        inside = [False]

        def start(name: str, attributes: Attributes) -> None:
            if name == "numFmt":
                codes[attributes["numFmtId"]] = attributes["formatCode"]
            elif name == "cellXfs":
                inside[0] = True
            elif name == "xf" and inside[0]:
                number = attributes.get("numFmtId", "0")
                styles.append(_format(int(number), codes.get(number, "")))

        def end(name: str) -> None:
            inside[0] = inside[0] and name != "cellXfs"

        if part := self._part("styles"):
            self.walk(part, start, end, _nothing)
        return styles or [Format()]

    def _read_texts(self) -> list[str]:
        """Return the texts that cells refer to by number."""
        texts: list[str] = []
        pieces: list[str] = []
        reader = TextPieces(pieces)

        def end(name: str) -> None:
            reader.end(name)
            if name == "si":
                texts.append("".join(pieces))
                pieces.clear()

        if part := self._part("sharedStrings"):
            self.walk(part, reader.start, end, reader.text)
        return texts

    def _part(self, kind: str) -> str | None:
        parts = set(self.archive.namelist())
        return next((p for k, p in self._parts.values() if k == kind and p in parts), None)


class TextPieces:
    """Gathers the text of <t> elements; phonetic readings (<rPh>) are no part of it."""

    def __init__(self, pieces: list[str]):
        self._pieces, self._is_text, self._is_reading = pieces, False, False

    def start(self, name: str, _: Attributes) -> None:
        """Enter an element."""
        self._is_reading = self._is_reading or name == "rPh"
        self._is_text = name == "t" and not self._is_reading

    def end(self, name: str) -> None:
        """Leave an element."""
        self._is_text = False
        self._is_reading = self._is_reading and name != "rPh"

    def text(self, text: str) -> None:
        """Take text."""
        if self._is_text:
            self._pieces.append(text)


def _format(number: int, code: str) -> Format:
    shown = _NO_DATE.sub("", code).lower()
    if number in _BUILT_IN_DATES or (code and shown != "general" and re.search("[dmyhs]", shown)):
        return Format(is_date=True)
    return Format(width=len(code)) if _ONLY_NOUGHTS.fullmatch(code) else Format()


def _no_entities(*_: object) -> None:
    raise ValueError("a workbook has no document type, and no entities of its own")


_nothing: Callable[..., None] = lambda *_: None  # noqa: E731
