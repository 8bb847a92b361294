"""The textbook problems as a job: started from the page, done in a worker, kept in the record."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.jobs import JobContext, JobRecord, list_jobs, submit
from core.jobs import job as job_now
from core.services.textbook import TEXTBOOK, StudyRequest, keep_study, solve_all
from core.store import Store

# On each problem, beside the learning: the optimum, the rules, the costs.
_SECONDS_PER_PROBLEM = 0.7
_SECONDS_TO_START = 8.0


def start_study(store: Store, request: StudyRequest) -> int:
    """Queue a run; returns the job's number, or that of the run that is at work already.

    Raises:
        UnknownNameError, ParameterError: where the request cannot be.
    """
    request.config.check()
    now = study_job(store)
    if now is not None and not now.status.is_over:
        return now.id
    return submit(store, TEXTBOOK, asdict(request))


def run_textbook_job(context: JobContext) -> dict[str, Any]:
    """Work the problems out and keep what was done, also when stopped: the worker's function."""
    request = StudyRequest.from_json(context.payload)
    work_s = expected_seconds(request) - _SECONDS_TO_START

    def tell(share: float, step: str) -> bool:
        left = (1 - share) * work_s + (0 if share else _SECONDS_TO_START)
        context.report({"fraction": share, "phase": step, "remaining_s": round(left)})
        return not context.is_cancelled()

    rows = solve_all(request, tell)
    done = {"n_done": len(rows), "n_problems": len(request.tasks)}
    return done | ({"run": keep_study(context.store, request, rows).id} if rows else {})


def study_job(store: Store) -> JobRecord | None:
    """Return the latest run over the problems, as it stands now; None where there was none."""
    for record in list_jobs(store, TEXTBOOK, 1):
        return record if record.status.is_over else job_now(store, record.id)
    return None


def expected_seconds(request: StudyRequest) -> float:
    """Return about how long a run takes."""
    each = request.seconds + _SECONDS_PER_PROBLEM
    return _SECONDS_TO_START + each * len(request.tasks)
