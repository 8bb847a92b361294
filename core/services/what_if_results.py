"""What scenarios come to, side by side: key figures with paired differences, orders that change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import ItemKey, Period, Verdict, difference, signed
from core.domain import Outcome as Sureness
from core.evaluation import KPI_WORDS
from core.services.currency import UNNAMED
from core.services.what_if_outcome import (
    AGENT,
    KPIS,
    RULE,
    UNCHANGED,
    OrderLine,
    Outcome,
    Question,
)
from core.services.what_if_scenario import Scenario

PARTS = ("holding_cost", "ordering_cost", "stockout_cost")
MONEY = ("cost", *PARTS)


@dataclass(frozen=True, slots=True)
class Cell:
    """One key figure under one scenario.

    Args:
        text: Its value, as shown.
        difference: Against the base on the same futures, as shown, with ±; "" for the base. Where
            the interval covers 0, that nobody can tell, and no direction.
        tone: "better", "worse", or "" where it is neither or nobody can tell.
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
    """How one item's order of today differs between base and scenario; units.

    Args:
        key: The item.
        rule_before, rule_after: By (s, S).
        agent_before, agent_after: By the agent; None unless it was asked both times.
        doubt: Why the agent was not trained for the scenario; "" where it was.
    """

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


def policies_for(question: Question, scenarios: Sequence[Scenario]) -> dict[str, str]:
    """Return who can be looked at, in words."""
    words = {
        RULE: "(s, S), adapted",
        UNCHANGED: "(s, S) as it stands today",
        AGENT: "Agent, where it was trained for it",
    }
    if any(one.has_own_rule for one in scenarios) and len(question.keys) == 1:
        words[RULE] = "(s, S), adapted or your own"
    return {label: words[label] for label in question.labels}


def to_be_played(
    question: Question, scenarios: Sequence[Scenario], policy: str
) -> list[tuple[Scenario, tuple[str, ...]]]:
    """Return the base and every scenario with those who must be played to compare them.

    Args:
        question: For which items.
        scenarios: Beside the base.
        policy: Who orders where a scenario does not say.
    """

    def orders_in(scenario: Scenario) -> str:
        who = scenario.who or policy
        return who if who in question.labels else RULE

    each = [orders_in(one) for one in scenarios]
    everybody = tuple(label for label in question.labels if label in (RULE, policy, *each))
    return [
        (Scenario(), everybody),
        *((one, (who,)) for one, who in zip(scenarios, each, strict=True)),
    ]


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
        shown, spread = f"{100 * abs(change):.2f}", f"{100 * half:.2f} pts"
    else:
        shown, spread = format(abs(change), word.format), format(half, word.format)
    if not any(digit in shown + spread for digit in "123456789"):
        return "no difference"
    if verdict.outcome is Sureness.CANNOT_TELL:
        return f"cannot tell, ± {spread}"
    return f"{'−' if change < 0 else '+'}{shown} ± {spread}"


def _tone(better: str, verdict: Verdict) -> str:
    """Return better or worse where the interval is clear of 0, else ""."""
    if not better or verdict.outcome is Sureness.CANNOT_TELL:
        return ""
    is_lower = verdict.high < 0
    return "better" if is_lower == (better == "lower") else "worse"


def cost_split(outcome: Outcome, policy: str) -> dict[str, float]:
    """Return holding, ordering and stock-out cost, money per period."""
    played = outcome.kpis[who_orders(outcome, policy)]
    return {part: float(played[part].mean()) for part in PARTS}


def order_changes(base: Outcome, outcome: Outcome, limit: int = 20) -> list[OrderChange]:
    """Return the items whose order of today changes most, largest first; without the unchanged."""
    pairs = zip(base.orders, outcome.orders, strict=True)
    changes = [_order_change(*pair, outcome) for pair in pairs]
    moved = [change for change in changes if change.largest > 0]
    return sorted(moved, key=lambda change: -change.largest)[:limit]


def _order_change(before: OrderLine, after: OrderLine, outcome: Outcome) -> OrderChange:
    # By (s, S) as it stands where that alone was played, else by the adapted one.
    rule = UNCHANGED if tuple(outcome.kpis) == (UNCHANGED,) else RULE
    is_asked = before.agent is not None and after.agent is not None
    agent = (before.agent, after.agent) if is_asked else (None, None)
    doubt = outcome.doubts.get(before.key.label, "")
    return OrderChange(before.key, before.of(rule), after.of(rule), *agent, doubt)


def headline(
    base: Outcome, outcome: Outcome, policy: str, period: Period, unit: str = UNNAMED
) -> str:
    """Say in one sentence what a scenario does to cost and service, or that nobody can tell.

    A target sets the price of being short anew: there holding cost is told, which it leaves alone.

    Args:
        base: As today.
        outcome: Of the scenario.
        policy: Who orders where the scenario does not say.
        period: Of the history.
        unit: What amounts are called: the planner's currency.
    """
    before = base.kpis[reference(base, outcome, policy)]
    after = outcome.kpis[who_orders(outcome, policy)]
    money = "holding_cost" if outcome.scenario.prices_by_target else "cost"
    cost, fill = (Verdict.from_pairs(after[name], before[name]) for name in (money, "fill_rate"))
    per = f"{unit} a {period.value}"
    if math.isfinite(cost.percent) and cost.outcome is not Sureness.CANNOT_TELL:
        per += f" ({signed(cost.percent, 1)} %)"
    points = f"{signed(100 * fill.difference, 2)} ± {100 * fill.half_width:.2f}"
    text = "; ".join(
        (
            money.replace("_", " ")
            + _told(cost, difference(cost.difference, cost.half_width), per),
            f"fill rate{_told(fill, points, 'points')}",
        )
    )
    return f"{outcome.scenario.name}: {text}.".replace("-", "−")


def _told(verdict: Verdict, text: str, unit: str) -> str:
    """Write a difference with its unit; one that may as well be 0 as what nobody can tell."""
    if not any(digit in text for digit in "123456789") or text == "no difference":
        return " does not differ"
    if verdict.outcome is Sureness.CANNOT_TELL:
        return f": cannot tell ({text} {unit})"
    return f" {text} {unit}"
