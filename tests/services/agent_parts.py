"""Agents for the small shop that need no training, and trainings that broke off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.agents import TrainedAgent, TrainingConfig, save
from core.agents.task import assign
from core.jobs import identify
from core.services.agents import keep_agent
from core.services.assortment import Assortment
from core.services.baselines import fitted_baseline
from core.services.training import TRAIN, TrainingRequest
from core.simulator import Problem
from core.store import AgentRecord, JobStatus, Store
from tests.agents.conftest import agent_of

_agents: dict[tuple[Problem, ...], TrainedAgent] = {}


def agent_for(assortment: Assortment) -> TrainedAgent:
    """Return an agent with a network that knows nothing; items are measured once."""
    problems = tuple(assortment.problems)
    if problems not in _agents:
        _agents[problems] = agent_of(assign(problems, fitted_baseline(assortment)))
    return _agents[problems]


def bundle_for(assortment: Assortment, ratio: float = 0.97, **changes: Any) -> bytes:
    """Return a sound agent file for these items."""
    agent = agent_for(assortment)
    record = replace(agent.record, validation_ratio=ratio)
    return save(replace(agent, record=record, **changes))


def kept_agent(
    store: Store, assortment: Assortment, name: str = "Anna", ratio: float = 0.97, **more: Any
) -> AgentRecord:
    """Keep such an agent."""
    return keep_agent(store, name, bundle_for(assortment, ratio), {"data_end": 0, **more})


def request(name: str = "Bruno", **changes: Any) -> TrainingRequest:
    """Ask for the shortest training there is."""
    small = {"time_limit_s": 1.0, "warm_start_s": 0.3, "n_envs": 16, "width": 8, "depth": 1}
    return TrainingRequest(name, TrainingConfig.preset("quick", "ppo", **{**small, **changes}))


def job_at_work(store: Store, name: str = "Bruno") -> int:
    """Put a training into the record as a worker would have it half an hour into its work."""
    job_id = store.jobs.add(TRAIN, request(name).to_json(), worker=identify()).id
    points = [
        {"phase": "Learning", "fraction": 0.2, "elapsed_s": 5.0, "remaining_s": 20.0, "steps": 10}
        | {"ratio": 1.10, "best_ratio": 1.10, "lesson": {"data_end": 7}},
        {"phase": "Learning", "fraction": 0.6, "elapsed_s": 15.0, "remaining_s": 10.0, "steps": 90}
        | {"ratio": 0.96, "best_ratio": 0.96, "lesson": {"data_end": 7}},
    ]
    store.jobs.report(job_id, points[-1], points)
    return job_id


def broken_job(store: Store, assortment: Assortment | None, name: str = "Bruno") -> int:
    """Put a lost training into the record; with items given it had kept an agent."""
    job_id = job_at_work(store, name)
    if assortment is not None:
        store.jobs.keep(job_id, bundle_for(assortment))
    store.jobs.finish(job_id, JobStatus.LOST, error="Somebody ended it.")
    return job_id
