"""One agent for items it never met: a part for each group, learned on drawn problems, joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest
import torch

from core.agents import TrainingConfig
from core.agents import generalist as module
from core.agents.agent import TrainedAgent
from core.agents.bundle import load, save
from core.agents.clock import Clock
from core.agents.drawing import GENERAL_SCOPE, examples_of
from core.agents.encoder import FeatureEncoder
from core.agents.fit import OUT_OF_RANGE, check_fit
from core.agents.forks import Forks
from core.agents.generalist import (
    GeneralistLearner,
    _assignment,
    _encoder,
    drawn_drills,
    join_groups,
    train_group,
)
from core.agents.groups import GATED, GROUPS, OTHER, STEADY, group_of
from core.agents.learner import Lesson
from core.agents.networks import Experts, Mlp
from core.agents.progress import CurvePoint
from core.agents.scope import Scope
from core.agents.windows import Windows
from core.demand import NegativeBinomialDemand, PoissonDemand, Season, geometric, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import SearchSettings, fit_policy, quick_s_s, quick_search
from core.simulator import InitialStock, Problem, SingleItemSystem, draw_scenario, total_costs

pytestmark = pytest.mark.usefixtures("processor_seconds")

# Only what is drawn fast, so that a few seconds reach somewhere.
SMALL = Scope({**GENERAL_SCOPE.ranges, "demand_mean": (0.5, 200.0)})
CONFIG = TrainingConfig.preset("quick", "pathwise", seed=3, width=16, time_limit_s=6.0)


@pytest.fixture(scope="module", autouse=True)
def _few_problems():
    """Draw a few problems where training draws many, and search their rules on short futures.

    Getting ready would take all the time.
    """
    short = SearchSettings(n_paths=16, horizon=60, warm_up=10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick_search, "_SETTINGS", short)
        patch.setattr(quick_search, "_found", {})
        patch.setattr(module, "_ENCODED", 3)
        patch.setattr(module, "_JUDGED", 2)
        patch.setattr(module, "_JUDGED_GATED", 2)
        patch.setattr(module, "_PROBLEMS_EACH", 4)
        yield


@pytest.fixture(scope="module", autouse=True)
def encoder(_few_problems) -> Iterator[FeatureEncoder]:
    """What is seen of items does not depend on the group, so it is found once for all trainings."""
    found = _encoder(CONFIG.seed, SMALL)

    def known(seed: int, scope: Scope) -> FeatureEncoder:
        assert (seed, scope) == (CONFIG.seed, SMALL)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_encoder", known)
        yield found


@pytest.fixture(scope="module")
def parts() -> dict[str, TrainedAgent]:
    """Six seconds each."""
    return {group: train_group(CONFIG, group, scope=SMALL) for group in GROUPS}


@pytest.fixture(scope="module")
def generalist(parts) -> TrainedAgent:
    return join_groups(parts)


WEEK = Season(weekday=(1.6, 1.2, 1.0, 0.9, 1.1, 0.7, 0.5))
# Items of all groups that nobody drew.
UNSEEN = {
    "textbook": Problem("textbook", poisson(5.0), CostRates(1.0, 9.0), LeadTime(4)),
    "lumpy": Problem("lumpy", geometric(8.0), CostRates(1.0, 19.0), LeadTime(2)),
    "owed": Problem("owed", poisson(12.0), CostRates(1.0, 9.0), LeadTime(3), lost_share=0.0),
    "seasonal": Problem(
        "seasonal", PoissonDemand(level=20.0, season=WEEK), CostRates(1.0, 9.0), LeadTime(2)
    ),
    "late": Problem("late", poisson(6.0), CostRates(1.0, 9.0), LeadTime(3.0, 1.5)),
    "dear orders": Problem("dear orders", poisson(5.0), CostRates(1.0, 14.0, 64.0), LeadTime(2)),
    "minimum": Problem(
        "minimum", poisson(8.0), CostRates(1.0, 9.0), LeadTime(3), OrderRules(min_order=40)
    ),
    "packs": Problem(
        "packs",
        NegativeBinomialDemand(level=6.0, shape=2.0),
        CostRates(1.0, 9.0, 20.0),
        LeadTime(1),
        OrderRules(pack_size=6, review_period=2),
        lost_share=0.5,
    ),
}
DEAR = {"dear orders", "minimum", "packs"}


def cost(problem: Problem, act) -> float:
    """Play on futures that no part has seen; money per period."""
    system, scenario = SingleItemSystem([problem], 64), draw_scenario([problem], 64, 400, 4321)
    return float(total_costs(system, act, scenario, warm_up=50).cost_per_period.mean())


# --- Training -------------------------------------------------------------------------------------


@pytest.mark.parametrize("group", GROUPS)
def test_each_part_learns_within_its_time_and_is_for_no_item_in_particular(parts, group):
    part = parts[group]
    assert part.scope == SMALL and part.cards == ()
    assert isinstance(part.brain.network, Mlp)
    assert part.record.steps > 1000
    assert part.record.seconds < 10 * CONFIG.time_limit_s
    assert 0 < part.record.validation_ratio <= 1.0


def test_all_parts_see_and_order_alike(parts):
    """Their features are standardised over problems of all groups; so they can be joined."""
    first = parts[GATED].brain
    assert all(part.brain.encoder == first.encoder for part in parts.values())
    assert all(part.brain.code == first.code for part in parts.values())
    assert {GATED, STEADY, "expected_lost", "stockout_ratio"} <= set(first.encoder.names)


def test_training_stops_when_it_is_no_longer_wanted():
    """And hands over the best so far: no worse than the estimated rule."""
    reports = []

    def stop(progress):
        reports.append(progress)
        return False

    config = replace(CONFIG, time_limit_s=120.0)
    agent = train_group(config, GATED, on_progress=stop, scope=SMALL)
    assert agent.record.validation_ratio == pytest.approx(1.0, abs=0.02)
    assert agent.record.seconds < 60 and len(reports) <= 2


# --- Joining --------------------------------------------------------------------------------------


def test_joined_each_part_decides_for_its_own_items(parts, generalist):
    """Item by item the orders are those of the part that learned such items."""
    network, names = generalist.brain.network, generalist.brain.encoder.names
    assert isinstance(network, Experts)
    assert [names[route.column] for route in network.routes] == [GATED, STEADY]
    for name, problem in UNSEEN.items():
        is_gated, is_steady = name in DEAR, name in {"textbook", "lumpy"}
        part = parts[GATED if is_gated else STEADY if is_steady else OTHER]
        system, scenario = SingleItemSystem([problem], 20), draw_scenario([problem], 20, 2, 1)
        levels = torch.linspace(0.0, 60.0, 20)
        seen = system.observe(system.start(InitialStock(levels)), scenario)
        mine, theirs = (a.policy([problem]).act(seen) for a in (generalist, part))
        assert torch.equal(mine, theirs), name


def test_items_of_all_groups_may_stand_side_by_side(generalist):
    """The same orders as each alone, in the items' own order."""
    items = list(UNSEEN.values())
    scenario = draw_scenario(items, 4, 20, 6)
    together = total_costs(SingleItemSystem(items, 4), generalist.policy(items).act, scenario).cost
    for row, item in enumerate(items):
        alone = total_costs(
            SingleItemSystem([item], 4),
            generalist.policy([item]).act,
            draw_scenario([item], 4, 20, 6),
        ).cost
        assert torch.allclose(together[4 * row : 4 * row + 4], alone, rtol=1e-5), item.name


def test_the_record_tells_of_all_parts(parts, generalist):
    records = [parts[group].record for group in GROUPS]
    record = generalist.record
    assert record.steps == sum(r.steps for r in records)
    assert record.seconds == max(r.seconds for r in records)
    assert record.item_ratios == sum((r.item_ratios for r in records), ())
    mean = sum(record.item_ratios) / len(record.item_ratios)
    assert record.validation_ratio == pytest.approx(mean, abs=1e-6)


def test_a_joined_curve_takes_the_latest_look_at_the_others(parts):
    """As many items each; the second was looked at after 1, 4 and 9 seconds."""
    looks = ((2.0, 1.0), (5.0, 0.9), (8.0, 0.8)), ((1.0, 1.2), (4.0, 1.1), (9.0, 0.5))
    curves = [tuple(CurvePoint(t, int(t), ratio) for t, ratio in some) for some in looks]
    record = replace(parts[GATED].record, item_ratios=(1.0, 1.0))
    records = [replace(record, curve=curve) for curve in curves]
    found = list(module._joined_curve(records, curves[0]))
    assert [p.elapsed_s for p in found] == [2.0, 5.0, 8.0]
    assert [p.cost_ratio for p in found] == pytest.approx([1.1, 1.0, 0.95])
    assert [p.steps for p in found] == [3, 9, 12]
    early = next(module._joined_curve(records[::-1], curves[1]))
    assert early.cost_ratio == pytest.approx(1.1) and early.steps == 3


def test_parts_of_other_seeds_or_scopes_are_not_joined(parts):
    with pytest.raises(AssertionError):
        join_groups({**parts, OTHER: replace(parts[OTHER], scope=GENERAL_SCOPE)})
    encoder = parts[OTHER].brain.encoder
    moved = replace(encoder, offset=tuple(x + 1 for x in encoder.offset))
    stranger = replace(parts[OTHER], brain=replace(parts[OTHER].brain, encoder=moved))
    with pytest.raises(AssertionError):
        join_groups({**parts, OTHER: stranger})


# --- At work --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", UNSEEN)
def test_it_orders_sensibly_for_items_it_never_met(generalist, name):
    """After seconds of learning: within 30 % of the (s, S) that was searched for each item."""
    problem = UNSEEN[name]
    searched = fit_policy("s_S", [problem], SearchSettings(n_paths=16, horizon=150, warm_up=30))
    mine, rule = (cost(problem, p.act) for p in (generalist.policy([problem]), searched))
    assert mine < 1.3 * rule


def test_it_does_not_order_where_there_is_plenty_and_does_where_there_is_nothing(generalist):
    for problem in UNSEEN.values():
        system, scenario = SingleItemSystem([problem], 2), draw_scenario([problem], 2, 2, 1)
        level = torch.tensor([0.0, 5000.0])
        seen = system.observe(system.start(InitialStock(level)), scenario)
        nothing, plenty = generalist.policy([problem]).act(seen).tolist()
        assert plenty == 0.0 < nothing


def test_it_suits_items_inside_its_scope_and_no_others(generalist):
    inside = list(UNSEEN.values())
    assert check_fit(generalist, inside) == []
    far = replace(UNSEEN["textbook"], name="far", demand=poisson(1500.0))
    (found,) = check_fit(generalist, [*inside, far])
    assert (found.item, found.attribute) == ("far", OUT_OF_RANGE)
    assert "mean demand of 0.5 to 200" in found.message


def test_it_comes_back_from_its_file_as_it_was(generalist):
    data = save(generalist)
    again = load(data)
    assert save(again) == data
    assert again.scope == generalist.scope and again.record == generalist.record
    items = list(UNSEEN.values())
    system, scenario = SingleItemSystem(items, 4), draw_scenario(items, 4, 30, 2)
    costs = [total_costs(system, a.policy(items).act, scenario).cost for a in (generalist, again)]
    assert torch.equal(*costs)


# --- What it learns from --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def lessons(encoder) -> dict[str, Lesson]:
    return {
        group: Lesson(_assignment(3, group, SMALL, encoder), CONFIG, Clock(3600.0))
        for group in GROUPS
    }


def test_the_same_seed_draws_the_same_problems_and_features(lessons):
    again = _assignment(3, GATED, SMALL, _encoder(3, SMALL))
    mine = lessons[GATED].assignment
    assert again.problems == mine.problems and again.items == mine.items
    assert again.encoder == mine.encoder
    assert _assignment(4, GATED, SMALL, mine.encoder).problems != mine.problems


@pytest.mark.parametrize("group", GROUPS)
def test_candidates_are_judged_on_items_of_every_kind_of_their_group(lessons, group):
    """Two of each, all inside, each with a name of its own: names seed the futures."""
    a = lessons[group].assignment
    assert len(a.problems) == 2 * len(examples_of(group)) == len({p.name for p in a.problems})
    assert all(SMALL.holds(p) for p in a.problems)
    assert {group_of(item) for item in a.items} == {group}
    rule = quick_s_s(a.problems)
    assert a.baseline.parameters_of(5) == rule.parameters_of(5)


@pytest.mark.parametrize(("group", "drill"), [(STEADY, Windows), (OTHER, Windows), (GATED, Forks)])
def test_drills_are_drawn_one_after_the_other_and_come_again(lessons, group, drill, monkeypatch):
    """Three sets in turn, each until it has stayed for two plays; then a new one."""
    monkeypatch.setattr(module, "_N_DRILLS", 3)
    monkeypatch.setattr(module, "_STAY", 2)
    met = []
    for found in islice(drawn_drills(lessons[group], torch.Generator().manual_seed(1)), 9):
        assert isinstance(found, drill)
        found.n_played += 1
        met.append(found)
    assert met[0:3] == met[3:6]
    assert len(set(map(id, met))) == 6
    problems = [d._assignment.problems for d in (met[0], met[1], met[2], met[6])]
    assert len({tuple(p.demand.level for p in some) for some in problems}) == 4
    assert all(len(some) == 4 and all(map(SMALL.holds, some)) for some in problems)


def test_drills_are_the_same_for_the_same_seed(lessons):
    def drawn(seed):
        lesson = replace(lessons[STEADY], config=replace(CONFIG, seed=seed))
        drills = islice(drawn_drills(lesson, torch.Generator().manual_seed(1)), 3)
        return [drill._assignment.problems for drill in drills]

    assert drawn(3) == drawn(3) != drawn(4)


@pytest.mark.parametrize("group", GROUPS)
def test_a_part_has_one_pupil_that_begins_as_the_estimated_rule(lessons, group):
    """No move of s and S yet: the features may say what they will."""
    learner = GeneralistLearner(lessons[group])
    ((name, pupil),) = learner._pupils.items()
    assert name == group
    features = torch.randn(30, lessons[group].assignment.encoder.n_features)
    assert bool((pupil.actor(features) == 0).all())
    assert all(isinstance(network, Mlp) for network in learner.candidates())


def test_a_candidate_goes_half_of_the_way(lessons):
    learner = GeneralistLearner(lessons[OTHER])
    with torch.no_grad():
        learner._pupils[OTHER].mean.layers.weights[-1] += 0.4
    now, mean, half = learner.candidates()
    features = torch.randn(10, lessons[OTHER].assignment.encoder.n_features)
    assert bool((now.act(features) == 0).all())
    assert torch.allclose(half.act(features), 0.5 * mean.act(features))
    assert torch.allclose(half.act(features), torch.full((10, 2), 0.2))
