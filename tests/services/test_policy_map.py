"""The whole policy of an item, from the planner's own data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.domain import HistoryError, UnknownNameError
from core.services.explaining import policies_of
from core.services.ordering import plan_today
from core.services.policy_map import AGENT, axes_of, order_map, why_alone
from tests.services.plan_parts import LAMP, MUG, ODD, bold_agent, problems_of, shop


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
    for key in (MUG, LAMP):
        found = order_map(assortment, by_agent, key, "due")
        proposal = by_agent.proposal(key)
        assert found.grid.today_orders[AGENT] == proposal.agent_quantity
        assert found.grid.today_orders[found.rule] == proposal.baseline_quantity
        assert list(found.names) == [AGENT, "s_S"] and found.names[AGENT] == "bold"


def test_the_rule_alone_says_why(planned):
    assortment, by_rule, by_agent = planned
    found = order_map(assortment, replace(by_agent, at_work=None), MUG, "demand")
    assert list(found.grid.orders) == ["s_S"] and found.untrained == ()
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
