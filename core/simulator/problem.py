"""One item's ordering problem: everything its order depends on, except the stock of today."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.demand.protocol import DemandModel
from core.domain import CostRates, Item, LeadTime, OrderRules


@dataclass(frozen=True)
class Problem:
    """An item, its demand and the period in which planning starts.

    Args:
        name: Item label or instance name.
        demand: Model of future demand, units per period.
        costs: [h, p, K, c]; unit_cost values stock, purchase_cost below is what is charged.
        lead_time: [L] periods.
        rules: MOQ, pack, limits, review.
        lost_share: Share of unmet demand that is lost: 1 lost sales, 0 backorders.
        start: Number of the first period to order in (Period.number).
        purchase_cost: Money charged per unit ordered. 0 for planners' items: every unit sold has
            to be bought under any policy, and stockout_cost is net of the purchase it saves.
    """

    name: str
    demand: DemandModel
    costs: CostRates
    lead_time: LeadTime
    rules: OrderRules = field(default_factory=OrderRules)
    lost_share: float = 1.0
    start: int = 0
    purchase_cost: float = 0.0

    @classmethod
    def of_item(cls, item: Item, demand: DemandModel, start: int) -> Problem:
        """Pose the problem of a planner's item."""
        return cls(
            item.key.label, demand, item.costs, item.lead_time, item.rules, item.lost_share, start
        )

    def at(self, start: int) -> Problem:
        """Return the same problem, planned from another period on."""
        return replace(self, start=start)
