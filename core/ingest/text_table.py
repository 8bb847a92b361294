"""A table as text: nothing converted yet, every cell as it stands in the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.domain import Period
from core.ingest.findings import Finding
from core.ingest.names import names, plain
from core.ingest.questions import Question
from core.ingest.source import Guess, ReadOptions

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SPACES = (
    " \t\n\v\f\x1a\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u200b\u200e\u200f"
    "\u202f\u2060\u3000\ufeff"
)
# Inside a text: marks without a width, and blanks that look like any other.
_UNSEEN = {
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u2060\ufeff"), None),
    **dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000"), " "),
}
# An apostrophe keeps a spreadsheet from reading a number; one before a letter is a name's.
_PROTECTED = re.compile(r"'[\d=+-][^']*")
_GUARDS = frozenset(("'", '"', "="))
# How SAP marks the lines of totals.
_STARS = frozenset({"*", "**", "***"})
_TOTALS = frozenset(
    names(
        "total,totals,grand total,sum,summe,gesamt,gesamtsumme,endsumme,insgesamt,somme,"
        "total général,totaux,somme totale,suma,suma total,totaal,eindtotaal,subtotal,"
        "zwischensumme,sous-total,subtotaal,gesamtergebnis,total general,algemeen totaal,"
        "overall result,result,ergebnis,résultat,all items,alle artikel,σ,"
        "day total,daily total,week total,month total,tagessumme,tagestotal,wochensumme,"
        "monatssumme,total du jour,total jour,total journée,total mois,total del día,total día,"
        "total diario,total mes,dagtotaal,weektotaal,maandtotaal"
    )
)


def is_total(text: str) -> bool:
    """Whether a cell or a column name says that it is a total."""
    return plain(text) in _TOTALS or text.strip(_SPACES) in _STARS


# How files say that there is nothing, where a quantity could stand.
_NOTHING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "."})


def is_blank(text: str) -> bool:
    """Whether a cell that could hold a quantity holds none."""
    return text.strip().casefold() in _NOTHING


def tidy(text: str) -> str:
    """Strip blanks of all kinds, and what protects codes in spreadsheets: ="...", '00123, "...".

    Letters with a loose accent, and rare blanks, become the ones that look the same.
    """
    text = text.strip(_SPACES)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    if text[:1] not in _GUARDS:
        return text
    if _PROTECTED.fullmatch(text):
        return text[1:].strip(_SPACES)
    if len(text) > 2 and text.endswith('"') and text.startswith(('="', '"')):
        return text[text.index('"') + 1 : -1].strip(_SPACES)
    return text


@dataclass(frozen=True, eq=False)
class TextColumn:
    """A column, each different text once: work is done per text, not per row.

    Args:
        name: As the file calls it.
        texts: The different texts, tidied.
        codes: Which text each row holds, shape [n_rows].
    """

    name: str
    texts: tuple[str, ...]
    codes: Codes

    def spread(self, per_text: Sequence[Any] | npt.NDArray[Any], dtype: Any) -> npt.NDArray[Any]:
        """Turn one value per text into one value per row, shape [n_rows]."""
        values = np.empty(len(self.texts), dtype=dtype)
        values[:] = per_text
        return values[self.codes]

    def where(self, test: Callable[[str], bool]) -> Mask:
        """Rows whose text passes a test, shape [n_rows]."""
        mask: Mask = self.spread([test(text) for text in self.texts], np.bool_)
        return mask

    def counts(self) -> Codes:
        """Rows per text, shape [n_texts]."""
        return np.bincount(self.codes, minlength=len(self.texts))


def blank_column(n_rows: int) -> TextColumn:
    """Return a column of empty cells, for a table that does not have it."""
    return TextColumn("", ("",), np.zeros(n_rows, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class TextTable:
    """A file read as text.

    Args:
        name: Name of the file.
        frame: Text columns (as categories), in file order; blank and total rows removed.
        lines: Line of the file each row starts on, from 1, shape [n_rows].
        header_line: Line with the column names.
        guesses: How the file was read, with the evidence.
        findings: What was seen while reading (total rows, rows that do not fit).
        misfits: Lines that do not fit the columns, with their text: they are in no row.
        options: What the planner said about the file.
        delimiter: As found; empty for a workbook.
        unfolded_from: Rows of the file, where one of them became several here.
        asks: What to ask about the workbook that it stands in.
        below: More sheets of the workbook, which belong below this one.
        sheet: Name of the sheet it stands on, where several were read.
        stack: Names of the sheets that stand below each other here; see ``sheet_stack``.
        skipped: Rows that hold no sale, shape [n_rows]; None for none.
        titles: What stands above the column names, line by line.
        months_each: Months that each date stands for: three for quarters.
        stands_for: The period that each date stands for, where the file says so.
    """

    name: str
    frame: pd.DataFrame
    lines: Codes
    header_line: int
    guesses: tuple[Guess, ...]
    findings: tuple[Finding, ...] = ()
    misfits: tuple[tuple[int, str], ...] = ()
    options: ReadOptions = field(default_factory=ReadOptions)
    delimiter: str = ""
    unfolded_from: int | None = None
    asks: tuple[Question, ...] = ()
    below: tuple[TextTable, ...] = ()
    sheet: str = ""
    stack: tuple[str, ...] = ()
    skipped: Mask | None = None
    titles: tuple[str, ...] = ()
    months_each: int = 1
    stands_for: Period | None = None

    @property
    def skipped_rows(self) -> Mask:
        """Rows that hold no sale, shape [n_rows]."""
        return np.zeros(self.n_rows, dtype=np.bool_) if self.skipped is None else self.skipped

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, in file order."""
        return tuple(map(str, self.frame.columns))

    @property
    def decimal_hint(self) -> str:
        """The decimal sign that the delimiter leaves free; "" where it tells nothing."""
        return {";": ",", ",": "."}.get(self.delimiter, "")

    @property
    def n_rows(self) -> int:
        """Rows below the header."""
        return len(self.frame)

    def n_lines(self, rows: Mask) -> int:
        """Count the rows of the file that some rows come from.

        Args:
            rows: Which rows, shape [n_rows].
        """
        return int(rows.sum() if self.unfolded_from is None else len(np.unique(self.lines[rows])))

    def column(self, name: str) -> TextColumn:
        """Return one column, its texts tidied; what only stood in rows left out is not there."""
        cells = self.frame[name].cat
        at = np.asarray(cells.codes, dtype=np.int64)
        held = np.bincount(at, minlength=len(cells.categories)) > 0
        texts = [tidy(str(text)) for text in cells.categories[held]]
        renumber = np.zeros(len(held), dtype=np.int64)
        renumber[held], unique = pd.factorize(np.array(texts, dtype=object))
        return TextColumn(name, tuple(unique), renumber[at])


def unique_names(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """Name every column once: blanks become 'column 4', a repeated name gets its number."""
    unique: list[str] = []
    taken: set[str] = set()
    for i in range(width):
        name = tidy(cells[i]) if i < len(cells) else ""
        name = name or f"column {i + 1}"
        base, n = name, 1
        while name in taken:
            n += 1
            name = f"{base} ({n})"
        taken.add(name)
        unique.append(name)
    return tuple(unique)
