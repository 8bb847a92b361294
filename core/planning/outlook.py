"""Where stock goes at expected demand: runs out on, lasts for, must be ordered by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from core.domain import Period

Floats = npt.NDArray[np.float64]

_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class Projection:
    """Expected stock of one item over the coming year, nothing more being ordered.

    Args:
        demand: Expected units per period, shape [n_periods], from today on.
        available: Units that have come in by each period, stock of today included, same shape.
        period: Day, week or month.
        start: Number of today's period.
    """

    demand: Floats
    available: Floats
    period: Period
    start: int

    @classmethod
    def of(
        cls, demand: Floats, level: float, due: Sequence[float], *, period: Period, start: int
    ) -> Projection:
        """Add up what comes in; what is due after the year is left out.

        Args:
            demand: Expected units per period, shape [n_periods].
            level: [IL] units now.
            due: Units on order, arriving in 1, 2, ... periods.
            period: Day, week or month.
            start: Number of today's period.
        """
        incoming = np.zeros(demand.shape[0])
        incoming[0] = level
        known = min(len(due), demand.shape[0] - 1)
        incoming[1 : known + 1] = due[:known]
        return cls(demand, np.cumsum(incoming), period, start)

    @property
    def used(self) -> Floats:
        """Expected demand from today to the end of each period, units."""
        return np.cumsum(self.demand)

    def runs_out_in(self) -> float:
        """Return the periods until stock is used up, open orders counted; infinite if never."""
        short = self.used > self.available + _TOLERANCE
        if self.available[0] <= 0:
            return 0.0
        if not short.any():
            return math.inf
        t = int(np.argmax(short))
        left = self.available[t] - (self.used[t] - self.demand[t])
        return t + float(np.clip(left / self.demand[t], 0.0, 1.0))

    def runs_out_on(self) -> date | None:
        """Return the day on which stock is used up; None if not within the year."""
        wait = self.runs_out_in()
        return None if math.isinf(wait) else self.day_of(wait)

    def day_of(self, wait: float) -> date:
        """Return the calendar day this many periods from today."""
        whole = math.floor(wait)
        first, following = self.period.start([self.start + whole, self.start + whole + 1])
        length = int((following - first).astype(int))
        day: date = first.astype(date)
        return day + timedelta(days=math.floor((wait - whole) * length + _TOLERANCE))

    def lasts(self, units: float) -> float:
        """Return the periods that units last at expected demand, beyond the year at its mean."""
        if units <= 0:
            return 0.0
        used = self.used
        if units >= used[-1]:
            mean = float(self.demand.mean())
            rest = units - float(used[-1])
            return len(used) + rest / mean if mean > 0 else math.inf
        whole = int(np.searchsorted(used, units, side="right"))
        before = float(used[whole - 1]) if whole else 0.0
        return whole + (units - before) / float(self.demand[whole])

    def falls_to(self, level: float, position: float) -> float:
        """Return the periods until the stock position falls to a level; infinite if never."""
        if math.isnan(level) or position <= level:
            return 0.0 if position <= level else math.inf
        return self.lasts(position - level)
