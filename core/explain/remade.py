"""A policy as it would be for a changed item: its levels moved as theory moves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from core.explain.arithmetic import Levels
from core.explain.probe import Probe
from core.explain.situation import Situation
from core.explain.states import Floats
from core.policies import ItemPolicy, SSPolicy, estimate_s_s, facts_of
from core.policies.protocol import Policy
from core.simulator import Observation, Problem, SingleItemSystem, expectations
from core.simulator.scenario import stack_outlooks

_LEVELS = ("order_up_to_level", "base_stock_level")


def has_fixed_numbers(policy: Policy) -> bool:
    """Whether demand, lead time and costs change nothing until the rule is found anew."""
    return isinstance(policy, ItemPolicy)


def is_moved_by_theory(policy: Policy) -> bool:
    """Whether its levels for a changed item are estimated, not searched anew."""
    from core.agents.policy import AgentPolicy

    return isinstance(policy, ItemPolicy | AgentPolicy)


def orders_if(probe: Probe, problems: Sequence[Problem]) -> Floats:
    """Return today's order, after the rules, had the item been another one.

    Args:
        probe: The policy, and today's stock and open orders.
        problems: The item with another demand, lead time or cost, one per answer.

    Returns:
        Units, shape [n_problems].
    """
    policy = remade(probe.policy, probe.situation.problem, problems)
    return orders_by(policy, probe.situation, problems)


def orders_by(policy: Policy, situation: Situation, problems: Sequence[Problem]) -> Floats:
    """Return the orders, after the rules, of a policy made for the item as it might be.

    Args:
        policy: One row per problem.
        situation: Today's stock and open orders.
        problems: The item as it might be.

    Returns:
        Units, shape [n_problems].
    """
    system, seen = seen_as(situation, problems)
    with torch.inference_mode():
        final = system.rules.apply(policy.act(seen), seen.inventory_position, 0)
    return final.to(torch.float64).numpy() + 0.0  # never -0


def seen_as(
    situation: Situation, problems: Sequence[Problem], n_paths: int = 1
) -> tuple[SingleItemSystem, Observation]:
    """Return what a policy would be told today, had the item been another one.

    Args:
        situation: Today's stock and open orders.
        problems: The item as it might be.
        n_paths: Environments of each.
    """
    n_remembered = 0 if situation.memory is None else situation.memory.n_periods
    system = SingleItemSystem(problems, n_paths, memory=n_remembered)
    with torch.inference_mode():
        stocks = system.start(situation.initial(len(problems) * n_paths))
        rows = [expectations(problem, problem.start, 1) for problem in problems]
        expected = stack_outlooks(rows, n_paths, torch.float32)
        return system, Observation(stocks, system.parameters, *expected.at(0))


def remade(policy: Policy, today: Problem, problems: Sequence[Problem]) -> Policy:
    """Return the policy for the item as it would be.

    A rule's levels move from where they are as those of the estimate do; an agent is shown the
    changed item with its own measures moved alike. Any other policy is left as it is, and sees
    the change in what it is told.

    Args:
        policy: Of this one item.
        today: The item as it is.
        problems: The item as it might be.
    """
    from core.agents.policy import AgentPolicy

    if isinstance(policy, AgentPolicy):
        return _remeasured(policy, today, problems)
    if isinstance(policy, ItemPolicy):
        return _moved(policy, today, problems)
    return policy


def moved_levels(levels: Levels, today: Problem, problems: Sequence[Problem]) -> SSPolicy:
    """Move s and S from where they are as the estimate moves.

    s keeps its distance from the estimate in standard deviations of demand over lead time and
    review, S - s its ratio to it: what a search found out beyond theory is carried along.

    Args:
        levels: s and S of today.
        today: The item as it is.
        problems: The item as it might be.
    """
    estimate = estimate_s_s([today, *problems])
    unit = estimate.units[0]
    spread = np.array([max(item.protection_sd, item.unit) for item in estimate.items])
    point, gap = estimate.reorder_point, estimate.order_up_to_level - estimate.reorder_point
    points = point + (levels.reorder_point - point[0]) * spread / spread[0]
    if levels.is_never(today):
        points = np.full_like(points, levels.reorder_point)
    gaps = gap * (levels.order_up_to_level - levels.reorder_point) / gap[0]
    gaps = np.maximum(np.round(gaps / unit) * unit, unit)
    numbers = np.stack([np.round(points / unit) * unit, gaps], 1)
    return SSPolicy.of_rows(facts_of(problems), numbers[1:])


def _moved(policy: ItemPolicy, today: Problem, problems: Sequence[Problem]) -> Policy:
    levels = Levels.of(policy.parameters_of(0))
    names = policy.number_names()
    n, numbers = len(problems), {key: getattr(policy, key)[0] for key in names}
    found: dict[str, Any] = {key: np.full(n, value) for key, value in numbers.items()}
    if levels.is_known:
        if levels.reorder_point >= levels.order_up_to_level:
            unit = policy.units[0]
            levels = Levels(levels.order_up_to_level - unit, levels.order_up_to_level)
        moved = moved_levels(levels, today, problems)
        found |= {key: moved.order_up_to_level for key in names if key in _LEVELS}
        found |= {key: moved.reorder_point for key in names if key == "reorder_point"}
        if "reorder_point" in names and "order_quantity" in names:
            found["order_quantity"] = moved.order_up_to_level - moved.reorder_point
    return replace(policy, items=tuple(facts_of(problems)), **found)


def _remeasured(policy: Any, today: Problem, problems: Sequence[Problem]) -> Policy:
    from core.agents.policy import AgentPolicy
    from core.agents.references import measure

    (mine,) = policy.items
    levels = Levels(mine.reorder_point, mine.order_up_to_level)
    follows = [mine.follows_sales] * len(problems)
    rule = moved_levels(levels, today, problems)
    items = measure(problems, rule, with_cost=False, follows_sales=follows)
    return AgentPolicy(policy.name, policy.brain, items)
