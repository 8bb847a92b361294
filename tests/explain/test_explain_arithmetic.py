"""From stock to order: every number adds up, and what does not is found."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.domain import LeadTime, OrderRules
from core.explain import Levels, Part, Probe, Sum, agent_arithmetic, rule_arithmetic
from core.explain.checks import arithmetic_check
from tests.explain.explain_parts import LevelPolicy, NetworkPolicy, problem_of, today


def parts(found: Sum) -> list[tuple[str, float]]:
    return [(part.label, round(part.amount, 3)) for part in found.parts]


def test_the_rule_from_stock_to_packs():
    problem = problem_of(rules=OrderRules(min_order=24, pack_size=24))
    found = rule_arithmetic(Probe(today(60, (0.0, 10.0), problem), LevelPolicy((100, 160))))
    assert parts(found.position) == [("on hand", 60), ("on order", 10)]
    assert parts(found.need) == [("order-up-to level", 160), ("less stock position", -70)]
    assert parts(found.rules) == [("asked for", 90), ("whole packs", 6)]
    assert (found.position.total, found.raw_quantity, found.order_quantity) == (70, 90, 96)
    assert found.is_reconciled


def test_backorders_minimum_and_limits_each_have_a_line():
    rules = OrderRules(min_order=200, pack_size=12, max_order=210)
    found = rule_arithmetic(
        Probe(today(-15, (5.0,), problem_of(rules=rules)), LevelPolicy((9, 99)))
    )
    assert ("owed to customers", -15) in parts(found.position)
    assert parts(found.rules) == [("asked for", 109), ("minimum order", 91), ("whole packs", 4)]
    rules = OrderRules(pack_size=12, max_order=50)
    found = rule_arithmetic(
        Probe(today(-15, (5.0,), problem_of(rules=rules)), LevelPolicy((9, 99)))
    )
    expected = [("asked for", 109), ("whole packs", 11), ("largest order and storage", -72)]
    assert parts(found.rules) == expected
    assert found.order_quantity == 48 and found.is_reconciled


def test_no_order_is_explained_by_the_reorder_point():
    found = rule_arithmetic(Probe(today(120), LevelPolicy((100, 160))))
    assert found.order_quantity == 0 and found.is_reconciled
    assert "above the reorder point of 100" in found.need.parts[-1].label


def test_where_no_order_is_ever_worth_its_cost_no_reorder_point_is_told():
    """A level below 0 is never reached where sales are lost; where they wait, it may be."""
    never = LevelPolicy((-6519, -6518))
    found = rule_arithmetic(Probe(today(12), never))
    assert found.order_quantity == 0 and found.is_reconciled
    assert found.need.parts[-1].label == "never: an order costs more than it saves"
    waits = replace(problem_of(), lost_share=0.0)
    owed = rule_arithmetic(Probe(today(-5, (), waits), LevelPolicy((-20, -3))))
    assert "above the reorder point of -20" in owed.need.parts[-1].label


@pytest.mark.parametrize("level", [-30.0, 0.0, 70.0, 400.0])
def test_the_agents_sums_add_up_too(level):
    problem = problem_of(rules=OrderRules(min_order=30, pack_size=8))
    found = agent_arithmetic(Probe(today(level, (4.0,), problem), NetworkPolicy()))
    assert found.is_reconciled
    assert found.order_quantity % 8 == 0


def test_a_wrong_line_is_found():
    """The totals come from simulator and policy, so a wrong line cannot hide."""
    found = rule_arithmetic(Probe(today(70), LevelPolicy((100, 160))))
    wrong = replace(found.need, parts=(*found.need.parts, Part("safety", 1.0)))
    assert not replace(found, need=wrong).is_reconciled
    assert not arithmetic_check(replace(found, need=wrong)).passed


def test_a_rule_that_departs_from_its_levels_is_shown_as_it_is():
    """A cap, say, gets a line of its own instead of a false sum."""

    class Capped(LevelPolicy):
        name = "capped"

        def act(self, observation):
            return super().act(observation).clamp(max=40.0)

    found = rule_arithmetic(Probe(today(70), Capped((100, 160))))
    assert found.raw_quantity == 40 and found.is_reconciled
    assert parts(found.need)[-1] == ("capped departs from its level", -50)


def test_levels_of_other_rules():
    assert Levels.of({"reorder_point": 10, "order_quantity": 30}) == Levels(10, 40)
    assert Levels.of({"order_up_to_level": 25}) == Levels(25, 25)
    assert not Levels.of({}).is_known


def test_the_level_is_demand_to_be_expected_safety_and_the_usual_order():
    """Seven days of lead time and one of review at 10 a day."""
    found = rule_arithmetic(Probe(today(70), LevelPolicy((100, 160))))
    assert found.level is not None and found.level.total == 160
    assert parts(found.level) == [
        ("expected demand over lead time and review (8 days)", 80),
        ("safety: held beyond it", 20),
        ("from the reorder point up: the usual order", 60),
    ]
    short = rule_arithmetic(Probe(today(70), LevelPolicy((75, 160)))).level
    assert short is not None
    assert parts(short)[1] == ("less than expected: it waits, or lets some go", -5)


def test_the_agents_level_is_what_it_fills_up_to_today():
    probe = Probe(today(40, (4.0,)), NetworkPolicy())
    found = agent_arithmetic(probe)
    assert found.level is not None
    assert found.level.total == pytest.approx(44 + probe.raw)
    assert [label for label, _ in parts(found.level)][1].startswith("held beyond it: safety")
    assert agent_arithmetic(Probe(today(400), NetworkPolicy())).level is None


def test_a_rule_that_never_orders_has_no_level_to_split():
    assert rule_arithmetic(Probe(today(12), LevelPolicy((-6519, -6518)))).level is None


def test_every_sum_adds_up_in_many_random_situations():
    """Agent and rule; owed, nothing, plenty; late suppliers; minimum, packs and limits."""
    rng = np.random.default_rng(3)
    seen = set()
    for seed in range(150):
        sd, pack, reorder = rng.choice([0.0, 1.5]), rng.choice([1, 6, 24]), rng.integers(-10, 120)
        reorder = -99 if seed % 8 == 0 else reorder
        problem = problem_of(
            mean=float(rng.uniform(0.3, 20)),
            lead_time=LeadTime(float(rng.integers(0, 9)) + (sd > 0), float(sd)),
            rules=OrderRules(
                min_order=float(rng.choice([0, 30])),
                pack_size=float(pack),
                max_order=float(rng.choice([math.inf, 120])),
                max_stock=float(rng.choice([math.inf, 200])),
                review_period=int(rng.choice([1, 5])),
            ),
            lost_share=float(rng.choice([0.0, 0.4, 1.0])),
        )
        due = tuple(float(each) for each in rng.integers(0, 30, rng.integers(0, 4)))
        situation = today(float(rng.integers(-40, 200)), due, problem)
        rule = LevelPolicy((float(reorder), float(reorder + rng.integers(1, 90))))
        for found in (
            rule_arithmetic(Probe(situation, rule)),
            agent_arithmetic(Probe(situation, NetworkPolicy(seed=seed % 5))),
        ):
            assert found.is_reconciled, (seed, found)
            assert arithmetic_check(found).passed
            assert found.order_quantity % pack == 0
            seen |= {part.label.split(":")[0] for each in found.sums for part in each.parts}
    assert {
        "owed to customers",
        "not yet",
        "never",
        "the agent asks for nothing",
        "minimum order",
        "whole packs",
        "largest order and storage",
    } <= seen
