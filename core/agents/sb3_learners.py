"""PPO, A2C, DQN and SAC of stable-baselines3 on the batched simulator.

Each class says what is its own: settings, how it imitates, and which layers make its orders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from core.agents.actions import ChooseCode, choices_for, controls_for
from core.agents.features import FOR_PATHWISE
from core.agents.learner import GoOn, Lesson, LoadLibraries, load_sb3, no_logger
from core.agents.networks import Mlp, Network
from core.agents.task import learning_task
from core.agents.warm_start import examples, imitate
from core.simulator import Problem

_ENDLESS = 10**12
_EXAMPLE_SEED = 1500
# Items teach each other wrong things at first: many of them are learned more slowly.
_RATE_FOR_MANY = 0.3
# Periods between two updates of PPO.
_ROLLOUT = 32
# Share of the time in which the critic of PPO and A2C learns and the actor does not.
_CRITIC_ALONE = 0.08
# Updates of SAC's critic before its actor moves.
_CRITIC_FIRST = 1500


class Sb3Learner:
    """What the four have in common."""

    choose_code: ClassVar[ChooseCode] = staticmethod(choices_for)
    unseen: ClassVar[frozenset[str]] = FOR_PATHWISE
    load_libraries: ClassVar[LoadLibraries] = staticmethod(load_sb3)
    activation: ClassVar[str] = "tanh"
    head: ClassVar[str] = "argmax"
    average: ClassVar[float] = 0.9
    """Weight of the past in the running mean of the network, per update of it."""

    def __init__(self, lesson: Lesson):
        from core.simulator.vec_env import InventoryVecEnv

        self.lesson, config = lesson, lesson.config
        task = learning_task(lesson.assignment, config.n_envs, config.episode_length)
        self.env = InventoryVecEnv(task, config.seed)
        self.model: Any = self.make_model()
        self._mean: Mlp | None = None

    @property
    def steps(self) -> int:
        """Item-periods learned from so far."""
        return int(self.model.num_timesteps)

    def make_model(self) -> Any:
        """Build the stable-baselines3 model."""
        raise AssertionError("every algorithm builds its own")

    def layers(self) -> nn.Sequential:
        """Return the layers from features to the scores of choices or controls."""
        raise AssertionError("every algorithm has its own")

    def common(self) -> dict[str, Any]:
        """Return the settings every algorithm takes."""
        config, clock = self.lesson.config, self.lesson.clock
        is_single = len(self.lesson.assignment.problems) == 1
        rate = config.learning_rate * (1.0 if is_single else _RATE_FOR_MANY)
        return {
            "env": self.env,
            "learning_rate": lambda _: rate * clock.left_share(),
            "gamma": config.gamma,
            "seed": config.seed,
            "device": "cpu",
        }

    @property
    def hidden(self) -> list[int]:
        """Units of each hidden layer."""
        return [self.lesson.config.width] * self.lesson.config.depth

    def warm_start(self, go_on: GoOn) -> None:
        """Imitate (s, S) on the states around its way."""
        data = examples(self.lesson.assignment, _EXAMPLE_SEED)
        layers = self.layers()
        seconds = self.lesson.config.warm_start_s
        imitate(self.controls(layers), layers.parameters(), data, seconds, go_on)

    def controls(self, layers: nn.Sequential) -> Callable[[Tensor], Tensor]:
        """Return the function to fit to the baseline's actions."""
        return layers

    def learn(self, go_on: GoOn) -> None:
        """Run the algorithm until told to stop."""
        self.model.set_logger(no_logger())
        self.model.learn(_ENDLESS, callback=_callback(go_on, self._remember))

    def candidates(self) -> Sequence[Network]:
        """Return the network as it is, and its running mean, which is often the better one."""
        now = self.snapshot()
        return [now] if self._mean is None else [now, self._mean]

    def snapshot(self) -> Mlp:
        """Copy the layers."""
        linear = [layer for layer in self.layers() if isinstance(layer, nn.Linear)]
        tensors = {
            f"{i}.{name}": value
            for i, layer in enumerate(linear)
            for name, value in (("weight", layer.weight), ("bias", layer.bias))
        }
        return Mlp.of(tensors, self.activation, self.chosen_head())

    def chosen_head(self) -> str:
        """Return how orders are read off the last layer."""
        return self.head

    def _remember(self) -> None:
        """Move the running mean towards the network as it is."""
        now = self.snapshot()
        if self._mean is None:
            self._mean = now
            return
        pairs = zip(self._mean.tensors().values(), now.tensors().values(), strict=True)
        for mean, value in pairs:
            mean.lerp_(value, 1.0 - self.average)


class PpoLearner(Sb3Learner):
    """Proximal policy optimisation (Schulman et al. 2017)."""

    def make_model(self) -> Any:
        """A rollout of 32 periods, learned from three times in large batches."""
        from stable_baselines3 import PPO

        return PPO("MlpPolicy", n_steps=_ROLLOUT, **self.common(), **self.settings())

    def settings(self) -> dict[str, Any]:
        """Return PPO's own settings, whatever the shape of the environment."""
        return {
            "batch_size": max(64, _ROLLOUT * self.env.num_envs // 4),
            "n_epochs": 3,
            "gae_lambda": credit(self.lesson.assignment.problems),
            "ent_coef": 0.002,
            "policy_kwargs": {"net_arch": {"pi": self.hidden, "vf": self.hidden}},
        }

    def layers(self) -> nn.Sequential:
        """Return the actor."""
        policy = self.model.policy
        return nn.Sequential(*policy.mlp_extractor.policy_net, policy.action_net)

    def chosen_head(self) -> str:
        """Return how orders are read off the chances of choices."""
        return "gated" if self.lesson.assignment.code.n_apart else "argmax"

    def _remember(self) -> None:
        """Let the critic learn alone at first: what it says is noise until then."""
        super()._remember()
        is_early = self.lesson.clock.elapsed_s < self._learning_since + self._critic_alone_s
        self.layers().requires_grad_(not is_early)

    def learn(self, go_on: GoOn) -> None:
        """Run the algorithm until told to stop."""
        self._learning_since = self.lesson.clock.elapsed_s
        self._critic_alone_s = _CRITIC_ALONE * self.lesson.clock.remaining_s
        super().learn(go_on)


class A2cLearner(PpoLearner):
    """Advantage actor-critic (Mnih et al. 2016)."""

    average: ClassVar[float] = 0.98

    def make_model(self) -> Any:
        """One step on every rollout of 8 periods."""
        from stable_baselines3 import A2C

        return A2C(
            "MlpPolicy",
            **self.common(),
            n_steps=8,
            gae_lambda=credit(self.lesson.assignment.problems),
            ent_coef=0.0005,
            normalize_advantage=True,
            policy_kwargs={"net_arch": {"pi": self.hidden, "vf": self.hidden}},
        )


class DqnLearner(Sb3Learner):
    """Deep Q-network (Mnih et al. 2015)."""

    activation: ClassVar[str] = "relu"
    average: ClassVar[float] = 0.998

    def make_model(self) -> Any:
        """A large replay buffer and little exploration: the warm start knows the way."""
        from stable_baselines3 import DQN

        return DQN(
            "MlpPolicy",
            **self.common(),
            buffer_size=200_000,
            learning_starts=5_000,
            batch_size=512,
            train_freq=1,
            gradient_steps=1,
            target_update_interval=500,
            exploration_initial_eps=0.1,
            exploration_final_eps=0.1,
            policy_kwargs={"net_arch": self.hidden},
        )

    def layers(self) -> nn.Sequential:
        """Return the Q-network."""
        layers: nn.Sequential = self.model.q_net.q_net
        return layers

    def warm_start(self, go_on: GoOn) -> None:
        """Imitate (s, S), in the target network as well."""
        super().warm_start(go_on)
        self.model.q_net_target.load_state_dict(self.model.q_net.state_dict())


class SacLearner(Sb3Learner):
    """Soft actor-critic (Haarnoja et al. 2018)."""

    choose_code: ClassVar[ChooseCode] = staticmethod(controls_for)
    activation: ClassVar[str] = "relu"
    head: ClassVar[str] = "tanh"
    average: ClassVar[float] = 0.998

    def make_model(self) -> Any:
        """Small fixed entropy: the cost of trembling is real."""
        from stable_baselines3 import SAC

        model = SAC(
            "MlpPolicy",
            **self.common(),
            buffer_size=200_000,
            learning_starts=5_000,
            batch_size=256,
            train_freq=1,
            gradient_steps=1,
            tau=0.01,
            ent_coef=0.005,
            policy_kwargs={"net_arch": self.hidden},
        )
        _hold_back(model.actor.optimizer, lambda: model._n_updates < _CRITIC_FIRST)
        return model

    def layers(self) -> nn.Sequential:
        """Return the actor's mean."""
        actor = self.model.actor
        return nn.Sequential(*actor.latent_pi, actor.mu)

    def controls(self, layers: nn.Sequential) -> Callable[[Tensor], Tensor]:
        """Imitate in the space of controls, after squashing."""
        return lambda features: torch.tanh(layers(features))

    def warm_start(self, go_on: GoOn) -> None:
        """Imitate (s, S), and start with little noise about it."""
        super().warm_start(go_on)
        with torch.no_grad():
            self.model.actor.log_std.bias.fill_(-1.5)
            self.model.actor.log_std.weight.mul_(0.1)


def credit(problems: Sequence[Problem]) -> float:
    """Return the GAE lambda with which an order is judged until shortly after it has arrived."""
    periods = max(p.lead_time.mean + p.rules.review_period for p in problems)
    return 1.0 - 1.0 / (5.0 + 1.5 * periods)


def _hold_back(optimiser: Any, is_early: Callable[[], bool]) -> None:
    """Let an optimiser do nothing while it is early.

    An actor that follows a critic which knows nothing yet forgets the (s, S) it started from.
    """
    step = optimiser.step
    optimiser.step = lambda *args, **kwargs: None if is_early() else step(*args, **kwargs)


def _callback(go_on: GoOn, remember: Callable[[], None]) -> Any:
    from stable_baselines3.common.callbacks import BaseCallback

    class Watch(BaseCallback):
        """Stops the learning when told; keeps the running mean of the network."""

        def _on_step(self) -> bool:
            return go_on()

        def _on_rollout_end(self) -> None:
            remember()

    return Watch()
