"""Do a job in this process and write down how it ended."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import structlog

from core.domain.errors import PlannerError, StorageError
from core.jobs.context import JobContext, OnReport
from core.jobs.process import identify
from core.jobs.registry import check_kind, job_function
from core.store import JobRecord, JobStatus, Store, plain

_RETRY_AFTER_S = (1.0, 3.0, 10.0)
_log = structlog.get_logger()


def execute(context: JobContext, kind: str) -> Exception | None:
    """Do the work; returns what went wrong, None where nothing did.

    The job ends done, cancelled (with the best so far as its result) or failed (in words).
    """
    trouble: Exception | None = None
    result: Mapping[str, Any] | None = None
    with context.heartbeat():
        try:
            result = plain(job_function(kind)(context))
        except Exception as error:
            trouble = error
        context.flush()
    if trouble is not None:
        _finish(context, JobStatus.FAILED, error=_in_words(trouble, context))
    else:
        over = JobStatus.CANCELLED if context.was_cancelled() else JobStatus.DONE
        _finish(context, over, result=result)
    return trouble


def run_inline(
    store: Store, kind: str, payload: Mapping[str, Any], on_report: OnReport | None = None
) -> JobRecord:
    """Do a job in this process, for the command line; it is in the record like any other.

    The first Ctrl-C asks it to stop and keep its best, the second stops it at once.

    Args:
        store: The record.
        kind: Key of the job registry.
        payload: What to do.
        on_report: Called with every report of the work.

    Raises:
        PlannerError: what the work raised.
    """
    check_kind(kind)
    record = store.jobs.add(kind, payload, worker=identify())
    context = JobContext(store, record.id, record.payload, on_report)
    try:
        with _ctrl_c_cancels(context):
            trouble = execute(context, kind)
    except KeyboardInterrupt:
        store.jobs.finish(record.id, JobStatus.CANCELLED, error="Stopped with Ctrl-C.")
        raise
    if trouble is not None:
        raise trouble
    return store.jobs.get(record.id)


def _finish(context: JobContext, status: JobStatus, **how: Any) -> None:
    for delay in (*_RETRY_AFTER_S, None):
        try:
            context.store.jobs.finish(context.job_id, status, **how)
            return
        except StorageError as error:
            _log.error("end of the job not saved", job=context.job_id, error=str(error))
            if delay is None:
                raise
            time.sleep(delay)


def _in_words(error: Exception, context: JobContext) -> str:
    if isinstance(error, PlannerError):
        return error.message
    log = context.store.logs / log_name(context.job_id)
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as stream:
            traceback.print_exception(error, file=stream)
    if isinstance(error, MemoryError):
        return f"The memory of this computer was used up. Choose a smaller preset. Log: {log}"
    text = (str(error).strip().splitlines() or [""])[0][:200]
    return f"The work broke off ({type(error).__name__}: {text}). The whole story is in {log}"


def log_name(job_id: int) -> str:
    """Name of a worker's log in ``store.logs``."""
    return f"job-{job_id}.log"


@contextmanager
def _ctrl_c_cancels(context: JobContext) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    usual = signal.getsignal(signal.SIGINT)

    def handle(_signal: int, _frame: FrameType | None) -> None:
        context.cancel()
        signal.signal(signal.SIGINT, usual)

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
