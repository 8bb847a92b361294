"""An agent at other stock-out costs than the items have: told those, played at the items' own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import torch
from torch import Tensor

from core.policies import Policy, memory_of, quick_s_s
from core.services.either import Either
from core.simulator import Observation, Problem

if TYPE_CHECKING:
    from core.agents import TrainedAgent


@dataclass(frozen=True, eq=False)
class ToldCosts:
    """A policy that is told other stock-out costs than those it is charged.

    Args:
        policy: Reads the costs, as an agent made for many items does.
        stockout_cost: [p] money per unit short that it is told, one per item.
    """

    policy: Policy
    stockout_cost: tuple[float, ...]

    @property
    def name(self) -> str:
        """The policy's own name."""
        return self.policy.name

    @property
    def n_items(self) -> int:
        """Items this policy was made for."""
        return len(self.stockout_cost)

    @property
    def memory(self) -> int:
        """Latest periods whose sales the policy wants to see."""
        return memory_of(self.policy)

    def act(self, observation: Observation) -> Tensor:
        """Return the units to ask for, as if these were the costs, shape [n_envs]."""
        known = observation.parameters
        told = torch.tensor(self.stockout_cost, dtype=known.stockout_cost.dtype)
        told = told.repeat_interleave(known.stockout_cost.shape[0] // self.n_items)
        return self.policy.act(replace(observation, parameters=replace(known, stockout_cost=told)))

    def select(self, rows: Sequence[int]) -> Self:
        """Return the policy for some of the items."""
        costs = tuple(self.stockout_cost[row] for row in rows)
        return type(self)(self.policy.select(rows), costs)

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return one item's own numbers."""
        return self.policy.parameters_of(row)


def follows_costs(agent: TrainedAgent) -> bool:
    """Whether an agent takes costs as they come: it was made for ranges, not for fixed items."""
    return agent.scope is not None and not agent.cards


def agent_at_costs(agent: TrainedAgent, problems: Sequence[Problem]) -> tuple[Policy, list[bool]]:
    """Return an agent for these problems' costs, to be played at any others.

    Args:
        agent: One that follows costs.
        problems: At the costs it is told; an item may come several times.

    Returns:
        The policy, (s, S) standing in where the agent was not made for a problem; and for which
        problems it was made.
    """
    assert agent.scope is not None
    fits = [agent.scope.holds(problem) for problem in problems]
    costs = tuple(float(problem.costs.stockout_cost) for problem in problems)
    rule = quick_s_s(problems)
    told = ToldCosts(agent.policy(problems, rule), costs)
    return (told if all(fits) else Either(told, rule, fits)), fits
