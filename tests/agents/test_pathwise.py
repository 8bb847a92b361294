"""Learning by the cost's own gradient: the gradient is right, and it leads to the optimum."""

from __future__ import annotations

import pytest
import torch

from core.agents import TrainingConfig, train
from core.agents.actions import levels_for
from core.agents.clock import Clock
from core.agents.learner import Lesson
from core.agents.levels import MovedLevels
from core.agents.pathwise import PathwiseLearner, regrets, window_of
from core.agents.references import ItemReference, References
from core.agents.task import assign
from core.demand import poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import exact_cost, fit_policy
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs
from tests.agents.conftest import QUICK

FIXED = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0, protection_sd=4.0)
PLAIN = ItemReference(39.0, 40.0, 50.0, 5.0, 7.0, protection_sd=4.0, is_gated=False)
PACKED = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0, protection_sd=4.0, lot=12.0)


def learner_for(problems, **changes) -> PathwiseLearner:
    assignment = assign(problems, fit_policy("s_S", problems, QUICK), levels_for)
    config = TrainingConfig.preset("quick", "pathwise", n_envs=64, width=8, **changes)
    return PathwiseLearner(Lesson(assignment, config, Clock(3600.0)))


def moved(learner: PathwiseLearner, control: int, by: float) -> PathwiseLearner:
    with torch.no_grad():
        learner._actor.weights[-1][control] += by
    return learner


def whole_window(problems) -> PathwiseLearner:
    """Return a learner whose orders all count, the last ones included."""
    learner = learner_for(problems)
    learner._playback._counted = learner._playback._length
    return learner


def window_cost(learner: PathwiseLearner) -> torch.Tensor:
    return learner._playback.play(learner._actor, 0.05).cost.mean(1).sum()


def test_the_rule_with_its_levels_moved():
    """S = 20, S = 40, scale 50: moved by 0.1 each, s = 25 and S = 45."""
    position = torch.tensor([26.0, 25.0, 20.0])
    moves = torch.tensor([[0.1, 0.1]]).expand(3, 2)
    orders = MovedLevels(3.0).decode(moves, position, References.of([FIXED], 3))
    assert orders.tolist() == [0.0, 20.0, 25.0]


def test_without_fixed_cost_every_order_fills_up_and_packs_round_up():
    position, still = torch.tensor([45.0, 40.0, 39.0, 5.0]), torch.zeros(4, 2)
    plain = MovedLevels(3.0).decode(still, position, References.of([PLAIN], 4))
    assert plain.tolist() == [0.0, 0.0, 1.0, 35.0]
    packed = MovedLevels(3.0).decode(still, position, References.of([PACKED], 4))
    assert packed.tolist() == [0.0, 0.0, 0.0, 36.0]


def test_an_order_of_nothing_still_feels_a_pull_near_its_level_and_none_far_above():
    moves = torch.zeros(3, 2, requires_grad=True)
    position = torch.tensor([30.0, 40.2, 60.0])
    order = MovedLevels(3.0).smooth_order(moves, position, References.of([PLAIN], 3))
    assert order.tolist() == pytest.approx([10.0, 0.0, 0.0])
    order.sum().backward()
    pull = moves.grad[:, 1]
    assert pull[0] == pytest.approx(50.0) and 1.0 < pull[1] < 49.0 and pull[2] < 1e-3


def test_untrained_it_orders_as_the_rule_where_orders_have_a_price(assortment, assortment_baseline):
    """Fixed cost, packs, minimum, backorders, random lead times: all as (s, S) would."""
    items, baseline = assortment[1:], assortment_baseline.select([1, 2])
    code, assignment = levels_for(items, ()), assign(items, baseline, levels_for)
    system, scenario = SingleItemSystem(items, 32), draw_scenario(items, 32, 120, 5)
    references = References.of(assignment.items, 32)

    def still(seen):
        zero = torch.zeros(seen.inventory_position.shape[0], 2)
        return code.decode(zero, seen.inventory_position, references.at(seen))

    mine, rule = (total_costs(system, act, scenario) for act in (still, baseline.act))
    assert torch.equal(mine.cost, rule.cost)


def test_the_gradient_is_the_slope_of_the_simulated_cost(textbook):
    """On the same futures, a small move of S changes the cost by just what the gradient says."""
    learner = whole_window([textbook])
    cost = window_cost(moved(learner, 1, 0.0101))
    (slope,) = torch.autograd.grad(cost, learner._actor.weights[-1])
    step = 2e-4
    up, down = (window_cost(moved(whole_window([textbook]), 1, 0.0101 + d)) for d in (step, -step))
    expected = float((up - down).detach()) / (2 * step)
    # Orders of nothing near S are pulled although a small move does not change them.
    assert float(slope[1]) == pytest.approx(expected, rel=0.05)
    assert float(slope[0]) == 0.0


def test_regrets_add_up_to_the_end_and_trust_the_value_as_far_as_they_should():
    """Extra costs 1, -2, 4 and then a value of 10; the value says 3 in every state before."""
    extra, value = torch.tensor([[1.0], [-2.0], [4.0]]), torch.tensor([[3.0], [3.0], [3.0], [10.0]])
    assert regrets(extra, value, 1.0).flatten().tolist() == [10.0, 9.0, 11.0]
    assert regrets(extra, value, 0.0).flatten().tolist() == [1.0, -2.0, 11.0]


def test_the_window_watches_until_the_next_order_has_arrived():
    dear = Problem("dear", poisson(5.0), CostRates(1.0, 9.0, 64.0), LeadTime(4))
    item = ItemReference(20.0, 45.0, 50.0, 5.0, 7.0)
    assert window_of([dear], [item]) == (32, 15)


def test_seconds_of_learning_come_near_the_optimum_of_lost_sales():
    """Poisson(5), L = 2, p = 9: optimum 6.0936 (Zipkin 2008), best base-stock 6.32."""
    problem = Problem("poisson-p9-L2", poisson(5.0), CostRates(1.0, 9.0), LeadTime(2))
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=8.0, n_envs=128)
    agent = train([problem], config, baseline=fit_policy("s_S", [problem], QUICK))
    assert exact_cost(problem, agent.policy([problem])) < 6.0936 * 1.005


def test_a_gate_learns_where_an_order_is_worth_its_fixed_cost():
    """From an s that is 6 units too high: it comes down, and the cost with it."""
    problem = Problem("bijvank", poisson(5.0), CostRates(1.0, 14.0, 5.0), LeadTime(2))
    from core.policies import SSPolicy

    too_high = SSPolicy.of([problem], reorder_point=[22.0], order_up_to_level=[25.0])
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=12.0, n_envs=128)
    agent = train([problem], config, baseline=too_high)
    before, after = (exact_cost(problem, p) for p in (too_high, agent.policy([problem])))
    assert after < 0.97 * before and after < 11.9


def test_rules_that_bind_are_learned_with_and_kept(assortment, assortment_baseline):
    problem = Problem(
        "rules",
        poisson(6.0),
        CostRates(1.0, 9.0, 10.0),
        LeadTime(3, 1.0),
        OrderRules(min_order=8, pack_size=4, max_order=24, max_stock=60, review_period=2),
        lost_share=0.5,
    )
    config = TrainingConfig.preset("quick", "pathwise", time_limit_s=4.0, n_envs=64)
    agent = train([problem], config, baseline=fit_policy("s_S", [problem], QUICK))
    assert agent.record.steps > 0 and agent.record.validation_ratio <= 1.0
