"""Say in words why the record could not be read or written."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from core.domain.errors import StorageError

_KEPT = "Nothing that was saved before is lost."
_OS_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space and try again."),
    errno.EDQUOT: ("your disk quota is used up", "Free some space and try again."),
    errno.EACCES: ("access is denied", "Give yourself write access to that folder."),
    errno.EPERM: ("access is denied", "Give yourself write access to that folder."),
    errno.EROFS: ("the disk is read-only", "Set QUARTERMASTER_HOME to a folder you may write."),
    errno.ENOENT: ("the file or folder is gone", "Put it back, or restart Quartermaster."),
    errno.EMFILE: ("too many files are open", "Restart Quartermaster and try again."),
}
_DB_REASONS = {
    "disk is full": _OS_REASONS[errno.ENOSPC],
    "no space left": _OS_REASONS[errno.ENOSPC],
    "locked": ("another window or program is writing to it", "Try again in a moment."),
    "readonly": ("it is read-only", "Give yourself write access to the file and its folder."),
    "unable to open": ("its file cannot be opened", "Check QUARTERMASTER_HOME and its access."),
    "malformed": ("its file is damaged", "Put a backup of quartermaster.db in its place."),
    "not a database": ("its file is damaged", "Put a backup of quartermaster.db in its place."),
    "disk i/o error": ("the disk reports an error", "Check the disk and its free space."),
    "connect": ("the database does not answer", "Check DATABASE_URL and that it is running."),
}


@contextmanager
def guarded(doing: str, where: str = "") -> Iterator[None]:
    """Turn disk and database trouble into a StorageError in words.

    Args:
        doing: What was being done, e.g. "save the agent".
        where: File, folder or database.

    Raises:
        StorageError: disk full, locked, read-only, damaged, not reachable.
    """
    try:
        yield
    except OSError as error:
        raise _from_os(error, doing, where) from error
    except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
        raise _from_database(error, doing, where) from error
    except exc.DatabaseError as error:
        if type(error) is not exc.DatabaseError:  # IntegrityError and its kin are our own bugs
            raise
        raise _from_database(error, doing, where) from error


def _from_os(error: OSError, doing: str, where: str) -> StorageError:
    usual = (error.strerror or type(error).__name__, "Check the disk and try again.")
    reason, remedy = _OS_REASONS.get(error.errno or 0, usual)
    place = str(error.filename) if error.filename else where
    return StorageError(f"Could not {doing}: {reason}", where=place, remedy=f"{remedy} {_KEPT}")


def _from_database(error: exc.SQLAlchemyError, doing: str, where: str) -> StorageError:
    text = str(getattr(error, "orig", None) or error)
    usual = (text.strip().splitlines()[0], "Try again; restart Quartermaster if it stays.")
    found = (reason for mark, reason in _DB_REASONS.items() if mark in text.lower())
    reason, remedy = next(found, usual)
    return StorageError(f"Could not {doing}: {reason}", where=where, remedy=f"{remedy} {_KEPT}")
