"""Look at jobs, cancel them, and find those whose process died."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from core.domain.errors import JobError
from core.jobs.context import thinned
from core.jobs.launch import launch_queued
from core.jobs.process import is_alive
from core.store import JobRecord, JobStatus, Store

SILENT_S = 30.0
_KILL_PATIENCE_S = 5.0
_POLL_S = 0.05


def job(store: Store, job_id: int) -> JobRecord:
    """Return one job as it stands; one whose process died is found out here.

    Raises:
        JobError: where there is none of that number.
    """
    record = store.jobs.get(job_id)
    if not _is_orphan(record):
        return record
    sweep_orphans(store)
    return store.jobs.get(job_id)


def list_jobs(store: Store, kind: str | None = None, limit: int = 100) -> tuple[JobRecord, ...]:
    """Return the latest jobs, newest first."""
    return store.jobs.list(kind, limit=limit)


def job_curve(store: Store, job_id: int, max_points: int = 1000) -> list[dict[str, Any]]:
    """Return the job's reports, oldest first, evenly thinned to max_points."""
    return thinned(store.jobs.curve(job_id), max_points)


def checkpoint(store: Store, record: JobRecord) -> bytes | None:
    """Return the best result so far that the job kept; None where it kept none."""
    sha256 = record.checkpoint_sha256
    return None if sha256 is None else store.files.get_bytes(sha256)


def cancel(store: Store, job_id: int, *, force: bool = False) -> JobRecord:
    """Ask a job to stop and keep its best; one that still waits is cancelled at once.

    Args:
        store: The record.
        job_id: The job's number.
        force: End its process now; what it kept last stays.
    """
    record = store.jobs.request_cancel(job_id)
    if force and record.status is JobStatus.CANCELLING:
        _terminate(record)
        sweep_orphans(store)
    else:
        launch_queued(store)
    return store.jobs.get(job_id)


def sweep_orphans(store: Store) -> tuple[JobRecord, ...]:
    """Mark jobs lost whose process died, and start what waits; call it when the program starts.

    Returns:
        The jobs that ended here, as they stand now. What they kept last is still there.
    """
    swept = [record.id for record in store.jobs.unfinished() if _sweep(store, record)]
    launch_queued(store)
    return tuple(store.jobs.get(job_id) for job_id in swept)


def wait(
    store: Store,
    job_id: int,
    timeout_s: float | None = None,
    on_look: Callable[[JobRecord], None] | None = None,
) -> JobRecord:
    """Wait until a job is over and return it; for the command line and tests.

    Raises:
        JobError: where it is not over after timeout_s.
    """
    deadline = time.monotonic() + (float("inf") if timeout_s is None else timeout_s)
    while not (record := job(store, job_id)).status.is_over:
        if on_look is not None:
            on_look(record)
        if time.monotonic() > deadline:
            raise JobError(
                f"The job is not over after {timeout_s:g} s",
                value=record.status.value,
                where=f"job {job_id}",
                remedy="It goes on; look again later, or cancel it.",
            )
        time.sleep(_POLL_S)
    return record


def _is_orphan(record: JobRecord) -> bool:
    begun = record.status.is_working or (not record.status.is_over and record.worker is not None)
    if not begun:
        return False
    alive = None if record.worker is None else is_alive(record.worker)
    return record.silent_s > SILENT_S if alive is None else not alive


def _sweep(store: Store, record: JobRecord) -> bool:
    if not _is_orphan(record):
        return False
    if record.status is JobStatus.QUEUED:
        store.jobs.release_launch(record.id)
        return False
    wanted = record.status is JobStatus.CANCELLING
    status = JobStatus.CANCELLED if wanted else JobStatus.LOST
    return store.jobs.finish(record.id, status, error=_epitaph(record), expected={record.status})


def _epitaph(record: JobRecord) -> str:
    kept = "The best result until then is kept" if record.checkpoint_sha256 else "Nothing was kept"
    why = "the computer was switched off, memory ran out, or somebody ended it"
    return f"The work stopped before its end: {why}. {kept}. Start it again to go on."


def _terminate(record: JobRecord) -> None:
    if record.worker is None or not is_alive(record.worker):
        return
    with suppress(ProcessLookupError):
        os.kill(record.worker.pid, signal.SIGTERM)
    deadline = time.monotonic() + _KILL_PATIENCE_S
    while is_alive(record.worker) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
