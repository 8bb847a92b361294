"""Rows that cannot be used: counted, and handed back with the reason."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.findings import Finding
from core.ingest.result import Counts
from core.ingest.text_table import Mask, TextTable

_SHOWN = 60


def count_rows(table: TextTable, n_used: int, bad: Mask) -> Counts:
    """Count the rows of the file; one that became several here counts once.

    Args:
        table: The file.
        n_used: Rows of the file that something was made of.
        bad: Rows with a fault, shape [n_rows].
    """
    n_odd = len(table.misfits)
    n_read = table.n_rows if table.unfolded_from is None else table.unfolded_from
    return Counts(n_read + n_odd, n_used, table.n_lines(bad) + n_odd)


def rejected_rows(table: TextTable, reasons: npt.NDArray[np.object_]) -> pd.DataFrame:
    """Return the rows with a fault: row, reason, and the cells as they stand in the file.

    Args:
        table: The file.
        reasons: Why each row is rejected; empty where it is not, shape [n_rows].
    """
    bad = reasons != ""
    rows = table.frame[bad].astype(str)
    rows.insert(0, "row", table.lines[bad], allow_duplicates=True)
    rows.insert(1, "reason", reasons[bad], allow_duplicates=True)
    odd = [[line, "does not fit the columns", text] for line, text in table.misfits]
    first = list(rows.columns[:3])
    return pd.concat([rows, pd.DataFrame(odd, columns=first)]) if odd else rows


def misfit_findings(table: TextTable) -> list[Finding]:
    """Tell of rows with more cells than there are columns."""
    odd = table.misfits
    if not odd:
        return []
    return [
        Finding(
            "error",
            "misfit_row",
            f"A row has more cells than the {len(table.columns)} columns",
            table.name,
            value=odd[0][1][:_SHOWN],
            row=odd[0][0],
            column=table.columns[-1],
            remedy="Look for a delimiter inside a text or a number, and put that cell in "
            "quotation marks; or choose another delimiter.",
            count=len(odd),
            examples=tuple(f"row {line}: {text[:_SHOWN]!r}" for line, text in odd[:3]),
        )
    ]
