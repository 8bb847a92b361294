"""Which files are still needed, so that a superseded one can go."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.store._models import AgentRow, DatasetRow, JobRow, RunRow
from core.store.files import FileStore

_COLUMNS = (
    AgentRow.bundle_sha256,
    JobRow.checkpoint_sha256,
    DatasetRow.source_sha256,
    DatasetRow.parquet_sha256,
    RunRow.table_sha256,
)


def is_needed(session: Session, sha256: str) -> bool:
    """Whether any record points at the file."""
    return any(
        session.execute(select(column).where(column == sha256).limit(1)).first() is not None
        for column in _COLUMNS
    )


def drop_unneeded(session: Session, files: FileStore, sha256: str | None) -> None:
    """Delete the file if no record points at it.

    Call it inside a write session: records and their files are only made while holding the
    writer's turn, so nobody can come to need the file in between.
    """
    session.flush()
    if sha256 is not None and not is_needed(session, sha256):
        files.delete(sha256)
