"""A what-if question and its outcome, and how outcomes are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.domain import ItemKey, Period
from core.evaluation import EvaluationSettings, StockChart
from core.services.agents import AgentAtWork
from core.services.assortment import Assortment, PlannedItem
from core.services.what_if_cards import to_json as scenario_json
from core.services.what_if_scenario import AGENT, RULE, UNCHANGED, Scenario
from core.store import Store

__all__ = [
    "AGENT",
    "KPIS",
    "PLAYED",
    "RULE",
    "UNCHANGED",
    "WHAT_IF",
    "OrderLine",
    "Outcome",
    "Question",
]
WHAT_IF = "what_if"
KPIS = (
    "cost",
    "holding_cost",
    "ordering_cost",
    "stockout_cost",
    "fill_rate",
    "cycle_service_level",
    "stockout_frequency",
    "orders",
    "cover",
    "stock_value",
)
PLAYED = (*KPIS, "demand")
"""What is needed of every item and future to put the key figures together."""

# Futures of one item; of some; and of many items, as many as are played in seconds.
_OF_ONE, _OF_SOME, _OF_MANY, _ALL_PATHS = 1_000, 200, 50, 25_000
_HORIZON = {Period.DAY: 182, Period.WEEK: 52, Period.MONTH: 24}
# Answers for all items that are kept, some 50 kB each: some days of trying.
MOST_KEPT = 100
# Raised when what a scenario comes to changes, so that kept answers are found anew.
_VERSION = 6

Floats = npt.NDArray[np.float64]


_FIELDS = {RULE: "rule", UNCHANGED: "unchanged", AGENT: "agent"}


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One item's order of today, units after the rules; None where no agent was asked.

    Args:
        key: The item.
        rule, unchanged, agent: By (s, S) for the scenario, by (s, S) as it stands, by the agent.
        reorder_point, order_up_to_level: [s], [S] for the scenario.
    """

    key: ItemKey
    rule: float
    agent: float | None
    reorder_point: float
    order_up_to_level: float
    unchanged: float

    def of(self, label: str) -> float:
        """Return one policy's order; 0 where it was not asked."""
        return float(getattr(self, _FIELDS[label]) or 0.0)

    def waiting(self, label: str) -> OrderLine:
        """Return the line with one policy's order put off."""
        none: dict[str, Any] = {_FIELDS[label]: 0.0}
        return replace(self, **none)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a scenario comes to.

    Args:
        scenario: What was assumed.
        kpis: By policy that was played (RULE adapted, UNCHANGED, AGENT), then by name in KPIS:
            future by future over all items together, shape [n_paths].
        orders: Today's order of every item.
        doubts: Items the agent was not trained for under this scenario, with the reason; the
            adapted (s, S) orders for them in its place.
        notes: What else to know, sentences.
        n_paths, horizon: What it rests on.
        chart: Stock over time; only where one item was looked at.
    """

    scenario: Scenario
    kpis: Mapping[str, Mapping[str, Floats]]
    orders: tuple[OrderLine, ...]
    doubts: Mapping[str, str]
    notes: tuple[str, ...]
    n_paths: int
    horizon: int
    chart: StockChart | None = field(default=None)


@dataclass(frozen=True, eq=False)
class Question:
    """For which items, and with which agent, scenarios are worked out.

    Args:
        assortment: Today's problems.
        keys: The items: one, or all.
        store: Where found rules and results are kept.
        at_work: The agent, if there is one.
    """

    assortment: Assortment
    keys: tuple[ItemKey, ...]
    store: Store
    at_work: AgentAtWork | None = None

    @cached_property
    def rows(self) -> list[int]:
        """The items' places."""
        if self.keys == self.assortment.keys:
            return list(range(len(self.keys)))
        return [self.assortment.row(key) for key in self.keys]

    @cached_property
    def planned(self) -> list[PlannedItem]:
        """The items."""
        return [self.assortment.planned[row] for row in self.rows]

    @property
    def labels(self) -> tuple[str, ...]:
        """Who could order."""
        return (RULE, UNCHANGED) if self.at_work is None else (RULE, UNCHANGED, AGENT)

    @property
    def settings(self) -> EvaluationSettings:
        """The futures: from today on, the same for every scenario."""
        period = self.assortment.data.period
        some = min(max(_ALL_PATHS // len(self.keys), _OF_MANY), _OF_SOME)
        n_paths = _OF_ONE if len(self.keys) == 1 else some
        return EvaluationSettings(
            n_paths=n_paths, horizon=_HORIZON[period], warm_up=0, period=period
        )


def kept_outcome(
    question: Question, scenario: Scenario, labels: Sequence[str] | None = None
) -> Outcome | None:
    """Return what was found for exactly this before, if it was."""
    run = question.store.runs.latest(WHAT_IF, inputs_of(question, scenario, labels))
    if run is None or run.result is None:
        return None
    return from_json(run.result, scenario, question.settings)


def keep_outcome(question: Question, outcome: Outcome, labels: Sequence[str]) -> None:
    """Keep an answer, and forget the oldest ones beyond MOST_KEPT.

    Raises:
        StorageError: disk full, locked.
    """
    runs = question.store.runs
    runs.add(WHAT_IF, inputs_of(question, outcome.scenario, labels), to_json(outcome))
    runs.keep_latest(WHAT_IF, MOST_KEPT)


def inputs_of(
    question: Question, scenario: Scenario, labels: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return all that a result depends on."""
    played = question.labels if labels is None else labels
    agent, is_all = question.at_work, question.keys == question.assortment.keys
    return {
        "problems": question.assortment.fingerprint,
        "data": question.assortment.data.fingerprint,
        "items": "all" if is_all else [key.label for key in question.keys],
        "scenario": replace(scenario, name="").changes,
        "agent": agent.record.bundle_sha256 if agent is not None and AGENT in played else None,
        "played": sorted(played),
        "version": _VERSION,
    }


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Write an outcome as plain JSON values; its chart is drawn anew."""
    return {
        "scenario": scenario_json(outcome.scenario),
        "kpis": {
            label: {name: values.tolist() for name, values in found.items()}
            for label, found in outcome.kpis.items()
        },
        "orders": [[line.key.label, *astuple(line)[1:]] for line in outcome.orders],
        "doubts": dict(outcome.doubts),
        "notes": list(outcome.notes),
    }


def from_json(data: Mapping[str, Any], scenario: Scenario, settings: EvaluationSettings) -> Outcome:
    """Read what ``to_json`` wrote."""
    return Outcome(
        scenario=scenario,
        kpis={
            label: {name: np.array(values) for name, values in found.items()}
            for label, found in data["kpis"].items()
        },
        orders=tuple(OrderLine(ItemKey.parse(row[0]), *row[1:]) for row in data["orders"]),
        doubts=data["doubts"],
        notes=tuple(data["notes"]),
        n_paths=settings.n_paths,
        horizon=settings.horizon,
    )
