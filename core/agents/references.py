"""What an agent measures an item by: its (s, S), its stock scale, and what (s, S) costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.policies.protocol import Policy
from core.simulator import Parameters, Problem, SingleItemSystem, draw_scenario, total_costs
from core.simulator.lead_times import lead_time_probabilities, mean_and_sd
from core.simulator.seeds import N_SEEDS, TRAINING_SEED

# A whole number of weeks, and of years of months: the mean over all seasons.
_MEAN_OVER = 1092
_PILOT_SEED = TRAINING_SEED + N_SEEDS - 1


@dataclass(frozen=True, slots=True)
class ItemReference:
    """One item's own measures.

    Args:
        reorder_point: [s] of the (s, S) policy, units.
        order_up_to_level: [S], units.
        stock_scale: Units that count as 1 in the agent's features, above 0.
        mean_demand: Expected units per period over all seasons.
        cost: Money per period under (s, S), the unit of reward; 0 where it was not worked out.
    """

    reorder_point: float
    order_up_to_level: float
    stock_scale: float
    mean_demand: float
    cost: float


@dataclass(frozen=True, eq=False)
class References:
    """The measures of a batch of environments, units, shape [n_envs] each."""

    reorder_point: Tensor
    order_up_to_level: Tensor
    stock_scale: Tensor
    mean_demand: Tensor

    @classmethod
    def of(cls, items: Sequence[ItemReference], n_paths: int) -> References:
        """Lay out one item after the other, ``n_paths`` environments each."""
        rows = [(i.reorder_point, i.order_up_to_level, i.stock_scale, i.mean_demand) for i in items]
        table = torch.tensor(rows, dtype=torch.float32).T.repeat_interleave(n_paths, 1)
        return cls(*table.contiguous())

    def row(self, index: int) -> References:
        """Return one environment's measures, shape [1] each."""
        at = slice(index, index + 1)
        return References(
            self.reorder_point[at],
            self.order_up_to_level[at],
            self.stock_scale[at],
            self.mean_demand[at],
        )


def measure(
    problems: Sequence[Problem], baseline: Policy, *, with_cost: bool = True
) -> tuple[ItemReference, ...]:
    """Work out every item's measures.

    Args:
        problems: One per item.
        baseline: Their (s, S) policy.
        with_cost: Whether to simulate what (s, S) costs; only learning needs it.
    """
    costs = _pilot_costs(problems, baseline) if with_cost else [0.0] * len(problems)
    return tuple(
        _measure_one(problem, baseline.parameters_of(row), costs[row])
        for row, problem in enumerate(problems)
    )


def _measure_one(problem: Problem, found: Mapping[str, float], cost: float) -> ItemReference:
    """Take s and S as they are, and the rest from the item's demand and lead time."""
    mean = float(np.mean(problem.demand.mean(problem.start, _MEAN_OVER)))
    cover = mean_and_sd(lead_time_probabilities(problem.lead_time))[0] + problem.rules.review_period
    level = found["order_up_to_level"]
    return ItemReference(
        reorder_point=float(found["reorder_point"]),
        order_up_to_level=float(level),
        stock_scale=max(float(level), mean * cover, 1.0),
        mean_demand=mean,
        cost=cost,
    )


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
