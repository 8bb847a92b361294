"""What a stock position costs between two chances to order, as a table over positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.domain import CostRates

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LevelCost:
    """[G(y)] money between two chances to order, by stock position; straight beyond the table.

    Args:
        table: Cost of positions 0, 1, 2, ... steps.
        below, above: Money per step below 0 and above the last one.
        costs: [h, p, K].
    """

    table: Floats
    below: float
    above: float
    costs: CostRates

    @property
    def best_level(self) -> int:
        """The position of least cost, steps."""
        return int(np.argmin(self.table))

    def __call__(self, levels: npt.ArrayLike) -> Floats:
        """Return the cost of each position (whole steps, any sign), money, shape as given."""
        y = np.asarray(levels, dtype=np.int64)
        last = self.table.shape[0] - 1
        inside = self.table[np.clip(y, 0, last)]
        beyond = self.below * np.maximum(-y, 0) + self.above * np.maximum(y - last, 0)
        return np.asarray(inside + beyond)

    def best_start(self, lot: int) -> int:
        """Return the reorder point of least cost where orders lift the position by a lot.

        Positions after an order are then spread evenly over the lot.

        References:
            Hadley and Whitin (1963), chapter 4, for the spread.
        """
        levels = np.arange(-lot, self.table.shape[0] + lot)
        total = np.concatenate([[0.0], np.cumsum(self(levels))])
        return int(np.argmin(total[lot:] - total[:-lot])) - lot - 1

    @classmethod
    def mixed(cls, parts: Sequence[tuple[float, LevelCost]]) -> LevelCost:
        """Return the weighted sum of several, on the longest table."""
        size = max(part.table.shape[0] for _, part in parts)
        levels = np.arange(size)
        return cls(
            np.asarray(sum(weight * part(levels) for weight, part in parts)),
            sum(weight * part.below for weight, part in parts),
            sum(weight * part.above for weight, part in parts),
            parts[0][1].costs,
        )


def backorder_cost(pmf: Floats, costs: CostRates, n_periods: int) -> LevelCost:
    """Return what a position costs where unmet demand waits.

    Args:
        pmf: Probability of 0, 1, 2, ... steps of demand until the order after has arrived.
        costs: [h, p, K].
        n_periods: Periods that the cost is charged in.
    """
    h, p = n_periods * costs.holding_cost, n_periods * costs.stockout_cost
    short = _short(pmf)
    levels = np.arange(short.shape[0])
    mean = float(pmf @ np.arange(pmf.shape[0]))
    return LevelCost(h * (levels - mean) + (h + p) * short, p, h, costs)


@dataclass(frozen=True, slots=True)
class LostSales:
    """Demand as a lost-sales item meets it.

    Args:
        span: Probability of 0, 1, 2, ... steps of demand while an order is under way and a share
            of the review after.
        n_reviews: How many reviews that lasts.
        share: The share of the review after.
        demand: Steps of demand expected in a review.
    """

    span: Floats
    n_reviews: float
    share: float
    demand: float


def lost_sales_cost(demand: LostSales, costs: CostRates, n_periods: int) -> LevelCost:
    """Return what a position costs where unmet demand is lost.

    Units sold within the span are its demand, given that this does not exceed the position: exact
    for unit-sized customers and continuous review, and found exact for geometric demand with a
    share of 0.

    Args:
        demand: Over the lead time.
        costs: [h, p, K].
        n_periods: Periods between two chances to order; holding is charged in each.

    References:
        Karush (1957), A queuing model for an inventory problem, Operations Research 5(5), by the
        Erlang loss formula.
    """
    units = np.arange(demand.span.shape[0])
    weight = np.maximum(np.cumsum(demand.span), 1e-12)
    sold = np.minimum(np.cumsum(units * demand.span) / weight, units)
    per_review = np.minimum(sold / demand.n_reviews, demand.demand)
    left = units - sold - (1 - demand.share) * per_review
    held = n_periods * left + _on_the_way(per_review, demand.demand, n_periods)
    h, p = costs.holding_cost, costs.stockout_cost
    table = h * held + p * (demand.demand - per_review)
    return LevelCost(table, p, n_periods * h, costs)


def newsvendor_cost(
    pmf: Floats, costs: CostRates, n_periods: int, demand: float | None = None
) -> LevelCost:
    """Return what a position costs where orders arrive at once, or soon, and unmet demand is lost.

    Args:
        pmf: Probability of 0, 1, 2, ... steps of demand until the order after has arrived.
        costs: [h, p, K].
        n_periods: Periods between two chances to order; holding is charged in each.
        demand: Steps expected between two chances to order; by default that of ``pmf``.
    """
    short, mean = _short(pmf), float(pmf @ np.arange(pmf.shape[0]))
    stock, asked = np.arange(short.shape[0]), mean if demand is None else demand
    left = stock - mean + short
    held = n_periods * left + _on_the_way(np.maximum(asked - short, 0.0), asked, n_periods)
    table = costs.holding_cost * held + costs.stockout_cost * short
    return LevelCost(table, costs.stockout_cost, n_periods * costs.holding_cost, costs)


def _on_the_way(sold: Floats, demand: float, n_periods: int) -> Floats:
    """Return the unit-periods that stock is held for before it is sold within a review.

    Half of the time until the review ends, or until the stock runs out.
    """
    return 0.5 * (n_periods - 1) * sold * np.minimum(sold / max(demand, 1e-12), 1.0)


def _short(pmf: Floats) -> Floats:
    """Return E (D - x)+ for x = 0, 1, 2, ... up to where it is 0."""
    above = np.cumsum(pmf[::-1])[::-1][1:]
    return np.append(np.cumsum(above[::-1])[::-1], 0.0)
