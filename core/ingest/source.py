"""A planner's file, how she wants it read, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from core.ingest.findings import unusable

DateOrder = Literal["day_first", "month_first", "year_first"]

MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """An uploaded file: its name and its bytes."""

    name: str
    data: bytes

    @classmethod
    def from_path(cls, path: str | Path) -> Source:
        """Read a file from disk.

        Raises:
            InputFileError: where the file is not there, is not a file, or is too large.
        """
        path = Path(path)
        try:
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise too_large(path.name, size)
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise unusable(
                "no_file",
                f"The file cannot be opened: {error.strerror}",
                str(path),
                remedy="Check the path, and that you may read the file.",
            ) from error


def too_large(name: str, size: int) -> Exception:
    """Return the error for a file that would not fit in memory."""
    return unusable(
        "too_large",
        f"The file is larger than {MAX_BYTES // 2**20} MB",
        name,
        value=f"{size / 2**20:.0f} MB",
        remedy="Export fewer columns or fewer years, or split the file.",
    )


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the planner says about her file; None or empty lets the program guess.

    Args:
        encoding: Such as utf-8, cp1252, utf-16.
        delimiter: One of , ; tab |.
        header_row: Line with the column names, from 1.
        decimal: "." or ",".
        date_order: day_first or month_first, where dates are written 03/04/2025; year_first,
            where the year has two digits.
        sheet: Name of the sheet of a workbook.
        columns: Attribute -> column of the file; an empty text means "not in this file".
        answers: What she answered to the questions that the file raises, by the question's id.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
    decimal: Literal[".", ","] | None = None
    date_order: DateOrder | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> Mapping[str, str]:
        """Attribute -> column, however she said it."""
        start = "column_"
        told = {k.removeprefix(start): v for k, v in self.answers.items() if k.startswith(start)}
        return {**told, **self.columns}


AUTOMATIC = ReadOptions()


@dataclass(frozen=True, slots=True)
class Guess:
    """One thing decided about how to read a file.

    Args:
        name: encoding, delimiter, header row, decimal, date order, sheet, period.
        value: What was decided, in words.
        evidence: Why, with the text that shows it.
        by_planner: True where the planner said so.
    """

    name: str
    value: str
    evidence: str
    by_planner: bool = False
