"""Rows that say in any of their cells that they are a total: Dagtotaal, Total artículo:."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.ingest.names import words
from core.ingest.text_table import Mask, is_total, tidy


def says_total(text: str) -> bool:
    """Whether a text begins or ends with the word total."""
    parts = words(text)
    return any(is_total(word) for word in (*parts[:1], *parts[-1:]))


def rows_of_totals(frame: pd.DataFrame, among: Mask) -> Mask:
    """Return which of some rows say that they are a total.

    A cell that only begins or ends with such a word may be a name, unless a colon follows.

    Args:
        frame: Text columns.
        among: The rows that may be totals, shape [n_rows].
    """
    found: Mask = np.zeros(len(frame), dtype=np.bool_)
    at = np.flatnonzero(among)
    for name in frame.columns if at.size else ():
        cells = frame[name].iloc[at].astype(str)
        is_one = {text: _is_one(tidy(text)) for text in cells.unique()}
        found[at] |= cells.map(is_one).to_numpy(np.bool_)
    return found


def _is_one(text: str) -> bool:
    return is_total(text.rstrip(" :")) or (text.endswith(":") and says_total(text))
