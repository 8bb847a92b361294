"""Bring the tables to this version's form, whatever version made them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from core.domain.errors import StorageError
from core.store.database import Database
from core.store.locks import file_lock
from core.store.trouble import guarded

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"
_SCRIPTS = Path(__file__).with_name("migrations")


def upgrade(database: Database) -> None:
    """Create or upgrade the tables, all or nothing; does nothing where they are right.

    Raises:
        StorageError: where the record was written by a newer Quartermaster, or the disk or
            database is in trouble.
    """
    with guarded("prepare the record", database.where):
        if database.file is None:
            _upgrade(database)
            return
        database.file.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(database.file.with_suffix(".lock")):
            _upgrade(database)


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings, made here so that no alembic.ini is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(database: Database) -> None:
    with database.engine.connect() as connection:
        if _revision(connection) == HEAD:
            return
    from alembic import command
    from alembic.util import CommandError

    with database.engine.execution_options(quartermaster_write=True).begin() as connection:
        try:
            command.upgrade(alembic_config(connection), "head")
        except CommandError as error:
            raise StorageError(
                "The record was written by a newer Quartermaster",
                value=_revision(connection),
                where=database.where,
                remedy="Update Quartermaster, or set QUARTERMASTER_HOME to another folder.",
            ) from error


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
