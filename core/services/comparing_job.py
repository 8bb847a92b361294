"""Comparing as a job: started from the page, done in a worker of its own, kept in the record."""

from __future__ import annotations

from typing import Any

from core.domain import JobError
from core.jobs import JobContext, JobRecord, list_jobs, submit
from core.jobs import job as job_now
from core.services.assortment import Assortment, build_assortment
from core.services.comparing import compare_agent
from core.services.frontiers import trace_frontier
from core.services.workspace import load_plan_data
from core.store import JobStatus, Store

COMPARE = "compare"

# Share of the work that is the comparison; the rest traces the frontier.
_COMPARISON_SHARE = 0.5
# Processor seconds of a first comparison of the 40 sample items: 94 for the rules, 40 more for the
# agent and its curve.
_SECONDS_PER_ITEM, _SECONDS_PER_ITEM_AND_AGENT = 2.1, 3.1
_SECONDS_TO_START = 8.0


class _StoppedError(Exception):
    """The planner asked to stop."""


def start_comparison(store: Store, agent_id: int | None) -> int:
    """Queue a comparison of an agent, or of the rules alone; returns the job's number.

    Raises:
        JobError: where there is nothing to compare on.
    """
    if store.datasets.active("history") is None:
        raise JobError("There are no sales to compare on", remedy="Bring them in on the Data page.")
    return submit(store, COMPARE, {"agent": agent_id})


def run_comparison_job(context: JobContext) -> dict[str, Any]:
    """Compare, trace the frontier, keep both: the worker's function."""
    store, agent_id = context.store, context.payload.get("agent")
    context.report({"fraction": 0.0, "phase": "Reading your data"})
    data = load_plan_data(store)
    if data is None:
        raise JobError("There are no sales to compare on", remedy="Bring them in on the Data page.")
    assortment = build_assortment(data, store)
    record = None if agent_id is None else store.agents.get(int(agent_id))

    def tell(first: float, width: float, share: float, step: str) -> None:
        if context.is_cancelled():
            raise _StoppedError
        context.report({"fraction": first + width * share, "phase": step})

    part = _COMPARISON_SHARE
    try:
        proof = compare_agent(store, assortment, record, lambda x, step: tell(0, part, x, step))
        trace_frontier(store, assortment, record, lambda x, step: tell(part, 1 - part, x, step))
    except _StoppedError:
        return {"stopped": True}
    return {"run": proof.run_id, "agent": agent_id, "n_items": len(assortment.planned)}


def comparison_job(store: Store, agent_id: int | None) -> JobRecord | None:
    """Return the latest comparison job of an agent (or of the rules), as it stands now."""
    for record in list_jobs(store, COMPARE, 20):
        if record.payload.get("agent") == agent_id:
            return record if record.status.is_over else job_now(store, record.id)
    return None


def expected_seconds(store: Store, assortment: Assortment, agent_id: int | None) -> float:
    """Return about how long a comparison takes: as its last did, else by a rule of thumb."""
    n_items = len(assortment.planned)
    for record in list_jobs(store, COMPARE, 5):
        result = record.result or {}
        asked = (n_items, agent_id)
        if (
            record.status is JobStatus.DONE
            and (result.get("n_items"), result.get("agent")) == asked
        ):
            return record.elapsed_s
    each = _SECONDS_PER_ITEM if agent_id is None else _SECONDS_PER_ITEM_AND_AGENT
    return _SECONDS_TO_START + each * n_items
