"""Reading strangers' JSON: every value is checked, and every error says where it stands."""

from __future__ import annotations

import json
import math
from typing import Any

from core.domain import BundleError

REMEDY = "Upload the file again, or train a new agent."
WHERE = "the agent file"
_MAX_TEXT = 300


class JsonReader:
    """One JSON object and its path in the file.

    Args:
        data: Parsed JSON; must be an object.
        path: Where it stands.

    Raises:
        BundleError: here and in every method, where a value is missing or is not what it must be.
    """

    def __init__(self, data: Any, path: str):
        if not isinstance(data, dict):
            raise BundleError(f"{path} must be an object", where=WHERE, remedy=REMEDY)
        self.data, self.path = data, path

    def fail(self, key: str, rule: str) -> BundleError:
        """Return the error for one value."""
        return BundleError(
            f"{self.path}.{key} must be {rule}",
            value=self.data.get(key, "nothing"),
            where=WHERE,
            remedy=REMEDY,
        )

    def child(self, key: str) -> JsonReader:
        """Return an object within."""
        return JsonReader(self.data.get(key), f"{self.path}.{key}")

    def children(self, key: str, most: int) -> list[JsonReader]:
        """Return a list of objects."""
        return [
            JsonReader(x, f"{self.path}.{key}[{i}]") for i, x in enumerate(self._list(key, most))
        ]

    def text(self, key: str, most: int = _MAX_TEXT) -> str:
        """Return a text of limited length, without control characters."""
        value = self.data.get(key)
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            raise self.fail(key, f"a text of at most {most} printable characters")
        return value

    def number(self, key: str, least: float = -1e15, most: float = 1e15) -> float:
        """Return a finite number within bounds."""
        value: Any = self.data.get(key)
        if not _is_number(value) or not least <= value <= most:
            raise self.fail(key, f"a number from {least:g} to {most:g}")
        return float(value)

    def limit(self, key: str) -> float:
        """Return a number above 0; null stands for no limit."""
        return math.inf if self.data.get(key, 0) is None else self.number(key, 0.0)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self.data.get(key)
        if not isinstance(value, bool):
            raise self.fail(key, "true or false")
        return value

    def whole(self, key: str, least: int = 0, most: int = 10**15) -> int:
        """Return a whole number within bounds."""
        value = self.data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.fail(key, f"a whole number from {least} to {most}")
        return value

    def numbers(self, key: str, most: int) -> tuple[float, ...]:
        """Return a list of finite numbers."""
        values = self._list(key, most)
        if not all(_is_number(value) and abs(value) <= 1e15 for value in values):
            raise self.fail(key, "a list of numbers")
        return tuple(float(value) for value in values)

    def texts(self, key: str, most: int) -> tuple[str, ...]:
        """Return a list of short texts."""
        values = self._list(key, most)
        if not all(isinstance(value, str) and len(value) <= _MAX_TEXT for value in values):
            raise self.fail(key, "a list of short texts")
        return tuple(values)

    def plain(self, key: str) -> dict[str, Any]:
        """Return an object of texts, numbers and flags only."""
        found = self.child(key).data
        for name, value in found.items():
            is_plain = _is_number(value) or isinstance(value, bool) or value is None
            if not is_plain and not (isinstance(value, str) and len(value) <= _MAX_TEXT):
                raise self.child(key).fail(name, "a short text, a number or a flag")
        return dict(found)

    def _list(self, key: str, most: int) -> list[Any]:
        value = self.data.get(key)
        if not isinstance(value, list) or len(value) > most:
            raise self.fail(key, f"a list of at most {most}")
        return value


def parse_json(text: str | bytes, what: str) -> Any:
    """Parse JSON that may be hostile.

    Raises:
        BundleError: where it is no JSON, is nested too deeply, or has numbers JSON does not know.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError, UnicodeDecodeError) as error:
        raise BundleError(f"{what} cannot be read", where=WHERE, remedy=REMEDY) from error


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < 1e300
