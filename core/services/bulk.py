"""One value for many items: as given, or worked out from each item's own costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain import Item, ParameterError, attribute, attributes
from core.services.editing import Edits


@dataclass(frozen=True, slots=True)
class BulkRule:
    """A way to set many items at once.

    Args:
        label: For the screen.
        attribute: What it sets.
        help: What the number means.
        value: New value from the item, the number given, and the periods in a year.
    """

    label: str
    attribute: str
    help: str
    value: Callable[[Item, Any, float], object]


def _as_given(item: Item, value: Any, per_year: float) -> object:
    return value


def _holding_of_rate(item: Item, percent_per_year: Any, per_year: float) -> object:
    return float(percent_per_year) / 100 * item.costs.unit_cost / per_year


def _stockout_of_service(item: Item, percent: Any, per_year: float) -> object:
    """Solve p / (p + h) = service for p; a service of 100 % has no finite cost."""
    service = float(percent) / 100
    if not 0 < service < 1:
        raise ParameterError("The service must be above 0 % and below 100 %", value=float(percent))
    return item.costs.holding_cost * service / (1 - service)


def _plain_rule(name: str) -> BulkRule:
    known = attribute("items", name)
    return BulkRule(known.label, name, known.help, _as_given)


BULK_RULES: Mapping[str, BulkRule] = {
    "holding_rate": BulkRule(
        "Holding cost, as % of unit cost a year",
        "holding_cost",
        "Capital, space, insurance and ageing of one unit over a year; 15 to 35 % is usual.",
        _holding_of_rate,
    ),
    "service": BulkRule(
        "Stock-out cost, from the service it implies in %",
        "stockout_cost",
        "Sets p so that p / (p + h) is this share: the higher, the more stock is kept.",
        _stockout_of_service,
    ),
    **{
        a.name: _plain_rule(a.name)
        for a in attributes("items")
        if a.kind == "number" or a.name in ("supplier", "shortage")
    },
}


def bulk_edits(items: Iterable[Item], rule: str, value: object, per_year: float) -> Edits:
    """Set one attribute of many items.

    Args:
        items: Those to change, unsaved edits applied.
        rule: Name in BULK_RULES.
        value: The number or word given.
        per_year: Periods in a year.

    Raises:
        ParameterError: where no value can be worked out from the one given.
    """
    chosen = BULK_RULES[rule]
    return {item.key: {chosen.attribute: chosen.value(item, value, per_year)} for item in items}
