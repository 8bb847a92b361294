"""How far apart the dates of a history stand, and whether its last period is whole."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from core.domain import Period
from core.ingest.source import Guess

Days = npt.NDArray[np.datetime64]


def detect_period(days: Days, told: Period | None = None) -> tuple[Period, Guess]:
    """Guess the period from the different days of a history.

    Args:
        days: Different days, sorted, shape [n_days], at least 1.
        told: What each of them stands for, where the file says so.
    """
    if told is not None:
        return told, Guess("period", told.value, f"the file gives a {told.value}, and no days")
    n = len(days)
    gap = float(np.median(np.diff(days).astype(np.int64))) if n > 1 else 1.0
    if gap >= 28 and len(np.unique(Period.MONTH.number(days))) == n:
        period, why = Period.MONTH, "at most one date in every month"
    elif gap >= 7 and len(np.unique(Period.WEEK.number(days))) == n:
        period, why = Period.WEEK, "at most one date in every week"
    else:
        apart = f", usually {gap:g} day{'' if gap == 1 else 's'} apart" if n > 1 else ""
        period, why = Period.DAY, f"{n} different day{'' if n == 1 else 's'}{apart}"
    return period, Guess("period", period.value, why)


def days_missing_at_end(
    days: Days, period: Period, as_of: date | None, told: Period | None = None
) -> int:
    """Days of the last period for which the file cannot have sales yet; 0 where it is whole.

    A file with one date per period gives whole periods, unless the period is not over on the
    day of planning.

    Args:
        days: Different days, sorted, shape [n_days], at least 1.
        period: Day, week or month.
        as_of: The day of planning, if known; a file is taken to reach to its last date.
        told: What each date stands for, where the file says so.
    """
    last = days[-1]
    end = period.start(int(period.number(last)) + 1) - np.timedelta64(1, "D")
    spacing, _ = detect_period(days, told)
    reached = last if spacing.days < period.days else end
    if as_of is not None and np.datetime64(as_of, "D") < end:
        reached = max(last, np.datetime64(as_of, "D"))
    return max(0, int((end - reached).astype(np.int64)))


def day_of(value: np.datetime64) -> date:
    """Return a plain date."""
    return date(1970, 1, 1) + timedelta(days=int(value.astype("datetime64[D]").astype(np.int64)))
