"""A scenario for some of the items: who orders, what comes of it, and their orders of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from core.domain import Item, ItemKey, OrderProposal
from core.evaluation import StartingStock, StockChart
from core.planning import PlanRequest, plan_orders
from core.policies import Policy, SSPolicy, memory_of, quick_s_s
from core.services.either import Either
from core.services.recent_sales import recent_sales
from core.services.what_if_levels import adapted
from core.services.what_if_outcome import AGENT, RULE, UNCHANGED, OrderLine, Question
from core.services.what_if_play import Played, Start, play
from core.services.what_if_scenario import Scenario, changed_item, changed_problem
from core.simulator import Observation, Problem

WAITING = " and today's orders wait"
"""Behind a policy's label: the same, with nothing ordered today."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some of a question's items under a scenario.

    Args:
        question: The whole question.
        places: Of these items among the question's.
        items, problems: As they would be.
        scenario: What is assumed.
        today: The (s, S) of today for all planned items.
    """

    question: Question
    places: Sequence[int]
    items: Sequence[Item]
    problems: Sequence[Problem]
    scenario: Scenario
    today: Policy

    @classmethod
    def of(
        cls, question: Question, places: Sequence[int], scenario: Scenario, today: Policy
    ) -> Part:
        """Change some items as the scenario says.

        Raises:
            ParameterError: where an item cannot be so; names it.
        """
        planned = [question.planned[place] for place in places]
        items = [changed_item(plan.item, scenario) for plan in planned]
        problems = [
            changed_problem(plan.problem, item, scenario)
            for plan, item in zip(planned, items, strict=True)
        ]
        return cls(question, places, items, problems, scenario, today)

    @property
    def rows(self) -> list[int]:
        """The items' places among all planned items."""
        return [self.question.rows[place] for place in self.places]

    def answer(self, labels: Sequence[str]) -> PartAnswer:
        """Find who orders what, and play those that are looked at."""
        unchanged = self.today.select(self.rows)
        rule = self._rule(unchanged)
        agent, doubts = self._agent(rule) if AGENT in labels else (None, {})
        policies: dict[str, Policy] = {RULE: rule, UNCHANGED: unchanged}
        if agent is not None:
            uses = [problem.name not in doubts for problem in self.problems]
            policies[AGENT] = Either(agent, rule, uses) if any(uses) else rule
        lines = self._orders(rule, unchanged, agent)
        asked = {label: who for label, who in policies.items() if label in labels}
        played, chart = self._play(asked)
        return PartAnswer(self.places, played, lines, doubts, chart)

    @property
    def _before(self) -> list[Problem]:
        return [self.question.planned[place].problem for place in self.places]

    def _rule(self, unchanged: Policy) -> Policy:
        """Return (s, S) for the scenario: the planner's own for one item, else the plan's, moved.

        For the base it is the plan's itself.
        """
        scenario = self.scenario
        if scenario.has_own_rule and len(self.question.keys) == 1:
            numbers = {
                "reorder_point": [scenario.reorder_point],
                "order_up_to_level": [scenario.order_up_to_level],
            }
            return SSPolicy.of(self.problems, **numbers)
        return adapted(unchanged, self._before, self.problems)

    def _agent(self, rule: Policy) -> tuple[Policy | None, dict[str, str]]:
        """Return the agent at work, and the items it was not trained for under the scenario."""
        at_work = self.question.at_work
        if at_work is None:
            return None, {}
        if list(self.problems) == self._before:
            doubts = {
                self.question.assortment.problems[row].name: at_work.doubts.get(key)
                for row, key in zip(self.rows, self._keys, strict=True)
            }
            return at_work.policy.select(self.rows), {k: why for k, why in doubts.items() if why}
        from core.agents import check_fit

        found: dict[str, str] = {}
        for mismatch in check_fit(at_work.agent, self.problems):
            found.setdefault(mismatch.item, mismatch.message)
        # Where a generalist starts moves like the plan's levels: no search tells in what differs.
        is_general = at_work.agent.scope is not None
        start = (
            adapted(quick_s_s(self._before), self._before, self.problems) if is_general else None
        )
        return at_work.agent.policy(self.problems, rule, start=start), found

    @property
    def _keys(self) -> list[ItemKey]:
        return [self.question.keys[place] for place in self.places]

    def _play(self, policies: Mapping[str, Policy]) -> tuple[Played, StockChart | None]:
        """Play the futures from today's stock on."""
        everyone = dict(policies)
        if self.scenario.budget:
            everyone |= {f"{label}{WAITING}": Waiting(who) for label, who in policies.items()}
        settings = replace(self.question.settings, outage=self.scenario.outage)
        return play(self.problems, everyone, settings, self._start(policies))

    def _start(self, policies: Mapping[str, Policy]) -> Start:
        """Return where the items stand today; recent sales only where a policy looks at them."""
        data = self.question.assortment.data
        stocks = [
            StartingStock.of_position(data.position(key), data.period, data.today_index)
            for key in self._keys
        ]
        longest = max(policies.values(), key=memory_of)
        return Start(stocks, recent_sales(self.question.assortment, longest, self.rows))

    def _orders(self, rule: Policy, unchanged: Policy, agent: Policy | None) -> list[OrderLine]:
        data = self.question.assortment.data
        memory, at_work = None, self.question.at_work
        strangers = frozenset() if at_work is None else at_work.strangers
        if agent is not None:
            memory = recent_sales(self.question.assortment, agent, self.rows)
        request = PlanRequest(
            problems=self.problems,
            items=self.items,
            positions={item.key: data.position(item.key) for item in self.items},
            period=data.period,
            today_index=data.today_index,
            baseline=rule,
            agent=agent,
            rule=unchanged,
            strangers=strangers,
            memory=memory,
        )
        return [_line(proposal) for proposal in plan_orders(request).proposals]


def _line(proposal: OrderProposal) -> OrderLine:
    return OrderLine(
        proposal.key,
        proposal.baseline_quantity,
        proposal.agent_quantity,
        proposal.reorder_point,
        proposal.order_up_to_level,
        proposal.order_quantity,
    )


@dataclass(frozen=True, eq=False)
class PartAnswer:
    """What a scenario comes to for some items.

    Args:
        places: Of the items among the question's.
        played: What came of it; with a budget also what comes of ordering nothing today.
        orders: Of today.
        doubts: Items the agent was not trained for, and why.
        chart: Stock over time, of one item.
    """

    places: Sequence[int]
    played: Played
    orders: Sequence[OrderLine]
    doubts: Mapping[str, str]
    chart: StockChart | None


class Waiting:
    """A policy that lets today's order wait, and goes on as ever from the next period on."""

    def __init__(self, policy: Policy):
        self._policy = policy
        self.name = policy.name
        self.memory = int(getattr(policy, "memory", 0))

    @property
    def n_items(self) -> int:
        """Items the policy was made for."""
        return self._policy.n_items

    def act(self, observation: Observation) -> Tensor:
        """Return the policy's orders; none in the first period."""
        asked = self._policy.act(observation)
        return torch.zeros_like(asked) if observation.stocks.t == 0 else asked

    def select(self, rows: Sequence[int]) -> Waiting:
        """Return the policy for some of the items."""
        return Waiting(self._policy.select(rows))

    def parameters_of(self, row: int) -> Mapping[str, float]:
        """Return the policy's numbers for an item."""
        return self._policy.parameters_of(row)
