"""Plans and comparisons: everything that went in, and what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from core.domain.errors import StorageError
from core.store._models import RunRow
from core.store.database import Database
from core.store.files import FileStore
from core.store.plain import fingerprint, plain

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One plan or comparison that can be done again.

    Args:
        id: Its number; ``Decision.run_id`` is its text.
        kind: "plan", "comparison" and so on.
        created_at: When.
        inputs: Data hashes, costs, policy, seed, versions.
        inputs_sha256: Fingerprint of the inputs: equal inputs, equal fingerprint.
        result: What came out, as JSON values.
        table_sha256: What came out, as a table in ``store.files``.
    """

    id: int
    kind: str
    created_at: datetime
    inputs: dict[str, Any]
    inputs_sha256: str
    result: dict[str, Any] | None
    table_sha256: str | None


class RunStore:
    """Runs; they are only ever added, but for kept answers that can be worked out again."""

    def __init__(self, database: Database, files: FileStore):
        self._database, self._files = database, files

    def add(
        self,
        kind: str,
        inputs: Mapping[str, Any],
        result: Mapping[str, Any] | None = None,
        table: pd.DataFrame | None = None,
    ) -> RunRecord:
        """Keep a run.

        Raises:
            StorageError: disk full, locked.
        """
        with self._database.write("save the results") as session:
            row = RunRow(
                kind=kind,
                created_at=datetime.now(UTC),
                inputs=plain(inputs),
                inputs_sha256=fingerprint(inputs),
                result=None if result is None else plain(result),
                table_sha256=None if table is None else self._files.put_frame(table),
            )
            session.add(row)
            session.flush()
            return _record(row)

    def get(self, run_id: int) -> RunRecord:
        """Return one run."""
        with self._database.read("read the results") as session:
            row = session.get(RunRow, run_id)
        if row is None:
            raise StorageError("There is no such run", value=run_id)
        return _record(row)

    def list(self, kind: str | None = None, limit: int = 100) -> tuple[RunRecord, ...]:
        """Return the latest runs, newest first."""
        wanted = select(RunRow).order_by(RunRow.id.desc()).limit(limit)
        if kind is not None:
            wanted = wanted.where(RunRow.kind == kind)
        with self._database.read("read the results") as session:
            return tuple(_record(row) for row in session.scalars(wanted))

    def latest(self, kind: str, inputs: Mapping[str, Any] | None = None) -> RunRecord | None:
        """Return the last run of a kind, or the last one with exactly these inputs."""
        wanted = select(RunRow).where(RunRow.kind == kind).order_by(RunRow.id.desc()).limit(1)
        if inputs is not None:
            wanted = wanted.where(RunRow.inputs_sha256 == fingerprint(inputs))
        with self._database.read("read the results") as session:
            row = session.scalars(wanted).first()
        return None if row is None else _record(row)

    def keep_latest(self, kind: str, n: int) -> None:
        """Forget all but the latest runs of a kind, one that nothing refers to.

        Raises:
            StorageError: disk full, locked.
        """
        newest = select(RunRow.id).where(RunRow.kind == kind).order_by(RunRow.id.desc())
        with self._database.write("forget old results") as session:
            last = session.scalars(newest.offset(n).limit(1)).first()
            if last is not None:
                session.execute(delete(RunRow).where(RunRow.kind == kind, RunRow.id <= last))

    def table(self, record: RunRecord) -> pd.DataFrame | None:
        """Return the run's table, if it has one."""
        return None if record.table_sha256 is None else self._files.get_frame(record.table_sha256)


def _record(row: RunRow) -> RunRecord:
    return RunRecord(
        row.id,
        row.kind,
        row.created_at,
        row.inputs,
        row.inputs_sha256,
        row.result,
        row.table_sha256,
    )
