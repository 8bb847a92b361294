"""The Gymnasium and stable-baselines3 adapters play the simulator and nothing else."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from gymnasium.utils.env_checker import check_env
from stable_baselines3.common.env_checker import check_env as check_env_of_sb3
from stable_baselines3.common.vec_env import VecMonitor

from core.demand import poisson
from core.domain import CostRates, LeadTime
from core.simulator import InitialStock, Problem, SingleItemSystem, draw_scenario
from core.simulator.episodes import Episodes, LearningTask, saving
from core.simulator.gym_env import InventoryEnv
from core.simulator.vec_env import InventoryVecEnv

PROBLEMS = [
    Problem("a", poisson(5.0), CostRates(1.0, 9.0), LeadTime(2)),
    Problem("b", poisson(9.0), CostRates(1.0, 4.0, 20.0), LeadTime(2)),
]
HORIZON = 12


def task_of(problems, n_paths, *, is_continuous=False) -> LearningTask:
    """Features: stock and position over 50; choice k orders k units, a control up to 10."""
    system = SingleItemSystem(problems, n_paths)
    n_envs = system.parameters.n_envs
    return LearningTask(
        system=system,
        encode=lambda o: (torch.stack([o.on_hand, o.inventory_position], 1) / 50).clamp(-10, 10),
        decode=lambda a, o: 5 * (a[:, 0] + 1) if is_continuous else a.float(),
        n_features=2,
        n_choices=0 if is_continuous else 16,
        n_controls=1 if is_continuous else 0,
        reference_cost=torch.full((n_envs,), 8.0),
        reward_unit=torch.full((n_envs,), 4.0),
        draw=lambda seed: (
            draw_scenario(problems, n_paths, HORIZON + 1, seed),
            InitialStock(torch.full((n_envs,), 10.0)),
        ),
        horizon=HORIZON,
    )


@pytest.mark.parametrize("is_continuous", [False, True])
def test_the_gymnasium_env_passes_both_checkers_without_a_warning(is_continuous):
    env = InventoryEnv(task_of(PROBLEMS[:1], 1, is_continuous=is_continuous))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env)
        check_env_of_sb3(env)


def test_an_episode_ends_by_truncation_only():
    env = InventoryEnv(task_of(PROBLEMS[:1], 1))
    env.reset(seed=3)
    ends = [env.step(4)[2:4] for _ in range(HORIZON)]
    assert ends == [(False, False)] * (HORIZON - 1) + [(False, True)]


def test_reward_is_the_cost_of_the_simulator_in_one_place():
    """Rewards add up to what was saved against the reference, by hand on the same futures."""
    task = task_of(PROBLEMS, 3)
    episodes = Episodes(task)
    episodes.start(1234)
    rewards = sum(episodes.step(torch.full((6,), 5))[1] for _ in range(HORIZON))
    scenario, initial = task.draw(1234)
    stocks, cost = task.system.start(initial), torch.zeros(6)
    for _ in range(HORIZON):
        stocks, flows = task.system.step(stocks, torch.full((6,), 5.0), scenario)
        cost += task.system.cost(flows)
    assert torch.allclose(rewards, (HORIZON * 8.0 - cost) / 4.0, atol=1e-4)
    assert bool((saving(torch.full((6,), 8.0), task) == 0).all())


def test_vec_env_row_equals_the_single_env():
    """The batch plays what a single environment plays, on the same futures."""
    many, one = InventoryVecEnv(task_of(PROBLEMS, 1)), Episodes(task_of(PROBLEMS[1:], 1))
    seen = many.reset()
    assert np.array_equal(seen[1], one.start(1001)[0].numpy())
    for t in range(HORIZON - 1):
        seen, rewards, dones, _ = many.step(np.array([t % 16, t % 7]))
        features, reward, _ = one.step(torch.tensor([t % 7]))
        assert np.array_equal(seen[1], features[0].numpy())
        assert rewards[1] == reward[0] and not dones.any()


def test_vec_env_truncates_with_the_last_observation_and_starts_anew():
    env = InventoryVecEnv(task_of(PROBLEMS, 2))
    first = env.reset()
    for _ in range(HORIZON):
        before_infos = env.step(np.full(4, 5))
    seen, _, dones, infos = before_infos
    assert dones.all() and all(info["TimeLimit.truncated"] for info in infos)
    last = np.stack([info["terminal_observation"] for info in infos])
    assert np.array_equal(seen, first) and not np.array_equal(last, seen)
    assert env.step(np.full(4, 5))[3] == [{}] * 4


def test_every_episode_lives_through_other_futures():
    env = InventoryVecEnv(task_of(PROBLEMS, 2))

    def play():
        env.reset()
        return np.stack([env.step(np.full(4, 5))[1] for _ in range(5)])

    first, second = play(), play()
    assert not np.array_equal(first, second)
    env.seed(0)
    assert np.array_equal(play(), first)


def test_vec_env_works_under_sb3_wrappers():
    """get_attr, env_is_wrapped and the rest answer as wrappers expect."""
    env = VecMonitor(InventoryVecEnv(task_of(PROBLEMS, 2)))
    env.reset()
    for _ in range(HORIZON):
        infos = env.step(np.full(4, 5))[3]
    assert all(info["episode"]["l"] == HORIZON for info in infos)
    assert env.get_attr("num_envs") == [4] * 4 and env.env_is_wrapped(VecMonitor) == [False] * 4
    env.close()
