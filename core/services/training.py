"""Training an agent: started from the page or the command line, done in a worker of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.agents.config import TrainingConfig
from core.domain import HistoryError, ItemKey, JobError, ParameterError
from core.jobs import JobContext, JobRecord, checkpoint, job, list_jobs, submit
from core.services.agents import keep_agent
from core.services.assortment import HELD_OUT_SHARE, Assortment, build_assortment, without_tail
from core.services.baselines import BASELINE, fitted_baseline
from core.services.workspace import load_plan_data
from core.store import AgentRecord, Store

TRAIN = "train"


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What to train.

    Args:
        name: The agent's name.
        config: Algorithm, time and settings.
        items: Labels of the items to learn; empty for all that can be planned.
    """

    name: str
    config: TrainingConfig
    items: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Write the request as a job's payload."""
        return {"name": self.name, "config": asdict(self.config), "items": list(self.items)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainingRequest:
        """Read a job's payload."""
        config = TrainingConfig.from_json(data["config"])
        return cls(str(data["name"]), config, tuple(data["items"]))


def start_training(store: Store, request: TrainingRequest) -> int:
    """Queue a training; returns the job's number.

    Raises:
        ParameterError, UnknownNameError: where a setting cannot be.
        JobError: where there is nothing to train on.
    """
    request.config.check()
    if store.datasets.active("history") is None:
        raise JobError("There are no sales to train on", remedy="Bring them in on the Data page.")
    return submit(store, TRAIN, request.to_json())


def run_training_job(context: JobContext) -> dict[str, Any]:
    """Train, keep the agent under its name, and compare it with (s, S): the worker's function."""
    from core.services.comparing import compare_agent

    request = TrainingRequest.from_json(context.payload)
    context.report({"fraction": 0.0, "phase": "Reading your data"})
    assortment = _assortment(context.store)
    lesson, held_out = _lesson(context.store, assortment)
    agent, bundle = _train(context, request, lesson, _rows(lesson, request.items))
    context.keep(bundle)
    summary = {"job": context.job_id, "held_out": held_out}
    record = keep_agent(context.store, request.name, bundle, summary)
    if not context.was_cancelled():
        context.report({"fraction": 1.0, "phase": "Comparing with (s, S) on test futures"})
        compare_agent(context.store, assortment, record)
    return {"agent": record.id, "name": record.name, "ratio": agent.record.validation_ratio}


def _train(
    context: JobContext, request: TrainingRequest, assortment: Assortment, rows: Sequence[int]
) -> tuple[Any, bytes]:
    from core.agents import Progress, save, train

    baseline = fitted_baseline(assortment, BASELINE, context.store).select(rows)

    def on_progress(progress: Progress) -> bool:
        if progress.is_new_best:
            context.keep(progress.best_bundle())
        context.report(_report(progress))
        return not context.is_cancelled()

    problems = [assortment.problems[row] for row in rows]
    agent = train(problems, request.config, on_progress, baseline=baseline, name=request.name)
    return agent, save(agent)


def _report(progress: Any) -> dict[str, Any]:
    return {
        "fraction": progress.fraction,
        "phase": progress.phase,
        "elapsed_s": progress.elapsed_s,
        "remaining_s": progress.remaining_s,
        "steps": progress.steps,
        "ratio": progress.cost_ratio,
        "best_ratio": progress.best_cost_ratio,
    }


def trainings(store: Store, limit: int = 10) -> tuple[JobRecord, ...]:
    """Return the latest trainings, newest first."""
    return list_jobs(store, TRAIN, limit)


def training(store: Store, job_id: int) -> JobRecord:
    """Return one training as it stands now."""
    return job(store, job_id)


def rescue_agent(store: Store, job_id: int) -> AgentRecord:
    """Keep the best agent of a training that broke off.

    Raises:
        JobError: where the training had not kept one yet.
    """
    record = job(store, job_id)
    bundle = checkpoint(store, record)
    if bundle is None:
        raise JobError(
            "This training broke off before it had an agent to keep",
            value=job_id,
            remedy="Start it again.",
        )
    name = store.agents.free_name(str(record.payload.get("name", "rescued agent")))
    return keep_agent(store, name, bundle, {"job": job_id, "rescued": True})


def _assortment(store: Store) -> Assortment:
    data = load_plan_data(store)
    if data is None:
        raise JobError("There are no sales to train on", remedy="Bring them in on the Data page.")
    return build_assortment(data, store)


def _lesson(store: Store, assortment: Assortment) -> tuple[Assortment, bool]:
    """Return what the agent may learn from: all but the tail, where there is enough."""
    try:
        return build_assortment(without_tail(assortment.data, HELD_OUT_SHARE), store), True
    except HistoryError:
        return assortment, False


def _rows(assortment: Assortment, labels: Sequence[str]) -> list[int]:
    if labels:
        return [assortment.row(ItemKey.parse(label)) for label in labels]
    if not assortment.planned:
        raise ParameterError(
            "No item can be planned, so there is nothing to train on",
            value=0,
            remedy="See on the Data page why not.",
        )
    return list(range(len(assortment.planned)))
