"""The attribute table: the one source of templates, checks, tooltips and the glossary."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from core.domain.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column a planner can fill in: its name, unit, bounds and meaning.

    ``kind`` is one of text, number, date, flag, choice. ``minimum`` and ``maximum`` are None
    where there is no bound; ``default`` is the text that stands for an empty cell, or None.
    ``in_template`` is False for what is read where a file has it and asked of nobody.
    ``may_be_assumed`` is True for what nothing works without, and a file may leave to the program.
    """

    table: str
    name: str
    label: str
    symbol: str
    unit: str
    kind: str
    required: bool
    in_template: bool
    may_be_assumed: bool
    default: str | None
    minimum: float | None
    maximum: float | None
    description: str

    @property
    def help(self) -> str:
        """Tooltip: meaning, then symbol and unit."""
        facts = ", ".join(part for part in (self.symbol and f"[{self.symbol}]", self.unit) if part)
        return f"{self.description} ({facts})" if facts else self.description


@cache
def attributes(table: str) -> tuple[Attribute, ...]:
    """Return the columns of one table (history, items, stock, ...), in template order.

    Raises:
        UnknownNameError: where there is no such table.
    """
    found = tuple(row for row in _all_attributes() if row.table == table)
    if not found:
        raise UnknownNameError("table", table, {row.table for row in _all_attributes()})
    return found


@cache
def attribute(table: str, name: str) -> Attribute:
    """Return one column of a table.

    Raises:
        UnknownNameError: where the table has no such column.
    """
    by_name = {row.name: row for row in attributes(table)}
    if name not in by_name:
        raise UnknownNameError(f"column of {table}", name, by_name)
    return by_name[name]


@cache
def _all_attributes() -> tuple[Attribute, ...]:
    text = resources.files("core.domain").joinpath("attributes.csv").read_text(encoding="utf-8")
    return tuple(_parse(row) for row in csv.DictReader(text.splitlines()))


def _parse(row: dict[str, str]) -> Attribute:
    return Attribute(
        table=row["table"],
        name=row["name"],
        label=row["label"],
        symbol=row["symbol"],
        unit=row["unit"],
        kind=row["type"],
        required=row["required"] == "yes",
        in_template=row["required"] != "read",
        may_be_assumed=row["required"] == "assumed",
        default=row["default"] or None,
        minimum=float(row["min"]) if row["min"] else None,
        maximum=float(row["max"]) if row["max"] else None,
        description=row["description"],
    )
