"""The record as one object, opened where the planner keeps it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from sqlalchemy import URL

from core.store.agents import AgentStore
from core.store.database import Database, parse_url
from core.store.datasets import DatasetStore
from core.store.decisions import DecisionStore
from core.store.files import FileStore
from core.store.jobs import JobStore
from core.store.migrate import upgrade
from core.store.runs import RunStore
from core.store.settings import SettingStore
from core.store.trouble import guarded

REPOSITORY = Path(__file__).resolve().parents[2]

_opened: dict[tuple[Path, str], Store] = {}
_opening = threading.Lock()


class Store:
    """Everything that is kept: a database, and files by content beside it.

    Safe to share between threads; every process opens its own with ``open_store``.

    Attributes:
        files, datasets, settings, agents, runs, decisions, jobs: The parts.
        home: Folder of the files, logs and (by default) the database.
    """

    def __init__(self, home: Path, database: Database):
        self.home = home
        self._database = database
        self.files = FileStore(home / "files")
        self.datasets = DatasetStore(database, self.files)
        self.settings = SettingStore(database)
        self.agents = AgentStore(database, self.files)
        self.runs = RunStore(database, self.files)
        self.decisions = DecisionStore(database)
        self.jobs = JobStore(database, self.files)

    @property
    def logs(self) -> Path:
        """Folder of the workers' logs."""
        return self.home / "logs"

    @property
    def url(self) -> str:
        """The database's address, password included: for workers, never for a screen."""
        return self._database.url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Close the connections and forget the store, so that the next opening is a new one."""
        with _opening:
            for key in [key for key, store in _opened.items() if store is self]:
                del _opened[key]
        self._database.close()


def default_home() -> Path:
    """Folder named by QUARTERMASTER_HOME, or ``var`` beside the program."""
    named = os.environ.get("QUARTERMASTER_HOME", "").strip()
    return Path(named).expanduser() if named else REPOSITORY / "var"


def open_store(home: Path | None = None, url: str | None = None) -> Store:
    """Open the record, made or upgraded as needed; cheap from the second call on.

    Args:
        home: Folder; None takes QUARTERMASTER_HOME, or ``var`` beside the program.
        url: Database; None takes DATABASE_URL, or quartermaster.db in the folder.

    Raises:
        StorageError: where the folder cannot be written, the database is not reachable or was
            written by a newer Quartermaster.
    """
    with guarded("open the record", str(home or default_home())):
        folder = (home or default_home()).resolve()
    address = _address(folder, url)
    key = (folder, address.render_as_string(hide_password=False))
    with _opening:
        if key not in _opened:
            _opened[key] = _open(folder, address)
        return _opened[key]


def _address(folder: Path, url: str | None) -> URL:
    wanted = url or os.environ.get("DATABASE_URL", "").strip()
    if wanted:
        return parse_url(wanted)
    return URL.create("sqlite", database=str(folder / "quartermaster.db"))


def _open(folder: Path, address: URL) -> Store:
    with guarded("open the record", str(folder)):
        folder.mkdir(parents=True, exist_ok=True)
    database = Database(address)
    try:
        upgrade(database)
    except BaseException:
        database.close()
        raise
    store = Store(folder, database)
    store.files.remove_leftovers()
    return store
