"""The database: SQLite in the home folder, or PostgreSQL by DATABASE_URL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from core.domain.errors import StorageError
from core.store.plain import to_json
from core.store.trouble import guarded

BUSY_TIMEOUT_MS = 10_000
_WRITER_LOCK = 7_245_001  # any fixed number: PostgreSQL writers take turns as SQLite's do


class Database:
    """Connections, and the two ways to use them: read and write.

    Writers take turns from their first statement on, between threads and processes, so that a
    read followed by a write in one transaction never loses what another window saved.
    """

    def __init__(self, url: URL):
        self.url = url
        self.where = url.render_as_string(hide_password=True)
        self.engine = _engine(url)
        self._writer = self.engine.execution_options(quartermaster_write=True)

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a server."""
        return sqlite_file(self.url)

    @contextmanager
    def read(self, doing: str) -> Iterator[Session]:
        """Open a session that sees one consistent state."""
        with guarded(doing, self.where), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, doing: str) -> Iterator[Session]:
        """Open a session that holds the writer's turn; commits at the end, or nothing at all.

        Raises:
            StorageError: disk full, locked for longer than 10 s, read-only, not reachable.
        """
        with (
            guarded(doing, self.where),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def parse_url(url: str) -> URL:
    """Read DATABASE_URL; ``postgres://`` is understood as well.

    Raises:
        StorageError: where it is no database URL, or an SQLite one without a file.
    """
    remedy = "Write sqlite:////folder/file.db or postgresql://user:password@host/name."
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise StorageError("DATABASE_URL is not a database address", remedy=remedy) from error
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise StorageError("DATABASE_URL must be SQLite or PostgreSQL", value=kind, remedy=remedy)
    if kind == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StorageError("DATABASE_URL names no SQLite file", value=url, remedy=remedy)
    return parsed


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite URL; None for a server."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(
            url, json_serializer=to_json, json_deserializer=json.loads, pool_pre_ping=True
        )
    except (ModuleNotFoundError, exc.NoSuchModuleError) as error:
        raise StorageError(
            "The driver for DATABASE_URL is not installed",
            value=url.drivername,
            remedy='Run: .venv/bin/pip install "psycopg[binary]"',
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_server)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # our own BEGIN below, so that DDL is transactional too
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _is_writer(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("quartermaster_write"))


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _is_writer(connection) else "BEGIN")


def _begin_server(connection: Connection) -> None:
    if _is_writer(connection):
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"))
