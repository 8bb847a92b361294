"""What a plan is made from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from core.domain import Item, ItemKey, Period, StockPosition
from core.policies.protocol import Policy
from core.simulator import Memory, Problem


@dataclass(frozen=True, slots=True)
class PolicyUse:
    """Which policy decides for an item, and why.

    Args:
        uses_agent: True for the agent, else the baseline.
        reason: One sentence for the screen.
    """

    uses_agent: bool
    reason: str


@dataclass(frozen=True)
class PlanRequest:
    """Items, their stock today, and the policies that order.

    Args:
        problems: One per item, posed from today on.
        items: In the same order.
        positions: Stock of every item; estimates say that they are.
        period: Of the history.
        today_index: Number of the first period to order in.
        baseline: Policy for these items in this order: (s, S), or any other rule.
        agent: The agent for these items in this order, if there is one.
        rule: A rule the planner chose in place of both, for these items in this order.
        strangers: Items that the agent was never made for; it has no quantity for them.
        uses: Who decides, as the gate found; items left out use the baseline.
        notes: What else the planner should know about an item.
        memory: Recent sales of the items, in their order, for policies that look at them.
    """

    problems: Sequence[Problem]
    items: Sequence[Item]
    positions: Mapping[ItemKey, StockPosition]
    period: Period
    today_index: int
    baseline: Policy
    agent: Policy | None = None
    rule: Policy | None = None
    strangers: Collection[ItemKey] = ()
    uses: Mapping[ItemKey, PolicyUse] = field(default_factory=dict)
    notes: Mapping[ItemKey, tuple[str, ...]] = field(default_factory=dict)
    memory: Memory | None = None

    def __post_init__(self) -> None:
        assert len(self.problems) == len(self.items)
        assert all(problem.start == self.today_index for problem in self.problems)

    def use_of(self, key: ItemKey) -> PolicyUse:
        """Return who decides for an item."""
        if self.agent is None and self.rule is None:
            return self.uses.get(key, PolicyUse(False, "No agent is active."))
        return self.uses.get(key, PolicyUse(False, "The agent was not tested on this item."))
