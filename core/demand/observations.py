"""What a fit may look at: the periods in stock, from the first that shows the item was sold."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.demand.protocol import Floats
from core.demand.seasonality import Season, fit_season
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
class Observations:
    """The periods that tell demand: in stock, and after the item was listed.

    Args:
        period: Day, week or month.
        index: Period numbers, rising, shape [n].
        quantity: Units sold, shape [n].
        n_out_of_stock: Periods left out because stock ran out (sales understate demand).
        n_before_listing: Periods left out because the item was not on sale yet.
        whole_units: Whether every quantity is a whole number.
    """

    period: Period
    index: Ints
    quantity: Floats
    n_out_of_stock: int
    n_before_listing: int
    whole_units: bool

    @property
    def n(self) -> int:
        """Periods that can be used."""
        return int(self.quantity.shape[0])

    @property
    def years(self) -> float:
        """Years from the first to the last period."""
        return float(self.index[-1] - self.index[0] + 1) / self.period.per_year

    def part(self, start: int, stop: int) -> Observations:
        """Return the observations at positions ``start`` to ``stop``."""
        return replace(self, index=self.index[start:stop], quantity=self.quantity[start:stop])


@dataclass(frozen=True, eq=False)
class Prepared:
    """Observations with season and weights, ready for a family to fit its shape.

    Args:
        quantity: Units sold, shape [n].
        factors: Season factor of each period, shape [n].
        weights: Weight of each period, sum 1, shape [n].
        season: The season the factors come from.
        whole_units: Whether every quantity is a whole number.
    """

    quantity: Floats
    factors: Floats
    weights: Floats
    season: Season
    whole_units: bool

    @property
    def level(self) -> float:
        """Deseasonalised mean, units per period."""
        return float(self.weights @ self.quantity / (self.weights @ self.factors))

    @property
    def freedom(self) -> float:
        """Factor that makes a variance about the fitted mean unbiased."""
        n_effective = 1.0 / float(self.weights @ self.weights)
        return n_effective / max(n_effective - 1.0, 1.0)

    def ratios(self) -> tuple[Floats, Floats]:
        """Return sales / season and their probabilities.

        Each is weighted by its season factor, so that the mean ratio is the level and a closed
        weekday does not add zeros to the others.
        """
        is_open = self.factors > 0
        chance = (self.weights * self.factors)[is_open]
        return self.quantity[is_open] / self.factors[is_open], chance / chance.sum()


def observe(history: ItemHistory) -> Observations:
    """Pick the periods that tell demand.

    Raises:
        HistoryError: where fewer than two periods in stock remain, or none with a sale.
    """
    keep = history.in_stock & np.isfinite(history.quantity)
    index, quantity = history.indices[keep], history.quantity[keep].astype(np.float64)
    n_out = int(np.count_nonzero(~history.in_stock))
    _require_sales(history, quantity)
    skip = _n_unlisted(quantity)
    quantity = quantity[skip:]
    is_whole = bool(np.all(quantity == np.rint(quantity)))
    return Observations(history.period, index[skip:], quantity, n_out, skip, is_whole)


def prepare(observations: Observations, plan: FitPlan) -> Prepared:
    """Estimate the season and the weights a plan asks for."""
    season = fit_season(
        observations.period, observations.index, observations.quantity, plan.weekday, plan.year
    )
    return with_season(observations, season, plan.recent)


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
    )


def _require_sales(history: ItemHistory, quantity: Floats) -> None:
    where = f"item {history.key.label}"
    if quantity.shape[0] < 2:
        raise HistoryError(
            f"Demand needs at least two {history.period}s in stock",
            value=int(quantity.shape[0]),
            where=where,
            remedy="Upload a longer sales history.",
        )
    if not np.any(quantity > 0):
        raise HistoryError(
            f"Nothing was sold in any {history.period} in stock",
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
