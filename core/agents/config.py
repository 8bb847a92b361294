"""How an agent is trained: algorithm, time, and what can be turned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from core.domain import ParameterError, UnknownNameError

PRESETS: dict[str, float] = {"quick": 120.0, "standard": 360.0, "thorough": 1200.0}
"""Seconds of training; quick shows what is possible, thorough is for agents that go to work."""

ALGORITHM_LABELS: dict[str, str] = {
    "pathwise": "Pathwise (follows how each order changes the cost)",
    "ppo": "PPO (proximal policy optimisation)",
    "a2c": "A2C (advantage actor-critic)",
    "dqn": "DQN (deep Q-network)",
    "sac": "SAC (soft actor-critic)",
    "q_learning": "Q-learning (table)",
}
_DEFAULTS: dict[str, dict[str, Any]] = {
    "pathwise": {"learning_rate": 1e-2, "width": 32},
    "ppo": {"learning_rate": 3e-3},
    "a2c": {"n_envs": 256, "learning_rate": 7e-4},
    "dqn": {"n_envs": 64, "learning_rate": 1e-3, "gamma": 0.98},
    "sac": {"n_envs": 64, "learning_rate": 1e-3, "gamma": 0.95},
    "q_learning": {"n_envs": 512, "gamma": 0.95},
}

_BOUNDS: dict[str, tuple[float, float]] = {
    "seed": (0, 1_000_000),
    "time_limit_s": (1, 86_400),
    "n_envs": (1, 16_384),
    "learning_rate": (1e-7, 1.0),
    "gamma": (0.5, 0.9999),
    "width": (4, 1024),
    "depth": (1, 4),
    "episode_length": (20, 5_000),
    "warm_start_s": (0, 600),
}


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Everything about a training run that can be set.

    Args:
        algorithm: ppo, a2c, dqn, sac or q_learning.
        seed: Of the network, the exploration and the order of the training futures.
        time_limit_s: Seconds until the best agent so far is handed over.
        n_envs: Environments played side by side, at the least eight per item.
        learning_rate: At the start, for one item; it falls as time runs out.
        gamma: Discount per period; the cost is an average, so near 1.
        width: Units in each hidden layer.
        depth: Hidden layers.
        episode_length: Periods until stock and calendar start anew.
        warm_start_s: Seconds of imitating (s, S) before learning begins.
    """

    algorithm: str = "ppo"
    seed: int = 0
    time_limit_s: float = PRESETS["quick"]
    n_envs: int = 256
    learning_rate: float = 3e-3
    gamma: float = 0.99
    width: int = 64
    depth: int = 2
    episode_length: int = 400
    warm_start_s: float = 4.0

    @classmethod
    def preset(cls, name: str, algorithm: str = "ppo", **changes: Any) -> TrainingConfig:
        """Return the settings that suit an algorithm, with the time of a preset.

        Raises:
            UnknownNameError: where there is no such preset or algorithm.
            ParameterError: where a change is out of bounds.
        """
        if name not in PRESETS:
            raise UnknownNameError("training preset", name, PRESETS)
        if algorithm not in _DEFAULTS:
            raise UnknownNameError("learning algorithm", algorithm, _DEFAULTS)
        base = cls(algorithm=algorithm, time_limit_s=PRESETS[name], **_DEFAULTS[algorithm])
        return replace(base, **changes).check()

    def check(self) -> TrainingConfig:
        """Return self, or say which setting cannot be.

        Raises:
            UnknownNameError: where there is no such algorithm.
            ParameterError: where a setting is out of bounds.
        """
        if self.algorithm not in _DEFAULTS:
            raise UnknownNameError("learning algorithm", self.algorithm, _DEFAULTS)
        for field in fields(self):
            if field.name in _BOUNDS:
                _check_one(field.name, getattr(self, field.name), *_BOUNDS[field.name])
        return self

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainingConfig:
        """Read settings written as plain values; missing ones take the algorithm's own.

        Raises:
            UnknownNameError, ParameterError: as ``check``; also for a setting there is none of.
        """
        known = {field.name for field in fields(cls)}
        for name in data:
            if name not in known:
                raise UnknownNameError("training setting", name, known)
        algorithm = str(data.get("algorithm", "ppo"))
        base = cls(algorithm=algorithm, **_DEFAULTS.get(algorithm, {}))
        return replace(base, **dict(data)).check()


def _check_one(name: str, value: Any, least: float, most: float) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    is_whole = name in {"seed", "n_envs", "width", "depth", "episode_length"}
    if not is_number or math.isnan(value) or not least <= value <= most:
        raise ParameterError(
            f"{name} must be a number from {least:g} to {most:g}",
            value=value,
            where="the training settings",
            remedy="Set it on the Agent page.",
        )
    if is_whole and value != int(value):
        raise ParameterError(
            f"{name} must be a whole number",
            value=value,
            where="the training settings",
            remedy="Set it on the Agent page.",
        )
