"""Why not the other quantity: paired, reproducible, and honest about what it cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.domain import LeadTime, OrderRules, Outcome, Verdict
from core.explain import WhyNot, futures_of, why_not, why_not_words
from core.explain.consequences import Draw
from core.simulator import SingleItemSystem, draw_scenario, trajectory
from tests.explain.explain_parts import LevelPolicy, problem_of, today

POLICY = LevelPolicy((100, 160))


def test_the_same_quantity_differs_by_nothing_on_every_future():
    found = why_not(today(70), (90.0, 90.0), POLICY)
    assert found.cost.difference == found.cost.half_width == 0.0
    assert found.risk.difference == 0.0
    assert found.outcome is Outcome.CANNOT_TELL
    assert "orders the same 90" in why_not_words(found, "s_S", "day")


def test_ordering_too_little_costs_more_and_runs_out_more_often():
    problem = problem_of(rules=OrderRules(review_period=7))
    found = why_not(today(70, (), problem), (20.0, 110.0), LevelPolicy((140, 190)))
    assert found.outcome is Outcome.WORSE and found.cost.n_pairs >= 1000
    assert found.quantity_risk > found.reference_risk + 0.2
    text = why_not_words(found, "s_S", "day")
    assert text.startswith("Ordering 20 instead of 110 costs ") and "more over the next" in text


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    first, again = (why_not(today(70), (60.0, 90.0), POLICY) for _ in range(2))
    other = why_not(today(70), (60.0, 90.0), POLICY, seed=5001)
    assert first == again
    assert first.cost.difference != other.cost.difference


def test_costs_are_those_of_the_simulator():
    """Played once more by hand: the quantity first, then the policy."""
    situation = today(30, (0.0, 15.0), problem_of(lead_time=LeadTime(4, 1)))
    ((found,),), window = futures_of(situation, [75.0], POLICY, draws=(Draw(50),))
    system = SingleItemSystem([situation.problem], n_paths=50)
    scenario = draw_scenario([situation.problem], 50, window.n_periods, seed=5000)

    def act(observation):
        is_today = observation.stocks.t == 0
        return torch.full((50,), 75.0) if is_today else POLICY.act(observation)

    run = trajectory(system, act, scenario, initial=situation.initial(50))
    assert found.cost == pytest.approx(run.cost.sum(0).numpy(), rel=1e-5)
    counted = run.unserved[window.first_risk_period : window.end_of_risk]
    assert found.ran_out.tolist() == (counted > 0).any(0).double().tolist()


def test_pairing_narrows_the_interval():
    situation = today(70)
    (both,), _ = futures_of(situation, [80.0, 95.0], POLICY)
    paired = Verdict.from_pairs(both[0].cost, both[1].cost).half_width
    shuffled = np.random.default_rng(0).permutation(both[1].cost)
    assert paired < 0.5 * Verdict.from_pairs(both[0].cost, shuffled).half_width


def test_quantities_pass_the_order_rules():
    problem = problem_of(rules=OrderRules(pack_size=24))
    found = why_not(today(70, (), problem), (50.0, 90.0), POLICY, n_futures=10)
    assert (found.quantity, found.reference_quantity) == (72, 96)


def test_an_interval_that_covers_zero_is_no_verdict():
    money = Verdict(-1.0, 2.5, 100.0, 1000)
    found = WhyNot(60, 90, money, Verdict(0.01, 0.002, 0.1, 1000), 0.11, 0.1, 30, 7, 20, 1)
    text = why_not_words(found, "s_S", "week")
    assert "cannot tell which is cheaper over the next 30 weeks (-1.00 ± 2.50)" in text
    assert "from 10.0% to 11.0% (+0.8 to +1.2 points)" in text


def test_two_policies_that_order_nothing_are_said_to():
    found = why_not(today(300), (0.0, 0.0), POLICY, n_futures=10)
    assert why_not_words(found, "s_S", "day") == "(s, S) orders nothing either."
