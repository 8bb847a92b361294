"""Service against money: what more fill rate costs under (s, S), and where the agents stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain import UnknownNameError
from core.evaluation.comparison import finite_or_inf, none_if_inf
from core.evaluation.intervals import t_half_width
from core.evaluation.playing import Played, Progress, play_all
from core.evaluation.settings import Contract, EvaluationSettings, StartingStock
from core.policies.protocol import Policy
from core.simulator import Problem

Floats = npt.NDArray[np.float64]
Fit = Callable[[Sequence[Problem]], Policy]

MULTIPLIERS = (0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)
"""Times the planner's own stock-out cost; 1 is the rule as it stands."""

MEASURES = ("fill_rate", "cost", "stocking_cost", "stock_value")
"""What a point is placed by; stocking cost is holding and ordering cost together."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """A measure with half of its 95 % interval, per item ([n_items]) and over all items."""

    value: Floats
    half_width: Floats
    overall: float
    overall_half_width: float

    def at(self, row: int | None) -> tuple[float, float]:
        """Return value and half width of one item, or over all."""
        if row is None:
            return self.overall, self.overall_half_width
        return float(self.value[row]), float(self.half_width[row])


@dataclass(frozen=True, eq=False)
class FrontierPoint:
    """One policy on the chart.

    Args:
        label: Policy, or the multiplier for a point of the curve.
        multiplier: Times the stock-out cost it was fitted for; None for a policy as it is.
        measures: By name in MEASURES.
    """

    label: str
    multiplier: float | None
    measures: Mapping[str, Estimate]


@dataclass(frozen=True, eq=False)
class Frontier:
    """Fill rate against money, all on the same test futures and at the planner's own costs.

    Args:
        contract: What it rests on.
        items: Names.
        curve: The rule refitted for lower and higher stock-out costs, in that order.
        points: Agents and other policies as they are.
    """

    contract: Contract
    items: tuple[str, ...]
    curve: tuple[FrontierPoint, ...]
    points: tuple[FrontierPoint, ...]

    def rows(self, item: str | None = None) -> list[dict[str, Any]]:
        """Return one row per point, curve first: label, multiplier, each measure and its ±.

        Raises:
            UnknownNameError: where there is no such item.
        """
        if item is not None and item not in self.items:
            raise UnknownNameError("item in this frontier", item, self.items)
        row = None if item is None else self.items.index(item)
        return [_row(point, row) for point in (*self.curve, *self.points)]

    def to_json(self) -> dict[str, Any]:
        """Write everything as plain JSON values."""
        return {
            "contract": self.contract.to_json(),
            "items": list(self.items),
            "curve": [_point_json(point) for point in self.curve],
            "points": [_point_json(point) for point in self.points],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Frontier:
        """Read what ``to_json`` wrote."""
        return cls(
            Contract.from_json(data["contract"]),
            tuple(data["items"]),
            tuple(_point_from_json(point) for point in data["curve"]),
            tuple(_point_from_json(point) for point in data["points"]),
        )


def frontier(
    problems: Sequence[Problem],
    fit: Fit,
    policies: Mapping[str, Policy],
    settings: EvaluationSettings,
    *,
    multipliers: Sequence[float] = MULTIPLIERS,
    initial: Sequence[StartingStock] | None = None,
    on_progress: Progress | None = None,
) -> Frontier:
    """Trace the curve of a rule and place other policies beside it.

    Args:
        problems: One per item.
        fit: Finds the rule's numbers, e.g. (s, S); called once, with every item at every
            multiplied stock-out cost side by side (an item's name then comes several times).
        policies: By label, placed as they are.
        settings: Which futures; moderate numbers of paths are enough.
        multipliers: Of the stock-out cost, ascending.
        initial: Stock at the start, as for ``compare``.
        on_progress: Told the share done: first half fitting (in one go), second half playing.

    Raises:
        ParameterError: where the settings cannot be.
    """
    settings.check()
    labels = {f"stock-out cost × {factor:g}": factor for factor in multipliers}
    assert not set(labels) & set(policies)
    if on_progress is not None:
        on_progress(0.0, "fitting the rule for lower and higher stock-out costs")
    # One call for all: the search works on a batch, which is faster than one batch after another.
    fits = fit([_dearer(problem, factor) for factor in labels.values() for problem in problems])
    n = len(problems)
    fitted = {label: fits.select(range(k * n, (k + 1) * n)) for k, label in enumerate(labels)}
    tallies = {label: _Tally() for label in (*fitted, *policies)}
    later = None if on_progress is None else _second_half(on_progress)
    for chunk in play_all(problems, {**fitted, **policies}, settings, initial, later):
        for label, tally in tallies.items():
            tally.add(chunk.played[label])
    return Frontier(
        contract=Contract.of(problems, settings, initial is not None),
        items=tuple(problem.name for problem in problems),
        curve=tuple(FrontierPoint(k, f, tallies[k].measures()) for k, f in labels.items()),
        points=tuple(FrontierPoint(k, None, tallies[k].measures()) for k in policies),
    )


class _Tally:
    """One policy's measures so far, item by item, and path by path over the items."""

    def __init__(self) -> None:
        self.per_item: dict[str, list[tuple[Floats, Floats]]] = {name: [] for name in MEASURES}
        self.sums: dict[str, Floats | float] = dict.fromkeys(("demand", *MEASURES), 0.0)

    def add(self, played: Played) -> None:
        demand = played["demand"]
        paths = {
            "fill_rate": played["fill_rate"],
            "cost": played["cost"],
            "stocking_cost": played["holding_cost"] + played["ordering_cost"],
            "stock_value": played["stock_value"],
        }
        for name, values in paths.items():
            self.per_item[name].append((values.mean(1), t_half_width(values)))
            parts = values * demand if name == "fill_rate" else values
            self.sums[name] = self.sums[name] + parts.sum(0)
        self.sums["demand"] = self.sums["demand"] + demand.sum(0)

    def measures(self) -> dict[str, Estimate]:
        demand = np.maximum(self.sums["demand"], 1e-12)
        totals = {name: np.asarray(self.sums[name]) for name in MEASURES}
        totals["fill_rate"] = totals["fill_rate"] / demand
        return {
            name: Estimate(
                np.concatenate([value for value, _ in self.per_item[name]]),
                np.concatenate([half for _, half in self.per_item[name]]),
                float(totals[name].mean()),
                float(t_half_width(totals[name])),
            )
            for name in MEASURES
        }


def _dearer(problem: Problem, factor: float) -> Problem:
    costs = replace(problem.costs, stockout_cost=problem.costs.stockout_cost * factor)
    return replace(problem, costs=costs)


def _second_half(on_progress: Progress) -> Progress:
    return lambda share, text: on_progress(0.5 + 0.5 * share, text)


def _row(point: FrontierPoint, row: int | None) -> dict[str, Any]:
    cells: dict[str, Any] = {"label": point.label, "multiplier": point.multiplier}
    for name, estimate in point.measures.items():
        cells[name], cells[f"{name}_half_width"] = estimate.at(row)
    return cells


def _point_json(point: FrontierPoint) -> dict[str, Any]:
    return {
        "label": point.label,
        "multiplier": point.multiplier,
        "measures": {
            name: [
                estimate.value.tolist(),
                [none_if_inf(half) for half in estimate.half_width.tolist()],
                estimate.overall,
                none_if_inf(estimate.overall_half_width),
            ]
            for name, estimate in point.measures.items()
        },
    }


def _point_from_json(data: Mapping[str, Any]) -> FrontierPoint:
    measures = {
        name: Estimate(
            np.array(value, dtype=np.float64),
            np.array([finite_or_inf(half) for half in halves], dtype=np.float64),
            float(overall),
            finite_or_inf(overall_half),
        )
        for name, (value, halves, overall, overall_half) in data["measures"].items()
    }
    return FrontierPoint(data["label"], data["multiplier"], measures)
