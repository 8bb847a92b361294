"""Futures to learn from that mix draws of the fitted demand with windows of the real past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.agents.following import FollowingRule
from core.agents.past import Flags, Floats, Ints, Past
from core.agents.past_validation import PastValidation
from core.agents.recent import MEMORY
from core.agents.references import ItemReference, measure
from core.agents.sources import CALENDAR, PeriodCost, any_level
from core.agents.validation import LOSS_WEIGHT, Validation
from core.policies.protocol import Policy
from core.simulator import (
    Flows,
    InitialStock,
    Memory,
    Outlook,
    Parameters,
    Problem,
    Scenario,
    draw_scenario,
)
from core.simulator.scenario import draw_lead_times

REAL_SHARE = 0.75
# Set on four panels of sales, on tails that lay before those they are judged by.
_FAR_DEARER = 1.3


@dataclass(frozen=True, eq=False)
class PanelFutures:
    """Draws futures of which a share is the items' own past.

    Args:
        past: What was sold.
        real_share: Share of each item's futures that replay its past.
        memory: Latest periods whose sales the agent sees.
        forecast_error: How wrong forecasts are: standard deviation of the log of a factor.
        paths_each: Futures of each item in a step; more steps are worth more than less noise.
    """

    past: Past
    real_share: float = REAL_SHARE
    memory: int = MEMORY
    forecast_error: float = 0.3
    paths_each: int = 8

    def n_real(self, n_paths: int) -> int:
        """Return how many of an item's futures replay its past; they come first."""
        return min(n_paths, round(self.real_share * n_paths))

    def hidden(self, items: Sequence[ItemReference]) -> frozenset[str]:
        """Hide what tells an item by its fitted size and no rule needs: its past, learned by heart.

        Quantities that are measured by the level of recent sales do not tell it.
        """
        has_packs = any(item.lot > item.unit for item in items)
        is_gated = any(item.is_gated for item in items)
        needed = {"pack_size": has_packs, "lot": is_gated}
        return frozenset(name for name, is_needed in needed.items() if not is_needed)

    def follows(self, problems: Sequence[Problem], baseline: Policy) -> Sequence[bool]:
        """Follow sales unless that would have been far dearer over the later half of the past.

        Lumps say nothing of what comes, and a rule that follows them pays for it. The (s, S) that
        stays was found with that half known, the one that moves saw none of it: hence how far.
        """
        n = len(problems)
        validation = PastValidation(self.past, baseline, self.memory)
        still, moving = (
            validation.cost(FollowingRule(measure(problems, baseline, follows_sales=[does] * n)))
            for does in (False, True)
        )
        return (moving < _FAR_DEARER * still).tolist()

    def draw(
        self,
        problems: Sequence[Problem],
        items: Sequence[ItemReference],
        n_paths: int,
        horizon: int,
        seed: int,
    ) -> tuple[Scenario, InitialStock]:
        """Draw futures, the sales before them, and stocks from empty to well stocked."""
        n_real = self.n_real(n_paths)
        parts = [self._real(n_real, horizon + 1, seed)] if n_real else []
        if n_real < n_paths:
            parts.append(self._fitted(problems, n_paths - n_real, horizon + 1, seed))
        tables = [torch.cat(pair, 2).flatten(1) for pair in zip(*parts, strict=True)]
        sold, in_stock, demand, *outlook = tables
        wrong = self._forecast_errors(demand.shape[1], seed)
        outlook = [wrong * table for table in outlook]
        n = self.memory
        known = Memory(sold[:n], in_stock[:n], outlook[0][:n])
        demand, *outlook = (table[n:].contiguous() for table in (demand, *outlook))
        lead_time = draw_lead_times(problems, n_paths, horizon + 1, seed, torch.float32)
        scenario = Scenario(demand, lead_time, Outlook(*outlook), seed)
        level = any_level(items, n_paths, torch.Generator().manual_seed(seed))
        return scenario, InitialStock(level, memory=known)

    def select(self, rows: Sequence[int]) -> PanelFutures:
        """Return the past of some of the items."""
        return replace(self, past=self.past.select(rows))

    def validation(
        self, problems: Sequence[Problem], baseline: Policy, loss_weight: float = LOSS_WEIGHT
    ) -> Validation:
        """Return what candidates are judged on: the later half of the past."""
        return PastValidation(self.past, baseline, self.memory, loss_weight=loss_weight)

    def cost(self, problems: Sequence[Problem], n_paths: int) -> PeriodCost:
        """Return what a period costs: what happened in it."""
        return what_it_cost

    def _forecast_errors(self, n_envs: int, seed: int) -> Tensor:
        """Draw by what factor each forecast is wrong, shape [n_envs].

        The fitted demand has seen the past that is replayed; of what comes it knows less.
        """
        noise = torch.Generator().manual_seed(seed + 1)
        return torch.exp(self.forecast_error * torch.randn(n_envs, generator=noise))

    def _real(self, n_paths: int, horizon: int, seed: int) -> list[Tensor]:
        """Return windows of the past: sales, in-stock flags, demand, and the outlook.

        A window begins anywhere and goes on at the beginning where the past ends; before its own
        first period an item is not known.

        Returns:
            Shape [memory + horizon, n_items, n_paths] each.
        """
        past, rng = self.past, np.random.default_rng([seed, 7])
        length = past.n_periods - past.first
        begin = rng.integers(0, length[:, None], size=(len(length), n_paths))
        place = begin[None] + np.arange(-self.memory, horizon)[:, None, None]
        is_known = place >= 0
        column = past.first[:, None] + place % length[:, None]
        tables: list[Any] = [past.quantity, past.in_stock, past.demand(seed), *past.outlook]
        rows = np.arange(len(length))[:, None]
        return [_windows(table, rows, column, is_known) for table in tables]

    def _fitted(
        self, problems: Sequence[Problem], n_paths: int, horizon: int, seed: int
    ) -> list[Tensor]:
        """Return draws of the fitted demand, from a random day of the year; as ``_real``."""
        offset = int(np.random.default_rng([seed, 8]).integers(CALENDAR))
        total = self.memory + horizon
        drawn = draw_scenario(problems, n_paths, total, seed, offset=offset)
        o, demand = drawn.outlook, drawn.demand
        tables = [demand, torch.ones_like(demand), demand]
        tables += [o.next_mean, o.protection_mean, o.protection_sd]
        return [t.expand(total, -1).reshape(total, len(problems), n_paths) for t in tables]


def _windows(table: Floats, rows: Ints, column: Ints, is_known: Flags) -> Tensor:
    return torch.as_tensor(np.where(is_known, table[rows, column], 0.0), dtype=torch.float32)


def what_it_cost(flows: Flows, mean: Tensor, parameters: Parameters) -> Tensor:
    """Return the cost of a period as it happened, orders included, money, shape [n_envs].

    What the fitted demand would lead to expect is wrong for a past that ran at another level.
    """
    p = parameters
    cost = p.holding_cost * flows.on_hand + p.stockout_cost * flows.short
    return cost + p.fixed_cost * (flows.order > 0) + p.purchase_cost * flows.order
