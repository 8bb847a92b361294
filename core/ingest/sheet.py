"""One sheet of a workbook -> its filled cells, as text that reads back as the same value."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from core.ingest.grid import MAX_CELLS, Grid, too_many_cells
from core.ingest.package import Attributes, Done, Package, Sheet, TextPieces

_MAX_COLUMN, _MAX_LINE = 16_384, 1_048_576
_WHOLE = re.compile(r"-?\d+")
# Written so, a number is read both ways: 1.234. A nought behind says that the point is decimal.
_OPEN = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_TRUTH = {"0": "FALSE", "1": "TRUE"}


class SheetReader:
    """Reads a sheet cell by cell; afterwards it says what it saw.

    Args:
        package: The workbook.
        sheet: Which sheet.
        max_lines: Lines to read.
    """

    def __init__(self, package: Package, sheet: Sheet, max_lines: int = _MAX_LINE):
        self._package, self._max_lines = package, max_lines
        self._codes: dict[str, int] = {}
        self._memo: dict[tuple[str, str, str], int] = {}
        self._at = array("q"), array("q"), array("q")
        self._line, self._column = 0, -1
        self._cell: tuple[str, str] = "n", "0"
        self._pieces: list[str] = []
        self._texts = TextPieces(self._pieces)
        self._is_value, self._is_formula = False, False
        self._columns: dict[str, int] = {}
        self.n_hidden_lines, self.no_result = 0, ""
        self._hidden = False
        package.walk(sheet.part, self._start, self._end, self._text)

    @property
    def grid(self) -> Grid:
        """The filled cells."""
        lines, columns, codes = (np.array(values, dtype=np.int64) for values in self._at)
        return Grid(tuple(self._codes), lines, columns, codes)

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._column = self._place(attributes.get("r", ""))
            self._cell = attributes.get("t", "n"), attributes.get("s", "0")
            self._is_formula = False
        elif name == "v":
            self._is_value = True
        elif name == "row":
            self._next_line(attributes)
        elif name == "f":
            self._is_formula = True
        else:
            self._texts.start(name, attributes)

    def _end(self, name: str) -> None:
        if name == "v":
            self._is_value = False
        elif name == "c":
            if self._pieces or self._is_formula:
                self._keep("".join(self._pieces))
                self._pieces.clear()
        elif name != "row":
            self._texts.end(name)

    def _text(self, text: str) -> None:
        if self._is_value:
            self._pieces.append(text)
        else:
            self._texts.text(text)

    def _next_line(self, attributes: Attributes) -> None:
        self._line = int(attributes.get("r", self._line + 1))
        if not 1 <= self._line <= _MAX_LINE:
            raise ValueError("no such row")
        if self._line > self._max_lines:
            raise Done
        self._column = -1
        self._hidden = attributes.get("hidden") in ("1", "true")

    def _place(self, reference: str) -> int:
        """Number the column of a cell, from 0; one without a reference follows the last."""
        letters = reference.rstrip("0123456789")
        if not letters:
            found = self._column + 1
        elif (known := self._columns.get(letters)) is not None:
            return known
        else:
            found = -1
            for letter in letters.upper():
                found = (found + 1) * 26 + ord(letter) - ord("A")
            self._columns[letters] = found
        if not 0 <= found < _MAX_COLUMN:
            raise ValueError("no such column")
        return found

    def _keep(self, raw: str) -> None:
        """Keep a cell that holds anything."""
        kind, style = self._cell
        if not raw:
            if self._is_formula and kind != "str" and not self.no_result:
                self.no_result = f"{_letters(self._column)}{self._line}"
            return
        code = self._memo.get((kind, style, raw))
        if code is None:
            text = _READERS[kind](self._package, raw, style)
            code = self._codes.setdefault(text, len(self._codes))
            self._memo[kind, style, raw] = code
        lines, columns, codes = self._at
        lines.append(self._line)
        columns.append(self._column)
        codes.append(code)
        if len(lines) > MAX_CELLS:
            raise too_many_cells(self._package.source.name)
        if self._hidden:
            self.n_hidden_lines += 1
            self._hidden = False


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        letters = chr(ord("A") + column % 26) + letters
        column = column // 26 - 1
    return letters


def _shared(package: Package, raw: str, _: str) -> str:
    number = int(raw)
    if number < 0:
        raise ValueError("no such text")
    return package.texts[number]


def _as_it_is(_: Package, raw: str, __: str) -> str:
    return raw


def _truth(_: Package, raw: str, __: str) -> str:
    return _TRUTH.get(raw.strip(), raw)


def _number(package: Package, raw: str, style: str) -> str:
    """Write a number, or the day it stands for."""
    shown, raw = package.formats[int(style)], raw.strip()
    value = float(raw)
    if shown.is_date and (day := _day(value, from_1904=package.from_1904)):
        return day
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value)).zfill(shown.width)
    text = raw if _WHOLE.fullmatch(raw) else repr(value)
    return f"{text}0" if _OPEN.fullmatch(text) else text


def _day(value: float, *, from_1904: bool) -> str | None:
    """Write the day, and the time where there is one; None where the number is no day."""
    first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30)
    try:
        moment = first + timedelta(milliseconds=round(value * 86_400_000))
    except (OverflowError, ValueError):
        return None
    if 0 <= value < 1:
        return moment.time().isoformat()
    return moment.date().isoformat() if value.is_integer() else moment.isoformat(" ")


_READERS: Mapping[str, Callable[[Any, str, str], str]] = {
    "s": _shared,
    "n": _number,
    "b": _truth,
    "str": _as_it_is,
    "inlineStr": _as_it_is,
    "e": _as_it_is,
    "d": _as_it_is,
}
