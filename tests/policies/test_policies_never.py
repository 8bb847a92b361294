"""Where an order costs more than all the sales it saves, the best rule is not to order."""

from __future__ import annotations

from core.demand import PoissonDemand, Season, poisson
from core.domain import CostRates, LeadTime, OrderRules
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


def test_no_season_lifts_a_reorder_point_that_is_never_to_be_reached():
    """20 a day lost at 2 each, more before Christmas, when s moves up; an order costs 50,000."""
    season = Season(month=(0.5,) * 10 + (3.0, 4.0), weekday=(1.6, 1.2, 1.0, 0.9, 1.1, 0.7, 0.5))
    demand, rules = PoissonDemand(level=20.0, season=season), OrderRules(max_order=60)
    costs = CostRates(1.0, 2.0, 50_000.0)
    problem = Problem("dear", demand, costs, LeadTime(2), rules, start=20_000)
    policy = fit_policy("s_S", [problem])
    scenario = draw_scenario([problem], 20, 400, seed=3000)
    totals = total_costs(SingleItemSystem([problem], 20), policy.act, scenario)
    assert float(totals.n_orders.sum()) == 0
