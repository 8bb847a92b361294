"""The whole policy of an item, from the planner's own data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.domain import HistoryError, UnknownNameError
from core.explain import Probe
from core.jobs import run_inline
from core.services.explaining import policies_of
from core.services.ordering import plan_today
from core.services.policy_map import AGENT, axes_of, caution_words, order_map, why_alone
from core.services.policy_map_drivers import (
    differences_of,
    drivers_of,
    kept_worth,
    visits_of,
    worth_of,
)
from core.services.policy_map_job import (
    POLICY_MAP,
    drivers_of_all,
    keep_drivers,
    kept_drivers,
)
from tests.services.plan_parts import FULL, LAMP, MUG, ODD, TENT, bold_agent, problems_of, shop


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Return the problems, today's orders by the rule, and by an agent that is not sure of LAMP."""
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    at_work = bold_agent(store, assortment, doubted=[LAMP])
    by_rule = plan_today(assortment, store, "s_S")
    return assortment, by_rule, plan_today(assortment, store, "agent", at_work)


def test_the_map_holds_todays_very_orders(planned):
    assortment, _, by_agent = planned
    # LAMP it does not fit, so it neither decides there nor is it shown.
    assert AGENT not in order_map(assortment, by_agent, LAMP, "due").grid.today_orders
    for key in (MUG, FULL):
        found = order_map(assortment, by_agent, key, "due")
        proposal = by_agent.proposal(key)
        assert found.grid.today_orders[AGENT] == proposal.agent_quantity
        assert found.grid.today_orders[found.rule] == proposal.baseline_quantity
        assert list(found.names) == [AGENT, "s_S"] and found.names[AGENT] == "bold"


def test_the_rule_alone_says_why(planned):
    assortment, by_rule, by_agent = planned
    found = order_map(assortment, replace(by_agent, at_work=None), MUG, "demand")
    assert list(found.grid.orders) == ["s_S"] and found.caution == ""
    assert "No agent is in use" in why_alone(replace(by_agent, at_work=None), MUG)
    lamp = replace(by_agent.proposal(LAMP), policy="s_S")
    doubted = replace(by_agent, plan=replace(by_agent.plan, proposals=(lamp,)))
    assert "other costs" in why_alone(doubted, LAMP)
    assert list(order_map(assortment, doubted, LAMP, "demand").grid.orders) == ["s_S"]
    assert why_alone(by_agent, MUG) == ""
    assert by_rule.baseline.name == "s_S"


def test_found_anew_the_levels_follow_demand_and_stand_still_otherwise(planned):
    assortment, _, by_agent = planned
    fixed = order_map(assortment, by_agent, MUG, "demand")
    anew = order_map(assortment, by_agent, MUG, "demand", anew=True)
    assert np.ptp(fixed.grid.levels[0]) == 0 < np.ptp(anew.grid.levels[0])
    assert anew.is_anew and not fixed.is_anew
    assert not order_map(assortment, by_agent, MUG, "due", anew=True).is_anew


def test_axes_are_offered_where_they_can_vary(planned):
    assortment, _, by_agent = planned
    situation = policies_of(assortment, by_agent, MUG).situation
    assert list(axes_of(situation)) == ["demand", "due", "lead_time"]


def test_what_is_not_there_is_refused_in_words(planned):
    assortment, _, by_agent = planned
    with pytest.raises(UnknownNameError, match="quantity"):
        order_map(assortment, by_agent, MUG, "price")
    with pytest.raises(HistoryError, match="ODD"):
        order_map(assortment, by_agent, ODD, "due")


def test_drivers_rest_on_all_that_the_item_comes_to_and_add_up(planned):
    assortment, _, by_agent = planned
    visits = visits_of(assortment, by_agent, MUG)
    found = drivers_of(visits)
    assert list(found) == [AGENT, "s_S"]
    for name, summary in found.items():
        assert summary.n_states >= 500 and summary.additivity_gap < 1e-6
        assert "under bold" in summary.background
        assert np.array_equal(drivers_of(visits)[name].amounts, summary.amounts)
    # Filled up to 50 at every chance, the item never comes to where the rule would order.
    assert found[AGENT].mean_sizes.any() and not found["s_S"].mean_sizes.any()


def test_where_the_two_differ_is_told_and_its_worth_measured_and_kept(tmp_path):
    store = shop(tmp_path)
    assortment = problems_of(store)
    ordering = plan_today(assortment, store, "agent", bold_agent(store, assortment))
    found = differences_of(visits_of(assortment, ordering, MUG))
    assert found is not None and found.places and found.n_states >= 500
    assert kept_worth(store, assortment, MUG) is None
    worth = worth_of(store, assortment, ordering, MUG)
    assert worth is not None and len(worth.apart) == len(found.places)
    assert worth.together.n_pairs >= 1000 and worth.together.half_width > 0
    assert kept_worth(store, assortment, MUG) == worth
    assert kept_worth(store, assortment, LAMP) is None
    assert worth_of(store, assortment, ordering, MUG) == worth
    store.close()


def test_the_rule_alone_has_nothing_to_differ_from(planned):
    assortment, _, by_agent = planned
    alone = visits_of(assortment, replace(by_agent, at_work=None), MUG)
    assert differences_of(alone) is None
    assert list(drivers_of(alone)) == ["s_S"]


def test_all_items_together_are_each_measured_by_their_own_demand(planned, tmp_path):
    assortment, _, by_agent = planned
    steps = []
    found = drivers_of_all(assortment, by_agent, lambda *told: steps.append(told) or True)
    assert [share for share, _ in steps] == [0.0, 0.25, 0.5, 0.75]
    assert {step.split()[-1] for _, step in steps} == {k.label for k in (MUG, LAMP, TENT, FULL)}
    assert found["s_S"].n_states >= 4 * 32 and found["s_S"].unit == "days of demand"
    store = shop(tmp_path)
    keep_drivers(store, problems_of(store), found)
    kept = kept_drivers(store, problems_of(store))
    assert kept is not None and list(kept) == list(found)
    for name, summary in found.items():
        assert np.allclose(kept[name].amounts, summary.amounts)
        assert np.allclose(kept[name].heights, summary.heights, equal_nan=True)
        assert kept[name].background == summary.background
    store.close()


def test_the_work_on_all_items_runs_as_a_job_and_is_kept_for_this_plan_only(tmp_path):
    store = shop(tmp_path)
    assortment = problems_of(store)
    assert kept_drivers(store, assortment) is None
    run_inline(store, POLICY_MAP, {})
    kept = kept_drivers(store, assortment)
    assert kept is not None and list(kept) == ["s_S"] and kept["s_S"].mean_sizes.any()
    store.settings.set("policy_in_use", "base_stock")
    assert kept_drivers(store, assortment) is None
    store.close()


def test_where_the_rule_decides_the_agent_is_what_takes_its_place(tmp_path):
    store = shop(tmp_path)
    assortment = problems_of(store)
    ordering = plan_today(assortment, store, "auto", bold_agent(store, assortment))
    visits = visits_of(assortment, ordering, MUG)
    assert visits.in_use == ("s_S", AGENT) and visits.background.policy == "s_S"
    found = differences_of(visits)
    assert found is not None and found.places
    states = visits.states
    orders = [Probe(visits.own.situation, visits.policies[n]).orders(states) for n in visits.in_use]
    place = found.places[0]
    inside = place.holds(states)
    told = (place.order, place.other)
    assert told == pytest.approx([each[inside].mean() for each in orders])
    store.close()


def test_where_the_agent_was_not_trained_is_told(planned):
    assortment, _, by_agent = planned
    grid = order_map(assortment, by_agent, MUG, "lead_time").grid
    fits = [value <= 4 for value in grid.second]
    assert "lead time of 0 to 4 days" in caution_words("Ann", grid, fits, suits=True)
    none = [False] * len(fits)
    assert "today's lead time alone" in caution_words("Ann", grid, none, suits=True)
    assert "other items than this" in caution_words("Ann", grid, none, suits=False)
    assert caution_words("Ann", grid, [True] * len(fits), suits=True) == ""
