"""The clairvoyant bound: below every policy on every path, and equal to brute force where exact."""

from __future__ import annotations

import dataclasses
from itertools import product

import numpy as np
import pytest
import torch

from core.demand import geometric, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.evaluation import ClairvoyantBound, clairvoyant_bound
from core.policies import BaseStockPolicy, RQPolicy, SSPolicy
from core.simulator import (
    InitialStock,
    Outlook,
    Problem,
    Scenario,
    SingleItemSystem,
    draw_scenario,
    total_costs,
)

LEAD_TIMES = [
    LeadTime(0),
    LeadTime(2),
    LeadTime(2.0, probabilities=(0.3, 0.2, 0.3, 0.2)),
    LeadTime(3.0, probabilities=(0.0, 0.0, 0.5, 0.0, 0.5)),
]


def random_problem(rng: np.random.Generator, lost_share: float, lead_time: LeadTime) -> Problem:
    """Return a small item with any prices; some with rules, some charged per unit."""
    demand = (poisson, geometric)[rng.integers(2)](rng.uniform(0.3, 4.0))
    fixed = rng.choice([0.0, rng.uniform(0.0, 30.0)])
    costs = CostRates(rng.uniform(0.1, 3.0), rng.uniform(0.5, 15.0), fixed)
    rules = OrderRules(pack_size=float(rng.choice([1, 4])), review_period=int(rng.integers(1, 3)))
    price = float(rng.choice([0.0, 0.4]))
    name = f"item {rng.integers(10**6)}"
    return Problem(name, demand, costs, lead_time, rules, lost_share, purchase_cost=price)


def random_start(rng: np.random.Generator, n_envs: int, lost_share: float) -> InitialStock | None:
    """Return any stock, backorders included, and often orders already under way."""
    if rng.random() < 0.2:
        return None
    low = 0 if lost_share == 1.0 else -4
    level = torch.tensor(rng.integers(low, 12, n_envs), dtype=torch.float64)
    due = torch.tensor(rng.integers(0, 6, (int(rng.integers(1, 4)), n_envs)), dtype=torch.float64)
    return InitialStock(level, due if rng.random() < 0.6 else None)


def some_policies(problem: Problem):
    """Return rules that order early, late, much and little."""
    for s, q in product((-1, 2, 6, 15), (1, 5, 20)):
        yield SSPolicy.of([problem], reorder_point=[s], order_up_to_level=[s + q])
    for s in (0, 3, 9):
        yield BaseStockPolicy.of([problem], order_up_to_level=[s])
        yield RQPolicy.of([problem], reorder_point=[s], order_quantity=[4])


@pytest.mark.parametrize("lead_time", LEAD_TIMES, ids=["L0", "L2", "crossing", "two or four"])
@pytest.mark.parametrize("lost_share", [1.0, 0.0, 0.4])
@pytest.mark.parametrize("seed", range(3))
def test_no_policy_costs_less_on_any_path(lost_share, lead_time, seed):
    """Any prices, start, rules and lead times; every path by itself, not only the mean."""
    rng = np.random.default_rng([seed, int(10 * lost_share), LEAD_TIMES.index(lead_time)])
    problem = random_problem(rng, lost_share, lead_time)
    system = SingleItemSystem([problem], 40, torch.float64)
    scenario = draw_scenario([problem], 40, 24, seed, dtype=torch.float64)
    initial = random_start(rng, 40, lost_share)
    bound = clairvoyant_bound(system, scenario, initial).cost
    for policy in some_policies(problem):
        cost = total_costs(system, policy.act, scenario, initial=initial).cost
        assert bool((bound <= cost + 1e-9).all()), (policy.name, policy.parameters_of(0))


def given_scenario(demand: list[float], lead_time: list[int] | None, n_envs: int) -> Scenario:
    """Show the same demand, and lead times where they vary, to every environment."""
    rows = torch.tensor(demand, dtype=torch.float64).unsqueeze(1).expand(-1, n_envs)
    zero = torch.zeros(1, n_envs, dtype=torch.float64)
    waits = None
    if lead_time is not None:
        waits = torch.tensor(lead_time, dtype=torch.float64).unsqueeze(1).expand(-1, n_envs)
    return Scenario(rows.contiguous(), waits, Outlook(zero, zero, zero), -1)


def least_of_all_plans(problem, demand, lead_time, level, arrivals, most) -> float:
    """Play every plan of whole orders from 0 to ``most`` and return the least cost."""
    plans = torch.tensor(list(product(range(most + 1), repeat=len(demand))), dtype=torch.float64)
    n = plans.shape[0]
    system = SingleItemSystem([problem], n, torch.float64)
    due = None if arrivals is None else torch.tensor(arrivals).double().unsqueeze(1).expand(-1, n)
    initial = InitialStock(torch.full((n,), float(level), dtype=torch.float64), due)
    act = iter(plans.T)
    scenario = given_scenario(demand, lead_time, n)
    return float(total_costs(system, lambda _: next(act), scenario, initial=initial).cost.min())


@pytest.mark.parametrize("lead_time", [0, 1, 2, "varies"])
@pytest.mark.parametrize("lost_share", [1.0, 0.0])
@pytest.mark.parametrize("seed", range(12))
def test_on_tiny_instances_it_is_the_least_cost_of_all_plans(lost_share, lead_time, seed):
    """Five periods, any orders up to all of demand: brute force, open orders of today included."""
    rng = np.random.default_rng([seed, int(lost_share), 9 if lead_time == "varies" else lead_time])
    demand = rng.choice([0, 0, 1, 2], size=5).astype(float).tolist()
    costs = CostRates(
        rng.choice([0.3, 1.0]), rng.choice([0.7, 2.0, 6.0]), rng.choice([0.0, 1.5, 4.0])
    )
    waits = None
    spec = LeadTime(0 if lead_time == "varies" else lead_time)
    if lead_time == "varies":
        spec = LeadTime(1.5, probabilities=(0.25, 0.25, 0.25, 0.25))
        waits = rng.integers(0, 4, len(demand)).tolist()
    price = 0.5 if lost_share and rng.random() < 0.3 else 0.0
    problem = Problem("tiny", poisson(1), costs, spec, lost_share=lost_share, purchase_cost=price)
    level = int(rng.integers(0 if lost_share else -2, 4))
    # With backorders a due date after the first possible new order makes the bound a mere bound.
    n_due = 2 if lost_share else (spec.mean - 1 if waits is None else 0)
    arrivals = rng.integers(0, 3, int(n_due)).tolist() if n_due > 0 else None
    most = int(sum(demand)) + max(-level, 0)
    least = least_of_all_plans(problem, demand, waits, level, arrivals, most)
    system = SingleItemSystem([problem], 1, torch.float64)
    due = None if arrivals is None else torch.tensor(arrivals).double().unsqueeze(1)
    initial = InitialStock(torch.tensor([float(level)], dtype=torch.float64), due)
    bound = clairvoyant_bound(system, given_scenario(demand, waits, 1), initial)
    assert float(bound.cost) == pytest.approx(least, abs=1e-9)


@pytest.mark.parametrize("lost_share", [0.0, 0.5])
def test_open_orders_that_arrive_after_a_new_one_could_leave_it_a_bound(lost_share):
    """Five are asked for now and six arrive in two periods: ordering five now costs 10 + 6."""
    item = Problem(
        "late", poisson(1), CostRates(1.0, 9.0, 10.0), LeadTime(0), lost_share=lost_share
    )
    system, nothing = SingleItemSystem([item], 1, torch.float64), torch.zeros(1).double()
    initial = InitialStock(nothing, torch.tensor([[0.0], [6.0]]).double())
    orders = iter([nothing + 5, nothing, nothing])
    scenario = given_scenario([5.0, 0.0, 0.0], None, 1)
    cost = total_costs(system, lambda _: next(orders), scenario, initial=initial).cost
    assert float(cost) == 16
    assert float(clairvoyant_bound(system, scenario, initial).cost) <= 16


def test_every_path_and_item_has_its_own_bound():
    """Items of all kinds side by side get what each gets alone."""
    items = [
        Problem("lost", poisson(3), CostRates(1.0, 9.0, 5.0), LeadTime(2)),
        Problem("owed", geometric(2), CostRates(0.5, 4.0, 20.0), LeadTime(2), lost_share=0.0),
        Problem("both", poisson(5), CostRates(1.0, 9.0, 0.0), LeadTime(2), lost_share=0.5),
    ]
    together = _bound(items, 6)
    alone = torch.cat([_bound([item], 6) for item in items])
    assert torch.equal(together, alone)
    assert len(set(together.tolist())) > 12


def _bound(items: list[Problem], n_paths: int) -> torch.Tensor:
    system = SingleItemSystem(items, n_paths)
    return clairvoyant_bound(system, draw_scenario(items, n_paths, 30, seed=3)).cost


def test_it_is_a_frozen_type_of_its_own_and_no_policy():
    """It knows the future, so nothing may act on it."""
    item = Problem("lost", poisson(3), CostRates(1.0, 9.0), LeadTime(1))
    system = SingleItemSystem([item], 4)
    bound = clairvoyant_bound(system, draw_scenario([item], 4, 20, seed=3))
    assert isinstance(bound, ClairvoyantBound) and not hasattr(bound, "act")
    assert torch.allclose(bound.cost_per_period * 20, bound.cost)
    with pytest.raises(dataclasses.FrozenInstanceError):
        bound.cost = bound.cost
