"""What happened on certain days: stock-outs, promotions, closed days, and delivered orders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain.items import ItemKey
from core.domain.period import Dates

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.str_]

NOT_OVER = np.datetime64("2100-12-31", "D")
"""The last day of what has no end yet."""


@dataclass(frozen=True, eq=False)
class Events:
    """Stretches of days out of the ordinary, and whom they concern.

    Args:
        keys: Whom they concern, sorted; an empty item means every item, an empty location every
            location.
        key: Which of the keys each stretch concerns, shape [n].
        first: First day, shape [n].
        last: Last day, included, shape [n]; NOT_OVER where it has no end yet.
        kind: What it is in one word (closed, holiday, ...), shape [n].
        name: What the planner calls it, shape [n].
    """

    keys: tuple[ItemKey, ...]
    key: Ints
    first: Dates
    last: Dates
    kind: Words
    name: Words

    def __post_init__(self) -> None:
        n = self.key.shape[0]
        assert all(part.shape == (n,) for part in (self.first, self.last, self.kind, self.name))

    def __len__(self) -> int:
        """Count the stretches."""
        return int(self.key.shape[0])

    def where(self, rows: npt.NDArray[np.bool_]) -> Events:
        """Return only these stretches, shape [n] of yes and no."""
        return Events(
            self.keys,
            self.key[rows],
            self.first[rows],
            self.last[rows],
            self.kind[rows],
            self.name[rows],
        )

    def of_kind(self, kind: str) -> Events:
        """Return the stretches of one kind."""
        return self.where(self.kind == kind)


def no_events() -> Events:
    """Return no stretch at all."""
    days, words = np.empty(0, "datetime64[D]"), np.empty(0, np.str_)
    return Events((), np.empty(0, np.int64), days, days, words, words)


@dataclass(frozen=True, eq=False)
class Deliveries:
    """Order lines that arrived: when each was ordered and when it came.

    Args:
        keys: Items, sorted.
        key: Which of the keys each line is of, shape [n].
        supplier: Who delivered, shape [n]; empty where it is not told.
        ordered: Day of the order, shape [n].
        received: Day of the receipt, shape [n].
        promised: Day the supplier promised, shape [n]; NaT where it is not told.
    """

    keys: tuple[ItemKey, ...]
    key: Ints
    supplier: Words
    ordered: Dates
    received: Dates
    promised: Dates

    def __len__(self) -> int:
        """Count the lines."""
        return int(self.key.shape[0])

    @property
    def days(self) -> Ints:
        """Days from order to receipt, shape [n]."""
        return (self.received - self.ordered).astype(np.int64)

    @property
    def share_late(self) -> float:
        """Share of the lines with a promise that came after it; nan where none has one."""
        told = ~np.isnat(self.promised)
        return float((self.received > self.promised)[told].mean()) if told.any() else float("nan")
