"""What happens to cost, service and today's orders if demand, lead time or costs were different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.domain import Item, JobError, OrderProposal
from core.evaluation import EvaluationSettings, StartingStock, StockChart
from core.evaluation.kpi_words import over_items
from core.evaluation.playing import play_all
from core.planning import PlanRequest, plan_orders
from core.policies import Policy, SearchSettings, SSPolicy
from core.services.assortment import Progress, problems_fingerprint
from core.services.baselines import BASELINE, fitted_baseline
from core.services.either import Either
from core.services.stock_charts import chart_from_today
from core.services.what_if_outcome import (
    AGENT,
    KPIS,
    RULE,
    UNCHANGED,
    WHAT_IF,
    OrderLine,
    Outcome,
    Question,
    inputs_of,
    kept_outcome,
    to_json,
)
from core.services.what_if_scenario import Scenario, changed_item, changed_problem, shortened
from core.simulator import Problem

_BLOCK = 10

if TYPE_CHECKING:
    from core.agents import TrainedAgent

Floats = npt.NDArray[np.float64]


def ask(question: Question, scenario: Scenario, on_progress: Progress | None = None) -> Outcome:
    """Work a scenario out; for all items the result is kept and found again.

    Args:
        question: For which items.
        scenario: What would be different.
        on_progress: Told the share done and the step.

    Raises:
        ParameterError: where the scenario, or an item under it, cannot be.
        JobError: where no item can be planned.
    """
    if not question.keys:
        raise JobError("No item can be planned, so there is nothing to work out")
    scenario.check()
    is_kept = len(question.keys) > 1
    found = kept_outcome(question, scenario) if is_kept else None
    if found is not None:
        return found
    outcome = _work_out(question, scenario, on_progress or (lambda share, step: None))
    if is_kept:
        question.store.runs.add(WHAT_IF, inputs_of(question, scenario), to_json(outcome))
    return outcome


def _work_out(question: Question, scenario: Scenario, tell: Progress) -> Outcome:
    items = [changed_item(plan.item, scenario) for plan in question.planned]
    problems = [
        changed_problem(plan.problem, item, scenario)
        for plan, item in zip(question.planned, items, strict=True)
    ]
    rule, unchanged = _rules(question, problems, scenario, tell)
    policies: dict[str, Policy] = {RULE: rule, UNCHANGED: unchanged}
    agent, doubts = _agent(question, problems, rule)
    if agent is not None:
        policies[AGENT] = Either(agent, rule, [p.name not in doubts for p in problems])
    tell(0.75, "playing the futures")
    settings = question.settings
    played = _play(question, problems, policies, settings)
    tell(0.9, "today's orders")
    return Outcome(
        scenario=scenario,
        kpis=played,
        orders=_orders(question, problems, items, rule, agent),
        doubts=doubts,
        notes=_notes(question, scenario),
        n_paths=settings.n_paths,
        horizon=settings.horizon,
        chart=_chart(question, problems, policies),
    )


def _rules(
    question: Question, problems: Sequence[Problem], scenario: Scenario, tell: Progress
) -> tuple[Policy, Policy]:
    """Return (s, S) for the scenario, and as it stands today."""
    today = fitted_baseline(question.assortment, BASELINE, question.store).select(question.rows)
    if scenario.has_own_rule and len(problems) == 1:
        numbers = {
            "reorder_point": [scenario.reorder_point],
            "order_up_to_level": [scenario.order_up_to_level],
        }
        return SSPolicy.of(problems, **numbers), today
    base = [plan.problem for plan in question.planned]
    if problems_fingerprint(problems) == problems_fingerprint(base):
        return today, today
    return _refitted(problems, tell), today


def _refitted(problems: Sequence[Problem], tell: Progress) -> Policy:
    """Find (s, S) anew, some items at a time so that progress can be told."""
    parts = []
    for first in range(0, len(problems), _BLOCK):
        tell(0.75 * first / len(problems), f"(s, S) of item {first + 1} of {len(problems)}")
        parts.append(SSPolicy.fit(problems[first : first + _BLOCK], SearchSettings()))
    return SSPolicy.joined(parts)


def _agent(
    question: Question, problems: Sequence[Problem], rule: Policy
) -> tuple[Policy | None, dict[str, str]]:
    """Return the agent at work under the scenario, and the items it was not trained for."""
    if question.at_work is None:
        return None, {}
    from core.agents import check_fit

    trained: TrainedAgent = question.at_work.agent
    doubts: dict[str, str] = {}
    for mismatch in check_fit(trained, problems):
        doubts.setdefault(mismatch.item, mismatch.message)
    return trained.policy(problems, rule), doubts


def _play(
    question: Question,
    problems: Sequence[Problem],
    policies: Mapping[str, Policy],
    settings: EvaluationSettings,
) -> dict[str, dict[str, Floats]]:
    """Play the futures from today's stock on; each key figure over all items, by future."""
    data = question.assortment.data
    stocks = [
        StartingStock.of_position(data.position(key), data.period, data.today_index)
        for key in question.keys
    ]
    parts: dict[str, list[Mapping[str, Floats]]] = {label: [] for label in policies}
    for chunk in play_all(problems, policies, settings, stocks):
        for label, played in chunk.played.items():
            parts[label].append(played.values)
    return {label: _together(found, settings.n_paths) for label, found in parts.items()}


def _together(parts: Sequence[Mapping[str, Floats]], n_paths: int) -> dict[str, Floats]:
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    futures = [{name: values[:, path] for name, values in whole.items()} for path in range(n_paths)]
    # Rounded as it is kept, so that a result read back pairs exactly with a fresh one.
    return {
        name: np.array([float(f"{over_items(name, one):.7g}") for one in futures]) for name in KPIS
    }


def _orders(
    question: Question,
    problems: Sequence[Problem],
    items: Sequence[Item],
    rule: Policy,
    agent: Policy | None,
) -> tuple[OrderLine, ...]:
    data = question.assortment.data
    request = PlanRequest(
        problems=problems,
        items=items,
        positions={key: data.position(key) for key in question.keys},
        period=data.period,
        today_index=data.today_index,
        baseline=rule,
        agent=agent,
    )
    return tuple(_line(proposal) for proposal in plan_orders(request).proposals)


def _line(proposal: OrderProposal) -> OrderLine:
    return OrderLine(
        proposal.key,
        proposal.baseline_quantity,
        proposal.agent_quantity,
        proposal.reorder_point,
        proposal.order_up_to_level,
    )


def _notes(question: Question, scenario: Scenario) -> tuple[str, ...]:
    notes = []
    short = shortened([plan.item for plan in question.planned], scenario)
    if short:
        notes.append(f"The lead time of {len(short)} items cannot fall that far; it is taken as 0.")
    if scenario.has_own_rule and len(question.keys) > 1:
        notes.append("Your own s and S count for one item only; here (s, S) is found for each.")
    if scenario.prices_by_target:
        notes.append(
            f"{scenario.name}: the target sets the stock-out cost of every item anew, so its costs "
            "are not held against today's."
        )
    return tuple(notes)


def _chart(
    question: Question, problems: Sequence[Problem], policies: Mapping[str, Policy]
) -> StockChart | None:
    if len(question.keys) != 1:
        return None
    return chart_from_today(question.assortment, problems[0], question.keys[0], policies)
