"""What an agent measures an item by: its (s, S), its stock scale, and what (s, S) costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.agents.alike import numbered
from core.agents.groups import is_steady
from core.agents.recent import Recent
from core.demand.protocol import DemandModel
from core.policies import ItemFacts, Policy, facts_of, is_gated
from core.simulator import (
    Observation,
    Parameters,
    Problem,
    SingleItemSystem,
    draw_scenario,
    total_costs,
    trajectory,
)
from core.simulator.lead_times import lead_time_probabilities, mean_and_sd
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

# A whole number of weeks, and of years of months: the mean over all seasons.
_MEAN_OVER = 1092
_PART_OF_LOT = 0.3
_PILOT_SEED = TRAINING_SEED + N_SEEDS - 1


@dataclass(frozen=True, slots=True)
class ItemReference:
    """One item's own measures.

    Args:
        reorder_point: [s] of the (s, S) policy, units.
        order_up_to_level: [S], units.
        stock_scale: Units that count as 1 in the agent's features, above 0.
        mean_demand: Expected units per period over all seasons.
        cost: Money per period under (s, S), which counts as reward 0; 0 where not worked out.
        protection_mean: Expected demand over lead time and review that s and S belong to, units.
        protection_sd: Its standard deviation, units.
        has_season: Whether s and S move with the expected demand.
        unit: Step of s and S, units.
        lot: Units that orders come in: the pack, or whole units.
        is_gated: Whether some orders are not worth placing: a fixed cost, a minimum, a pack.
        follows_sales: Whether all measures in units move with the level of recent sales.
        is_steady: Whether nothing about the item changes and no rule binds; see ``is_steady``.
    """

    reorder_point: float
    order_up_to_level: float
    stock_scale: float
    mean_demand: float
    cost: float
    protection_mean: float = 0.0
    protection_sd: float = 0.0
    has_season: bool = False
    unit: float = 1.0
    lot: float = 1.0
    is_gated: bool = True
    follows_sales: bool = False
    is_steady: bool = False


@dataclass(frozen=True, eq=False)
class References:
    """The measures of a batch of environments, shape [n_envs] each; see ItemReference.

    ``recent`` is what the latest sales say, where the measures follow them.
    """

    reorder_point: Tensor
    order_up_to_level: Tensor
    stock_scale: Tensor
    mean_demand: Tensor
    protection_mean: Tensor
    protection_sd: Tensor
    has_season: Tensor
    unit: Tensor
    lot: Tensor
    is_gated: Tensor
    follows_sales: Tensor
    is_steady: Tensor
    recent: Recent | None = None

    @classmethod
    def of(cls, items: Sequence[ItemReference], n_paths: int) -> References:
        """Lay out one item after the other, ``n_paths`` environments each."""
        names = [field.name for field in fields(ItemReference) if field.name != "cost"]
        apart, number = numbered(items)
        rows = [[float(getattr(item, name)) for name in names] for item in apart]
        table = torch.tensor(rows, dtype=torch.float32).T.index_select(1, number)
        table = table.repeat_interleave(n_paths, 1)
        return cls(**dict(zip(names, table.contiguous(), strict=True)))

    @classmethod
    def joined(cls, parts: Sequence[References]) -> References:
        """Return the measures of several batches as one."""
        return cls.from_table(torch.cat([part.table for part in parts], 1))

    @property
    def table(self) -> Tensor:
        """The measures, a row each, without what the latest sales say, shape [n, n_envs]."""
        return torch.stack(self._tables)

    @classmethod
    def from_table(cls, table: Tensor) -> References:
        """Read what ``table`` wrote, or some of its columns."""
        rows: Any = table.unbind()
        return cls(*rows)

    @property
    def _tables(self) -> list[Tensor]:
        return [getattr(self, field.name) for field in fields(self) if field.name != "recent"]

    @property
    def point_scale(self) -> Tensor:
        """Units that s is moved in: what demand over lead time and review strays by."""
        return torch.maximum(self.protection_sd, self.unit)

    @property
    def level_scale(self) -> Tensor:
        """Units that S is moved in: as s; a part of the order where that is more."""
        part = _PART_OF_LOT * (self.order_up_to_level - self.reorder_point)
        with_gate = torch.maximum(self.point_scale, part)
        # Where demand is rare, its spread is more than what is ever in stock.
        without = torch.minimum(self.point_scale, self.stock_scale)
        return torch.where(self.is_gated > 0, with_gate, without)

    def at(self, observation: Observation) -> References:
        """Return the measures as they stand in this period.

        With the season, s and S move as the (s, S) policy moves them: with the expected demand
        over lead time and review, their distance from it in proportion to its standard deviation.
        Where sales are followed, both are those of the latest sales, and all measures move.
        """
        now = self._in_season(observation)
        if not self._follows:
            return now
        recent = Recent.of(observation)
        following = self._following(observation, recent)
        if not self._all_follow:
            following = now._or(following)
        return replace(following, recent=recent)

    def _or(self, other: References) -> References:
        """Return the other's measures where sales are followed."""
        return References(
            *torch.stack(
                [torch.where(self.follows_sales > 0, theirs, mine)
                 for mine, theirs in zip(self._tables, other._tables, strict=True)]
            )
        )  # fmt: skip

    def _in_season(self, observation: Observation) -> References:
        if not self._moves:
            return self
        moved = self._moved(observation.protection_mean, observation.protection_sd)
        point = torch.where(self.has_season > 0, moved, self.reorder_point)
        lot = self.order_up_to_level - self.reorder_point
        return replace(self, reorder_point=point, order_up_to_level=point + lot)

    def _following(self, observation: Observation, recent: Recent) -> References:
        """Return the forecast-driven rule of this period: demand as it runs now, and its spread."""
        lot = recent.level * (self.order_up_to_level - self.reorder_point)
        point = self._moved(recent.level * observation.protection_mean, recent.spread)
        return replace(
            self,
            reorder_point=point,
            order_up_to_level=point + lot,
            stock_scale=recent.level * self.stock_scale,
            mean_demand=recent.level * self.mean_demand,
            protection_mean=recent.level * self.protection_mean,
            protection_sd=recent.spread,
        )

    def _moved(self, mean: Tensor, sd: Tensor) -> Tensor:
        """Return s where lead time and review have this demand."""
        known = self.protection_sd > 0
        relative = torch.where(known, sd / self.protection_sd.clamp(min=1e-12), 1.0)
        moved = mean + (self.reorder_point - self.protection_mean) * relative
        return torch.round(moved / self.unit) * self.unit

    @cached_property
    def _follows(self) -> bool:
        return bool((self.follows_sales > 0).any())

    @cached_property
    def _all_follow(self) -> bool:
        return bool((self.follows_sales > 0).all())

    @cached_property
    def _moves(self) -> bool:
        return bool((self.has_season > 0).any())


def measure(
    problems: Sequence[Problem],
    baseline: Policy,
    *,
    with_cost: bool = True,
    follows_sales: Sequence[bool] = (),
) -> tuple[ItemReference, ...]:
    """Work out every item's measures.

    Args:
        problems: One per item.
        baseline: Their (s, S) policy.
        with_cost: Whether to simulate what (s, S) costs; only learning needs it.
        follows_sales: Whether each item's measures move with recent sales; by default none's do.
    """
    costs = _pilot_costs(problems, baseline) if with_cost else [0.0] * len(problems)
    facts = facts_of(problems)
    found = (
        _measure_one(problem, baseline.parameters_of(row), costs[row], facts[row])
        for row, problem in enumerate(problems)
    )
    follows = follows_sales or [False] * len(problems)
    pairs = zip(found, follows, strict=True)
    return tuple(replace(item, follows_sales=bool(does)) for item, does in pairs)


def _measure_one(
    problem: Problem, found: Mapping[str, float], cost: float, facts: ItemFacts
) -> ItemReference:
    """Take s and S as they are, and the rest from the item's demand and lead time."""
    # Every demand model is a frozen value.
    demand: Any = problem.demand
    mean = _usual_demand(demand, problem.start)
    cover = mean_and_sd(lead_time_probabilities(problem.lead_time))[0] + problem.rules.review_period
    level = found["order_up_to_level"]
    return ItemReference(
        reorder_point=float(found["reorder_point"]),
        order_up_to_level=float(level),
        stock_scale=max(_usual_level(found, mean * problem.rules.review_period), mean * cover, 1.0),
        mean_demand=mean,
        cost=cost,
        protection_mean=facts.protection_mean,
        protection_sd=facts.protection_sd,
        has_season=facts.has_season,
        unit=facts.unit,
        lot=float(problem.rules.pack_size),
        is_gated=is_gated(problem),
        is_steady=is_steady(problem),
    )


# Explanations look at an item under many costs and lead times.
@lru_cache(maxsize=1024)
def _usual_demand(demand: DemandModel, start: int) -> float:
    return float(np.mean(demand.mean(start, _MEAN_OVER)))


def _usual_level(found: Mapping[str, float], demand: float) -> float:
    """Return the stock that covers lead time and review, without what large orders add to it."""
    return min(found["order_up_to_level"], found["reorder_point"] + demand)


def reward_units(
    problems: Sequence[Problem], items: Sequence[ItemReference], baseline: Policy
) -> list[float]:
    """Return what counts as reward 1 for each item: the spread of its cost from period to period.

    One network learns all items alike only where their rewards are equally noisy: a lumpy item
    with rare, dear stock-outs would otherwise drown the others.

    Returns:
        Money, above 0; standard deviation of a period's cost under (s, S).
    """
    system = SingleItemSystem(problems, n_paths=16)
    scenario = draw_scenario(problems, 16, 300, _PILOT_SEED)
    cost = trajectory(system, baseline.act, scenario).cost[50:]
    spread = system.parameters.per_item(cost).transpose(0, 1).flatten(1).std(1)
    pairs = zip(spread.tolist(), items, strict=True)
    return [max(float(sd), 0.1 * item.cost, 1e-9) for sd, item in pairs]


def _pilot_costs(problems: Sequence[Problem], baseline: Policy) -> list[float]:
    system = SingleItemSystem(problems, n_paths=16)
    scenario = draw_scenario(problems, 16, 300, _PILOT_SEED)
    totals = total_costs(system, baseline.act, scenario, warm_up=50)
    parameters: Parameters = system.parameters
    costs = parameters.per_item(totals.cost_per_period).mean(-1)
    # An item that costs next to nothing must not outweigh all others.
    floors = [
        1e-3 * p.costs.holding_cost * max(p.demand.mean(p.start, 1)[0], 1.0) for p in problems
    ]
    return [max(float(cost), floor) for cost, floor in zip(costs, floors, strict=True)]
