"""The columns of a planner's file with some of their cells, to choose among; read cheaply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from core.domain import InputFileError
from core.ingest import Guess, ReadOptions, Source, guess_columns, read_table
from core.ingest.column_questions import samples
from core.ingest.source import AUTOMATIC

N_BYTES = 256 * 1024
N_ROWS = 5


@dataclass(frozen=True, eq=False)
class FirstLook:
    """The top of a file as text.

    Args:
        columns: As the file calls them, in file order.
        rows: The first few rows, nothing converted.
        guesses: How the file was cut into cells.
        taken: Attribute -> column the program would take for it, without the planner's word.
    """

    columns: tuple[str, ...]
    rows: pd.DataFrame
    guesses: tuple[Guess, ...]
    taken: Mapping[str, str]

    def samples(self, column: str, n: int = 3) -> str:
        """Return a few different cells of a column, to recognise it by."""
        return samples(self.rows[column], n)


def first_look(kind: str, source: Source, options: ReadOptions = AUTOMATIC) -> FirstLook | None:
    """Return the top of a file, or None where not even that can be read."""
    try:
        table = read_table(_top(source), kind, options)
    except InputFileError:
        return None
    taken = guess_columns(table.columns, kind)
    rows = table.frame.head(N_ROWS).astype(str)
    rows.index = pd.Index(table.lines[: len(rows)], name="line")
    return FirstLook(
        table.columns,
        rows,
        table.guesses,
        {name: guess.column for name, guess in taken.items()},
    )


def _top(source: Source) -> Source:
    """Cut a long text file at the end of a line; workbooks and UTF-16 are left whole."""
    data = source.data
    is_text = b"\0" not in data[:4096] and not data.startswith((b"PK\x03\x04", b"\xff\xfe"))
    if len(data) <= N_BYTES or not is_text:
        return source
    end = data.rfind(b"\n", 0, N_BYTES) + 1
    return Source(source.name, data[: end or N_BYTES])
