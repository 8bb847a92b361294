"""One entry for every learning algorithm: from items to a trained agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

import torch

from core.agents.agent import ItemCard, TrainedAgent, TrainingRecord, data_sha256
from core.agents.baseline import fit_baseline
from core.agents.clock import Clock
from core.agents.config import TrainingConfig
from core.agents.learner import Learner, Lesson
from core.agents.networks import Network, copy_of
from core.agents.policy import AgentPolicy, Brain
from core.agents.progress import CurvePoint, OnProgress, Progress
from core.agents.registry import ALGORITHMS
from core.agents.sources import FITTED, Source
from core.agents.task import Assignment, assign
from core.agents.validation import LOSS_WEIGHT
from core.domain import ParameterError
from core.policies.protocol import Policy
from core.simulator import Problem

_REPORT_EVERY_S = 1.5
# Validation may take this share of the time.
_VALIDATION_SHARE = 0.12
_LIBRARIES = ("torch", "stable-baselines3", "gymnasium", "numpy", "safetensors")


def train(
    problems: Sequence[Problem],
    config: TrainingConfig,
    on_progress: OnProgress = lambda _: True,
    *,
    baseline: Policy | None = None,
    name: str = "",
    source: Source = FITTED,
) -> TrainedAgent:
    """Train an agent for these items and return the best one met on the way.

    Args:
        problems: One per item; one agent serves them all.
        config: Algorithm, time and settings.
        on_progress: Receives reports; returns False to stop and keep the best so far.
        baseline: The items' (s, S) policy; found first where it is not given.
        name: The agent's name; by default the algorithm's.
        source: Where its futures come from; see ``PanelFutures`` for the items' own past.

    Raises:
        ParameterError: where there are no items or a setting is out of bounds.
        UnknownNameError: where there is no such algorithm.
    """
    config.check()
    if not problems:
        raise ParameterError(
            "There must be at least one item to train for",
            value=0,
            remedy="Choose items on the Agent page.",
        )
    learner_class = ALGORITHMS[config.algorithm]
    learner_class.load_libraries()
    clock = Clock(config.time_limit_s)
    known = fit_baseline(problems) if baseline is None else baseline
    code, unseen = learner_class.choose_code, learner_class.unseen
    assignment = assign(problems, known, code, source, unseen)
    lesson = Lesson(assignment, config, clock)
    return run_lesson(name or config.algorithm, learner_class, lesson, on_progress)


def run_lesson(
    name: str, learner_class: type[Learner], lesson: Lesson, on_progress: OnProgress
) -> TrainedAgent:
    """Let a learner learn until time is up; return the best agent met on the way.

    Args:
        name: The agent's name.
        learner_class: Learns.
        lesson: What, how and how long.
        on_progress: Receives reports; returns False to stop and keep the best so far.
    """
    torch.set_num_threads(1)
    run = _Run(name, lesson.config, lesson.assignment, lesson.clock, on_progress)
    return run.play(learner_class(lesson))


@dataclass
class _Run:
    """A training run: keeps the best candidate, reports, and stops in time."""

    name: str
    config: TrainingConfig
    assignment: Assignment
    clock: Clock
    on_progress: OnProgress
    curve: list[CurvePoint] = field(default_factory=list)

    def __post_init__(self) -> None:
        a = self.assignment
        # Whoever learns for items unknown has to be right on all of them.
        weight = 1.0 if a.is_open else LOSS_WEIGHT
        self._validation = a.source.validation(a.problems, a.baseline, weight)
        self._best: Network | None = None
        self._best_score = self._best_ratio = self._ratio = float("inf")
        self._next_report = self._next_look = 0.0
        self._is_wanted = True
        self._has_news = False
        self._phase = ""
        self._steps = 0

    def play(self, learner: Learner) -> TrainedAgent:
        """Warm start, learn, and hand over the best."""
        self._phase = "Imitating (s, S)"
        learner.warm_start(lambda: self._go_on(learner, is_learning=False))
        self._phase = "Learning"
        self._look(learner)
        self._report()
        if self._is_wanted and self.clock.remaining_s > 0:
            learner.learn(lambda: self._go_on(learner))
        self._look(learner)
        self._phase = "Done"
        self._report()
        return self._agent()

    def _go_on(self, learner: Learner, *, is_learning: bool = True) -> bool:
        now = self.clock.elapsed_s
        if now >= self._next_look and is_learning:
            self._look(learner)
        if now >= self._next_report:
            self._report()
        return self._is_wanted and self.clock.remaining_s > 0

    def _look(self, learner: Learner) -> None:
        """Try the candidates on the validation futures; keep the best ever met."""
        begin = self.clock.elapsed_s
        ratios = []
        for network in learner.candidates():
            ratio, score = self._validation.judge(self._policy(network))
            ratios.append(ratio)
            if score < self._best_score:
                self._best, self._best_ratio, self._best_score = copy_of(network), ratio, score
                self._has_news = True
        self._ratio, self._steps = min(ratios), learner.steps
        end = self.clock.elapsed_s
        self.curve.append(CurvePoint(round(end, 2), learner.steps, round(self._ratio, 6)))
        self._next_look = end + max(_REPORT_EVERY_S, (end - begin) / _VALIDATION_SHARE)

    def _report(self) -> None:
        self._next_report = self.clock.elapsed_s + _REPORT_EVERY_S
        is_news, self._has_news = self._has_news, False
        self._is_wanted &= self.on_progress(
            Progress(
                self._phase,
                self.clock.fraction,
                self.clock.elapsed_s,
                self.clock.remaining_s,
                self._steps,
                self._ratio,
                self._best_ratio,
                is_news,
                self._bundle,
            )
        )

    def _bundle(self) -> bytes:
        from core.agents.bundle import save

        return save(self._agent())

    def _policy(self, network: Network) -> AgentPolicy:
        brain = Brain(self.assignment.encoder, network, self.assignment.code)
        return AgentPolicy(self.name, brain, self.assignment.items)

    def _agent(self) -> TrainedAgent:
        assert self._best is not None, "the warm start is always looked at"
        a, policy = self.assignment, self._policy(self._best)
        ratios = self._validation.item_ratios(policy)
        record = TrainingRecord(
            seed=self.config.seed,
            seconds=round(self.clock.elapsed_s, 2),
            steps=self._steps,
            validation_ratio=round(self._best_ratio, 6),
            item_ratios=tuple(round(float(ratio), 6) for ratio in ratios),
            curve=tuple(self.curve),
            data_sha256=data_sha256(a.problems),
            config=asdict(self.config),
            versions={library: version(library) for library in _LIBRARIES},
        )
        known = () if a.is_open else zip(a.problems, a.items, strict=True)
        cards = tuple(ItemCard.of(problem, item) for problem, item in known)
        return TrainedAgent(self.name, self.config.algorithm, policy.brain, cards, record, a.scope)
