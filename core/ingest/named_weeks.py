"""Dates that name a week by its last or first day, 'W/E 10 Jan': counted from Monday to Sunday."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.domain import Period
from core.ingest.checks import Checks
from core.ingest.names import names, words
from core.ingest.source import Guess
from core.ingest.spacing import day_of

Days = npt.NDArray[np.datetime64]

_ENDING = names(
    "week ending,week ended,week end,wk ending,wk end,w e,week to,kw ende,woche bis,wochenende,"
    "woche endend,ende der woche,semaine se terminant,semaine finissant,fin de semaine,"
    "fin semaine,semaine au,semana que termina,semana terminada,semana hasta,fin semana,"
    "week eindigend,einde week,week t m,week tot"
)
_BEGINNING = names(
    "week commencing,week beginning,week starting,week start,week from,wk commencing,wk start,w c,"
    "week of,wochenbeginn,wochenanfang,woche vom,woche ab,kw beginn,semaine du,début semaine,"
    "début de semaine,semana del,inicio semana,inicio de semana,week van,begin week,weekbegin,"
    "weekstart,start week"
)
_MIDDLE = 3
# W/E and W/C are no beginnings of other names: week.
_SHORT = 2
_NAMED = re.compile(r"^\D+")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def whole_weeks(checks: Checks, day: Days) -> Days:
    """Return the Monday of each row's week, where the dates are said to be its last or first day.

    A week from Sunday to Saturday counts as the one from Monday to Sunday that holds most of it.

    Args:
        checks: The sales file.
        day: Dates, NaT where they cannot be read, shape [n_rows].
    """
    ahead = _ahead(checks)
    known = day[~np.isnat(day)] if ahead else day[:0]
    if not len(known) or len(np.unique(_weekday(known))) > 1:
        return day
    checks.table = replace(checks.table, stands_for=Period.WEEK)
    middle = day + np.timedelta64(ahead, "D")
    week: Days = middle - _weekday(middle).astype("timedelta64[D]")
    checks.guesses.append(_guess(known[0], week[~np.isnat(day)][0], ahead))
    return week


def _ahead(checks: Checks) -> int:
    """Days from a date to the middle of the week that it names; 0 where it names none."""
    column = checks.table.column(checks.columns["date"].column)
    fronts = {found[0] if (found := _NAMED.match(text)) else "" for text in column.texts if text}
    for name in (column.name, *fronts) if len(fronts) == 1 else (column.name,):
        said = "".join(words(name))
        for listed, ahead in ((_ENDING, -_MIDDLE), (_BEGINNING, _MIDDLE)):
            if said in listed or said.startswith(tuple(n for n in listed if len(n) > _SHORT)):
                return ahead
    return 0


def _weekday(days: Days) -> npt.NDArray[np.int64]:
    """Number the days of the week, Monday 0; the day 0 of the calendar was a Thursday."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7


def _guess(day: np.datetime64, week: np.datetime64, ahead: int) -> Guess:
    named = day_of(day)
    what = "up to" if ahead < 0 else "from"
    first = named.toordinal() + (-6 if ahead < 0 else 0)
    inside = 7 - abs(first - day_of(week).toordinal())
    return Guess(
        "week",
        "Monday to Sunday",
        f"the week {what} {_WEEKDAYS[named.weekday()]} {named} counts as the one from Monday "
        f"{day_of(week)}, which holds {inside} of its 7 days",
    )
