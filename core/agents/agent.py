"""A trained agent: what it knows, whom it was trained for, and how that went."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.agents.policy import AgentPolicy, Brain
from core.agents.progress import CurvePoint
from core.agents.references import ItemReference, measure
from core.agents.scope import Scope
from core.policies import quick_s_s
from core.policies.protocol import Policy
from core.simulator import Problem
from core.simulator.lead_times import lead_time_probabilities


@dataclass(frozen=True, slots=True)
class ItemCard:
    """An item as it was when the agent was trained for it.

    Args:
        label: Item label or instance name.
        holding_cost, stockout_cost, fixed_cost, purchase_cost: Money.
        lost_share: Share of unmet demand that is lost.
        lead_time: Probability of 0, 1, 2, ... periods.
        min_order, pack_size, max_order, max_stock: Units; inf for no limit.
        review_period: Periods.
        demand_mean, demand_sd: Units per period over a year.
        demand_sha256: Of the demand model's JSON.
        reference: The measures the agent saw it by.
    """

    label: str
    holding_cost: float
    stockout_cost: float
    fixed_cost: float
    purchase_cost: float
    lost_share: float
    lead_time: tuple[float, ...]
    min_order: float
    pack_size: float
    max_order: float
    max_stock: float
    review_period: int
    demand_mean: float
    demand_sd: float
    demand_sha256: str
    reference: ItemReference

    @classmethod
    def of(cls, problem: Problem, reference: ItemReference) -> ItemCard:
        """Write down an item."""
        costs, rules = problem.costs, problem.rules
        year = problem.demand.mean(0, 1092)
        sd = np.sqrt(np.mean(problem.demand.sd(0, 1092) ** 2 + (year - year.mean()) ** 2))
        # As float, so that 5 and 5.0 are written alike.
        return cls(
            problem.name,
            float(costs.holding_cost),
            float(costs.stockout_cost),
            float(costs.fixed_cost),
            float(problem.purchase_cost),
            float(problem.lost_share),
            tuple(round(float(p), 9) for p in lead_time_probabilities(problem.lead_time)),
            float(rules.min_order),
            float(rules.pack_size),
            float(rules.max_order),
            float(rules.max_stock),
            int(rules.review_period),
            round(float(year.mean()), 9),
            round(float(sd), 9),
            _sha256(problem.demand.to_json()),
            reference,
        )


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """How an agent came to be.

    Args:
        seed: Of the training.
        seconds: Spent.
        steps: Item-periods learned from.
        validation_ratio: Cost against (s, S) on validation futures, mean over items.
        item_ratios: The same for each item, in the items' order; empty where it was not measured.
        curve: How it got there.
        data_sha256: Of the items and their demand models; what it was trained on.
        config: The settings.
        versions: Of the libraries.
    """

    seed: int
    seconds: float
    steps: int
    validation_ratio: float
    item_ratios: tuple[float, ...]
    curve: tuple[CurvePoint, ...]
    data_sha256: str
    config: dict[str, Any]
    versions: dict[str, str]


@dataclass(frozen=True, eq=False)
class TrainedAgent:
    """An agent that can be put to work on items.

    Args:
        name: Its own name.
        algorithm: Key of ALGORITHMS.
        brain: What it knows.
        cards: Items it was trained for.
        record: How that went.
        scope: Ranges of the items it serves without having met them; None for those alone that
            it was trained for.
    """

    name: str
    algorithm: str
    brain: Brain
    cards: tuple[ItemCard, ...]
    record: TrainingRecord
    scope: Scope | None = None

    def policy(
        self,
        problems: Sequence[Problem],
        baseline: Policy | None = None,
        *,
        start: Policy | None = None,
    ) -> AgentPolicy:
        """Return the agent at work on these items, in this order.

        Items that stand as they did in training keep the measures of then. Others are measured
        by their (s, S) policy of today.

        Args:
            problems: One per item.
            baseline: Their (s, S) policy; found anew where it is not given and needed.
            start: Where an agent with a scope starts; searched quickly where it is not given.
        """
        if self.scope is not None:
            quick = quick_s_s(problems) if start is None else start
            items = measure(problems, quick, with_cost=False)
            return AgentPolicy(self.name, self.brain, items)
        known = {card.label: card for card in self.cards}
        found = [_kept_reference(known.get(problem.name), problem) for problem in problems]
        missing = [row for row, reference in enumerate(found) if reference is None]
        if missing:
            fresh = self._measure([problems[row] for row in missing], baseline, missing)
            for row, reference in zip(missing, fresh, strict=True):
                found[row] = reference
        return AgentPolicy(self.name, self.brain, [item for item in found if item is not None])

    def renamed(self, name: str) -> TrainedAgent:
        """Return the same agent by another name."""
        return replace(self, name=name)

    def _measure(
        self,
        problems: Sequence[Problem],
        baseline: Policy | None,
        rows: Sequence[int],
    ) -> tuple[ItemReference, ...]:
        from core.agents.baseline import fit_baseline

        found = fit_baseline(problems) if baseline is None else baseline.select(rows)
        known = {card.label: card.reference.follows_sales for card in self.cards}
        sees = self.brain.encoder.memory > 0
        follows = [known.get(problem.name, sees) for problem in problems]
        return measure(problems, found, with_cost=False, follows_sales=follows)


def data_sha256(problems: Sequence[Problem]) -> str:
    """Return the hash of everything the items' orders depend on."""
    cards = [
        (p.name, p.demand.to_json(), repr(p.costs), repr(p.lead_time), repr(p.rules))
        for p in problems
    ]
    return _sha256([cards, [[p.lost_share, p.purchase_cost] for p in problems]])


def _kept_reference(card: ItemCard | None, problem: Problem) -> ItemReference | None:
    if card is None or ItemCard.of(problem, card.reference) != card:
        return None
    return card.reference


def _sha256(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), default=float)
    return hashlib.sha256(text.encode()).hexdigest()
