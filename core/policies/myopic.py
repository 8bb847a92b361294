"""Myopic rules for lost sales: the cheapest order for the periods it reaches first.

An order of today meets demand L periods from now. Given the stock and all that is due until then,
q(x, z) is the expected cost of that period where z is ordered now. The myopic rule takes the z of
least q(x, z). Myopic-2 looks one period further: the z of least q(x, z) + E[min z' q(x', z')],
where x' is the state of the next period.

References:
    Morton (1971), The near-myopic nature of the lagged-proportional-cost inventory problem with
    lost sales, Operations Research 19(7).
    Zipkin (2008), Old and new methods for lost-sales inventory systems, Operations Research 56(5).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from core.domain import PolicyParameterError
from core.policies.exact_cost import cost_of_table
from core.policies.item_policy import Floats
from core.policies.state_bounds import table_in_free_box
from core.policies.state_table import ItemTable, StateBox, TablePolicy
from core.policies.textbook_item import TextbookItem


@dataclass(frozen=True, eq=False)
class _NearSighted(TablePolicy):
    """What the myopic rules share.

    Args:
        tables: One per item.
    """

    @classmethod
    def solve(cls, item: TextbookItem) -> ItemTable:
        """Find the order of least cost in every state, and work out what that costs."""
        _refuse_other_than_lost(item, cls.label)
        table = table_in_free_box(item, cls._table)
        cost = cost_of_table(table)
        return replace(table, cost=cost, method=f"By formula: {cost:.5g} per period, exactly.")

    @classmethod
    def _table(cls, box: StateBox) -> ItemTable:
        return ItemTable(box, cls.money_ahead(box).argmin(-1), math.nan, "")

    @classmethod
    @abstractmethod
    def money_ahead(cls, box: StateBox) -> Floats:
        """Return the money that the rule looks at, over the orders of every state."""


@dataclass(frozen=True, eq=False)
class MyopicPolicy(_NearSighted):
    """Order what makes the period of its arrival cheapest.

    Args:
        tables: One per item.

    References:
        Morton (1971); Zipkin (2008).
    """

    name: ClassVar[str] = "myopic"
    label: ClassVar[str] = "Myopic"

    @classmethod
    def money_ahead(cls, box: StateBox) -> Floats:
        """Return q(x, z)."""
        return cost_on_arrival(box)


@dataclass(frozen=True, eq=False)
class Myopic2Policy(_NearSighted):
    """Order what makes the period of its arrival and the one after cheapest.

    Args:
        tables: One per item.

    References:
        Zipkin (2008).
    """

    name: ClassVar[str] = "myopic_2"
    label: ClassVar[str] = "Myopic, two periods"

    @classmethod
    def money_ahead(cls, box: StateBox) -> Floats:
        """Return q(x, z) + E[min z' q(x', z')]."""
        first = cost_on_arrival(box)
        return np.asarray(first + box.expected(first.min(-1)))


def cost_on_arrival(box: StateBox) -> Floats:
    """Return q(x, z): expected holding and shortage money of the period that an order reaches.

    Infinite where an order would lift the position above the box.
    """
    is_above = box.position_after > box.top
    is_above[..., 0] = False
    if box.item.lead_time == 0:
        money = box.item.period_cost(np.minimum(box.position_after, box.top))
    else:
        money = box.item.period_cost(box.stocks)
        for _ in range(box.item.lead_time):
            money = box.expected(money)
    return np.asarray(np.where(is_above, np.inf, money))


def _refuse_other_than_lost(item: TextbookItem, label: str) -> None:
    if not item.is_lost:
        raise PolicyParameterError(
            f"{label} needs unmet demand to be lost",
            value="backorders",
            where=f"item {item.name}",
            remedy="With backorders s_S and newsvendor are the rules to use.",
        )
    if item.costs.fixed_cost > 0 or item.purchase_cost > 0:
        raise PolicyParameterError(
            f"{label} needs orders that cost nothing, neither each nor by the unit",
            value=max(item.costs.fixed_cost, item.purchase_cost),
            where=f"fixed_cost or purchase_cost of item {item.name}",
            remedy="Use optimum as the gauge, or s_S.",
        )
