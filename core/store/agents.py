"""Trained and uploaded agents by name; their bundles are files, never code."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.domain.errors import PlannerError, UnknownNameError
from core.store._models import AgentRow
from core.store.database import Database
from core.store.files import FileStore
from core.store.plain import plain
from core.store.references import drop_unneeded

MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class AgentRecord:
    """One agent: its name, how it learned, and what is known of it.

    ``summary`` is whatever the training or upload left: scores, items, costs, versions.
    """

    id: int
    name: str
    algorithm: str
    created_at: datetime
    bundle_sha256: str
    summary: dict[str, Any]
    active: bool


@dataclass(frozen=True, slots=True)
class NewAgent:
    """An agent about to be kept."""

    name: str
    algorithm: str
    bundle: bytes
    summary: Mapping[str, Any]


class AgentStore:
    """Agents; names are unique whatever their case, and at most one agent is active."""

    def __init__(self, database: Database, files: FileStore):
        self._database, self._files = database, files

    def add(self, new: NewAgent, *, activate: bool = False) -> AgentRecord:
        """Keep an agent.

        Raises:
            PlannerError: where the name is taken, empty or too long; proposes a free one.
            StorageError: disk full, locked.
        """
        with self._database.write("save the agent") as session:
            name = _free_name(session, new.name)
            row = AgentRow(
                name=name,
                name_key=_key(name),
                algorithm=new.algorithm,
                created_at=datetime.now(UTC),
                bundle_sha256=self._files.put_bytes(new.bundle),
                summary=plain(new.summary),
                active=False,
            )
            session.add(row)
            session.flush()
            if activate:
                _make_active(session, row)
            return _record(row)

    def list(self) -> tuple[AgentRecord, ...]:
        """Return all agents, newest first."""
        with self._database.read("read the agents") as session:
            rows = session.scalars(select(AgentRow).order_by(AgentRow.id.desc()))
            return tuple(_record(row) for row in rows)

    def get(self, agent_id: int) -> AgentRecord:
        """Return one agent by number."""
        with self._database.read("read the agents") as session:
            return _record(_existing(session, agent_id))

    def find(self, name: str) -> AgentRecord:
        """Return one agent by name, whatever its case.

        Raises:
            UnknownNameError: says which one was probably meant.
        """
        with self._database.read("read the agents") as session:
            row = _by_name(session, name)
            if row is None:
                raise UnknownNameError("agent", name, session.scalars(select(AgentRow.name)))
            return _record(row)

    def active(self) -> AgentRecord | None:
        """Return the agent in use; None means (s, S) everywhere."""
        with self._database.read("read the agents") as session:
            row = session.scalars(select(AgentRow).where(AgentRow.active)).first()
            return None if row is None else _record(row)

    def activate(self, agent_id: int | None) -> AgentRecord | None:
        """Make an agent the one in use; None goes back to (s, S) everywhere."""
        with self._database.write("change the agent in use") as session:
            row = None if agent_id is None else _existing(session, agent_id)
            _make_active(session, row)
            return None if row is None else _record(row)

    def rename(self, agent_id: int, name: str) -> AgentRecord:
        """Give an agent another name; see add for what can be wrong with it."""
        with self._database.write("rename the agent") as session:
            row = _existing(session, agent_id)
            row.name = _free_name(session, name, of=row.id)
            row.name_key = _key(row.name)
            return _record(row)

    def update_summary(self, agent_id: int, summary: Mapping[str, Any]) -> AgentRecord:
        """Add to what is known of an agent, e.g. a later score; other entries stay."""
        with self._database.write("save what is known of the agent") as session:
            row = _existing(session, agent_id)
            row.summary = {**row.summary, **plain(summary)}
            return _record(row)

    def delete(self, agent_id: int) -> None:
        """Delete an agent and its bundle; was it in use, (s, S) takes over."""
        with self._database.write("delete the agent") as session:
            row = _existing(session, agent_id)
            session.delete(row)
            drop_unneeded(session, self._files, row.bundle_sha256)

    def bundle(self, record: AgentRecord) -> bytes:
        """Return the agent's bundle, checked against its hash."""
        return self._files.get_bytes(record.bundle_sha256)

    def check_name(self, name: str) -> None:
        """Refuse a name that ``add`` would refuse.

        Raises:
            PlannerError: where it is taken, empty or too long; proposes a free one.
        """
        with self._database.read("read the agents") as session:
            _free_name(session, name)

    def free_name(self, wish: str) -> str:
        """Return the wish, or the wish with the next free number behind it."""
        with self._database.read("read the agents") as session:
            return _numbered(session, _tidy(wish))


def _key(name: str) -> str:
    return name.casefold()


def _tidy(name: str) -> str:
    shown = "".join(c for c in unicodedata.normalize("NFC", name) if c.isprintable())
    return " ".join(shown.split())


def _free_name(session: Session, wish: str, of: int | None = None) -> str:
    name = _tidy(wish)
    if not name:
        raise PlannerError("An agent needs a name", remedy="Type one.")
    if len(name) > MAX_NAME:
        raise PlannerError(
            f"An agent's name may have {MAX_NAME} characters at most",
            value=len(name),
            remedy="Choose a shorter one.",
        )
    holder = _by_name(session, name)
    if holder is not None and holder.id != of:
        raise PlannerError(
            f"There is already an agent {holder.name!r}",
            remedy=f"Choose another, for example {_numbered(session, name)!r}, "
            "or rename or delete the old one.",
        )
    return name


def _numbered(session: Session, name: str) -> str:
    taken = set(session.scalars(select(AgentRow.name_key)))
    wish, number = name[:MAX_NAME], 1
    while _key(wish) in taken:
        number += 1
        tail = f" {number}"
        wish = name[: MAX_NAME - len(tail)].rstrip() + tail
    return wish


def _by_name(session: Session, name: str) -> AgentRow | None:
    return session.scalars(select(AgentRow).where(AgentRow.name_key == _key(_tidy(name)))).first()


def _existing(session: Session, agent_id: int) -> AgentRow:
    row = session.get(AgentRow, agent_id)
    if row is None:
        raise PlannerError(
            f"Agent number {agent_id} is no longer there",
            remedy="It was deleted, perhaps in another window. Reload the page.",
        )
    return row


def _make_active(session: Session, row: AgentRow | None) -> None:
    session.execute(update(AgentRow).where(AgentRow.active).values(active=False))
    if row is not None:
        row.active = True
        session.flush()


def _record(row: AgentRow) -> AgentRecord:
    return AgentRecord(
        row.id,
        row.name,
        row.algorithm,
        row.created_at,
        row.bundle_sha256,
        dict(row.summary),
        row.active,
    )
