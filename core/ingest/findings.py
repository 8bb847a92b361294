"""What was found in a file: every problem at once, each with its place and its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from core.domain import InputFileError

Severity = Literal["error", "warning", "info"]

MAX_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem in one column of one file.

    Args:
        severity: error stops the import, warning and info are only told.
        code: Short fixed name of the kind of problem, to group by and to test on.
        what: What is wrong, in words.
        file: Name of the file.
        value: The first offending text, as it stands in the file.
        row: Line of the file as a text editor or a spreadsheet numbers it, from 1.
        column: Column as the file calls it.
        remedy: What to do about it, a full sentence.
        count: How many rows have this problem.
        examples: A few of them, "row 17: 'abc'".
        item: Code of the item in that row.
    """

    severity: Severity
    code: str
    what: str
    file: str = ""
    value: str | None = None
    row: int | None = None
    column: str | None = None
    remedy: str = ""
    count: int = 1
    examples: tuple[str, ...] = ()
    item: str = ""

    @property
    def where(self) -> str:
        """File, row, item and column, as far as they are known."""
        row = f"row {self.row}" if self.row is not None else ""
        item = f"item {self.item}" if self.item else ""
        column = f"column {self.column!r}" if self.column else ""
        return ", ".join(part for part in (self.file, row, item, column) if part)

    @property
    def title(self) -> str:
        """What is wrong, with the number of rows where there are several."""
        return f"{self.what} ({self.count} rows)" if self.count > 1 else self.what

    @property
    def message(self) -> str:
        """The whole finding in one or two sentences."""
        got = "" if self.value is None else f", got {self.value!r}"
        where = f" ({self.where})" if self.where else ""
        return f"{self.title}{got}{where}." + (f" {self.remedy}" if self.remedy else "")


def raise_errors(findings: Iterable[Finding], questions: Iterable[object] = ()) -> None:
    """Raise where there is an error among the findings.

    Args:
        findings: What was found in a file.
        questions: What was asked about it so far.

    Raises:
        InputFileError: its message tells the first error, its ``findings`` hold all.
    """
    everything = tuple(findings)
    errors = [finding for finding in everything if finding.severity == "error"]
    if not errors:
        return
    first, n_more = errors[0], len(errors) - 1
    more = f" {n_more} more problem{'s'[: n_more > 1]} in this file." if n_more else ""
    raise InputFileError(
        first.title,
        value=first.value,
        where=first.where,
        remedy=first.remedy + more,
        findings=everything,
        questions=tuple(questions),
    )


def unusable(
    code: str,
    what: str,
    file: str,
    *,
    value: str | None = None,
    row: int | None = None,
    remedy: str,
) -> InputFileError:
    """Return the error for a file of which nothing can be read."""
    finding = Finding("error", code, what, file, value=value, row=row, remedy=remedy)
    return InputFileError(
        what, value=value, where=finding.where, remedy=remedy, findings=(finding,)
    )
