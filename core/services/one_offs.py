"""Unusual sales that the planner calls one-off: kept in the file, left out of demand.

An answer is kept by item and day, so that it outlives next week's file. The periods of a one-off
count like periods in which nobody could buy: nothing is sold in them and they tell nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from core.domain import ItemHistory, ItemKey, Period, SalesHistory
from core.store import Store, fingerprint

if TYPE_CHECKING:
    from core.services.workspace import PlanData

_SETTING = "unusual_sales"


class Answer(StrEnum):
    """What the planner says of an unusual sale."""

    ONE_OFF = "one-off"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring periods of one item.

    Args:
        key: The item.
        first: First day.
        n_periods: Length.
    """

    key: ItemKey
    first: date
    n_periods: int

    def indices(self, period: Period) -> range:
        """Return the numbers of the periods."""
        first = int(period.number(self.first))
        return range(first, first + self.n_periods)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One period that is left out of demand.

    Args:
        key: The item.
        index: Number of the period.
        quantity: Units sold in it.
    """

    key: ItemKey
    index: int
    quantity: float


def answers(store: Store) -> dict[Stretch, Answer]:
    """Return all answers, of items that are not in the file now as well."""
    kept = store.settings.get(_SETTING, {})
    return {
        Stretch(ItemKey.parse(label), date.fromisoformat(day), int(n)): Answer(answer)
        for label, days in kept.items()
        for day, (n, answer) in days.items()
    }


def answer(store: Store, stretches: Collection[Stretch], given: Answer | None) -> None:
    """Keep what the planner says of some unusual sales.

    Args:
        store: The record; earlier versions of the answers stay in it for a while.
        stretches: The sales.
        given: One-off, real, or None to take the answer back.

    Raises:
        StorageError: disk full, locked.
    """

    def change(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        new = {label: dict(days) for label, days in kept.items()}
        for each in stretches:
            days = new.setdefault(each.key.label, {})
            days.pop(each.first.isoformat(), None)
            if given is not None:
                days[each.first.isoformat()] = [each.n_periods, given.value]
        return {label: days for label, days in new.items() if days}

    store.settings.update(_SETTING, change, {})


def one_offs(store: Store) -> tuple[Stretch, ...]:
    """Return the sales that are left out of demand."""
    return tuple(each for each, given in answers(store).items() if given is Answer.ONE_OFF)


def marked(mark: str, stretches: Collection[Stretch]) -> str:
    """Return a fingerprint of data with these sales left out; as it was where there are none."""
    if not stretches or not mark:
        return mark
    cells = sorted((s.key.label, s.first.isoformat(), s.n_periods) for s in stretches)
    return fingerprint([mark, cells])


def without(data: PlanData, stretches: Collection[Stretch]) -> PlanData:
    """Return the data with these sales left out of its history, and noted as left out."""
    if not stretches:
        return data
    history, left = _leave_out(data.history, stretches)
    return replace(
        data,
        history=history,
        left_out=left,
        whole_hash=data.history_hash,
        whole_fingerprint=data.fingerprint,
        history_hash=marked(data.history_hash, stretches) if left else data.history_hash,
        fingerprint=marked(data.fingerprint, stretches),
    )


def _leave_out(
    history: SalesHistory, stretches: Collection[Stretch]
) -> tuple[SalesHistory, tuple[LeftOut, ...]]:
    quantity, cells = history.quantity.copy(), np.zeros_like(history.in_stock)
    row_of = {key: row for row, key in enumerate(history.keys)}
    left: list[LeftOut] = []
    for each in stretches:
        for index in each.indices(history.period) if each.key in row_of else ():
            cell = (row_of[each.key], index - history.first_index)
            if 0 <= cell[1] < history.n_periods and history.in_stock[cell] and not cells[cell]:
                left.append(LeftOut(each.key, index, float(quantity[cell])))
                quantity[cell], cells[cell] = 0.0, True
    return replace(history, quantity=quantity).unknown_at(cells), tuple(left)


def whole_history(data: PlanData) -> SalesHistory:
    """Return the sales as the file tells them, one-offs included."""
    history = data.history
    if not data.left_out:
        return history
    quantity, in_stock = history.quantity.copy(), history.in_stock.copy()
    row_of = {key: row for row, key in enumerate(history.keys)}
    # The tail may have been cut off since.
    cells = [each for each in data.left_out if each.key in row_of]
    cells = [each for each in cells if each.index < history.next_index]
    rows = np.array([row_of[each.key] for each in cells], dtype=np.int64)
    columns = np.array([each.index - history.first_index for each in cells], dtype=np.int64)
    quantity[rows, columns] = [each.quantity for each in cells]
    in_stock[rows, columns] = True
    share = None if history.stocked_share is None else history.stocked_share.copy()
    if share is not None:
        share[rows, columns] = 1.0
    return replace(history, quantity=quantity, in_stock=in_stock, stocked_share=share)


def whole_item(data: PlanData, key: ItemKey) -> ItemHistory:
    """Return one item's sales as the file tells them, one-offs included."""
    history = data.history.item(key)
    quantity, in_stock = history.quantity.copy(), history.in_stock.copy()
    share = None if history.stocked_share is None else history.stocked_share.copy()
    for each in data.left_out:
        column = each.index - history.first_index
        if each.key == key and 0 <= column < history.n_periods:
            quantity[column], in_stock[column] = each.quantity, True
            if share is not None:
                share[column] = 1.0
    return replace(history, quantity=quantity, in_stock=in_stock, stocked_share=share)


def sales_mark(data: PlanData, key: ItemKey) -> str:
    """Return a fingerprint of what one item's demand rests on: others' one-offs are not in it."""
    if not data.whole_hash:
        return data.history_hash
    own = [(each.index, each.quantity) for each in data.left_out if each.key == key]
    return fingerprint([data.whole_hash, own]) if own else data.whole_hash
