"""What an agent sees of an item's stock, on hand and under way."""

from __future__ import annotations

from functools import partial

import torch

from core.agents.feature import SHARE, Feature, Group, Measure

MAX_BUCKETS = 12


def stock_features() -> list[Feature]:
    """Return what there is, what is due, and what an order of today finds when it arrives."""
    stock = partial(Feature, unit=SHARE, group=Group.STOCK, measure=Measure.STOCK_SCALE)
    return [
        stock(
            "position",
            "Stock on hand and on order",
            compute=lambda v: v.observation.inventory_position,
        ),
        stock("on_hand", "Stock on hand", compute=lambda v: v.observation.on_hand),
        stock(
            "backorders",
            "Owed to customers",
            compute=lambda v: v.observation.backorders,
        ),
        stock(
            "above_reorder_point",
            "Stock position above the reorder point",
            compute=lambda v: v.observation.inventory_position - v.now.reorder_point,
        ),
        stock(
            "below_target",
            "Stock position below the order-up-to level",
            compute=lambda v: v.now.order_up_to_level - v.observation.inventory_position,
        ),
        *(_due(row) for row in range(MAX_BUCKETS)),
        stock(
            "expected_lost",
            "Demand expected to be lost before an order of today arrives",
            compute=lambda v: v.projection.lost,
        ),
        stock(
            "arrival_sd",
            "Uncertainty of the stock that an order of today finds",
            compute=lambda v: v.projection.sd,
        ),
        stock(
            "myopic_order",
            "Order that would serve best until the next one",
            compute=lambda v: v.myopic_order,
        ),
        *in_deviations(),
    ]


def in_deviations() -> list[Feature]:
    """Return stock measured by what it is for: the spread of demand over lead time and review."""
    stock = partial(
        Feature,
        unit="standard deviations of demand",
        group=Group.STOCK,
        measure=Measure.DEVIATION,
    )
    return [
        stock(
            "myopic_order_sds",
            "Order that would serve best until the next one, against the spread of demand",
            compute=lambda v: v.myopic_order,
        ),
        stock(
            "below_target_sds",
            "Stock position below the order-up-to level, against the spread of demand",
            compute=lambda v: v.now.order_up_to_level - v.observation.inventory_position,
        ),
        stock(
            "on_hand_sds",
            "Stock on hand, against the spread of demand",
            compute=lambda v: v.observation.on_hand,
        ),
    ]


def _due(row: int) -> Feature:
    when = "next period" if row == 0 else f"in {row + 1} periods"
    later = " or later" if row == MAX_BUCKETS - 1 else ""
    return Feature(
        f"due_{row + 1}",
        f"Arriving {when}{later}",
        SHARE,
        Group.STOCK,
        lambda v: v.due[row] if row < v.due.shape[0] else torch.zeros_like(v.due[0]),
        measure=Measure.STOCK_SCALE,
    )
