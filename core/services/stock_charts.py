"""One item's stock over time under several policies, from today's stock on."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.domain import ItemKey, Period
from core.evaluation import EvaluationSettings, StartingStock, StockChart, stock_chart
from core.policies import Policy
from core.services.assortment import Assortment
from core.simulator import Outage, Problem

N_PATHS = 200
_LEAST_HORIZON = {Period.DAY: 60, Period.WEEK: 26, Period.MONTH: 12}
_LONGEST = 365


def stock_over_time(
    assortment: Assortment, key: ItemKey, policies: Mapping[str, Policy]
) -> StockChart:
    """Project an item's stock under policies made for all planned items, on the same futures.

    Args:
        assortment: The items.
        key: Which one.
        policies: By label, for all planned items in their order.
    """
    row = assortment.row(key)
    mine = {label: policy.select([row]) for label, policy in policies.items()}
    return chart_from_today(assortment, assortment.problems[row], key, mine)


def chart_from_today(
    assortment: Assortment,
    problem: Problem,
    key: ItemKey,
    policies: Mapping[str, Policy],
    outage: Outage | None = None,
) -> StockChart:
    """Project a problem's stock from the item's stock and open orders of today.

    Args:
        assortment: Where stock and calendar come from.
        problem: The item, as it is or changed.
        key: The item.
        policies: By label, each made for this one problem.
        outage: When no supplier delivers; None for never.
    """
    data = assortment.data
    stock = StartingStock.of_position(data.position(key), data.period, data.today_index)
    settings = EvaluationSettings(
        n_paths=N_PATHS,
        horizon=_horizon(problem, data.period),
        warm_up=0,
        period=data.period,
        outage=outage,
    )
    return stock_chart(problem, policies, settings, stock)


def _horizon(problem: Problem, period: Period) -> int:
    """Return periods to look ahead: several lead times, within a year of days."""
    several = math.ceil(4 * (problem.lead_time.mean + problem.rules.review_period))
    return min(max(_LEAST_HORIZON[period], several), _LONGEST)
