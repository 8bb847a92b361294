"""Tell whether a worker's process still lives, without mistaking a later one for it."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

from core.store import WorkerIdentity

PROC = Path("/proc")
_DEAD_STATES = frozenset("ZX")  # a zombie has ended; only its parent has not looked yet


@dataclass(frozen=True, slots=True)
class _Seen:
    state: str
    token: str


def identify(pid: int | None = None) -> WorkerIdentity:
    """Return who a process on this machine is (this one by default)."""
    number = os.getpid() if pid is None else pid
    seen = _look(number)
    return WorkerIdentity(platform.node(), number, seen.token if seen else "")


def is_alive(worker: WorkerIdentity) -> bool | None:
    """Whether the worker's process lives; None where that cannot be seen from here.

    It cannot for a process on another machine, or where the system shows no processes; then the
    heartbeat has to tell.
    """
    if worker.host != platform.node() or not _can_look():
        return None
    seen = _look(worker.pid)
    if seen is None or seen.state in _DEAD_STATES:
        return False
    return not worker.token or seen.token == worker.token


def _can_look() -> bool:
    return (PROC / "self" / "stat").exists() or os.name == "posix"


def _look(pid: int) -> _Seen | None:
    if (PROC / "self" / "stat").exists():
        return _look_in_proc(pid)
    return _look_with_ps(pid) if os.name == "posix" else None


def _look_in_proc(pid: int) -> _Seen | None:
    """Read proc(5) stat: field 3 is the state, field 22 the start in ticks since boot."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        boot = (PROC / "sys" / "kernel" / "random" / "boot_id").read_text().strip()
    except OSError:
        return None
    return _Seen(fields[0], f"{boot}:{fields[19]}")


def _look_with_ps(pid: int) -> _Seen | None:
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    state, _, started = answer.stdout.strip().partition(" ")
    return _Seen(state[0], " ".join(started.split())) if state else None
