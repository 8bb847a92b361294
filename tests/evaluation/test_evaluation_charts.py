"""Stock over time, and service against money."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from core.domain import Period, UnknownNameError
from core.evaluation import EvaluationSettings, Frontier, StartingStock, frontier, stock_chart
from core.policies import SearchSettings, fit_policy


def test_steady_demand_draws_the_stock_worked_out_by_hand(make):
    """5 on hand, 8 due next period, demand 4, lead time 1, ordering up to 9."""
    problem = make.steady(lead_time=1).at(int(Period.WEEK.number(date(2024, 4, 15))))
    policies = {"rule": make.base_stock([problem], 9.0)}
    settings = EvaluationSettings(n_paths=3, horizon=4, warm_up=7, period=Period.WEEK)
    chart = stock_chart(problem, policies, settings, StartingStock(5.0, (8.0,)))
    path = chart.paths["rule"]
    assert path.orders.tolist() == [0.0, 0.0, 4.0, 4.0]
    assert path.arrivals.tolist() == [0.0, 8.0, 0.0, 4.0]
    assert path.on_hand.tolist() == [1.0, 5.0, 1.0, 1.0]
    assert path.low.tolist() == path.high.tolist() == path.median.tolist() == [1.0, 5.0, 1.0, 1.0]
    assert chart.demand.tolist() == [4.0] * 4
    assert [str(day) for day in chart.dates[:2]] == ["2024-04-15", "2024-04-22"]


def test_every_unit_of_the_sample_future_is_accounted_for(make):
    """Start + arrivals - demand = on hand - owed, where the customer waits."""
    problem = make.problem("A", 6.0, lead_time=2, lost_share=0.0)
    policies = {"rule": make.base_stock([problem], 14.0)}
    settings = EvaluationSettings(n_paths=50, horizon=40)
    chart = stock_chart(problem, policies, settings, StartingStock(10.0), sample=7)
    path = chart.paths["rule"]
    level = 10.0 + np.cumsum(path.arrivals - chart.demand)
    np.testing.assert_allclose(level, path.on_hand - path.owed, atol=1e-4)
    assert path.owed.max() > 0
    assert 0 < path.stockout_risk.mean() < 1
    assert (path.low <= path.median).all()
    assert (path.median <= path.high).all()
    assert path.low.mean() < path.high.mean()
    assert chart.dates is None


def test_a_future_that_was_not_drawn_cannot_be_shown(make):
    """Sample 3 of 3."""
    problem = make.steady()
    settings = EvaluationSettings(n_paths=3, horizon=4)
    with pytest.raises(UnknownNameError, match="future"):
        stock_chart(problem, {}, settings, StartingStock(5.0), sample=3)


def fit(problems):
    """Return the best base-stock, searched briefly."""
    return fit_policy("base_stock", problems, SearchSettings(n_paths=16, horizon=60, warm_up=10))


SETTINGS = EvaluationSettings(n_paths=40, horizon=50, warm_up=10)


def test_dearer_stock_outs_buy_more_service_for_more_stock(make):
    """The curve rises; the planner's own costs are the cheapest point at those costs."""
    problems = [make.problem("A", 5.0, lead_time=1), make.problem("B", 20.0, lead_time=2)]
    found = frontier(problems, {"best": fit}, {}, SETTINGS, multipliers=(0.2, 1.0, 5.0))
    for item in (None, "A", "B"):
        rows = found.rows(item)
        fills, values, costs = (
            [row[name] for row in rows] for name in ("fill_rate", "stock_value", "cost")
        )
        assert fills == sorted(fills)
        assert values == sorted(values)
        assert costs[1] == min(costs)
        assert all(row["fill_rate_half_width"] > 0 for row in rows)


def test_the_curve_and_the_points_are_played_on_the_same_futures(make):
    """The rule itself lies exactly on its own curve."""
    problems = [make.problem("A", 5.0, lead_time=1), make.problem("B", 20.0)]
    found = frontier(
        problems, {"best": fit}, {"rule": fit(problems)}, SETTINGS, multipliers=(0.5, 1.0)
    )
    on_curve, point = found.rows()[1], found.rows()[2]
    assert point["label"] == "rule"
    assert point["multiplier"] is None
    for name in ("fill_rate", "cost", "stocking_cost", "stock_value", "cost_half_width"):
        assert point[name] == on_curve[name]
    assert point["stocking_cost"] < point["cost"]


def test_the_frontier_comes_back_from_json(make):
    """What the store keeps is all that the chart needs."""
    problems = [make.problem("A"), make.problem("B")]
    found = frontier(problems, {"best": fit}, {"rule": fit(problems)}, SETTINGS, multipliers=(1.0,))
    back = Frontier.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    assert back.rows() == found.rows()
    assert back.rows("B") == found.rows("B")
    with pytest.raises(UnknownNameError):
        back.rows("Z")
