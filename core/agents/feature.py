"""What a feature is: one number an agent sees, and the view that it is worked out from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby

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

    @cached_property
    def cover(self) -> Tensor:
        """Periods that an order must last, lead time and review, shape [n_envs]."""
        p = self.observation.parameters
        return (torch.round(p.lead_time_mean) + p.review_period).clamp(min=1.0)

    @cached_property
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

    def scaled(self, units: Tensor) -> Tensor:
        """Return units as a share of the stock scale as it stands now."""
        return in_measure(self, Measure.STOCK_SCALE, units)

    @cached_property
    def recent(self) -> Recent:
        """What the latest sales say."""
        return self.now.recent or Recent.of(self.observation)


def _squeezed(share: Tensor) -> Tensor:
    """Let shares above 2 grow as their logarithm: large orders make stock many times its scale."""
    beyond = torch.log(share.abs().clamp_(min=_STRAIGHT).mul_(1 / _STRAIGHT))
    straight = share.clamp(-_STRAIGHT, _STRAIGHT)
    return torch.addcmul(straight, straight, beyond)


class Measure(StrEnum):
    """What units of stock and orders are divided by, so that items of any size look alike."""

    STOCK_SCALE = "the item's stock scale as it stands now"
    USUAL_SCALE = "the stock scale of the fitted demand"
    DEVIATION = "the standard deviation of demand over lead time and review"


_SCALES: dict[Measure, Callable[[View], Tensor]] = {
    Measure.STOCK_SCALE: lambda view: view.now.stock_scale,
    Measure.USUAL_SCALE: lambda view: view.references.stock_scale,
    Measure.DEVIATION: lambda view: view.now.point_scale,
}


def in_measure(view: View, measure: Measure, units: Tensor) -> Tensor:
    """Return units as a network may read them, shape [..., n_envs] as given."""
    return _squeezed(units / _SCALES[measure](view))


Compute = Callable[[View], Tensor]


@dataclass(frozen=True)
class Feature:
    """One number an agent sees.

    Args:
        name: Its key in bundles.
        label: In planners' words.
        unit: Of the value before standardising.
        group: Which bar of an explanation it adds to.
        compute: From a view, shape [n_envs]; in units where there is a measure.
        is_static: Whether it stays the same while an item's costs, rules and lead time do.
        memory: Latest periods whose sales it looks at.
        measure: What the units are divided by; None where they are no units of stock.
    """

    name: str
    label: str
    unit: str
    group: Group
    compute: Compute
    is_static: bool = False
    memory: int = 0
    measure: Measure | None = None


class Reader:
    """Works features out; those of one measure are divided together, which is most of the time.

    Args:
        features: In the order wanted.
    """

    def __init__(self, features: Sequence[Feature]):
        order = sorted(range(len(features)), key=lambda row: features[row].measure or "")
        self._parts = [
            (measure, [features[row].compute for row in rows])
            for measure, rows in groupby(order, key=lambda row: features[row].measure)
        ]
        with torch.inference_mode(False):
            self._places = torch.tensor(order, dtype=torch.long).argsort()

    def read(self, view: View) -> Tensor:
        """Return the value of each feature, shape [n_features, n_envs]."""
        parts = [view.due[:0]]
        for measure, computes in self._parts:
            values = torch.stack([compute(view) for compute in computes])
            parts.append(values if measure is None else in_measure(view, measure, values))
        return torch.cat(parts).index_select(0, self._places)


SHARE = "share of the item's stock scale"
