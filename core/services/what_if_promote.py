"""A scenario's assumptions put into the plan: what changes, item by item, and what cannot be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Any

from core.domain import Item, ItemKey, ParameterError
from core.services.editing import Change, EditProblem, Edits, changes, edited_items, save_items
from core.services.item_values import value_of
from core.services.what_if_scenario import Scenario, changed_item
from core.services.workspace import PlanData
from core.store import DatasetRecord, Store

# Assumptions that the plan has a place for: costs, rules and lead times of the items.
_IN_PLAN = frozenset(
    (
        "lead_time_change",
        "lead_time_spread_factor",
        "holding_factor",
        "stockout_factor",
        "fixed_factor",
        "target_service",
        "min_order",
    )
)
_ATTRIBUTES = (
    "lead_time",
    "lead_time_sd",
    "holding_cost",
    "stockout_cost",
    "fixed_cost",
    "min_order",
)
_WHY_NOT = {
    "demand_factor": "The level of demand is read from sales; a plan has no place to change it.",
    "season_factor": "The season is read from sales; a plan has no place to change it.",
    "peak_length": "A passing peak is a shock to prepare for, no setting.",
    "outage_length": "A supplier outage is a shock to prepare for, no setting.",
    "order_up_to_level": "s and S are found from costs and lead times, not set by hand.",
    "budget": "A budget for today's orders is kept by letting lines wait on the Orders page.",
    "who": "Who orders is chosen on the Policies page.",
}


@dataclass(frozen=True, eq=False)
class Promotion:
    """What putting a scenario into the plan would do.

    Args:
        scenario: The assumptions.
        edits: New values by item.
        items: All items as they would be.
        changes: What they change, from and to.
        problems: Values that cannot be; nothing is saved while there are any.
        left_out: Why other assumptions stay assumptions, sentences.
    """

    scenario: Scenario
    edits: Edits
    items: tuple[Item, ...]
    changes: tuple[Change, ...]
    problems: tuple[EditProblem, ...]
    left_out: tuple[str, ...]


def plan_part(scenario: Scenario) -> Scenario:
    """Return the assumptions that the plan has a place for."""
    return _only(scenario, _IN_PLAN)


def rest(scenario: Scenario) -> Scenario:
    """Return the assumptions that stay assumptions."""
    return _only(scenario, {field.name for field in fields(scenario)} - _IN_PLAN)


def promotion(data: PlanData, keys: Collection[ItemKey], scenario: Scenario) -> Promotion:
    """Work out what a scenario would change in the plan; changes nothing.

    Args:
        data: As saved.
        keys: Items that it would change.
        scenario: The assumptions.

    Raises:
        ParameterError: where an item cannot be as the scenario says; names it.
    """
    part, wanted = plan_part(scenario), set(keys)
    edits: dict[ItemKey, dict[str, object]] = {}
    for item in data.items:
        if item.key not in wanted or not part.changes:
            continue
        after = changed_item(item, part)
        moved = {name: _tidy(value_of(after, name)) for name in _ATTRIBUTES}
        values = {name: new for name, new in moved.items() if new != _tidy(value_of(item, name))}
        if values:
            edits[item.key] = values
    items, problems = edited_items(data.items, edits)
    left_out = [why for name, why in _WHY_NOT.items() if name in scenario.changes]
    moved_values = changes(data.items, edits)
    return Promotion(scenario, edits, items, moved_values, problems, tuple(left_out))


def promote(
    store: Store, data: PlanData, keys: Collection[ItemKey], scenario: Scenario
) -> DatasetRecord:
    """Put a scenario into the plan: a new item master, which can be undone like any edit.

    Raises:
        ParameterError: where nothing would change, or a value cannot be; nothing is saved then.
        StorageError: disk full, locked.
    """
    found = promotion(data, keys, scenario)
    if not found.changes:
        raise ParameterError(
            "Nothing was saved: the plan has no place for what this scenario changes",
            where=f"scenario {scenario.name!r}",
            remedy=" ".join(found.left_out) or "Change a cost, a rule or a lead time in it.",
        )
    return save_items(store, data, found.edits, f"taken from What-if: {scenario.name}")


def _only(scenario: Scenario, names: Collection[str]) -> Scenario:
    kept: dict[str, Any] = {k: v for k, v in scenario.changes.items() if k in names}
    return replace(Scenario(scenario.name), **kept)


def _tidy(value: object) -> object:
    """Drop the dust of arithmetic: 0.30000000000000004 is 0.3."""
    return float(f"{value:.10g}") if isinstance(value, float) else value
