"""What a comparison of policies found, item by item and over all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain import Outcome, UnknownNameError, Verdict
from core.evaluation.kpi_words import KPI_WORDS, kpi_row, over_items
from core.evaluation.settings import Contract

Floats = npt.NDArray[np.float64]
_VERSION = 1


@dataclass(frozen=True, slots=True)
class WinTieLose:
    """On how many items a policy is better, not told apart, and worse than the reference."""

    wins: int
    ties: int
    losses: int

    @classmethod
    def of(cls, verdicts: Sequence[Verdict]) -> WinTieLose:
        """Count outcomes."""
        outcomes = [verdict.outcome for verdict in verdicts]
        return cls(
            outcomes.count(Outcome.BETTER),
            outcomes.count(Outcome.CANNOT_TELL),
            outcomes.count(Outcome.WORSE),
        )


@dataclass(frozen=True, eq=False)
class Comparison:
    """Several policies on the same test futures.

    Args:
        contract: What it rests on.
        items: Names, in the order of all arrays.
        reference: Label of the policy that the others are measured against.
        kpis: By policy label, then by name in ``Kpis`` and "demand"; shape [n_items].
        cost_half_width: By label: half of the 95 % interval of each item's own cost, [n_items].
        verdicts: By label: each item's cost against the reference, paired on futures.
        overall: By label: the same for the sum of all items' costs, money per period.
        overall_half_width: By label: half of the 95 % interval of the total cost itself.
    """

    contract: Contract
    items: tuple[str, ...]
    reference: str
    kpis: Mapping[str, Mapping[str, Floats]]
    cost_half_width: Mapping[str, Floats]
    verdicts: Mapping[str, tuple[Verdict, ...]]
    overall: Mapping[str, Verdict]
    overall_half_width: Mapping[str, float]

    @property
    def policies(self) -> tuple[str, ...]:
        """Labels, in the order given."""
        return tuple(self.kpis)

    def row(self, item: str) -> int:
        """Return an item's place.

        Raises:
            UnknownNameError: where it was not compared.
        """
        if item not in self.items:
            raise UnknownNameError("item in this comparison", item, self.items)
        return self.items.index(item)

    def counts(self, policy: str, rows: Sequence[int] | None = None) -> WinTieLose:
        """Count wins, ties and losses of a policy, over all items or some of them."""
        verdicts = self.verdicts[policy]
        return WinTieLose.of(verdicts if rows is None else [verdicts[row] for row in rows])

    def verdict(self, policy: str, item: str | None = None) -> Verdict:
        """Return the verdict on one item, or over all."""
        return self.overall[policy] if item is None else self.verdicts[policy][self.row(item)]

    def kpi(self, name: str, policy: str, item: str | None = None) -> float:
        """Return one key figure, of one item or over all, in the simulator's unit."""
        per_item = self.kpis[policy]
        return over_items(name, per_item) if item is None else float(per_item[name][self.row(item)])

    def kpi_table(self, item: str | None = None) -> list[dict[str, Any]]:
        """Return one row per key figure, with label, unit and every policy's shown value."""
        period = self.contract.period_or_none
        return [
            kpi_row(name, {label: self.kpi(name, label, item) for label in self.policies}, period)
            for name in KPI_WORDS
        ]

    def cost_split(self, item: str | None = None) -> dict[str, dict[str, float]]:
        """Return holding, ordering and stock-out cost by policy, money per period."""
        parts = ("holding_cost", "ordering_cost", "stockout_cost")
        return {
            label: {part: self.kpi(part, label, item) for part in parts} for label in self.policies
        }

    def to_json(self) -> dict[str, Any]:
        """Write everything as plain JSON values."""
        return {
            "version": _VERSION,
            "contract": self.contract.to_json(),
            "items": list(self.items),
            "reference": self.reference,
            "policies": [self._policy_json(label) for label in self.policies],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Comparison:
        """Read what ``to_json`` wrote."""
        assert data["version"] == _VERSION
        parts = {part["label"]: part for part in data["policies"]}
        return cls(
            contract=Contract.from_json(data["contract"]),
            items=tuple(data["items"]),
            reference=data["reference"],
            kpis={label: _arrays(part["kpis"]) for label, part in parts.items()},
            cost_half_width={k: _array(part["cost_half_width"]) for k, part in parts.items()},
            verdicts={
                label: tuple(verdict_from_json(verdict) for verdict in part["verdicts"])
                for label, part in parts.items()
            },
            overall={k: verdict_from_json(part["overall"]) for k, part in parts.items()},
            overall_half_width={
                k: finite_or_inf(part["overall_half_width"]) for k, part in parts.items()
            },
        )

    def _policy_json(self, label: str) -> dict[str, Any]:
        return {
            "label": label,
            "kpis": {name: values.tolist() for name, values in self.kpis[label].items()},
            "cost_half_width": [none_if_inf(x) for x in self.cost_half_width[label].tolist()],
            "verdicts": [verdict_to_json(verdict) for verdict in self.verdicts[label]],
            "overall": verdict_to_json(self.overall[label]),
            "overall_half_width": none_if_inf(self.overall_half_width[label]),
        }


def verdict_to_json(verdict: Verdict) -> list[Any]:
    """Write a verdict; an infinite interval (too few pairs) as None."""
    return [
        verdict.difference,
        none_if_inf(verdict.half_width),
        verdict.reference_cost,
        verdict.n_pairs,
    ]


def verdict_from_json(data: Sequence[Any]) -> Verdict:
    """Read what ``verdict_to_json`` wrote."""
    return Verdict(float(data[0]), finite_or_inf(data[1]), float(data[2]), int(data[3]))


def none_if_inf(value: float) -> float | None:
    """Write infinity, which JSON has not, as None."""
    return value if math.isfinite(value) else None


def finite_or_inf(value: float | None) -> float:
    """Read None back as infinity."""
    return math.inf if value is None else float(value)


def _array(values: Sequence[float | None]) -> Floats:
    return np.array([finite_or_inf(value) for value in values], dtype=np.float64)


def _arrays(values: Mapping[str, Sequence[float]]) -> dict[str, Floats]:
    return {name: np.array(row, dtype=np.float64) for name, row in values.items()}
