"""One item's stock over time under several policies, from today's stock on."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.domain import ItemKey, Period
from core.evaluation import EvaluationSettings, StartingStock, StockChart, stock_chart
from core.policies import Policy
from core.services.assortment import Assortment
from core.simulator import Problem

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
    row, data = assortment.row(key), assortment.data
    problem = assortment.problems[row]
    stock = StartingStock.of_position(data.position(key), data.period, data.today_index)
    settings = EvaluationSettings(
        n_paths=N_PATHS,
        horizon=chart_horizon(problem, data.period),
        warm_up=0,
        period=data.period,
    )
    mine = {label: policy.select([row]) for label, policy in policies.items()}
    return stock_chart(problem, mine, settings, stock)


def chart_horizon(problem: Problem, period: Period) -> int:
    """Return periods to look ahead: several lead times, within a year of days."""
    several = math.ceil(4 * (problem.lead_time.mean + problem.rules.review_period))
    return min(max(_LEAST_HORIZON[period], several), _LONGEST)
