"""Unusual sales with what the planner said of them: marked, never deleted in silence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demand import Outliers
from core.domain import ItemKey, SalesHistory
from core.services.one_offs import Answer, Stretch
from core.services.workspace import PlanData

Flags = npt.NDArray[np.bool_]

# A peak comes back every year where another one lies a year away, give or take so many days.
_SAME_SEASON = 21
_OPEN = "Will it come again? If not, leave it out."
_PROMOTED = "On promotion: keep it, if there will be more."
_YEARLY = "Also high a year apart: keep it, if it comes every year."
_BY_PLANNER = "Not unusual by itself, but you left it out."


@dataclass(frozen=True, slots=True)
class Unusual:
    """One unusual sale.

    Args:
        stretch: Item, first day, periods.
        quantity: Units sold.
        usual: Units usual for such periods; nan where only the planner thought it unusual.
        advice: What to do about it.
        answer: What the planner said; None where nothing yet.
    """

    stretch: Stretch
    quantity: float
    usual: float
    advice: str
    answer: Answer | None = None

    @property
    def excess(self) -> float:
        """Units above the usual."""
        return self.quantity - (0.0 if math.isnan(self.usual) else self.usual)


def unusual_sales(
    history: SalesHistory, found: Outliers, promoted: Flags | None = None
) -> tuple[Unusual, ...]:
    """Put the marks in words, the largest first.

    Args:
        history: The sales as the file tells them.
        found: The marks.
        promoted: Periods on promotion, shape [n_items, n_periods], where they are known.
    """
    days = history.starts
    yearly = _is_yearly(found, history)
    told = []
    for k in range(found.n):
        row, first, n = int(found.row[k]), int(found.column[k]), int(found.length[k])
        on_promotion = promoted is not None and bool(promoted[row, first : first + n].any())
        advice = _PROMOTED if on_promotion else _YEARLY if yearly[k] else _OPEN
        stretch = Stretch(history.keys[row], days[first].item(), n)
        told.append(Unusual(stretch, float(found.quantity[k]), float(found.usual[k]), advice))
    return tuple(sorted(told, key=lambda each: -each.excess))


def _is_yearly(found: Outliers, history: SalesHistory) -> Flags:
    """Whether the same item has another mark about a year away, shape [n_outliers]."""
    year, near = history.period.per_year, max(_SAME_SEASON / history.period.days, 1.0)
    flags = np.zeros(found.n, dtype=np.bool_)
    for row in np.unique(found.row):
        own = np.flatnonzero(found.row == row)
        apart = np.abs(found.column[own][:, None] - found.column[own])
        years = np.round(apart / year)
        flags[own] = ((years >= 1) & (np.abs(apart - years * year) <= near)).any(axis=1)
    return flags


def with_answers(
    unusual: Sequence[Unusual], answers: Mapping[Stretch, Answer], data: PlanData
) -> tuple[Unusual, ...]:
    """Return the unusual sales with the answers that stand on them, the open ones first.

    A one-off that is no longer marked, since later sales made it usual, is among them: it is left
    out all the same, and can be taken back.
    """
    by_item: dict[ItemKey, list[tuple[Stretch, Answer]]] = {}
    for stretch, given in answers.items():
        by_item.setdefault(stretch.key, []).append((stretch, given))
    told, met = [], set()
    for each in unusual:
        own = by_item.get(each.stretch.key, ())
        hit = next((pair for pair in own if _overlap(pair[0], each.stretch, data)), None)
        if hit is None:
            told.append(each)
            continue
        met.add(hit[0])
        told.append(Unusual(hit[0], each.quantity, each.usual, each.advice, hit[1]))
    told += _left_out_only(data, [s for s, a in answers.items() if s not in met], answers)
    return tuple(sorted(told, key=lambda each: each.answer is not None))


def _overlap(one: Stretch, other: Stretch, data: PlanData) -> bool:
    a, b = one.indices(data.period), other.indices(data.period)
    return a.start < b.stop and b.start < a.stop


def _left_out_only(
    data: PlanData, stretches: Sequence[Stretch], answers: Mapping[Stretch, Answer]
) -> list[Unusual]:
    found = []
    for each in stretches:
        if answers[each] is Answer.ONE_OFF:
            own = [c for c in data.left_out if c.key == each.key]
            cells = [c.quantity for c in own if c.index in each.indices(data.period)]
            if cells:
                advice = _BY_PLANNER
                found.append(Unusual(each, sum(cells), math.nan, advice, Answer.ONE_OFF))
    return found
