"""What items an agent that learned from many was made for, in ranges; an item is inside or not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.simulator import Problem
from core.simulator.lead_times import lead_time_probabilities, mean_and_sd

# A rounding error must not put an item outside.
_TOLERANCE = 1e-6
_YEAR = 364


@dataclass(frozen=True)
class Facts:
    """An item's measures, worked out once and only where asked for.

    Args:
        problem: The item.
    """

    problem: Problem

    @cached_property
    def year(self) -> tuple[float, float, float]:
        """Mean demand, its spread as a share of it within a period, and the season's peak."""
        demand, start = self.problem.demand, self.problem.start
        length = 1 if demand.is_stationary else _YEAR
        mean, sd = demand.mean(start, length), demand.sd(start, length)
        level = max(float(mean.mean()), 1e-12)
        # As a share of each period's own mean, so that a season is not taken for chance.
        variation = float(np.sqrt((sd**2).mean() / max((mean**2).mean(), 1e-24)))
        return level, variation, float(mean.max()) / level

    @cached_property
    def lead_time(self) -> tuple[float, float, int]:
        """Mean, standard deviation and longest, periods."""
        chances = lead_time_probabilities(self.problem.lead_time)
        return *mean_and_sd(chances), len(chances) - 1

    def in_periods(self, units: float) -> float:
        """Return units as periods of the item's mean demand."""
        return units / self.year[0]

    @property
    def economic_periods(self) -> float:
        """Return the periods that an economic order lasts."""
        costs = self.problem.costs
        holding = max(costs.holding_cost, 1e-12)
        return math.sqrt(2 * costs.fixed_cost / (holding * self.year[0]))


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that items differ in.

    Args:
        words: As in "made for items with ...".
        unit: Of the value.
        of: Works it out.
    """

    words: str
    unit: str
    of: Callable[[Facts], float]


def _stockout_ratio(facts: Facts) -> float:
    costs = facts.problem.costs
    return costs.stockout_cost / max(costs.holding_cost, 1e-12)


def _largest(units: Callable[[Problem], float]) -> Callable[[Facts], float]:
    """Measure a limit against the demand that it has to let through between two reviews."""

    def of(facts: Facts) -> float:
        cover = facts.lead_time[0] + facts.problem.rules.review_period
        return facts.in_periods(units(facts.problem)) / cover

    return of


MEASURES: dict[str, Measure] = {
    "demand_mean": Measure("mean demand", "units a period", lambda f: f.year[0]),
    "demand_variation": Measure(
        "spread of demand in a period", "times its mean", lambda f: f.year[1]
    ),
    "season_peak": Measure("busiest period of the season", "times the mean", lambda f: f.year[2]),
    "lead_time_mean": Measure("mean lead time", "periods", lambda f: f.lead_time[0]),
    "lead_time_sd": Measure("spread of the lead time", "periods", lambda f: f.lead_time[1]),
    "lead_time_most": Measure("longest lead time", "periods", lambda f: f.lead_time[2]),
    "stockout_ratio": Measure("stock-out cost", "times the holding cost", _stockout_ratio),
    "lost_share": Measure("share of unmet demand that is lost", "", lambda f: f.problem.lost_share),
    "order_cycle": Measure(
        "economic order quantity", "periods of demand", lambda f: f.economic_periods
    ),
    "min_order": Measure(
        "minimum order",
        "periods of demand",
        lambda f: f.in_periods(f.problem.rules.min_order) if f.problem.rules.min_order > 1 else 0,
    ),
    "pack_size": Measure(
        "pack size",
        "periods of demand",
        lambda f: f.in_periods(f.problem.rules.pack_size) if f.problem.rules.pack_size > 1 else 0,
    ),
    "review_period": Measure(
        "review period", "periods", lambda f: float(f.problem.rules.review_period)
    ),
    "purchase_cost": Measure(
        "purchase cost charged per unit", "", lambda f: float(f.problem.purchase_cost)
    ),
    "max_order": Measure(
        "largest order",
        "times the demand over lead time and review",
        _largest(lambda p: p.rules.max_order),
    ),
    "max_stock": Measure(
        "storage limit",
        "times the demand over lead time and review",
        _largest(lambda p: p.rules.max_stock),
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item lies in one measure.

    Args:
        measure: Key of MEASURES.
        value: The item's.
        low, high: The range.
    """

    measure: str
    value: float
    low: float
    high: float

    @property
    def distance(self) -> float:
        """How far outside, as a share of the range; below 0 inside, -0.5 in the middle.

        A range without an upper end is counted from its lower end.
        """
        is_open = math.isinf(self.high)
        width = max(abs(self.low) if is_open else self.high - self.low, 1e-9)
        # Having nothing, where a range starts at nothing, is no edge.
        below = -math.inf if self.value == self.low == 0 else self.low - self.value
        return max(below, self.value - self.high) / width

    @property
    def words(self) -> str:
        """Say it with all numbers."""
        m = MEASURES[self.measure]
        unit = f" {m.unit}" if m.unit else ""
        most = "more" if math.isinf(self.high) else f"{self.high:g}"
        joint = "or" if math.isinf(self.high) else "to"
        said = f"{m.words} {self.value:.3g}{unit}, range {self.low:g} {joint} {most}"
        if self.distance <= _TOLERANCE:
            return said
        return f"{said}, {100 * self.distance:.0f} % of the range beyond it"


@dataclass(frozen=True, slots=True)
class Misfit(Place):
    """One measure of an item that lies outside."""

    @property
    def words(self) -> str:
        """Say it with all numbers."""
        m = MEASURES[self.measure]
        unit = f" {m.unit}" if m.unit else ""
        upto = (
            f"{self.low:g} or more" if math.isinf(self.high) else f"{self.low:g} to {self.high:g}"
        )
        return f"{m.words} of {upto}{unit}, and this item's is {self.value:.3g}"


@dataclass(frozen=True)
class Scope:
    """The ranges that an agent was made for.

    Args:
        ranges: Least and greatest value by key of MEASURES; the greatest may be infinite.
    """

    ranges: Mapping[str, tuple[float, float]]

    def misfits(self, problem: Problem) -> Iterator[Misfit]:
        """Yield every measure in which an item lies outside."""
        facts = Facts(problem)
        for name, (low, high) in self.ranges.items():
            value = MEASURES[name].of(facts)
            slack = _TOLERANCE * max(1.0, abs(value) if math.isfinite(value) else 1.0)
            if not low - slack <= value <= high + slack:
                yield Misfit(name, value, low, high)

    def holds(self, problem: Problem) -> bool:
        """Whether an item lies inside in every measure."""
        return next(self.misfits(problem), None) is None

    def places(self, problem: Problem) -> Iterator[Place]:
        """Yield where an item lies, measure by measure."""
        facts = Facts(problem)
        for name, (low, high) in self.ranges.items():
            yield Place(name, MEASURES[name].of(facts), low, high)

    def place_words(self, problem: Problem) -> str:
        """Say where an item lies: which measures are outside and how far, else the tightest."""
        places = list(self.places(problem))
        outside = [place for place in places if place.distance > _TOLERANCE]
        if outside:
            return "; ".join(place.words for place in outside)
        tightest = max((p for p in places if p.high > p.low), key=lambda place: place.distance)
        return f"inside in all {len(places)} measures; nearest to an edge: {tightest.words}"
