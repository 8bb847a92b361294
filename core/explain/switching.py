"""What it is worth to decide like one policy rather than another, in some situations only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from core.domain import Outcome, Period, Verdict, difference
from core.explain.background import counted_periods
from core.explain.differences import Place
from core.explain.seeds import SWITCH_SEED
from core.explain.situation import Situation
from core.policies.protocol import Policy, memory_of
from core.simulator import Observation, SingleItemSystem, draw_scenario, total_costs

N_FUTURES = 1000


@dataclass(frozen=True, eq=False)
class Switch:
    """Plays several ways to decide side by side, each on the same futures.

    The first follows ``base`` throughout; number k + 1 follows ``other`` in the k-th set of places
    and ``base`` everywhere else.

    Args:
        base: The policy in question, of one item.
        other: What takes its place.
        sets: Where, one set per further way.
    """

    base: Policy
    other: Policy
    sets: tuple[tuple[Place, ...], ...]

    def act(self, observation: Observation) -> Tensor:
        """Return the units to ask for, shape [n_envs]; environments go way by way."""
        base, other = self.base.act(observation), self.other.act(observation)
        n = base.shape[0] // (len(self.sets) + 1)
        order = base.clone()
        for k, places in enumerate(self.sets, start=1):
            here = torch.stack([place.holds_now(observation) for place in places]).any(dim=0)
            own = slice(k * n, (k + 1) * n)
            order[own] = torch.where(here[own], other[own], base[own])
        return order


def switching_costs(
    situation: Situation,
    base: Policy,
    other: Policy,
    sets: Sequence[tuple[Place, ...]],
    *,
    n_futures: int = N_FUTURES,
    seed: int = SWITCH_SEED,
) -> tuple[Verdict, ...]:
    """Measure what it costs to follow another policy in some places, on common futures.

    Args:
        situation: The item; today's stock plays no part, it starts long before what counts.
        base: The policy in question.
        other: What takes its place.
        sets: Places, one verdict per set.
        n_futures: Paired futures, at least 1,000 for what is shown.
        seed: Same seed, same numbers.

    Returns:
        Cost with the other policy in these places less cost without, money per period.
    """
    if not sets:
        return ()
    ways, problem = len(sets) + 1, situation.problem
    memory = max(memory_of(base), memory_of(other))
    system = SingleItemSystem([problem], n_futures * ways, memory=memory)
    warm_up = 2 * (system.max_lead_time + problem.rules.review_period) + 20
    horizon = warm_up + counted_periods(situation)
    drawn = draw_scenario([problem], n_futures, horizon, seed, offset=-warm_up)
    scenario = drawn.mapped(lambda values: values.repeat(1, ways))
    switch = Switch(base, other, tuple(tuple(places) for places in sets))
    totals = total_costs(system, switch.act, scenario, warm_up=warm_up)
    cost = totals.cost_per_period.double().reshape(ways, n_futures).numpy()
    return tuple(Verdict.from_pairs(each, cost[0]) for each in cost[1:])


def worth_words(verdict: Verdict, names: tuple[str, str], period: Period) -> str:
    """Say what it is worth a year to follow the policy in question, or that nobody can tell.

    Args:
        verdict: Cost with the other policy in its place, less cost without.
        names: The policy in question and the other, as screens call them.
        period: What the verdict's costs are per; a day's are often too small to read.
    """
    name, other = names
    year = period.per_year
    told = f"{difference(year * verdict.difference, year * verdict.half_width)} a year"
    say = {
        Outcome.WORSE: f"ordering as {other} does instead would cost more: {told}",
        Outcome.BETTER: f"ordering as {other} does instead would cost less: {told}",
        Outcome.CANNOT_TELL: f"cannot tell whether {name} or {other} is cheaper ({told})",
    }
    return say[verdict.outcome]
