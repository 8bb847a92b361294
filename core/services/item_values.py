"""One attribute of an item: read it as shown, or change it, in words where that cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.domain import Item, ParameterError, attribute

SHORTAGE = {"lost": 1.0, "backorder": 0.0}


def value_of(item: Item, name: str) -> object:
    """Return one attribute as it is shown; None where it has no limit or no value."""
    if name == "shortage":
        return shortage_word(item.lost_share)
    if name == "lead_time":
        return item.lead_time.mean
    if name == "lead_time_sd":
        return item.lead_time.sd
    for part in (item.costs, item.rules, item):
        if hasattr(part, name):
            value: object = getattr(part, name)
            return None if isinstance(value, float) and math.isinf(value) else value
    raise AssertionError(name)


def shortage_word(lost_share: float) -> str:
    """Write what happens when stock is out: lost, backorder, or the share of sales lost."""
    words = {share: word for word, share in SHORTAGE.items()}
    return words.get(lost_share) or f"{lost_share:g}"


def with_value(item: Item, name: str, value: object) -> Item:
    """Return the item with one attribute changed; an empty value is the default, assumed.

    Raises:
        ParameterError: where the value cannot be read, or may not be empty.
    """
    default = attribute("items", name).default
    if is_empty(value):
        assumed = item.assumed | {name} if default is not None else item.assumed - {name}
        value = _default(name, default)
    else:
        assumed = item.assumed - {name}
    return _SETTERS[name](replace(item, assumed=assumed), name, value)


def is_empty(value: object) -> bool:
    """Whether a cell holds nothing."""
    return value is None or value == "" or (isinstance(value, float) and math.isnan(value))


def _default(name: str, default: str | None) -> object:
    if default is not None:
        return default
    known = attribute("items", name)
    if known.required or known.may_be_assumed:
        raise ParameterError(f"{attribute('items', name).label} is needed and is empty")
    return {"price": None, "name": "", "supplier": ""}.get(name, math.inf)


def _number(name: str, value: object) -> float:
    label = attribute("items", name).label
    try:
        number = float(str(value))
    except ValueError:
        raise ParameterError(f"{label} must be a number, got {value!r}") from None
    most = attribute("items", name).maximum
    if most is not None and math.isfinite(number) and number > most:
        raise ParameterError(f"{label} must be at most {most:,.0f}", value=number)
    return number


def _set_cost(item: Item, name: str, value: object) -> Item:
    number = _number(name, value)
    if math.isinf(number):
        raise ParameterError(f"{attribute('items', name).label} must be a number", value=number)
    return replace(item, costs=replace(item.costs, **{name: number}))


def _set_rule(item: Item, name: str, value: object) -> Item:
    changed: dict[str, Any] = {name: _number(name, value)}
    return replace(item, rules=replace(item.rules, **changed))


def _set_review(item: Item, name: str, value: object) -> Item:
    number = _number(name, value)
    if number != round(number):
        raise ParameterError("Review period must be a whole number of periods", value=number)
    return replace(item, rules=replace(item.rules, review_period=int(number)))


def _set_lead_time(item: Item, name: str, value: object) -> Item:
    field = {"lead_time": "mean", "lead_time_sd": "sd"}[name]
    lead_time = replace(item.lead_time, probabilities=None, **{field: _number(name, value)})
    return replace(item, lead_time=lead_time)


def _set_price(item: Item, name: str, value: object) -> Item:
    price = None if value is None else _number(name, value)
    if price is not None and price < 0:
        raise ParameterError("Price must be 0 or more", value=price)
    return replace(item, price=price)


def _set_text(item: Item, name: str, value: object) -> Item:
    changed: dict[str, Any] = {name: str(value).strip()}
    return replace(item, **changed)


def _set_shortage(item: Item, name: str, value: object) -> Item:
    word = str(value).strip().lower()
    if word in SHORTAGE:
        return replace(item, lost_share=SHORTAGE[word])
    try:
        share = float(word)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise ParameterError(
            "When out of stock must be lost, backorder, or a share of sales lost from 0 to 1, "
            f"got {value!r}"
        )
    return replace(item, lost_share=share)


_SETTERS: Mapping[str, Callable[[Item, str, object], Item]] = {
    **dict.fromkeys(("holding_cost", "stockout_cost", "fixed_cost", "unit_cost"), _set_cost),
    **dict.fromkeys(("min_order", "pack_size", "max_order", "max_stock"), _set_rule),
    **dict.fromkeys(("lead_time", "lead_time_sd"), _set_lead_time),
    **dict.fromkeys(("name", "supplier"), _set_text),
    "review_period": _set_review,
    "price": _set_price,
    "shortage": _set_shortage,
}


def same_value(before: object, after: object) -> bool:
    """Whether two values show the same in a cell."""
    if is_empty(before) and is_empty(after):
        return True
    if is_number(before) and is_number(after):
        return before == after
    return str(before) == str(after)


def is_number(value: object) -> bool:
    """Whether a value is a number; yes and no are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
