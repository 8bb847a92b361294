"""An agent told other costs than those it is charged: it orders for what it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.agents import shipped_generalist
from core.demand import poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.evaluation import dearer
from core.policies import quick_s_s
from core.services.at_costs import ToldCosts, agent_at_costs, follows_costs
from core.simulator import InitialStock, Problem, SingleItemSystem, draw_scenario

COSTS = CostRates(holding_cost=1.0, stockout_cost=19.0, fixed_cost=0.0, unit_cost=10.0)
PROBLEM = Problem("A", poisson(5.0), COSTS, LeadTime(3.0), OrderRules(), 1.0, start=0)


def seen_by(problems, levels):
    """Return what policies of these items observe, one environment per level and item."""
    system = SingleItemSystem(problems, len(levels))
    scenario = draw_scenario(problems, len(levels), 1, 7)
    return system.observe(
        system.start(InitialStock(torch.tensor(levels * len(problems)))), scenario
    )


class Echo:
    """Orders as many units as the stock-out cost it is told."""

    name, memory = "echo", 5

    def __init__(self, n_items: int):
        self.n_items = n_items

    def act(self, observation):
        """Ask for what is told."""
        return observation.parameters.stockout_cost

    def select(self, rows):
        """Some of the items."""
        return Echo(len(rows))


def test_a_policy_hears_the_cost_it_is_told_and_the_item_keeps_its_own():
    other = replace(PROBLEM, name="B", costs=replace(COSTS, stockout_cost=7.0))
    observation = seen_by([PROBLEM, other], [3.0, 9.0])
    told = ToldCosts(Echo(2), (38.0, 14.0))
    assert told.act(observation).tolist() == [38.0, 38.0, 14.0, 14.0]
    assert observation.parameters.stockout_cost.tolist() == [19.0, 19.0, 7.0, 7.0]
    assert told.select([1]).stockout_cost == (14.0,) and told.memory == 5


@pytest.fixture(scope="module")
def generalist():
    agent = shipped_generalist()
    assert agent is not None and agent.scope is not None and agent.scope.holds(PROBLEM)
    return agent


def test_at_its_own_costs_it_orders_what_it_always_does(generalist):
    observation = seen_by([PROBLEM], [0.0, 5.0, 12.0, 20.0])
    policy, fits = agent_at_costs(generalist, [PROBLEM])
    own = generalist.policy([PROBLEM], quick_s_s([PROBLEM]))
    assert fits == [True]
    assert torch.equal(policy.act(observation), own.act(observation))


def test_told_that_stock_outs_are_dearer_it_orders_more(generalist):
    observation = seen_by([PROBLEM], [0.0, 5.0, 12.0, 20.0])
    cheap, usual, dear = (
        agent_at_costs(generalist, [dearer(PROBLEM, factor)])[0].act(observation).sum().item()
        for factor in (0.25, 1.0, 2.0)
    )
    assert cheap < usual < dear


def test_where_it_was_not_made_for_the_cost_the_rule_stands_in(generalist):
    far = dearer(PROBLEM, 1e6)
    observation = seen_by([PROBLEM, far], [5.0])
    policy, fits = agent_at_costs(generalist, [PROBLEM, far])
    assert fits == [True, False]
    rule = quick_s_s([PROBLEM, far]).act(observation)
    assert policy.act(observation)[1] == rule[1]


def test_an_agent_of_fixed_items_does_not_follow_costs(generalist):
    assert follows_costs(generalist)
    assert not follows_costs(replace(generalist, scope=None))
