"""The learning task of a set of items: what is seen, what is chosen, on which futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.agents.actions import ChooseCode, OrderCode, choices_for
from core.agents.encoder import FeatureEncoder, all_features, fit_encoder, n_buckets_for
from core.agents.features import FOR_PATHWISE
from core.agents.references import ItemReference, References, measure, reward_units
from core.agents.scope import Scope
from core.agents.sources import FITTED, Source
from core.policies.protocol import Policy
from core.simulator import Observation, Problem, SingleItemSystem
from core.simulator.episodes import LearningTask
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

_SAMPLE_SEED = TRAINING_SEED + N_SEEDS - 2
_SAMPLE_ENVS, _SAMPLE_PERIODS = 512, 60


@dataclass(frozen=True, eq=False)
class Assignment:
    """What is to be learned: items, their baseline, and how the agent sees and orders.

    Args:
        problems: One per item.
        baseline: Their (s, S) policy.
        items: Their measures.
        encoder: Features.
        code: Orders.
        scope: Ranges that items are measured alike in; None where (s, S) is each item's own.
        is_open: Whether the problems only stand for all others inside the scope.
        source: Where futures come from.
    """

    problems: tuple[Problem, ...]
    baseline: Policy
    items: tuple[ItemReference, ...]
    encoder: FeatureEncoder
    code: OrderCode
    scope: Scope | None = None
    is_open: bool = False
    source: Source = FITTED


def assign(
    problems: Sequence[Problem],
    baseline: Policy,
    choose_code: ChooseCode = choices_for,
    source: Source = FITTED,
    unseen: frozenset[str] = FOR_PATHWISE,
) -> Assignment:
    """Work out how an agent will see these items; the same items always give the same answer.

    Args:
        problems: One per item.
        baseline: Their (s, S) policy.
        choose_code: What the learner can choose from.
        source: Where futures come from.
        unseen: Features that the learner is not shown.
    """
    items = measure(problems, baseline, follows_sales=source.follows(problems, baseline))
    code = choose_code(problems, items)
    n_buckets = n_buckets_for(problems)
    n_paths = max(2, _SAMPLE_ENVS // len(problems))
    references = References.of(items, n_paths)
    tables = [
        all_features(state.observation, references, n_buckets)
        for state in sample_states(problems, baseline, items, n_paths, source)
    ]
    encoder = fit_encoder(tables[1::3], n_buckets, unseen | source.hidden(items))
    return Assignment(tuple(problems), baseline, items, encoder, code, source=source)


@dataclass(frozen=True, eq=False)
class State:
    """A state on the way of the (disturbed) baseline, and what the baseline would order in it."""

    observation: Observation
    quantity: Tensor


def sample_states(
    problems: Sequence[Problem],
    baseline: Policy,
    items: Sequence[ItemReference],
    n_paths: int,
    source: Source = FITTED,
    seed: int = _SAMPLE_SEED,
) -> list[State]:
    """Play the baseline with disturbed orders, to meet the states around its own.

    A third of the orders is shrunk or stretched at random, some are left out.
    """
    system = SingleItemSystem(problems, n_paths, memory=source.memory)
    scenario, initial = source.draw(problems, items, n_paths, _SAMPLE_PERIODS, seed)
    noise = torch.Generator().manual_seed(seed)
    states = []
    with torch.no_grad():
        stocks = system.start(initial)
        for _ in range(_SAMPLE_PERIODS):
            observation = system.observe(stocks, scenario)
            quantity = baseline.act(observation).clone()
            states.append(State(observation, quantity))
            n = quantity.shape[0]
            is_disturbed = torch.rand(n, generator=noise) < 0.33
            factor = torch.where(is_disturbed, 2.0 * torch.rand(n, generator=noise), torch.ones(n))
            stocks, _ = system.step(stocks, (quantity * factor).round(), scenario)
    return states


def n_paths_for(problems: Sequence[Problem], n_envs: int) -> int:
    """Return the environments of each item: as asked, and eight at least where there are many."""
    return max(8 if len(problems) > 1 else 1, round(n_envs / len(problems)))


def learning_task(assignment: Assignment, n_envs: int, episode_length: int) -> LearningTask:
    """Return the task that adapters play."""
    a, n_paths = assignment, n_paths_for(assignment.problems, n_envs)
    system = SingleItemSystem(a.problems, n_paths, memory=a.source.memory)
    references = References.of(a.items, n_paths)
    cost = torch.tensor([item.cost for item in a.items])
    unit = torch.tensor(reward_units(a.problems, a.items, a.baseline))
    return LearningTask(
        system=system,
        encode=lambda seen: a.encoder.encode(seen, references),
        decode=lambda actions, seen: a.code.decode(
            actions, seen.inventory_position, references.at(seen)
        ),
        n_features=a.encoder.n_features,
        n_choices=a.code.n_choices,
        n_controls=a.code.n_controls,
        reference_cost=cost.repeat_interleave(n_paths),
        reward_unit=unit.repeat_interleave(n_paths),
        draw=lambda seed: a.source.draw(a.problems, a.items, n_paths, episode_length, seed),
        horizon=episode_length,
    )
