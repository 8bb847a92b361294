"""A record in a folder of its own, and kinds of work made for these tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store, open_store

SAMPLES = ("count", "endless", "fail_in_words", "break_off", "out_of_memory", "unplain")


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kinds = {name: f"sample_jobs:{name}" for name in SAMPLES}
    monkeypatch.setenv("QUARTERMASTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("QUARTERMASTER_JOB_KINDS", json.dumps(kinds))
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.delenv("QUARTERMASTER_MAX_WORKERS", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store()
    yield opened
    opened.close()
