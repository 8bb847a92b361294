"""The supply systems: one pure batched transition each, scenarios, costs, KPIs, rollouts."""

import torch

from core.simulator.expected_cost import ExpectedCost
from core.simulator.kpis import Kpis, kpis
from core.simulator.lead_times import lead_time_probabilities
from core.simulator.memory import Memory
from core.simulator.outages import Outage, with_outage
from core.simulator.parameters import Parameters
from core.simulator.problem import Problem
from core.simulator.protocol import Flows, Observation, Stocks, SupplySystem
from core.simulator.remembered import remembered
from core.simulator.rollout import CostTotals, Trajectory, total_costs, trajectory
from core.simulator.rules import OrderRulesBatch, RuleStep
from core.simulator.scenario import (
    Outlook,
    Scenario,
    draw_scenario,
    expectations,
    scenario_from_history,
)
from core.simulator.single_item import InitialStock, SingleItemSystem

# Many small batches: a second thread beside a busy core made them 14 to 30 times slower, and the
# number of threads changes trained weights bit for bit.
torch.set_num_threads(1)

__all__ = [
    "CostTotals",
    "ExpectedCost",
    "Flows",
    "InitialStock",
    "Kpis",
    "Memory",
    "Observation",
    "OrderRulesBatch",
    "Outage",
    "Outlook",
    "Parameters",
    "Problem",
    "RuleStep",
    "Scenario",
    "SingleItemSystem",
    "Stocks",
    "SupplySystem",
    "Trajectory",
    "draw_scenario",
    "expectations",
    "kpis",
    "lead_time_probabilities",
    "remembered",
    "scenario_from_history",
    "total_costs",
    "trajectory",
    "with_outage",
]
