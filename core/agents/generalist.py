"""One agent for every item: learned from problems drawn anew all the time, none of them a real one.

What it learns is where to leave each item's own estimated (s, S), from features that are scaled by
the item itself; so it can order for any item inside its scope without having met it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, cycle
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from core.agents.actions import ChooseCode, levels_for
from core.agents.agent import TrainedAgent, TrainingRecord
from core.agents.clock import Clock
from core.agents.config import TrainingConfig
from core.agents.drawing import GATED_KINDS, GENERAL_SCOPE, PLAIN_KINDS, Kind, draw_problems
from core.agents.encoder import FeatureEncoder, all_features, fit_encoder
from core.agents.features import MAX_BUCKETS
from core.agents.forks import Forks
from core.agents.learner import Lesson
from core.agents.networks import Mlp
from core.agents.pathwise import Drill, PathwiseLearner, Pupil, experts
from core.agents.policy import Brain
from core.agents.progress import CurvePoint, OnProgress
from core.agents.references import References, measure
from core.agents.scope import Scope
from core.agents.task import Assignment, sample_states
from core.agents.training import run_lesson
from core.agents.windows import Windows
from core.policies import estimate_s_s
from core.simulator import Problem

# Sets of problems in play at the same time, and for how many plays each stays.
_N_DRILLS, _STAY = 10, 14
_PROBLEMS_EACH = 48
_ENCODED, _JUDGED = 24, 12


def drawn_drills(lesson: Lesson, noise: torch.Generator) -> Iterator[Drill]:
    """Yield drills on drawn problems, some sets in turn; one that stayed long enough gives way.

    Args:
        lesson: Scope, features and settings.
        noise: For the drills.
    """
    rng = np.random.default_rng([lesson.config.seed, 1])
    drills: list[Drill | None] = [None] * _N_DRILLS
    number = count(1)
    for turn in cycle(range(_N_DRILLS)):
        drill = drills[turn]
        if drill is None or drill.n_played >= _STAY:
            drill = drills[turn] = _fresh(lesson, noise, rng, next(number))
        yield drill


def _fresh(lesson: Lesson, noise: torch.Generator, rng: np.random.Generator, number: int) -> Drill:
    """Draw problems of one kind to play."""
    a = lesson.assignment
    assert a.scope is not None
    kind = (GATED_KINDS if a.items[0].is_gated else PLAIN_KINDS).draw(rng, a.scope)
    problems = draw_problems(kind, _PROBLEMS_EACH, rng, a.scope)
    baseline = estimate_s_s(problems)
    items = measure(problems, baseline)
    mine = replace(a, problems=tuple(problems), baseline=baseline, items=items)
    config = replace(lesson.config, seed=lesson.config.seed * 10_000 + number)
    lesson = replace(lesson, assignment=mine, config=config)
    return Forks(lesson, noise) if kind.is_gated else Windows(lesson)


class GeneralistLearner(PathwiseLearner):
    """Pathwise learning on problems that change; everything else is as for known items."""

    choose_code: ClassVar[ChooseCode] = staticmethod(levels_for)

    def pupils(self) -> tuple[Pupil | None, Pupil | None]:
        """Return who learns for the half of all items that is being learned."""
        is_gated = self.lesson.assignment.items[0].is_gated
        pupil = self.pupil(drawn_drills(self.lesson, self._noise), is_gated)
        return (None, pupil) if is_gated else (pupil, None)


def train_half(
    config: TrainingConfig,
    *,
    is_gated: bool,
    start: TrainedAgent | None = None,
    on_progress: OnProgress = lambda _: True,
    scope: Scope = GENERAL_SCOPE,
) -> TrainedAgent:
    """Train one half of the generalist.

    Args:
        config: Time and settings; the algorithm is pathwise.
        is_gated: Whether it is the half for items whose orders have a price or a least size.
        start: The other half, to go on from: how stock is best moved where an order is due is
            much the same for both.
        on_progress: Receives reports; returns False to stop and keep the best so far.
        scope: Ranges of everything that items differ in; kept in the bundle.

    Raises:
        ParameterError: where a setting is out of bounds.
    """
    encoder = _encoder(config.check().seed, scope) if start is None else start.brain.encoder
    assignment = _assignment(config.seed, is_gated, scope, encoder)
    network = None if start is None else start.brain.network
    lesson = Lesson(assignment, config, Clock(config.time_limit_s), network)
    return run_lesson("generalist", GeneralistLearner, lesson, on_progress)


def join_halves(plain: TrainedAgent, gated: TrainedAgent) -> TrainedAgent:
    """Return the generalist of two halves that read the same features and have one scope."""
    brain = plain.brain
    assert brain.encoder == gated.brain.encoder and plain.scope == gated.scope
    low, high = brain.network, gated.brain.network
    assert isinstance(low, Mlp) and isinstance(high, Mlp)
    whole = Brain(brain.encoder, experts(brain.encoder, low, high), brain.code)
    return replace(plain, brain=whole, record=_joined(plain.record, gated.record))


def _joined(plain: TrainingRecord, gated: TrainingRecord) -> TrainingRecord:
    """Tell of both halves as of one training, one after the other."""
    later = [
        CurvePoint(plain.seconds + p.elapsed_s, plain.steps + p.steps, p.cost_ratio)
        for p in gated.curve
    ]
    ratios = (*plain.item_ratios, *gated.item_ratios)
    return replace(
        plain,
        seconds=plain.seconds + gated.seconds,
        steps=plain.steps + gated.steps,
        validation_ratio=round(sum(ratios) / len(ratios), 6),
        item_ratios=ratios,
        curve=(*plain.curve, *later),
    )


def _assignment(seed: int, is_gated: bool, scope: Scope, encoder: FeatureEncoder) -> Assignment:
    """Draw the problems that candidates are judged on."""
    rng = np.random.default_rng([seed, 2])
    kinds = (GATED_KINDS if is_gated else PLAIN_KINDS).examples
    judged = [p for kind in kinds for p in draw_problems(kind, _JUDGED, rng, scope)]
    named = [replace(problem, name=f"judged {row}") for row, problem in enumerate(judged)]
    baseline = estimate_s_s(named)
    items = measure(named, baseline)
    code = levels_for(named, items)
    return Assignment(tuple(named), baseline, items, encoder, code, scope, is_open=True)


def _encoder(seed: int, scope: Scope) -> FeatureEncoder:
    """Standardise features over problems of all kinds, so that both halves read the same."""
    rng = np.random.default_rng([seed, 3])
    kinds: tuple[Kind, ...] = (*PLAIN_KINDS.examples, *GATED_KINDS.examples)
    tables = [t for kind in kinds for t in _tables(draw_problems(kind, _ENCODED, rng, scope))]
    return fit_encoder(tables, MAX_BUCKETS)


def _tables(problems: Sequence[Problem]) -> list[Tensor]:
    baseline = estimate_s_s(problems)
    items = measure(problems, baseline, with_cost=False)
    references = References.of(items, 4)
    states = sample_states(problems, baseline, items, 4)
    return [all_features(s.observation, references, MAX_BUCKETS) for s in states[1::3]]
