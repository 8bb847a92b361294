"""Changing costs and rules: every edit is checked, and all are kept together or none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain import Item, ItemKey, ParameterError, PlannerError, attribute, attributes
from core.ingest import items_csv
from core.services.item_values import is_empty, is_number, same_value, value_of, with_value
from core.services.lead_times import LEAD_TIME, as_assumed
from core.services.tables import items_frame, items_of
from core.services.workspace import PlanData
from core.store import DatasetRecord, NewDataset, Store

Edits = Mapping[ItemKey, Mapping[str, object]]

EDITED_NAME = "edited on Costs & rules"


@dataclass(frozen=True, slots=True)
class EditProblem:
    """An edit that cannot be kept, and why."""

    key: ItemKey
    attribute: str
    value: object
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """One value that an edit changes."""

    key: ItemKey
    attribute: str
    before: object
    after: object


def edits_of(keys: Sequence[ItemKey], edited_rows: Mapping[Any, Mapping[str, object]]) -> Edits:
    """Turn what a table editor reports, row number -> column -> value, into edits by item.

    Args:
        keys: The item of each row, in the order the table was shown.
        edited_rows: As the editor reports it; row numbers may be texts.
    """
    return {keys[int(row)]: dict(values) for row, values in edited_rows.items()}


def merged(first: Edits, then: Edits) -> Edits:
    """Return both edits; of the same value the later one counts."""
    keys = dict.fromkeys((*first, *then))
    return {key: {**first.get(key, {}), **then.get(key, {})} for key in keys}


def edited_items(
    items: Sequence[Item], edits: Edits
) -> tuple[tuple[Item, ...], tuple[EditProblem, ...]]:
    """Apply edits to items and check every one.

    An edited value is no longer assumed; an emptied one goes back to its default, assumed again.

    Args:
        items: The items as they stand.
        edits: Item -> attribute -> new value; None empties it.

    Returns:
        All items, those with a fault as they were; and every fault, in words.
    """
    problems: list[EditProblem] = []
    known = {item.key for item in items}
    for key in edits:
        if key not in known:
            gone = f"There is no item {key.label} in the sales any more."
            problems.append(EditProblem(key, "item", key.label, gone))
    changed: list[Item] = []
    for item in items:
        new, wrong = _edited(item, edits.get(item.key, {}))
        problems += wrong
        changed.append(item if wrong else new)
    return tuple(changed), tuple(problems)


def changes(items: Sequence[Item], edits: Edits) -> tuple[Change, ...]:
    """List the values that edits change; the same value again only confirms an assumed one."""
    by_key = {item.key: item for item in items}
    return tuple(
        Change(key, name, value_of(by_key[key], name), after)
        for key, values in edits.items()
        if key in by_key
        for name, after in values.items()
        if _differs(by_key[key], name, after)
    )


def overtaken(items: Sequence[Item], edits: Edits, seen: Edits) -> tuple[Change, ...]:
    """List the edits whose value another window has changed since it was seen.

    Args:
        items: The items as they are saved now.
        edits: What is to be saved.
        seen: Item -> attribute -> the value that the edit was typed over.

    Returns:
        One change per such edit: ``before`` as saved now, ``after`` as edited.
    """
    return tuple(
        change
        for change in changes(items, edits)
        if change.attribute in seen.get(change.key, {})
        and not same_value(seen[change.key][change.attribute], change.before)
    )


def save_items(
    store: Store, data: PlanData, edits: Edits, source_name: str = EDITED_NAME
) -> DatasetRecord:
    """Keep edits as a new item master, which can be undone.

    Items of the present master that have no sales now are kept as well.

    Args:
        store: Where it is kept.
        data: As saved.
        edits: Item -> attribute -> new value.
        source_name: Where the edits come from, for the log.

    Raises:
        ParameterError: where an edit cannot be; nothing is kept then.
        StorageError: disk full, locked; what was active stays so.
    """
    items, problems = edited_items(data.items, edits)
    if problems:
        more = f" {len(problems) - 1} more cannot be saved either." if len(problems) > 1 else ""
        first = problems[0]
        raise ParameterError(
            first.message.rstrip("."), where=f"item {first.key.label}", remedy=more.strip()
        )
    follow = [key for key in data.measured_used if not LEAD_TIME & set(edits.get(key, {}))]
    items = as_assumed(items, follow)
    active = store.datasets.active("items")
    known = {item.key for item in items}
    stored = items_of(store.datasets.frame(active)) if active is not None else ()
    everything = (*items, *(item for item in stored if item.key not in known))
    (record,) = store.datasets.add(
        NewDataset(
            kind="items",
            source_name=source_name,
            original=items_csv(everything).encode("utf-8"),
            frame=items_frame(everything),
            is_sample=data.is_sample,
            details={"rows": [len(everything), len(items), 0]},
        )
    )
    return record


def critical_ratio(stockout_cost: float, holding_cost: float) -> float:
    """Return the service that two costs imply, p / (p + h); nan where they cannot be.

    Args:
        stockout_cost: [p] money per unit short.
        holding_cost: [h] money per unit and period.
    """
    if not (stockout_cost > 0 and holding_cost > 0):
        return math.nan
    return stockout_cost / (stockout_cost + holding_cost)


def _differs(item: Item, name: str, value: object) -> bool:
    """Whether an edit changes a value, or confirms one that was only assumed."""
    if name in item.assumed:
        return not is_empty(value)
    return not same_value(value_of(item, name), value)


def _edited(item: Item, values: Mapping[str, object]) -> tuple[Item, list[EditProblem]]:
    """Check every value by itself, then all together."""
    problems: list[EditProblem] = []
    new = item
    for name, value in values.items():
        if not _differs(item, name, value):
            continue
        try:
            one = with_value(item, name, value)
            _own_fault(one, name)
            new = with_value(new, name, value)
        except PlannerError as error:
            problems.append(EditProblem(item.key, name, value, _in_words(error)))
    if not problems and new != item:
        try:
            new.check()
        except PlannerError as error:
            names = ", ".join(values)
            problems.append(EditProblem(item.key, names, None, _in_words(error)))
    return new, problems


def _own_fault(item: Item, name: str) -> None:
    """Raise where the value is wrong in itself; contradictions are left for later."""
    try:
        item.check()
    except ParameterError as error:
        if error.what.startswith(f"{name} must"):
            raise


def _in_words(error: PlannerError) -> str:
    """Write a fault with the labels of the columns instead of their names."""
    what = _NAMES.sub(lambda found: attribute("items", found[0]).label.lower(), error.what)
    got = f", got {error.value:g}" if is_number(error.value) else ""
    return f"{what[0].upper()}{what[1:]}{got}."


_NAMES = re.compile(rf"\b({'|'.join(a.name for a in attributes('items') if '_' in a.name)})\b")
