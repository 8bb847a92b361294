"""Start workers: each job in a process of its own that outlives the page."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from core.domain.errors import ParameterError
from core.jobs.execute import log_name
from core.jobs.process import identify
from core.jobs.registry import check_kind
from core.store import REPOSITORY, JobRecord, JobStatus, Store

LAUNCH_PATIENCE_S = 60.0
MAX_LAUNCHES = 3
MAX_WORKERS = "QUARTERMASTER_MAX_WORKERS"
WORKER_MODULE = "core.jobs.worker"


def submit(store: Store, kind: str, payload: Mapping[str, Any]) -> int:
    """Queue a job and start it as soon as a worker is free; returns its number.

    Raises:
        UnknownNameError: where there is no such kind of job.
        StorageError: where the record cannot be written.
    """
    check_kind(kind)
    record = store.jobs.add(kind, payload)
    launch_queued(store)
    return record.id


def launch_queued(store: Store) -> tuple[int, ...]:
    """Start workers for waiting jobs, as many of each kind as may run; returns their numbers."""
    started: list[int] = []
    while (record := store.jobs.claim_launch(max_workers(), LAUNCH_PATIENCE_S)) is not None:
        if record.n_launches > MAX_LAUNCHES:
            _give_up(store, record, f"Its worker did not start {MAX_LAUNCHES} times")
        elif _start(store, record):
            started.append(record.id)
    return tuple(started)


def max_workers() -> int:
    """Jobs of one kind that may run at once: QUARTERMASTER_MAX_WORKERS, or 1.

    Raises:
        ParameterError: where that is not a whole number of at least 1.
    """
    text = os.environ.get(MAX_WORKERS, "").strip() or "1"
    if not text.isdecimal() or int(text) < 1:
        raise ParameterError(f"{MAX_WORKERS} must be 1 or more", value=text)
    return int(text)


def _start(store: Store, record: JobRecord) -> bool:
    try:
        worker = _spawn(store, record)
    except OSError as error:
        _give_up(store, record, f"Its worker could not be started ({error.strerror or error})")
        return False
    store.jobs.note_launch(record.id, identify(worker.pid))
    # Someone has to look when the worker ends, or it stays in the process table as a zombie.
    threading.Thread(target=worker.wait, name=f"reap-{record.id}", daemon=True).start()
    return True


def _spawn(store: Store, record: JobRecord) -> subprocess.Popen[bytes]:
    store.logs.mkdir(parents=True, exist_ok=True)
    with (store.logs / log_name(record.id)).open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", WORKER_MODULE, str(record.id)],
            cwd=REPOSITORY,
            env=_environment(store),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _environment(store: Store) -> dict[str, str]:
    path = [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {
        "QUARTERMASTER_HOME": str(store.home),
        "DATABASE_URL": store.url,
        "PYTHONPATH": os.pathsep.join(path),
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _give_up(store: Store, record: JobRecord, why: str) -> None:
    error = f"{why}. The reason is in {store.logs / log_name(record.id)}"
    store.jobs.finish(record.id, JobStatus.FAILED, error=error, expected={JobStatus.QUEUED})
