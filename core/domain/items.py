"""An item as the planner describes it: costs, lead time, rules, what happens when stock is out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain.errors import ParameterError


@dataclass(frozen=True, slots=True, order=True)
class ItemKey:
    """Which item, and where: the name every table joins on."""

    item: str
    location: str = ""

    @property
    def label(self) -> str:
        """How the item is written on screen and in links."""
        return f"{self.item} @ {self.location}" if self.location else self.item

    @classmethod
    def parse(cls, label: str) -> ItemKey:
        """Read a label back."""
        item, _, location = label.partition(" @ ")
        return cls(item, location)

    def __str__(self) -> str:
        """Write the label."""
        return self.label


@dataclass(frozen=True, slots=True)
class CostRates:
    """What stock, shortage and ordering cost, per period of the history.

    Args:
        holding_cost: [h] money per unit on hand at the end of a period, above 0.
        stockout_cost: [p] money per unit short, above 0.
        fixed_cost: [K] money per order placed.
        unit_cost: [c] money per unit bought; values stock and orders.
    """

    holding_cost: float
    stockout_cost: float
    fixed_cost: float = 0.0
    unit_cost: float = 1.0

    def check(self, where: str) -> CostRates:
        """Return self, or say which cost cannot be.

        Raises:
            ParameterError: where a cost is not finite, negative, or 0 where it must not be.
        """
        for name in ("holding_cost", "stockout_cost"):
            _require(name, getattr(self, name), where, _Bounds(above=0.0))
        for name in ("fixed_cost", "unit_cost"):
            _require(name, getattr(self, name), where)
        return self


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Periods from ordering to delivery.

    Args:
        mean: [L] periods, 0 or more; an order placed in t serves demand from t + L on.
        sd: Spread, periods; 0 means always on time.
        probabilities: Optional exact distribution over 0, 1, 2, ... periods; overrides mean and sd.
    """

    mean: float
    sd: float = 0.0
    probabilities: tuple[float, ...] | None = None

    def check(self, where: str) -> LeadTime:
        """Return self, or say what cannot be.

        Raises:
            ParameterError: where the lead time is negative or absurd.
        """
        _require("lead_time", self.mean, where, _Bounds(most=365.0, page="Data"))
        _require("lead_time_sd", self.sd, where, _Bounds(most=365.0, page="Data"))
        return self

    def moved(self, change: float, spread_factor: float) -> LeadTime:
        """Return it longer or shorter by some periods, its spread about the mean stretched.

        Args:
            change: Periods; nothing takes less than 0.
            spread_factor: 1 leaves the spread as it is.
        """
        mean, sd = max(0.0, self.mean + change), self.sd * spread_factor
        if self.probabilities is None:
            return LeadTime(mean, sd)
        periods, chances = np.arange(len(self.probabilities)), np.array(self.probabilities)
        own = float(periods @ chances / chances.sum())
        return LeadTime(
            mean, sd, whole_periods(own + change + spread_factor * (periods - own), chances)
        )

    @property
    def is_fixed(self) -> bool:
        """Whether every order takes the same whole number of periods."""
        if self.probabilities is not None:
            return sum(p > 0 for p in self.probabilities) == 1
        return self.sd == 0.0 and self.mean == round(self.mean)


def whole_periods(
    times: npt.NDArray[np.floating[Any]], weights: npt.NDArray[np.float64]
) -> tuple[float, ...]:
    """Return the chance of 0, 1, 2, ... periods where the times are no whole numbers.

    A time of 1.4 counts 0.6 for 1 and 0.4 for 2, so that the mean stays.

    Args:
        times: Periods, shape [n]; what is below 0 counts as 0, above a year of days as that.
        weights: Their chances or counts, shape [n].
    """
    times = np.clip(times, 0.0, 365.0)
    low = np.floor(times).astype(np.int64)
    part, n = times - low, int(low.max()) + 2
    chances = np.bincount(low, weights * (1 - part), n) + np.bincount(low + 1, weights * part, n)
    return tuple((np.trim_zeros(chances, "b") / weights.sum()).tolist())


@dataclass(frozen=True, slots=True)
class OrderRules:
    """What every order must respect.

    Args:
        min_order: [MOQ] units; a smaller order is raised to it.
        pack_size: Units; orders are rounded up to whole packs.
        max_order: Units of one order.
        max_stock: Units on hand and on order together.
        review_period: [R] periods between chances to order.
    """

    min_order: float = 0.0
    pack_size: float = 1.0
    max_order: float = math.inf
    max_stock: float = math.inf
    review_period: int = 1

    def check(self, where: str) -> OrderRules:
        """Return self, or say which rule cannot be.

        Raises:
            ParameterError: where a rule is out of bounds or two contradict each other.
        """
        _require("min_order", self.min_order, where)
        _require("pack_size", self.pack_size, where, _Bounds(above=0.0))
        _require("max_order", self.max_order, where, _Bounds(above=0.0, finite=False))
        _require("max_stock", self.max_stock, where, _Bounds(above=0.0, finite=False))
        _require("review_period", self.review_period, where, _Bounds(least=1.0, most=365.0))
        packs = max(1, math.ceil(self.min_order / self.pack_size - 1e-9))
        if packs * self.pack_size > min(self.max_order, self.max_stock):
            raise ParameterError(
                f"The smallest order (min_order {self.min_order:g}, pack_size {self.pack_size:g})"
                f" must fit within max_order and max_stock",
                value=min(self.max_order, self.max_stock),
                where=where,
                remedy="Raise the limit or lower the minimum on the Costs & rules page.",
            )
        return self


@dataclass(frozen=True, slots=True)
class Item:
    """One item with everything an order depends on, except its demand and its stock.

    Args:
        key: Item and location.
        costs: Money.
        lead_time: Periods.
        rules: Units.
        lost_share: Share of unmet demand that is lost: 1 lost sales, 0 backorders.
        name, supplier, price: For the screen.
        assumed: Names of the attributes nobody gave, which stand at a default.
        extra: Columns of the planner's file that nothing else uses.
    """

    key: ItemKey
    costs: CostRates
    lead_time: LeadTime
    rules: OrderRules = OrderRules()
    lost_share: float = 1.0
    name: str = ""
    supplier: str = ""
    price: float | None = None
    assumed: frozenset[str] = frozenset()
    extra: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> Item:
        """Return self, or say what cannot be.

        Raises:
            ParameterError: naming the item, the attribute, its value and the page to mend it on.
        """
        where = f"item {self.key.label}"
        self.costs.check(where)
        self.lead_time.check(where)
        self.rules.check(where)
        _require("shortage", self.lost_share, where, _Bounds(most=1.0))
        return self


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a number may be, and the page to mend it on."""

    least: float = 0.0
    above: float | None = None
    most: float = 1e12
    finite: bool = True
    page: str = "Costs & rules"

    def admit(self, value: float) -> bool:
        if math.isnan(value) or (self.finite and math.isinf(value)):
            return False
        too_low = value < self.least if self.above is None else value <= self.above
        return not too_low and (value <= self.most or math.isinf(value))

    @property
    def words(self) -> str:
        low = f"above {self.above:g}" if self.above is not None else f"{self.least:g} or more"
        return low if self.most >= 1e12 else f"{low} and at most {self.most:g}"


def _require(name: str, value: float, where: str, bounds: _Bounds = _Bounds()) -> None:
    if not bounds.admit(value):
        remedy = f"Set it on the {bounds.page} page."
        raise ParameterError(
            f"{name} must be {bounds.words}", value=float(value), where=where, remedy=remedy
        )
