"""What a feature is: one number an agent sees, and the view that it is worked out from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import torch
from torch import Tensor

from core.agents.projection import Projection, myopic_order, project
from core.agents.recent import Recent
from core.agents.references import References
from core.simulator import Observation

_STRAIGHT = 2.0


class Group(StrEnum):
    """What explanations add up: one bar each."""

    STOCK = "stock position"
    DEMAND = "demand level"
    SEASON = "demand trend and season"
    VARIABILITY = "demand variability"
    LEAD_TIME = "lead time"
    COSTS = "costs and constraints"


@dataclass(frozen=True, eq=False)
class View:
    """An observation with what it is measured by.

    Args:
        observation: What may be known now.
        references: The items' measures, shape [n_envs] each.
        now: The same as they stand in this period: with the season, and with recent sales.
        due: Units under way by the period of their arrival, shape [n_buckets, n_envs].
    """

    observation: Observation
    references: References
    now: References
    due: Tensor

    @property
    def cover(self) -> Tensor:
        """Periods that an order must last, lead time and review, shape [n_envs]."""
        p = self.observation.parameters
        return (torch.round(p.lead_time_mean) + p.review_period).clamp(min=1.0)

    @property
    def level(self) -> Tensor:
        """Demand as it runs now against the fitted demand; 1 where sales are not followed."""
        return self.now.stock_scale / self.references.stock_scale

    @cached_property
    def projection(self) -> Projection:
        """Stock as it is expected when an order of today arrives."""
        return project(self.observation, self.due, self.level)

    @cached_property
    def myopic_order(self) -> Tensor:
        """Units that would serve best from the arrival of an order of today to the next one."""
        o, level = self.observation, self.level
        return myopic_order(o, self.projection, level * o.protection_mean, level * o.protection_sd)

    def in_deviations(self, units: Tensor) -> Tensor:
        """Return units in standard deviations of demand over lead time and review."""
        return _squeezed(units / self.now.point_scale)

    def scaled(self, units: Tensor) -> Tensor:
        """Return units as a share of the stock scale as it stands now."""
        return _squeezed(units / self.now.stock_scale)

    def usually(self, units: Tensor) -> Tensor:
        """Return units as a share of the stock scale of the fitted demand."""
        return _squeezed(units / self.references.stock_scale)

    @cached_property
    def recent(self) -> Recent:
        """What the latest sales say."""
        return self.now.recent or Recent.of(self.observation)


def _squeezed(share: Tensor) -> Tensor:
    """Let shares above 2 grow as their logarithm: large orders make stock many times its scale."""
    beyond = torch.log(share.abs().clamp_(min=_STRAIGHT).mul_(1 / _STRAIGHT))
    straight = share.clamp(-_STRAIGHT, _STRAIGHT)
    return torch.addcmul(straight, straight, beyond)


Compute = Callable[[View], Tensor]


@dataclass(frozen=True)
class Feature:
    """One number an agent sees.

    Args:
        name: Its key in bundles.
        label: In planners' words.
        unit: Of the value before standardising.
        group: Which bar of an explanation it adds to.
        compute: From a view, shape [n_envs].
        is_static: Whether it stays the same while an item's costs, rules and lead time do.
        memory: Latest periods whose sales it looks at.
    """

    name: str
    label: str
    unit: str
    group: Group
    compute: Compute
    is_static: bool = False
    memory: int = 0


SHARE = "share of the item's stock scale"
