"""A training seen from outside: how far it is, how it ended, and what can be saved of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.agents.config import ALGORITHM_LABELS
from core.domain import JobError, PlannerError
from core.jobs import JobRecord, JobStatus, cancel, checkpoint, job, job_curve, list_jobs
from core.services.agents import keep_agent
from core.services.training import COMPARING, TRAIN, TrainingRequest, start_training
from core.store import AgentRecord, Store

_SEEN = "training_seen"
# Trainings looked at to find those that still run or wait.
_LOOK_BACK = 50


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """Cost against (s, S) on validation futures over time; 1 costs the same, below is cheaper.

    Args:
        elapsed_s: Seconds since the training began.
        ratio: Of the agent as it was then.
        best: Of the best agent until then.
    """

    elapsed_s: tuple[float, ...]
    ratio: tuple[float, ...]
    best: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Training:
    """One training as it stands.

    Args:
        job: Its record.
        name: Of the agent.
        algorithm: In words.
        phase: What is going on now, in words.
        elapsed_s: Seconds since it began, or that it took.
        remaining_s: Seconds still to learn; None where that cannot be told.
        fraction: Share done, 0 to 1.
        best_ratio: Cost of the best agent so far against (s, S); None before the first look.
        agent: The agent it left, where that is still there.
    """

    job: JobRecord
    name: str
    algorithm: str
    phase: str
    elapsed_s: float
    remaining_s: float | None
    fraction: float
    best_ratio: float | None
    agent: AgentRecord | None

    @property
    def can_rescue(self) -> bool:
        """Whether it broke off and left a best agent that was never among the agents."""
        broken = self.job.status in (JobStatus.LOST, JobStatus.FAILED, JobStatus.CANCELLED)
        has_best = self.job.checkpoint_sha256 is not None and self.agent is None
        return broken and has_best and not self.is_agent_gone

    @property
    def is_agent_gone(self) -> bool:
        """Whether it is over and left an agent that was deleted since."""
        kept = self.job.status is JobStatus.DONE or "agent" in (self.job.result or {})
        return kept and self.agent is None

    @property
    def is_comparing(self) -> bool:
        """Whether it has learned, and is being compared with (s, S) now."""
        return self.job.progress.get("phase") == COMPARING


def training(store: Store, job_id: int) -> Training:
    """Return one training as it stands now; one whose process died is found out here.

    Raises:
        JobError: where there is none of that number.
    """
    record = job(store, job_id)
    progress, config = record.progress, _mapping(record.payload.get("config"))
    algorithm = str(config.get("algorithm", ""))
    return Training(
        job=record,
        name=str(record.payload.get("name", "")),
        algorithm=ALGORITHM_LABELS.get(algorithm, algorithm),
        phase=_phase(record),
        elapsed_s=record.elapsed_s,
        remaining_s=_number(progress.get("remaining_s")),
        fraction=min(max(_number(progress.get("fraction")) or 0.0, 0.0), 1.0),
        best_ratio=_best_ratio(store, record),
        agent=_left_agent(store, record.id),
    )


def current_training(store: Store) -> Training | None:
    """Return the training that runs or waits first, else the last one that she has not put away."""
    newest_first = list_jobs(store, TRAIN, _LOOK_BACK)
    open_ones = [record for record in newest_first if not record.status.is_over]
    working = [record for record in open_ones if record.status.is_working]
    for record in (*working, *reversed(open_ones), *newest_first[:1]):
        found = training(store, record.id)
        if not found.job.status.is_over or not _is_seen(store, found.job.id):
            return found
    return None


def other_trainings(store: Store, shown: int) -> tuple[Training, ...]:
    """Return the trainings that run or wait beside the one shown, in their order."""
    records = reversed(list_jobs(store, TRAIN, _LOOK_BACK))
    others = [r.id for r in records if not r.status.is_over and r.id != shown]
    return tuple(training(store, number) for number in others)


def put_away(store: Store, job_id: int) -> None:
    """Do not show this ended training, or an earlier one, any more."""
    seen = store.settings.get(_SEEN, 0)
    store.settings.set(_SEEN, max(int(seen), job_id))


def cancel_training(store: Store, job_id: int) -> JobRecord:
    """Ask a training to stop; the best agent so far is kept.

    Raises:
        JobError: where there is none of that number.
    """
    return cancel(store, job_id)


def train_again(store: Store, job_id: int) -> int:
    """Queue a training with the settings of an earlier one; returns the new job's number."""
    request = TrainingRequest.from_json(job(store, job_id).payload)
    name = store.agents.free_name(request.name)
    return start_training(store, TrainingRequest(name, request.config, request.items))


def rescue_agent(store: Store, job_id: int) -> AgentRecord:
    """Keep the best agent of a training that broke off, and put the training away for good.

    One that is kept already is returned.

    Raises:
        JobError: where the training had not kept one yet.
    """
    kept = _left_agent(store, job_id) or _kept_best(store, job_id)
    put_away(store, job_id)
    return kept


def _kept_best(store: Store, job_id: int) -> AgentRecord:
    record = job(store, job_id)
    bundle = checkpoint(store, record)
    if bundle is None:
        raise JobError(
            "This training broke off before it had an agent to keep",
            value=job_id,
            remedy="Start it again.",
        )
    name = str(record.payload.get("name", "rescued agent"))
    lesson = _mapping(record.progress.get("lesson"))
    last_sign = record.heartbeat_at or record.started_at or record.created_at
    about = {"job": job_id, "rescued": True, "trained_at": last_sign.isoformat()}
    return keep_agent(store, name, bundle, {**lesson, **about})


def learning_curve(store: Store, job_id: int) -> LearningCurve:
    """Return how the agent got better, one point for each time it was tried."""
    points = [point for point in job_curve(store, job_id) if _number(point.get("ratio"))]
    tried = [now for i, now in enumerate(points) if i == 0 or _is_new(points[i - 1], now)]
    return LearningCurve(
        _column(tried, "elapsed_s"), _column(tried, "ratio"), _column(tried, "best_ratio")
    )


def _is_new(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return any(before.get(key) != now.get(key) for key in ("steps", "ratio", "best_ratio"))


def _column(points: Sequence[Mapping[str, Any]], key: str) -> tuple[float, ...]:
    return tuple(float(point[key]) for point in points)


def _phase(record: JobRecord) -> str:
    if record.status is JobStatus.CANCELLING:
        return "Stopping; the best so far is being kept"
    step = record.progress.get("step")
    phase = str(record.progress.get("phase", "Starting"))
    return f"{phase}: {step}" if step else phase


def _best_ratio(store: Store, record: JobRecord) -> float | None:
    """Return the best so far; while comparing it is no longer in the last report."""
    last = _number(record.progress.get("best_ratio"))
    if last is not None:
        return last
    known = [_number(point.get("best_ratio")) for point in job_curve(store, record.id)]
    return next((ratio for ratio in reversed(known) if ratio is not None), None)


def _left_agent(store: Store, job_id: int) -> AgentRecord | None:
    return next((a for a in store.agents.list() if a.summary.get("job") == job_id), None)


def _is_seen(store: Store, job_id: int) -> bool:
    try:
        return job_id <= int(store.settings.get(_SEEN, 0))
    except (PlannerError, ValueError, TypeError):
        return False


def _number(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None  # type: ignore[arg-type]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
