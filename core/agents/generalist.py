"""One agent for every item: learned from problems drawn anew all the time, none of them a real one.

What it learns is where to leave each item's own estimated (s, S), from features that are scaled by
the item itself; so it can order for any item inside its scope without having met it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, cycle

import numpy as np
import torch
from torch import Tensor

from core.agents.actions import levels_for
from core.agents.agent import TrainedAgent, TrainingRecord
from core.agents.clock import Clock
from core.agents.config import TrainingConfig
from core.agents.drawing import GENERAL_SCOPE, draw_kind, draw_problems, examples_of
from core.agents.encoder import FeatureEncoder, all_features, fit_encoder
from core.agents.features import MAX_BUCKETS
from core.agents.forks import Fork, Forks
from core.agents.groups import GATED, GROUPS, group_of
from core.agents.learner import Lesson
from core.agents.networks import Mlp, Network
from core.agents.pathwise import Drill, PathwiseLearner, Pupil, experts
from core.agents.progress import CurvePoint, OnProgress
from core.agents.references import References, measure
from core.agents.scope import Scope
from core.agents.task import Assignment, sample_states
from core.agents.training import run_lesson
from core.agents.windows import Windows
from core.policies import quick_s_s
from core.simulator import Problem

# Sets of problems in play at the same time, and for how many plays each stays.
_N_DRILLS, _STAY = 10, 20
_PROBLEMS_EACH = 48
# Forks of all sets that are learned from.
_KEPT = 40
# What it costs to leave (s, S) where orders have a price or a least size: rare stock-outs make
# noise there that would otherwise be followed.
_LOYALTY = 0.2
_ENCODED = 24
# Problems of a kind that candidates are judged on: many where hardly any two are alike.
_JUDGED, _JUDGED_GATED = 12, 36
# A candidate goes this part of the way, too: half a right move is worth more than half of it.
_PART = 0.5


def drawn_drills(lesson: Lesson, noise: torch.Generator) -> Iterator[Drill]:
    """Yield drills on drawn problems, some sets in turn; one that stayed long enough gives way.

    Args:
        lesson: Scope, features and settings.
        noise: For the drills.
    """
    rng = np.random.default_rng([lesson.config.seed, 1])
    drills: list[Drill | None] = [None] * _N_DRILLS
    kept: deque[Fork] = deque(maxlen=_KEPT)
    number = count(1)
    for turn in cycle(range(_N_DRILLS)):
        drill = drills[turn]
        if drill is None or drill.n_played >= _STAY:
            drill = drills[turn] = _fresh(lesson, noise, rng, next(number), kept)
        yield drill


def _fresh(
    lesson: Lesson, noise: torch.Generator, rng: np.random.Generator, number: int, kept: deque[Fork]
) -> Drill:
    """Draw problems of one kind to play."""
    a = lesson.assignment
    assert a.scope is not None
    kind = draw_kind(group_of(a.items[0]), rng, a.scope)
    problems = draw_problems(kind, _PROBLEMS_EACH, rng, a.scope)
    baseline = quick_s_s(problems)
    items = measure(problems, baseline)
    mine = replace(a, problems=tuple(problems), baseline=baseline, items=items)
    config = replace(lesson.config, seed=lesson.config.seed * 10_000 + number)
    lesson = replace(lesson, assignment=mine, config=config)
    return Forks(lesson, noise, kept, _LOYALTY) if kind.is_gated else Windows(lesson)


class GeneralistLearner(PathwiseLearner):
    """Pathwise learning on problems that change; everything else is as for known items."""

    def pupils(self) -> dict[str, Pupil]:
        """Return who learns for the group of items that is being learned."""
        group = group_of(self.lesson.assignment.items[0])
        return {group: self.pupil(drawn_drills(self.lesson, self._noise), group)}

    def candidates(self) -> Sequence[Network]:
        """Return also what moves half as far as the running mean: nearer to (s, S)."""
        *_, mean = known = super().candidates()
        assert isinstance(mean, Mlp)
        return [*known, mean.times(_PART)]


def train_group(
    config: TrainingConfig,
    group: str,
    *,
    on_progress: OnProgress = lambda _: True,
    scope: Scope = GENERAL_SCOPE,
) -> TrainedAgent:
    """Train the generalist for one group of items.

    Args:
        config: Time and settings; the algorithm is pathwise.
        group: One of GROUPS.
        on_progress: Receives reports; returns False to stop and keep the best so far.
        scope: Ranges of everything that items differ in; kept in the bundle.

    Raises:
        ParameterError: where a setting is out of bounds.
    """
    encoder = _encoder(config.check().seed, scope)
    assignment = _assignment(config.seed, group, scope, encoder)
    GeneralistLearner.load_libraries()
    lesson = Lesson(assignment, config, Clock(config.time_limit_s))
    return run_lesson("generalist", GeneralistLearner, lesson, on_progress)


def join_groups(parts: Mapping[str, TrainedAgent]) -> TrainedAgent:
    """Return the generalist for all groups of those for one; features and scopes are the same.

    Args:
        parts: By group.
    """
    agents = [parts[group] for group in GROUPS]
    first, networks = agents[0], {}
    for group, agent in zip(GROUPS, agents, strict=True):
        assert agent.brain.encoder == first.brain.encoder and agent.scope == first.scope
        assert isinstance(agent.brain.network, Mlp)
        networks[group] = agent.brain.network
    brain = replace(first.brain, network=experts(first.brain.encoder, networks))
    return replace(first, brain=brain, record=_joined([agent.record for agent in agents]))


def _joined(records: Sequence[TrainingRecord]) -> TrainingRecord:
    """Tell of all groups as of one training, as if they had learned side by side."""
    ratios = tuple(ratio for record in records for ratio in record.item_ratios)
    longest = max(records, key=lambda record: record.seconds)
    return replace(
        longest,
        steps=sum(record.steps for record in records),
        validation_ratio=round(sum(ratios) / len(ratios), 6),
        item_ratios=ratios,
        curve=tuple(_joined_curve(records, longest.curve)),
    )


def _joined_curve(
    records: Sequence[TrainingRecord], looks: Sequence[CurvePoint]
) -> Iterator[CurvePoint]:
    """Yield how all stood together at every look, each counted by its items."""
    n_items = [len(record.item_ratios) for record in records]
    for look in looks:
        points = [_latest(record.curve, look.elapsed_s) for record in records]
        pairs = zip(points, n_items, strict=True)
        ratio = sum(point.cost_ratio * n for point, n in pairs) / sum(n_items)
        yield CurvePoint(look.elapsed_s, sum(point.steps for point in points), round(ratio, 6))


def _latest(curve: Sequence[CurvePoint], elapsed_s: float) -> CurvePoint:
    """Return the last point up to then; the first one where all are later."""
    return next((p for p in reversed(curve) if p.elapsed_s <= elapsed_s), curve[0])


def _assignment(seed: int, group: str, scope: Scope, encoder: FeatureEncoder) -> Assignment:
    """Draw the problems that candidates are judged on."""
    rng = np.random.default_rng([seed, 2])
    n = _JUDGED_GATED if group == GATED else _JUDGED
    judged = [p for kind in examples_of(group) for p in draw_problems(kind, n, rng, scope)]
    named = [replace(problem, name=f"judged {row}") for row, problem in enumerate(judged)]
    baseline = quick_s_s(named)
    items = measure(named, baseline)
    code = levels_for(named, items)
    return Assignment(tuple(named), baseline, items, encoder, code, scope, is_open=True)


def _encoder(seed: int, scope: Scope) -> FeatureEncoder:
    """Standardise features over problems of all groups, so that all parts read the same."""
    rng = np.random.default_rng([seed, 3])
    kinds = [kind for group in GROUPS for kind in examples_of(group)]
    tables = [t for kind in kinds for t in _tables(draw_problems(kind, _ENCODED, rng, scope))]
    return fit_encoder(tables, MAX_BUCKETS)


def _tables(problems: Sequence[Problem]) -> list[Tensor]:
    baseline = quick_s_s(problems)
    items = measure(problems, baseline, with_cost=False)
    references = References.of(items, 4)
    states = sample_states(problems, baseline, items, 4)
    return [all_features(s.observation, references, MAX_BUCKETS) for s in states[1::3]]
