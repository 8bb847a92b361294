"""The planner's imported tables: what was read, from which file, and which one counts now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.domain.errors import StorageError
from core.store._models import ActivationRow, DatasetRow
from core.store.database import Database
from core.store.files import FileStore
from core.store.plain import plain

if TYPE_CHECKING:
    import pandas as pd

KINDS = (
    "history",
    "items",
    "stock",
    "open_orders",
    "deliveries",
    "stockout_days",
    "promotions",
    "calendar",
)


@dataclass(frozen=True, slots=True)
class DatasetRecord:
    """One imported table.

    Args:
        id: Its number.
        kind: One of KINDS.
        source_name: Name of the planner's file.
        source_sha256: Name of the original bytes in ``store.files``.
        parquet_sha256: Name of the checked table in ``store.files``.
        n_rows: Rows of the checked table.
        imported_at: When.
        is_sample: Whether it is the sample that Quartermaster brings.
        details: How it was read (mapping, answers, findings), as the importer left it.
    """

    id: int
    kind: str
    source_name: str
    source_sha256: str
    parquet_sha256: str
    n_rows: int
    imported_at: datetime
    is_sample: bool
    details: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class NewDataset:
    """A checked table about to be kept, with the file it came from."""

    kind: str
    source_name: str
    original: bytes
    frame: pd.DataFrame
    is_sample: bool = False
    details: Mapping[str, Any] = field(default_factory=dict)


class DatasetStore:
    """Imported tables; at most one of each kind is active, and each change can be undone."""

    def __init__(self, database: Database, files: FileStore):
        self._database, self._files = database, files

    def add(self, *new: NewDataset) -> tuple[DatasetRecord, ...]:
        """Keep tables and make them the active ones, all of them or none.

        Raises:
            StorageError: disk full, locked; the tables that were active stay so.
        """
        with self._database.write("save the imported data") as session:
            rows = [self._row(one) for one in new]
            session.add_all(rows)
            session.flush()
            for row in rows:
                _activate(session, row.kind, row.id)
            return tuple(_record(row) for row in rows)

    def active(self, kind: str) -> DatasetRecord | None:
        """Return the table of that kind that counts now, if there is one."""
        return self.all_active().get(kind)

    def all_active(self) -> dict[str, DatasetRecord]:
        """Return the active tables by kind."""
        with self._database.read("read the imported data") as session:
            ids = {kind: _active_id(session, kind) for kind in KINDS}
            wanted = select(DatasetRow).where(DatasetRow.id.in_([i for i in ids.values() if i]))
            rows = session.scalars(wanted).all()
        return {row.kind: _record(row) for row in rows}

    def activate(self, dataset_id: int) -> DatasetRecord:
        """Make an earlier table the active one of its kind."""
        with self._database.write("change the active data") as session:
            row = _existing(session, dataset_id)
            if _active_id(session, row.kind) != row.id:
                _activate(session, row.kind, row.id)
            return _record(row)

    def deactivate(self, kind: str) -> None:
        """Set the active table of a kind aside, so that there is none."""
        with self._database.write("change the active data") as session:
            if _active_id(session, kind) is not None:
                _activate(session, kind, None)

    def undo(self, kind: str) -> DatasetRecord | None:
        """Go back to what was active before the last change; returns that.

        Raises:
            StorageError: where there is nothing to undo.
        """
        with self._database.write("undo the last import") as session:
            last = session.scalars(_activations(kind)).first()
            if last is None:
                what = f"There is no earlier import of {kind} to go back to"
                raise StorageError(what)
            last.undone_at = datetime.now(UTC)
            session.flush()
            dataset_id = _active_id(session, kind)
            return None if dataset_id is None else _record(_existing(session, dataset_id))

    def n_changes(self, kind: str) -> int:
        """Return how many changes of the active table can still be undone."""
        wanted = select(func.count()).select_from(ActivationRow)
        wanted = wanted.where(ActivationRow.kind == kind, ActivationRow.undone_at.is_(None))
        with self._database.read("read the imported data") as session:
            return session.scalar(wanted) or 0

    def previous(self, kind: str) -> DatasetRecord | None:
        """Return the table that undoing the last change would bring back, if there was one."""
        with self._database.read("read the imported data") as session:
            rows = session.scalars(_activations(kind).limit(2)).all()
            dataset_id = rows[1].dataset_id if len(rows) > 1 else None
            return None if dataset_id is None else _record(_existing(session, dataset_id))

    def get(self, dataset_id: int) -> DatasetRecord:
        """Return one table's record."""
        with self._database.read("read the imported data") as session:
            return _record(_existing(session, dataset_id))

    def list(self, kind: str | None = None) -> tuple[DatasetRecord, ...]:
        """Return all imported tables, newest first."""
        wanted = select(DatasetRow).order_by(DatasetRow.id.desc())
        if kind is not None:
            wanted = wanted.where(DatasetRow.kind == kind)
        with self._database.read("read the imported data") as session:
            return tuple(_record(row) for row in session.scalars(wanted))

    def frame(self, record: DatasetRecord) -> pd.DataFrame:
        """Return the checked table."""
        return self._files.get_frame(record.parquet_sha256)

    def original(self, record: DatasetRecord) -> bytes:
        """Return the planner's file as she gave it."""
        return self._files.get_bytes(record.source_sha256)

    def _row(self, new: NewDataset) -> DatasetRow:
        assert new.kind in KINDS, new.kind
        return DatasetRow(
            kind=new.kind,
            source_name=new.source_name,
            source_sha256=self._files.put_bytes(new.original),
            parquet_sha256=self._files.put_frame(new.frame),
            n_rows=len(new.frame),
            imported_at=datetime.now(UTC),
            is_sample=new.is_sample,
            details=plain(new.details),
        )


def _activations(kind: str) -> Select[ActivationRow]:
    wanted = select(ActivationRow).where(
        ActivationRow.kind == kind, ActivationRow.undone_at.is_(None)
    )
    return wanted.order_by(ActivationRow.id.desc()).limit(1)


def _active_id(session: Session, kind: str) -> int | None:
    last = session.scalars(_activations(kind)).first()
    return None if last is None else last.dataset_id


def _activate(session: Session, kind: str, dataset_id: int | None) -> None:
    now = datetime.now(UTC)
    session.add(ActivationRow(kind=kind, dataset_id=dataset_id, activated_at=now))
    session.flush()


def _existing(session: Session, dataset_id: int) -> DatasetRow:
    row = session.get(DatasetRow, dataset_id)
    if row is None:
        raise StorageError("There is no such import", value=dataset_id, where="the Data page")
    return row


def _record(row: DatasetRow) -> DatasetRecord:
    return DatasetRecord(
        row.id,
        row.kind,
        row.source_name,
        row.source_sha256,
        row.parquet_sha256,
        row.n_rows,
        row.imported_at,
        row.is_sample,
        dict(row.details),
    )
