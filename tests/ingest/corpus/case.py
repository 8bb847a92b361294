"""One odd or hostile file, and what a careful planner holds it to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

Series = Mapping[str, Mapping[str, float]]
"""Item -> date -> units; days with 0 units are not listed."""


@dataclass(frozen=True)
class Case:
    """A file made for one trap.

    Args:
        name: The trap, in words.
        data: The file: text (UTF-8), bytes, or how to make them.
        series: What it says; None where it must be refused.
        opens: Questions that it leaves open, no more and no fewer.
        tells: Codes of findings among those told.
        error: Code of the first error, where it must be refused.
        says: What the error says beside the file's name.
        file: Name of the file.
        fault: Why it fails today, where another part of the import has to be mended.
    """

    name: str
    data: str | bytes | Callable[[], bytes]
    series: Series | None = None
    opens: frozenset[str] = frozenset()
    tells: frozenset[str] = frozenset()
    error: str = ""
    says: tuple[str, ...] = ()
    file: str = "sales.csv"
    fault: str = ""

    def bytes(self) -> bytes:
        """Make the file."""
        if callable(self.data):
            return self.data()
        return self.data.encode() if isinstance(self.data, str) else self.data


def days(item: str, *units: float, start: str = "2024-04-13") -> Series:
    """Return units of one item on days in a row; those of 0 are left away."""
    first = date.fromisoformat(start)
    dated = {(first + timedelta(days=k)).isoformat(): u for k, u in enumerate(units) if u}
    return {item: dated}


BASE = days("A", 5, 7)
HEAD = "date,item,quantity\n"
ROWS = "2024-04-13,A,5\n2024-04-14,A,7\n"


def good(
    name: str,
    data: str | bytes | Callable[[], bytes],
    series: Series = BASE,
    opens: str = "",
    tells: str = "",
    **more: str,
) -> Case:
    """Return a file that must be read, and how."""
    told = frozenset(tells.split()), frozenset(opens.split())
    return Case(name, data, series, told[1], told[0], **more)  # type: ignore[arg-type]


def bad(
    name: str, data: str | bytes | Callable[[], bytes], error: str, *says: str, **more: str
) -> Case:
    """Return a file that must be refused, and in which words."""
    return Case(name, data, error=error, says=says, **more)  # type: ignore[arg-type]


def quantities(*texts: str) -> str:
    """Return a file with a bar between columns and these quantities on days in a row."""
    first = date(2024, 4, 13)
    rows = (f"{first + timedelta(days=k)}|A|{text}\n" for k, text in enumerate(texts))
    return "date|item|quantity\n" + "".join(rows)


def dates(*texts: str, head: str = "date") -> str:
    """Return a file with these dates and the quantities 5, 6, 7, ..."""
    rows = (f"{text}|A|{5 + k}\n" for k, text in enumerate(texts))
    return f"{head}|item|quantity\n" + "".join(rows)


def on(*pairs: str, item: str = "A") -> Series:
    """Return units 5, 6, 7, ... on these days."""
    return {item: {day: 5.0 + k for k, day in enumerate(pairs)}}
