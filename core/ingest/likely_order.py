"""Which order of day and month is the likely one, where no date proves it: what is proposed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt

from core.ingest.date_text import DayMonthOrder, to_date
from core.ingest.names import names, words
from core.ingest.source import DateOrder
from core.ingest.text_table import TextColumn, TextTable

_DOLLAR = re.compile(r"\(?-?\s?(?:US\s?)?\$\s?-?\d.*|.*\d\s?USD|USD\s?\d.*")
_AMERICAN = frozenset(names("zip,zipcode,usd,state,fob,bol,dba,gal,lbs"))
_HEAD = 50
_PAST = frozenset({"history", "deliveries"})
# One reading must leave the rows far better in order than the other.
_TIMES, _LEAST_TURNS = 4, 2

LIKELY = "likely"
"""How the evidence begins where the order is proposed, and not proved."""

_BOTH: tuple[DateOrder, DateOrder] = ("day_first", "month_first")


def likely_order(
    order: DayMonthOrder, column: TextColumn, table: TextTable, kind: str
) -> DayMonthOrder:
    """Return what is proposed for a column whose dates can be read both ways, and why.

    Args:
        order: What was found; with more than two readings it stays.
        column: The dates.
        table: The file; its dollars and names of columns count where the dates tell nothing.
        kind: history, deliveries, ...: what is over by now.
    """
    if order.choices != _BOTH:
        return order
    days = {o: _days(column, o) for o in _BOTH}
    past = _not_to_come(days) if kind in _PAST else None
    for found in (past, _in_order(days, column), _american(table)):
        if found is not None:
            return replace(order, order=found[0], evidence=f"{LIKELY}: {found[1]}")
    return order


def _days(column: TextColumn, order: DateOrder) -> npt.NDArray[np.datetime64]:
    """Return the day of each text; NaT where it is none."""
    read = [to_date(text, order) for text in column.texts]
    return np.array(read, dtype="datetime64[D]")


def _not_to_come(
    days: dict[DateOrder, npt.NDArray[np.datetime64]],
) -> tuple[DateOrder, str] | None:
    """Sales are not to come: the reading by which no date is."""
    today = np.datetime64(date.today(), "D")
    to_come = {o: bool((found > today).any()) for o, found in days.items()}
    if to_come["day_first"] == to_come["month_first"]:
        return None
    best, other = _BOTH if to_come["month_first"] else _BOTH[::-1]
    return best, f"with the {other.split('_')[0]} first some dates would still be to come"


def _in_order(
    days: dict[DateOrder, npt.NDArray[np.datetime64]], column: TextColumn
) -> tuple[DateOrder, str] | None:
    """Rows mostly stand in the order of their dates."""
    turns = {o: _n_turns(found[column.codes]) for o, found in days.items()}
    best = min(_BOTH, key=turns.__getitem__)
    worst = max(turns.values())
    if worst < _LEAST_TURNS or turns[best] * _TIMES > worst:
        return None
    return best, "the rows then stand in the order of their dates"


def _n_turns(days: npt.NDArray[np.datetime64]) -> int:
    """Count the steps against the direction in which most rows go."""
    steps = np.diff(days[~np.isnat(days)].astype(np.int64))
    return int(min((steps < 0).sum(), (steps > 0).sum()))


def _american(table: TextTable) -> tuple[DateOrder, str] | None:
    """Files with dollars or American names of columns write the month first."""
    for name in table.columns:
        if "$" in name or _AMERICAN & set(words(name)):
            return "month_first", f"the column {name!r} looks American"
        cells = [str(cell).strip() for cell in table.frame[name].head(_HEAD)]
        shown = next((cell for cell in cells if _DOLLAR.fullmatch(cell)), None)
        if shown is not None:
            return "month_first", f"{shown!r} is in dollars"
    return None
