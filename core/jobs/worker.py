"""The process that does one job: ``python -m core.jobs.worker JOB_ID``."""

from __future__ import annotations

import sys
from contextlib import suppress

import structlog

from core.domain.errors import PlannerError
from core.jobs.context import JobContext
from core.jobs.execute import execute
from core.jobs.launch import launch_queued
from core.jobs.process import identify
from core.store import open_store


def main(arguments: list[str]) -> int:
    """Do the job of that number, then start the next one that waits."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(),
        ]
    )
    store, job_id = open_store(), int(arguments[0])
    try:
        if not store.jobs.begin(job_id, identify()):
            return 0
        record = store.jobs.get(job_id)
        structlog.get_logger().info("job begins", job=job_id, kind=record.kind)
        trouble = execute(JobContext(store, job_id, record.payload), record.kind)
        return 0 if trouble is None else 1
    finally:
        with suppress(PlannerError):  # whoever looks next starts what still waits
            launch_queued(store)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
