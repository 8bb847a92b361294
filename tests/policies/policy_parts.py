"""Items and runs that several tests of the policies use."""

from __future__ import annotations

import torch

from core.demand import NegativeBinomialDemand, Season, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import Policy, SearchSettings
from core.simulator import (
    Observation,
    Problem,
    SingleItemSystem,
    draw_scenario,
    total_costs,
)

TEXTBOOK_COSTS = CostRates(1.0, 9.0, 64.0)
QUICK = SearchSettings(n_paths=16, horizon=80, warm_up=20)
# Scenarios that no search has seen.
FRESH = 3000


def problem(demand, *, lead_time=2, fixed_cost=0.0, stockout_cost=9.0, lost_share=1.0, name="item"):
    """Return a textbook item: h = 1, no rules."""
    costs = CostRates(1.0, stockout_cost, fixed_cost)
    return Problem(name, demand, costs, LeadTime(lead_time), lost_share=lost_share)


def assortment():
    """Return items that differ in every way the contract knows."""
    season = Season(weekday=(1.6, 1.2, 1.0, 0.9, 1.1, 0.7, 0.5))
    rules = OrderRules(min_order=12, pack_size=6, max_order=60, max_stock=200, review_period=2)
    return [
        problem(poisson(5), name="lost", fixed_cost=5.0),
        problem(poisson(5), name="owed", fixed_cost=20.0, lost_share=0.0),
        problem(NegativeBinomialDemand(level=4.0, shape=0.7, season=season), name="season"),
        Problem("late", poisson(3), CostRates(1.0, 9.0, 10.0), LeadTime(4.0, 1.5), lost_share=0.5),
        Problem("ruled", poisson(6), CostRates(1.0, 19.0, 10.0), LeadTime(1), rules),
    ]


def observe(problems, positions, n_paths=1, dtype=torch.float32) -> Observation:
    """Show the items at these inventory positions, nothing on order."""
    from core.simulator import InitialStock

    system = SingleItemSystem(problems, n_paths, dtype)
    scenario = draw_scenario(problems, n_paths, 3, seed=1, dtype=dtype)
    level = torch.as_tensor(positions, dtype=dtype)
    return system.observe(system.start(InitialStock(level)), scenario)


def long_run(item: Problem, policy: Policy, n_paths=200, horizon=1000, warm_up=100):
    """Return the mean cost per period on fresh futures, and its standard error."""
    system = SingleItemSystem([item], n_paths)
    scenario = draw_scenario([item], n_paths, horizon + warm_up, FRESH)
    totals = total_costs(system, policy.act, scenario, warm_up=warm_up)
    cost = totals.cost_per_period.to(torch.float64)
    return float(cost.mean()), float(cost.std()) / n_paths**0.5
