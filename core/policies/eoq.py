"""EOQ with safety stock: reorder point and quantity by formula, with no search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
import torch
from scipy import special
from torch import Tensor

from core.policies.item_policy import Floats, ItemPolicy, facts_of
from core.policies.protocol import SearchSettings
from core.simulator import Observation, Problem

_METHOD = "By formula: economic order quantity and normal safety stock."


@dataclass(frozen=True, eq=False)
class EOQPolicy(ItemPolicy):
    """When the inventory position is at or below s, order up to s + Q.

    s = demand over lead time and review + safety stock, Q = the economic order quantity.

    Args:
        items: One per item.
        reorder_point: [s] units, shape [n_items].
        order_quantity: [Q] units, above 0, shape [n_items].

    Raises:
        PolicyParameterError: where a quantity is 0 or less; names the item.

    References:
        Harris (1913); Silver, Pyke and Thomas (2017), chapters 4 and 6.
    """

    name: ClassVar[str] = "eoq_safety_stock"
    label: ClassVar[str] = "EOQ + safety stock"

    reorder_point: Floats
    order_quantity: Floats

    @classmethod
    def fit(cls, problems: Sequence[Problem], settings: SearchSettings) -> Self:
        """Work the formulas out for each item."""
        reorder_point, quantity = formula_numbers(problems)
        return cls(tuple(facts_of(problems, _METHOD)), reorder_point, quantity)

    def order(self, inventory_position: Tensor, observation: Observation) -> Tensor:
        """Order s + Q - IP where IP <= s."""
        s = self.level("reorder_point", observation)
        missing = s + self.number("order_quantity", inventory_position) - inventory_position
        return torch.where(inventory_position <= s, missing, torch.zeros_like(missing))

    def check(self) -> None:
        """Refuse an empty order."""
        self._require(
            self.order_quantity > 0,
            "order_quantity must be above 0",
            self.order_quantity,
            remedy="Set it to the units of one order.",
        )

    def position_range(self) -> tuple[Floats, Floats]:
        """Return s and s + Q."""
        return self.reorder_point, self.reorder_point + self.order_quantity


def economic_order_quantity(
    demand_mean: npt.ArrayLike, fixed_cost: npt.ArrayLike, holding_cost: npt.ArrayLike
) -> Floats:
    """Return the order size that balances ordering and holding: Q = sqrt(2 K mu / h), units.

    Args:
        demand_mean: [mu] units per period.
        fixed_cost: [K] money per order.
        holding_cost: [h] money per unit and period.

    References:
        Harris (1913).
    """
    mean, fixed = np.asarray(demand_mean, dtype=np.float64), np.asarray(fixed_cost)
    return np.asarray(np.sqrt(2.0 * fixed * mean / np.asarray(holding_cost)))


def formula_numbers(problems: Sequence[Problem]) -> tuple[Floats, Floats]:
    """Return s and Q of every item by formula, whole units, shape [n_items] each.

    Q is at least one unit and what the smallest order and one review period ask for. Safety
    stock is z standard deviations, z from the share of demand over lead time and review that is
    worth covering: p / (p + h) with backorders, p mu / (p mu + h Q) per cycle with lost sales.

    References:
        Hadley and Whitin (1963), section 4-3 for lost sales.
    """
    facts = facts_of(problems)
    unit = np.array([item.unit for item in facts])
    per_review = np.array([_mean_over_review(problem) for problem in problems])
    least = np.array([max(p.rules.min_order, p.rules.pack_size) for p in problems])
    quantity = np.array([_economic(problem) for problem in problems])
    quantity = np.maximum(round_to(np.maximum(quantity, per_review), unit), least)
    ratio = [
        _worth_covering(problem, mean, size)
        for problem, mean, size in zip(problems, per_review, quantity, strict=True)
    ]
    mean = np.array([item.protection_mean for item in facts])
    sd = np.array([item.protection_sd for item in facts])
    return round_to(mean + special.ndtri(ratio) * sd, unit), quantity


def round_to(values: Floats, unit: npt.ArrayLike) -> Floats:
    """Round to whole steps of ``unit``."""
    step = np.asarray(unit, dtype=np.float64)
    return np.asarray(np.round(values / step) * step)


def _mean_over_review(problem: Problem) -> float:
    return float(problem.demand.mean(problem.start, problem.rules.review_period).sum())


def _economic(problem: Problem) -> float:
    mean = _mean_over_review(problem) / problem.rules.review_period
    costs = problem.costs
    return float(economic_order_quantity(mean, costs.fixed_cost, costs.holding_cost))


def _worth_covering(problem: Problem, mean: float, quantity: float) -> float:
    h, p = problem.costs.holding_cost, problem.costs.stockout_cost
    backorders = p / (p + h)
    lost = p * mean / (p * mean + h * quantity * problem.rules.review_period)
    return problem.lost_share * lost + (1 - problem.lost_share) * backorders
