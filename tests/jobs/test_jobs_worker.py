"""Work in processes of its own: killed, cancelled, queued; what was kept stays."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from core.jobs import (
    JobRecord,
    JobStatus,
    cancel,
    checkpoint,
    is_alive,
    job,
    job_curve,
    list_jobs,
    submit,
    sweep_orphans,
    wait,
)
from core.store import UNFINISHED, Store

PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def _no_worker_is_left(store: Store) -> Iterator[None]:
    yield
    for record in store.jobs.list(statuses=UNFINISHED):
        cancel(store, record.id, force=True)


def _when(store: Store, job_id: int, ready: Callable[[JobRecord], bool]) -> JobRecord:
    deadline = time.monotonic() + PATIENCE_S
    while not ready(record := job(store, job_id)):
        assert not record.status.is_over, record.error
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return record


def _pid(record: JobRecord) -> int:
    assert record.worker is not None
    return record.worker.pid


def test_kill_9_loses_the_job_but_not_its_best_nor_the_next_one(store: Store) -> None:
    first = submit(store, "endless", {"deaf": True})
    second = submit(store, "endless", {})
    running = _when(store, first, lambda record: "step" in record.progress)
    assert running.remaining_s is not None and running.remaining_s > 0
    assert store.jobs.get(second).launched_at is None
    assert os.getsid(_pid(running)) == _pid(running)  # closing the page's terminal ends nothing

    os.kill(_pid(running), signal.SIGKILL)
    swept: tuple[JobRecord, ...] = ()
    deadline = time.monotonic() + PATIENCE_S
    while not swept and time.monotonic() < deadline:
        swept = sweep_orphans(store)
    (lost,) = swept
    assert (lost.id, lost.status) == (first, JobStatus.LOST)
    assert "best result until then is kept. Start it again" in lost.error
    assert checkpoint(store, lost) == b"best so far"

    begun = _when(store, second, lambda record: record.status is JobStatus.RUNNING)
    assert begun.elapsed_s >= 0
    stopped = cancel(store, second, force=True)
    assert stopped.status is JobStatus.CANCELLED
    assert begun.worker is not None and not is_alive(begun.worker)


def test_cancel_keeps_the_best_and_the_worker_starts_the_next(store: Store) -> None:
    first = submit(store, "endless", {})
    _when(store, first, lambda record: record.checkpoint_sha256 is not None)
    second = submit(store, "endless", {})
    assert cancel(store, first).status is JobStatus.CANCELLING
    ended = wait(store, first, PATIENCE_S)
    assert (ended.status, ended.error) == (JobStatus.CANCELLED, "")
    assert ended.result == {"kept": "best so far"}
    assert checkpoint(store, ended) == b"best so far"
    assert len(job_curve(store, first)) >= 1
    _when(store, second, lambda record: record.status is JobStatus.RUNNING)
    assert [record.id for record in list_jobs(store, "endless")] == [second, first]


def test_a_job_is_done_on_one_thread_and_logged(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    ended = wait(store, submit(store, "count", {"n": 3}), PATIENCE_S)
    assert (ended.status, ended.result) == (JobStatus.DONE, {"counted": 3, "threads": "1"})
    assert "job begins" in (store.logs / f"job-{ended.id}.log").read_text()
    assert ended.worker is not None
    deadline = time.monotonic() + PATIENCE_S
    while is_alive(ended.worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(ended.worker)
