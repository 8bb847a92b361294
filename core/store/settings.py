"""What the planner set: costs, rules, mappings; every version is kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.domain.errors import StorageError
from core.store._models import SettingRow
from core.store.database import Database
from core.store.plain import plain

KEPT_VERSIONS = 50


@dataclass(frozen=True, slots=True)
class SettingRecord:
    """One version of a setting; version 1 is the first."""

    key: str
    value: Any
    version: int
    changed_at: datetime


class SettingStore:
    """Settings by name; a value is anything JSON can hold (NaN and infinity become None)."""

    def __init__(self, database: Database):
        self._database = database

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value, or the default where it was never set."""
        record = self.record(key)
        return default if record is None else record.value

    def record(self, key: str) -> SettingRecord | None:
        """Return the value with its version, for ``set(..., expected_version=...)``."""
        with self._database.read("read the settings") as session:
            row = _latest(session, key)
        return None if row is None else _record(row)

    def set(self, key: str, value: Any, *, expected_version: int | None = None) -> SettingRecord:
        """Save a value; the same value again makes no new version.

        Args:
            key: Name of the setting.
            value: Anything JSON can hold.
            expected_version: The version that was shown when the planner began to edit (0 where
                there was none); None saves whatever happened since.

        Raises:
            StorageError: where another window changed it since then.
        """
        with self._database.write("save the settings") as session:
            row = _latest(session, key)
            found = 0 if row is None else row.version
            if expected_version is not None and expected_version != found:
                raise StorageError(
                    "This was changed in another window since you opened it",
                    where=key,
                    remedy="Reload the page to see the change, then make yours again.",
                )
            return _append(session, key, value, row)

    def update(self, key: str, change: Callable[[Any], Any], default: Any = None) -> SettingRecord:
        """Replace a value by change(value) while nobody else can write.

        Use it where two windows may edit different parts of one value: neither loses hers.
        """
        with self._database.write("save the settings") as session:
            row = _latest(session, key)
            value = change(default if row is None else row.value)
            return _append(session, key, value, row)

    def history(self, key: str) -> tuple[SettingRecord, ...]:
        """Return the kept versions, newest first."""
        with self._database.read("read the settings") as session:
            rows = session.scalars(_versions(key)).all()
        return tuple(_record(row) for row in rows)

    def remove(self, key: str) -> None:
        """Forget a setting with all its versions."""
        with self._database.write("save the settings") as session:
            session.execute(delete(SettingRow).where(SettingRow.key == key))

    def all(self, prefix: str = "") -> dict[str, Any]:
        """Return the present values of all settings whose name starts with the prefix."""
        with self._database.read("read the settings") as session:
            wanted = select(SettingRow).where(SettingRow.key.startswith(prefix, autoescape=True))
            rows = session.scalars(wanted.order_by(SettingRow.key, SettingRow.version)).all()
        return {row.key: row.value for row in rows}


def _versions(key: str) -> Any:
    return select(SettingRow).where(SettingRow.key == key).order_by(SettingRow.version.desc())


def _latest(session: Session, key: str) -> SettingRow | None:
    row: SettingRow | None = session.scalars(_versions(key).limit(1)).first()
    return row


def _append(session: Session, key: str, value: Any, old: SettingRow | None) -> SettingRecord:
    value = plain(value)
    if old is not None and old.value == value and type(old.value) is type(value):
        return _record(old)
    version = 1 if old is None else old.version + 1
    row = SettingRow(key=key, version=version, value=value, changed_at=datetime.now(UTC))
    session.add(row)
    aged = (SettingRow.key == key, SettingRow.version <= version - KEPT_VERSIONS)
    session.execute(delete(SettingRow).where(*aged))
    return _record(row)


def _record(row: SettingRow) -> SettingRecord:
    return SettingRecord(row.key, row.value, row.version, row.changed_at)
