"""Rows of a wide table that are the sum of the rows above or below them: asked, then left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.ingest.findings import MAX_EXAMPLES, Finding
from core.ingest.nested_rows import laid_apart, nested_rows
from core.ingest.number_text import decimal_sign, to_number
from core.ingest.questions import Ask, Question
from core.ingest.text_table import Codes, Mask, TextTable, tidy

Floats = npt.NDArray[np.float64]

# With fewer periods that hold something, equal sums may be chance.
_LEAST_PERIODS = 2
_MOST_ROWS = 50_000


def without_subtotals(
    table: TextTable, texts: tuple[str, ...], codes: Codes, ask: Ask
) -> tuple[TextTable, Codes]:
    """Return the table and its cells without rows that add up others, where these are totals.

    Args:
        table: A table with one row per item.
        texts: The different quantities.
        codes: Which text each cell holds, shape [n_rows, n_periods].
        ask: The planner.
    """
    said = table.options.decimal or table.options.answers.get("decimal")
    sign = said if said in (".", ",") else _sign(table, texts)
    numbers = np.array([to_number(text, sign) or 0.0 for text in texts])
    sums = subtotal_rows(numbers[codes])
    nested = nested_rows(table, numbers[codes]) if sums.any() else None
    if nested is not None:
        return laid_apart(table, codes, nested, ask)
    if not sums.any() or ask(_question(table, sums)) == "items":
        return table, codes
    frame = table.frame[~sums].reset_index(drop=True)
    told = Finding(
        "warning",
        "subtotal_row",
        "A row that adds up others is left out",
        table.name,
        row=int(table.lines[np.argmax(sums)]),
        remedy="Nothing to do, unless these rows are items of their own.",
        count=int(sums.sum()),
        examples=_examples(table, sums),
    )
    kept = replace(table, frame=frame, lines=table.lines[~sums], findings=(*table.findings, told))
    return kept, codes[~sums]


def _sign(table: TextTable, texts: tuple[str, ...]) -> str:
    return decimal_sign(texts, table.decimal_hint, units=True).sign


def subtotal_rows(values: Floats) -> Mask:
    """Return which rows are, period by period, the sum of those right above or right below them.

    Args:
        values: Units, shape [n_rows, n_periods].
    """
    found: Mask = np.zeros(len(values), dtype=np.bool_)
    total = values.sum(axis=1)
    enough = (np.count_nonzero(values, axis=1) >= _LEAST_PERIODS) & (total > 0)
    if len(values) > _MOST_ROWS:
        return found
    running = np.round(np.concatenate([[0.0], np.cumsum(total)]), 6)
    place: dict[float, list[int]] = {}
    for row, amount in enumerate(running.tolist()):
        place.setdefault(amount, []).append(row)
    for row in np.flatnonzero(enough).tolist():
        before = place.get(round(float(running[row] - total[row]), 6), [])
        after = place.get(round(float(running[row + 1] + total[row]), 6), [])
        parts = [slice(start, row) for start in before if start < row - 1]
        parts += [slice(row + 1, stop) for stop in after if stop > row + 2]
        found[row] = any(_adds_up(values, total, row, part) for part in parts)
        if not found[row] and found[:row].any():
            found[row] = _adds_up(values, total, row, np.flatnonzero(~found[:row]))
    return found


def _adds_up(values: Floats, total: Floats, row: int, part: slice | Codes) -> bool:
    """Whether a row is the sum of at least two rows that hold something."""
    is_several = np.count_nonzero(total[part]) >= 2
    return bool(is_several and np.allclose(values[part].sum(axis=0), values[row], atol=1e-6))


def _question(table: TextTable, sums: Mask) -> Question:
    n = int(sums.sum())
    return Question(
        "subtotals",
        f"{'1 row is' if n == 1 else f'{n:,} rows are'} the sum of the rows beside, in every "
        "period. What does that make of it?",
        {"totals": "totals: leave them out", "items": "items of their own: keep them"},
        "totals",
        _examples(table, sums),
    )


def _examples(table: TextTable, sums: Mask) -> tuple[str, ...]:
    shown = np.flatnonzero(sums)[:MAX_EXAMPLES]
    first = [next(filter(None, map(tidy, map(str, table.frame.iloc[i]))), "") for i in shown]
    return tuple(
        f"row {table.lines[i]}: {text!r}" for i, text in zip(shown.tolist(), first, strict=True)
    )
