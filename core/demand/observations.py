"""What a fit may look at: the periods that tell demand, from the first that shows a sale."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.demand.protocol import Floats
from core.demand.seasonality import Season
from core.domain import HistoryError, ItemHistory, Period

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A period that ran out tells demand by its hours in stock where these make this share or more.
_LEAST_SHARE = 0.3
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
        largest: Most units sold in any period, so that estimates keep to what the item can do.
    """

    place: Ints
    sold: Floats
    variance: Floats
    largest: float

    @classmethod
    def of(cls, ran_out: Flags, quantity: Floats) -> Floors | None:
        """Begin with what was sold; None where no period ran out."""
        place = np.flatnonzero(ran_out)
        if not len(place):
            return None
        return cls(place, quantity[place], np.zeros(len(place)), float(quantity.max()))


@dataclass(frozen=True, eq=False)
class Observations:
    """The periods that tell demand: after the item was listed, and in stock or with a sale.

    Args:
        period: Day, week or month.
        index: Period numbers, rising, shape [n].
        quantity: Units sold, or expected where stock ran out, shape [n].
        n_out_of_stock: Periods left out because stock had run out before the first sale.
        n_estimated: Periods that ran out and are not left out: what they say is in ``quantity``.
        n_before_listing: Periods left out because the item was not on sale yet.
        whole_units: Whether every quantity sold is a whole number.
        floors: The periods that ran out; None where there are none.
    """

    period: Period
    index: Ints
    quantity: Floats
    n_out_of_stock: int
    n_estimated: int
    n_before_listing: int
    whole_units: bool
    floors: Floors | None = None

    @property
    def n(self) -> int:
        """Periods that can be used."""
        return int(self.quantity.shape[0])

    @property
    def years(self) -> float:
        """Years from the first to the last period."""
        return float(self.index[-1] - self.index[0] + 1) / self.period.per_year

    def part(self, start: int, stop: int) -> Observations:
        """Return the observations at positions ``start`` to ``stop``, as they were sold."""
        index, quantity, floors = self.index[start:stop], self.quantity[start:stop], None
        if self.floors is not None:
            ran_out = np.zeros(self.n, dtype=np.bool_)
            ran_out[self.floors.place] = True
            floors = Floors.of(ran_out[start:stop], quantity)
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
    told = tell(history)
    keep, quantity = told.keep, told.quantity[told.keep]
    _require_sales(history, int(np.count_nonzero(told.is_known)), quantity)
    skip = _n_unlisted(quantity)
    quantity, index = quantity[skip:], history.indices[keep][skip:]
    return Observations(
        period=history.period,
        index=index,
        quantity=quantity,
        n_out_of_stock=int(np.count_nonzero(~history.in_stock & ~keep)),
        n_estimated=int(np.count_nonzero(~history.in_stock[keep][skip:])),
        n_before_listing=skip,
        whole_units=bool(np.all(quantity == np.rint(quantity))),
        floors=Floors.of(~told.is_known[keep][skip:], quantity),
    )


@dataclass(frozen=True, eq=False)
class Told:
    """What each period says of demand, shape [n_periods] each.

    Args:
        quantity: Units; where a share of the period was in stock, sales over that share.
        is_known: Whether that is the demand.
        keep: Whether it says anything: else stock had run out before the first sale.
    """

    quantity: Floats
    is_known: Flags
    keep: Flags


def tell(history: ItemHistory) -> Told:
    """Say of every period whether its demand is known, or was at least what was sold.

    Where it is known which part of a period was in stock, sales in that part are scaled up by the
    share of demand that usually falls in it.

    References:
        Conrad (1976), Sales data and the estimation of demand, Operational Research Quarterly
        27(1), for the time in stock; Lau and Lau (1996), EJOR 92(2), for the share of the day.
    """
    quantity = history.quantity.astype(np.float64)
    is_number = np.isfinite(quantity)
    known = history.in_stock & is_number
    if history.stocked_share is not None:
        share = history.stocked_share
        # A whole share beside the flag "out of stock": somebody else said that nothing is known.
        in_part = ~history.in_stock & is_number & (share >= _LEAST_SHARE) & (share < 1)
        is_whole = np.all(quantity[is_number] == np.rint(quantity[is_number]))
        scaled = quantity[in_part] / share[in_part]
        quantity[in_part] = np.rint(scaled) if is_whole else scaled
        known = known | in_part
    return Told(quantity, known, known | (is_number & (quantity > 0)))


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
