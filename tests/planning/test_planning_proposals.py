"""Today's orders: quantities, the one in use, value, cover, dates and statuses."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from core.domain import ItemKey, OrderRules, Period, Status
from core.planning import (
    PolicyUse,
    Projection,
    Standing,
    money_at_risk,
    plan_orders,
    propose,
    status_of,
    worklist,
)
from tests.planning.planning_parts import MONDAY, TODAY, UpTo, item_of, request_of, stock_of


def one(on_hand, *orders, item=None, **more):
    item = item or item_of("A")
    (proposal,) = propose(request_of((item, stock_of(item, on_hand, *orders)), **more))
    return proposal


def test_raw_and_rounded_quantities_of_both_policies():
    key = ItemKey("A", "Mill")
    found = one(
        30,
        agent=UpTo((90, 101), name="agent"),
        uses={key: PolicyUse(True, "It is cheaper on 1000 tests.")},
    )
    assert (found.agent_raw_quantity, found.agent_quantity) == (71, 72)
    assert (found.baseline_raw_quantity, found.baseline_quantity) == (90, 96)
    assert (found.order_quantity, found.raw_quantity, found.policy) == (72, 71, "agent")
    assert found.reason == "It is cheaper on 1000 tests."
    assert (found.reorder_point, found.order_up_to_level) == (70, 120)
    assert found.value == 72 * 2.5
    assert found.cover_after == pytest.approx(10.2)
    assert found.demand_mean == pytest.approx(10.0)


def test_an_agent_that_was_not_tested_on_an_item_does_not_decide():
    found = one(30, agent=UpTo((90, 101), name="agent"))
    assert found.policy == "s_S" and found.order_quantity == 96
    assert "not tested" in found.reason and found.agent_quantity == 72
    assert one(30).agent_quantity is None


def test_minimum_and_limits_hold_for_the_real_order():
    item = item_of("A", rules=OrderRules(min_order=150, pack_size=12, max_order=160))
    found = one(30, item=item)
    assert (found.raw_quantity, found.order_quantity) == (90, 156)


def test_stock_runs_out_on_the_expected_day():
    assert one(35).runs_out == date(2024, 4, 18)
    assert one(35, (20, date(2024, 4, 17))).runs_out == date(2024, 4, 20)
    assert one(0).runs_out == MONDAY
    assert one(4000).runs_out is None


def test_notes_say_what_is_estimated_assumed_and_overdue():
    item = item_of("A", assumed=frozenset({"fixed_cost"}))
    stock = stock_of(item, 30, (5, date(2024, 4, 1)), is_estimate=True)
    (found,) = propose(request_of((item, stock), notes={item.key: ("Short history.",)}))
    assert found.notes == (
        "Short history.",
        "Stock is an estimate: the order is provisional.",
        "Assumed, not given: fixed cost per order.",
        "5 units on order are overdue and counted as arriving now.",
    )


@pytest.mark.parametrize(
    ("on_hand", "orders", "status"),
    [
        (0, (), Status.OUT_NOW),
        (-3, ((100, date(2024, 4, 16)),), Status.OUT_NOW),
        (30, (), Status.RUNS_OUT_FIRST),
        (30, ((40, date(2024, 4, 17)),), Status.ORDER_TODAY),
        (30, ((40, date(2024, 4, 29)),), Status.RUNS_OUT_FIRST),
        (65, (), Status.ORDER_TODAY),
        (100, (), Status.FINE),
        (100, ((90, date(2024, 4, 17)),), Status.TOO_MUCH_ON_ORDER),
        (180, (), Status.FINE),
        (300, (), Status.EXCESS),
    ],
)
def test_each_status_has_its_case(on_hand, orders, status):
    assert one(on_hand, *orders).status is status


def test_an_estimate_is_a_data_problem_unless_something_is_more_urgent():
    standing = Standing(0, 0, 0, 70, 120, 50, 9, 5, True)
    assert status_of(standing) is Status.DATA_PROBLEM
    assert status_of(replace(standing, order_quantity=9)) is Status.ORDER_TODAY
    assert status_of(replace(standing, is_estimate=False)) is Status.OUT_NOW


def test_a_rule_without_levels_still_plans():
    found = one(30, level=(70.0, 120.0))
    item = item_of("A")
    request = request_of((item, stock_of(item, 300)))
    (other,) = propose(replace(request, baseline=UpTo((70, 120), name="any rule")))
    assert math.isnan(other.reorder_point) and other.status is Status.FINE
    assert found.policy == "s_S"


def test_items_that_cannot_be_planned_are_listed_with_the_reason():
    item = item_of("A")
    request = request_of((item, stock_of(item, 30)))
    plan = plan_orders(request, {ItemKey("B"): "Only one day of history."})
    assert [p.key.item for p in plan.proposals] == ["A", "B"]
    assert plan.proposals[1].status is Status.DATA_PROBLEM
    assert plan.proposals[1].notes == ("Only one day of history.",)
    nothing = replace(request, problems=[], items=[])
    assert [p.key.item for p in plan_orders(nothing, {ItemKey("B"): "x"}).proposals] == ["B"]


def test_money_at_risk_falls_with_stock_and_open_orders():
    items = [item_of(name) for name in "ABC"]
    request = request_of(
        (items[0], stock_of(items[0], 0)),
        (items[1], stock_of(items[1], 0, (300, date(2024, 4, 16)))),
        (items[2], stock_of(items[2], 500)),
    )
    risk = money_at_risk(request)
    nothing, one_day, plenty = (risk[item.key] for item in items)
    assert nothing == pytest.approx(6 * 10 * 4.0, rel=0.05)
    assert one_day == pytest.approx(10 * 4.0, rel=0.1)
    assert plenty == 0.0
    assert money_at_risk(request) == risk


def test_the_worklist_puts_the_dearest_first():
    items = [item_of(name) for name in "ABCDE"]
    request = request_of(
        (items[0], stock_of(items[0], 100)),
        (items[1], stock_of(items[1], 65)),
        (items[2], stock_of(items[2], 0)),
        (items[3], stock_of(items[3], 300)),
        (items[4], stock_of(items[4], 30)),
    )
    plan = plan_orders(request)
    found = worklist(plan, money_at_risk(request), {item.key: 2.5 for item in items})
    assert [line.proposal.key.item for line in found.lines] == ["C", "E", "B", "D"]
    tiles = {tile.status: tile for tile in found.tiles}
    assert list(tiles) == [status for status in Status if status is not Status.FINE]
    assert tiles[Status.EXCESS].money == pytest.approx(180 * 2.5)
    due = [line.at_risk for line in found.lines if line.proposal.status is Status.ORDER_TODAY]
    assert due and tiles[Status.ORDER_TODAY].money == pytest.approx(sum(due))
    assert tiles[Status.OUT_NOW].count == 1
    assert tiles[Status.OUT_NOW].money == pytest.approx(found.lines[0].at_risk)
    assert found.order_value == pytest.approx((60 + 120 + 96) * 2.5)
    assert found.next_order_by == (date(2024, 4, 18), items[0].key)


def test_cover_looks_at_the_season_day_by_day():
    demand = np.array([1.0, 1.0, 10.0, 0.0, 4.0])
    found = Projection.of(demand, 7.0, (3.0,), period=Period.DAY, start=TODAY)
    assert found.lasts(7.0) == pytest.approx(2.5)
    assert found.lasts(12.0) == pytest.approx(4.0)
    assert found.lasts(24.0) == pytest.approx(5 + 8 / 3.2)
    assert found.runs_out_in() == pytest.approx(2.8)
    assert found.lasts(0.0) == 0.0
    weekly = Projection.of(demand, 7.0, (), period=Period.WEEK, start=2833)
    assert weekly.runs_out_on() == Period.WEEK.start(2835).astype(date) + (
        date(2024, 1, 4) - date(2024, 1, 1)
    )
