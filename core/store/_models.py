"""The tables, private to the store: the outside sees frozen records only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, MetaData, String, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: kept in UTC, always handed out aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; a time without a zone is our own bug."""
        assert value is None or value.tzinfo is not None
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware time; SQLite hands out the UTC one without its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        datetime: UtcDateTime,
        dict[str, Any]: JSON(none_as_null=True),
        str: Text(),
    }


_Sha = String(64)
_Word = String(80)


class DatasetRow(Base):
    """One imported table of the planner."""

    __tablename__ = "datasets"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(_Word, index=True)
    source_name: Mapped[str]
    source_sha256: Mapped[str] = mapped_column(_Sha)
    parquet_sha256: Mapped[str] = mapped_column(_Sha)
    n_rows: Mapped[int]
    imported_at: Mapped[datetime]
    is_sample: Mapped[bool]
    details: Mapped[dict[str, Any]]


class ActivationRow(Base):
    """Which dataset of a kind counts; the last one not undone wins."""

    __tablename__ = "dataset_activations"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(_Word, index=True)
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("datasets.id"))
    activated_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class SettingRow(Base):
    """One version of one setting."""

    __tablename__ = "settings"
    __table_args__ = (UniqueConstraint("key", "version"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(_Word)
    version: Mapped[int]
    value: Mapped[Any] = mapped_column(JSON)
    changed_at: Mapped[datetime]


class AgentRow(Base):
    """One trained or uploaded agent; its bundle is a file."""

    __tablename__ = "agents"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    name_key: Mapped[str] = mapped_column(String(240), unique=True)
    algorithm: Mapped[str] = mapped_column(_Word)
    created_at: Mapped[datetime]
    bundle_sha256: Mapped[str] = mapped_column(_Sha)
    summary: Mapped[dict[str, Any]]
    active: Mapped[bool]


class RunRow(Base):
    """One plan or comparison: what went in, what came out."""

    __tablename__ = "runs"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(_Word, index=True)
    created_at: Mapped[datetime]
    inputs: Mapped[dict[str, Any]]
    inputs_sha256: Mapped[str] = mapped_column(_Sha, index=True)
    result: Mapped[dict[str, Any] | None]
    table_sha256: Mapped[str | None] = mapped_column(_Sha)


class DecisionRow(Base):
    """One decision; rows are only ever added."""

    __tablename__ = "decisions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(index=True)
    location: Mapped[str]
    choice: Mapped[str] = mapped_column(_Word)
    quantity: Mapped[float]
    proposed_quantity: Mapped[float]
    baseline_quantity: Mapped[float]
    agent_quantity: Mapped[float | None]
    reason: Mapped[str]
    note: Mapped[str]
    planner: Mapped[str]
    decided_at: Mapped[datetime]
    run_id: Mapped[str] = mapped_column(_Word, index=True)
    situation: Mapped[str] = mapped_column(_Sha, default="", server_default="")
    reverts: Mapped[int | None] = mapped_column(ForeignKey("decisions.number"), unique=True)


class JobRow(Base):
    """One piece of long work and how it stands."""

    __tablename__ = "jobs"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(_Word)
    payload: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(20), index=True)
    created_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    n_launches: Mapped[int]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    host: Mapped[str] = mapped_column(default="")
    pid: Mapped[int | None]
    pid_token: Mapped[str] = mapped_column(default="")
    heartbeat_at: Mapped[datetime | None]
    progress: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str] = mapped_column(default="")
    checkpoint_sha256: Mapped[str | None] = mapped_column(_Sha)


class JobPointRow(Base):
    """One point of a job's learning curve."""

    __tablename__ = "job_points"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    reported_at: Mapped[datetime]
    point: Mapped[dict[str, Any]]
