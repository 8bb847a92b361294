"""How long units last at expected demand."""

from __future__ import annotations

import math

import numpy as np

from core.explain.probe import Probe

MOST_PERIODS = 730


def cover_periods(probe: Probe, units: float, most: int = MOST_PERIODS) -> float:
    """Return how many periods units last at expected demand, with the last part of a period.

    Returns:
        Periods; infinite where they last longer than ``most``.
    """
    problem = probe.situation.problem
    needed = np.cumsum(problem.demand.mean(problem.start, most))
    if units <= 0:
        return 0.0
    if units >= needed[-1]:
        return math.inf
    whole = int(np.searchsorted(needed, units, side="right"))
    before = needed[whole - 1] if whole else 0.0
    return whole + float((units - before) / (needed[whole] - before))
