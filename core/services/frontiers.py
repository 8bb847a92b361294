"""Fill rate against money: what more service costs under (s, S) and under the agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.evaluation import EvaluationSettings, Fit, Frontier, dearer, frontier
from core.policies import Policy, fit_policy
from core.services.agents import AgentAtWork, agent_at_work
from core.services.assortment import Assortment, Progress
from core.services.at_costs import agent_at_costs, follows_costs
from core.services.baselines import BASELINE, fitted_baseline
from core.services.comparing import DEFAULT_RULES, agent_label
from core.simulator import Problem
from core.store import AgentRecord, Store

if TYPE_CHECKING:
    from core.agents import TrainedAgent

FRONTIER = "frontier"
MULTIPLIERS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
N_PATHS = 100
# Raised when the result changes, so that kept ones are traced anew.
_VERSION = 6


def trace_frontier(
    store: Store,
    assortment: Assortment,
    record: AgentRecord | None,
    on_progress: Progress | None = None,
) -> Frontier:
    """Trace the (s, S) curve, once per state of the items, and the agent beside it.

    An agent that takes costs as they come is a curve: told the multiplied stock-out costs, played
    at the planner's own. One that was trained for fixed costs is a point.

    Args:
        store: Where both are kept.
        assortment: Today's problems.
        record: The agent; None for the curve and the other rules alone.
        on_progress: Told the share done and the step; may raise to stop.
    """
    tell = on_progress or (lambda share, step: None)
    if _kept(store, assortment, None) is None:
        rules = {
            rule: fitted_baseline(assortment, rule, store)
            for rule in DEFAULT_RULES
            if rule != BASELINE
        }
        found = _traced(assortment, {BASELINE: _fit_rule}, rules, tell)
        store.runs.add(FRONTIER, _inputs(assortment, None), found.to_json())
    if record is not None and _kept(store, assortment, record) is None:
        at_work = agent_at_work(store, assortment, record)
        found = _agent_traced(assortment, at_work, tell)
        store.runs.add(FRONTIER, _inputs(assortment, record), found.to_json())
    kept = latest_frontier(store, assortment, record)
    assert kept is not None
    return kept


def latest_frontier(
    store: Store, assortment: Assortment, record: AgentRecord | None
) -> Frontier | None:
    """Return the curve for exactly these problems, with the agent once it was traced."""
    rules = _kept(store, assortment, None)
    agent = None if record is None else _kept(store, assortment, record)
    if rules is None or agent is None or record is None:
        return rules
    # An agent may have got another name since.
    mine = [replace(p, label=agent_label(record)) for p in (*agent.curve, *agent.points)]
    curve = tuple(point for point in mine if point.multiplier is not None)
    points = tuple(point for point in mine if point.multiplier is None)
    return replace(rules, curve=(*rules.curve, *curve), points=(*points, *rules.points))


def _fit_rule(problems: Sequence[Problem]) -> Policy:
    return fit_policy(BASELINE, problems)


def _agent_traced(assortment: Assortment, at_work: AgentAtWork, tell: Progress) -> Frontier:
    label = agent_label(at_work.record)
    if not follows_costs(at_work.agent):
        return _traced(assortment, {}, {label: at_work.policy}, tell)
    found = _traced(assortment, {label: lambda p: agent_at_costs(at_work.agent, p)[0]}, {}, tell)
    outside = _outside(at_work.agent, assortment.problems)
    return replace(
        found, curve=tuple(replace(p, outside=outside[p.multiplier]) for p in found.curve)
    )


def _outside(
    agent: TrainedAgent, problems: Sequence[Problem]
) -> Mapping[float | None, frozenset[str]]:
    """Return by multiplier the items that an agent was not made for at that cost."""
    assert agent.scope is not None
    return {
        factor: frozenset(p.name for p in problems if not agent.scope.holds(dearer(p, factor)))
        for factor in MULTIPLIERS
    }


def _traced(
    assortment: Assortment,
    curves: Mapping[str, Fit],
    policies: Mapping[str, Policy],
    tell: Progress,
) -> Frontier:
    problems = assortment.problems
    settings = EvaluationSettings.standard(problems, assortment.data.period)
    return frontier(
        problems,
        curves,
        policies,
        replace(settings, n_paths=N_PATHS),
        multipliers=MULTIPLIERS,
        on_progress=lambda share, step: tell(share, f"Service against cost: {step}"),
    )


def _kept(store: Store, assortment: Assortment, record: AgentRecord | None) -> Frontier | None:
    run = store.runs.latest(FRONTIER, _inputs(assortment, record))
    return None if run is None or run.result is None else Frontier.from_json(run.result)


def _inputs(assortment: Assortment, record: AgentRecord | None) -> dict[str, Any]:
    return {
        "problems": assortment.fingerprint,
        "agent": None if record is None else record.bundle_sha256,
        "multipliers": list(MULTIPLIERS),
        "n_paths": N_PATHS,
        "version": _VERSION,
    }
