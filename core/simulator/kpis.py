"""The KPIs that planners live by; the one definition of each."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from core.simulator.parameters import Parameters
from core.simulator.rollout import Trajectory


@dataclass(frozen=True, eq=False)
class Kpis:
    """Key figures of one or many runs; every field has the same shape, e.g. [n_envs].

    Args:
        cost: Money per period: the three parts below together (and purchases where charged).
        holding_cost: Money per period for stock on hand.
        ordering_cost: Money per period for placing orders (and purchases where charged).
        stockout_cost: Money per period for units short.
        fill_rate: Share of units demanded that were served from stock at once.
        cycle_service_level: Share of replenishment cycles without any shortage.
        stockout_frequency: Share of periods in which something was short.
        stockout_severity: Units short in such a period, on average; 0 where there was none.
        backorders: Units owed to customers at the end of a period, on average.
        on_hand: Units in stock at the end of a period, on average.
        orders: Orders placed per period.
        order_size: Units per order; 0 where none was placed.
        turnover: Units served per period over average stock: stock turns per period.
        cover: Periods that the average stock lasts at the average demand.
        stock_value: Average stock at unit cost, money.
    """

    cost: Tensor
    holding_cost: Tensor
    ordering_cost: Tensor
    stockout_cost: Tensor
    fill_rate: Tensor
    cycle_service_level: Tensor
    stockout_frequency: Tensor
    stockout_severity: Tensor
    backorders: Tensor
    on_hand: Tensor
    orders: Tensor
    order_size: Tensor
    turnover: Tensor
    cover: Tensor
    stock_value: Tensor

    def mean_per_item(self, parameters: Parameters) -> Kpis:
        """Average over the paths of each item: [n_envs] becomes [n_items]."""
        means = {
            field.name: parameters.per_item(getattr(self, field.name)).mean(-1)
            for field in fields(self)
        }
        return Kpis(**means)


def kpis(run: Trajectory, parameters: Parameters, *, warm_up: int = 0) -> Kpis:
    """Work out the KPIs of every environment from its flows, shape [n_envs] each.

    Args:
        run: What happened.
        parameters: Costs.
        warm_up: Periods at the start that are not counted.
    """
    p, counted = parameters, slice(warm_up, None)
    on_hand, demand = run.on_hand[counted], run.demand[counted].sum(0)
    unserved, order = run.unserved[counted], run.order[counted]
    orders = (order > 0).to(p.dtype).mean(0)
    mean_on_hand, mean_demand = on_hand.mean(0), run.demand[counted].mean(0)
    is_short = (unserved > 0).to(p.dtype)
    ordering = p.fixed_cost * orders + p.purchase_cost * order.mean(0)
    holding = p.holding_cost * mean_on_hand
    stockout = p.stockout_cost * run.short[counted].mean(0)
    served = mean_demand - run.lost[counted].mean(0)
    return Kpis(
        cost=holding + ordering + stockout,
        holding_cost=holding,
        ordering_cost=ordering,
        stockout_cost=stockout,
        fill_rate=1 - _ratio(unserved.sum(0), demand),
        cycle_service_level=_cycle_service_level(run.received[counted], is_short),
        stockout_frequency=is_short.mean(0),
        stockout_severity=_ratio(unserved.sum(0), is_short.sum(0)),
        backorders=(-run.inventory_level[counted]).clamp(min=0.0).mean(0),
        on_hand=mean_on_hand,
        orders=orders,
        order_size=_ratio(order.sum(0), (order > 0).sum(0).to(p.dtype)),
        turnover=_ratio(served, mean_on_hand),
        cover=_ratio(mean_on_hand, mean_demand),
        stock_value=mean_on_hand * p.unit_cost,
    )


def _cycle_service_level(received: Tensor, is_short: Tensor) -> Tensor:
    """Share of cycles without shortage; a cycle ends where the next delivery arrives."""
    good, cycles = torch.zeros_like(is_short[0]), torch.zeros_like(is_short[0])
    clean = torch.ones_like(is_short[0])
    for t in range(is_short.shape[0]):
        ends = (received[t] > 0).to(clean.dtype)
        good, cycles = good + ends * clean, cycles + ends
        clean = torch.where(ends > 0, torch.ones_like(clean), clean) * (1 - is_short[t])
    return (good + clean) / (cycles + 1)


def _ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    safe = torch.where(denominator > 0, denominator, torch.ones_like(denominator))
    return torch.where(denominator > 0, numerator / safe, torch.zeros_like(numerator))
