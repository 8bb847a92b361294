"""What an agent costs in the long run, also where it would order however much stock there is.

A network may order a unit or two even where stock is far above anything it ever comes to. No list
of its states then ends. Stopped from some stock on it has an end, and where half that stock gives
the same cost, the stop plays no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.domain import PlannerError, PolicyParameterError
from core.policies import Policy, exact_cost
from core.simulator import Observation, Problem

_LOW, _HIGH = 2.0, 4.0
# Costs nearer than this, relative to each other, are the same.
_PRECISION = 1e-6


@dataclass(frozen=True, slots=True)
class Score:
    """What a rule or agent costs on one problem.

    Args:
        cost: Money per period in the long run; None where it cannot be told.
        note: Why not, or how it was found where that is out of the ordinary; else "".
    """

    cost: float | None
    note: str = ""


@dataclass(frozen=True, eq=False)
class StoppedPolicy:
    """A policy that orders nothing from some stock on.

    Args:
        policy: For one item.
        stop: Units on hand and under way, less backorders.
    """

    policy: Policy
    stop: float

    @property
    def name(self) -> str:
        """Name of the policy."""
        return self.policy.name

    @property
    def n_items(self) -> int:
        """Return 1."""
        return self.policy.n_items

    def act(self, observation: Observation) -> Tensor:
        """Return the policy's order below the stop, else 0, shape [n_envs]."""
        order = self.policy.act(observation)
        is_full = observation.inventory_position >= self.stop
        return torch.where(is_full, torch.zeros_like(order), order)

    def select(self, rows: Sequence[int]) -> StoppedPolicy:
        """Return the same for some of the items."""
        return replace(self, policy=self.policy.select(rows))

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return the policy's own numbers."""
        return self.policy.parameters_of(row)


def score_of(problem: Problem, policy: Policy, level: float) -> Score:
    """Return what a policy costs, or why that cannot be told.

    Args:
        problem: A small textbook problem.
        policy: Made for it.
        level: [S] order-up-to level of its (s, S), units: the measure of much stock.
    """
    try:
        return Score(exact_cost(problem, policy))
    except PolicyParameterError as error:
        found = _stopped_score(problem, policy, level)
        return found or Score(None, error.message)


def _stopped_score(problem: Problem, policy: Policy, level: float) -> Score | None:
    """Score a policy with its orders stopped; None where even that has too many states."""
    try:
        low, high = (
            exact_cost(problem, StoppedPolicy(policy, share * level)) for share in (_LOW, _HIGH)
        )
    except PlannerError:
        return None
    if abs(low / high - 1) > _PRECISION:
        return Score(None, "It orders however much stock there is, and stock grows without end.")
    stop = f"{_HIGH * level:g}"
    return Score(
        high,
        f"It orders however much stock there is. The cost is for orders stopped at {stop} units on "
        "hand and under way; stopped at half of that it is the same.",
    )
