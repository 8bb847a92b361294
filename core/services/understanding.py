"""What each item is: how it sells, how much it matters, where it stands, what was unusual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.demand import (
    AbcXyz,
    Buckets,
    Lives,
    Profiles,
    SeasonTable,
    abc_xyz,
    bucketed,
    find_outliers,
    lives,
    profile_all,
    season_table,
    telling,
)
from core.demand.abc_xyz import ABC, XYZ
from core.domain import Item, ItemKey, Period, SalesHistory
from core.services.events import is_touched
from core.services.life_words import life_words, season_words
from core.services.one_offs import whole_history
from core.services.unusual import Unusual, unusual_sales
from core.services.workspace import PlanData

Floats = npt.NDArray[np.float64]

SEASONAL = "seasonal"
# Prices known for fewer of the items than this do not say what matters.
_KNOWN_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One item in a few words and numbers.

    Args:
        key: The item.
        demand_class: Smooth, erratic, intermittent, lumpy, or none.
        abc: A, B or C.
        xyz: X, Y or Z; empty where it cannot be said.
        share: Of the value of all items, over the last year.
        mean: Units a period, in stock and since the first sale.
        cv: Coefficient of variation by bucket; nan where it cannot be said.
        state: New, running, dying, silent, gone or never sold.
        state_why: Why, in words; empty where it is running.
        season_why: Its busy and quiet months in words; empty without a season.
        n_out_of_stock: Periods out of stock.
        n_unusual: Unusual sales.
    """

    key: ItemKey
    demand_class: str
    abc: str
    xyz: str
    share: float
    mean: float
    cv: float
    state: str
    state_why: str
    season_why: str
    n_out_of_stock: int
    n_unusual: int

    @property
    def cell(self) -> str:
        """ABC and XYZ class as one word: "AX"."""
        return self.abc + self.xyz

    @property
    def states(self) -> tuple[str, ...]:
        """All that is said of its life: "dying", "seasonal"."""
        return (self.state, SEASONAL) if self.season_why else (self.state,)


@dataclass(frozen=True, eq=False)
class Understanding:
    """What is known of the demand of all items.

    Args:
        items: In the order of the history.
        unusual: Unusual sales, the largest first; see ``with_answers`` for what was said of them.
        valued_by: What value means, in words.
        bucket: Over what steadiness is measured, in words.
        period: Of the history.
    """

    items: tuple[ItemFacts, ...]
    unusual: tuple[Unusual, ...]
    valued_by: str
    bucket: str
    period: Period

    def of(self, key: ItemKey) -> ItemFacts:
        """Return what is known of one item."""
        return self._by_key[key]

    def unusual_of(self, key: ItemKey) -> tuple[Unusual, ...]:
        """Return the unusual sales of one item."""
        return tuple(each for each in self.unusual if each.stretch.key == key)

    @cached_property
    def cells(self) -> Mapping[str, tuple[int, float]]:
        """Items and share of value by cell of the matrix, empty cells included."""
        found = {abc + xyz: (0, 0.0) for abc in ABC for xyz in XYZ}
        for item in self.items:
            n, share = found.get(item.cell, (0, 0.0))
            found[item.cell] = (n + 1, share + item.share)
        return found

    @cached_property
    def _by_key(self) -> dict[ItemKey, ItemFacts]:
        return {item.key: item for item in self.items}


def understand(data: PlanData) -> Understanding:
    """Work out what each item is; seconds for ten thousand items, so keep the answer.

    Args:
        data: The planner's data; one-offs are looked at as well.
    """
    history = whole_history(data)
    span = (history.period, history.first_index, history.n_periods)
    promoted = is_touched(data.promotions, history.keys, *span) if len(data.promotions) else None
    tells = telling(history)
    buckets = bucketed(history, tells)
    season = season_table(history, tells, buckets)
    price, valued_by = prices(data.items, history)
    lead_time = np.array([item.lead_time.mean for item in data.items])
    found = unusual_sales(history, find_outliers(history, tells, season), promoted)
    parts = _Parts(
        profile_all(history, tells),
        abc_xyz(history, buckets, season, price),
        lives(history, tells, buckets, season, lead_time),
        season,
    )
    return Understanding(
        items=_facts(history, parts, buckets, found),
        unusual=found,
        valued_by=valued_by,
        bucket=buckets.label,
        period=history.period,
    )


def prices(items: tuple[Item, ...], history: SalesHistory) -> tuple[Floats, str]:
    """Return what a unit of each item is worth, and what that is in words.

    Sales prices where nine of ten items that sold have one, else unit costs, else 1. An item
    without one then stands at the middle of the others, and the words say how many do.
    """
    has_sold = (history.quantity > 0).any(axis=1)
    costs = [None if "unit_cost" in item.assumed else item.costs.unit_cost for item in items]
    for name, given in (("price", [item.price for item in items]), ("unit cost", costs)):
        worth = np.array([np.nan if each is None else each for each in given], dtype=np.float64)
        known = np.isfinite(worth) & (worth > 0)
        if known.any() and known[has_sold].mean() >= _KNOWN_SHARE:
            n = int((~known & has_sold).sum())
            stand = f"; {n:,} without one at the middle of the others" if n else ""
            told = f"units sold × {name} over the last year{stand}"
            return np.where(known, worth, np.median(worth[known])), told
    told = "units sold over the last year, since neither prices nor unit costs are known"
    return np.ones(len(items)), told


@dataclass(frozen=True, eq=False)
class _Parts:
    """The findings, one row per item each."""

    profiles: Profiles
    classes: AbcXyz
    lives: Lives
    season: SeasonTable


def _facts(
    history: SalesHistory, parts: _Parts, buckets: Buckets, found: tuple[Unusual, ...]
) -> tuple[ItemFacts, ...]:
    profiles, classes = parts.profiles, parts.classes
    n_unusual: dict[ItemKey, int] = {}
    for each in found:
        n_unusual[each.stretch.key] = n_unusual.get(each.stretch.key, 0) + 1
    whys = life_words(history, parts.lives, profiles, buckets)
    seasons = season_words(parts.season)
    return tuple(
        ItemFacts(
            key=key,
            demand_class=profiles.demand_class[row].value,
            abc=classes.abc[row],
            xyz=classes.xyz[row],
            share=float(classes.share[row]),
            mean=float(profiles.mean[row]),
            cv=float(classes.cv[row]),
            state=parts.lives.state[row].value,
            state_why=whys[row],
            season_why=seasons[row],
            n_out_of_stock=int(profiles.n_out_of_stock[row]),
            n_unusual=n_unusual.get(key, 0),
        )
        for row, key in enumerate(history.keys)
    )
