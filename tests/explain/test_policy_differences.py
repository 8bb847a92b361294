"""Where two policies differ most, in words that are true, and what that is worth."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core.domain import Outcome, Period, Verdict
from core.explain import Probe, find_differences, switching_costs, visited_states, worth_words
from core.explain.differences import MEASURES, Bounds, Place
from core.explain.situation import Situation
from core.explain.splitting import Splitter
from tests.explain.explain_parts import LevelPolicy, Season, problem_of, today

HERE = today(70.0, (), problem_of())
GOOD, LATE = LevelPolicy((95.0, 160.0)), LevelPolicy((60.0, 125.0))


@pytest.fixture(scope="module")
def found():
    """Return two rules that differ between 60 and 95 of position, and at every order."""
    states = visited_states(HERE, GOOD).states
    probes = Probe(HERE, GOOD), Probe(HERE, LATE)
    return states, probes, find_differences(*probes, states)


def test_every_place_says_what_the_policies_order_there_and_how_often(found):
    states, probes, differences = found
    assert 1 <= len(differences.places) <= 5
    orders = [probe.orders(states) for probe in probes]
    for place in differences.places:
        inside = place.holds(states)
        assert place.share == pytest.approx(inside.mean()) and place.share >= 0.01
        assert place.order == pytest.approx(orders[0][inside].mean())
        assert place.other == pytest.approx(orders[1][inside].mean())
        seen = states.observation()
        assert np.array_equal(place.holds_now(seen).numpy(), inside)
    gap = orders[0] - orders[1]
    assert differences.share_equal == pytest.approx((gap == 0).mean())
    weights = [place.share * abs(place.order - place.other) for place in differences.places]
    assert weights == sorted(weights, reverse=True)
    inside = np.any([place.holds(states) for place in differences.places], axis=0)
    assert np.abs(gap[inside]).sum() > 0.8 * np.abs(gap).sum()


def test_no_situation_lies_in_two_places(found):
    states, _, differences = found
    assert np.sum([place.holds(states) for place in differences.places], axis=0).max() == 1


def test_the_same_policy_differs_nowhere():
    states = visited_states(HERE, GOOD).states
    none = find_differences(Probe(HERE, GOOD), Probe(HERE, GOOD), states)
    assert none.places == () and none.share_equal == 1.0
    assert switching_costs(HERE, GOOD, GOOD, []) == ()


def test_bounds_are_told_as_a_planner_counts():
    stock, due, mean = MEASURES
    told = [
        (Bounds(stock, 19.5, 35.5, True), "20 to 35 on hand"),
        (Bounds(due, -math.inf, 0.5, True), "nothing on order"),
        (Bounds(stock, -math.inf, 35.5, True), "up to 35 on hand"),
        (Bounds(stock, 35.5, math.inf, True), "36 or more on hand"),
        (Bounds(stock, 35.5, 36.5, True), "36 on hand"),
        (Bounds(mean, 12.0, 15.0, False), "12 to 15 expected over lead time and review"),
        (Bounds(mean, 12.0, math.inf, False), "more than 12 expected over lead time and review"),
    ]
    for bounds, words in told:
        assert bounds.words == words
    inside = Bounds(stock, 19.5, 35.5, True).holds(np.array([19.0, 20.0, 35.0, 36.0]))
    assert inside.tolist() == [False, True, True, False]
    place = Place((told[0][0], told[1][0]), 0.12, 48.0, 0.0)
    assert place.words("agent", "(s, S)") == (
        "with 20 to 35 on hand and nothing on order: agent 48, (s, S) 0; 12% of chances to order"
    )


def test_ordering_too_late_where_it_matters_costs_more_and_never_switching_nothing(found):
    _, _, differences = found
    nowhere = Place((Bounds(MEASURES[0], 1e6, math.inf, True),), 0.0, 0.0, 0.0)
    sets = [differences.places, (nowhere,)]
    worse, same = switching_costs(HERE, GOOD, LATE, sets, n_futures=1000)
    assert worse.n_pairs == 1000 and worse.outcome is Outcome.WORSE
    assert same.difference == 0.0 and same.half_width == 0.0
    assert worse.reference_cost == same.reference_cost
    assert switching_costs(HERE, GOOD, LATE, sets, n_futures=1000) == (worse, same)


def test_switching_everywhere_is_the_other_policy(found):
    everywhere = Place((Bounds(MEASURES[0], -1.0, math.inf, True),), 1.0, 0.0, 0.0)
    (there,) = switching_costs(HERE, GOOD, LATE, [(everywhere,)], n_futures=200)
    (back,) = switching_costs(HERE, LATE, GOOD, [(everywhere,)], n_futures=200)
    assert there.difference == pytest.approx(-back.difference)
    assert there.reference_cost + there.difference == pytest.approx(back.reference_cost)


def test_with_a_season_the_expected_demand_tells_situations_apart():
    season = Season(month=tuple(np.linspace(0.4, 1.6, 12)))
    here = Situation(problem_of(season=season), 70.0)

    class Follows(LevelPolicy):
        def act(self, observation):
            need = 1.3 * observation.protection_mean
            position = observation.inventory_position
            return torch.where(position <= need, 1.8 * need - position, 0.0)

    policy = Follows((0.0, 1.0))
    states = visited_states(here, policy).states
    places = find_differences(Probe(here, policy), Probe(here, GOOD), states).places
    used = {bounds.measure.name for place in places for bounds in place.bounds}
    assert "inventory_level" in used and places


def test_what_it_is_worth_is_said_with_its_interval_or_not_at_all():
    names = ("agent", "(s, S)")
    week = Period.WEEK
    year = week.per_year
    said = worth_words(Verdict(3.0, 1.0, 50.0, 1000), names, week)
    assert said == (
        f"ordering as (s, S) does instead would cost more: +{3 * year:.2f} ± {year:.2f} a year"
    )
    assert "cost less: -" in worth_words(Verdict(-3.0, 1.0, 50.0, 1000), names, week)
    assert worth_words(Verdict(0.5, 1.0, 50.0, 1000), names, week).startswith("cannot tell")


def test_the_tree_finds_steps_where_they_are_and_keeps_its_leaves_large():
    rng = np.random.default_rng(0)
    values = rng.integers(0, 11, (400, 2)).astype(float)
    target = np.where(values[:, 0] > 3, 5.0, 0.0) + np.where(values[:, 1] > 8, 20.0, 0.0)
    splitter = Splitter(values, target, 8, lambda cut, measure: cut)
    spans = splitter.leaves(4)
    assert len(spans) == 4
    assert {cut for span in spans for cut in span[1] if math.isfinite(cut)} == {8.5}
    assert {cut for span in spans for cut in span[0] if math.isfinite(cut)} == {3.5}
    for span in splitter.leaves(50):
        inside = np.all([(values[:, k] > a) & (values[:, k] <= b) for k, (a, b) in span.items()], 0)
        assert inside.sum() >= 8
    assert len(Splitter(values, np.ones(400), 8, lambda cut, measure: cut).leaves(4)) == 1


def test_the_tree_gains_what_another_implementation_gains():
    tree = pytest.importorskip("sklearn.tree")
    rng = np.random.default_rng(1)
    values, noise = rng.uniform(0, 10, (300, 3)), rng.normal(0, 1, 300)
    target = np.sin(values[:, 0]) * values[:, 1] + noise
    theirs = tree.DecisionTreeRegressor(max_leaf_nodes=8, min_samples_leaf=6, random_state=0)
    expected = float(((theirs.fit(values, target).predict(values) - target) ** 2).sum())
    ours = 0.0
    for span in Splitter(values, target, 6, lambda cut, measure: cut).leaves(8):
        inside = np.all([(values[:, k] > a) & (values[:, k] <= b) for k, (a, b) in span.items()], 0)
        ours += float(((target[inside] - target[inside].mean()) ** 2).sum())
    assert ours == pytest.approx(expected)
