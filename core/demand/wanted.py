"""What was wanted in every period: sales, and where stock ran out what demand is estimated at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.demand.censored import expected_demand, prepare
from core.demand.observations import FitPlan, Ints, Observations, observe
from core.demand.protocol import Floats
from core.demand.seasonality import weekday_chance, year_chance
from core.domain import HistoryError, ItemHistory

_MIN_YEARS = 1.5
# A season is tried only where its F test leaves little to chance, so that hardly any item gets a
# pattern that is not there.
_SEASON_CHANCE = 0.01
# The level of a period is that of a sixth of a year around it, held by a twelfth as many periods
# at the level of the whole history.
_WINDOW_SHARE, _PRIOR_SHARE = 1 / 6, 1 / 12
_ROUNDS = 6


def likely_season(seen: Observations) -> FitPlan:
    """Return the season that is not likely to be an accident."""
    quantity = seen.quantity if seen.floors is None else prepare(seen, FitPlan()).quantity
    where = (seen.period, seen.index, quantity)
    weekday = weekday_chance(*where) < _SEASON_CHANCE
    year = seen.years >= _MIN_YEARS and year_chance(*where) < _SEASON_CHANCE
    return FitPlan(weekday, year)


def estimated_demand(history: ItemHistory) -> Floats:
    """Return the demand of every period, units, shape [n_periods].

    In stock it is what was sold. Where stock ran out after a sale it is what is to be expected of
    demand that was at least that much; where it had run out before, what was usual then. Both
    follow the season and the level of the weeks around. An item that nothing can be said of keeps
    its sales.

    References:
        Nahmias (1994), Naval Research Logistics 41(6).
    """
    if history.in_stock.all():
        return history.quantity
    try:
        seen = observe(history)
    except HistoryError:
        return history.quantity
    data = prepare(seen, likely_season(seen))
    usual = data.level * data.season.at(history.indices)
    place = seen.index - history.first_index
    for _ in range(_ROUNDS):
        local = usual * _drift(data.quantity, usual, place, history)
        if data.floors is None:
            break
        data = expected_demand(replace(data, factors=local[place] / data.level))
    wanted = history.quantity.astype(np.float64)
    wanted[place] = data.quantity
    is_empty = ~history.in_stock & (history.indices >= seen.index[0])
    is_empty[place] = False
    return np.where(is_empty, local, wanted)


def whole_demand(history: ItemHistory) -> Floats:
    """Return the demand of every period, in whole units where sales are, shape [n_periods]."""
    wanted = np.maximum(estimated_demand(history), 0.0)
    is_whole = np.all(history.quantity == np.rint(history.quantity))
    return np.rint(wanted) if is_whole else wanted


def _drift(quantity: Floats, usual: Floats, place: Ints, history: ItemHistory) -> Floats:
    """Return how far demand lay above the usual around each period, as a factor."""
    half = max(round(history.period.per_year * _WINDOW_SHARE / 2), 1)
    held = _PRIOR_SHARE * (2 * half + 1) * float(usual.mean())
    sums = []
    for values in (quantity, usual[place]):
        on_calendar = np.bincount(place, values, history.n_periods)
        total = np.concatenate([[0.0], np.cumsum(on_calendar)])
        at = np.arange(history.n_periods)
        upper, lower = np.minimum(at + half + 1, history.n_periods), np.maximum(at - half, 0)
        sums.append(total[upper] - total[lower] + held)
    return np.asarray(sums[0] / sums[1])
