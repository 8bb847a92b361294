"""What scenarios come to, side by side: key figures with paired differences, orders that change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import ItemKey, Period, Verdict, difference, signed
from core.evaluation import KPI_WORDS
from core.services.what_if_outcome import AGENT, KPIS, RULE, UNCHANGED, Outcome

PARTS = ("holding_cost", "ordering_cost", "stockout_cost")
MONEY = ("cost", *PARTS)


@dataclass(frozen=True, slots=True)
class Cell:
    """One key figure under one scenario.

    Args:
        text: Its value, as shown.
        difference: Against the base on the same futures, as shown, with ± ; "" for the base.
        tone: "better", "worse", or "" where it is neither or may be noise.
    """

    text: str
    difference: str
    tone: str


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One key figure under all scenarios, the base first."""

    label: str
    unit: str
    description: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class OrderChange:
    """How one item's order of today differs between base and scenario; units."""

    key: ItemKey
    rule_before: float
    rule_after: float
    agent_before: float | None
    agent_after: float | None
    doubt: str

    @property
    def largest(self) -> float:
        """The larger of both changes, units."""
        agent = (self.agent_after or 0.0) - (self.agent_before or 0.0)
        return max(abs(self.rule_after - self.rule_before), abs(agent))


def policies_for(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Return the policies that can be looked at, with their words."""
    words = {
        RULE: "(s, S), refitted",
        UNCHANGED: "(s, S) as it stands today",
        AGENT: "Agent, where it was trained for it",
    }
    if any(one.scenario.has_own_rule and len(one.orders) == 1 for one in outcomes):
        words[RULE] = "(s, S), refitted or your own"
    known = set.intersection(*(set(one.policies) for one in outcomes))
    return {label: text for label, text in words.items() if label in known}


def kpi_rows(outcomes: Sequence[Outcome], policy: str, period: Period) -> list[KpiRow]:
    """Return every key figure under all scenarios.

    Args:
        outcomes: The base first.
        policy: Who orders.
        period: Of the history.
    """
    return [_row(name, outcomes, policy, period) for name in KPIS]


def who_orders(outcome: Outcome, policy: str) -> str:
    """Return who orders in a scenario: whom it names, else whoever is chosen for all."""
    named = outcome.scenario.who
    if named == AGENT and AGENT not in outcome.kpis:
        return RULE
    return named or policy


def reference(base: Outcome, outcome: Outcome, policy: str) -> str:
    """Return whose base a scenario is held against.

    Where the agent was trained for no item of the scenario, (s, S) orders everywhere: held
    against the agent's base, the change of hands would pass for the scenario's effect.
    """
    is_named = bool(outcome.scenario.who)
    is_replaced = not is_named and policy == AGENT and len(outcome.doubts) == len(outcome.orders)
    return RULE if is_replaced and RULE in base.kpis else policy


def _row(name: str, outcomes: Sequence[Outcome], policy: str, period: Period) -> KpiRow:
    word, base_outcome = KPI_WORDS[name], outcomes[0]
    own = float(base_outcome.kpis[policy][name].mean())
    cells = [Cell(word.text(own, period), "", "")]
    for outcome in outcomes[1:]:
        values = outcome.kpis[who_orders(outcome, policy)][name]
        against = base_outcome.kpis[reference(base_outcome, outcome, policy)][name]
        verdict = Verdict.from_pairs(values, against)
        text = word.text(float(values.mean()), period)
        is_merit = not (name in MONEY and outcome.scenario.prices_by_target)
        tone = _tone(word.better, verdict) if is_merit else ""
        cells.append(Cell(text, _difference(name, verdict, period), tone))
    return KpiRow(word.label, word.unit_for(period), word.description, tuple(cells))


def _difference(name: str, verdict: Verdict, period: Period) -> str:
    word = KPI_WORDS[name]
    change, half = word.shown(verdict.difference, period), word.shown(verdict.half_width, period)
    if not math.isfinite(half):
        return ""
    if word.format.endswith("%"):
        return f"{signed(100 * change, 2)} ± {100 * half:.2f} pts".replace("-", "−")
    shown, spread = format(abs(change), word.format), format(half, word.format)
    if not any(digit in shown + spread for digit in "123456789"):
        return "no difference"
    return f"{'−' if change < 0 else '+'}{shown} ± {spread}"


def _tone(better: str, verdict: Verdict) -> str:
    """Return better or worse where the interval is clear of 0, else ""."""
    if not better or (verdict.low <= 0 <= verdict.high):
        return ""
    is_lower = verdict.high < 0
    return "better" if is_lower == (better == "lower") else "worse"


def cost_split(outcome: Outcome, policy: str) -> dict[str, float]:
    """Return holding, ordering and stock-out cost, money per period."""
    played = outcome.kpis[who_orders(outcome, policy)]
    return {part: float(played[part].mean()) for part in PARTS}


def order_changes(base: Outcome, outcome: Outcome, limit: int = 20) -> list[OrderChange]:
    """Return the items whose order of today changes most, largest first; without the unchanged."""
    changes = [
        OrderChange(
            before.key,
            before.rule,
            after.rule,
            before.agent,
            after.agent,
            outcome.doubts.get(before.key.label, ""),
        )
        for before, after in zip(base.orders, outcome.orders, strict=True)
    ]
    moved = [change for change in changes if change.largest > 0]
    return sorted(moved, key=lambda change: -change.largest)[:limit]


def headline(base: Outcome, outcome: Outcome, policy: str, period: Period) -> str:
    """Say in one sentence what a scenario does to cost and service."""
    before, after = (
        base.kpis[reference(base, outcome, policy)],
        outcome.kpis[who_orders(outcome, policy)],
    )
    cost = Verdict.from_pairs(after["cost"], before["cost"])
    fill = after["fill_rate"].mean() - before["fill_rate"].mean()
    certain = abs(cost.difference) > cost.half_width
    percent = f" ({signed(cost.percent, 1)} %)" if math.isfinite(cost.percent) else ""
    money = f"{difference(cost.difference, cost.half_width)} money a {period.value}{percent}"
    ending = "" if certain else ", which may be noise"
    text = f"cost {money}{ending}; fill rate {signed(100 * fill, 2)} points"
    return f"{outcome.scenario.name}: {text}.".replace("-", "−")
