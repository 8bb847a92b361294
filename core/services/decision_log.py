"""Who decided what, and why: the log as the planner reads it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from core.domain import Decision, ItemKey
from core.services.workspace import PlanData
from core.store import DecisionRecord, RunRecord, Store

STANDS, UNDONE, UNDO, OVER, REPLACED = "stands", "undone", "undo", "earlier data", "replaced"
_MOST_PLANS = 1000


@dataclass(frozen=True, eq=False)
class LogLine:
    """One line of the log.

    Args:
        record: As kept.
        status: stands, replaced (by a later decision), undone, undo, or earlier data.
        policy: Who proposed, as chosen then: auto, agent, or a rule.
        data: Fingerprint of the data that it was decided on.
    """

    record: DecisionRecord
    status: str
    policy: str
    data: str

    @property
    def decision(self) -> Decision:
        """What was decided."""
        return self.record.decision

    @property
    def key(self) -> ItemKey:
        """Item and location."""
        return self.record.decision.key

    @property
    def what(self) -> str:
        """approved, adjusted, rejected, or undo of one of them."""
        choice = self.decision.choice.value
        return choice if self.record.reverts is None else f"undo of {choice}"

    @property
    def deviation(self) -> float:
        """Final against proposed quantity as a share; nan where nothing was proposed."""
        proposed = self.decision.proposed_quantity
        if proposed == 0:
            return 0.0 if self.decision.quantity == 0 else math.nan
        return self.decision.quantity / proposed - 1

    @property
    def can_be_undone(self) -> bool:
        """Whether it counts for today's orders."""
        return self.status == STANDS


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines to show; empty means all.

    Args:
        search: Part of an item's code.
        planners, choices, reasons, statuses: Wanted.
    """

    search: str = ""
    planners: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def keeps(self, line: LogLine) -> bool:
        """Whether a line is wanted."""
        wanted = (
            (self.planners, line.decision.planner),
            (self.choices, line.what),
            (self.reasons, line.decision.reason),
            (self.statuses, line.status),
        )
        found = self.search.strip().casefold() in line.key.label.casefold()
        return found and all(not some or value in some for some, value in wanted)


def decision_log(store: Store, today: PlanData) -> tuple[LogLine, ...]:
    """Return the whole log, newest first.

    Args:
        store: The record.
        today: The planner's data; decisions on an item that has changed since are over.
    """
    runs = {str(run.id): run for run in store.runs.list("plan", limit=_MOST_PLANS)}
    records = store.decisions.list()
    counting = {r.number for r in records if today.counts_today(r.decision)}
    last = _last_standing(records, counting)
    return tuple(_line(record, runs, counting, last) for record in records)


def filtered(lines: Sequence[LogLine], wanted: LogFilter) -> tuple[LogLine, ...]:
    """Return the lines that a filter keeps."""
    return tuple(line for line in lines if wanted.keeps(line))


def _last_standing(records: Sequence[DecisionRecord], counting: Set[int]) -> frozenset[int]:
    """Number the decisions that count: the newest on each item that was not undone."""
    newest: dict[ItemKey, int] = {}
    for record in records:
        if record.stands and record.number in counting:
            newest.setdefault(record.decision.key, record.number)
    return frozenset(newest.values())


def _line(
    record: DecisionRecord,
    runs: Mapping[str, RunRecord],
    counting: Set[int],
    last: frozenset[int],
) -> LogLine:
    run = runs.get(record.decision.run_id)
    policy = "" if run is None else str(run.inputs.get("mode", ""))
    data = _data_of(record, runs)
    status = _status(record, record.number in counting, last)
    return LogLine(record, status, policy, data)


def _status(record: DecisionRecord, is_todays: bool, last: frozenset[int]) -> str:
    if record.reverts is not None:
        return UNDO
    if record.reverted:
        return UNDONE
    if not is_todays:
        return OVER
    return STANDS if record.number in last else REPLACED


def _data_of(record: DecisionRecord, runs: Mapping[str, RunRecord]) -> str:
    run = runs.get(record.decision.run_id)
    return "" if run is None else str(run.inputs.get("data", ""))
