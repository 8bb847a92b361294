"""Rows that count something else than sales beside them: forecasts, budgets, money; asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.ingest.checks import Checks
from core.ingest.measure_words import OTHERS, SALES, begins
from core.ingest.questions import Question
from core.ingest.text_table import Codes, Mask, TextColumn

_MOST = 8
# An item and period has several such rows, nearly always.
_SHARE = 0.7
_ALL = "(all)"


def ask_measure(checks: Checks, item: Codes, day: npt.NDArray[np.datetime64]) -> Mask:
    """Ask which rows are the sales, where a column says what each row counts.

    Args:
        checks: The file.
        item: Which item each row is of, shape [n_rows].
        day: Date of each row, shape [n_rows].

    Returns:
        The rows to be left out, shape [n_rows].
    """
    nothing: Mask = np.zeros(len(item), dtype=np.bool_)
    taken = {guess.column for guess in checks.columns.values()}
    for name in checks.table.columns:
        if name in taken or len(checks.table.frame[name].cat.categories) > _MOST + 1:
            continue
        column = checks.table.column(name)
        if _is_measure(column) and _tells_apart(column, item, day):
            return _left_out(column, checks.ask(_question(column)))
    return nothing


def _left_out(column: TextColumn, answer: str) -> Mask:
    return column.where(lambda text: answer not in (text, _ALL))


def _is_measure(column: TextColumn) -> bool:
    texts = [text for text in column.texts if text]
    return 2 <= len(texts) <= _MOST and any(begins(text, OTHERS) for text in texts)


def _tells_apart(column: TextColumn, item: Codes, day: npt.NDArray[np.datetime64]) -> bool:
    """Whether items have several rows in a period, which only this column tells apart."""
    rows = pd.DataFrame({"item": item, "day": day, "what": column.codes})
    n_cells = len(rows) - int(rows.duplicated(["item", "day"]).sum())
    return n_cells < _SHARE * len(rows) and not rows.duplicated().any()


def _question(column: TextColumn) -> Question:
    texts = [text for text in column.texts if text]
    sales = [t for t in texts if begins(t, SALES) and not begins(t, OTHERS)]
    return Question(
        "measure",
        f"Under {column.name!r} an item has rows for {', '.join(texts)}. Which are the sales?",
        {text: text for text in texts} | {_ALL: "all of them: add them up"},
        sales[0] if sales else _ALL,
    )
