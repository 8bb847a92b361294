"""Quantities played side by side cost and run out as each does when played alone to the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.agents.shipped import shipped_generalist
from core.demand import poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.explain import futures_of
from core.explain.consequences import Draw
from core.policies import quick_s_s
from core.simulator import SingleItemSystem, draw_scenario, trajectory
from tests.explain.explain_parts import LevelPolicy, problem_of, today

QUANTITIES = (0.0, 60.0, 90.0)
DRAWS = (Draw(120), Draw(40, 77))
FREE = CostRates(holding_cost=0.1, stockout_cost=4.0, unit_cost=2.0)


class Counting(LevelPolicy):
    """Remembers in which periods it was asked, for how many environments."""

    def __init__(self, *levels: tuple[float, float]):
        super().__init__(*levels)
        self.asked: list[tuple[int, int]] = []

    def act(self, observation):
        """Units to ask for."""
        self.asked.append((observation.stocks.t, observation.inventory_level.shape[0]))
        return super().act(observation)


def alone(situation, quantity, policy, window, draw):
    """Play one quantity by itself, every period of every future."""
    n = draw.n_futures
    system = SingleItemSystem([situation.problem], n)
    scenario = draw_scenario([situation.problem], n, window.n_periods, draw.seed)

    def act(observation):
        first = torch.full((n,), quantity)
        return first if observation.stocks.t == 0 else policy.act(observation)

    run = trajectory(system, act, scenario, initial=situation.initial(n))
    counted = run.unserved[window.first_risk_period : window.end_of_risk]
    return run.cost.double().sum(0).numpy(), (counted > 0).any(0).double().numpy()


@pytest.mark.parametrize("lost_share", [1.0, 0.0, 0.5])
@pytest.mark.parametrize("lead_time", [LeadTime(0), LeadTime(5), LeadTime(6, 2)])
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"costs": FREE},
        {"costs": FREE, "rules": OrderRules(review_period=7)},
        {"rules": OrderRules(min_order=40, pack_size=12)},
        {"costs": FREE, "demand": poisson(0.4)},
    ],
)
def test_differences_are_those_of_plays_to_the_end(lost_share, lead_time, changed):
    problem = replace(problem_of(lead_time=lead_time, lost_share=lost_share), **changed)
    situation = today(30, (0.0, 15.0) if lead_time.mean else (), problem)
    policy = LevelPolicy((70, 110))
    found, window = futures_of(situation, QUANTITIES, policy, draws=DRAWS)
    for draw, played in zip(DRAWS, found, strict=True):
        by_hand = [alone(situation, each, policy, window, draw) for each in QUANTITIES]
        for mine, (cost, ran_out) in zip(played, by_hand, strict=True):
            assert np.array_equal(mine.ran_out, ran_out)
            difference = mine.cost - played[0].cost
            assert difference == pytest.approx(cost - by_hand[0][0], abs=0.02)


def test_differences_of_an_agent_are_those_of_plays_to_the_end():
    problem = replace(problem_of(lead_time=LeadTime(6, 2)), costs=FREE)
    situation, policy = (
        today(60, (12.0,), problem),
        shipped_generalist().policy([problem], quick_s_s([problem])),
    )
    (played, _), window = futures_of(situation, QUANTITIES, policy, draws=DRAWS)
    by_hand = [alone(situation, each, policy, window, DRAWS[0]) for each in QUANTITIES]
    found = np.array([mine.cost - played[0].cost for mine in played])
    wanted = np.array([cost - by_hand[0][0] for cost, _ in by_hand])
    # Its network rounds by batch: now and then an order is a unit more or less.
    assert np.mean(np.abs(found - wanted) > 0.02) < 0.01
    assert found.mean(1) == pytest.approx(wanted.mean(1), abs=0.05)


def test_futures_on_which_nothing_differs_are_left():
    """Base stock, lost sales: within two lead times hardly any future tells the orders apart."""
    problem = replace(problem_of(lead_time=LeadTime(6, 1)), costs=FREE)
    policy = Counting((100, 101))
    _, window = futures_of(today(40, (), problem), (50.0, 60.0), policy)
    at = dict(policy.asked)
    assert at[1] == 2000
    assert at[window.end_of_risk - 1] < 1500
    assert sum(at.values()) < 0.5 * 2000 * window.n_periods


def test_backorders_never_come_to_the_same_where_order_costs_keep_them_apart():
    """Nothing is left out as long as anything differs."""
    policy = Counting((40, 400))
    futures_of(today(70), (0.0, 300.0), policy)
    assert {n for _, n in policy.asked} == {2000}


def test_nobody_is_asked_for_orders_that_change_nothing():
    weekly = replace(problem_of(rules=OrderRules(review_period=7)), costs=FREE)
    policy = Counting((100, 160))
    _, window = futures_of(today(30, (), weekly), (50.0,), policy)
    times = [t for t, _ in policy.asked]
    assert times == [t for t in range(7, window.n_periods, 7) if t + 7 < window.n_periods]


def test_orders_that_cost_something_are_asked_for_to_the_end():
    policy = Counting((100, 160))
    _, window = futures_of(today(30), (50.0,), policy)
    assert [t for t, _ in policy.asked] == list(range(1, window.n_periods))
