"""The agent that comes with the program: it orders for items that it never saw."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from core.agents.agent import TrainedAgent
from core.agents.bundle import load
from core.domain import BundleError

GENERALIST_FILE = Path(__file__).resolve().parents[2] / "data" / "agents" / "generalist.safetensors"


def shipped_generalist() -> TrainedAgent | None:
    """Return the generalist, read once per version of its file; None where there is no file.

    Raises:
        BundleError: where the file is there and cannot be used.
    """
    if not GENERALIST_FILE.is_file():
        return None
    try:
        return _read(GENERALIST_FILE, GENERALIST_FILE.stat().st_mtime_ns)
    except OSError as error:
        raise BundleError(
            "The agent that comes with the program cannot be read",
            value=error.strerror,
            where=GENERALIST_FILE.name,
            remedy="Install the program again, or use (s, S).",
        ) from error


@lru_cache(maxsize=1)
def _read(path: Path, changed_ns: int) -> TrainedAgent:
    return load(path.read_bytes())
