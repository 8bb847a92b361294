"""What every test may use: the shared folder, a data home of its own, torch on one thread."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

REPO = Path(__file__).resolve().parents[1]
# Set before torch or numpy is imported: results repeat exactly, and worker processes inherit it.
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")


# Begun first where files are shared out: a core that ends with one of them leaves the others idle.
LONGEST_FILES = (
    "agents/test_generalist.py",
    "pages/test_browser_walk.py",
    "agents/test_training.py",
    "pages/test_report_agrees.py",
    "services/test_textbook.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, and leave the others in their order."""
    place = {REPO / "tests" / name: row for row, name in enumerate(LONGEST_FILES)}
    assert all(path.is_file() for path in place), "a long file has another name now"
    items.sort(key=lambda item: place.get(item.path, len(place)))


@pytest.fixture(autouse=True)
def _torch_on_one_thread() -> None:
    """Keep torch on one thread once a test has imported it; importing it here would cost time."""
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "set_num_threads") and torch.get_num_threads() != 1:
        torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _never_the_real_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Point the data home away from the planner's own var/ for tests that forget to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERMASTER_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("DATABASE_URL", raising=False)
        yield


@pytest.fixture(scope="module")
def processor_seconds() -> Iterator[None]:
    """Count the seconds of a training on the processor: what else runs here takes none of them."""
    from core.agents import clock, warm_start

    with pytest.MonkeyPatch.context() as patch:
        for module in (clock, warm_start):
            patch.setattr(module, "time", SimpleNamespace(monotonic=time.process_time))
        yield


@pytest.fixture
def var_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data home of this test's own, where the store writes."""
    home = tmp_path / "var"
    home.mkdir()
    monkeypatch.setenv("QUARTERMASTER_HOME", str(home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return home


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data and published instances beside the repository, or skip."""
    folder = REPO.parent / "shared"
    if not folder.is_dir():
        pytest.skip(
            "no ../shared beside the repository: its data files are not the project's to ship"
        )
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return the path of a Chromium for the browser tests, or skip."""
    from tools.ensure_browser import find

    path = find()
    if path is None:
        pytest.skip("no Chromium found: run `make browser`, or set QM_CHROMIUM to the path of one")
    return path
