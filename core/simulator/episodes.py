"""Playing episodes for a learner: features in, actions out, reward = saved cost.

What the Gymnasium and the stable-baselines3 adapter share. How an observation becomes features and
an action becomes an order is given from outside, so that the simulator knows nothing of agents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.simulator.protocol import Observation, Stocks, SupplySystem
from core.simulator.scenario import Scenario
from core.simulator.single_item import InitialStock

FEATURE_LIMIT = 10.0


@dataclass(frozen=True, eq=False)
class LearningTask:
    """What is learned, on which futures.

    Args:
        system: The supply system, any number of environments.
        encode: Features of an observation, within +-FEATURE_LIMIT, shape [n_envs, n_features].
        decode: Units to ask for, from actions of shape [n_envs] (a choice's number) or
            [n_envs, n_controls] (each within -1..1), and the observation; shape [n_envs].
        n_features: Number of features.
        n_choices: Number of choices; 0 where actions are continuous.
        n_controls: Numbers per action; 0 where actions are choices.
        reference_cost: Money per period that counts as reward 0, shape [n_envs].
        reward_unit: Money saved in a period that counts as reward 1, above 0, shape [n_envs].
        draw: Futures (``horizon + 1`` periods) and the stock at the start, for a seed.
        horizon: Periods per episode.
    """

    system: SupplySystem
    encode: Callable[[Observation], Tensor]
    decode: Callable[[Tensor, Observation], Tensor]
    n_features: int
    n_choices: int
    n_controls: int
    reference_cost: Tensor
    reward_unit: Tensor
    draw: Callable[[int], tuple[Scenario, InitialStock]]
    horizon: int

    @property
    def n_envs(self) -> int:
        """Environments played side by side."""
        return self.system.parameters.n_envs


class Episodes:
    """The running episode of every environment of a task; all end together."""

    def __init__(self, task: LearningTask):
        self.task = task
        self._scenario: Scenario
        self._stocks: Stocks
        self._observation: Observation

    def start(self, seed: int) -> Tensor:
        """Begin new episodes; return their first features, shape [n_envs, n_features]."""
        self._scenario, initial = self.task.draw(seed)
        assert self._scenario.horizon > self.task.horizon
        self._stocks = self.task.system.start(initial)
        return self._look()

    def step(self, actions: Tensor) -> tuple[Tensor, Tensor, bool]:
        """Play one period.

        Returns:
            Features after it, reward of shape [n_envs], and whether the episode is cut off here.
        """
        with torch.inference_mode():
            raw = self.task.decode(actions, self._observation)
            self._stocks, flows = self.task.system.step(self._stocks, raw, self._scenario)
            cost = self.task.system.cost(flows)
            reward = saving(cost, self.task)
        return self._look(), reward, self._stocks.t >= self.task.horizon

    @property
    def observation(self) -> Observation:
        """What a policy may know now."""
        return self._observation

    def _look(self) -> Tensor:
        with torch.inference_mode():
            self._observation = self.task.system.observe(self._stocks, self._scenario)
            return self.task.encode(self._observation)


def saving(cost: Tensor, task: LearningTask) -> Tensor:
    """Return the reward: minus the cost, from the item's reference cost and in its own unit.

    The shift by a constant changes no policy where episodes are cut off and not ended; it keeps
    the value of a state near 0, which a network learns much faster than a large constant.
    """
    return (task.reference_cost - cost) / task.reward_unit
