"""How far ahead the consequences of an order are looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.explain.situation import Situation

_LONGEST = 150


@dataclass(frozen=True, slots=True)
class Window:
    """How far to look: until the orders compared are used up, and what follows is the same.

    Args:
        n_periods: Periods of cost.
        first_risk_period: Running out counts from here on, when an order of today can be there.
        end_of_risk: And before this period.
    """

    n_periods: int
    first_risk_period: int
    end_of_risk: int

    def is_at_risk(self, t: int) -> bool:
        """Whether running out counts in a period."""
        return self.first_risk_period <= t < self.end_of_risk

    @classmethod
    def around(cls, situation: Situation, quantities: Sequence[float]) -> Window:
        """Look until the largest quantity is used up, and a lead time and review beyond."""
        parameters = situation.system.parameters
        wait = situation.system.max_lead_time + int(parameters.review_period[0])
        mean = float(situation.problem.demand.mean(situation.problem.start, wait + 1).mean())
        stock = max(situation.inventory_position, 0.0) + max(quantities)
        lasts = math.ceil(min(stock / max(mean, 1e-9), _LONGEST))
        end = max(wait, min(lasts, _LONGEST))
        return cls(end + 2 * wait, first_help(situation), end)


def first_help(situation: Situation) -> int:
    """Return the periods until an order of today can be there, as the supplier usually delivers."""
    return round(float(situation.system.parameters.lead_time_mean[0]))
