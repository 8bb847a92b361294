"""Published instances: a CSV of the literature's problems, read into problems of ours."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.demand import demand_from_name
from core.domain import CostRates, InputFileError, LeadTime, PlannerError, UnknownNameError
from core.simulator import Problem

_LARGEST_FILE = 10_000_000
_MAX_LEAD_TIME = 100.0
_MAX_MEAN = 100_000.0


@dataclass(frozen=True, slots=True)
class InstanceFamily:
    """A kind of published problem and the columns it is written in.

    Args:
        name: As the command line calls it; also the reference file's name.
        label: For the screen.
        lost_share: 1 lost sales, 0 backorders.
        numbers: Required numeric columns.
        best_cost: Column of the optimal or best known cost; may be missing or empty.
    """

    name: str
    label: str
    lost_share: float
    numbers: tuple[str, ...]
    best_cost: str

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that every file must have."""
        return ("instance", "demand", *self.numbers)


_SINGLE_ITEM = ("demand_mean", "lead_time", "holding_cost", "stockout_cost")

FAMILIES: dict[str, InstanceFamily] = {
    family.name: family
    for family in (
        InstanceFamily(
            "s_S_backlog",
            "(s, S): fixed cost, backorders",
            0.0,
            (*_SINGLE_ITEM, "fixed_cost"),
            "optimal_cost",
        ),
        InstanceFamily("lost_sales", "Lost sales", 1.0, _SINGLE_ITEM, "best_known_cost"),
        InstanceFamily(
            "lost_sales_fixed_cost",
            "Lost sales with a fixed cost",
            1.0,
            (*_SINGLE_ITEM, "fixed_cost"),
            "optimal_or_best_cost",
        ),
    )
}
"""Families that ``python -m core benchmark`` knows: one line each."""


@dataclass(frozen=True)
class Instance:
    """One published problem.

    Args:
        name: As the file calls it.
        problem: Posed in our order of events, which is that of these sources.
        best_known_cost: Money per period in the long run; None where the file has none.
    """

    name: str
    problem: Problem
    best_known_cost: float | None


def instance_family(name: str) -> InstanceFamily:
    """Return a family of instances.

    Raises:
        UnknownNameError: where there is none; says what was probably meant.
    """
    if name not in FAMILIES:
        raise UnknownNameError("family of instances", name, FAMILIES)
    return FAMILIES[name]


def read_instances(path: Path, family: str) -> tuple[Instance, ...]:
    """Read a file of instances.

    Raises:
        UnknownNameError: where there is no such family.
        InputFileError: naming file, row, column and value; ``findings`` lists every bad row.
    """
    known = instance_family(family)
    rows = list(csv.reader(io.StringIO(_text(path), newline="")))
    header, body = _header(rows, path, known)
    instances: list[Instance] = []
    findings: list[PlannerError] = []
    for number, cells in body:
        try:
            instances.append(_instance(header, cells, known, f"{path.name}, row {number}"))
        except PlannerError as error:
            findings.append(error)
    findings += _repeats(instances, path)
    if findings:
        _refuse(findings)
    return tuple(instances)


def _text(path: Path) -> str:
    where = path.name
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InputFileError("The file is too large for a list of instances", where=where)
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputFileError(
            "The file is not UTF-8 text", where=where, remedy="Save it as CSV (UTF-8)."
        ) from error
    except OSError as error:
        raise InputFileError(
            "The file cannot be read", value=error.strerror, where=str(path)
        ) from error


def _header(
    rows: list[list[str]], path: Path, family: InstanceFamily
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the column names, and the filled rows with their numbers in the file."""
    filled = [(n, row) for n, row in enumerate(rows, start=1) if any(cell.strip() for cell in row)]
    if not filled:
        raise InputFileError(
            "The file is empty",
            where=path.name,
            remedy=f"It needs the columns {', '.join(family.required)}.",
        )
    header = [cell.strip() for cell in filled[0][1]]
    missing = [name for name in family.required if name not in header]
    if missing:
        raise InputFileError(
            f"Columns are missing: {', '.join(missing)}",
            where=f"{path.name} as instances of {family.name}",
            remedy=f"The header row has: {', '.join(header)[:200]}. Separate columns by commas.",
        )
    if len(filled) == 1:
        raise InputFileError("The file has a header but no instances", where=path.name)
    return header, filled[1:]


def _instance(header: list[str], cells: list[str], family: InstanceFamily, where: str) -> Instance:
    if len(cells) != len(header):
        raise InputFileError(
            f"The row must have {len(header)} cells, as the header", value=len(cells), where=where
        )
    row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    name = row["instance"]
    if not name:
        raise InputFileError("instance must have a name", value=name, where=where)
    numbers = {column: _number(row, column, where) for column in family.numbers}
    best = row.get(family.best_cost, "")
    return Instance(
        name,
        _problem(row, numbers, family, where),
        _bounded(best, family.best_cost, where, _BOUNDS["best"]) if best else None,
    )


def _problem(
    row: Mapping[str, str], numbers: Mapping[str, float], family: InstanceFamily, where: str
) -> Problem:
    try:
        demand = demand_from_name(row["demand"], numbers["demand_mean"])
    except UnknownNameError as error:
        raise InputFileError(
            "demand is of a kind that is not known",
            value=row["demand"],
            where=f"{where}, column demand",
            remedy=error.remedy,
        ) from error
    costs = CostRates(
        numbers["holding_cost"],
        numbers["stockout_cost"],
        numbers.get("fixed_cost", 0.0),
        unit_cost=0.0,
    )
    lead_time = LeadTime(numbers["lead_time"])
    return Problem(row["instance"], demand, costs, lead_time, lost_share=family.lost_share)


@dataclass(frozen=True, slots=True)
class _Bounds:
    rule: str
    holds: Callable[[float], bool]


_POSITIVE = _Bounds("above 0", lambda value: 0 < value <= 1e9)
_BOUNDS = {
    "demand_mean": _Bounds(
        f"above 0 and at most {_MAX_MEAN:,.0f}", lambda value: 0 < value <= _MAX_MEAN
    ),
    "lead_time": _Bounds(
        f"a whole number of periods from 0 to {_MAX_LEAD_TIME:g}",
        lambda value: 0 <= value <= _MAX_LEAD_TIME and value == round(value),
    ),
    "holding_cost": _POSITIVE,
    "stockout_cost": _POSITIVE,
    "fixed_cost": _Bounds("0 or more", lambda value: 0 <= value <= 1e9),
    "best": _POSITIVE,
}


def _number(row: Mapping[str, str], column: str, where: str) -> float:
    return _bounded(row[column], column, where, _BOUNDS[column])


def _bounded(text: str, column: str, where: str, bounds: _Bounds) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not bounds.holds(value):
        raise InputFileError(
            f"{column} must be {bounds.rule}",
            value=text,
            where=f"{where}, column {column}",
            remedy="Write numbers with a decimal point.",
        )
    return value


def _repeats(instances: list[Instance], path: Path) -> list[PlannerError]:
    names = [instance.name for instance in instances]
    repeated = sorted({name for name in names if names.count(name) > 1})
    return [
        InputFileError("instance must be named only once", value=name, where=path.name)
        for name in repeated
    ]


def _refuse(findings: list[PlannerError]) -> None:
    """Raise the first finding, with the number of the others."""
    first, others = findings[0], len(findings) - 1
    more = f" {others} more rows have faults." if others else ""
    raise InputFileError(
        first.what,
        value=first.value,
        where=first.where,
        remedy=f"{first.remedy}{more}".strip(),
        findings=tuple(findings),
    )
