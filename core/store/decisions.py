"""What planners decided: only ever added to, an undo included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.domain.errors import StorageError
from core.domain.items import ItemKey
from core.domain.orders import Choice, Decision
from core.store._models import DecisionRow
from core.store.database import Database


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One line of the log.

    Args:
        number: Its place in the log.
        decision: What was decided; of an undo: what was undone, by whom and when.
        reverts: The number that this line undoes; None for a decision.
        reverted: Whether a later line undid this one.
    """

    number: int
    decision: Decision
    reverts: int | None
    reverted: bool

    @property
    def stands(self) -> bool:
        """Whether it is a decision that was not undone."""
        return self.reverts is None and not self.reverted


class DecisionStore:
    """The log of decisions."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, *decisions: Decision) -> tuple[DecisionRecord, ...]:
        """Append decisions, all of them or none.

        Raises:
            StorageError: disk full, locked.
        """
        with self._database.write("save the decision") as session:
            rows = [_row(decision) for decision in decisions]
            session.add_all(rows)
            session.flush()
            return tuple(_record(row, reverted=False) for row in rows)

    def list(
        self, key: ItemKey | None = None, run_id: str | None = None, limit: int | None = None
    ) -> tuple[DecisionRecord, ...]:
        """Return the log, newest first, of one item or one run if asked."""
        undo = aliased(DecisionRow)
        wanted = select(DecisionRow, undo.number).outerjoin(
            undo, undo.reverts == DecisionRow.number
        )
        wanted = wanted.order_by(DecisionRow.number.desc()).limit(limit)
        if key is not None:
            wanted = wanted.where(
                DecisionRow.item == key.item, DecisionRow.location == key.location
            )
        if run_id is not None:
            wanted = wanted.where(DecisionRow.run_id == run_id)
        with self._database.read("read the decisions") as session:
            found = session.execute(wanted).all()
        return tuple(_record(row, reverted=number is not None) for row, number in found)

    def standing(
        self, counts: Callable[[Decision], bool] = lambda _: True
    ) -> dict[ItemKey, DecisionRecord]:
        """Return the last decision on each item that was not undone and that still counts.

        Args:
            counts: Whether a decision counts for today; all do by default.
        """
        return {
            record.decision.key: record
            for record in reversed(self.list())
            if record.stands and counts(record.decision)
        }

    def undo(self, number: int, planner: str) -> DecisionRecord:
        """Append a line that undoes a decision; nothing is erased.

        Raises:
            StorageError: where it is no decision, or was undone already (in another window).
        """
        with self._database.write("undo the decision") as session:
            row = _undoable(session, number)
            values = {name: getattr(row, name) for name in _COPIED}
            values |= {"planner": planner, "decided_at": datetime.now(UTC), "reverts": number}
            undo = DecisionRow(**values)
            session.add(undo)
            session.flush()
            return _record(undo, reverted=False)


_COPIED = (
    "item",
    "location",
    "choice",
    "quantity",
    "proposed_quantity",
    "baseline_quantity",
    "agent_quantity",
    "reason",
    "note",
    "run_id",
    "situation",
)


def _undoable(session: Session, number: int) -> DecisionRow:
    row = session.get(DecisionRow, number)
    if row is None or row.reverts is not None:
        raise StorageError("There is no such decision to undo", value=number)
    done = session.scalars(select(DecisionRow).where(DecisionRow.reverts == number)).first()
    if done is not None:
        raise StorageError(
            "This decision was undone already",
            where=f"item {row.item}, by {done.planner}",
            remedy="Reload the page to see it.",
        )
    return row


def _row(decision: Decision) -> DecisionRow:
    return DecisionRow(
        item=decision.key.item,
        location=decision.key.location,
        choice=decision.choice.value,
        quantity=float(decision.quantity),
        proposed_quantity=float(decision.proposed_quantity),
        baseline_quantity=float(decision.baseline_quantity),
        agent_quantity=None if decision.agent_quantity is None else float(decision.agent_quantity),
        reason=decision.reason,
        note=decision.note,
        planner=decision.planner,
        decided_at=decision.decided_at,
        run_id=decision.run_id,
        situation=decision.situation,
    )


def _record(row: DecisionRow, *, reverted: bool) -> DecisionRecord:
    decision = Decision(
        key=ItemKey(row.item, row.location),
        choice=Choice(row.choice),
        quantity=row.quantity,
        proposed_quantity=row.proposed_quantity,
        baseline_quantity=row.baseline_quantity,
        agent_quantity=row.agent_quantity,
        reason=row.reason,
        note=row.note,
        planner=row.planner,
        decided_at=row.decided_at,
        run_id=row.run_id,
        situation=row.situation,
    )
    return DecisionRecord(row.number, decision, row.reverts, reverted)
