"""The best numbers of a rule on a textbook problem, where costs are exact.

Searching on simulated futures, as for planners' items, can end a unit beside the best numbers.
Held against an agent, a rule is to be as strong as it can be.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product

from core.domain import PolicyParameterError
from core.policies import ItemPolicy, Policy, exact_cost, policy_family
from core.simulator import Problem

Numbers = Mapping[str, float]


def best_rule(problem: Problem, start: Policy) -> Policy:
    """Move a rule's numbers by single units for as long as its exact cost falls.

    Args:
        problem: A small textbook problem.
        start: The rule as it was found for it, e.g. by search.
    """
    numbers, least = start.parameters_of(0), exact_cost(problem, start)
    while True:
        near = min(_beside(numbers), key=lambda found: _cost(problem, start, found))
        cost = _cost(problem, start, near)
        if cost >= least:
            return _rule(problem, start, numbers)
        numbers, least = near, cost


def _beside(numbers: Numbers) -> list[dict[str, float]]:
    """Return all numbers at most a unit away, these themselves left out."""
    steps = product((-1, 0, 1), repeat=len(numbers))
    return [
        {name: value + by for (name, value), by in zip(numbers.items(), step, strict=True)}
        for step in steps
        if any(step)
    ]


def _cost(problem: Problem, like: Policy, numbers: Numbers) -> float:
    try:
        return exact_cost(problem, _rule(problem, like, numbers))
    except PolicyParameterError:
        return math.inf


def _rule(problem: Problem, like: Policy, numbers: Numbers) -> Policy:
    family = policy_family(like.name)
    assert issubclass(family, ItemPolicy)
    return family.of([problem], **{name: [value] for name, value in numbers.items()})
