"""Files by content: each is named by the sha256 of its bytes and is whole or not there."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.errors import StorageError
from core.store.trouble import guarded

if TYPE_CHECKING:
    import pandas as pd

_LEFTOVER_S = 3600.0


def sha256_of(data: bytes) -> str:
    """Return the name that these bytes have in the store."""
    return hashlib.sha256(data).hexdigest()


class FileStore:
    """Blobs in one folder, ``<folder>/<sha256>``.

    A write goes to a temporary file in the same folder, is flushed to the disk and then takes
    its name in one step. So a crash, kill -9 or full disk in between leaves what was there.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def put_bytes(self, data: bytes) -> str:
        """Keep the bytes and return their sha256; the same bytes twice are kept once.

        Raises:
            StorageError: disk full, read-only or not there.
        """
        name = sha256_of(data)
        target = self.folder / name
        with guarded("save a file", str(self.folder)):
            if not self._is_sound(target, name):
                self.folder.mkdir(parents=True, exist_ok=True)
                self._write(target, data)
        return name

    def get_bytes(self, sha256: str) -> bytes:
        """Return the bytes of that name.

        Raises:
            StorageError: where the file is gone, or is not what was written.
        """
        path = self._path(sha256)
        remedy = "Import or train it again, or put back a backup of the folder."
        if not path.exists():
            raise StorageError("A stored file is gone", where=str(path), remedy=remedy)
        with guarded("read a file", str(path)):
            data = path.read_bytes()
        if sha256_of(data) != sha256:
            raise StorageError("A stored file is damaged", where=str(path), remedy=remedy)
        return data

    def put_frame(self, frame: pd.DataFrame) -> str:
        """Keep a table as Parquet and return the sha256 of that; the index is not kept."""
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        return self.put_bytes(buffer.getvalue())

    def get_frame(self, sha256: str) -> pd.DataFrame:
        """Return the table of that name; see get_bytes for what can go wrong."""
        import pandas as pd

        return pd.read_parquet(io.BytesIO(self.get_bytes(sha256)))

    def exists(self, sha256: str) -> bool:
        """Whether a file of that name is there (its content is checked on reading)."""
        return self._path(sha256).exists()

    def delete(self, sha256: str) -> None:
        """Remove a file; that it is not there is fine."""
        with guarded("delete a file", str(self.folder)):
            self._path(sha256).unlink(missing_ok=True)

    def remove_leftovers(self, older_than_s: float = _LEFTOVER_S) -> int:
        """Remove the temporary files of writers that died; returns how many."""
        limit, n_removed = time.time() - older_than_s, 0
        for path in self.folder.glob(".*.tmp"):
            with suppress(OSError):  # another process may be removing it too
                if path.stat().st_mtime <= limit:
                    path.unlink()
                    n_removed += 1
        return n_removed

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise StorageError("That is not the name of a stored file", value=sha256)
        return self.folder / sha256

    def _is_sound(self, path: Path, name: str) -> bool:
        return path.exists() and sha256_of(path.read_bytes()) == name

    def _write(self, target: Path, data: bytes) -> None:
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
        self._sync_folder()

    def _sync_folder(self) -> None:
        """Make the new name survive a power cut, where folders can be flushed."""
        with suppress(OSError):
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
