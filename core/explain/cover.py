"""How long units last at expected demand."""

from __future__ import annotations

import math

import numpy as np

from core.explain.figures import count
from core.explain.probe import Probe

MOST_PERIODS = 730
_EXACT = 1e-6


# Up to so many periods a tenth of one is written: 5.8 days are neither 5 nor 6.
_TENTHS_BELOW = 10


def shown_cover(periods: float) -> float:
    """Round a length of time to what is written: to a tenth, longer ones to whole periods."""
    return round(periods, 1 if periods < _TENTHS_BELOW else 0)


def rounding_of(shown: float) -> float:
    """Return how far the true length may lie from what is written."""
    return 0.05 if shown < _TENTHS_BELOW else 0.5


def cover_words(periods: float, period: str) -> str:
    """Write how long stock lasts: "5 days", "about 5.8 days", "almost 7 days"."""
    shown = shown_cover(periods)
    written = f"{shown:g} {period}s" if shown != round(shown) else count(shown, period)
    if abs(shown - periods) < _EXACT:
        return written
    is_almost = shown > periods and shown == round(shown) < _TENTHS_BELOW
    return f"{'almost' if is_almost else 'about'} {written}"


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
