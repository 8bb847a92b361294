"""Kinds of work for the tests; a worker's process finds them by PYTHONPATH."""

from __future__ import annotations

import os
import time
from typing import Any

from core.domain import ParameterError
from core.jobs import JobContext


def count(context: JobContext) -> dict[str, Any]:
    """Count to payload["n"], keeping each number."""
    n = int(context.payload["n"])
    for i in range(1, n + 1):
        context.report({"fraction": i / n, "cost": 100 - i})
        context.keep(f"best {i}".encode())
    return {"counted": n, "threads": os.environ.get("OMP_NUM_THREADS")}


def endless(context: JobContext) -> dict[str, Any]:
    """Keep a first best, then go on until cancelled; payload["deaf"] never looks."""
    context.keep(b"best so far")
    step = 0
    while context.payload.get("deaf") or not context.is_cancelled():
        step += 1
        context.report({"fraction": 0.25, "step": step})
        time.sleep(0.02)
    return {"kept": "best so far"}


def fail_in_words(context: JobContext) -> None:
    """Meet something that the planner can put right."""
    raise ParameterError("stockout_cost must be above 0", value=0.0, where="item A17")


def break_off(context: JobContext) -> None:
    """Meet a bug."""
    context.keep(b"before the bug")
    raise ZeroDivisionError("a bug\nwith a long story")


def out_of_memory(context: JobContext) -> None:
    """Ask for more than there is."""
    raise MemoryError


def unplain(context: JobContext) -> dict[str, Any]:
    """Return what cannot be written down."""
    return {"cannot": object()}
