"""The kinds of long work, by name; the functions live further down and are found when needed."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from core.domain.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    from core.jobs.context import JobContext


JobFunction = Callable[["JobContext"], Mapping[str, Any] | None]

JOB_KINDS: dict[str, str] = {
    "train": "core.services.training:run_training_job",
    "compare": "core.services.comparing_job:run_comparison_job",
    "textbook": "core.services.textbook_job:run_textbook_job",
    "forecast": "core.services.forecast_job:run_forecast_job",
    "policy_map": "core.services.policy_map_job:run_drivers_job",
}

EXTRA_KINDS = "QUARTERMASTER_JOB_KINDS"


def job_kinds() -> dict[str, str]:
    """Return all kinds: ours, and those an operator adds as JSON in QUARTERMASTER_JOB_KINDS.

    Only the environment of the program can add one; what to run never comes from the database.
    """
    text = os.environ.get(EXTRA_KINDS, "").strip()
    if not text:
        return dict(JOB_KINDS)
    remedy = 'Write it as {"kind": "package.module:function"}.'
    try:
        extra = json.loads(text)
        return JOB_KINDS | {str(kind): str(name) for kind, name in extra.items()}
    except (ValueError, AttributeError) as error:
        raise ParameterError(f"{EXTRA_KINDS} cannot be read", value=text, remedy=remedy) from error


def check_kind(kind: str) -> str:
    """Return the dotted name of a kind's function.

    Raises:
        UnknownNameError: says which kind was probably meant.
    """
    known = job_kinds()
    if kind not in known:
        raise UnknownNameError("kind of job", kind, known)
    return known[kind]


def job_function(kind: str) -> JobFunction:
    """Return a kind's function, importing its module now."""
    module, _, name = check_kind(kind).partition(":")
    return cast(JobFunction, getattr(importlib.import_module(module), name))
