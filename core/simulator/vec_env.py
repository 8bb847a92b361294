"""Many environments in one object, as a stable-baselines3 ``VecEnv``.

One batched transition instead of one Python object per environment: an ordinary step costs no
more than a single Gymnasium environment's. Import this file only where something is learned:
stable-baselines3 takes seconds to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from stable_baselines3.common.vec_env.base_vec_env import VecEnv, VecEnvObs, VecEnvStepReturn

from core.simulator.episodes import Episodes, LearningTask
from core.simulator.gym_env import action_space, observation_space
from core.simulator.seeds import N_SEEDS, TRAINING_SEED


class InventoryVecEnv(VecEnv):
    """All environments of a task; episodes end together, by truncation.

    Args:
        task: What is learned.
        seed: Which training futures come first.
    """

    def __init__(self, task: LearningTask, seed: int = 0):
        self._episodes, self._episode = Episodes(task), seed * 17
        self._actions: npt.NDArray[Any] | None = None
        super().__init__(task.n_envs, observation_space(task), action_space(task))
        # Shared by every ordinary step: a dict per environment and step would cost more than
        # the step itself. Nothing may write into them.
        self._no_infos: list[dict[str, Any]] = [{}] * task.n_envs
        self._going_on = np.zeros(task.n_envs, dtype=bool)

    def reset(self) -> VecEnvObs:
        """Start all episodes on the next training futures."""
        self._episode += 1
        return self._episodes.start(TRAINING_SEED + self._episode % N_SEEDS).numpy()

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Take the actions."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Play one period in every environment."""
        assert self._actions is not None
        features, reward, is_cut_off = self._episodes.step(torch.as_tensor(self._actions))
        if not is_cut_off:
            return features.numpy(), reward.numpy(), self._going_on.copy(), self._no_infos
        last = features.numpy()
        infos = [{"TimeLimit.truncated": True, "terminal_observation": row} for row in last]
        return self.reset(), reward.numpy(), ~self._going_on, infos

    def close(self) -> None:
        """Nothing to free."""

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Choose which training futures come next."""
        self._episode = (seed or 0) * 17
        return [seed] * self.num_envs

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """Return an attribute as every environment's own."""
        value = None if attr_name == "render_mode" else getattr(self, attr_name)
        return [value for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute of all."""
        setattr(self, attr_name, value)

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> Any:
        """Call a method once for all; there are no environments of their own."""
        result = getattr(self, method_name)(*args, **kwargs)
        return [result for _ in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        """No environment is wrapped."""
        return [False for _ in self._get_indices(indices)]
