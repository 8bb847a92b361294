"""A dead process is never taken for a living one."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.jobs import identify, is_alive, process


def _wait_until_dead(pid: int) -> bool:
    worker = identify(pid)
    deadline = time.monotonic() + 10
    while is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_alive(worker)


@pytest.mark.parametrize("show", ["proc", "ps"])
def test_life_death_and_reuse_of_the_number_are_told_apart(
    show: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if show == "ps":
        monkeypatch.setattr(process, "PROC", tmp_path)
    if identify().token == "":
        pytest.skip(f"this system shows no processes through {show}")
    me = identify()
    assert is_alive(me) is True
    assert is_alive(replace(me, token="another start")) is False
    assert is_alive(replace(me, host="another machine")) is None
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        # Nobody has waited for the child yet: it is a zombie from here on.
        assert _wait_until_dead(child.pid)
        assert child.returncode is None
    assert is_alive(replace(me, pid=child.pid)) is False
