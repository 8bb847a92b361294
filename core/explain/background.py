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
    """

    states: StateTable
    policy: str
    seed: int
    period: Period

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
    table = _play(situation, policy, (max(_N_PATHS, math.ceil(n_states / n_chances)), seed))
    rows = np.linspace(0, len(table) - 1, n_states).round().astype(int)
    return Background(table.with_values(table.values[rows]), policy.name, seed, situation.period)


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
