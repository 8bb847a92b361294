"""Reading a model's JSON with an error that names the field."""

from __future__ import annotations

import math
from typing import Any

from core.domain import ParameterError

_REMEDY = "Fit the demand model again."


def number(data: dict[str, Any], key: str, where: str) -> float:
    """Return a finite number.

    Raises:
        ParameterError: where it is missing or no finite number.
    """
    return _finite(_get(data, key, where), key, where)


def numbers(data: dict[str, Any], key: str, where: str) -> tuple[float, ...]:
    """Return a list of finite numbers.

    Raises:
        ParameterError: where it is missing, no list, or holds anything else.
    """
    values = _get(data, key, where)
    if not isinstance(values, (list, tuple)):
        raise ParameterError(f"{key} must be a list of numbers", value=values, where=where)
    return tuple(_finite(value, key, where) for value in values)


def flag(data: dict[str, Any], key: str, where: str) -> bool:
    """Return true or false.

    Raises:
        ParameterError: where it is missing or anything else.
    """
    value = _get(data, key, where)
    if not isinstance(value, bool):
        raise ParameterError(f"{key} must be true or false", value=value, where=where)
    return value


def require(holds: bool, rule: str, value: object, where: str) -> None:
    """Refuse a value that breaks a rule.

    Raises:
        ParameterError: where ``holds`` is false.
    """
    if not holds:
        raise ParameterError(rule, value=value, where=where, remedy=_REMEDY)


def _get(data: dict[str, Any], key: str, where: str) -> Any:
    if not isinstance(data, dict) or key not in data:
        raise ParameterError(f"{key} is missing", where=where, remedy=_REMEDY)
    return data[key]


def _finite(value: object, key: str, where: str) -> float:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not is_number or not math.isfinite(float(value)):  # type: ignore[arg-type]
        raise ParameterError(f"{key} must be a number", value=value, where=where, remedy=_REMEDY)
    return float(value)  # type: ignore[arg-type]
