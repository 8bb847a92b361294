"""An agent without what it learned: the (s, S) of its own that it starts from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.explain.arithmetic import Levels
from core.policies.protocol import Policy
from core.simulator import Observation

if TYPE_CHECKING:
    from core.agents.policy import AgentPolicy


class OwnLevels:
    """An agent without what it learned: its own (s, S), ordered in the agent's own way.

    Args:
        agent: Whose levels.
    """

    def __init__(self, agent: AgentPolicy):
        self._agent = agent

    @property
    def name(self) -> str:
        """Whose levels."""
        return f"{self._agent.name}, its levels alone"

    @property
    def n_items(self) -> int:
        """Items this policy was made for."""
        return self._agent.n_items

    @property
    def memory(self) -> int:
        """Latest periods whose sales the levels follow."""
        return self._agent.memory

    def act(self, observation: Observation) -> Tensor:
        """Return the units that the levels ask for, as closely as the agent can, shape [n_envs]."""
        with torch.inference_mode():
            position, code = observation.inventory_position, self._agent.brain.code
            now = self._agent.references(position.shape[0]).at(observation)
            missing = (now.order_up_to_level - position).clamp(min=0.0)
            rule = torch.where(position <= now.reorder_point, missing, 0.0)
            return code.decode(code.encode(rule, position, now), position, now)

    def select(self, rows: Sequence[int]) -> OwnLevels:
        """Return the policy for some of the items."""
        return OwnLevels(self._agent.select(rows))

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return the agent's measures of one item."""
        return self._agent.parameters_of(row)

    def levels(self, observation: Observation) -> Levels:
        """Return s and S of the first environment, as they stand on this day."""
        with torch.inference_mode():
            now = self._agent.references(observation.inventory_level.shape[0]).at(observation)
            return Levels(float(now.reorder_point[0]), float(now.order_up_to_level[0]))


def own_levels(policy: Policy) -> OwnLevels | None:
    """Return an agent's own (s, S); None for what is no agent."""
    # Imported here: pages that show no agent need none of it.
    from core.agents.policy import AgentPolicy

    return OwnLevels(policy) if isinstance(policy, AgentPolicy) else None
