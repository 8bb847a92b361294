"""Service against money: what more fill rate costs under a rule and under an agent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain import UnknownNameError, mean_half_width
from core.evaluation.comparison import finite_or_inf, none_if_inf
from core.evaluation.playing import Played, Progress, play_all
from core.evaluation.settings import Contract, EvaluationSettings, StartingStock
from core.policies.protocol import Policy
from core.simulator import Problem

Floats = npt.NDArray[np.float64]
Place = tuple[str, float | None]
Fit = Callable[[Sequence[Problem]], Policy]
"""Makes a policy for problems; an item's name may come several times, at several costs."""

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
        label: Policy.
        multiplier: Times the stock-out cost it was made for; None for a policy as it is.
        measures: By name in MEASURES.
        outside: Items that the policy was not made for at that cost: another stands in for it.
    """

    label: str
    multiplier: float | None
    measures: Mapping[str, Estimate]
    outside: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Frontier:
    """Fill rate against money, all on the same test futures and at the planner's own costs.

    Args:
        contract: What it rests on.
        items: Names.
        curve: Each policy that follows costs, made for lower and higher stock-out costs in that
            order, one policy after the other.
        points: Policies as they are.
    """

    contract: Contract
    items: tuple[str, ...]
    curve: tuple[FrontierPoint, ...]
    points: tuple[FrontierPoint, ...]

    def rows(self, item: str | None = None) -> list[dict[str, Any]]:
        """Return one row per point, curves first: label, multiplier, each measure and its ±.

        Raises:
            UnknownNameError: where there is no such item.
        """
        if item is not None and item not in self.items:
            raise UnknownNameError("item in this frontier", item, self.items)
        row = None if item is None else self.items.index(item)
        return [_row(point, row, item) for point in (*self.curve, *self.points)]

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
    curves: Mapping[str, Fit],
    policies: Mapping[str, Policy],
    settings: EvaluationSettings,
    *,
    multipliers: Sequence[float] = MULTIPLIERS,
    initial: Sequence[StartingStock] | None = None,
    on_progress: Progress | None = None,
) -> Frontier:
    """Trace the curves of policies that follow costs, and place others beside them.

    Args:
        problems: One per item.
        curves: By label, what makes the policy; called once, with every item at every multiplied
            stock-out cost side by side. What it makes is played at the items' own costs.
        policies: By label, placed as they are.
        settings: Which futures; moderate numbers of paths are enough.
        multipliers: Of the stock-out cost, ascending.
        initial: Stock at the start, as for ``compare``.
        on_progress: Told the share done: first half fitting (in one go), second half playing.

    Raises:
        ParameterError: where the settings cannot be.
    """
    settings.check()
    assert not set(curves) & set(policies)
    if on_progress is not None:
        on_progress(0.0, "fitting for lower and higher stock-out costs")
    made: dict[Place, Policy] = {
        (label, factor): policy
        for label, fit in curves.items()
        for factor, policy in _made(fit, problems, multipliers)
    }
    made |= {(label, None): policy for label, policy in policies.items()}
    tallies = {place: _Tally() for place in made}
    played = {_words(place): policy for place, policy in made.items()}
    later = None if on_progress is None else _second_half(on_progress)
    for chunk in play_all(problems, played, settings, initial, later):
        for place, tally in tallies.items():
            tally.add(chunk.played[_words(place)])
    points = [FrontierPoint(*place, tally.measures()) for place, tally in tallies.items()]
    return Frontier(
        contract=Contract.of(problems, settings, initial is not None),
        items=tuple(problem.name for problem in problems),
        curve=tuple(point for point in points if point.multiplier is not None),
        points=tuple(point for point in points if point.multiplier is None),
    )


def dearer(problem: Problem, factor: float) -> Problem:
    """Return the problem with its stock-out cost multiplied."""
    costs = replace(problem.costs, stockout_cost=problem.costs.stockout_cost * factor)
    return replace(problem, costs=costs)


def _made(
    fit: Fit, problems: Sequence[Problem], multipliers: Sequence[float]
) -> Iterator[tuple[float, Policy]]:
    """Yield the policy made for each multiplied cost."""
    # One call for all: the search works on a batch, which is faster than one batch after another.
    fits = fit([dearer(problem, factor) for factor in multipliers for problem in problems])
    n = len(problems)
    for k, factor in enumerate(multipliers):
        yield factor, fits.select(range(k * n, (k + 1) * n))


def _words(place: Place) -> str:
    label, factor = place
    return label if factor is None else f"{label}, stock-out cost × {factor:g}"


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
            self.per_item[name].append((values.mean(1), mean_half_width(values)))
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
                float(mean_half_width(totals[name])),
            )
            for name in MEASURES
        }


def _second_half(on_progress: Progress) -> Progress:
    return lambda share, text: on_progress(0.5 + 0.5 * share, text)


def _row(point: FrontierPoint, row: int | None, item: str | None) -> dict[str, Any]:
    n_outside = len(point.outside) if item is None else int(item in point.outside)
    cells: dict[str, Any] = {
        "label": point.label,
        "multiplier": point.multiplier,
        "n_outside": n_outside,
    }
    for name, estimate in point.measures.items():
        cells[name], cells[f"{name}_half_width"] = estimate.at(row)
    return cells


def _point_json(point: FrontierPoint) -> dict[str, Any]:
    return {
        "label": point.label,
        "multiplier": point.multiplier,
        "outside": sorted(point.outside),
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
    return FrontierPoint(data["label"], data["multiplier"], measures, frozenset(data["outside"]))
