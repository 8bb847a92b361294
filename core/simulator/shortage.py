"""What happens to demand that finds no stock: lost, backordered, or some of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Served(NamedTuple):
    """Stock at the end of a period and what was short, units, shape [n_envs].

    Args:
        inventory_level: [IL] on hand less backorders at the end.
        on_hand: Units left at the end.
        short: Units that the stock-out cost is charged for: lost now, or owed at the end.
        lost: Units of demand lost in the period; None where nothing is ever lost.
    """

    inventory_level: Tensor
    on_hand: Tensor
    short: Tensor
    lost: Tensor | None


Serve = Callable[[Tensor, Tensor, Tensor], Served]


def serve_lost(stock: Tensor, demand: Tensor, lost_share: Tensor) -> Served:
    """Serve what there is; the rest is lost. Stock is never negative."""
    left = stock - demand
    on_hand = left.clamp(min=0.0)
    lost = on_hand - left
    return Served(on_hand, on_hand, lost, lost)


def serve_backorder(stock: Tensor, demand: Tensor, lost_share: Tensor) -> Served:
    """Serve what there is; the rest waits, and is charged every period until served."""
    left = stock - demand
    on_hand = left.clamp(min=0.0)
    return Served(left, on_hand, on_hand - left, None)


def serve_partly_lost(stock: Tensor, demand: Tensor, lost_share: Tensor) -> Served:
    """Serve what there is; a share of the unmet demand is lost, the rest waits."""
    unserved = (demand - stock.clamp(min=0.0)).clamp(min=0.0)
    lost = lost_share * unserved
    left = stock - demand + lost
    on_hand = left.clamp(min=0.0)
    return Served(left, on_hand, on_hand - left + lost, lost)


def serve_rule(lost_share: Tensor) -> Serve:
    """Choose the cheapest rule that is right for every environment of the batch."""
    if bool(torch.all(lost_share == 1.0)):
        return serve_lost
    if bool(torch.all(lost_share == 0.0)):
        return serve_backorder
    return serve_partly_lost
