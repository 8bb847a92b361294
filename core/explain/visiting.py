"""Situations that many items come to, played side by side: seconds for all, not for each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from core.domain import Period
from core.explain.seeds import BACKGROUND_SEED
from core.explain.states import StateTable
from core.policies.protocol import Policy, memory_of
from core.simulator import Problem, SingleItemSystem, draw_scenario

_N_PATHS = 4


def visited_by_all(
    problems: Sequence[Problem],
    policy: Policy,
    period: Period,
    n_states: int,
    *,
    seed: int = BACKGROUND_SEED,
) -> list[StateTable]:
    """Play a policy of many items over a year and keep chances to order, evenly spread over it.

    Args:
        problems: One per item.
        policy: Of these items, in their order.
        period: Of the history.
        n_states: Situations to keep of each item, to a multiple of four.
        seed: Of the futures.

    Returns:
        One table per item; all have the same columns.
    """
    system = SingleItemSystem(problems, _N_PATHS, memory=memory_of(policy))
    reviews = [problem.rules.review_period for problem in problems]
    warm_up = 2 * (system.max_lead_time + max(reviews)) + 20
    counted = max(round(period.per_year), 2 * max(reviews))
    n_times = max(math.ceil(n_states / _N_PATHS), 1)
    times = [_chances(review, warm_up, counted, n_times) for review in reviews]
    wanted = set().union(*times)
    kept: list[list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]] = [[] for _ in problems]
    names: StateTable | None = None
    scenario = draw_scenario(problems, _N_PATHS, max(wanted) + 1, seed, offset=-warm_up)
    with torch.inference_mode():
        stocks = system.start()
        for t in range(scenario.horizon):
            observation = system.observe(stocks, scenario)
            if t in wanted:
                names = StateTable.of(observation, max(system.max_lead_time - 1, 1))
                for row, own in enumerate(times):
                    if t in own:
                        kept[row].append(names.values[row * _N_PATHS : (row + 1) * _N_PATHS])
            stocks, _ = system.step(stocks, policy.act(observation), scenario)
    assert names is not None
    return [names.with_values(np.concatenate(own)) for own in kept]


def _chances(review: int, first: int, length: int, n: int) -> set[int]:
    """Return so many periods in which an item may order, evenly spread."""
    spread = np.linspace(first, first + length - review, n)
    return {int(review * math.ceil(t / review)) for t in spread}
