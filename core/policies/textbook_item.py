"""Small textbook items, whose state is a few whole numbers: what the gauges are worked out on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.domain import CostRates, OrderRules, PolicyParameterError
from core.policies.item_policy import Floats
from core.policies.theory import fixed_lead_time
from core.policies.zheng_federgruen import demand_over
from core.simulator import Problem

Ints = npt.NDArray[np.int64]

# Demand beyond this chance is counted at the largest demand kept.
_TAIL = 1e-11
_PRECISION = 1e-12


@dataclass(frozen=True, eq=False)
class TextbookItem:
    """An item with stationary whole demand, a fixed whole lead time and no order rules.

    Args:
        name: Item label or instance name.
        pmf: Probability of 0, 1, 2, ... units of demand in one period.
        costs: [h, p, K].
        purchase_cost: [c] money charged per unit ordered.
        lead_time: [L] whole periods.
        is_lost: Whether unmet demand is lost; else all of it is backordered.
    """

    name: str
    pmf: Floats
    costs: CostRates
    purchase_cost: float
    lead_time: int
    is_lost: bool

    @cached_property
    def mean(self) -> float:
        """[mu] units per period."""
        return float(self.pmf @ np.arange(self.pmf.size))

    @cached_property
    def economic_lot(self) -> int:
        """Order size that balances ordering, holding and shortage, units; 0 without fixed cost."""
        h, p, fixed = self.costs.holding_cost, self.costs.stockout_cost, self.costs.fixed_cost
        return math.ceil(math.sqrt(2 * fixed * self.mean * (h + p) / (h * p)))

    def newsvendor_level(self, n_periods: int) -> int:
        """Return the p / (p + h) quantile of demand over some periods, units."""
        h, p = self.costs.holding_cost, self.costs.stockout_cost
        below = np.cumsum(demand_over(self.pmf, n_periods))
        return int(np.searchsorted(below, p / (p + h) - _PRECISION))

    def period_cost(self, stock: Floats | Ints, n_periods: int = 1) -> Floats:
        """Return expected holding and shortage money at the end of the last of some periods.

        Args:
            stock: Units before the demand of these periods, any shape.
            n_periods: More than one only for backorders, where nothing comes in between.
        """
        pmf = demand_over(self.pmf, n_periods)
        left = np.asarray(stock)[..., None] - np.arange(pmf.size)
        h, p = self.costs.holding_cost, self.costs.stockout_cost
        return np.asarray((h * np.maximum(left, 0) + p * np.maximum(-left, 0)) @ pmf)

    def order_cost(self, orders: Floats | Ints) -> Floats:
        """Return K per order placed and c per unit, money, shape as given."""
        return np.asarray(self.costs.fixed_cost * (orders > 0) + self.purchase_cost * orders)


def textbook_item(problem: Problem, gauge: str) -> TextbookItem:
    """Read a problem as a textbook item.

    Args:
        problem: One item.
        gauge: What needs it, for the message.

    Raises:
        PolicyParameterError: where the item is not of that kind; names what is in the way.
    """
    found = _not_of_textbook(problem)
    if found:
        what, value = found
        raise PolicyParameterError(
            f"{gauge} needs {what}",
            value=value,
            where=f"item {problem.name}",
            remedy="It is a gauge for small textbook problems. Use s_S for this item.",
        )
    return TextbookItem(
        problem.name,
        _without_tail(problem.demand.pmf(problem.start)),
        problem.costs,
        problem.purchase_cost,
        fixed_lead_time(problem),
        problem.lost_share == 1.0,
    )


def _not_of_textbook(problem: Problem) -> tuple[str, object] | None:
    """Return what a gauge needs and what the item has instead; None where all is well."""
    if problem.lost_share not in (0.0, 1.0):
        return "unmet demand to be all lost or all backordered", problem.lost_share
    if not problem.lead_time.is_fixed:
        return "a fixed lead time of whole periods", problem.lead_time
    if not problem.demand.is_stationary:
        return "the same demand in every period", "a season"
    draws = problem.demand.sample(np.random.default_rng(0), 16, 64, problem.start)
    if not np.array_equal(draws, np.round(draws)):
        return "demand in whole units", "parts of a unit"
    rules = problem.rules
    if not _is_free(rules):
        return "no order rules", rules
    return None


def _is_free(rules: OrderRules) -> bool:
    unlimited = math.isinf(rules.max_order) and math.isinf(rules.max_stock)
    any_unit = rules.pack_size == 1 and rules.min_order <= 1
    return unlimited and any_unit and rules.review_period == 1


def _without_tail(pmf: Floats) -> Floats:
    kept = min(int(np.searchsorted(np.cumsum(pmf), 1 - _TAIL)) + 1, pmf.size)
    short = pmf[:kept].copy()
    short[-1] += 1 - short.sum()
    return short
