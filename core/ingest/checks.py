"""One pass over a table: convert each column, collect every problem, reject or raise at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.domain import Attribute, attribute
from core.ingest.asked_dates import Asking, asked_dates
from core.ingest.column_questions import ask_columns
from core.ingest.columns import ColumnGuess, column_findings, guess_columns, other_dates
from core.ingest.convert import convert_flags, convert_numbers
from core.ingest.doubts import (
    decimal_question,
    order_guess,
    settled,
    sign_beside,
    sign_guess,
)
from core.ingest.findings import MAX_EXAMPLES, Finding, Severity, raise_errors
from core.ingest.questions import Asked, Questions
from core.ingest.reading import read_table
from core.ingest.rejected import count_rows, misfit_findings, rejected_rows
from core.ingest.result import Result
from core.ingest.sales_columns import by_their_cells
from core.ingest.shaping import stacked
from core.ingest.sheet_stack import asked_in_sheet, told_in_sheet, with_sheets
from core.ingest.source import AUTOMATIC, Guess, ReadOptions, Source
from core.ingest.text_table import Mask, TextColumn, TextTable, blank_column

T = TypeVar("T")

_DATA_PAGE = "on the Data page"
# The words of the switch below a file's findings, and of the command line's flag.
_MEND = 'Correct these cells, or choose "Leave out the faulty rows".'


class Checks:
    """The problems of one table, gathered while its columns are converted.

    Args:
        source: The file.
        kind: Any kind of table with attributes: history, items, stock, ...
        options: What the planner says about the file.

    Raises:
        InputFileError: where the file cannot be read, or required columns are missing.
    """

    def __init__(self, source: Source, kind: str, options: ReadOptions = AUTOMATIC):
        self.kind = kind
        self.questions = Questions(options.answers, source.name)
        self.ask = self.questions.ask
        table = read_table(source, kind, options)
        self.table: TextTable = stacked(table, kind, self.ask)
        self.skipped: Mask = self.table.skipped_rows
        self.columns: Mapping[str, ColumnGuess] = guess_columns(
            self.table.columns, kind, options.chosen
        )
        self.findings: list[Finding] = list(self.table.findings)
        self.guesses: list[Guess] = list(self.table.guesses)
        if kind == "history":
            self.columns, told = by_their_cells(self.table, self.columns, self.ask)
            self.guesses += told
        self.reasons = np.full(self.table.n_rows, "", dtype=object)
        self._row_faults = {"misfit_row"}
        self.findings += column_findings(self.table, kind, self.columns)
        raise_errors(self._told())
        ask_columns(self.table, kind, self.columns, self.ask)
        item = self.columns.get("item")
        self._items = self.table.column(item.column) if item else blank_column(self.table.n_rows)
        self.findings += misfit_findings(self.table)

    def texts(self, name: str) -> TextColumn | None:
        """Return a column as text, or None where the file has none."""
        if name not in self.columns:
            return None
        column = self.table.column(self.columns[name].column)
        self.reject(
            column.where(lambda text: "\n" in text),
            name,
            "line_break",
            f"{self._label(name)} runs over several lines",
            "Look for a quotation mark that is opened and never closed.",
        )
        if self._attribute(name).required:
            self._need(name, column.where(lambda text: not text))
        return column

    def numbers(self, name: str) -> npt.NDArray[np.float64] | None:
        """Return a column of numbers within the attribute's bounds; nan where empty or bad."""
        if name not in self.columns:
            return None
        column = self.table.column(self.columns[name].column)
        hint = self.table.decimal_hint
        units = self._attribute(name).unit == "units"
        found, sign = convert_numbers(column, self.table.options.decimal, hint, units=units)
        beside = None if sign.open_text is None else sign_beside(self.table, column.name)
        if beside is not None:
            found, sign = convert_numbers(column, self.table.options.decimal, beside)
            sign = settled(column, sign)
        if sign.open_text is not None:
            told = self.ask(decimal_question(self._label(name), sign))
            told_sign = told if self._is_told("decimal") else None
            found, sign = convert_numbers(column, told_sign, told)
        self.reject(
            found.bad,
            name,
            "not_a_number",
            f"{self._label(name)} is not a number",
            _MEND,
        )
        guess, doubts = sign_guess(self.table, self.columns[name], self._label(name), sign)
        self.guesses.append(guess)
        self.findings += doubts
        if self._attribute(name).required:
            self._need(name, found.empty)
        self._bounds(name, found.values)
        return found.values

    def dates(self, name: str, *, may_be_empty: bool = False) -> npt.NDArray[np.datetime64]:
        """Return a column of dates that is there; NaT where empty or bad."""
        beside = other_dates(self.table, self.kind, self.columns, name)
        asking = Asking(self.table, self.kind, self.questions, self._label(name))
        column = self.table.column(self.columns[name].column)
        found, order = asked_dates(column, asking, beside, may_be_empty)
        guess, doubts = order_guess(self.table, self.columns[name], self._label(name), order)
        self.guesses.append(guess)
        self.findings += doubts
        if not may_be_empty:
            self._need(name, found.empty)
        self.reject(
            found.bad,
            name,
            "not_a_date",
            f"{self._label(name)} is not a date",
            "Write it as 2024-04-14, or choose the order of day and month " + _DATA_PAGE + ".",
        )
        return found.values

    def flags(self, name: str) -> Mask | None:
        """Return a column of yes and no; empty cells are the attribute's default."""
        if name not in self.columns:
            return None
        default = self._attribute(name).default == "yes"
        found = convert_flags(self.table.column(self.columns[name].column), default)
        self.reject(
            found.bad,
            name,
            "not_a_flag",
            f"{self._label(name)} is neither yes nor no",
            "Write yes or no.",
        )
        return found.values

    def reject(self, bad: Mask, name: str, code: str, what: str, remedy: str) -> None:
        """Mark rows as faulty, and say so once for all of them."""
        bad = bad & ~self.skipped
        if bad.any():
            self.tell("error", code, what, rows=bad, name=name, remedy=remedy)
            self._row_faults.add(code)
            fresh = bad & (self.reasons == "")
            self.reasons[fresh] = what

    def tell(
        self,
        severity: Severity,
        code: str,
        what: str,
        *,
        rows: Mask | None = None,
        name: str | None = None,
        value: str | None = None,
        remedy: str = "",
    ) -> None:
        """Add a finding, with row, value and examples where rows are given.

        An error that is about no row in particular points at the first one.
        """
        column = self.columns[name].column if name and name in self.columns else name
        finding = Finding(
            severity, code, what, self.table.name, value=value, column=column, remedy=remedy
        )
        at = np.flatnonzero(rows) if rows is not None else np.zeros(0, dtype=np.int64)
        if at.size:
            shown = [self._shown(int(row), column) for row in at[:MAX_EXAMPLES]]
            finding = replace(
                finding,
                value=shown[0][1] if value is None else value,
                row=shown[0][0],
                item=self._items.texts[self._items.codes[at[0]]],
                count=int(at.size),
                examples=tuple(f"row {line}: {text!r}" for line, text in shown),
            )
        elif severity == "error" and self.table.n_rows:
            finding = replace(finding, row=int(self.table.lines[0]))
        self.findings.append(finding)

    @property
    def good(self) -> Mask:
        """Rows without a fault so far, shape [n_rows]."""
        mask: Mask = self.reasons == ""
        return mask

    def stop(self, reject_bad_rows: bool = False) -> None:
        """Raise what was found so far; faults of single rows are forgiven where asked.

        Raises:
            InputFileError: where there is an error left, with all findings.
        """
        if reject_bad_rows and self._has_row_faults and not self.good.any():
            self._tell_nothing_left()
        elif reject_bad_rows:
            self.findings = [
                replace(f, severity="warning") if f.code in self._row_faults else f
                for f in self.findings
            ]
        raise_errors(self._told(), self._asked())

    def _told(self) -> list[Finding]:
        return [told_in_sheet(finding, self.table.stack) for finding in self.findings]

    def _asked(self) -> tuple[Asked, ...]:
        return tuple(asked_in_sheet(a, self.table.stack) for a in self.questions.asked.values())

    @property
    def _has_row_faults(self) -> bool:
        return any(f.code in self._row_faults for f in self.findings)

    def _tell_nothing_left(self) -> None:
        """Say first of all that the rows cannot be left out: there are no others."""
        finding = Finding(
            "error",
            "no_good_row",
            "Every row has a fault, so leaving out the faulty rows would leave nothing",
            self.table.name,
            row=int(self.table.lines[0]) if self.table.n_rows else None,
            remedy="Mend what else is listed here, or read the file differently.",
        )
        self.findings.insert(0, finding)

    def result(self, value: T, n_used: int) -> Result[T]:
        """Return what was read, once no error is left.

        Args:
            value: The domain objects.
            n_used: Rows of the file that they come from.
        """
        taken = {guess.column for guess in self.columns.values()}
        return Result(
            value,
            tuple(self._told()),
            count_rows(self.table, n_used, ~self.good),
            tuple(self.guesses),
            self.columns,
            tuple(column for column in self.table.columns if column not in taken),
            with_sheets(rejected_rows(self.table, self.reasons), self.table.stack),
            self._asked(),
        )

    def _is_told(self, question: str) -> bool:
        return self.questions.asked[question].by_planner

    def _need(self, name: str, empty: Mask) -> None:
        self.reject(
            empty,
            name,
            "empty_cell",
            f"{self._label(name)} is empty",
            _MEND.replace("Correct", "Fill in"),
        )

    def _bounds(self, name: str, values: npt.NDArray[np.float64]) -> None:
        known = self._attribute(name)
        low = -np.inf if known.minimum is None else known.minimum
        high = np.inf if known.maximum is None else known.maximum
        self.reject(
            (values < low) | (values > high),
            name,
            "out_of_bounds",
            f"{self._label(name)} must be between {low:g} and {high:g}",
            _MEND,
        )

    def _shown(self, row: int, column: str | None) -> tuple[int, str]:
        """Line of the file and the cell as it stands there."""
        cell = str(self.table.frame[column].iat[row]) if column in self.table.columns else ""
        return int(self.table.lines[row]), cell

    def _attribute(self, name: str) -> Attribute:
        return attribute(self.kind, name)

    def _label(self, name: str) -> str:
        return self._attribute(name).label
