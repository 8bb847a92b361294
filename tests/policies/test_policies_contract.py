"""What every decision rule of the registry must do, whatever its numbers."""

from __future__ import annotations

from functools import cache

import pytest
import torch

from core.domain import UnknownNameError
from core.policies import POLICIES, ItemPolicy, fit_policy, policy_family
from core.simulator import SingleItemSystem, draw_scenario, total_costs
from tests.policies.policy_parts import QUICK, assortment, observe

PROBLEMS = assortment()
every_rule = pytest.mark.parametrize("name", POLICIES)


@cache
def fitted(name: str) -> ItemPolicy:
    """Return the rule fitted to the assortment, once for all tests."""
    policy = fit_policy(name, PROBLEMS, QUICK)
    assert isinstance(policy, ItemPolicy)
    return policy


def positions(n_paths: int, low: float = -40.0, high: float = 120.0) -> torch.Tensor:
    """Spread inventory positions over all environments."""
    return torch.linspace(low, high, len(PROBLEMS) * n_paths).round()


@every_rule
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_orders_are_finite_and_never_negative(name, dtype):
    """One order per environment, in the observation's own number format."""
    order = fitted(name).act(observe(PROBLEMS, positions(33), 33, dtype))
    assert order.shape == (len(PROBLEMS) * 33,)
    assert order.dtype == dtype
    assert bool(torch.isfinite(order).all())
    assert bool((order >= 0).all())
    assert bool((order > 0).any())


@every_rule
def test_whole_items_are_ordered_in_whole_units(name):
    """Whole stock and whole demand ask for whole orders, except where a season scales a cap."""
    order = fitted(name).act(observe(PROBLEMS, positions(33), 33)).reshape(len(PROBLEMS), -1)
    whole = [row for row, item in enumerate(fitted(name).items) if not item.has_season]
    assert torch.equal(order[whole], order[whole].round())


@every_rule
def test_the_same_observation_gets_the_same_answer(name):
    """A rule has no memory: another observation in between changes nothing."""
    policy, here = fitted(name), observe(PROBLEMS, positions(3), 3)
    first = policy.act(here).clone()
    policy.act(observe(PROBLEMS, positions(3) - 30, 3))
    assert torch.equal(policy.act(here), first)


@every_rule
def test_far_below_its_levels_a_rule_orders_and_far_above_it_does_not(name):
    """Full stores order nothing, empty ones something."""
    policy, n = fitted(name), len(PROBLEMS)
    assert bool((policy.act(observe(PROBLEMS, [-100.0] * n)) > 0).all())
    assert bool((policy.act(observe(PROBLEMS, [1e5] * n)) == 0).all())


@every_rule
def test_a_row_of_a_batch_is_the_item_alone(name):
    """Fitting an item beside others, or by itself, gives the same numbers and orders."""
    policy, at = fitted(name), positions(4)
    together = policy.act(observe(PROBLEMS, at, 4)).reshape(len(PROBLEMS), -1)
    for row, problem in enumerate(PROBLEMS):
        alone = fit_policy(name, [problem], QUICK)
        assert dict(alone.parameters_of(0)) == dict(policy.parameters_of(row))
        order = alone.act(observe([problem], at.reshape(len(PROBLEMS), -1)[row], 4))
        assert torch.equal(order, together[row])


@every_rule
def test_selected_items_keep_their_numbers_and_their_orders(name):
    """select() picks rows, in the order asked for."""
    rows = [3, 0]
    policy, part = fitted(name), fitted(name).select(rows)
    assert part.n_items == 2
    assert [dict(part.parameters_of(i)) for i in (0, 1)] == [
        dict(policy.parameters_of(row)) for row in rows
    ]
    at = positions(2).reshape(len(PROBLEMS), -1)
    full = policy.act(observe(PROBLEMS, at.reshape(-1), 2)).reshape(len(PROBLEMS), -1)
    chosen = observe([PROBLEMS[row] for row in rows], at[rows].reshape(-1), 2)
    assert torch.equal(part.act(chosen), full[rows].reshape(-1))


@every_rule
def test_a_rule_for_one_item_serves_any_number_of_environments(name):
    """The same position gets the same order in each of them."""
    one = fitted(name).select([0])
    order = one.act(observe(PROBLEMS[:1], torch.full((7,), 3.0), 7))
    assert torch.equal(order, order[:1].expand(7))


@every_rule
def test_numbers_have_long_names_and_a_sentence_says_where_they_are_from(name):
    """What the screen shows of a rule."""
    policy = fitted(name)
    numbers = policy.parameters_of(0)
    assert set(numbers) <= {"reorder_point", "order_up_to_level", "order_quantity", "order_cap"}
    assert all(isinstance(value, float) for value in numbers.values())
    assert policy.method_of(0).endswith(".")
    assert policy.label and policy.name == name


@every_rule
def test_it_plays_through_seasons_random_lead_times_and_order_rules(name):
    """A whole run of all kinds of items at once."""
    system = SingleItemSystem(PROBLEMS, 8)
    scenario = draw_scenario(PROBLEMS, 8, 60, seed=3000)
    totals = total_costs(system, fitted(name).act, scenario, warm_up=20)
    assert bool(torch.isfinite(totals.cost).all())
    assert bool((totals.n_orders.reshape(len(PROBLEMS), -1).sum(1) > 0).all())


@every_rule
def test_a_rollout_with_it_can_be_differentiated(name):
    """Its tensors are usable outside of inference mode even if it was made inside."""
    with torch.inference_mode():
        policy = fitted(name).select([0])
    position = torch.full((3,), 1.0, requires_grad=True)
    observation = observe(PROBLEMS[:1], [1.0] * 3, 3)
    order = policy.order(position.reshape(1, -1), observation)
    assert order.shape == (1, 3)


@every_rule
def test_fitting_twice_finds_the_same(name):
    """Searches are seeded."""
    again = fit_policy(name, PROBLEMS, QUICK)
    rows = range(len(PROBLEMS))
    assert [dict(again.parameters_of(row)) for row in rows] == [
        dict(fitted(name).parameters_of(row)) for row in rows
    ]


def test_an_unknown_rule_is_answered_with_the_one_probably_meant():
    """Registry keys say "did you mean"."""
    with pytest.raises(UnknownNameError, match="Did you mean 'base_stock'"):
        policy_family("basestock")
