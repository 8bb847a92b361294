"""What each item is, worked out once for the same data and kept in the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from core.domain import ItemKey, Period
from core.services.one_offs import Stretch
from core.services.understanding import ItemFacts, Understanding, understand
from core.services.unusual import Unusual
from core.services.workspace import PlanData
from core.store import Store

# Raised when anything is worked out differently, so that what is kept is made anew.
_VERSION = 1
_KIND = "understanding"


def understand_once(data: PlanData, store: Store) -> Understanding:
    """Return what each item is: from the record, else worked out and kept there.

    Args:
        data: The planner's data.
        store: The record.

    Raises:
        StorageError: disk full, locked.
    """
    if not data.history_hash:
        return understand(data)
    # One-offs are looked at all the same, so leaving some out changes nothing here.
    inputs = {"data": data.whole_fingerprint or data.fingerprint, "version": _VERSION}
    record = store.runs.latest(_KIND, inputs)
    if record is not None and record.result is not None:
        return _read(record.result)
    known = understand(data)
    store.runs.add(_KIND, inputs, {"understanding": known})
    return known


def _read(result: Mapping[str, Any]) -> Understanding:
    kept = result["understanding"]
    return Understanding(
        items=tuple(_facts(each) for each in kept["items"]),
        unusual=tuple(_unusual(each) for each in kept["unusual"]),
        valued_by=kept["valued_by"],
        bucket=kept["bucket"],
        period=Period(kept["period"]),
    )


def _facts(kept: Mapping[str, Any]) -> ItemFacts:
    numbers = {name: _number(kept[name]) for name in ("share", "mean", "cv")}
    return ItemFacts(**{**kept, **numbers, "key": ItemKey(**kept["key"])})


def _unusual(kept: Mapping[str, Any]) -> Unusual:
    stretch = kept["stretch"]
    first = date.fromisoformat(stretch["first"])
    return Unusual(
        Stretch(ItemKey(**stretch["key"]), first, stretch["n_periods"]),
        _number(kept["quantity"]),
        _number(kept["usual"]),
        kept["advice"],
    )


def _number(kept: float | None) -> float:
    """Return a number; JSON writes one that is not known as nothing."""
    return float("nan") if kept is None else float(kept)
