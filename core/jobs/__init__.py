"""Long work outside the page: queued, done in its own process, watched, cancelled, resumed."""

from core.jobs.context import JobContext
from core.jobs.execute import run_inline
from core.jobs.launch import launch_queued, submit
from core.jobs.process import identify, is_alive
from core.jobs.registry import JOB_KINDS, job_function, job_kinds
from core.jobs.watch import cancel, checkpoint, job, job_curve, list_jobs, sweep_orphans, wait
from core.store import JobRecord, JobStatus

__all__ = [
    "JOB_KINDS",
    "JobContext",
    "JobRecord",
    "JobStatus",
    "cancel",
    "checkpoint",
    "identify",
    "is_alive",
    "job",
    "job_curve",
    "job_function",
    "job_kinds",
    "launch_queued",
    "list_jobs",
    "run_inline",
    "submit",
    "sweep_orphans",
    "wait",
]
