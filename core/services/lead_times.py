"""How long deliveries really took, item by item, beside what the planner said.

The lead time of an item is the mean of its own deliveries; where there are too few, that of its
supplier's, and where the supplier is not known either, that of all. It takes the place of an
assumed lead time by itself. One that was given is never overruled: the difference is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from core.domain import Deliveries, Item, ItemKey, LeadTime, Period, whole_periods
from core.domain.events import Ints
from core.ingest.keys import matches

LEAD_TIME = frozenset({"lead_time", "lead_time_sd"})

# With fewer deliveries than this the spread is anybody's guess.
MIN_DELIVERIES = 5
# From as many on, their own distribution says more than a mean and a spread.
MIN_FOR_SHAPE = 30
# A given lead time is told of where the mean of the deliveries lies further off than both chance
# (standard errors) and half a period explain.
_SURE = 2.0
_MATTERS = 0.5

Name = TypeVar("Name", ItemKey, str)


@dataclass(frozen=True, slots=True)
class Measured:
    """How long deliveries took.

    Args:
        mean_days: Mean from order to receipt.
        sd_days: Standard deviation.
        n: Deliveries.
        whose: "item", "supplier" or "all": whose deliveries they are.
        counts: How many of them took 0, 1, 2, ... days.
    """

    mean_days: float
    sd_days: float
    n: int
    whose: str
    counts: tuple[int, ...] = field(default=(), repr=False)

    def lead_time(self, period: Period) -> LeadTime:
        """Return it in periods of the history: mean and spread, to a hundredth, a year at most.

        With enough deliveries their own distribution goes with it.
        """
        mean, sd = self.mean_days / period.days, self.sd_days / period.days
        shape = self.chances(period) if self.n >= MIN_FOR_SHAPE else None
        return LeadTime(min(round(mean, 2), 365.0), min(round(sd, 2), 365.0), shape)

    def chances(self, period: Period) -> tuple[float, ...]:
        """Return the share of the deliveries that took 0, 1, 2, ... periods."""
        counts = np.array(self.counts, dtype=np.float64)
        return whole_periods(np.arange(counts.size) / period.days, counts)

    @property
    def words(self) -> str:
        """Say it: "214 deliveries took 9.3 ± 4 days"."""
        whose = {"item": "", "supplier": " of its supplier", "all": " of all items"}[self.whose]
        noun = "delivery" if self.n == 1 else "deliveries"
        return f"{self.n:,} {noun}{whose} took {self.mean_days:.3g} ± {self.sd_days:.2g} days"


@dataclass(frozen=True, slots=True)
class Difference:
    """A lead time that was given, and what the deliveries say.

    Args:
        item: As it stands.
        measured: Its own deliveries, or its supplier's.
        period: Of the history.
    """

    item: Item
    measured: Measured
    period: Period

    @property
    def words(self) -> str:
        """Say both: "You said 7 days; 214 deliveries took 9.3 ± 4 days"."""
        said, spread = self.item.lead_time.mean, self.item.lead_time.sd
        sure = f" ± {spread:g}" if spread else ""
        unit = self.period.value + ("" if said == 1 and not spread else "s")
        return f"You said {said:g}{sure} {unit}; {self.measured.words}"


def measure(deliveries: Deliveries, items: Sequence[Item]) -> dict[ItemKey, Measured]:
    """Measure the lead time of each item on its deliveries, its supplier's, or all of them.

    Args:
        deliveries: At least one.
        items: Whose lead times are wanted.

    Returns:
        By item; an item is missing only where all deliveries together are too few.
    """
    days = deliveries.days
    own = _by_item(deliveries, items, days)
    by_supplier = _by_supplier(deliveries, days)
    everything = _measured(days, "all")
    found = {
        item.key: own.get(item.key) or by_supplier.get(_plain(item.supplier)) or everything
        for item in items
    }
    return {key: measured for key, measured in found.items() if measured is not None}


def with_measured(
    items: Sequence[Item], measured: Mapping[ItemKey, Measured], period: Period
) -> tuple[tuple[Item, ...], dict[ItemKey, Measured]]:
    """Put measured lead times in the place of assumed ones.

    Returns:
        The items, in their order, and what was measured for those that changed.
    """
    used = {
        item.key: measured[item.key]
        for item in items
        if "lead_time" in item.assumed and item.key in measured
    }
    changed = tuple(
        replace(item, lead_time=used[item.key].lead_time(period), assumed=item.assumed - LEAD_TIME)
        if item.key in used
        else item
        for item in items
    )
    return changed, used


def differences(
    items: Sequence[Item], measured: Mapping[ItemKey, Measured], period: Period
) -> tuple[Difference, ...]:
    """List the given lead times that the deliveries contradict, the furthest off first.

    Deliveries of other suppliers say nothing about a given lead time, so those of all are left out.
    """
    found = [
        Difference(item, measured[item.key], period)
        for item in items
        if "lead_time" not in item.assumed
        and item.key in measured
        and measured[item.key].whose != "all"
        and _differs(item.lead_time, measured[item.key], period)
    ]
    return tuple(sorted(found, key=lambda one: -_distance(one)))


def edits_to_measured(found: Sequence[Difference]) -> dict[ItemKey, dict[str, object]]:
    """Return the edits that take the measured lead times, to be saved as any edit."""
    new = {one.item.key: one.measured.lead_time(one.period) for one in found}
    return {
        key: {"lead_time": lead_time.mean, "lead_time_sd": lead_time.sd}
        for key, lead_time in new.items()
    }


def as_assumed(items: Sequence[Item], keys: Sequence[ItemKey]) -> tuple[Item, ...]:
    """Return items with the lead times of some marked as assumed again, to be kept that way.

    A measured lead time was not given: it goes on following the deliveries.
    """
    measured = set(keys)
    return tuple(
        replace(item, assumed=item.assumed | LEAD_TIME) if item.key in measured else item
        for item in items
    )


def _distance(one: Difference) -> float:
    return abs(one.measured.mean_days / one.period.days - one.item.lead_time.mean)


def _differs(given: LeadTime, measured: Measured, period: Period) -> bool:
    """Whether mean or spread is off by more than chance and by enough to matter."""
    error = measured.sd_days / math.sqrt(measured.n) / period.days
    mean = abs(measured.mean_days / period.days - given.mean)
    # The standard error of a standard deviation is about sd / sqrt(2 n).
    spread = abs(measured.sd_days / period.days - given.sd)
    return mean > max(_MATTERS, _SURE * error) or spread > max(_MATTERS, _SURE * error / 2**0.5)


def _by_item(deliveries: Deliveries, items: Sequence[Item], days: Ints) -> dict[ItemKey, Measured]:
    """Measure items on their own deliveries; those at other locations do not count."""
    found_as = matches(deliveries.keys, [item.key for item in items])
    places: dict[ItemKey, list[Ints]] = {}
    for key, own in zip(
        deliveries.keys, _split(days, deliveries.key, len(deliveries.keys)), strict=True
    ):
        for known in found_as[key]:
            places.setdefault(known, []).append(own)
    return _all_measured(places, "item")


def _by_supplier(deliveries: Deliveries, days: Ints) -> dict[str, Measured]:
    """Measure suppliers on all their deliveries, by plain name."""
    names, code = np.unique(deliveries.supplier, return_inverse=True)
    groups: dict[str, list[Ints]] = {}
    for name, own in zip(names.tolist(), _split(days, code, len(names)), strict=True):
        if name:
            groups.setdefault(_plain(name), []).append(own)
    return _all_measured(groups, "supplier")


def _split(days: Ints, code: Ints, n_codes: int) -> list[Ints]:
    """Return the days of each code 0, 1, ..., n_codes - 1; none for one that does not occur."""
    order = np.argsort(code, kind="stable")
    return np.split(days[order], np.searchsorted(code[order], np.arange(1, n_codes)))


def _all_measured(groups: Mapping[Name, Sequence[Ints]], whose: str) -> dict[Name, Measured]:
    found = {name: _measured(np.concatenate(parts), whose) for name, parts in groups.items()}
    return {name: one for name, one in found.items() if one is not None}


def _measured(days: Ints, whose: str) -> Measured | None:
    """Return mean, standard deviation and counts; None where there are too few."""
    if days.size < MIN_DELIVERIES:
        return None
    mean, sd = float(days.mean()), float(days.std(ddof=1))
    return Measured(mean, sd, days.size, whose, tuple(np.bincount(days).tolist()))


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
