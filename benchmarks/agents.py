"""How good the learning agents are on textbook instances, and how fast PPO learns.

Costs are long-run averages on test futures that no agent was trained or chosen on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import torch

from benchmarks.report import Row
from core.agents import TrainingConfig, train
from core.agents.baseline import fit_baseline
from core.agents.clock import Clock
from core.agents.learner import Lesson
from core.agents.task import assign, learning_task
from core.demand import poisson
from core.domain import CostRates, LeadTime
from core.policies import Policy
from core.simulator import Problem, SingleItemSystem, draw_scenario, total_costs
from core.simulator.seeds import TEST_SEED

OPTIMUM = 6.8359
"""Lost sales, Poisson(5), h = 1, p = 9, L = 4: Zipkin (2008), Operations Research 56(4)."""

# Algorithm, seconds of training, gap to the optimum to stay below, in percent (None: no bar).
TASKS: tuple[tuple[str, float, float | None], ...] = (
    ("ppo", 60.0, 1.5),
    ("dqn", 180.0, 5.0),
    ("sac", 180.0, 5.0),
    ("a2c", 60.0, None),
    ("q_learning", 60.0, None),
)
_PATHS, _PERIODS, _WARM_UP = 2048, 2500, 100
_SPEED_BAR = 20.0


def textbook_problem() -> Problem:
    """Return the instance poisson-p9-L4."""
    return Problem("poisson-p9-L4", poisson(5.0), CostRates(1.0, 9.0), LeadTime(4))


def long_run_cost(problem: Problem, policy: Policy) -> tuple[float, float]:
    """Return the mean cost per period on the test futures, and its standard error."""
    system = SingleItemSystem([problem], _PATHS)
    scenario = draw_scenario([problem], _PATHS, _PERIODS + _WARM_UP, TEST_SEED)
    cost = total_costs(system, policy.act, scenario, warm_up=_WARM_UP).cost_per_period.double()
    return float(cost.mean()), float(cost.std()) / math.sqrt(_PATHS)


def rows() -> list[Row]:
    """Measure speed and quality, one after the other, on one core."""
    return [*learner_speed(), *agents_on_lost_sales()]


def agents_on_lost_sales(
    tasks: Sequence[tuple[str, float, float | None]] = TASKS, seed: int = 0
) -> list[Row]:
    """Train each algorithm alone for its time; return one row each."""
    torch.set_num_threads(1)
    return [_one_agent(*task, seed) for task in tasks]


def learner_speed(seconds: float = 15.0) -> list[Row]:
    """Time the same PPO on the batched VecEnv and on one plain Gymnasium environment.

    Both learn from rollouts of the same size with the same batches and epochs; frames per second
    count playing and learning together.
    """
    torch.set_num_threads(1)
    many, one = _two_learners()
    fast, slow = _frames_per_second(many, seconds), _frames_per_second(one, seconds)
    return [
        Row(
            "PPO learner frames per second, batched VecEnv against one Gymnasium env",
            f"at least {_SPEED_BAR:.0f} times",
            f"{fast:,.0f} against {slow:,.0f}: {fast / slow:.1f} times",
            fast / slow >= _SPEED_BAR,
            f"{many.n_envs} environments; same rollout, batch and epochs; one core",
        )
    ]


def _two_learners() -> tuple[Any, Any]:
    """Return the same PPO on the batch and on a single environment."""
    from stable_baselines3 import PPO

    from core.agents.sb3_learners import PpoLearner
    from core.simulator.gym_env import InventoryEnv

    problem = textbook_problem()
    assignment = assign([problem], fit_baseline([problem]))
    config = TrainingConfig.preset("quick", "ppo", warm_start_s=0.0)
    learner = PpoLearner(Lesson(assignment, config, Clock(3600.0)))
    env = InventoryEnv(learning_task(assignment, 1, config.episode_length))
    n_steps = learner.model.n_steps * learner.model.n_envs
    settings = {**learner.common(), "env": env, **learner.settings()}
    return learner.model, PPO("MlpPolicy", n_steps=n_steps, **settings)


def _one_agent(algorithm: str, seconds: float, bar: float | None, seed: int) -> Row:
    problem = textbook_problem()
    config = TrainingConfig.preset("quick", algorithm, time_limit_s=seconds, seed=seed)
    begin = time.perf_counter()
    agent = train([problem], config)
    took = time.perf_counter() - begin
    cost, error = long_run_cost(problem, agent.policy([problem]))
    gap, gap_error = 100 * (cost / OPTIMUM - 1), 100 * error / OPTIMUM
    return Row(
        f"{algorithm} on lost sales poisson-p9-L4 (optimum {OPTIMUM})",
        "" if bar is None else f"within {bar:g} % in {seconds:.0f} s",
        f"{gap:.2f} % ± {gap_error:.2f} (cost {cost:.4f}) after {took:.0f} s",
        None if bar is None else gap <= bar,
        f"seed {seed}, {agent.record.steps:,} periods; {_PATHS} x {_PERIODS} test periods",
    )


def _frames_per_second(model: Any, seconds: float) -> float:
    """Learn for whole rollouts until the time is over."""
    rollout = model.n_steps * model.n_envs
    model.learn(rollout)
    begin, frames = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        model.learn(rollout, reset_num_timesteps=False)
        frames += rollout
    return frames / (time.perf_counter() - begin)
