"""Is the agent better than the rule, item by item? Compared once, kept, and read by the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.demand import DemandModel
from core.domain import HistoryError, ItemHistory, ItemKey, JobError
from core.evaluation import (
    Backtest,
    BacktestSettings,
    Comparison,
    EvaluationSettings,
    GateDecision,
    GateRule,
    backtest,
    compare,
    gate,
)
from core.policies import POLICIES, Policy, fit_policy
from core.services.agents import AgentAtWork, agent_at_work
from core.services.assortment import (
    HELD_OUT_SHARE,
    Assortment,
    Progress,
    build_assortment,
    without_tail,
)
from core.services.baselines import BASELINE, fitted_baseline
from core.simulator import Problem
from core.store import AgentRecord, RunRecord, Store

COMPARISON = "comparison"

# Raised when the comparison changes, so that kept ones are made anew.
_VERSION = 7
DEFAULT_RULES = (BASELINE, "base_stock", "eoq_safety_stock")


@dataclass(frozen=True, eq=False)
class Proof:
    """What was found about an agent, or about the rules alone.

    Args:
        comparison: On test futures.
        backtest: On the held-out tail of the real history; None where it is too short.
        agent: Label of the agent in both; None for the rules alone.
        run_id: Of the kept run.
        made_at: When.
        names: What screens call each policy, by its label in both.
    """

    comparison: Comparison
    backtest: Backtest | None
    agent: str | None
    run_id: int
    made_at: datetime
    names: Mapping[str, str]


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
        on_progress: Told the share done and the step; may raise to stop.

    Raises:
        JobError: where no item can be planned.
    """
    if not assortment.planned:
        raise JobError("No item can be planned, so there is nothing to compare")
    tell = on_progress or (lambda share, step: None)
    at_work = None if record is None else agent_at_work(store, assortment, record)
    comparison = compare(
        assortment.problems,
        _policies(store, assortment, at_work, tell),
        BASELINE,
        EvaluationSettings.standard(assortment.problems, assortment.data.period),
        on_progress=lambda share, step: tell(0.2 + 0.6 * share, f"Test futures: {_named(step)}"),
    )
    tell(0.8, "Replaying the held-out part of your sales")
    replay = _backtest(store, assortment, at_work, tell)
    result = {
        "comparison": comparison.to_json(),
        "backtest": None if replay is None else replay.to_json(),
        "agent": None if record is None else agent_label(record),
    }
    run = store.runs.add(COMPARISON, _inputs(assortment, record), result)
    tell(1.0, "Done")
    return _proof(run, record)


def latest_proof(store: Store, assortment: Assortment, record: AgentRecord | None) -> Proof | None:
    """Return what was found for exactly these problems and this agent, if it was compared."""
    run = store.runs.latest(COMPARISON, _inputs(assortment, record))
    return None if run is None or run.result is None else _proof(run, record)


def gate_decisions(
    proof: Proof | None, at_work: AgentAtWork, assortment: Assortment
) -> Mapping[ItemKey, GateDecision]:
    """Decide item by item whether the agent is used; empty where it was never compared."""
    if proof is None or proof.agent is None:
        return {}
    doubts = {assortment.row(key): doubt for key, doubt in at_work.doubts.items()}
    rule = GateRule(labels=proof.names, money="")
    decisions = gate(proof.comparison, proof.backtest, proof.agent, BASELINE, doubts, rule)
    return dict(zip(assortment.keys, decisions, strict=True))


def agent_label(record: AgentRecord) -> str:
    """Return what an agent is called inside a comparison; never the name of a rule."""
    return f"{record.name} (agent)" if record.name in POLICIES else record.name


def data_end(record: AgentRecord, assortment: Assortment) -> int:
    """Return the number of the first period after the sales an agent learned from.

    One that came from elsewhere is taken to have seen everything.
    """
    return int(record.summary.get("data_end", assortment.data.today_index))


def _proof(run: RunRecord, record: AgentRecord | None) -> Proof:
    kept = run.result
    assert kept is not None
    replay = None if kept["backtest"] is None else Backtest.from_json(kept["backtest"])
    names = {name: family.label for name, family in POLICIES.items()}
    if record is not None:
        # The agent may have been renamed since.
        names[kept["agent"]] = record.name
    found = Comparison.from_json(kept["comparison"])
    return Proof(found, replay, kept["agent"], run.id, run.created_at, names)


def _policies(
    store: Store, assortment: Assortment, at_work: AgentAtWork | None, tell: Progress
) -> dict[str, Policy]:
    policies: dict[str, Policy] = {}
    for rule in DEFAULT_RULES:
        tell(0.2 * len(policies) / len(DEFAULT_RULES), f"Finding the best {POLICIES[rule].label}")
        policies[rule] = fitted_baseline(assortment, rule, store)
    if at_work is not None:
        policies[agent_label(at_work.record)] = at_work.policy
    return policies


def _backtest(
    store: Store, assortment: Assortment, at_work: AgentAtWork | None, tell: Progress
) -> Backtest | None:
    """Replay the tail; the agent is the kept one, the rules are fitted on what came before."""
    ends = {} if at_work is None else {agent_label(at_work.record): at_work.record}

    def fit(problems: Sequence[Problem]) -> dict[str, Policy]:
        policies = {rule: fit_policy(rule, problems) for rule in DEFAULT_RULES}
        if at_work is not None:
            mine = at_work.agent.policy(problems, policies[BASELINE])
            policies[agent_label(at_work.record)] = mine
        return policies

    try:
        settings = BacktestSettings(
            reference=BASELINE,
            share=HELD_OUT_SHARE,
            data_ends={label: data_end(record, assortment) for label, record in ends.items()},
            choose_demand=_ModelsBefore(store, assortment),
        )
        return backtest(
            assortment.data.history.select(assortment.keys),
            assortment.items,
            fit,
            settings,
            on_progress=lambda share, step: tell(0.8 + 0.2 * share, f"Your sales: {_named(step)}"),
        )
    except HistoryError:
        return None


class _ModelsBefore:
    """Demand models chosen on the sales before the held-out tail, read from the store."""

    def __init__(self, store: Store, assortment: Assortment):
        past = build_assortment(without_tail(assortment.data, HELD_OUT_SHARE), store)
        self._models = {plan.key: plan.problem.demand for plan in past.planned}
        self._why_not = past.unplannable

    def __call__(self, history: ItemHistory) -> DemandModel:
        if history.key not in self._models:
            why = self._why_not.get(history.key, "It had no sales before the held-out part")
            raise HistoryError(why, where=f"item {history.key.label}")
        return self._models[history.key]


def _named(step: str) -> str:
    """Write rules in a step's words as screens call them."""
    for name, family in POLICIES.items():
        step = step.replace(name, family.label)
    return step


def _inputs(assortment: Assortment, record: AgentRecord | None) -> dict[str, Any]:
    return {
        "history": assortment.data.history_hash,
        "problems": assortment.fingerprint,
        "agent": None if record is None else record.bundle_sha256,
        "rules": list(DEFAULT_RULES),
        "version": _VERSION,
    }
