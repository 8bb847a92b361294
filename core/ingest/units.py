"""The unit of time that a column's name states: Lead Time (months), Lieferzeit Tage."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from core.domain import Period
from core.ingest.checks import Checks
from core.ingest.names import names, plain
from core.ingest.source import Guess

_WORDS = {
    **dict.fromkeys(names("day,days,tag,tage,tagen,jour,jours,dia,dias,dag,dagen"), Period.DAY),
    **dict.fromkeys(
        names("week,weeks,wk,wks,woche,wochen,semaine,semaines,semana,semanas,weken"), Period.WEEK
    ),
    **dict.fromkeys(
        names("month,months,monat,monate,monaten,mois,mes,meses,maand,maanden"), Period.MONTH
    ),
}


def unit_in(name: str) -> Period | None:
    """Return the unit of time that a column's name states; None where it states none."""
    found = {_WORDS[word] for word in map(plain, re.split(r"[\W_]+", name)) if word in _WORDS}
    return found.pop() if len(found) == 1 else None


def in_periods(
    values: npt.NDArray[np.float64], unit: Period, period: Period
) -> npt.NDArray[np.float64]:
    """Return spans of time counted in another period, rounded up to whole ones.

    Args:
        values: Spans in ``unit``, shape [n].
        unit: What they are counted in.
        period: What they are to be counted in.
    """
    # A hair below, so that 14 days are two weeks and not three.
    return np.ceil(values * (period.per_year / unit.per_year) - 1e-6)


def lead_times_in(
    checks: Checks, values: npt.NDArray[np.float64], period: Period
) -> npt.NDArray[np.float64]:
    """Return lead times in the sales' periods, where their column states another unit.

    Args:
        checks: The file; told which unit was read.
        values: As in the file, shape [n_rows].
        period: Of the sales.
    """
    found = checks.columns.get("lead_time")
    unit = None if found is None else unit_in(found.column)
    if found is None or unit is None or unit is period:
        return values
    words = f"{unit.value}s, counted in {period.value}s and rounded up"
    checks.guesses.append(Guess("unit of lead_time", words, f"{found.column!r} says so"))
    return in_periods(values, unit, period)
