"""What-if beside the plan: the same orders today, levels that move, who is played, what is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from core.domain import Period
from core.policies import BaseStockPolicy, SSPolicy
from core.services.agents import agent_at_work
from core.services.baselines import fitted_baseline
from core.services.ordering import plan_today
from core.services.recent_sales import recent_sales
from core.services.shipped import keep_shipped
from core.services.what_if import ask
from core.services.what_if_levels import adapted
from core.services.what_if_outcome import (
    AGENT,
    MOST_KEPT,
    RULE,
    UNCHANGED,
    WHAT_IF,
    Question,
    keep_outcome,
    kept_outcome,
)
from core.services.what_if_results import headline, kpi_rows, policies_for, to_be_played
from core.services.what_if_scenario import Scenario, changed_item, changed_problem
from tests.services.plan_parts import LAMP, MUG, bold_agent, problems_of, shop


class Watcher(BaseStockPolicy):
    """Fills up to 50, and notes the recent sales it is shown."""

    name: ClassVar[str] = "watcher"
    memory: ClassVar[int] = 9
    seen: ClassVar[list[object]] = []

    def order(self, inventory_position, observation):
        """Note what is seen."""
        self.seen.append(observation.stocks.memory)
        return super().order(inventory_position, observation)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    store = shop(tmp_path_factory.mktemp("home"))
    assortment = problems_of(store)
    at_work = bold_agent(store, assortment, doubted=[MUG])
    return Question(assortment, assortment.keys, store, at_work)


@pytest.fixture(scope="module")
def base(asked):
    return ask(asked, Scenario())


def under(asked, scenario):
    """Return the problems as they are and as they would be."""
    planned = asked.planned
    items = [changed_item(plan.item, scenario) for plan in planned]
    pairs = zip(planned, items, strict=True)
    after = [changed_problem(plan.problem, item, scenario) for plan, item in pairs]
    return [plan.problem for plan in planned], after


def plan_of(asked):
    return fitted_baseline(asked.assortment, store=asked.store)


def test_todays_orders_are_those_of_the_orders_page(asked, base):
    plan = plan_today(asked.assortment, asked.store, at_work=asked.at_work)
    for line in base.orders:
        proposal = plan.proposal(line.key)
        assert line.rule == line.unchanged == proposal.baseline_quantity
        assert line.agent == proposal.agent_quantity
        assert line.reorder_point == proposal.reorder_point
        assert line.order_up_to_level == proposal.order_up_to_level
    assert sum(line.rule > 0 for line in base.orders) >= 2


def test_the_base_of_one_item_is_the_plans_as_well(asked, base):
    lines = {line.key: line for line in base.orders}
    for key in (MUG, LAMP):
        assert ask(replace(asked, keys=(key,)), Scenario()).orders == (lines[key],)


def test_levels_stay_the_plans_where_a_scenario_leaves_the_items_alone(asked):
    today = plan_of(asked)
    for scenario in (Scenario(), Scenario("x", outage_length=5), Scenario("y", budget=9.0)):
        assert adapted(today, *under(asked, scenario)) is today


@pytest.mark.parametrize(
    ("scenario", "rises"),
    [
        (Scenario("late", lead_time_change=6), True),
        (Scenario("more", demand_factor=1.5), True),
        (Scenario("less", demand_factor=0.6), False),
        (Scenario("dear stock", holding_factor=3.0), False),
    ],
)
def test_levels_move_the_way_a_scenario_pushes_them(asked, scenario, rises):
    today = plan_of(asked)
    moved = adapted(today, *under(asked, scenario))
    before, after = today.order_up_to_level, moved.order_up_to_level
    assert (after >= before).all() if rises else (after <= before).all()
    assert (after != before).any()
    assert (moved.reorder_point < after).all()


def test_levels_of_a_small_change_move_little(asked):
    """What differs is the scenario's: no jump to what another search would have found."""
    today = plan_of(asked)
    moved = adapted(today, *under(asked, Scenario("hardly", demand_factor=1.001)))
    assert np.abs(moved.reorder_point - today.reorder_point).max() <= 1
    assert np.abs(moved.order_up_to_level - today.order_up_to_level).max() <= 1


def test_levels_never_pass_what_there_is_room_for(asked):
    today = plan_of(asked)
    before, after = under(asked, Scenario("more", demand_factor=4.0))
    room = [replace(p, rules=replace(p.rules, max_stock=40.0)) for p in after]
    assert adapted(today, before, room).order_up_to_level.max() <= 40
    assert adapted(today, before, after).order_up_to_level.max() > 40


def test_where_theory_says_never_to_order_the_plan_follows(asked):
    """Sales that are lost for next to nothing are not worth any stock."""
    before, _ = under(asked, Scenario())
    lost = [replace(p, lost_share=1.0) for p in before]
    cheap = [replace(p, costs=replace(p.costs, stockout_cost=1e-4)) for p in lost]
    points = plan_of(asked).reorder_point + 3
    today = SSPolicy.of(lost, reorder_point=points, order_up_to_level=points + 20)
    assert (today.reorder_point >= 0).all()
    assert (adapted(today, lost, cheap).reorder_point < 0).all()


def test_only_who_is_looked_at_is_played_and_asked(asked):
    outcome = ask(asked, Scenario("more", demand_factor=1.3), [RULE])
    assert tuple(outcome.kpis) == (RULE,)
    assert all(line.agent is None for line in outcome.orders)
    both = ask(asked, Scenario("closed", outage_length=9), [RULE, AGENT])
    assert tuple(both.kpis) == (RULE, AGENT)
    alone = ask(asked, Scenario("closed", outage_length=9), [RULE])
    assert np.allclose(alone.kpis[RULE]["cost"], both.kpis[RULE]["cost"])


def test_who_is_played_is_whom_the_comparison_needs(asked):
    late = Scenario("late", lead_time_change=1)
    named = replace(late, who=AGENT)
    assert to_be_played(asked, [late], RULE) == [(Scenario(), (RULE,)), (late, (RULE,))]
    assert to_be_played(asked, [named, late], UNCHANGED) == [
        (Scenario(), (RULE, UNCHANGED, AGENT)),
        (named, (AGENT,)),
        (late, (UNCHANGED,)),
    ]
    nobody = replace(asked, at_work=None)
    assert to_be_played(nobody, [named], RULE)[1] == (named, (RULE,))
    assert set(policies_for(nobody, [late])) == {RULE, UNCHANGED}
    assert set(policies_for(asked, [late])) == {RULE, UNCHANGED, AGENT}


def test_rules_that_are_one_are_played_as_one(asked, base):
    later = ask(asked, Scenario("late", lead_time_change=6), [RULE, UNCHANGED])
    for name, values in base.kpis[RULE].items():
        assert np.array_equal(values, base.kpis[UNCHANGED][name])
    assert not np.array_equal(later.kpis[RULE]["cost"], later.kpis[UNCHANGED]["cost"])


def test_items_the_agent_has_doubts_about_are_ordered_by_the_rule(asked, base):
    assert set(base.doubts) == {MUG.label}
    one = ask(replace(asked, keys=(MUG,)), Scenario())
    assert np.array_equal(one.kpis[AGENT]["cost"], one.kpis[RULE]["cost"])


def test_an_agent_that_looks_at_recent_sales_sees_the_items_own(asked):
    problems = asked.assortment.problems
    watcher = Watcher.of(problems, order_up_to_level=[50.0] * len(problems))
    told = replace(asked, at_work=replace(asked.at_work, policy=watcher))
    real = recent_sales(asked.assortment, watcher)
    assert real is not None and real.sales.sum() > 0
    Watcher.seen.clear()
    ask(replace(told, keys=(LAMP,)), Scenario("closed", outage_length=4), [AGENT])
    row = asked.assortment.row(LAMP)
    # First today's order, one column; then the futures, which all begin with the same past.
    (todays, first, *_) = Watcher.seen
    assert todays.sales[:, 0].tolist() == real.sales[:, row].tolist()
    assert first.sales.shape == (9, 1000)
    assert (first.sales == real.sales[:, [row]]).all()
    assert (first.in_stock == real.in_stock[:, [row]]).all()


def test_the_generalists_orders_are_the_plans_and_move_with_the_scenario(tmp_path):
    store = shop(tmp_path)
    record = keep_shipped(store)
    assert record is not None
    assortment = problems_of(store)
    at_work = agent_at_work(store, assortment, record)
    told = Question(assortment, assortment.keys, store, at_work)
    plan = plan_today(assortment, store, at_work=at_work)
    today = {line.key: line.agent for line in ask(told, Scenario(), [AGENT]).orders}
    assert today == {key: plan.proposal(key).agent_quantity for key in assortment.keys}
    hardly = ask(told, Scenario("hardly", demand_factor=1.001), [AGENT])
    assert all(abs(line.agent - today[line.key]) <= 6 for line in hardly.orders)
    more = ask(told, Scenario("more", demand_factor=1.5), [AGENT])
    assert not more.doubts and sum(line.agent for line in more.orders) > sum(today.values())


def test_a_headline_never_gives_a_direction_that_may_be_noise(asked, base):
    rng = np.random.default_rng(3)
    kpis = {name: values + 0.0 for name, values in base.kpis[RULE].items()}
    noise = rng.normal(0, 1, len(kpis["cost"]))
    kpis["cost"] = kpis["cost"] + noise - noise.mean() + 0.01
    after = replace(base, scenario=Scenario("luck"), kpis={RULE: kpis})
    said = headline(base, after, RULE, Period.DAY)
    assert said.startswith("luck: cost: cannot tell (+0.01 ±") and "%" not in said
    assert said.endswith("fill rate does not differ.")
    cost = kpi_rows([base, after], RULE, Period.DAY)[0]
    assert cost.cells[1].tone == "" and cost.cells[1].difference.startswith("cannot tell, ±")
    kpis["cost"] = kpis["cost"] + 5
    kpis["fill_rate"] = kpis["fill_rate"] - 0.1 + 0.001 * noise
    sure = headline(base, after, RULE, Period.DAY)
    assert "cannot tell" not in sure and "fill rate −10.0" in sure


def test_a_target_is_told_by_what_holding_comes_to(asked, base):
    outcome = ask(asked, Scenario("t", target_service=0.9), [RULE])
    said = headline(base, outcome, RULE, Period.DAY)
    assert said.startswith("t: holding cost ")


def test_the_latest_answers_are_kept_and_the_oldest_forgotten(tmp_path, asked, base):
    store = shop(tmp_path)
    mine = replace(asked, store=store)
    others = len(store.runs.list("rule"))
    for number in range(MOST_KEPT + 2):
        scenario = Scenario("s", demand_factor=1 + number / 1000)
        keep_outcome(mine, replace(base, scenario=scenario), [RULE])
    assert len(store.runs.list(WHAT_IF, limit=1000)) == MOST_KEPT
    assert len(store.runs.list("rule")) == others > 0
    assert kept_outcome(mine, Scenario("s", demand_factor=1.0), [RULE]) is None
    assert kept_outcome(mine, Scenario("s", demand_factor=1.001), [RULE]) is None
    assert kept_outcome(mine, Scenario("s", demand_factor=1.002), [RULE]) is not None
