"""How a piece of long work stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.store._models import JobRow


class JobStatus(StrEnum):
    """Where a job stands, in order of its life."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"
    LOST = "lost"

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self not in UNFINISHED

    @property
    def is_working(self) -> bool:
        """Whether a worker should be at it."""
        return self in WORKING


WORKING = frozenset({JobStatus.RUNNING, JobStatus.CANCELLING})
UNFINISHED = WORKING | {JobStatus.QUEUED}


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """A process that cannot be mistaken for a later one with the same number.

    Args:
        host: Name of the machine.
        pid: Process number there.
        token: When that process started, as the system tells it; "" where it does not.
    """

    host: str
    pid: int
    token: str


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job as it stood at ``seen_at``.

    Args:
        id: Its number.
        kind: Key of the job registry, e.g. "train".
        payload: What it was asked to do.
        status: Where it stands.
        created_at, launched_at, started_at, finished_at: When it came that far.
        n_launches: How often a worker was started for it.
        worker: The process at it; None before and where never known.
        heartbeat_at: When the worker last said it lives.
        progress: The last report; ``fraction`` (0 to 1) where the job knows it.
        result: What came out, once done or cancelled.
        error: What went wrong, in words; "" where nothing did.
        checkpoint_sha256: Best result so far as a file in ``store.files``.
        seen_at: When this record was read.
    """

    id: int
    kind: str
    payload: dict[str, Any]
    status: JobStatus
    created_at: datetime
    launched_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    n_launches: int
    worker: WorkerIdentity | None
    heartbeat_at: datetime | None
    progress: dict[str, Any]
    result: dict[str, Any] | None
    error: str
    checkpoint_sha256: str | None
    seen_at: datetime

    @property
    def elapsed_s(self) -> float:
        """Seconds since the work began, or that it took; 0 while it waits."""
        if self.started_at is None:
            return 0.0
        end = self.finished_at or self.seen_at
        return max((end - self.started_at).total_seconds(), 0.0)

    @property
    def remaining_s(self) -> float | None:
        """Seconds still to go at the pace so far; None where that cannot be told."""
        fraction = self.progress.get("fraction")
        if not self.status.is_working or not isinstance(fraction, int | float) or fraction <= 0:
            return None
        return self.elapsed_s * max(1.0 - fraction, 0.0) / fraction

    @property
    def silent_s(self) -> float:
        """Seconds since the worker last said it lives."""
        last = self.heartbeat_at or self.launched_at or self.created_at
        return (self.seen_at - last) / timedelta(seconds=1)


def job_record(row: JobRow, seen_at: datetime) -> JobRecord:
    """Freeze a row."""
    worker = None if row.pid is None else WorkerIdentity(row.host, row.pid, row.pid_token)
    return JobRecord(
        id=row.id,
        kind=row.kind,
        payload=row.payload,
        status=JobStatus(row.status),
        created_at=row.created_at,
        launched_at=row.launched_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        n_launches=row.n_launches,
        worker=worker,
        heartbeat_at=row.heartbeat_at,
        progress=row.progress,
        result=row.result,
        error=row.error,
        checkpoint_sha256=row.checkpoint_sha256,
        seen_at=seen_at,
    )
