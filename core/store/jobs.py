"""The rows of long work: every change of status is one transaction that checks the old one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.errors import JobError
from core.store._models import JobPointRow, JobRow
from core.store.database import Database
from core.store.files import FileStore
from core.store.job_record import (
    UNFINISHED,
    WORKING,
    JobRecord,
    JobStatus,
    WorkerIdentity,
    job_record,
)
from core.store.plain import plain
from core.store.references import drop_unneeded


class JobStore:
    """Jobs as rows; ``core.jobs`` starts, watches and ends their processes."""

    def __init__(self, database: Database, files: FileStore):
        self._database, self._files = database, files

    def add(
        self, kind: str, payload: Mapping[str, Any], worker: WorkerIdentity | None = None
    ) -> JobRecord:
        """Put a job at the end of the queue; with a worker given it is running from the start."""
        with self._database.write("queue the job") as session:
            row = JobRow(
                kind=kind,
                payload=plain(payload),
                status=JobStatus.QUEUED.value,
                created_at=datetime.now(UTC),
                n_launches=0,
                host="",
                pid_token="",
                error="",
                progress={},
            )
            session.add(row)
            if worker is not None:
                _begin(row, worker)
            session.flush()
            return job_record(row, datetime.now(UTC))

    def get(self, job_id: int) -> JobRecord:
        """Return one job as it stands now.

        Raises:
            JobError: where there is none of that number.
        """
        with self._database.read("read the job") as session:
            return job_record(_existing(session, job_id), datetime.now(UTC))

    def list(
        self, kind: str | None = None, statuses: Iterable[JobStatus] | None = None, limit: int = 100
    ) -> tuple[JobRecord, ...]:
        """Return the latest jobs, newest first."""
        wanted = select(JobRow).order_by(JobRow.id.desc()).limit(limit)
        if kind is not None:
            wanted = wanted.where(JobRow.kind == kind)
        if statuses is not None:
            wanted = wanted.where(JobRow.status.in_([status.value for status in statuses]))
        with self._database.read("read the jobs") as session:
            now = datetime.now(UTC)
            return tuple(job_record(row, now) for row in session.scalars(wanted))

    def claim_launch(self, max_workers: int, patience_s: float) -> JobRecord | None:
        """Reserve the oldest waiting job whose kind has a worker free; None if there is none.

        Args:
            max_workers: Jobs of one kind that may run at once.
            patience_s: After this long a launch from which nothing was heard does not count.
        """
        with self._database.write("start the job") as session:
            now = datetime.now(UTC)
            stale = now - timedelta(seconds=patience_s)
            row = _next_waiting(session, max_workers, stale)
            if row is None:
                return None
            row.launched_at, row.pid, row.pid_token, row.host = now, None, "", ""
            row.n_launches += 1
            return job_record(row, now)

    def begin(self, job_id: int, worker: WorkerIdentity) -> bool:
        """Take a queued job for this process; False where it was cancelled or taken meanwhile."""
        with self._database.write("start the job") as session:
            row = _existing(session, job_id)
            if row.status != JobStatus.QUEUED:
                return False
            _begin(row, worker)
            return True

    def note_launch(self, job_id: int, worker: WorkerIdentity) -> None:
        """Note which process was started for a job that has not begun yet."""
        with self._database.write("start the job") as session:
            row = _existing(session, job_id)
            if row.status == JobStatus.QUEUED:
                row.host, row.pid, row.pid_token = worker.host, worker.pid, worker.token

    def release_launch(self, job_id: int) -> None:
        """Put a job back in the queue whose worker died before it began."""
        with self._database.write("start the job") as session:
            row = _existing(session, job_id)
            if row.status == JobStatus.QUEUED:
                row.launched_at, row.pid = None, None

    def beat(self, job_id: int) -> None:
        """Note that the worker lives."""
        with self._database.write("note the job's heartbeat") as session:
            _existing(session, job_id).heartbeat_at = datetime.now(UTC)

    def report(self, job_id: int, progress: Mapping[str, Any], points: Sequence[Any]) -> None:
        """Save the last progress and append points to the learning curve."""
        with self._database.write("save the job's progress") as session:
            row, now = _existing(session, job_id), datetime.now(UTC)
            row.progress, row.heartbeat_at = plain(progress), now
            session.add_all(
                JobPointRow(job_id=job_id, reported_at=now, point=plain(point)) for point in points
            )

    def curve(self, job_id: int) -> tuple[dict[str, Any], ...]:
        """Return all points reported, oldest first."""
        wanted = select(JobPointRow.point).where(JobPointRow.job_id == job_id)
        with self._database.read("read the learning curve") as session:
            return tuple(session.scalars(wanted.order_by(JobPointRow.id)))

    def keep(self, job_id: int, data: bytes) -> str:
        """Save the best result so far in place of the one before; returns its sha256.

        The new file is whole before the job points at it, and the old one goes last.
        """
        with self._database.write("save the best so far") as session:
            row = _existing(session, job_id)
            old, row.checkpoint_sha256 = row.checkpoint_sha256, self._files.put_bytes(data)
            if old != row.checkpoint_sha256:
                drop_unneeded(session, self._files, old)
            return row.checkpoint_sha256

    def finish(
        self,
        job_id: int,
        status: JobStatus,
        *,
        result: Mapping[str, Any] | None = None,
        error: str = "",
        expected: Iterable[JobStatus] = WORKING,
    ) -> bool:
        """End a job; False where it was no longer in one of the expected states."""
        assert status.is_over
        with self._database.write("save how the job ended") as session:
            row = _existing(session, job_id)
            if row.status not in set(expected):
                return False
            row.status, row.error = status.value, error
            row.result = None if result is None else plain(result)
            row.finished_at = datetime.now(UTC)
            return True

    def request_cancel(self, job_id: int) -> JobRecord:
        """Ask a running job to stop and keep its best; one that waits is cancelled at once."""
        with self._database.write("cancel the job") as session:
            row, now = _existing(session, job_id), datetime.now(UTC)
            if row.status == JobStatus.QUEUED:
                row.status, row.finished_at = JobStatus.CANCELLED.value, now
            elif row.status == JobStatus.RUNNING:
                row.status = JobStatus.CANCELLING.value
            return job_record(row, now)

    def unfinished(self) -> tuple[JobRecord, ...]:
        """Return the jobs that wait or run, newest first."""
        return self.list(statuses=UNFINISHED, limit=1000)

    def delete(self, job_id: int) -> None:
        """Forget a job that is over, with its curve and its checkpoint.

        Raises:
            JobError: where it is not over yet.
        """
        with self._database.write("delete the job") as session:
            row = _existing(session, job_id)
            if not JobStatus(row.status).is_over:
                raise JobError("This job is not over", value=job_id, remedy="Cancel it first.")
            session.delete(row)
            drop_unneeded(session, self._files, row.checkpoint_sha256)


def _begin(row: JobRow, worker: WorkerIdentity) -> None:
    now = datetime.now(UTC)
    row.status, row.started_at, row.heartbeat_at = JobStatus.RUNNING.value, now, now
    row.launched_at = row.launched_at or now
    row.host, row.pid, row.pid_token = worker.host, worker.pid, worker.token


def _next_waiting(session: Session, max_workers: int, stale: datetime) -> JobRow | None:
    queued = JobRow.status == JobStatus.QUEUED
    launching = queued & JobRow.launched_at.is_not(None) & (JobRow.launched_at > stale)
    working = JobRow.status.in_([status.value for status in WORKING])
    counted = select(JobRow.kind, func.count()).where(working | launching).group_by(JobRow.kind)
    busy = {kind: n for kind, n in session.execute(counted).all()}
    waiting = select(JobRow).where(queued, ~launching).order_by(JobRow.id)
    free = (row for row in session.scalars(waiting) if busy.get(row.kind, 0) < max_workers)
    return next(free, None)


def _existing(session: Session, job_id: int) -> JobRow:
    row = session.get(JobRow, job_id)
    if row is None:
        raise JobError("There is no such job", value=job_id, remedy="Reload the page.")
    return row
