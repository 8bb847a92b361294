"""(s, S) without simulation, for any item, in about a millisecond: where the generalist starts.

Demand between two orders and demand until an order arrives are taken as negative binomial or gamma
with the item's own mean and spread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.domain import CostRates
from core.policies.estimated_demand import Moments, moments_of
from core.policies.item_policy import ItemFacts, facts_of
from core.policies.level_cost import (
    LevelCost,
    LostSales,
    backorder_cost,
    lost_sales_cost,
    newsvendor_cost,
)
from core.policies.s_s import SSPolicy
from core.policies.zheng_federgruen import best_rule
from core.simulator import Problem

_METHOD = "Estimated: Zheng and Federgruen (1991) on demand of the same mean and spread."
# Stock is looked at in steps no finer than this share of what matters.
_STEPS = 240
# A review period is looked at in so many places at most.
_PLACES = 4
# Lead times below this share of a review are taken for a part of it.
_AT_ONCE = 0.3
# How much of the review after the lead time competes with it for stock: nearly all where demand is
# steady, nothing where its squared coefficient of variation is this. Set so that the best
# base-stock levels of Zipkin (2008), Poisson and geometric, come out within a unit or two.
_MOST_SHARE, _SCATTERED = 0.9, 1.2


def estimate_s_s(problems: Sequence[Problem]) -> SSPolicy:
    """Estimate each item's (s, S) from the mean and spread of its demand.

    Args:
        problems: One per item.

    References:
        Zheng and Federgruen (1991), Operations Research 39(4).
    """
    facts = facts_of(problems, _METHOD)
    pairs = [_estimate(problem, item) for problem, item in zip(problems, facts, strict=True)]
    points, levels = np.array(pairs).T
    return SSPolicy(tuple(facts), points, levels)


@dataclass(frozen=True, slots=True)
class _Task:
    """What the estimate of one item hangs on.

    Args:
        problem: The item.
        between: Demand between two chances to order.
        under_way: Demand while an order is under way.
        step: Units in a step of stock.
    """

    problem: Problem
    between: Moments
    under_way: Moments
    step: float

    @property
    def costs(self) -> CostRates:
        """Costs per step: it holds many units."""
        costs = _above_zero(self.problem.costs)
        return replace(costs, fixed_cost=costs.fixed_cost / self.step)


# What moves an order is looked for and then run again: many items are asked about twice.
@lru_cache(maxsize=4096)
def _estimate(problem: Problem, facts: ItemFacts) -> tuple[float, float]:
    """Return s and S, whole units."""
    task = _task(problem, facts)
    cost, unit, most = _level_cost(task), facts.unit, problem.rules.max_stock
    rule, lot = best_rule(task.between.pmf(task.step), cost), round(_lot(problem) / task.step)
    point, level = rule.reorder_point * task.step, rule.order_up_to_level * task.step
    if level - point < lot * task.step:
        point = cost.best_start(lot) * task.step
        level = point + unit
    elif rule.order_up_to_level - rule.reorder_point == 1:
        point = level - unit
    elif problem.rules.pack_size > 1:
        # What rounding up to packs adds on average.
        level = max(point + unit, level - 0.5 * problem.rules.pack_size)
    level = min(round(level / unit) * unit, most)
    return float(min(point, level - unit)), float(level)


def _task(problem: Problem, facts: ItemFacts) -> _Task:
    between, _ = moments_of(problem, facts, math.inf)
    per_period, fixed = between.mean / problem.rules.review_period, problem.costs.fixed_cost
    lot = max(math.sqrt(2 * fixed * per_period * _rates(problem.costs)), _lot(problem))
    between, under_way = moments_of(problem, facts, lot)
    span = 2 * between.usual_most + under_way.usual_most + lot
    return _Task(problem, between, under_way, float(max(1, math.ceil(span / _STEPS))))


def _level_cost(task: _Task) -> LevelCost:
    """Mix what a stock position costs where shortages are lost, and where they wait."""
    share, parts = task.problem.lost_share, []
    if share > 0:
        parts.append((share, _lost(task)))
    if share < 1:
        parts.append((1 - share, _waiting(task)))
    return LevelCost.mixed(parts)


def _lost(task: _Task) -> LevelCost:
    """Choose the model that is exact without lead time, else the one for units under way."""
    review = task.problem.rules.review_period
    n_reviews = task.under_way.mean / task.between.mean
    if n_reviews < _AT_ONCE:
        # Lost before the order arrives: seldom, since most of the time is after it.
        span = task.under_way.plus(task.between, 1.0).pmf(task.step)
        return newsvendor_cost(span, task.costs, review, task.between.mean / task.step)
    variation = task.between.variance / task.between.mean**2
    share = _MOST_SHARE * max(0.0, 1.0 - variation / _SCATTERED)
    span = task.under_way.plus(task.between, share).pmf(task.step)
    lost = LostSales(span, n_reviews + share, share, task.between.mean / task.step)
    return lost_sales_cost(lost, task.costs, review)


def _waiting(task: _Task) -> LevelCost:
    """Average over the periods of a review, each with its own demand until then."""
    review = task.problem.rules.review_period
    places = np.unique(np.linspace(1, review, _PLACES).round())
    pmfs = [task.under_way.plus(task.between, at / review).pmf(task.step) for at in places]
    parts = [backorder_cost(pmf, task.costs, review) for pmf in pmfs]
    return LevelCost.mixed([(1 / len(parts), part) for part in parts])


def _above_zero(costs: CostRates) -> CostRates:
    """Return costs that theory can work with, where holding or being short is free."""
    holding = max(costs.holding_cost, 1e-9)
    return replace(
        costs, holding_cost=holding, stockout_cost=max(costs.stockout_cost, 1e-6 * holding)
    )


def _rates(costs: CostRates) -> float:
    """Return 1 / h + 1 / p: what the square of the economic lot is in proportion to."""
    costs = _above_zero(costs)
    return 1 / costs.holding_cost + 1 / costs.stockout_cost


def _lot(problem: Problem) -> float:
    return max(problem.rules.min_order, problem.rules.pack_size)
