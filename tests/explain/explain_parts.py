"""Small policies and items that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from core.demand import NegativeBinomialDemand, Season, poisson
from core.domain import CostRates, LeadTime, OrderRules, Period
from core.explain import Situation
from core.simulator import Observation, Problem

__all__ = ["LevelPolicy", "NetworkPolicy", "Season", "problem_of", "today"]


class LevelPolicy:
    """An (s, S) policy with one pair of levels per item."""

    name = "s_S"

    def __init__(self, *levels: tuple[float, float]):
        self.levels = levels

    @property
    def n_items(self) -> int:
        """Items it was made for."""
        return len(self.levels)

    def act(self, observation: Observation) -> Tensor:
        """Units to ask for."""
        position = observation.inventory_position
        n_paths = position.shape[0] // self.n_items
        table = torch.tensor(self.levels, dtype=position.dtype).repeat_interleave(n_paths, 0)
        return torch.where(position <= table[:, 0], table[:, 1] - position, 0.0)

    def select(self, rows: Sequence[int]) -> LevelPolicy:
        """Some of the items."""
        return LevelPolicy(*(self.levels[row] for row in rows))

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Its numbers."""
        reorder_point, order_up_to_level = self.levels[row]
        return {"reorder_point": reorder_point, "order_up_to_level": order_up_to_level}


class NetworkPolicy:
    """A network with fixed random weights over stock, open orders and forecast."""

    name = "small network"

    def __init__(self, n_items: int = 1, seed: int = 0, width: int = 64):
        self.n_items, self.seed, self.width = n_items, seed, width
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.network = torch.nn.Sequential(
                torch.nn.Linear(5, width),
                torch.nn.Tanh(),
                torch.nn.Linear(width, width),
                torch.nn.Tanh(),
                torch.nn.Linear(width, 1),
            ).double()  # so that what stands beside a state in a batch never shows

    def act(self, observation: Observation) -> Tensor:
        """Units to ask for."""
        scale = observation.protection_mean.clamp(min=1e-6)
        features = torch.stack(
            [
                observation.inventory_position / scale,
                observation.on_hand / scale,
                observation.outstanding(1)[0] / scale,
                observation.next_mean / scale,
                observation.protection_sd / scale,
            ],
            dim=1,
        )
        with torch.inference_mode():
            shift = 0.2 * self.network(features.double())[:, 0].to(scale.dtype)
        up_to = scale * (1.3 + shift)
        return (up_to - observation.inventory_position).clamp(min=0.0)

    def select(self, rows: Sequence[int]) -> NetworkPolicy:
        """Some of the items."""
        return NetworkPolicy(len(rows), self.seed, self.width)

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Its numbers."""
        return {}


def problem_of(
    *,
    mean: float = 10.0,
    lead_time: LeadTime = LeadTime(7.0),  # noqa: B008
    rules: OrderRules = OrderRules(),  # noqa: B008
    season: Season | None = None,
    lost_share: float = 1.0,
    name: str = "A17",
) -> Problem:
    """Return an item that sells about ``mean`` a day."""
    demand = poisson(mean)
    if season is not None:
        demand = NegativeBinomialDemand(level=mean, season=season, shape=5.0)
    costs = CostRates(holding_cost=0.1, stockout_cost=4.0, fixed_cost=20.0, unit_cost=2.0)
    return Problem(name, demand, costs, lead_time, rules, lost_share, start=20_000)


def today(
    level: float = 70.0, due: tuple[float, ...] = (), problem: Problem | None = None
) -> Situation:
    """Return an item with this much stock."""
    return Situation(problem or problem_of(), level, due, Period.DAY)
