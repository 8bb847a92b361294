"""Setting stock-out costs by a point of the frontier: shown first, then kept as any other edit."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from core.domain import ItemKey, ParameterError
from core.services.assortment import Assortment
from core.services.editing import Edits, overtaken, save_items
from core.services.workspace import PlanData
from core.store import DatasetRecord, Store

_COST = "stockout_cost"


@dataclass(frozen=True, slots=True)
class CostChoice:
    """Stock-out costs multiplied, not yet kept.

    Args:
        factor: Times the present stock-out cost.
        edits: New cost by item.
        seen: The cost that it is worked out from.
    """

    factor: float
    edits: Edits
    seen: Edits

    @property
    def words(self) -> str:
        """Say what would be set, from what to what."""
        before, after = (
            [float(str(v[_COST])) for v in e.values()] for e in (self.seen, self.edits)
        )
        times = f"Stock-out cost × {self.factor:g}"
        if len(before) == 1:
            (key,) = self.edits
            return f"{times} for {key.label}: from {before[0]:,.6g} to {after[0]:,.6g} a unit"
        return (
            f"{times} for all {len(before)} items: from {min(before):,.4g} to {max(before):,.4g} a "
            f"unit now (half of them above {median(before):,.4g}), to {min(after):,.4g} to "
            f"{max(after):,.4g}"
        )


def cost_choice(assortment: Assortment, factor: float, key: ItemKey | None = None) -> CostChoice:
    """Work out the stock-out costs of a point of the frontier.

    Args:
        assortment: The items that can be planned.
        factor: Times the present stock-out cost.
        key: One item; None for all.
    """
    items = [plan.item for plan in assortment.planned if key is None or plan.key == key]
    now = {item.key: item.costs.stockout_cost for item in items}
    return CostChoice(
        factor,
        {key: {_COST: float(f"{cost * factor:.6g}")} for key, cost in now.items()},
        {key: {_COST: cost} for key, cost in now.items()},
    )


def set_costs(store: Store, data: PlanData, choice: CostChoice) -> DatasetRecord:
    """Keep the costs of a choice; the Costs page can undo it.

    Args:
        store: The record.
        data: The items as they are saved now.
        choice: What was shown.

    Raises:
        ParameterError: where another window changed a cost since, or a cost cannot be; nothing
            is kept then.
        StorageError: disk full, locked.
    """
    lost = overtaken(data.items, choice.edits, choice.seen)
    if lost:
        raise ParameterError(
            f"Nothing was set: another window made the stock-out cost {lost[0].before}",
            where=f"item {lost[0].key.label}",
            remedy="Look at the new curve, then choose again.",
        )
    return save_items(store, data, choice.edits)
