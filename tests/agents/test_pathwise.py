"""Learning by the cost's own gradient: the gradient is right, and it leads to the optimum."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from core.agents import TrainingConfig, pathwise, train
from core.agents.actions import levels_for
from core.agents.clock import Clock
from core.agents.encoder import FeatureEncoder
from core.agents.forks import Fork, Forks, joined, loss_of
from core.agents.groups import GATED, GROUPS, OTHER, STEADY
from core.agents.layers import Layers
from core.agents.learner import Lesson
from core.agents.levels import MovedLevels
from core.agents.networks import Experts, Mlp, Route
from core.agents.pathwise import PathwiseLearner, experts
from core.agents.references import ItemReference, References
from core.agents.task import assign
from core.agents.windows import Windows, cover_of, cycle_of, window_of
from core.demand import poisson
from core.domain import BundleMismatchError, CostRates, LeadTime, OrderRules
from core.policies import exact_cost, fit_policy
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs
from tests.agents.conftest import QUICK

pytestmark = pytest.mark.usefixtures("processor_seconds")

FIXED = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0, protection_sd=4.0)
PLAIN = ItemReference(39.0, 40.0, 50.0, 5.0, 7.0, protection_sd=4.0, is_gated=False)
PACKED = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0, protection_sd=4.0, lot=12.0)


def lesson_for(problems, **changes) -> Lesson:
    baseline = fit_policy("s_S", problems, QUICK)
    assignment = assign(problems, baseline, levels_for, unseen=PathwiseLearner.unseen)
    config = TrainingConfig.preset("quick", "pathwise", n_envs=64, width=8, **changes)
    return Lesson(assignment, config, Clock(3600.0))


def learner_for(problems, **changes) -> PathwiseLearner:
    return PathwiseLearner(lesson_for(problems, **changes))


def moved(actor: Layers, control: int, by: float) -> Layers:
    with torch.no_grad():
        actor.weights[-1][control] += by
    return actor


def whole_window(problems, by: float) -> tuple[Windows, Layers]:
    """Return a window whose orders all count, the last ones included, and S moved by so much."""
    learner = learner_for(problems)
    window = next(learner._pupils[OTHER]._drills)
    window._counted = window._length
    return window, moved(learner._pupils[OTHER].actor, 1, by)


def window_cost(window: Windows, actor: Layers) -> torch.Tensor:
    return window._play(actor).sum()


def test_the_rule_with_its_levels_moved():
    """In units of 4 (the spread of demand) and 6 (0.3 of S - s): s = 25 and S = 46."""
    position = torch.tensor([26.0, 25.0, 20.0])
    moves = torch.tensor([[1.25, 1.0]]).expand(3, 2)
    orders = MovedLevels(3.0).decode(moves, position, References.of([FIXED], 3))
    assert orders.tolist() == [0.0, 21.0, 26.0]


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
    assert pull[0] == pytest.approx(4.0) and 0.1 < pull[1] < 3.9 and pull[2] < 1e-3


def test_s_is_moved_by_the_spread_of_demand_and_so_is_the_level():
    """Where orders last long, the level by a part of them; never by more than the stock scale."""
    rare = replace(PLAIN, protection_sd=80.0)
    long = replace(FIXED, order_up_to_level=120.0)
    references = References.of([FIXED, PLAIN, rare, long], 1)
    assert references.point_scale.tolist() == [4.0, 4.0, 80.0, 4.0]
    assert references.level_scale.tolist() == pytest.approx([6.0, 4.0, 50.0, 30.0])


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
    window, actor = whole_window([textbook], 0.0101)
    (slope,) = torch.autograd.grad(window_cost(window, actor), actor.weights[-1])
    step = 2e-4
    up, down = (window_cost(*whole_window([textbook], 0.0101 + d)) for d in (step, -step))
    expected = float((up - down).detach()) / (2 * step)
    # Orders of nothing near S are pulled although a small move does not change them.
    assert float(slope[1]) == pytest.approx(expected, rel=0.05)
    assert float(slope[0]) == 0.0


def test_orders_that_are_only_watched_have_no_gradient(textbook):
    """Cut before the first order that counts, nothing is left to learn; else something is."""
    learner = learner_for([textbook])
    window, actor = (
        next(learner._pupils[OTHER]._drills),
        moved(learner._pupils[OTHER].actor, 1, 0.0101),
    )
    window._counted = 0
    assert not window_cost(window, actor).requires_grad
    window._counted = 1
    (slope,) = torch.autograd.grad(window_cost(window, actor), actor.weights[-1])
    assert float(slope[1]) != 0.0


def test_the_next_window_goes_on_where_the_last_one_was_counted_to(textbook):
    learner = learner_for([textbook])
    pupil = learner._pupils[OTHER]
    window, actor = next(pupil._drills), pupil.actor
    for n in (1, 2):
        (loss,) = window.losses(actor, 1.0)
        assert window._stocks.t == n * window._counted and window.n_played == n
        assert not window._stocks.inventory_level.requires_grad
        assert loss.requires_grad and loss.ndim == 0
    assert window._play(actor).shape == (window._length,)


def test_the_cost_of_a_window_is_that_of_the_usual_rule_at_first(textbook):
    """No move of S, and costs in what (s, S) costs: about 1 a period, over many paths."""
    learner = learner_for([textbook])
    pupil = learner._pupils[OTHER]
    window, actor = next(pupil._drills), pupil.actor
    costs = torch.cat([window._play(actor).detach() for _ in range(8)])
    assert float(costs.mean()) == pytest.approx(1.0, abs=0.25)


def test_items_with_and_without_a_gate_learn_apart(assortment):
    """The first item has no price and no least size, the others do."""
    learner = learner_for(assortment)
    plain, gated = next(learner._pupils[OTHER]._drills), next(learner._pupils[GATED]._drills)
    assert isinstance(plain, Windows) and isinstance(gated, Forks)
    assert [p.name for p in plain._assignment.problems] == ["steady"]
    assert [p.name for p in gated._assignment.problems] == ["slow", "lumpy"]
    assert gated._assignment.baseline.n_items == 2
    before = [[w.clone() for w in pupil.actor.weights] for pupil in learner._pupils.values()]
    learner.learn(iter([True, False]).__next__)
    after = [pupil.actor.weights for pupil in learner._pupils.values()]
    for then, now in zip(before, after, strict=True):
        assert any(not torch.equal(a, b) for a, b in zip(then, now, strict=True))
    assert learner.steps == plain.n_steps + gated.n_steps


def test_without_items_of_a_kind_nobody_learns_them(textbook):
    learner = learner_for([textbook])
    assert GATED not in learner._pupils
    assert all(isinstance(network, Mlp) for network in learner.candidates())
    dear = Problem("dear", poisson(5.0), CostRates(1.0, 9.0, 64.0), LeadTime(4))
    assert list(learner_for([dear])._pupils) == [GATED]


def test_two_that_learned_apart_are_told_apart_by_the_gate(assortment):
    """The candidates decide by each item's own network: plain below, gated above."""
    learner = learner_for(assortment)
    moved(learner._pupils[OTHER].actor, 0, 1.0)
    moved(learner._pupils[GATED].actor, 0, 2.0)
    now, mean = learner.candidates()
    assert isinstance(now, Experts) and isinstance(mean, Experts)
    encoder = learner.lesson.assignment.encoder
    assert [encoder.names[route.column] for route in now.routes] == [GATED]
    system, scenario = SingleItemSystem(assortment, 1), draw_scenario(assortment, 1, 2, 1)
    references = References.of(learner.lesson.assignment.items, 1)
    features = encoder.encode(system.observe(system.start(), scenario), references)
    assert now.act(features)[:, 0].tolist() == [1.0, 2.0, 2.0]


def test_two_items_of_which_one_has_a_gate_are_learned_together():
    """Whatever else tells them apart: lead times of 2 and 3 say the same as the gate does."""
    items = [
        Problem("plain", poisson(20.0), CostRates(1.0, 9.0), LeadTime(2)),
        Problem("dear", poisson(20.0), CostRates(1.0, 9.0, 50.0), LeadTime(3)),
    ]
    assert all(isinstance(network, Experts) for network in learner_for(items).candidates())


def test_a_network_to_go_on_with_is_handed_to_those_it_belongs_to(assortment):
    lesson = lesson_for(assortment)
    n = lesson.assignment.encoder.n_features
    low, high = (
        Mlp((torch.zeros(2, n),), (torch.tensor([x, x]),), "silu", "free") for x in (0.01, 0.02)
    )
    start = experts(lesson.assignment.encoder, {GATED: high, OTHER: low})
    started = replace(lesson, start=start)
    learner = PathwiseLearner(started)
    assert learner._pupils[OTHER].actor.weights[-1].tolist() == pytest.approx([0.01, 0.01])
    assert learner._pupils[GATED].actor.weights[-1].tolist() == pytest.approx([0.02, 0.02])
    moved(learner._pupils[OTHER].actor, 0, 1.0)
    assert low.biases[0].tolist() == pytest.approx([0.01, 0.01])


def test_three_groups_go_on_apart_where_there_are_three_networks(assortment):
    """Whoever has no items of its own does not learn, and is left out."""
    owed = Problem("owed", poisson(12.0), CostRates(1.0, 9.0), LeadTime(3), lost_share=0.0)
    lesson = lesson_for([*assortment, owed])
    encoder, n = lesson.assignment.encoder, lesson.assignment.encoder.n_features
    networks = {
        group: Mlp((torch.zeros(2, n),), (torch.tensor([x, x]),), "silu", "free")
        for group, x in zip(GROUPS, (0.01, 0.02, 0.03), strict=True)
    }
    lesson = replace(lesson, start=experts(encoder, networks))
    learner = PathwiseLearner(lesson)
    found = {group: pupil.actor.weights[-1][0].item() for group, pupil in learner._pupils.items()}
    assert found == pytest.approx({GATED: 0.01, STEADY: 0.02, OTHER: 0.03})
    still = PathwiseLearner(pathwise._some(lesson, [0, 1]))
    assert list(still._pupils) == [GATED, STEADY]
    now, _ = still.candidates()
    assert isinstance(now, Experts) and len(now.networks) == 2
    assert [encoder.names[route.column] for route in now.routes] == [GATED]


def test_the_loss_of_a_fork_has_the_gradient_of_its_finite_differences(assortment):
    """In the weights of the network: what was simulated is fixed, only the moves count.

    The yes that weighs the level's part is taken as given, and has no slope of its own.
    """
    learner = learner_for(assortment)
    drill, actor = (
        next(learner._pupils[GATED]._drills),
        moved(learner._pupils[GATED].actor, 1, 0.013),
    )
    with torch.no_grad():
        fork = joined(drill._next(actor, 0.2) for _ in range(3))
    fork = in_double(fork)
    for control, chosen in (
        (0, replace(fork, level_cost=torch.zeros_like(fork.level_cost))),
        (1, fork),
    ):
        moves = actor(fork.features.float()).detach().double()
        moves.requires_grad_()
        (slope,) = torch.autograd.grad(loss_of(chosen, moves, MovedLevels(3.0)), moves)
        step, shift = 1e-6, torch.zeros(2).double()
        shift[control] = step
        up, down = (
            float(loss_of(chosen, moves.detach() + sign * shift, MovedLevels(3.0)))
            for sign in (1, -1)
        )
        expected = (up - down) / (2 * step)
        assert abs(expected) > 1e-4
        assert float(slope[:, control].sum()) == pytest.approx(expected, rel=1e-4)


def in_double(fork: Fork) -> Fork:
    """Return the fork in double precision, for differences that are small."""
    now = replace(
        fork.now,
        **{
            name: getattr(fork.now, name).double()
            for name in ("reorder_point", "order_up_to_level", "protection_sd", "unit")
        },
    )
    parts = ("features", "position", "order_cost", "level_cost")
    return replace(fork, now=now, **{name: getattr(fork, name).double() for name in parts})


def test_the_window_watches_until_the_next_order_has_arrived():
    dear = Problem("dear", poisson(5.0), CostRates(1.0, 9.0, 64.0), LeadTime(4))
    item = ItemReference(20.0, 45.0, 50.0, 5.0, 7.0)
    assert cycle_of(item) == 5.0 and cover_of(dear) == 5
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
    agent = train([problem], config, lambda p: p.best_cost_ratio > 0.8, baseline=too_high)
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


def test_an_item_alone_among_hundreds_of_others_still_finds_its_own_network(textbook):
    """Its feature lies far beyond the limit that features are cut at."""
    share = 1 / 500
    sd = (share * (1 - share)) ** 0.5
    for mean in (share, 1 - share):
        encoder = FeatureEncoder(("position", GATED), (0.0, mean), (1.0, sd), 1)
        one, two = (
            Mlp((torch.zeros(2, 2),), (torch.full((2,), x),), "silu", "free") for x in (1.0, 2.0)
        )
        network = experts(encoder, {GATED: one, OTHER: two})
        references = References.of([FIXED, PLAIN], 1)
        system = SingleItemSystem([textbook, textbook], 1)
        seen = system.observe(system.start(), draw_scenario([textbook, textbook], 1, 2, 1))
        assert network.act(encoder.encode(seen, references))[:, 0].tolist() == [1.0, 2.0]


def test_networks_for_other_sorts_of_items_are_not_gone_on_with(assortment):
    lesson = lesson_for(assortment)
    n = lesson.assignment.encoder.n_features
    part = Mlp((torch.zeros(2, n),), (torch.zeros(2),), "silu", "free")
    start = Experts((Route(0, 0.0),), (part, part))
    with pytest.raises(BundleMismatchError, match="items of other sorts"):
        PathwiseLearner(replace(lesson, start=start))
