"""Work in this process: reports, results, trouble in words, and rows without a process."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from core.domain import JobError, ParameterError, UnknownNameError
from core.jobs import (
    JOB_KINDS,
    JobContext,
    JobStatus,
    cancel,
    checkpoint,
    context,
    identify,
    job,
    job_curve,
    launch,
    run_inline,
    submit,
    sweep_orphans,
    wait,
)
from core.jobs.context import thinned
from core.store import Store, WorkerIdentity

ELSEWHERE = WorkerIdentity("another machine", 1, "")


@pytest.fixture
def no_launch(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note which jobs would have been given a worker."""
    launched: list[int] = []
    monkeypatch.setattr(launch, "_start", lambda _, record: launched.append(record.id) or True)
    return launched


def test_an_inline_job_is_reported_kept_and_recorded(store: Store) -> None:
    seen: list[Mapping[str, Any]] = []
    record = run_inline(store, "count", {"n": 5}, seen.append)
    assert record.status is JobStatus.DONE
    assert record.result == {"counted": 5, "threads": os.environ.get("OMP_NUM_THREADS")}
    assert [report["cost"] for report in seen] == [99, 98, 97, 96, 95]
    assert [point["cost"] for point in job_curve(store, record.id)] == [99, 98, 97, 96, 95]
    assert record.progress == {"fraction": 1.0, "cost": 95}
    assert checkpoint(store, record) == b"best 5"
    assert len(list(store.files.folder.iterdir())) == 1  # the four before it are gone
    assert record.remaining_s is None and record.elapsed_s >= 0


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("fail_in_words", ParameterError, "stockout_cost must be above 0, got 0 for item A17."),
        ("break_off", ZeroDivisionError, "The work broke off (ZeroDivisionError: a bug)."),
        ("out_of_memory", MemoryError, "The memory of this computer was used up."),
        ("unplain", TypeError, "The work broke off (TypeError: object has no plain JSON form)."),
    ],
)
def test_trouble_is_kept_in_words_and_raised(
    store: Store, kind: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error):
        run_inline(store, kind, {})
    (record,) = store.jobs.list()
    assert record.status is JobStatus.FAILED
    assert record.error.startswith(words)
    if error is not ParameterError:
        assert error.__name__ in (store.logs / f"job-{record.id}.log").read_text()


def test_a_bug_leaves_the_best_so_far(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        run_inline(store, "break_off", {})
    assert checkpoint(store, store.jobs.list()[0]) == b"before the bug"


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Let Ctrl-C count, also where the tests run in the background of a shell."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.usefixtures("keyboard")
def test_ctrl_c_once_keeps_the_best(store: Store) -> None:
    def press(report: Mapping[str, Any]) -> None:
        if report["step"] == 3:
            os.kill(os.getpid(), 2)

    record = run_inline(store, "endless", {}, press)
    assert record.status is JobStatus.CANCELLED
    assert record.result == {"kept": "best so far"}
    assert checkpoint(store, record) == b"best so far"


@pytest.mark.usefixtures("keyboard")
def test_ctrl_c_twice_stops_at_once(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_inline(store, "endless", {"deaf": True}, lambda _: os.kill(os.getpid(), 2))
    assert store.jobs.list()[0].status is JobStatus.CANCELLED


def test_an_unknown_kind_is_refused_before_anything_is_written(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'count'"):
        submit(store, "cuont", {})
    assert store.jobs.list() == ()


def test_kinds_added_by_the_operator_are_checked(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERMASTER_JOB_KINDS", "[1]")
    with pytest.raises(ParameterError, match="cannot be read"):
        submit(store, "count", {})


def test_our_kinds_name_a_module_and_a_function_of_ours() -> None:
    for name in JOB_KINDS.values():
        module, _, function = name.partition(":")
        assert module.startswith("core.services.") and function.isidentifier()


def test_reports_are_written_now_and_then_and_points_thinned(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store.jobs.add("count", {}, worker=identify())
    work = JobContext(store, record.id, {})
    monkeypatch.setattr(context, "REPORT_EVERY_S", 1000.0)
    for step in range(500):
        work.report({"step": step})
    assert [point["step"] for point in job_curve(store, record.id)] == [0]
    work.flush()
    curve = [point["step"] for point in job_curve(store, record.id)]
    assert len(curve) == 51 and curve[-1] == 499
    assert [point["step"] for point in job_curve(store, record.id, max_points=3)][-1] == 499
    assert store.jobs.get(record.id).progress == {"step": 499}


def test_thinning_spreads_evenly_and_keeps_the_last() -> None:
    assert thinned(range(10), 5) == [1, 3, 5, 7, 9]
    assert thinned(range(3), 5) == [0, 1, 2]


def test_a_full_disk_does_not_end_the_work_nor_lose_the_best(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    record = store.jobs.add("count", {}, worker=identify())
    work = JobContext(store, record.id, {})
    assert work.keep(b"old best")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        assert not work.keep(b"new best")
    assert checkpoint(store, store.jobs.get(record.id)) == b"old best"
    assert work.keep(b"new best")
    assert checkpoint(store, store.jobs.get(record.id)) == b"new best"


def test_the_heart_beats(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "BEAT_EVERY_S", 0.02)
    record = store.jobs.add("count", {}, worker=identify())
    with JobContext(store, record.id, {}).heartbeat():
        time.sleep(0.2)
    beaten = store.jobs.get(record.id)
    assert beaten.heartbeat_at is not None and record.heartbeat_at is not None
    assert beaten.heartbeat_at > record.heartbeat_at


def test_the_remaining_time_follows_the_pace(store: Store) -> None:
    now = datetime.now(UTC)
    record = replace(
        store.jobs.add("count", {}, worker=identify()),
        started_at=now - timedelta(seconds=30),
        seen_at=now,
        progress={"fraction": 0.25},
    )
    assert (record.elapsed_s, record.remaining_s) == (30.0, 90.0)
    assert replace(record, progress={}).remaining_s is None
    assert replace(record, status=JobStatus.DONE).remaining_s is None


def test_one_job_of_a_kind_runs_at_a_time_oldest_first(
    store: Store, monkeypatch: pytest.MonkeyPatch, no_launch: list[int]
) -> None:
    first, second, third = (submit(store, "count", {"n": 1}) for _ in range(3))
    other = submit(store, "endless", {})
    assert no_launch == [first, other]
    assert store.jobs.begin(first, identify())
    assert not store.jobs.begin(first, identify())
    store.jobs.finish(first, JobStatus.DONE)
    sweep_orphans(store)
    assert no_launch == [first, other, second]
    monkeypatch.setenv("QUARTERMASTER_MAX_WORKERS", "2")
    sweep_orphans(store)
    assert no_launch == [first, other, second, third]
    monkeypatch.setenv("QUARTERMASTER_MAX_WORKERS", "none")
    with pytest.raises(ParameterError, match="must be 1 or more"):
        sweep_orphans(store)


def test_a_waiting_job_is_cancelled_at_once_and_never_begins(
    store: Store, no_launch: list[int]
) -> None:
    first, second = (submit(store, "count", {"n": 1}) for _ in range(2))
    assert cancel(store, first).status is JobStatus.CANCELLED
    assert not store.jobs.begin(first, identify())
    assert no_launch == [first, second]
    assert cancel(store, first).status is JobStatus.CANCELLED


def test_a_worker_elsewhere_is_judged_by_its_heartbeat(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = store.jobs.add("count", {}, worker=ELSEWHERE)
    assert job(store, record.id).status is JobStatus.RUNNING
    monkeypatch.setattr("core.jobs.watch.SILENT_S", -1.0)
    assert job(store, record.id).status is JobStatus.LOST


def test_a_cancelled_job_whose_worker_died_counts_as_cancelled(store: Store) -> None:
    record = store.jobs.add("count", {}, worker=replace(identify(), token="an earlier start"))
    store.jobs.request_cancel(record.id)
    (swept,) = sweep_orphans(store)
    assert (swept.status, swept.id) == (JobStatus.CANCELLED, record.id)
    assert "Nothing was kept" in swept.error


def test_a_living_worker_is_left_alone(store: Store) -> None:
    record = store.jobs.add("count", {}, worker=identify())
    assert sweep_orphans(store) == ()
    with pytest.raises(JobError, match=r"not over after 0\.1 s, got 'running'"):
        wait(store, record.id, timeout_s=0.1)
    with pytest.raises(JobError, match="Cancel it first"):
        store.jobs.delete(record.id)


def test_a_job_over_is_deleted_with_its_curve_and_checkpoint(store: Store) -> None:
    record = run_inline(store, "count", {"n": 3})
    store.jobs.delete(record.id)
    assert job_curve(store, record.id) == []
    assert list(store.files.folder.iterdir()) == []
    with pytest.raises(JobError, match="no such job"):
        job(store, record.id)


def test_a_worker_that_cannot_start_is_given_up_with_its_log(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "WORKER_MODULE", "no_such_module")
    record = wait(store, submit(store, "count", {"n": 1}), timeout_s=20)
    assert record.status is JobStatus.FAILED
    log = Path(record.error.rpartition(" ")[2])
    assert log.read_text().count("no_such_module") == launch.MAX_LAUNCHES


def test_a_program_that_cannot_run_is_said_in_words(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    record = job(store, submit(store, "count", {"n": 1}))
    assert record.status is JobStatus.FAILED
    assert "could not be started (No such file" in record.error
