"""Where an item stands in its life: new, running, dying, silent, gone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import comb

import numpy as np
from scipy.special import gammaln

from core.demand.protocol import Floats
from core.demand.season_table import SeasonTable
from core.demand.telling import Buckets, Flags, Ints
from core.domain import SalesHistory


class LifeState(StrEnum):
    """Where an item stands in its life."""

    NEW = "new"
    RUNNING = "running"
    DYING = "dying"
    SILENT = "silent"
    GONE = "gone"
    NEVER_SOLD = "never sold"


# A run without a sale this unlikely means that the item is not sold any more.
GONE_CHANCE = 1e-4
# A shorter one may be a stock-out that nobody noted, or a closed shop.
_GONE_YEARS = 8 * 7 / 365.25
# Recent buckets, buckets looked at in all: a quarter against a year, half a year against two.
_LOOKS = ((3, 16), (6, 26))
_N_LATELY = 3
# Chance of a false alarm that the two looks share.
DYING_CHANCE = 0.005
# Sales below this share of what they were.
DYING_SHARE = 0.5
_N_SHUFFLES = 4000
_N_ROWS = 1000
_NEW_YEARS = 0.25
_NEW_LEAD_TIMES = 2.0


@dataclass(frozen=True, eq=False)
class Lives:
    """Where all items stand, with the numbers it rests on; shape [n_items] each.

    Args:
        state: Where each item stands.
        first_sold, last_sold: Columns of the first and the last sale in stock; -1 without one.
        n_silent: Periods in stock since the last sale.
        silence_chance: Chance of so long a silence.
        fell_to: Rate of the last three buckets as a share of the former; 1 where it did not fall
            for sure.
    """

    state: tuple[LifeState, ...]
    first_sold: Ints
    last_sold: Ints
    n_silent: Ints
    silence_chance: Floats
    fell_to: Floats


def lives(
    history: SalesHistory,
    tells: Flags,
    buckets: Buckets,
    season: SeasonTable,
    lead_time: Floats | None = None,
) -> Lives:
    """Say where each item stands.

    - New: first sold less than a quarter of a year or two lead times ago, after at least as long
      without a sale.
    - Gone: no sale for 8 weeks in stock or longer, and by chance less often than 1 in 10,000.
    - Silent: as unlikely, but shorter; maybe out of stock.
    - Dying: sells less than half of what it did, and by chance in 1 of 200 items at most.

    Periods out of stock are no evidence of low demand: they count in none of these.

    Args:
        history: Sales of all items.
        tells: The periods that tell demand, shape [n_items, n_periods].
        buckets: Their rates.
        season: Their patterns.
        lead_time: [L] periods, shape [n_items]; None leaves it out.
    """
    sold = tells & (history.quantity > 0)
    has_sold = sold.any(axis=1)
    first = np.where(has_sold, sold.argmax(axis=1), -1)
    last = np.where(has_sold, history.n_periods - 1 - sold[:, ::-1].argmax(axis=1), -1)
    is_after = np.arange(history.n_periods) > last[:, None]
    n_silent = (tells & is_after).sum(axis=1)
    silence = _silence_chance(history, tells, sold, season)
    fell_to = _fall(buckets, season)
    long = n_silent >= _GONE_YEARS * history.period.per_year
    unlikely = silence < GONE_CHANCE
    states = np.select(
        [
            ~has_sold,
            unlikely & long,
            unlikely,
            _is_new(history, first, lead_time),
            fell_to < DYING_SHARE,
        ],
        [LifeState.NEVER_SOLD, LifeState.GONE, LifeState.SILENT, LifeState.NEW, LifeState.DYING],
        LifeState.RUNNING,
    )
    return Lives(tuple(map(LifeState, states)), first, last, n_silent, silence, fell_to)


def _is_new(history: SalesHistory, first: Ints, lead_time: Floats | None) -> Flags:
    """Whether sales began lately, and the file shows that there were none for as long before."""
    quarter = _NEW_YEARS * history.period.per_year
    youth = quarter if lead_time is None else np.maximum(quarter, _NEW_LEAD_TIMES * lead_time)
    return np.asarray((history.n_periods - first <= youth) & (first >= quarter))


def _silence_chance(
    history: SalesHistory, tells: Flags, sold: Flags, season: SeasonTable
) -> Floats:
    """Return the chance that the last run without a sale is as long as it is.

    Exact where every period is as likely as another to have a sale: of N periods after the first
    sale, K had one; all K fall before the last n in C(N - n, K) of C(N, K) cases. A quiet month
    counts for as much of a period as it usually sells.
    """
    index = np.arange(history.first_index, history.next_index)
    weight = np.where(tells, season.year_factors_of(index), 0.0)
    n_sales = np.maximum(sold.sum(axis=1) - 1, 0)
    started = np.cumsum(sold, axis=1) > 0
    ended = np.cumsum(sold[:, ::-1], axis=1)[:, ::-1] == 0
    # The first sale begins the count, so its own period is not in it.
    n_all = np.maximum((weight * started).sum(axis=1) - 1, n_sales)
    n_before = np.clip(n_all - (weight * ended).sum(axis=1), n_sales, n_all)
    log_chance = _log_choose(n_before, n_sales) - _log_choose(n_all, n_sales)
    return np.asarray(np.exp(np.minimum(log_chance, 0.0)))


def _log_choose(n: Floats, k: Ints) -> Floats:
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _fall(buckets: Buckets, season: SeasonTable) -> Floats:
    """Return the recent rate as a share of the former, where both looks leave no doubt, else 1."""
    rate = buckets.rate / season.year_factors(buckets.day_of_year)
    fell = np.ones(len(rate))
    for n_recent, n_most in _LOOKS:
        n = min(buckets.n, n_most)
        if comb(n, n_recent) * DYING_CHANCE / len(_LOOKS) < 1:
            continue
        picks = _picks(n, n_recent)
        parts = [
            _shuffled(rate[rows, -n:], buckets.is_known[rows, -n:], picks)
            for start in range(0, len(rate), _N_ROWS)
            for rows in [slice(start, start + _N_ROWS)]
        ]
        share, chance = (np.concatenate(part) for part in zip(*parts, strict=True))
        is_sure = chance <= DYING_CHANCE / len(_LOOKS)
        fell = np.where(is_sure, np.minimum(fell, share), fell)
    return fell


def _shuffled(rate: Floats, known: Flags, picks: Floats) -> tuple[Floats, Floats]:
    """Compare the last buckets with the others by a permutation test.

    The chance is the share of the ways to pick as many buckets whose mean is as low: exact
    however the rates are distributed, many zeros included, where all buckets are alike.

    Returns:
        Mean of the last three / former mean (1 where unknown), and the chance, shape [n_items].

    References:
        Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses.
    """
    n, n_recent = rate.shape[1], int(picks[:, 0].sum())
    weight = known.astype(np.float64)
    count = weight @ picks
    mean = np.where(count > 0, (rate @ picks) / np.maximum(count, 1), np.inf)
    recent = mean[:, :1]
    rest = weight[:, : n - n_recent].sum(axis=1)
    former = rate[:, : n - n_recent].sum(axis=1) / np.maximum(rest, 1)
    lately = weight[:, -_N_LATELY:].sum(axis=1)
    can = (count[:, 0] >= np.ceil(n_recent / 2)) & (rest >= 2 * n_recent) & (former > 0)
    can &= lately > 0
    as_low = (mean <= recent + 1e-9 * former[:, None]).sum(axis=1)
    chance = as_low / np.maximum((count > 0).sum(axis=1), 1)
    now = rate[:, -_N_LATELY:].sum(axis=1) / np.maximum(lately, 1)
    share = now / np.where(former > 0, former, 1.0)
    return np.where(can, share, 1.0), np.where(can, chance, 1.0)


def _picks(n: int, k: int) -> Floats:
    """Return ways to pick k of n as columns of 0 and 1, the last k first: all, or many at random.

    With the observed pick among them, the chance is never understated.
    """
    if comb(n, k) <= _N_SHUFFLES:
        chosen = np.array([p[::-1] for p in combinations(range(n - 1, -1, -1), k)])
    else:
        rng = np.random.default_rng(0)
        others = rng.permuted(np.tile(np.arange(n), (_N_SHUFFLES, 1)), axis=1)[:, :k]
        chosen = np.vstack([np.arange(n - k, n), others])
    picks = np.zeros((n, len(chosen)))
    picks[chosen.T, np.arange(len(chosen))] = 1.0
    return picks
