"""Words for years, months, weeks and other parts of a date in column names; five languages."""

from __future__ import annotations

from core.domain import Period
from core.ingest.names import names, words

_FISCAL = frozenset(
    names(
        "fiscal,financial,fy,gj,gjahr,geschäftsjahr,wirtschaftsjahr,fiskaljahr,bj,boekjaar,"
        "exercice,ejercicio"
    )
)
_YEARS = _FISCAL - {"fiscal", "financial"} | frozenset(
    names("year,yr,jahr,kalenderjahr,année,año,ano,jaar,kalenderjaar")
)
_UNITS: dict[str, Period | None] = {
    **dict.fromkeys(
        names("week,weeks,wk,woche,kw,kalenderwoche,semaine,semana,weeknummer,weeknr,isoweek"),
        Period.WEEK,
    ),
    **dict.fromkeys(
        names("month,monat,kalendermonat,mois,mes,maand,monatsname,calmonth,maandnaam"),
        Period.MONTH,
    ),
    **dict.fromkeys(
        names(
            "period,periode,période,periodo,período,buchungsperiode,boekperiode,fiskalperiode,"
            "perio,poper,monat periode"
        )
    ),
}
_DAYS = frozenset(names("day,tag,jour,día,dag"))
# What may stand beside such a word without changing it: "ISO week no.", "Nº semana".
_BESIDE = frozenset(
    names(
        "no,nr,num,number,nummer,numéro,número,n,name,nom,nombre,naam,iso,calendar,kalender,of,"
        "de,del,du,the,posting,sales,invoice,order,civile,natural,comptable,contable,fiscale"
    )
)


def is_year(column: str) -> bool:
    """Whether a column's name says that it holds years."""
    return bool(_core(column) & _YEARS) and not _core(column) - _YEARS - _FISCAL


def is_fiscal(column: str) -> bool:
    """Whether a column's name says that its year may begin in any month."""
    return bool(_core(column) & _FISCAL)


def is_part(column: str) -> bool:
    """Whether a column's name says that it holds months, weeks or periods of a year."""
    return len(_core(column) & _UNITS.keys()) == 1 and not _core(column) - _UNITS.keys() - _FISCAL


def unit_of(column: str) -> Period | None:
    """Return what the numbers of a column of parts count; None where its name leaves it open."""
    return next((_UNITS[word] for word in _core(column) if word in _UNITS), None)


def is_day(column: str) -> bool:
    """Whether a column's name says that it holds days."""
    return bool(_core(column) & _DAYS) and not _core(column) - _DAYS - {"month", "monat", "mois"}


def _core(column: str) -> set[str]:
    return set(words(column)) - _BESIDE
