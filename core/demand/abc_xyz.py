"""Which items matter (ABC, by value) and which are steady (XYZ, by variability)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.demand.protocol import Floats
from core.demand.season_table import SeasonTable
from core.demand.telling import Buckets
from core.domain import SalesHistory

# Shares of value up to which an item is A, then B. Practice, not theory: Pareto's 80 %, and the
# defaults of ABC tools such as the R packages matman and inventorize.
A_SHARE, B_SHARE = 0.80, 0.95
# Coefficient of variation below which an item is X, then Y. The usual convention; tools differ
# (0.1 and 0.25 for rates by the hour, 0.6 and 1.2 in some) because longer buckets vary less.
X_CV, Y_CV = 0.5, 1.0
UNKNOWN = ""
"""The class of an item that cannot be classed."""

ABC, XYZ = ("A", "B", "C"), ("X", "Y", "Z")
_MIN_BUCKETS = 4


@dataclass(frozen=True, eq=False)
class AbcXyz:
    """The classes of all items.

    Args:
        value: Sold over the last year, in money or units, shape [n_items].
        share: Of the value of all items, shape [n_items].
        abc: A, B or C, shape [n_items].
        cv: Coefficient of variation of the rate by bucket over the last year, season taken out;
            nan where nothing was sold or too little is known, shape [n_items].
        xyz: X, Y, Z, or "" where cv is nan, shape [n_items].
    """

    value: Floats
    share: Floats
    abc: tuple[str, ...]
    cv: Floats
    xyz: tuple[str, ...]


def abc_xyz(history: SalesHistory, buckets: Buckets, season: SeasonTable, price: Floats) -> AbcXyz:
    """Class all items by what they sold over the last year, and how steadily.

    Args:
        history: Sales of all items.
        buckets: Their rates.
        season: Their patterns.
        price: Money per unit, or 1 to class by units, shape [n_items].

    References:
        Flores and Whybark (1986), IJOPM 6(3), for classing by two criteria.
    """
    year = round(history.period.per_year)
    value = np.nansum(history.quantity[:, -year:], axis=1) * price
    total = float(value.sum())
    share = value / total if total > 0 else np.zeros_like(value)
    cv = variability(buckets, season)
    return AbcXyz(value, share, _abc(share), cv, tuple(_xyz(each) for each in cv))


def variability(buckets: Buckets, season: SeasonTable) -> Floats:
    """Return the coefficient of variation of each item's rate over the last year of buckets."""
    last = slice(max(buckets.n - buckets.per_year, 0), None)
    known = buckets.is_known[:, last]
    rate = buckets.rate[:, last] / season.year_factors(buckets.day_of_year[last])
    n = known.sum(axis=1)
    mean = rate.sum(axis=1) / np.maximum(n, 1)
    spread = np.where(known, rate - mean[:, None], 0.0)
    # With few buckets the population formula would call every item steadier than it is.
    sd = np.sqrt((spread**2).sum(axis=1) / np.maximum(n - 1, 1))
    is_told = (n >= _MIN_BUCKETS) & (mean > 0)
    return np.where(is_told, sd / np.where(mean > 0, mean, 1.0), np.nan)


def _abc(share: Floats) -> tuple[str, ...]:
    """Class by the share that dearer items already make up: the item that crosses 80 % is A."""
    order = np.argsort(-share, kind="stable")
    before = np.empty_like(share)
    before[order] = np.cumsum(share[order]) - share[order]
    place = np.searchsorted([A_SHARE, B_SHARE], before + 1e-9, side="right")
    # An item that sold nothing matters least, however few the others are.
    return tuple(ABC[2 if mine == 0 else k] for mine, k in zip(share, place, strict=True))


def _xyz(cv: float) -> str:
    if not np.isfinite(cv):
        return UNKNOWN
    return XYZ[int(np.searchsorted([X_CV, Y_CV], cv, side="right"))]
