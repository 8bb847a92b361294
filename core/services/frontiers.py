"""Fill rate against money: what more service costs under (s, S), and where the agent stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.evaluation import EvaluationSettings, Frontier, frontier
from core.policies import Policy, fit_policy
from core.services.agents import agent_at_work
from core.services.assortment import Assortment, Progress
from core.services.baselines import BASELINE, fitted_baseline
from core.services.comparing import DEFAULT_RULES, agent_label
from core.simulator import Problem
from core.store import AgentRecord, Store

FRONTIER = "frontier"
MULTIPLIERS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
N_PATHS = 100
_VERSION = 4


def trace_frontier(
    store: Store,
    assortment: Assortment,
    record: AgentRecord | None,
    on_progress: Progress | None = None,
) -> Frontier:
    """Trace the (s, S) curve, once per state of the items, and place an agent beside it.

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
        _trace(store, assortment, None, rules, tell)
    if record is not None and _kept(store, assortment, record) is None:
        at_work = agent_at_work(store, assortment, record)
        _trace(store, assortment, record, {agent_label(record): at_work.policy}, tell)
    found = latest_frontier(store, assortment, record)
    assert found is not None
    return found


def latest_frontier(
    store: Store, assortment: Assortment, record: AgentRecord | None
) -> Frontier | None:
    """Return the curve for exactly these problems, with the agent's point once it was traced."""
    curve = _kept(store, assortment, None)
    point = None if record is None else _kept(store, assortment, record)
    if curve is None or point is None:
        return curve
    return replace(curve, points=(*point.points, *curve.points))


def _trace(
    store: Store,
    assortment: Assortment,
    record: AgentRecord | None,
    policies: Mapping[str, Policy],
    tell: Progress,
) -> None:
    problems = assortment.problems
    settings = replace(
        EvaluationSettings.standard(problems, assortment.data.period), n_paths=N_PATHS
    )

    def fit(dearer: Sequence[Problem]) -> Policy:
        # Nothing to fit where only an agent's point is wanted.
        return fit_policy(BASELINE, dearer or problems[:1])

    found = frontier(
        problems,
        fit,
        policies,
        settings,
        multipliers=MULTIPLIERS if record is None else (),
        on_progress=lambda share, step: tell(share, f"Service against cost: {step}"),
    )
    store.runs.add(FRONTIER, _inputs(assortment, record), found.to_json())


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
