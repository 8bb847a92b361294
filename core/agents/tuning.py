"""Fine-tuning: an agent for all items goes on learning on a planner's own ones."""

from __future__ import annotations

from collections.abc import Sequence

from core.agents.agent import TrainedAgent
from core.agents.clock import Clock
from core.agents.config import TrainingConfig
from core.agents.learner import Lesson
from core.agents.pathwise import PathwiseLearner
from core.agents.progress import OnProgress
from core.agents.references import measure
from core.agents.task import Assignment
from core.agents.training import run_lesson
from core.domain import BundleMismatchError
from core.policies import quick_s_s
from core.policies.protocol import Policy
from core.simulator import Problem

LEARNING_RATE = 3e-3
"""Slower than from scratch: what is known already must not be shaken."""


def fine_tune(
    agent: TrainedAgent,
    problems: Sequence[Problem],
    config: TrainingConfig,
    on_progress: OnProgress = lambda _: True,
    *,
    baseline: Policy,
    name: str,
) -> TrainedAgent:
    """Let a generalist learn these items by heart; it is then for them alone.

    Args:
        agent: Where learning begins.
        problems: One per item.
        config: Time and settings; width and depth are those of the agent.
        on_progress: Receives reports; returns False to stop and keep the best so far.
        baseline: The items' (s, S) policy, which it is measured against.
        name: The new agent's name.

    Raises:
        BundleMismatchError: where the agent was made for single items, or the items lie outside
            its ranges.
        ParameterError: where a setting is out of bounds.
    """
    scope = agent.scope
    if scope is None:
        raise BundleMismatchError(
            "Only an agent that was made for all items can be fine-tuned",
            value=agent.name,
            remedy="Train a new agent on the Agent page.",
        )
    rows = [row for row, problem in enumerate(problems) if scope.holds(problem)]
    inside = [problems[row] for row in rows]
    if not inside:
        raise BundleMismatchError(
            "None of the items lies inside the ranges that the agent was made for",
            value=agent.name,
            remedy="Train a new agent on the Agent page, or use (s, S).",
        )
    PathwiseLearner.load_libraries()
    clock = Clock(config.check().time_limit_s)
    encoder, code = agent.brain.encoder, agent.brain.code
    items = measure(inside, quick_s_s(inside))
    assignment = Assignment(tuple(inside), baseline.select(rows), items, encoder, code, scope)
    lesson = Lesson(assignment, config, clock, start=agent.brain.network)
    return run_lesson(name, PathwiseLearner, lesson, on_progress)
