"""A what-if scenario: what changes, checked, in words, and applied to items and problems."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

from core.domain import Item, ItemKey, ParameterError, Period
from core.services.baselines import BASELINE
from core.services.what_if_demand import WithPeak, has_season, with_swing
from core.simulator import Outage, Problem

RULE, UNCHANGED, AGENT = BASELINE, "unchanged", "agent"
WHO = {
    "": "whoever is chosen above the key figures",
    RULE: "(s, S), adapted",
    UNCHANGED: "(s, S) as it stands today",
    AGENT: "the agent",
}
"""Who may order in a scenario."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What would be different; the defaults change nothing.

    Args:
        name: What the planner calls it.
        demand_factor: Times today's expected demand.
        peak_factor: Times demand during a passing peak (or dip, below 1).
        peak_after: Periods from today until the peak begins.
        peak_length: Periods it lasts; 0 for no peak.
        season_factor: Times the swing of the yearly season; 0 for none.
        lead_time_change: Periods added to every lead time; the result is never below 0.
        lead_time_spread_factor: Times the spread of the lead time.
        outage_after: Periods from today until suppliers stand still.
        outage_length: Periods nothing leaves them; 0 for no outage.
        holding_factor, stockout_factor, fixed_factor: Times today's costs.
        target_service: Share that sets the stock-out cost by p / (p + h); 0 leaves it alone.
        min_order: Smallest order, units, where today's is lower; 0 leaves it alone.
        reorder_point, order_up_to_level: [s], [S] the planner's own numbers for one item, units;
            0 and 0 leave them to be found.
        budget: Most that today's orders may come to over all items, money; 0 for no limit.
        who: Who orders, key of WHO; "" leaves it to the choice above the key figures.
    """

    name: str = "As today"
    demand_factor: float = 1.0
    peak_factor: float = 1.0
    peak_after: int = 0
    peak_length: int = 0
    season_factor: float = 1.0
    lead_time_change: float = 0.0
    lead_time_spread_factor: float = 1.0
    outage_after: int = 0
    outage_length: int = 0
    holding_factor: float = 1.0
    stockout_factor: float = 1.0
    fixed_factor: float = 1.0
    target_service: float = 0.0
    min_order: float = 0.0
    reorder_point: float = 0.0
    order_up_to_level: float = 0.0
    budget: float = 0.0
    who: str = ""

    def check(self) -> Scenario:
        """Return self, or say what cannot be.

        Raises:
            ParameterError: naming the scenario, the value and what it may be.
        """
        for name, (low, high, words) in BOUNDS.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                # As the planner types it.
                shown = _percent if name in _IN_PERCENT else "{:g}".format
                raise ParameterError(
                    f"{words} must be between {shown(low)} and {shown(high)}",
                    value=shown(value) if math.isfinite(value) else f"{value:g}",
                    where=f"scenario {self.name!r}",
                    remedy="Change it in the scenario.",
                )
        if not self.name.strip() or len(self.name) > 60:
            raise ParameterError("A scenario needs a name of 1 to 60 letters", value=self.name)
        if self.who not in WHO:
            raise ParameterError(
                "The scenario names somebody to order who is not known",
                value=self.who,
                where=f"scenario {self.name!r}",
                remedy="Choose in the scenario who orders.",
            )
        if self.has_own_rule and self.reorder_point >= self.order_up_to_level:
            raise ParameterError(
                "The reorder point s must be below the order-up-to level S",
                value=f"s = {self.reorder_point:g} and S = {self.order_up_to_level:g}",
                where=f"scenario {self.name!r}",
                remedy="Lower s or raise S.",
            )
        return self

    @property
    def has_own_rule(self) -> bool:
        """Whether the planner gave her own s and S."""
        return self.reorder_point != 0 or self.order_up_to_level != 0

    @property
    def outage(self) -> Outage | None:
        """When suppliers stand still; None for never."""
        if not self.outage_length:
            return None
        return Outage(self.outage_after, self.outage_length)

    @property
    def changes(self) -> dict[str, float | str]:
        """Return what differs from today, by name, without the scenario's own name."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name != "name" and getattr(self, field.name) != field.default
        }

    @property
    def prices_by_target(self) -> bool:
        """Whether a target sets the stock-out cost, so that sums say nothing beside today's."""
        return self.target_service > 0

    def words(self, period: str, currency: str = "") -> str:
        """Say what changes, in one line.

        Args:
            period: "day", "week" or "month".
            currency: What amounts are in; names of scenarios say none.
        """
        parts = [
            f"{say(self, period)} {currency if name in _IN_MONEY else ''}".rstrip()
            for name, say in _WORDS.items()
            if name in self.changes
        ]
        return ", ".join(parts) or "nothing changes"


BOUNDS: dict[str, tuple[float, float, str]] = {
    "demand_factor": (0.05, 10.0, "The change of demand"),
    "peak_factor": (0.05, 20.0, "The peak, against usual demand,"),
    "peak_after": (0, 365, "The start of the peak"),
    "peak_length": (0, 365, "The length of the peak"),
    "season_factor": (0.0, 5.0, "The swing of the season, times today's,"),
    "lead_time_change": (-365.0, 365.0, "The change of the lead time"),
    "lead_time_spread_factor": (0.0, 10.0, "The spread of the lead time, times today's,"),
    "outage_after": (0, 365, "The start of the supplier outage"),
    "outage_length": (0, 365, "The length of the supplier outage"),
    "holding_factor": (0.01, 100.0, "The change of the holding cost"),
    "stockout_factor": (0.01, 100.0, "The change of the stock-out cost"),
    "fixed_factor": (0.0, 100.0, "The change of the fixed cost per order"),
    "target_service": (0.0, 0.9999, "The target service"),
    "min_order": (0.0, 1e9, "The minimum order"),
    "reorder_point": (-1e9, 1e9, "The reorder point s"),
    "order_up_to_level": (-1e9, 1e9, "The order-up-to level S"),
    "budget": (0.0, 1e12, "The budget for today's orders"),
}

_WORDS: dict[str, Callable[[Scenario, str], str]] = {
    "demand_factor": lambda one, _: f"demand {_percent(one.demand_factor)}",
    "peak_length": lambda one, period: (
        f"demand {_percent(one.peak_factor)} for {_length(one.peak_length, period)} "
        f"after {_length(one.peak_after, period)}"
    ),
    "season_factor": lambda one, _: f"yearly season × {one.season_factor:g}",
    "lead_time_change": lambda one, period: (
        f"lead time {one.lead_time_change:+g} {_plural(abs(one.lead_time_change), period)}"
    ),
    "lead_time_spread_factor": lambda one, _: f"lead time spread × {one.lead_time_spread_factor:g}",
    "outage_length": lambda one, period: (
        f"no supplier delivers for {_length(one.outage_length, period)} "
        f"after {_length(one.outage_after, period)}"
    ),
    "holding_factor": lambda one, _: f"holding cost {_percent(one.holding_factor)}",
    "stockout_factor": lambda one, _: f"stock-out cost {_percent(one.stockout_factor)}",
    "fixed_factor": lambda one, _: f"fixed cost per order {_percent(one.fixed_factor)}",
    "target_service": lambda one, _: f"target service {100 * one.target_service:.4g} %",
    "min_order": lambda one, _: f"minimum order {one.min_order:g} units",
    "order_up_to_level": lambda one, _: (
        f"your own s = {one.reorder_point:g}, S = {one.order_up_to_level:g}"
    ),
    "budget": lambda one, _: f"today's orders at most {one.budget:,.0f}",
    "who": lambda one, _: f"{WHO[one.who]} orders",
}

_IN_MONEY = frozenset(("budget",))
_IN_PERCENT = frozenset(
    ("demand_factor", "peak_factor", "holding_factor", "stockout_factor", "fixed_factor")
)
_LEAD_TIME_STEP = {Period.DAY: 5, Period.WEEK: 1, Period.MONTH: 1}
_OUTAGE = {Period.DAY: 14, Period.WEEK: 3, Period.MONTH: 1}


def ready_made(period: Period) -> tuple[Scenario, ...]:
    """Return five scenarios to begin with."""
    step, closed = _LEAD_TIME_STEP[period], _OUTAGE[period]
    return (
        Scenario(f"Lead time +{_length(step, period.value)}", lead_time_change=float(step)),
        Scenario("Demand +20 %", demand_factor=1.2),
        Scenario(f"Suppliers closed for {_length(closed, period.value)}", outage_length=closed),
        Scenario("Holding costs +50 %", holding_factor=1.5),
        Scenario("Target service 99 %", target_service=0.99),
    )


def changed_item(item: Item, scenario: Scenario) -> Item:
    """Return the item as it would be.

    Raises:
        ParameterError: where its costs or rules would contradict each other; names the item.
    """
    costs, rules, lead = item.costs, item.rules, item.lead_time
    holding = costs.holding_cost * scenario.holding_factor
    target = scenario.target_service
    stockout = holding * target / (1 - target) if target else costs.stockout_cost
    changed = replace(
        item,
        costs=replace(
            costs,
            holding_cost=holding,
            stockout_cost=stockout * scenario.stockout_factor,
            fixed_cost=costs.fixed_cost * scenario.fixed_factor,
        ),
        rules=replace(rules, min_order=max(rules.min_order, scenario.min_order)),
    )
    if scenario.lead_time_change or scenario.lead_time_spread_factor != 1:
        moved = lead.moved(scenario.lead_time_change, scenario.lead_time_spread_factor)
        changed = replace(changed, lead_time=moved)
    return changed.check()


def changed_problem(problem: Problem, item: Item, scenario: Scenario) -> Problem:
    """Return the problem as it would be, for an item that was changed already."""
    demand = problem.demand
    if scenario.demand_factor != 1:
        demand = demand.scaled(scenario.demand_factor)
    if scenario.season_factor != 1:
        demand = with_swing(demand, scenario.season_factor)
    if scenario.peak_length and scenario.peak_factor != 1:
        first = problem.start + scenario.peak_after
        demand = WithPeak(demand, scenario.peak_factor, first, scenario.peak_length)
    return Problem.of_item(item, demand, problem.start)


def shortened(items: Sequence[Item], scenario: Scenario) -> tuple[ItemKey, ...]:
    """Return the items whose lead time cannot fall as far as the scenario says."""
    return tuple(item.key for item in items if item.lead_time.mean + scenario.lead_time_change < 0)


def without_season(problems: Sequence[Problem]) -> int:
    """Return how many items have no yearly season that could swing more or less."""
    return sum(not has_season(problem.demand) for problem in problems)


def automatic_name(scenario: Scenario, period: Period) -> str:
    """Return a name that says what changes, at most 60 letters."""
    words = scenario.words(period.value)
    name = words[:1].upper() + words[1:]
    return name if len(name) <= 60 else f"{name[:58]} …"


def _percent(factor: float) -> str:
    return f"{100 * (factor - 1):+.4g} %".replace("-", "−")


def _length(n: int, period: str) -> str:
    return f"{n} {_plural(n, period)}"


def _plural(n: float, period: str) -> str:
    return period if n == 1 else f"{period}s"
