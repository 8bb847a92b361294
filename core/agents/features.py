"""What an agent is told about an item and its stock: named features, scaled by the item itself.

Quantities are shares of the item's stock scale (about its order-up-to level), so that one network
serves items of any size. Labels and groups are what explanations show.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from core.agents.feature import SHARE, Compute, Feature, Group, Measure, View
from core.agents.groups import GATED, STEADY
from core.agents.memory_features import recent_features
from core.agents.stock_features import MAX_BUCKETS, in_deviations, stock_features

__all__ = ["FEATURES", "MAX_BUCKETS", "Compute", "Feature", "Group", "View"]


def _demand_features() -> list[Feature]:
    return [
        Feature(
            "demand_size",
            "Mean demand per period",
            "log of units",
            Group.DEMAND,
            lambda v: torch.log1p(v.now.mean_demand),
        ),
        Feature(
            "protection_mean",
            "Expected demand until the next order arrives",
            SHARE,
            Group.DEMAND,
            lambda v: v.level * v.observation.protection_mean,
            measure=Measure.STOCK_SCALE,
        ),
        Feature(
            "next_mean",
            "Expected demand of this period",
            "times the item's mean",
            Group.SEASON,
            lambda v: v.level * v.observation.next_mean / v.now.mean_demand.clamp(min=1e-6),
        ),
        Feature(
            "protection_trend",
            "Demand until the next arrival against the item's mean",
            "times the item's mean",
            Group.SEASON,
            lambda v: v.level * v.observation.protection_mean / _usual_protection(v),
        ),
        Feature(
            "protection_sd",
            "Uncertainty of demand until the next order arrives",
            SHARE,
            Group.VARIABILITY,
            lambda v: v.level * v.observation.protection_sd,
            measure=Measure.STOCK_SCALE,
        ),
        Feature(
            "demand_variation",
            "Spread of a period's demand",
            "log of times the mean",
            Group.VARIABILITY,
            _variation,
        ),
    ]


def _usual_protection(view: View) -> Tensor:
    return (view.now.mean_demand * view.cover).clamp(min=1e-6)


def _variation(view: View) -> Tensor:
    """Standard deviation of one period's demand, as a share of its mean."""
    p, seen = view.observation.parameters, view.observation
    per_period = seen.protection_mean / view.cover
    own = seen.protection_sd.square() - (p.lead_time_sd * per_period).square()
    return torch.log1p((own.clamp(min=0.0) / view.cover).sqrt() / per_period.clamp(min=1e-6))


_static = partial(Feature, is_static=True)
_usual = partial(_static, unit=SHARE, group=Group.COSTS, measure=Measure.USUAL_SCALE)


def _fixed_cost(view: View) -> Tensor:
    """Fixed cost in periods of holding the stock scale, on a log scale."""
    p = view.observation.parameters
    return torch.log1p(p.fixed_cost / (p.holding_cost * view.references.stock_scale))


def _room(view: View) -> Tensor:
    """Largest order that fits, cut off at three, squeezed: beyond that it never binds."""
    p = view.observation.parameters
    room = torch.minimum(p.max_order, p.max_stock - view.observation.inventory_position)
    return view.scaled(room).clamp(-1.0, 3.0)


_PERIODS = "log of periods"


def _lead_time_features() -> list[Feature]:
    return [
        _static(
            "lead_time_mean",
            "Mean lead time",
            _PERIODS,
            Group.LEAD_TIME,
            lambda v: torch.log1p(v.observation.parameters.lead_time_mean),
        ),
        _static(
            "lead_time_sd",
            "Spread of the lead time",
            _PERIODS,
            Group.LEAD_TIME,
            lambda v: torch.log1p(v.observation.parameters.lead_time_sd),
        ),
    ]


def _cost_features() -> list[Feature]:
    return [
        _static(
            "critical_ratio",
            "Stock-out cost against holding cost",
            "share",
            Group.COSTS,
            lambda v: (
                v.observation.parameters.stockout_cost
                / (v.observation.parameters.stockout_cost + v.observation.parameters.holding_cost)
            ),
        ),
        _static(
            "stockout_ratio",
            "Stock-out cost over holding cost",
            "log of times",
            Group.COSTS,
            lambda v: torch.log(
                (v.observation.parameters.stockout_cost + 1e-6)
                / (v.observation.parameters.holding_cost + 1e-6)
            ),
        ),
        _static("fixed_cost", "Fixed cost per order", "log of share", Group.COSTS, _fixed_cost),
        _usual(
            "lot",
            "Distance from reorder point to order-up-to level",
            compute=lambda v: v.references.order_up_to_level - v.references.reorder_point,
        ),
        _static(
            "lost_share",
            "Share of unmet demand that is lost",
            "share",
            Group.COSTS,
            lambda v: v.observation.parameters.lost_share,
        ),
    ]


def _group_features() -> list[Feature]:
    yes_or_no = partial(_static, unit="yes (1) or no (0)", group=Group.COSTS)
    return [
        yes_or_no(
            GATED, "Orders have a price or a least size", compute=lambda v: v.references.is_gated
        ),
        yes_or_no(
            STEADY,
            "Nothing changes, no rule binds, and sales are lost",
            compute=lambda v: v.references.is_steady,
        ),
    ]


def _rule_features() -> list[Feature]:
    return [
        _usual("min_order", "Minimum order", compute=lambda v: v.observation.parameters.min_order),
        _usual("pack_size", "Pack size", compute=lambda v: v.observation.parameters.pack_size),
        _static(
            "review_period",
            "Periods between chances to order",
            _PERIODS,
            Group.COSTS,
            lambda v: torch.log(v.observation.parameters.review_period),
        ),
        Feature("room", "Largest order that fits", SHARE, Group.COSTS, _room),
    ]


FEATURES: dict[str, Feature] = {
    feature.name: feature
    for feature in (
        *stock_features()[:1],
        # Early, so that they are never dropped as repetitions: networks are told apart by them.
        *_group_features(),
        *stock_features()[1:],
        *_demand_features(),
        *_lead_time_features(),
        *_cost_features(),
        *_rule_features(),
        *recent_features(),
    )
}

FOR_PATHWISE = frozenset(
    {
        "expected_lost",
        "arrival_sd",
        "myopic_order",
        *(feature.name for feature in in_deviations()),
        "demand_variation",
        "stockout_ratio",
        GATED,
        STEADY,
    }
)
"""Features that only pathwise learning is shown; others learn less from more."""
