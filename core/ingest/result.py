"""What reading a file gives: domain objects, everything found, and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

import pandas as pd

from core.domain import ItemKey
from core.ingest.columns import ColumnGuess
from core.ingest.findings import Finding
from core.ingest.questions import Asked
from core.ingest.source import Guess

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows below the header: read, used, and rejected; what is neither was left out on purpose."""

    rows_read: int
    rows_used: int
    rows_rejected: int


@dataclass(frozen=True, eq=False)
class Result(Generic[T]):
    """A file that was read.

    Args:
        value: The domain objects.
        findings: Warnings and notes; with rejected rows also what is wrong with those.
        counts: Rows.
        guesses: How the file was read, each with its evidence.
        columns: Attribute -> the column taken for it.
        unused_columns: Columns of the file that nothing uses.
        rejected: Rows left out for a fault: row, reason and the cells, to download.
        questions: What the file does not tell, with the answers taken.
        span: First and last day that a sales file covers.
        unmatched: Units returned by item, beyond all its sales in the file before; left out.
    """

    value: T
    findings: tuple[Finding, ...]
    counts: Counts
    guesses: tuple[Guess, ...]
    columns: Mapping[str, ColumnGuess]
    unused_columns: tuple[str, ...]
    rejected: pd.DataFrame
    questions: tuple[Asked, ...] = ()
    span: tuple[date, date] | None = None
    unmatched: Mapping[ItemKey, float] = field(default_factory=dict)
