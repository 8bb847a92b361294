"""What drives the orders of all items together: worked out beside the page, kept in the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from core.domain import ItemKey, JobError
from core.explain import (
    GROUPS,
    Background,
    DriverSummary,
    Probe,
    StateTable,
    joined,
    summarise,
    visited_by_all,
)
from core.explain.seeds import BACKGROUND_SEED
from core.jobs import JobContext, JobRecord, list_jobs, submit
from core.jobs import job as job_now
from core.services.assortment import Assortment, build_assortment
from core.services.explaining import policies_of
from core.services.ordering import Ordering, ordering_fingerprint, plan_today
from core.services.policy_map_drivers import Visits
from core.services.workspace import load_plan_data
from core.store import RunRecord, Store

POLICY_MAP = "policy_map"
# Situations of each item, and of all together where there are very many items.
_OF_EACH, _FEWEST, _OF_ALL = 64, 8, 20_000
_VERSION = 1

Summaries = Mapping[str, DriverSummary]
Tell = Callable[[float, str], bool]


class _StoppedError(Exception):
    """The planner asked to stop."""


def drivers_of_all(assortment: Assortment, ordering: Ordering, tell: Tell) -> Summaries:
    """Take the orders of all items apart, scaled by each item's expected demand.

    Every order is compared with typical days of its own item, under the policy in use there.

    Args:
        assortment: Today's problems.
        ordering: Today's orders.
        tell: Told the share done and the step; False stops.

    Returns:
        By name of the policy; the agent only over items it suits.
    """
    found: dict[str, list[DriverSummary]] = {}
    scales: dict[str, list[float]] = {}
    states = _visited(assortment, ordering)
    for place, key in enumerate(assortment.keys):
        if not tell(place / len(assortment.keys), f"drivers of {key.label}"):
            raise _StoppedError
        own, scale = policies_of(assortment, ordering, key), _demand(assortment, place)
        if scale <= 0:
            continue
        today = Probe(own.situation, own.baseline).today
        table = replace(states[key], memory=today.memory)
        background = Background(table, own.in_use.name, BACKGROUND_SEED, assortment.data.period)
        for name, policy in Visits(own, ordering.baseline.name, background).policies.items():
            ask = Probe(own.situation, policy).raw_orders
            found.setdefault(name, []).append(summarise(ask, policy.name, table, background))
            scales.setdefault(name, []).append(scale)
    unit = f"{assortment.data.period.value}s of demand"
    return {name: joined(parts, scales[name], unit) for name, parts in found.items()}


def start_drivers(store: Store) -> int:
    """Queue the work; returns the job's number, or that of the one at work already."""
    now = drivers_job(store)
    return submit(store, POLICY_MAP, {}) if now is None or now.status.is_over else now.id


def drivers_job(store: Store) -> JobRecord | None:
    """Return the latest such work, as it stands now; None where there was none."""
    for record in list_jobs(store, POLICY_MAP, 1):
        return record if record.status.is_over else job_now(store, record.id)
    return None


def run_drivers_job(context: JobContext) -> dict[str, Any]:
    """Work out what drives the orders of all items, and keep it: the worker's function."""
    store = context.store
    context.report({"fraction": 0.0, "phase": "Reading your data"})
    data = load_plan_data(store)
    if data is None:
        raise JobError("There are no sales yet", remedy="Bring them in on the Data page.")
    assortment = build_assortment(data, store)
    ordering = plan_today(assortment, store)

    def tell(share: float, step: str) -> bool:
        context.report({"fraction": share, "phase": step})
        return not context.is_cancelled()

    try:
        found = drivers_of_all(assortment, ordering, tell)
    except _StoppedError:
        return {"stopped": True}
    return {"run": keep_drivers(store, assortment, found).id}


def keep_drivers(store: Store, assortment: Assortment, found: Summaries) -> RunRecord:
    """Keep what drives the orders of all items."""
    tables = [_table_of(name, each) for name, each in found.items()]
    told = {
        name: [each.policy, each.unit, each.background, each.additivity_gap]
        for name, each in found.items()
    }
    table = pd.concat(tables, ignore_index=True)
    return store.runs.add(POLICY_MAP, _inputs(store, assortment), {"policies": told}, table)


def kept_drivers(store: Store, assortment: Assortment) -> Summaries | None:
    """Return what was worked out before for the very same plan; None where nothing was."""
    run = store.runs.latest(POLICY_MAP, _inputs(store, assortment))
    table = None if run is None else store.runs.table(run)
    if run is None or run.result is None or table is None:
        return None
    return {
        name: _summary_of(table[table["policy"] == name], told)
        for name, told in run.result["policies"].items()
    }


def _visited(assortment: Assortment, ordering: Ordering) -> dict[ItemKey, StateTable]:
    """Return the situations of every item under the policy in use there."""
    n = len(assortment.keys)
    n_states = max(min(_OF_EACH, _OF_ALL // n), _FEWEST)
    agents = ordering.at_work
    rows: dict[bool, list[int]] = {True: [], False: []}
    for row, key in enumerate(assortment.keys):
        by_agent = agents is not None and ordering.proposal(key).policy == agents.policy.name
        rows[by_agent].append(row)
    found: dict[ItemKey, StateTable] = {}
    for by_agent, some in rows.items():
        if not some:
            continue
        policy = agents.policy if agents is not None and by_agent else ordering.baseline
        problems = [assortment.problems[row] for row in some]
        tables = visited_by_all(problems, policy.select(some), assortment.data.period, n_states)
        found.update(zip((assortment.keys[row] for row in some), tables, strict=True))
    return found


def _demand(assortment: Assortment, row: int) -> float:
    """Return an item's expected demand a period, over a year."""
    problem = assortment.problems[row]
    year = round(assortment.data.period.per_year)
    return float(np.mean(problem.demand.mean(problem.start, year)))


def _table_of(name: str, each: DriverSummary) -> pd.DataFrame:
    columns = {"policy": [name] * each.n_states}
    parts = (("amount", each.amounts), ("height", each.heights))
    numbers = {
        f"{kind} {group.label}": values[:, place]
        for kind, values in parts
        for place, group in enumerate(GROUPS)
    }
    return pd.DataFrame(columns | numbers)


def _summary_of(table: pd.DataFrame, told: list[Any]) -> DriverSummary:
    amounts, heights = (
        table[[f"{kind} {group.label}" for group in GROUPS]].to_numpy(dtype=np.float64)
        for kind in ("amount", "height")
    )
    policy, unit, background, gap = told
    return DriverSummary(policy, unit, background, amounts, heights, gap)


def _inputs(store: Store, assortment: Assortment) -> dict[str, Any]:
    return {"plan": ordering_fingerprint(store, assortment), "version": _VERSION}
