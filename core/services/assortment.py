"""From the planner's data to one ordering problem per item."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.demand import demand_model_from_json
from core.demand.forecasts import Forecast
from core.domain import (
    HistoryError,
    Item,
    ItemKey,
    PlannerError,
    UnknownNameError,
)
from core.services.demand_rows import demand_rows
from core.services.forecast_use import forecast_in_use
from core.services.forecasts import with_forecasts
from core.services.workspace import PlanData, last_day
from core.simulator import Problem
from core.store import Store, fingerprint

Progress = Callable[[float, str], None]

# Raised when the choice of demand models changes, so that stored choices are made anew.
_DEMAND_VERSION = 3

# Share of the calendar that training never sees and that judges it afterwards.
HELD_OUT_SHARE = 0.125


@dataclass(frozen=True, eq=False)
class PlannedItem:
    """One item that can be planned.

    Args:
        item: As the planner describes it.
        problem: Its ordering problem, starting with the coming period.
        demand_label: The demand model in words.
        demand_reason: Why this model.
        demand_class: smooth, erratic, intermittent or lumpy.
    """

    item: Item
    problem: Problem
    demand_label: str
    demand_reason: str
    demand_class: str

    @property
    def key(self) -> ItemKey:
        """Item and location."""
        return self.item.key


@dataclass(frozen=True, eq=False)
class Assortment:
    """All items that can be planned, and why the others cannot.

    Args:
        data: What it was made from.
        planned: In the order of the history.
        unplannable: Reason by item.
    """

    data: PlanData
    planned: tuple[PlannedItem, ...]
    unplannable: Mapping[ItemKey, str]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """One per planned item."""
        return tuple(plan.problem for plan in self.planned)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """One per planned item."""
        return tuple(plan.item for plan in self.planned)

    @cached_property
    def keys(self) -> tuple[ItemKey, ...]:
        """One per planned item."""
        return tuple(plan.key for plan in self.planned)

    @cached_property
    def fingerprint(self) -> str:
        """Fingerprint of the problems: demand, costs, lead times, rules, start."""
        return problems_fingerprint(self.problems)

    def row(self, key: ItemKey) -> int:
        """Return an item's place.

        Raises:
            HistoryError: where the item cannot be planned; says why.
            UnknownNameError: where there is no such item.
        """
        if key in self.unplannable:
            raise HistoryError(self.unplannable[key], where=f"item {key.label}")
        if key not in self._rows:
            raise UnknownNameError("item", key.label, (str(key) for key in self.keys))
        return self._rows[key]

    @cached_property
    def _rows(self) -> dict[ItemKey, int]:
        return {key: row for row, key in enumerate(self.keys)}


def problems_fingerprint(problems: Sequence[Problem]) -> str:
    """Return a fingerprint: equal problems, equal fingerprint."""
    return fingerprint([[p.demand.to_json(), _without_demand(p)] for p in problems])


def build_assortment(
    data: PlanData,
    store: Store | None = None,
    on_progress: Progress | None = None,
    forecast: Forecast | None = None,
) -> Assortment:
    """Choose every item's demand model (once per history; then read from the store).

    Args:
        data: The planner's data.
        store: Where earlier choices are kept; None chooses anew and keeps nothing.
        on_progress: Told the share done and the item at hand.
        forecast: Of the same sales; takes the place of demand models it is proved better than.
            None takes the one that the store has in use.
    """
    chosen = _stored_choices(data, store)
    if chosen is None:
        chosen = _choose(data, _rows_of_before(data, store), on_progress)
        if store is not None:
            store.runs.add("demand", _inputs(data), chosen)
    rows = chosen["items"]
    if forecast is None and store is not None:
        forecast = forecast_in_use(store, data)
    if forecast is not None:
        rows = with_forecasts(rows, tuple(data.history.items()), forecast)
    planned: list[PlannedItem] = []
    unplannable: dict[ItemKey, str] = {}
    for item, choice in zip(data.items, rows, strict=True):
        problem = _cannot(item, choice)
        if problem is None:
            planned.append(_planned(item, choice, data.today_index))
        else:
            unplannable[item.key] = problem
    return Assortment(data, tuple(planned), unplannable)


def without_tail(data: PlanData, share: float) -> PlanData:
    """Return the data as it stood before the last ``share`` of the calendar.

    Training sees only this, so that the tail can judge it.

    Raises:
        HistoryError: where the history is too short to hold out a part of it.
    """
    known, _ = data.history.split(share)
    some = [
        key
        for key, first in zip(known.keys, known.first_listed, strict=True)
        if first < known.n_periods
    ]
    kept = known.select(some)
    items = tuple(item for item in data.items if item.key in set(some))

    def cut(mark: str) -> str:
        return mark and f"{mark} without the last {share:g}"

    return replace(
        data,
        history=kept,
        items=items,
        as_of=last_day(kept),
        history_hash=cut(data.history_hash),
        whole_hash=cut(data.whole_hash),
    )


def _inputs(data: PlanData) -> dict[str, Any]:
    return {"history": data.history_hash, "version": _DEMAND_VERSION}


def _stored_choices(data: PlanData, store: Store | None) -> dict[str, Any] | None:
    if store is None or not data.history_hash:
        return None
    record = store.runs.latest("demand", _inputs(data))
    return None if record is None else record.result


def _rows_of_before(data: PlanData, store: Store | None) -> dict[ItemKey, Any]:
    """Return the choices for items whose sales did not change when one-offs were left out."""
    if store is None or not data.left_out:
        return {}
    whole = {"history": data.whole_hash, "version": _DEMAND_VERSION}
    record = store.runs.latest("demand", whole)
    if record is None or record.result is None:
        return {}
    changed = {each.key for each in data.left_out}
    rows = zip(data.history.keys, record.result["items"], strict=True)
    return {key: row for key, row in rows if key not in changed}


def _choose(
    data: PlanData, known: dict[ItemKey, Any], on_progress: Progress | None
) -> dict[str, Any]:
    histories = tuple(each for each in data.history.items() if each.key not in known)

    def tell(n_done: int) -> None:
        if on_progress is not None and n_done < len(histories):
            key = histories[n_done].key
            on_progress(n_done / len(histories), f"demand of {key.label}")

    found = zip((each.key for each in histories), demand_rows(histories, tell), strict=True)
    rows = known | dict(found)
    return {"items": [rows[key] for key in data.history.keys]}


def _cannot(item: Item, choice: Mapping[str, Any]) -> str | None:
    """Return why an item cannot be planned, or None."""
    if "problem" in choice:
        return str(choice["problem"])
    try:
        item.check()
    except PlannerError as error:
        return error.message
    return None


def _planned(item: Item, choice: Mapping[str, Any], today_index: int) -> PlannedItem:
    demand = demand_model_from_json(choice["model"])
    problem = Problem.of_item(item, demand, today_index)
    return PlannedItem(item, problem, choice["label"], choice["reason"], choice["class"])


def _without_demand(problem: Problem) -> list[Any]:
    return [
        problem.name,
        problem.costs,
        problem.lead_time,
        problem.rules,
        problem.lost_share,
        problem.start,
        problem.purchase_cost,
    ]
