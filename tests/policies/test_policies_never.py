"""Where an order costs more than all the sales it saves, the best rule is not to order."""

from __future__ import annotations

from core.demand import poisson
from core.domain import CostRates, LeadTime
from core.policies import SearchSettings, fit_policy
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs


def test_lost_sales_cheaper_than_any_order_are_let_go():
    """5 a period lost at 1 each cost 5; an order costs 300."""
    problem = Problem("dear", poisson(5.0), CostRates(1.0, 1.0, 300.0), LeadTime(4))
    policy = fit_policy("s_S", [problem], SearchSettings())
    scenario = draw_scenario([problem], 200, 300, seed=3000)
    totals = total_costs(SingleItemSystem([problem], 200), policy.act, scenario)
    assert float(totals.n_orders.sum()) == 0
    assert policy.parameters_of(0)["reorder_point"] < 0


def test_lost_sales_worth_an_order_are_served():
    problem = Problem("worth it", poisson(5.0), CostRates(1.0, 30.0, 50.0), LeadTime(4))
    assert fit_policy("s_S", [problem], SearchSettings()).parameters_of(0)["reorder_point"] > 10
