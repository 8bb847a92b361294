"""Unusual sales: periods that sold far more than an item's own demand can explain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from core.demand.profile import ADI_CUT
from core.demand.protocol import Floats
from core.demand.season_table import SeasonTable
from core.demand.telling import Flags, Ints
from core.domain import Period, SalesHistory

# Marks that an item whose sales are pure chance may get in a thousand years.
FALSE_MARKS = 0.2
_PER_YEARS = 1000.0
# Share of the sales, the largest, that the first look does not believe.
_DISBELIEVED = 0.05
_N_REFITS = 2
# Fewer sales than this do not tell what is usual.
_MIN_SALES = 5
# A mark is also this many times the usual high, more where few sales tell what that is.
_ABOVE_HIGH, _ABOVE_HIGH_FEW = 1.5, 7.5
_HIGH_SHARE = 0.05
# The level is that of about five months around; the item's own mean weighs in as so many sales.
_AROUND = {Period.DAY: 28, Period.WEEK: 4, Period.MONTH: 1}
_N_EITHER_SIDE = 2
_PRIOR_SALES = 5.0
_N_ROWS = 1000


@dataclass(frozen=True, eq=False)
class Outliers:
    """Runs of unusual periods, by item, then by time; shape [n_outliers] each.

    Args:
        row: Item.
        column: First period.
        length: Periods.
        quantity: Units sold in them.
        usual: Units usual for them: of an item that seldom sells, those of a usual sale.
    """

    row: Ints
    column: Ints
    length: Ints
    quantity: Floats
    usual: Floats

    @property
    def n(self) -> int:
        """How many there are."""
        return int(self.row.shape[0])


def find_outliers(history: SalesHistory, tells: Flags, season: SeasonTable) -> Outliers:
    """Mark the periods of all items that sold far more than chance allows; change nothing.

    Each item's sales are held against a negative binomial distribution (Poisson where they vary
    no more than that): its mean is the item's level of the months around times its season, its
    spread is the item's own. An item that often sells nothing has two parts, as in Croston's
    method: how often it sells, and a distribution of the same kind for how much then. All is
    estimated without the largest 5 % of sales, then twice again without the periods marked so
    far, so that an outlier can hide neither itself nor others. A period is marked where so large
    a sale would come by chance less than 0.2 times in a thousand years, and is half again above
    the item's usual high (three times where only five sales tell).

    Args:
        history: Sales of all items.
        tells: The periods that tell demand, shape [n_items, n_periods].
        season: The items' patterns.

    References:
        Hampel, Ronchetti, Rousseeuw and Stahel (1986), Robust Statistics, for rejecting and
        fitting again; Davies and Gather (1993), JASA 88(423), for outlier regions by chance;
        Croston (1972), Operational Research Quarterly 23(3).
    """
    marked = np.zeros_like(tells)
    expected = np.zeros(tells.shape)
    index = np.arange(history.first_index, history.next_index)
    for start in range(0, len(history.keys), _N_ROWS):
        rows = slice(start, start + _N_ROWS)
        factor = season.factors(index, rows)
        marks, usual = _marks(history.period, history.quantity[rows], tells[rows], factor)
        marked[rows], expected[rows] = marks, usual
    return _runs(marked, history.quantity, expected)


def _marks(period: Period, quantity: Floats, tells: Flags, factor: Floats) -> tuple[Flags, Floats]:
    """Return which periods are unusual, and what was to be expected in each, in units."""
    used = tells & (factor > 0)
    sold = np.where(used, quantity, 0.0)
    unit = _unit(sold)
    counts = sold / unit[:, None]
    plain = np.where(used, counts / np.where(factor > 0, factor, 1.0), 0.0)
    n_sales = (plain > 0).sum(axis=1)
    cap, high = _usual_high(plain, n_sales)
    least = high * (_ABOVE_HIGH + _ABOVE_HIGH_FEW / np.maximum(n_sales, 1))
    can = used & (plain >= least[:, None]) & (n_sales >= _MIN_SALES)[:, None]
    chance = FALSE_MARKS / (_PER_YEARS * period.per_year)
    kept, believed = used, np.minimum(plain, cap[:, None]) * factor
    for _ in range(1 + _N_REFITS):
        mean = _level(period, np.where(kept, believed, 0.0), factor, kept) * factor
        marks = _chances(counts, believed, mean, kept, can) < chance
        kept, believed = used & ~marks, counts
    return marks, _usual(counts, mean, kept) * unit[:, None]


def _usual(counts: Floats, mean: Floats, kept: Flags) -> Floats:
    """Return what a period with a sale usually sells, shape [n_items, n_periods]."""
    sold = kept & (counts > 0)
    size = np.where(sold, counts, 0.0).sum(axis=1) / np.maximum(sold.sum(axis=1), 1)
    return np.where(_is_seldom(sold, kept)[:, None], size[:, None], mean)


def _is_seldom(sold: Flags, kept: Flags) -> Flags:
    """Whether items sell nothing in many periods, shape [n_items]."""
    return np.asarray(kept.sum(axis=1) >= ADI_CUT * sold.sum(axis=1))


def _unit(sold: Floats) -> Floats:
    """Return what counts as one: a unit, or the smallest sale where sales are fractions."""
    is_whole = (sold == np.rint(sold)).all(axis=1)
    least = np.where(sold > 0, sold, np.inf).min(axis=1)
    return np.where(is_whole | ~np.isfinite(least), 1.0, least)


def _usual_high(plain: Floats, n_sales: Ints) -> tuple[Floats, Floats]:
    """Return the largest sale that the first look believes, and the usual high below it."""
    order = -np.sort(-plain, axis=1)
    n_over = np.minimum(np.ceil(_DISBELIEVED * n_sales), np.maximum((n_sales - 1) // 2, 0))
    at_cap = n_over.astype(np.int64)
    at_high = at_cap + np.floor(_HIGH_SHARE * np.maximum(n_sales - at_cap, 0)).astype(np.int64)
    rows = np.arange(len(plain))
    return order[rows, at_cap], order[rows, np.minimum(at_high, plain.shape[1] - 1)]


def _level(period: Period, counts: Floats, factor: Floats, used: Flags) -> Floats:
    """Return the level around each period, drawn to the item's own mean where little was sold."""
    length, n_periods = _AROUND[period], counts.shape[1]
    edges = np.arange(0, n_periods, length)
    exposure = np.where(used, factor, 0.0)
    sold, time = (np.add.reduceat(part, edges, axis=1) for part in (counts, exposure))
    overall = sold.sum(axis=1) / np.maximum(time.sum(axis=1), 1e-9)
    n_sales = np.maximum((counts > 0).sum(axis=1), 1)
    prior = _PRIOR_SALES * sold.sum(axis=1) / n_sales
    prior_time = prior / np.maximum(overall, 1e-9)
    around = [_around(part) for part in (sold, time)]
    level = (around[0] + prior[:, None]) / np.maximum(around[1] + prior_time[:, None], 1e-9)
    return np.repeat(level, length, axis=1)[:, :n_periods]


def _around(part: Floats) -> Floats:
    """Sum each stretch with those beside it, shape as given."""
    n = part.shape[1]
    total = np.concatenate([np.zeros((len(part), 1)), np.cumsum(part, axis=1)], axis=1)
    place = np.arange(n)
    last = np.minimum(place + _N_EITHER_SIDE + 1, n)
    return np.asarray(total[:, last] - total[:, np.maximum(place - _N_EITHER_SIDE, 0)])


def _spread(counts: Floats, mean: Floats, used: Flags) -> Floats:
    """Return each item's variance beyond Poisson over mean squared, by moments; 0 or more."""
    left = np.where(used, counts - mean, 0.0)
    expected = np.where(used, mean, 0.0)
    beyond = np.einsum("ij,ij->i", left, left) - expected.sum(axis=1)
    squares = np.einsum("ij,ij->i", expected, expected)
    return np.asarray(np.maximum(beyond / np.maximum(squares, 1e-12), 0.0))


def _chances(counts: Floats, believed: Floats, mean: Floats, kept: Flags, can: Flags) -> Floats:
    """Return the chance of so large a sale in each period that may be marked; 1 in the others.

    Args:
        counts: Sold, shape [n_items, n_periods], as all here.
        believed: What the estimates rest on, where kept.
        mean: Expected.
        kept: Periods that the estimates rest on.
        can: Periods that may be marked.
    """
    rows, columns = np.nonzero(can)
    x, of_period = counts[rows, columns], mean[rows, columns]
    regular = _tail(x, of_period, _spread(believed, mean, kept)[rows])
    sold = kept & (believed > 0)
    n_sold, n_kept = sold.sum(axis=1), np.maximum(kept.sum(axis=1), 1)
    more = np.where(sold, np.maximum(believed - 1.0, 0.0), 0.0)
    # One unit beside those seen: a few sales of 1 do not prove that nobody ever takes 2.
    mean_more = (more.sum(axis=1) + 1.0) / (n_sold + 1)
    spread_more = _spread(more, np.broadcast_to(mean_more[:, None], more.shape), sold)
    seldom = _tail(np.maximum(x - 1.0, 1e-9), mean_more[rows], spread_more[rows])
    seldom *= (n_sold / n_kept)[rows]
    chances = np.ones(can.shape)
    chances[rows, columns] = np.where(_is_seldom(sold, kept)[rows], seldom, regular)
    return chances


def _tail(x: Floats, mean: Floats, spread: Floats) -> Floats:
    """Return the chance of x or more under a negative binomial, Poisson where spread is 0."""
    shape = 1.0 / np.maximum(spread, 1e-9)
    mean = np.maximum(mean, 1e-9)
    binomial = special.betainc(x, shape, mean / (mean + shape))
    poisson = special.gammainc(x, mean)
    return np.asarray(np.where(spread > 1e-6, binomial, poisson))


def _runs(marked: Flags, quantity: Floats, expected: Floats) -> Outliers:
    """Join neighbouring marks into runs."""
    edge = np.diff(marked.astype(np.int8), axis=1, prepend=0, append=0)
    row, column = np.nonzero(edge == 1)
    length = np.nonzero(edge == -1)[1] - column
    cells = [(r, slice(c, c + n)) for r, c, n in zip(row, column, length, strict=True)]
    return Outliers(
        row,
        column,
        length,
        np.array([quantity[cell].sum() for cell in cells]),
        np.array([expected[cell].sum() for cell in cells]),
    )
