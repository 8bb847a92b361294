"""Bounds on stock and orders within which a gauge is worked out, and whether they matter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.policies.state_table import ItemTable, StateBox
from core.policies.textbook_item import TextbookItem


def table_in_free_box(item: TextbookItem, solve: Callable[[StateBox], ItemTable]) -> ItemTable:
    """Solve inside bounds that turn out not to matter, widening them until they do not.

    Raises:
        PolicyParameterError: where that takes too many states; names the item.
    """
    box = first_box(item)
    while True:
        table = solve(box.check_size())
        wider = wider_box(table)
        if wider is None:
            # A fresh box: the arrays it was solved with are large, and looking up needs none.
            return replace(table, box=replace(box))
        box = wider


def first_box(item: TextbookItem) -> StateBox:
    """Return states that should hold all that a good rule visits.

    Without a fixed cost no good order exceeds the newsvendor quantile of one period, nor the
    position after it that of L + 1 periods; a fixed cost adds about an economic lot.

    References:
        Zipkin (2008), On the structure of lost-sales inventory models, Operations Research 56(4).
    """
    lot = item.economic_lot + 1
    top = item.newsvendor_level(item.lead_time + 1) + lot
    if item.is_lost:
        return StateBox(item, 0, top, min(item.newsvendor_level(1) + lot, top))
    low = -item.pmf.size
    return StateBox(item, low, top, top - low)


def wider_box(table: ItemTable) -> StateBox | None:
    """Return a larger box where a bound is reached in any possible state; else None."""
    box, orders = table.box, table.orders
    is_possible = box.position_after[..., 0] <= box.top
    after = (box.position_after[..., 0] + orders)[is_possible & (orders > 0)]
    is_at_top = bool((after >= box.top).any())
    top = _more(box.top) if is_at_top else box.top
    if box.item.is_lost:
        is_largest = bool((orders[is_possible] >= box.largest_order).any())
        largest = _more(box.largest_order) if is_largest else box.largest_order
        return replace(box, top=top, largest_order=largest) if is_at_top or is_largest else None
    nothing_at_low = bool(orders[0] == 0)
    low = 2 * box.low if nothing_at_low else box.low
    wider = replace(box, low=low, top=top, largest_order=top - low)
    return wider if is_at_top or nothing_at_low else None


def _more(bound: int) -> int:
    return bound + max(2, bound // 4)
