"""Scenarios side by side, kept under a name, and shared by a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from core.domain import ParameterError, Period, PlannerError
from core.services.what_if_scenario import BOUNDS, Scenario, ready_made
from core.store import Store

MAX_CARDS = 4
# Names that stand for something else in the tables.
_LONGEST = 54
_RESERVED = (Scenario().name, "Key figure")
_TYPES: Mapping[type, Callable[[Any], Any]] = {
    float: float,
    int: lambda value: int(float(value)),
    str: str,
}
_ANEW = "Copy the link once more, in full, or make the scenario anew."
_CARDS, _SAVED = "what_if.cards", "what_if.saved"


def to_json(scenario: Scenario) -> dict[str, Any]:
    """Write a scenario as plain JSON values: its name and what differs."""
    return {"name": scenario.name, **scenario.changes}


def from_json(data: Mapping[str, Any]) -> Scenario:
    """Read a scenario.

    Raises:
        ParameterError: where a value is unknown, not a number or out of bounds.
    """
    known = asdict(Scenario())
    values: dict[str, Any] = {"name": str(data.get("name", "From a link"))}
    for name, value in data.items():
        if name == "name":
            continue
        if name not in known:
            raise ParameterError("A scenario has no such value", value=name, remedy=_ANEW)
        try:
            values[name] = _TYPES[type(known[name])](value)
        except (TypeError, ValueError, OverflowError) as error:
            what = BOUNDS[name][2].removesuffix(",")
            raise ParameterError(f"{what} must be a number", value=value, remedy=_ANEW) from error
    return Scenario(**values).check()


def to_link(scenario: Scenario) -> str:
    """Write a scenario for a link: "Demand +20 %|demand_factor=1.2"."""
    parts = [
        f"{name}={value if isinstance(value, str) else format(value, '.10g')}"
        for name, value in scenario.changes.items()
    ]
    return "|".join([scenario.name.replace("|", "/"), *parts])


def from_link(store: Store, text: str, period: Period) -> Scenario:
    """Read a link: a scenario in full, or the name of a kept or ready-made one.

    Raises:
        ParameterError: where it cannot be understood.
    """
    name, *parts = text.split("|")
    if parts:
        pairs = [part.partition("=") for part in parts if part]
        return from_json({"name": name, **{key: value for key, _, value in pairs}})
    known = {one.name: one for one in (*ready_made(period), *saved(store), *cards(store))}
    if name not in known:
        raise ParameterError(
            f"There is no scenario {name!r}", remedy="Choose another one, or make it anew."
        )
    return known[name]


def cards(store: Store) -> tuple[Scenario, ...]:
    """Return the scenarios that stand side by side now."""
    return _read(store, _CARDS)[:MAX_CARDS]


def set_cards(store: Store, scenarios: Sequence[Scenario]) -> None:
    """Put scenarios side by side; they stay until changed.

    Raises:
        ParameterError: where there are too many, or one cannot be.
    """
    if len(scenarios) > MAX_CARDS:
        raise ParameterError(
            f"At most {MAX_CARDS} scenarios stand side by side", remedy="Remove one first."
        )
    store.settings.set(_CARDS, [to_json(one.check()) for one in scenarios])


def saved(store: Store) -> tuple[Scenario, ...]:
    """Return the scenarios kept under a name."""
    return _read(store, _SAVED)


def keep(store: Store, scenario: Scenario) -> None:
    """Keep a scenario under its name, in place of one of the same name."""
    mine = to_json(scenario.check())

    def added(kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [*(one for one in kept if one.get("name") != scenario.name), mine]

    store.settings.update(_SAVED, added, [])


def forget(store: Store, name: str) -> None:
    """Forget a kept scenario."""
    store.settings.update(_SAVED, lambda kept: [x for x in kept if x.get("name") != name], [])


def free_name(wish: str, taken: Sequence[str]) -> str:
    """Return the wish, or the wish with the next free number behind it."""
    wish = wish[:_LONGEST]
    name, number = wish, 1
    while name in (*taken, *_RESERVED):
        number += 1
        name = f"{wish} ({number})"
    return name


def _read(store: Store, key: str) -> tuple[Scenario, ...]:
    found = []
    for data in store.settings.get(key, []):
        try:
            found.append(from_json(data))
        except PlannerError:
            # Written by another version: a lost card is better than a page that cannot open.
            continue
    return tuple(found)
