"""What many candidate rules cost on the same futures: items x candidates x paths in one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.policies.item_policy import Floats, ItemFacts, ItemPolicy
from core.policies.protocol import SearchSettings
from core.policies.search_system import FastSystem
from core.simulator import (
    CostTotals,
    ExpectedCost,
    InitialStock,
    Outlook,
    Parameters,
    Problem,
    Scenario,
    SingleItemSystem,
    draw_scenario,
    lead_time_probabilities,
    total_costs,
)
from core.simulator.lead_times import all_fixed_alike

MakePolicy = Callable[[Sequence[ItemFacts], Floats], ItemPolicy]

# Environments in one batch: its tensors stay in the processor's cache, and memory stays small.
_BATCH = 24_000
_LEAD_TIME_STEP = 8


@dataclass(frozen=True, eq=False)
class Futures:
    """One item's futures, the same for all candidates and whatever other items there are.

    Args:
        problem: The item.
        facts: What its rule keeps beside the numbers.
        scenario: Its futures, shape [warm_up + horizon, n_paths].
        warm_up: Periods not counted.
    """

    problem: Problem
    facts: ItemFacts
    scenario: Scenario
    warm_up: int

    @classmethod
    def draw(cls, problem: Problem, facts: ItemFacts, settings: SearchSettings) -> Futures:
        """Draw an item's futures; the warm-up is longer where the lead time is."""
        longest = lead_time_probabilities(problem.lead_time).shape[0] - 1
        extra = 2 * _LEAD_TIME_STEP * -(-longest // _LEAD_TIME_STEP)
        warm_up = settings.warm_up + extra
        horizon = warm_up + settings.horizon
        scenario = draw_scenario([problem], settings.n_paths, horizon, settings.seed)
        return cls(problem, facts, scenario, warm_up)

    @property
    def kind(self) -> tuple[object, ...]:
        """Items of the same kind run in one batch."""
        lost = self.problem.lost_share
        return self.warm_up, lost if lost in (0.0, 1.0) else 0.5, self.facts.has_season


def mean_costs(
    futures: Sequence[Futures],
    candidates: Floats,
    make: MakePolicy,
    n_paths: int,
    expected: ExpectedCost | None = None,
) -> Floats:
    """Return what each candidate costs per period on the first ``n_paths`` futures of its item.

    Args:
        futures: One per item.
        candidates: Numbers of the rule, shape [n_items, n_candidates, n_numbers].
        make: Builds the rule from facts and numbers, one row each.
        n_paths: Futures to play.
        expected: Of these items, to count expected costs and not those that happened.

    Returns:
        Money, shape [n_items, n_candidates].
    """
    costs = np.empty(candidates.shape[:2])
    for rows in _batches(futures, candidates.shape[1] * n_paths):
        chosen = [futures[row] for row in rows]
        some = expected and expected.select(rows, candidates.shape[1] * n_paths)
        costs[rows] = _batch_costs(chosen, candidates[rows], make, n_paths, some)
    return costs


def _batches(futures: Sequence[Futures], n_envs_per_item: int) -> Iterator[list[int]]:
    kinds: dict[tuple[object, ...], list[int]] = {}
    for row, item in enumerate(futures):
        kinds.setdefault(item.kind, []).append(row)
    size = max(1, _BATCH // n_envs_per_item)
    for rows in kinds.values():
        for first in range(0, len(rows), size):
            yield rows[first : first + size]


def _batch_costs(
    futures: Sequence[Futures],
    candidates: Floats,
    make: MakePolicy,
    n_paths: int,
    expected: ExpectedCost | None,
) -> Floats:
    n_items, n_candidates, n_numbers = candidates.shape
    facts = [item.facts for item in futures for _ in range(n_candidates)]
    policy = make(facts, candidates.reshape(-1, n_numbers))
    system = FastSystem([item.problem for item in futures], n_candidates * n_paths)
    scenario = _shared_scenario(futures, n_candidates, n_paths)
    totals = total_costs(
        system,
        policy.act,
        scenario,
        initial=_mid_cycle(policy, system, n_paths),
        warm_up=futures[0].warm_up,
        expected=expected,
    )
    asked = _asked(scenario, futures[0].warm_up, is_expected=expected is not None)
    shape = (n_items, n_candidates, n_paths)
    return _long_run(totals, asked, system.parameters, shape).numpy()


def _asked(scenario: _SharedScenario, warm_up: int, *, is_expected: bool) -> Tensor:
    """Return the demand of all counted periods, as it came or as expected, shape [n_envs].

    It is held against shortages of the same sort: chance in one of them alone would pass for what
    was served.
    """
    if not is_expected:
        return scenario.spread(scenario.demand[warm_up:].sum(0))
    means = scenario.outlook.next_mean
    is_constant = means.shape[0] == 1
    total = means[0] * (scenario.horizon - warm_up) if is_constant else means[warm_up:].sum(0)
    return total.repeat_interleave(scenario.n_paths)


def _long_run(totals: CostTotals, asked: Tensor, p: Parameters, shape: tuple[int, ...]) -> Tensor:
    """Return money per period, shape [n_items, n_candidates].

    In the long run as much is ordered as is served. A horizon that cuts order cycles short sees
    a little more or less ordered; scaling the ordering cost to what was served takes that noise,
    large for slow movers, out of the comparison.
    """

    def total(values: Tensor) -> Tensor:
        return values.reshape(shape).to(torch.float64).sum(-1)

    stock = total(p.holding_cost * totals.on_hand + p.stockout_cost * totals.short)
    ordering = total(p.fixed_cost * totals.n_orders + p.purchase_cost * totals.ordered)
    served = total(asked - torch.where(p.lost_share == 1.0, totals.short, 0.0))
    ordered = total(totals.ordered)
    lost_or_owed = ((p.lost_share == 1.0) | (p.lost_share == 0.0)).reshape(shape)[..., 0]
    is_known = lost_or_owed & (ordered > 0)
    ratio = torch.where(is_known, served / ordered.clamp(min=1e-9), torch.ones_like(ordered))
    return (stock + ordering * ratio) / (totals.n_periods * shape[-1])


def _shared_scenario(
    futures: Sequence[Futures], n_candidates: int, n_paths: int
) -> _SharedScenario:
    """Take the first futures of every item, for all of its candidates."""

    def joined(tables: Sequence[Tensor]) -> Tensor:
        return torch.cat([table[:, :n_paths] for table in tables], dim=1)

    scenarios, lead_times = [item.scenario for item in futures], _lead_times(futures)
    return _SharedScenario(
        demand=joined([scenario.demand for scenario in scenarios]),
        lead_time=joined(lead_times) if lead_times else None,
        outlook=_shared_outlook([s.outlook for s in scenarios], n_candidates),
        seed=scenarios[0].seed,
        n_candidates=n_candidates,
        n_paths=n_paths,
    )


@dataclass(frozen=True, eq=False)
class _SharedScenario(Scenario):
    """Futures of shape [horizon, n_items x n_paths], spread over candidates a period at a time.

    Spread beforehand they would not fit into the processor's cache.
    """

    n_candidates: int
    n_paths: int

    def at(self, t: int) -> tuple[Tensor, Tensor | None]:
        """Return demand, shape [n_envs], and lead times, shape [n_items, 1, n_paths]."""
        demand, lead_time = super().at(t)
        return self.spread(demand), None if lead_time is None else self._by_item(lead_time)

    def spread(self, row: Tensor) -> Tensor:
        """Lay the same futures of an item beside each other for all of its candidates."""
        return self._by_item(row).expand(-1, self.n_candidates, -1).reshape(-1)

    def _by_item(self, row: Tensor) -> Tensor:
        return row.view(-1, 1, self.n_paths)


def _lead_times(futures: Sequence[Futures]) -> list[Tensor]:
    """Return each item's lead times; none where all are fixed and alike."""
    chances = [lead_time_probabilities(item.problem.lead_time) for item in futures]
    if all_fixed_alike(chances):
        return []
    pairs = zip([item.scenario for item in futures], chances, strict=True)
    return [
        torch.full_like(s.demand, len(row) - 1) if s.lead_time is None else s.lead_time
        for s, row in pairs
    ]


def _shared_outlook(outlooks: Sequence[Outlook], n_candidates: int) -> Outlook:
    """Return expectations of shape [horizon or 1, n_rules]: all paths of a rule expect the same."""

    def joined(rows: Sequence[Tensor]) -> Tensor:
        return torch.stack([row[:, 0] for row in rows], dim=1).repeat_interleave(n_candidates, 1)

    return Outlook(
        joined([outlook.next_mean for outlook in outlooks]),
        joined([outlook.protection_mean for outlook in outlooks]),
        joined([outlook.protection_sd for outlook in outlooks]),
    )


def _mid_cycle(policy: ItemPolicy, system: SingleItemSystem, n_paths: int) -> InitialStock:
    """Start the paths all along an order cycle: slow movers order less than once a horizon."""
    low, high = policy.position_range()
    per_policy = policy.n_items // len(system.problems)
    smallest = [max(p.rules.min_order, p.rules.pack_size) for p in system.problems]
    high = np.maximum(high, low + np.repeat(smallest, per_policy))
    phase = (np.arange(n_paths) + 0.5) / n_paths
    unit = policy.units[:, None]
    above = np.ceil((high - low)[:, None] * phase / unit) * unit
    level = torch.as_tensor(low[:, None] + above, dtype=system.parameters.dtype).reshape(-1)
    no_backorders = system.parameters.lost_share == 1.0
    return InitialStock(torch.where(no_backorders, level.clamp(min=0.0), level))
