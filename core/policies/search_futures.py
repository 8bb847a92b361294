"""What many candidate rules cost on the same futures: items x candidates x paths in one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from core.policies.item_policy import Floats, ItemFacts, ItemPolicy
from core.policies.protocol import SearchSettings
from core.simulator import (
    CostTotals,
    ExpectedCost,
    InitialStock,
    Outlook,
    Parameters,
    Problem,
    Scenario,
    SingleItemSystem,
    Stocks,
    draw_scenario,
    lead_time_probabilities,
    total_costs,
)

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
        is_fixed = self.scenario.lead_time is None
        fixed = lead_time_probabilities(self.problem.lead_time).shape[0] if is_fixed else 0
        lost = self.problem.lost_share
        return self.warm_up, fixed, lost if lost in (0.0, 1.0) else 0.5, self.facts.has_season


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
    system = _FastSystem([item.problem for item in futures], n_candidates * n_paths)
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


def _asked(scenario: Scenario, warm_up: int, *, is_expected: bool) -> Tensor:
    """Return the demand of all counted periods, as it came or as expected, shape [n_envs].

    It is held against shortages of the same sort: chance in one of them alone would pass for what
    was served.
    """
    if not is_expected:
        return scenario.demand[warm_up:].sum(0)
    means = scenario.outlook.next_mean
    n_same = means.shape[0] == 1
    total = means[0] * (scenario.horizon - warm_up) if n_same else means[warm_up:].sum(0)
    return total.repeat_interleave(scenario.demand.shape[1] // total.shape[0])


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


def _shared_scenario(futures: Sequence[Futures], n_candidates: int, n_paths: int) -> Scenario:
    """Lay the same futures of an item beside each other for all of its candidates."""

    def joined(rows: Sequence[Tensor]) -> Tensor:
        table = torch.stack([row[:, :n_paths] for row in rows], dim=1).unsqueeze(2)
        return table.expand(-1, -1, n_candidates, -1).reshape(table.shape[0], -1)

    scenarios = [item.scenario for item in futures]
    lead_times = [s.lead_time for s in scenarios if s.lead_time is not None]
    return Scenario(
        demand=joined([scenario.demand for scenario in scenarios]),
        lead_time=joined(lead_times) if lead_times else None,
        outlook=_shared_outlook([s.outlook for s in scenarios], n_candidates * n_paths),
        seed=scenarios[0].seed,
    )


def _shared_outlook(outlooks: Sequence[Outlook], n_copies: int) -> Outlook:
    def joined(rows: Sequence[Tensor]) -> Tensor:
        return torch.stack([row[:, 0] for row in rows], dim=1)

    tiled = _TiledOutlook(
        joined([outlook.next_mean for outlook in outlooks]),
        joined([outlook.protection_mean for outlook in outlooks]),
        joined([outlook.protection_sd for outlook in outlooks]),
        n_copies,
    )
    return tiled if tiled.next_mean.shape[0] > 1 else Outlook(*(row[None] for row in tiled.at(0)))


@dataclass(frozen=True, eq=False)
class _TiledOutlook(Outlook):
    """Expectations of shape [horizon or 1, n_items], spread over an item's environments late."""

    n_copies: int = 1

    def at(self, t: int) -> tuple[Tensor, Tensor, Tensor]:
        next_mean, mean, sd = super().at(t)
        n = self.n_copies
        return next_mean.repeat_interleave(n), mean.repeat_interleave(n), sd.repeat_interleave(n)


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


class _Ledger(NamedTuple):
    """Orders that may cross, by the period they arrive in; as fast for long lead times as short.

    It is written in place, so that it serves the search only, where nothing looks back.

    Args:
        due: Units, shape [max_lead_time + 1, n_envs]; row t modulo its length arrives in t.
    """

    due: Tensor

    def place(
        self, order: Tensor, t: int, lead_time: Tensor | None
    ) -> tuple[Tensor | None, _Ledger]:
        """Enter the order in the row of its arrival."""
        assert lead_time is not None
        later = order * (lead_time > 0)
        row = ((lead_time + t) % self.due.shape[0]).long()
        self.due.scatter_add_(0, row.unsqueeze(0), later.unsqueeze(0))
        return order - later, self

    def receive(self, t: int) -> tuple[Tensor | None, _Ledger]:
        """Empty the row of this period."""
        row = self.due[t % self.due.shape[0]]
        arrived = row.clone()
        row.zero_()
        return arrived, self

    def outstanding(self, t: int, n_rows: int) -> Tensor | None:
        """No rule that is searched looks at single orders."""
        raise AssertionError("searched rules see the inventory position only")

    def mapped(self, change: Callable[[Tensor], Tensor]) -> _Ledger:
        """Nothing is searched from the middle of a future."""
        raise AssertionError("a search plays every future from its beginning to its end")


class _FastSystem(SingleItemSystem):
    """The single-item system with a ledger for lead times that vary."""

    def start(self, initial: InitialStock | None = None) -> Stocks:
        """Start with nothing on order."""
        level = None if initial is None else initial.inventory_level
        stocks = super().start(None if level is None else InitialStock(level))
        if self._lead_time_is_fixed:
            return stocks
        p = self.parameters
        due = torch.zeros(self.max_lead_time + 1, p.n_envs, dtype=p.dtype)
        position = stocks.inventory_position
        return Stocks(stocks.inventory_level, position, _Ledger(due), None, 0)
