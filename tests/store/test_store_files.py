"""A file is whole or not there, whatever happens while it is written."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pandas as pd
import pytest

from core.domain import StorageError
from core.store import REPOSITORY, FileStore, sha256_of

DIE_BEFORE_THE_NAME = """
import os, signal, sys
from core.store import open_store
store = open_store()
record = store.jobs.add("train", {})
store.jobs.keep(record.id, b"the old best")
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
store.jobs.keep(record.id, b"the new best" * 1000)
"""


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def _full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_bytes_come_back_under_their_hash_and_are_kept_once(files: FileStore) -> None:
    name = files.put_bytes(b"sales")
    assert name == sha256_of(b"sales") == files.put_bytes(b"sales")
    assert files.get_bytes(name) == b"sales"
    assert [path.name for path in files.folder.iterdir()] == [name]


def test_a_table_comes_back_with_its_types(files: FileStore) -> None:
    frame = pd.DataFrame(
        {
            "item": ["00123", "NA"],
            "quantity": [1.5, -2.0],
            "in_stock": [True, False],
            "date": pd.to_datetime(["2024-01-01", "2024-01-02"]),
        }
    )
    pd.testing.assert_frame_equal(files.get_frame(files.put_frame(frame)), frame)


def test_a_changed_file_is_refused_and_can_be_put_right(files: FileStore) -> None:
    name = files.put_bytes(b"weights")
    (files.folder / name).write_bytes(b"weighty")
    with pytest.raises(StorageError, match="damaged"):
        files.get_bytes(name)
    files.put_bytes(b"weights")
    assert files.get_bytes(name) == b"weights"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_what_is_no_hash_is_no_file_name(files: FileStore, name: str) -> None:
    with pytest.raises(StorageError, match="not the name"):
        files.get_bytes(name)


def test_a_missing_file_is_said_with_its_remedy(files: FileStore) -> None:
    with pytest.raises(StorageError, match=r"gone.*backup"):
        files.get_bytes("0" * 64)


@pytest.mark.parametrize("step", ["replace", "fsync"])
def test_a_full_disk_leaves_the_old_and_no_litter(
    files: FileStore, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    old = files.put_bytes(b"old")
    monkeypatch.setattr(os, step, _full)
    with pytest.raises(StorageError, match=r"the disk is full.*Free some space"):
        files.put_bytes(b"new")
    assert [path.name for path in files.folder.iterdir()] == [old]
    assert files.get_bytes(old) == b"old"


def test_only_old_leftovers_are_removed(files: FileStore) -> None:
    name = files.put_bytes(b"kept")
    dead, fresh = files.folder / ".dead.tmp", files.folder / ".fresh.tmp"
    dead.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(dead, (0, 0))
    assert files.remove_leftovers() == 1
    assert {path.name for path in files.folder.iterdir()} == {name, fresh.name}


def test_kill_9_while_saving_leaves_the_old_best_and_a_sound_record(tmp_path: Path) -> None:
    from core.store import open_store

    ended = subprocess.run([sys.executable, "-c", DIE_BEFORE_THE_NAME], cwd=REPOSITORY, check=False)
    assert ended.returncode == -signal.SIGKILL
    store = open_store()
    record = store.jobs.get(1)
    assert record.checkpoint_sha256 == sha256_of(b"the old best")
    assert store.files.get_bytes(record.checkpoint_sha256) == b"the old best"
    assert not store.files.exists(sha256_of(b"the new best" * 1000))
    store.jobs.keep(record.id, b"the next best")  # nothing is locked either
    assert not store.files.exists(sha256_of(b"the old best"))
    store.close()
