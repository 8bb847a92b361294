"""Is the agent better than the rule, item by item? Compared once, kept, and read by the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.domain import HistoryError, ItemKey
from core.evaluation import (
    Backtest,
    Comparison,
    EvaluationSettings,
    GateDecision,
    backtest,
    compare,
    gate,
)
from core.policies import Policy, SearchSettings, fit_policy
from core.services.agents import AgentAtWork, agent_at_work
from core.services.assortment import HELD_OUT_SHARE, Assortment, Progress
from core.services.baselines import BASELINE, fitted_baseline
from core.simulator import Problem
from core.store import AgentRecord, Store

# Raised when the comparison changes, so that kept ones are made anew.
_VERSION = 1
DEFAULT_RULES = (BASELINE, "base_stock", "eoq_safety_stock")


@dataclass(frozen=True, eq=False)
class Proof:
    """What was found about an agent, or about the rules alone.

    Args:
        comparison: On test futures.
        backtest: On the held-out tail of the real history; None where it is too short.
        agent: Label of the agent in both; None for the rules alone.
        run_id: Of the kept run.
    """

    comparison: Comparison
    backtest: Backtest | None
    agent: str | None
    run_id: int


def compare_agent(
    store: Store,
    assortment: Assortment,
    record: AgentRecord | None,
    on_progress: Progress | None = None,
) -> Proof:
    """Compare an agent (or the rules alone) with (s, S) on test futures and on real sales.

    Args:
        store: Where the result is kept.
        assortment: Today's problems.
        record: The agent; None compares the rules alone.
        on_progress: Told the share done and the step.
    """
    tell = on_progress or (lambda share, step: None)
    at_work = None if record is None else agent_at_work(store, assortment, record)
    policies = _policies(store, assortment, at_work, tell)
    settings = EvaluationSettings.standard(assortment.problems, assortment.data.period)
    tell(0.2, "playing test futures")
    comparison = compare(
        assortment.problems,
        policies,
        BASELINE,
        settings,
        on_progress=lambda share: tell(0.2 + 0.5 * share, "playing test futures"),
    )
    tell(0.7, "replaying the held-out part of your sales")
    replay = _backtest(assortment, at_work)
    name = None if record is None else record.name
    result = {
        "comparison": comparison.to_json(),
        "backtest": None if replay is None else replay.to_json(),
        "agent": name,
    }
    run = store.runs.add("comparison", _inputs(assortment, record), result)
    tell(1.0, "done")
    return Proof(comparison, replay, name, run.id)


def latest_proof(store: Store, assortment: Assortment, record: AgentRecord | None) -> Proof | None:
    """Return what was found for exactly these problems and this agent, if it was compared."""
    run = store.runs.latest("comparison", _inputs(assortment, record))
    if run is None or run.result is None:
        return None
    kept = run.result
    replay = None if kept["backtest"] is None else Backtest.from_json(kept["backtest"])
    return Proof(Comparison.from_json(kept["comparison"]), replay, kept["agent"], run.id)


def gate_decisions(
    proof: Proof | None, at_work: AgentAtWork, assortment: Assortment
) -> Mapping[ItemKey, GateDecision]:
    """Decide item by item whether the agent is used; empty where it was never compared."""
    if proof is None or proof.agent is None:
        return {}
    doubts = {assortment.row(key): doubt for key, doubt in at_work.doubts.items()}
    decisions = gate(proof.comparison, proof.backtest, proof.agent, BASELINE, doubts)
    return dict(zip(assortment.keys, decisions, strict=True))


def _policies(
    store: Store, assortment: Assortment, at_work: AgentAtWork | None, tell: Progress
) -> dict[str, Policy]:
    policies: dict[str, Policy] = {}
    for rule in DEFAULT_RULES:
        tell(0.2 * len(policies) / len(DEFAULT_RULES), f"finding the best {rule}")
        policies[rule] = fitted_baseline(assortment, rule, store)
    if at_work is not None:
        policies[at_work.record.name] = at_work.policy
    return policies


def _backtest(assortment: Assortment, at_work: AgentAtWork | None) -> Backtest | None:
    def fit(problems: Sequence[Problem]) -> dict[str, Policy]:
        baseline = fit_policy(BASELINE, problems, SearchSettings())
        if at_work is None:
            return {BASELINE: baseline}
        return {BASELINE: baseline, at_work.record.name: at_work.agent.policy(problems, baseline)}

    saw_tail = at_work is not None and not at_work.record.summary.get("held_out")
    try:
        return backtest(
            assortment.data.history.select(assortment.keys),
            assortment.items,
            fit,
            share=HELD_OUT_SHARE,
            agent_saw_tail=saw_tail,
        )
    except HistoryError:
        return None


def _inputs(assortment: Assortment, record: AgentRecord | None) -> dict[str, Any]:
    return {
        "problems": assortment.fingerprint,
        "agent": None if record is None else record.bundle_sha256,
        "rules": list(DEFAULT_RULES),
        "version": _VERSION,
    }
