"""Training an agent: started from the page or the command line, done in a worker of its own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from core.agents.config import TrainingConfig
from core.domain import HistoryError, ItemKey, JobError, ParameterError, PlannerError
from core.jobs import JobContext, job_function, submit
from core.policies import Policy
from core.services.agents import check_agent_name, keep_agent
from core.services.assortment import HELD_OUT_SHARE, Assortment, build_assortment, without_tail
from core.services.baselines import BASELINE, fitted_baseline
from core.services.recent_sales import own_past
from core.services.workspace import last_day, load_plan_data
from core.store import AgentRecord, Store

if TYPE_CHECKING:
    from core.agents import TrainedAgent

FINE_TUNING_S = 180.0
"""Seconds of fine-tuning: what is known already needs little time."""

TRAIN = "train"
COMPARING = "Comparing with (s, S)"


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What to train.

    Args:
        name: The agent's name.
        config: Algorithm, time and settings.
        items: Labels of the items to learn; empty for all that can be planned.
        own_sales: Learn from the items' own past, too, and see their recent sales.
        start: Number of the agent to go on with, one made for all items; None to begin anew.
    """

    name: str
    config: TrainingConfig
    items: tuple[str, ...] = ()
    own_sales: bool = False
    start: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Write the request as a job's payload."""
        config, items = asdict(self.config), list(self.items)
        more = {"own_sales": self.own_sales, "start": self.start}
        return {"name": self.name, "config": config, "items": items, **more}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> TrainingRequest:
        """Read a job's payload."""
        config = TrainingConfig.from_json(data["config"])
        own_sales, start = bool(data.get("own_sales", False)), data.get("start")
        return cls(str(data["name"]), config, tuple(data["items"]), own_sales, start)


class _StoppedError(Exception):
    """The planner cancelled while the agent, which is kept already, was being compared."""


def start_training(store: Store, request: TrainingRequest) -> int:
    """Queue a training; returns the job's number.

    Raises:
        PlannerError: where the name is taken, empty or too long.
        ParameterError, UnknownNameError: where a setting cannot be.
        JobError: where there is nothing to train on.
    """
    request.config.check()
    check_agent_name(store, request.name)
    if store.datasets.active("history") is None:
        raise JobError("There are no sales to train on", remedy="Bring them in on the Data page.")
    job_function(TRAIN)  # the worker will need it: better fail here than there
    return submit(store, TRAIN, request.to_json())


def start_fine_tuning(store: Store, record: AgentRecord) -> int:
    """Queue the fine-tuning of an agent on all items that can be planned; returns its number.

    Raises:
        PlannerError: where no free name is left.
        JobError: where there is nothing to train on.
    """
    from core.agents.tuning import LEARNING_RATE

    config = TrainingConfig.preset(
        "quick", "pathwise", time_limit_s=FINE_TUNING_S, learning_rate=LEARNING_RATE
    )
    name = store.agents.free_name(f"{record.name[:40]}, fine-tuned")
    return start_training(store, TrainingRequest(name, config, start=record.id))


def run_training_job(context: JobContext) -> dict[str, Any]:
    """Train, keep the agent under its name, and compare it with (s, S): the worker's function."""
    request = TrainingRequest.from_json(context.payload)
    context.report({"fraction": 0.0, "phase": "Reading your data"})
    assortment = _assortment(context.store)
    lesson, held_out = _lesson(context.store, assortment)
    lesson = _chosen(assortment, lesson, request.items)
    about = {
        "held_out": held_out,
        "data_end": lesson.data.today_index,
        "as_of": last_day(lesson.data.history).isoformat(),
        "is_sample": lesson.data.is_sample,
    }
    agent, bundle = _train(context, request, lesson, about)
    context.keep(bundle)
    summary = {**about, "job": context.job_id, "cancelled": context.was_cancelled()}
    record = keep_agent(context.store, request.name, bundle, summary, use_first=True)
    result = {"agent": record.id, "name": record.name, "ratio": agent.record.validation_ratio}
    return result | _compare(context, assortment, record)


def _train(
    context: JobContext, request: TrainingRequest, lesson: Assortment, about: Mapping[str, Any]
) -> tuple[Any, bytes]:
    from core.agents import Progress, save, train
    from core.agents.sources import FITTED

    context.report({"fraction": 0.0, "phase": "Finding (s, S) for every item"})
    baseline = fitted_baseline(lesson, BASELINE, context.store)

    def on_progress(progress: Progress) -> bool:
        if progress.is_new_best:
            context.keep(progress.best_bundle())
        context.report({**_report(progress), "lesson": about})
        return not context.is_cancelled()

    if request.start is not None:
        agent = _fine_tuned(context.store, request, lesson, baseline, on_progress)
        return agent, save(agent)
    source = own_past(lesson) if request.own_sales else FITTED
    agent = train(
        lesson.problems,
        request.config,
        on_progress,
        baseline=baseline,
        name=request.name,
        source=source,
    )
    return agent, save(agent)


def _fine_tuned(
    store: Store,
    request: TrainingRequest,
    lesson: Assortment,
    baseline: Policy,
    on_progress: Callable[[Any], bool],
) -> TrainedAgent:
    from core.agents import load
    from core.agents.tuning import fine_tune

    assert request.start is not None
    start = load(store.agents.bundle(store.agents.get(request.start)))
    return fine_tune(
        start,
        lesson.problems,
        request.config,
        on_progress,
        baseline=baseline,
        name=request.name,
    )


def _report(progress: Any) -> dict[str, Any]:
    return {
        "fraction": progress.fraction,
        "phase": progress.phase,
        "elapsed_s": progress.elapsed_s,
        "remaining_s": progress.remaining_s,
        "steps": progress.steps,
        "ratio": _number_or_none(progress.cost_ratio),
        "best_ratio": _number_or_none(progress.best_cost_ratio),
    }


def _number_or_none(value: float) -> float | None:
    """Before the first look there is no ratio yet, and JSON knows no infinity."""
    return value if math.isfinite(value) else None


def _compare(context: JobContext, assortment: Assortment, record: AgentRecord) -> dict[str, Any]:
    """Compare an agent that is kept already: what goes wrong here must not lose it."""
    from core.services.comparing import compare_agent

    def tell(share: float, step: str) -> None:
        step = step.partition(":")[0].lower()
        context.report({"fraction": share, "phase": COMPARING, "step": step})
        if context.is_cancelled():
            raise _StoppedError

    if context.was_cancelled():
        return {"compared": False}
    try:
        compare_agent(context.store, assortment, record, tell)
    except _StoppedError:
        return {"compared": False}
    except PlannerError as error:
        return {"compared": False, "not_compared": error.message}
    return {"compared": True}


def _assortment(store: Store) -> Assortment:
    data = load_plan_data(store)
    if data is None:
        raise JobError("There are no sales to train on", remedy="Bring them in on the Data page.")
    return build_assortment(data, store)


def _lesson(store: Store, assortment: Assortment) -> tuple[Assortment, bool]:
    """Return what the agent may learn from: all but the tail, where there is enough."""
    try:
        lesson = build_assortment(without_tail(assortment.data, HELD_OUT_SHARE), store)
    except HistoryError:
        return assortment, False
    return (lesson, True) if lesson.planned else (assortment, False)


def _chosen(assortment: Assortment, lesson: Assortment, labels: Sequence[str]) -> Assortment:
    """Keep the items that the planner chose; all of them where she chose none."""
    if not lesson.planned:
        raise ParameterError(
            "No item can be planned, so there is nothing to train on",
            value=0,
            remedy="See on the Data page why not.",
        )
    if not labels:
        return lesson
    rows = [_row(assortment, lesson, ItemKey.parse(label)) for label in labels]
    return replace(lesson, planned=tuple(lesson.planned[row] for row in rows))


def _row(assortment: Assortment, lesson: Assortment, key: ItemKey) -> int:
    """Return a chosen item's place in the lesson, or say why it is not in it."""
    assortment.row(key)
    if key in lesson.keys:
        return lesson.row(key)
    raise HistoryError(
        lesson.unplannable.get(key, "Its sales begin in the part held back to judge the agent"),
        where=f"item {key.label}",
        remedy="Leave it out; (s, S) decides for it.",
    )
