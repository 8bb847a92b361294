"""A scenario for some of the items: who orders, what comes of it, and their orders of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.domain import Item, OrderProposal
from core.evaluation import StartingStock
from core.evaluation.playing import play_all
from core.planning import PlanRequest, plan_orders
from core.policies import Policy, SSPolicy, quick_s_s
from core.services.either import Either
from core.services.recent_sales import recent_sales
from core.services.what_if_outcome import AGENT, PLAYED, RULE, UNCHANGED, OrderLine, Question
from core.services.what_if_scenario import Scenario, changed_item, changed_problem
from core.simulator import Observation, Problem

if TYPE_CHECKING:
    from core.agents import TrainedAgent

Floats = npt.NDArray[np.float64]
Played = dict[str, dict[str, Floats]]
"""By policy, then by key figure: item by item and future by future, shape [n_items, n_paths]."""

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

    def answer(self) -> PartAnswer:
        """Find who orders what, and play it."""
        unchanged = self.today.select(self.rows)
        rule = self._rule()
        agent, doubts = self._agent(rule)
        policies: dict[str, Policy] = {RULE: rule, UNCHANGED: unchanged}
        if agent is not None:
            uses = [problem.name not in doubts for problem in self.problems]
            policies[AGENT] = Either(agent, rule, uses)
        lines = self._orders(rule, unchanged, agent)
        return PartAnswer(self.places, policies, self._play(policies), lines, doubts)

    def _rule(self) -> Policy:
        """Return (s, S) for the scenario: the planner's own for one item, else searched quickly.

        For the base as well: what differs is then the scenario's doing, not the search's.
        """
        scenario = self.scenario
        if scenario.has_own_rule and len(self.question.keys) == 1:
            numbers = {
                "reorder_point": [scenario.reorder_point],
                "order_up_to_level": [scenario.order_up_to_level],
            }
            return SSPolicy.of(self.problems, **numbers)
        return quick_s_s(self.problems)

    def _agent(self, rule: Policy) -> tuple[Policy | None, dict[str, str]]:
        """Return the agent at work, and the items it was not trained for under the scenario."""
        if self.question.at_work is None:
            return None, {}
        from core.agents import check_fit

        trained: TrainedAgent = self.question.at_work.agent
        doubts: dict[str, str] = {}
        for mismatch in check_fit(trained, self.problems):
            doubts.setdefault(mismatch.item, mismatch.message)
        return trained.policy(self.problems, rule), doubts

    def _play(self, policies: Mapping[str, Policy]) -> Played:
        """Play the futures from today's stock on."""
        data = self.question.assortment.data
        keys = [self.question.keys[place] for place in self.places]
        stocks = [
            StartingStock.of_position(data.position(key), data.period, data.today_index)
            for key in keys
        ]
        everyone = dict(policies)
        if self.scenario.budget:
            everyone |= {f"{label}{WAITING}": Waiting(who) for label, who in policies.items()}
        settings = replace(self.question.settings, outage=self.scenario.outage)
        chunks = list(play_all(self.problems, everyone, settings, stocks))
        return {
            label: {
                name: np.concatenate([chunk.played[label][name] for chunk in chunks])
                for name in PLAYED
            }
            for label in everyone
        }

    def _orders(self, rule: Policy, unchanged: Policy, agent: Policy | None) -> list[OrderLine]:
        data = self.question.assortment.data
        memory = None
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
        policies: Who ordered.
        played: What came of it; with a budget also what comes of ordering nothing today.
        orders: Of today.
        doubts: Items the agent was not trained for, and why.
    """

    places: Sequence[int]
    policies: Mapping[str, Policy]
    played: Played
    orders: Sequence[OrderLine]
    doubts: Mapping[str, str]


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
