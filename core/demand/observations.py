"""What a fit may look at: the periods that tell demand, from the first that shows a sale."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.demand.protocol import Floats
from core.demand.seasonality import Season
from core.domain import HistoryError, ItemHistory, Period

Ints = npt.NDArray[np.int64]

# A run of zeros at the start this unlikely under the later sales means "not yet listed".
_UNLISTED_CHANCE = 1e-4


@dataclass(frozen=True, slots=True)
class FitPlan:
    """How a model is fitted: which season, and whether recent periods count more.

    Args:
        weekday: Estimate a factor for each weekday (daily history only).
        year: Estimate a smooth yearly pattern.
        recent: Halve a period's weight every quarter of a year.
    """

    weekday: bool = False
    year: bool = False
    recent: bool = False


@dataclass(frozen=True, eq=False)
class Floors:
    """Periods that ran out after a sale: demand was no less than what was sold.

    Args:
        place: Positions among the periods that tell demand, rising, shape [n_floors].
        sold: Units sold, shape [n_floors].
        variance: Of demand about what is expected of it, units squared, shape [n_floors].
    """

    place: Ints
    sold: Floats
    variance: Floats

    def part(self, start: int, stop: int) -> Floors | None:
        """Return those at positions ``start`` to ``stop``, counted from there; None if none."""
        some = slice(*np.searchsorted(self.place, (start, stop)).tolist())
        if some.start == some.stop:
            return None
        return Floors(self.place[some] - start, self.sold[some], self.variance[some])


@dataclass(frozen=True, eq=False)
class Observations:
    """The periods that tell demand: after the item was listed, and in stock or with a sale.

    Args:
        period: Day, week or month.
        index: Period numbers, rising, shape [n].
        quantity: Units sold, or expected where stock ran out, shape [n].
        n_out_of_stock: Periods left out because stock had run out before the first sale.
        n_before_listing: Periods left out because the item was not on sale yet.
        whole_units: Whether every quantity sold is a whole number.
        floors: The periods that ran out; None where there are none.
    """

    period: Period
    index: Ints
    quantity: Floats
    n_out_of_stock: int
    n_before_listing: int
    whole_units: bool
    floors: Floors | None = None

    @property
    def n(self) -> int:
        """Periods that can be used."""
        return int(self.quantity.shape[0])

    @property
    def n_floors(self) -> int:
        """Periods that ran out after a sale."""
        return 0 if self.floors is None else len(self.floors.place)

    @property
    def years(self) -> float:
        """Years from the first to the last period."""
        return float(self.index[-1] - self.index[0] + 1) / self.period.per_year

    def part(self, start: int, stop: int) -> Observations:
        """Return the observations at positions ``start`` to ``stop``."""
        floors = None if self.floors is None else self.floors.part(start, stop)
        index, quantity = self.index[start:stop], self.quantity[start:stop]
        return replace(self, index=index, quantity=quantity, floors=floors)


@dataclass(frozen=True, eq=False)
class Prepared:
    """Observations with season and weights, ready for a family to fit its shape.

    Args:
        quantity: Units sold, or expected where stock ran out, shape [n].
        factors: Season factor of each period, shape [n].
        weights: Weight of each period, sum 1, shape [n].
        season: The season the factors come from.
        whole_units: Whether every quantity sold is a whole number.
        floors: The periods that ran out; None where there are none.
    """

    quantity: Floats
    factors: Floats
    weights: Floats
    season: Season
    whole_units: bool
    floors: Floors | None = None

    @property
    def level(self) -> float:
        """Deseasonalised mean, units per period."""
        return float(self.weights @ self.quantity / (self.weights @ self.factors))

    @property
    def freedom(self) -> float:
        """Factor that makes a variance about the fitted mean unbiased."""
        n_effective = 1.0 / float(self.weights @ self.weights)
        return n_effective / max(n_effective - 1.0, 1.0)

    def squares(self, means: Floats) -> float:
        """Mean squared distance of demand from ``means``, units squared.

        Out of stock, what is not known of demand adds to it.
        """
        known = float(self.weights @ (self.quantity - means) ** 2)
        if self.floors is None:
            return known
        return known + float(self.weights[self.floors.place] @ self.floors.variance)

    def ratios(self) -> tuple[Floats, Floats, Floats | None]:
        """Return demand / season, their probabilities, and the variance that is left of each.

        Each is weighted by its season factor, so that the mean ratio is the level and a closed
        weekday does not add zeros to the others.
        """
        is_open = self.factors > 0
        chance = (self.weights * self.factors)[is_open]
        return (
            self.quantity[is_open] / self.factors[is_open],
            chance / chance.sum(),
            None if self.floors is None else self._unknown()[is_open] / self.factors[is_open] ** 2,
        )

    def _unknown(self) -> Floats:
        variance = np.zeros_like(self.quantity)
        if self.floors is not None:
            variance[self.floors.place] = self.floors.variance
        return variance


def observe(history: ItemHistory) -> Observations:
    """Pick the periods that tell demand.

    Out of stock without a sale, demand may have been anything: such a period tells nothing.

    Raises:
        HistoryError: where fewer than two periods in stock remain, or nothing was ever sold.
    """
    is_number = np.isfinite(history.quantity)
    known = history.in_stock & is_number
    keep = known | (is_number & (history.quantity > 0))
    _require_sales(history, int(np.count_nonzero(known)), history.quantity[keep])
    index, quantity = history.indices[keep], history.quantity[keep].astype(np.float64)
    skip = _n_unlisted(quantity)
    quantity, ran_out = quantity[skip:], np.flatnonzero(~known[keep][skip:])
    return Observations(
        period=history.period,
        index=index[skip:],
        quantity=quantity,
        n_out_of_stock=int(np.count_nonzero(~history.in_stock & ~keep)),
        n_before_listing=skip,
        whole_units=bool(np.all(quantity == np.rint(quantity))),
        floors=Floors(ran_out, quantity[ran_out], np.zeros(len(ran_out))) if len(ran_out) else None,
    )


def with_season(observations: Observations, season: Season, recent: bool) -> Prepared:
    """Combine observations with a season that is already known."""
    weights = np.ones(observations.n)
    if recent:
        age = observations.index[-1] - observations.index
        weights = np.power(0.5, age / (observations.period.per_year / 4))
    return Prepared(
        quantity=observations.quantity,
        factors=season.at(observations.index),
        weights=weights / weights.sum(),
        season=season,
        whole_units=observations.whole_units,
        floors=observations.floors,
    )


def _require_sales(history: ItemHistory, n_known: int, quantity: Floats) -> None:
    where = f"item {history.key.label}"
    if n_known < 2:
        raise HistoryError(
            f"Demand needs at least two {history.period}s in stock",
            value=n_known,
            where=where,
            remedy="Upload a longer sales history.",
        )
    if not np.any(quantity > 0):
        raise HistoryError(
            f"Nothing was sold in any of {history.n_periods} {history.period}s",
            where=where,
            remedy="Upload sales of this item, or leave it out of the plan.",
        )


def _n_unlisted(quantity: Floats) -> int:
    """Count leading zeros that cannot be chance, at the rate of sales after them."""
    first = int(np.argmax(quantity > 0))
    sold = quantity[first:] > 0
    # The sale that ends the run is not counted: a single sale proves nothing.
    share_sold = max(np.count_nonzero(sold) - 1, 0) / sold.shape[0]
    is_unlisted = first * np.log1p(-min(share_sold, 0.999)) < np.log(_UNLISTED_CHANCE)
    return first if is_unlisted and sold.shape[0] >= 2 else 0
