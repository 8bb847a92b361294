"""Where an item stands today: one rule per status, most urgent first."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.domain import Status

_EXCESS = 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What the status of an item depends on, units unless said otherwise.

    Args:
        on_hand: Stock, below 0 owed to customers.
        on_order: Under way.
        order_quantity: Proposed today, after the rules.
        reorder_point: [s] of the baseline; nan where it has none.
        order_up_to_level: [S] of the baseline; nan where it has none.
        lot: Smallest step of an order: the larger of pack, minimum and S - s.
        runs_out_in: Periods until expected demand has used up stock and arrivals.
        help_in: Periods until an order placed today arrives.
        is_estimate: Whether the stock is a placeholder.
    """

    on_hand: float
    on_order: float
    order_quantity: float
    reorder_point: float
    order_up_to_level: float
    lot: float
    runs_out_in: float
    help_in: float
    is_estimate: bool

    @property
    def above(self) -> float:
        """Units that stock and orders together lie above the order-up-to level; nan unknown."""
        return self.on_hand + self.on_order - self.order_up_to_level


Rule = Callable[[Standing], bool]


def status_of(standing: Standing) -> Status:
    """Return the most urgent status that applies.

    ===============================  ============================================================
    Status                           Applies where
    ===============================  ============================================================
    Out now                          nothing on hand (0 or owed), and that is no estimate
    Runs out before help can arrive  expected demand uses up stock and open orders before an
                                     order placed today could arrive
    Order today                      the policy in use orders something
    Data problem                     the stock is an estimate (or the item cannot be planned)
    Too much on order                open orders, and stock and orders together lie more than one
                                     lot above the baseline's order-up-to level
    Excess                           the same without open orders, and at more than twice the
                                     order-up-to level
    Nothing to do                    none of these
    ===============================  ============================================================
    """
    return next((status for status, applies in RULES if applies(standing)), Status.FINE)


def _is_out(standing: Standing) -> bool:
    return standing.on_hand <= 0 and not standing.is_estimate


def _runs_out_first(standing: Standing) -> bool:
    return standing.runs_out_in < standing.help_in


def _orders_today(standing: Standing) -> bool:
    return standing.order_quantity > 0


def _has_data_problem(standing: Standing) -> bool:
    return standing.is_estimate


def _has_too_much_on_order(standing: Standing) -> bool:
    return standing.on_order > 0 and _is_above_by_a_lot(standing)


def _has_excess(standing: Standing) -> bool:
    above = standing.above
    return _is_above_by_a_lot(standing) and above > (_EXCESS - 1) * standing.order_up_to_level


def _is_above_by_a_lot(standing: Standing) -> bool:
    return not math.isnan(standing.above) and standing.above > standing.lot


RULES: tuple[tuple[Status, Rule], ...] = (
    (Status.OUT_NOW, _is_out),
    (Status.RUNS_OUT_FIRST, _runs_out_first),
    (Status.ORDER_TODAY, _orders_today),
    (Status.DATA_PROBLEM, _has_data_problem),
    (Status.TOO_MUCH_ON_ORDER, _has_too_much_on_order),
    (Status.EXCESS, _has_excess),
)
