"""The typical days of an item that its order today is compared with: fixed, named, versioned."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

from core.domain import Period
from core.explain.probe import n_due
from core.explain.seeds import BACKGROUND_SEED
from core.explain.situation import Situation
from core.explain.states import StateTable
from core.policies.protocol import Policy, memory_of
from core.simulator import SingleItemSystem, draw_scenario

N_STATES = 512
N_RESAMPLES = 5
_N_PATHS = 16
_STATIONARY_PERIODS = 40


@dataclass(frozen=True, eq=False)
class Background:
    """States that an item passes through under the policy in use.

    Args:
        states: One per row, chances to order only.
        policy: Whose states they are.
        seed: Of the futures they come from.
        period: Of the item's history.
        resamples: As many states again from other futures, some times over: to see whether an
            explanation hangs on these states.
        played: All states of the futures that the states come from.
        fresh: All states of other futures, to test on what nothing was fitted to.
    """

    states: StateTable
    policy: str
    seed: int
    period: Period
    resamples: tuple[StateTable, ...] = ()
    played: StateTable | None = None
    fresh: StateTable | None = None

    @property
    def words(self) -> str:
        """What an order is compared with, for the screen."""
        return (
            f"a typical {self.period.value} of this item ({len(self.states)} chances to order"
            f" that it comes to under {self.policy})"
        )

    @property
    def version(self) -> str:
        """Fingerprint: the same background, the same letters."""
        return self.states.version


def visited_states(
    situation: Situation, policy: Policy, *, n_states: int = N_STATES, seed: int = BACKGROUND_SEED
) -> Background:
    """Play the policy in use over a year and keep states evenly spread over it.

    Args:
        situation: The item; today's stock plays no part.
        policy: The policy in use.
        n_states: States to keep.
        seed: Of the futures.
    """
    n_chances = counted_periods(situation) // situation.problem.rules.review_period
    n_paths = max(_N_PATHS, math.ceil(n_states / n_chances))
    table = _play(situation, policy, ((1 + N_RESAMPLES) * n_paths, seed))
    samples = _split(table, n_paths)
    rows = np.linspace(0, len(samples[0]) - 1, n_states).round().astype(int)
    states, *resamples = (sample.with_values(sample.values[rows]) for sample in samples)
    return Background(
        states,
        policy.name,
        seed,
        situation.period,
        tuple(resamples),
        played=samples[0],
        fresh=samples[1],
    )


def _split(table: StateTable, n_paths: int) -> list[StateTable]:
    """Give every sample futures of its own: days of one future are too much alike."""
    n_columns = table.values.shape[1]
    samples = table.values.reshape(-1, 1 + N_RESAMPLES, n_paths, n_columns).swapaxes(0, 1)
    return [table.with_values(sample.reshape(-1, n_columns)) for sample in samples]


def counted_periods(situation: Situation) -> int:
    """Return the periods to play: one year where the season matters, else enough chances."""
    review = situation.problem.rules.review_period
    is_flat = situation.problem.demand.is_stationary
    length = _STATIONARY_PERIODS if is_flat else round(situation.period.per_year)
    return max(length, 12 * review)


def _play(situation: Situation, policy: Policy, plan: tuple[int, int]) -> StateTable:
    """Play all parts of the year side by side, each after a warm-up of its own."""
    n_paths, seed = plan
    problem = situation.problem
    review = problem.rules.review_period
    wait = int(situation.system.parameters.max_lead_time[0])
    warm_up, counted = 2 * (wait + review) + 20, counted_periods(situation)
    # A part as long as its warm-up: shorter ones would mostly warm up.
    n_parts = max(1, counted // warm_up)
    length = review * math.ceil(counted / n_parts / review)
    parts = [
        replace(problem, name=f"{problem.name} {part}", start=problem.start + part * length)
        for part in range(n_parts)
    ]
    system = SingleItemSystem(parts, n_paths, memory=memory_of(policy))
    # Start so much earlier that the year that counts begins today.
    scenario = draw_scenario(parts, n_paths, warm_up + length, seed, offset=-warm_up)
    kept: list[StateTable] = []
    with torch.inference_mode():
        stocks = system.start()
        for t in range(scenario.horizon):
            observation = system.observe(stocks, scenario)
            if t >= warm_up and t % review == 0:
                kept.append(StateTable.of(observation, n_due(situation)))
            stocks, _ = system.step(stocks, policy.act(observation), scenario)
    return kept[0].with_values(np.concatenate([table.values for table in kept]))
