"""What the column names of a wide table are: dates, numbered periods, calendar parts, totals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from core.domain import Period
from core.ingest.date_text import is_weekday, is_weeks, month_number, to_date, year_and_week
from core.ingest.names import known_names, names, plain, synonyms, words
from core.ingest.text_table import is_total

_LEAST_DATED, _LEAST_NUMBERED = 2, 6
_SHORTEST_MONTH = 28
_UNITS = {
    **dict.fromkeys(names("d,day,days,tag,jour,dia,dag"), Period.DAY),
    **dict.fromkeys(names("w,wk,week,kw,woche,semaine,semana,s,sem"), Period.WEEK),
    **dict.fromkeys(names("m,mon,month,monat,mois,mes,maand"), Period.MONTH),
}
_NUMBERED = re.compile(r"(\D+?)[\s_.-]*(\d{1,4})")
# A name that stands there twice is numbered while reading: 'Jan (2)'.
_REPEATED = re.compile(r"\s*\(\d+\)$")
_DAY = re.compile(r"(?:([^\W\d]{2,})[\s.,]+)?(\d{1,2})\.?(?:\s+([^\W\d]{2,})\.?)?")
_CALENDAR = frozenset(
    names(
        "year,jahr,année,año,jaar,month,monat,mois,mes,maand,week,woche,kw,semaine,semana,weekday,"
        "weekday name,wday,wochentag,day of week,hour,stunde,heure,hora,uur,quarter,quartal,"
        "trimestre,kwartaal"
    )
)
# Short names may as well be codes of items: VE, EK, DC.
_ATTRIBUTES = frozenset(
    name for table in ("items", "stock") for name in known_names(table) if len(name) > 3
)
_SUMMARIES = frozenset(
    names(
        "min,max,minimum,maximum,mean,average,avg,median,std,mittelwert,durchschnitt,moyenne,"
        "media,promedio,gemiddelde"
    )
)


_MEASURES = frozenset(
    names(
        "quantity,qty,units,unit,menge,anzahl,einheiten,quantité,cantidad,unidades,aantal,sales,"
        "revenue,turnover,amount,umsatz,erlös,betrag,ventes,montant,ventas,importe,omzet,bedrag,"
        "price,preis,prix,precio,prijs,cost,kosten,customers,kunden,clients,orders,sessions,bons,"
        "visits,ordered,sold,verkauft,verkaufte,vendus,verkopen,portions"
    )
)


def dated(columns: Sequence[str]) -> list[str]:
    """Return the columns named by a date or period, where they are at least half of all."""
    numbers = [name for name in columns if year_and_week(name)]
    if is_weeks(numbers):  # 202413 is a week, and then 202405 is no month
        found = numbers if numbers == sorted(numbers) else []
    else:
        found = [name for name in columns if to_date(name) or to_date(name, "month_first")]
    return found if len(found) >= max(_LEAST_DATED, len(columns) / 2) else []


def numbered(columns: Sequence[str]) -> tuple[list[str], Period | None]:
    """Return the columns named by the number of a period, in order, and the period's length.

    W0, W1, ... or d_1, d_2, ...: without a gap, and at least half of all columns.
    """
    families: dict[str, dict[int, str]] = {}
    for name in columns:
        if found := _NUMBERED.fullmatch(name.strip()):
            families.setdefault(plain(found[1]), {})[int(found[2])] = name
    for prefix, members in families.items():
        whole = len(members) == max(members) - min(members) + 1
        enough = len(members) >= max(_LEAST_NUMBERED, len(columns) / 2)
        if prefix in _UNITS and whole and enough:
            return [members[number] for number in sorted(members)], _UNITS[prefix]
    days = days_of_month(columns)
    return (days, Period.DAY) if len(days) >= _SHORTEST_MONTH else _months(columns)


def days_of_month(columns: Sequence[str]) -> list[str]:
    """Return the columns named 1, 2, ... up to 31 at most, where they are half of all columns.

    Twelve and fewer may as well be months; beside a date they are items.
    """
    if any(plain(name) in synonyms("history", "date") for name in columns):
        return []
    found = [name for name in columns if day_number(name)]
    whole = list(map(day_number, found)) == list(range(1, len(found) + 1))
    enough = 12 < len(found) <= 31 and 2 * len(found) >= len(columns)
    return found if whole and enough else []


def day_number(name: str) -> int:
    """Number of the day that a column is named by: 1, 01, 1., Mo 1, 1 Mon; 0 where it is none."""
    found = _DAY.fullmatch(name.strip())
    beside = found and (found[1] or found[3])
    return int(found[2]) if found and (not beside or is_weekday(beside)) else 0


def month_of(name: str) -> int:
    """Month that a column is named by, without a year; 0 where it is none."""
    return month_number(_REPEATED.sub("", name.strip()))


def _months(columns: Sequence[str]) -> tuple[list[str], Period | None]:
    """Return the columns named by months that follow each other, Nov, Dec, Jan, ..."""
    found = [name for name in columns if month_of(name)]
    steps = {(month_of(b) - month_of(a)) % 12 for a, b in pairwise(found)}
    enough = len(found) >= max(_LEAST_NUMBERED, len(columns) / 2)
    return (found, Period.MONTH) if enough and steps == {1} else ([], None)


def is_derived(name: str) -> bool:
    """Whether a column's name says that it is worked out from others: a total, a formula."""
    return is_total(name) or "=" in name or plain(name) in _SUMMARIES


def is_attribute(name: str) -> bool:
    """Whether a column's name says that it describes items or stock: a price, a lead time."""
    return plain(name) in _ATTRIBUTES


def is_measure(name: str) -> bool:
    """Whether a column's name says what is counted, and so is the name of no item."""
    return bool(_MEASURES & set(words(name)))


def is_calendar(name: str) -> bool:
    """Whether a column's name says that it is a part of the date."""
    return plain(name) in _CALENDAR
