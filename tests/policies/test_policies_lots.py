"""(s, nQ) and modified (s, S, q): arithmetic by hand, refusals, and what the search promises."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.demand import NegativeBinomialDemand, Season, geometric, poisson
from core.domain import OrderRules, PolicyParameterError
from core.policies import ModifiedSSPolicy, RQPolicy, SearchSettings, SSPolicy, facts_of
from core.policies.search_futures import Futures, mean_costs
from core.simulator import Problem
from tests.policies.policy_parts import QUICK, TEXTBOOK_COSTS, observe, problem

ITEM = [problem(poisson(5))]


def orders(policy, at):
    """Return what the rule asks for at these positions."""
    return policy.act(observe(ITEM, at, len(at))).tolist()


def test_r_nq_orders_the_smallest_multiple_that_lifts_the_position_above_s():
    """With r = 10, Q = 8: at 2, one lot only reaches s, so it takes two."""
    policy = RQPolicy.of(ITEM, reorder_point=[10], order_quantity=[8])
    at = [11.0, 10.0, 3.0, 2.0, -20.0]
    found = orders(policy, at)
    assert found == [0, 8, 8, 16, 32]
    for position, order in zip(at[1:], found[1:], strict=True):
        assert position + order > 10 >= position + order - 8


def test_modified_s_s_q_orders_what_is_missing_and_no_more_than_q():
    """At s = 10, S = 30, q = 22: the cap binds below 8 only."""
    policy = ModifiedSSPolicy.of(ITEM, reorder_point=[10], order_up_to_level=[30], order_cap=[22])
    assert orders(policy, [31.0, 11.0, 10.0, 9.0, 8.0, 7.0, -4.0]) == [0, 0, 20, 21, 22, 22, 22]


def test_with_a_cap_out_of_reach_it_is_the_s_s_rule():
    """The same orders at every position."""
    at = np.linspace(-40.0, 60.0, 101).tolist()
    numbers = {"reorder_point": [10], "order_up_to_level": [30]}
    capped = ModifiedSSPolicy.of(ITEM, order_cap=[1000], **numbers)
    assert orders(capped, at) == orders(SSPolicy.of(ITEM, **numbers), at)


@pytest.mark.parametrize(
    ("family", "numbers", "shown"),
    [
        (RQPolicy, {"reorder_point": [3], "order_quantity": [0]}, "got '0'"),
        (
            ModifiedSSPolicy,
            {"reorder_point": [3], "order_up_to_level": [3], "order_cap": [2]},
            "3 and 3",
        ),
        (
            ModifiedSSPolicy,
            {"reorder_point": [3], "order_up_to_level": [9], "order_cap": [0]},
            "got '0'",
        ),
    ],
)
def test_impossible_numbers_are_refused_with_item_and_values(family, numbers, shown):
    """Empty lots, empty caps, S not above s."""
    with pytest.raises(PolicyParameterError) as caught:
        family.of(ITEM, **numbers)
    assert shown in caught.value.message and "item item" in caught.value.message


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "item",
    [
        problem(poisson(5), lead_time=2, fixed_cost=5.0),
        problem(geometric(2), lead_time=3, fixed_cost=12.0),
        problem(poisson(5), lead_time=4, fixed_cost=300.0, stockout_cost=1.0),
    ],
    ids=["usual", "few units", "never order"],
)
def test_it_never_loses_to_s_s_on_the_futures_of_the_search(item, seed):
    """The best (s, S) with a cap out of reach stays among the candidates."""
    settings = SearchSettings(seed=seed, n_paths=8, horizon=40, warm_up=10)
    futures = [Futures.draw(item, facts_of([item])[0], settings)]

    def cost(policy):
        numbers = np.array(list(policy.parameters_of(0).values()))
        numbers[1] -= numbers[0]
        return mean_costs(futures, numbers[None, None], policy.of_rows, 8)[0, 0]

    modified = ModifiedSSPolicy.fit([item], settings)
    assert cost(modified) <= cost(SSPolicy.fit([item], settings)) + 1e-9


def test_where_the_s_s_rule_is_exact_it_is_kept_and_the_cap_does_not_bind():
    """Backorders: (s, S) is the best of all rules; no order can reach the cap."""
    item = problem(poisson(5), lead_time=2, fixed_cost=20.0, lost_share=0.0)
    plain, modified = SSPolicy.fit([item], QUICK), ModifiedSSPolicy.fit([item], QUICK)
    assert modified.method_of(0) == plain.method_of(0)
    numbers = modified.parameters_of(0)
    assert {key: numbers[key] for key in plain.parameters_of(0)} == plain.parameters_of(0)
    largest_demand = item.demand.pmf(0).size - 1
    assert numbers["order_cap"] > numbers["order_up_to_level"] - numbers["reorder_point"] + (
        largest_demand - 1
    )


def test_the_cap_grows_with_the_season():
    """Four times the demand, four times the largest order."""
    month = tuple(1 - 0.6 * np.cos(2 * np.pi * k / 12) for k in range(12))
    demand = NegativeBinomialDemand(level=10.0, shape=8.0, season=Season(month=month))
    january = Problem("ice", demand, TEXTBOOK_COSTS, ITEM[0].lead_time, start=20_470)
    july = january.at(january.start + 182)
    policy = ModifiedSSPolicy.of(
        [january], reorder_point=[90], order_up_to_level=[900], order_cap=[10]
    )
    now, then = (float(policy.act(observe([item], [0.0]))) for item in (january, july))
    means = [facts_of([item])[0].protection_mean for item in (january, july)]
    assert now == pytest.approx(10.0)
    assert then == pytest.approx(10.0 * means[1] / means[0], rel=1e-4)
    assert then > 30.0


@pytest.mark.timed
def test_thirty_items_take_seconds():
    """Three numbers each, on a busy machine; (s, S) first and then the search from it."""
    items = [
        problem(geometric(1 + row), name=str(row), lead_time=row % 5 + 1, fixed_cost=20.0)
        for row in range(30)
    ]
    items[0] = Problem("ruled", poisson(4), items[0].costs, items[0].lead_time, OrderRules(12, 6))
    started = time.process_time()
    policy = ModifiedSSPolicy.fit(items, SearchSettings())
    assert time.process_time() - started < 20.0
    assert all("Searched" in policy.method_of(row) for row in range(30))
