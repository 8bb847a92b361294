"""One environment as a Gymnasium ``Env``, for any learner that speaks that interface."""

from __future__ import annotations

from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
import torch
from gymnasium import spaces
from gymnasium.envs.registration import EnvSpec

from core.simulator.episodes import FEATURE_LIMIT, Episodes, LearningTask
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

Floats = npt.NDArray[np.float32]


def observation_space(task: LearningTask) -> spaces.Space[Any]:
    """Return the space of the features."""
    return spaces.Box(-FEATURE_LIMIT, FEATURE_LIMIT, (task.n_features,), np.float32)


def action_space(task: LearningTask) -> spaces.Space[Any]:
    """Return the space of the actions: choices, or numbers within -1..1."""
    if task.n_choices:
        return spaces.Discrete(task.n_choices)
    return spaces.Box(-1.0, 1.0, (task.n_controls,), np.float32)


class InventoryEnv(gym.Env[Floats, Any]):
    """A single item, one period per step; an episode's end is a truncation.

    Args:
        task: A task with one environment.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012  # as Gymnasium declares it

    def __init__(self, task: LearningTask):
        assert task.n_envs == 1
        self._episodes = Episodes(task)
        self.observation_space = observation_space(task)
        self.action_space = action_space(task)
        # How Gymnasium makes another one like it; without this its checker warns.
        self.spec = EnvSpec("Inventory-v0", entry_point=partial(InventoryEnv, task))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """Start an episode on futures drawn from the training seeds."""
        super().reset(seed=seed)
        first = self._episodes.start(TRAINING_SEED + int(self.np_random.integers(N_SEEDS)))
        return first[0].numpy(), {}

    def step(self, action: Any) -> tuple[Floats, float, bool, bool, dict[str, Any]]:
        """Order, live through the period, and see what it saved."""
        actions = torch.as_tensor(np.asarray(action)).unsqueeze(0)
        features, reward, is_cut_off = self._episodes.step(actions)
        return features[0].numpy(), float(reward[0]), False, is_cut_off, {}
