"""Opening, upgrading and sharing the record, and what is said when that fails."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, redirect_stdout
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.domain import StorageError
from core.store import REPOSITORY, Store, database, migrate, open_store
from core.store._models import Base

COUNT_TO_30 = """
from core.store import open_store
store = open_store()
for _ in range(30):
    store.settings.update("count", lambda n: n + 1, default=0)
"""


def test_opening_makes_the_record_once_and_is_then_cheap(store: Store) -> None:
    assert (store.home / "quartermaster.db").exists()
    assert open_store() is store
    store.settings.set("currency", "EUR")
    store.close()
    again = open_store()
    assert again is not store
    assert again.settings.get("currency") == "EUR"
    again.close()


def test_migrations_end_in_the_tables_that_the_program_uses(store: Store) -> None:
    with store._database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    script = ScriptDirectory.from_config(migrate.alembic_config())
    assert script.get_current_head() == migrate.HEAD


def test_migrations_also_speak_postgresql() -> None:
    config, sql = migrate.alembic_config(), io.StringIO()
    config.attributes["dialect"] = "postgresql"
    config.output_buffer = sql
    with redirect_stdout(sql):
        command.upgrade(config, "head", sql=True)
    assert "id SERIAL NOT NULL" in sql.getvalue()
    assert "decided_at TIMESTAMP WITH TIME ZONE NOT NULL" in sql.getvalue()


def test_going_back_to_empty_and_up_again_works(store: Store) -> None:
    with store._database.engine.begin() as connection:
        command.downgrade(migrate.alembic_config(connection), "base")
    migrate.upgrade(store._database)
    assert store.agents.list() == ()


def test_an_upgrade_that_breaks_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    def break_off(*_: object, **__: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_index", break_off)
        with pytest.raises(RuntimeError):
            open_store()
    with closing(sqlite3.connect(tmp_path / "home" / "quartermaster.db")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    opened = open_store()
    assert opened.agents.list() == ()
    opened.close()


def test_a_record_of_a_newer_program_is_refused_in_words(store: Store) -> None:
    with store._database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StorageError, match=r"newer Quartermaster.*9999.*Update"):
        open_store()


def test_two_processes_that_start_at_once_lose_nothing() -> None:
    start = [sys.executable, "-c", COUNT_TO_30]
    both = [subprocess.Popen(start, cwd=REPOSITORY) for _ in range(2)]
    assert [one.wait(timeout=60) for one in both] == [0, 0]
    store = open_store()
    assert store.settings.get("count") == 60
    store.close()


def test_two_windows_of_one_process_lose_nothing(store: Store) -> None:
    def count() -> None:
        for _ in range(25):
            store.settings.update("count", lambda n: n + 1, default=0)

    windows = [threading.Thread(target=count) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert store.settings.get("count") == 100


def test_a_lock_held_by_another_program_is_said_in_words(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    store.close()
    hurried = open_store()
    holder = sqlite3.connect(hurried.home / "quartermaster.db")
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"another window or program is writing"):
        hurried.settings.set("currency", "EUR")
    holder.rollback()
    holder.close()
    assert hurried.settings.set("currency", "EUR").version == 1
    hurried.close()


def test_a_full_disk_undoes_the_whole_write(store: Store) -> None:
    store.settings.set("currency", "EUR")
    with store._database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store.close()  # the limit below holds per connection
    tight = open_store()
    with tight._database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StorageError, match=r"the disk is full.*Nothing that was saved before"):
        tight.settings.set("notes", "x" * 100_000)
    assert tight.settings.all() == {"currency": "EUR"}
    tight.close()


def test_a_file_that_is_no_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "quartermaster.db").write_text("my notes, not a database" * 50)
    with pytest.raises(StorageError, match=r"file is damaged.*backup"):
        open_store()


def test_a_home_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file stands in the way")
    with pytest.raises(StorageError, match="Could not open the record"):
        open_store()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "not a database address"),
        ("mysql://host/name", "must be SQLite or PostgreSQL"),
        ("sqlite://", "names no SQLite file"),
    ],
)
def test_a_wrong_database_url_is_said_in_words(
    monkeypatch: pytest.MonkeyPatch, url: str, words: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(StorageError, match=words):
        open_store()


def test_database_url_may_name_another_sqlite_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "else where" / "100%.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{elsewhere}")
    store = open_store()
    assert elsewhere.exists()
    assert os.listdir(store.home) == []
    store.close()
