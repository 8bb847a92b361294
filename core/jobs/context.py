"""What a piece of long work is given: its task, and how to report, keep and be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

from core.domain.errors import PlannerError
from core.store import JobStatus, Store

REPORT_EVERY_S = 0.5
ASK_EVERY_S = 0.5
BEAT_EVERY_S = 1.0
MAX_POINTS_PER_WRITE = 50

OnReport = Callable[[Mapping[str, Any]], None]
T = TypeVar("T")
_log = structlog.get_logger()


class JobContext:
    """The work's side of a job.

    Trouble with the record (a full disk, a lock) while reporting or keeping is logged and tried
    again at the next call: it must not end half an hour of training.

    Attributes:
        store: The record.
        job_id: The job's number.
        payload: What was asked for.
    """

    def __init__(
        self,
        store: Store,
        job_id: int,
        payload: Mapping[str, Any],
        on_report: OnReport | None = None,
    ):
        self.store, self.job_id, self.payload = store, job_id, payload
        self._on_report = on_report
        self._progress: dict[str, Any] = {}
        self._points: list[dict[str, Any]] = []
        self._written_at = self._asked_at = -1e9
        self._cancelled = False

    def report(self, progress: Mapping[str, Any]) -> None:
        """Say how far the work is; cheap to call often.

        Args:
            progress: JSON values; ``fraction`` (0 to 1) gives the page its remaining time. Every
                report is also a point of the learning curve.
        """
        self._progress = dict(progress)
        self._points.append(self._progress)
        if self._on_report is not None:
            self._on_report(self._progress)
        if time.monotonic() - self._written_at >= REPORT_EVERY_S:
            self.flush()

    def flush(self) -> None:
        """Write what was reported since the last write."""
        self._written_at = time.monotonic()
        points = thinned(self._points, MAX_POINTS_PER_WRITE)
        if not points:
            return
        try:
            self.store.jobs.report(self.job_id, self._progress, points)
        except PlannerError as error:
            _log.warning("progress not saved", job=self.job_id, error=str(error))
            self._points = points
        else:
            self._points = []

    def is_cancelled(self) -> bool:
        """Whether the planner asked to stop: return the best so far soon."""
        if not self._cancelled and time.monotonic() - self._asked_at >= ASK_EVERY_S:
            self._asked_at = time.monotonic()
            self._cancelled = self._ask()
        return self._cancelled

    def cancel(self) -> None:
        """Ask the work to stop from within this process (Ctrl-C)."""
        self._cancelled = True

    def keep(self, data: bytes) -> bool:
        """Keep the best result so far, in place of the one before; False where it could not be.

        From here on a crash or kill -9 leaves it. Where it cannot be written, the one before stays.
        """
        try:
            self.store.jobs.keep(self.job_id, data)
        except PlannerError as error:
            _log.warning("best so far not saved", job=self.job_id, error=str(error))
            return False
        return True

    def was_cancelled(self) -> bool:
        """Whether the planner asked to stop, looked up now."""
        self._cancelled = self._cancelled or self._ask()
        return self._cancelled

    @contextmanager
    def heartbeat(self) -> Iterator[None]:
        """Tell the record about once a second that this process lives."""
        stop = threading.Event()
        thread = threading.Thread(target=self._beat, args=(stop,), name="heartbeat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(timeout=2 * BEAT_EVERY_S)

    def _ask(self) -> bool:
        try:
            return self.store.jobs.get(self.job_id).status is not JobStatus.RUNNING
        except PlannerError as error:
            _log.warning("cannot ask whether to stop", job=self.job_id, error=str(error))
            return False

    def _beat(self, stop: threading.Event) -> None:
        while not stop.wait(BEAT_EVERY_S):
            try:
                self.store.jobs.beat(self.job_id)
            except PlannerError as error:
                _log.warning("heartbeat not saved", job=self.job_id, error=str(error))


def thinned(points: Sequence[T], max_points: int) -> list[T]:
    """Return at most max_points, evenly spread, the last one always among them."""
    n = len(points)
    if n <= max_points:
        return list(points)
    return [points[(i + 1) * n // max_points - 1] for i in range(max_points)]
