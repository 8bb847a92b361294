"""Helper processes for work on very many items: on every core, once there is enough of it.

They are plain processes that are handed their part over a pipe and answer in lines of JSON. A pool
would start the program that is running anew in each, which in the dashboard is a page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

_MOST = 8
# Memory of a step is kept for the next one: to give it back and ask anew takes a tenth of the time.
_KEEPS_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
    "MALLOC_TOP_PAD_": str(2**26),
}
_ROOT = Path(__file__).resolve().parents[2]


def n_helpers(n_items: int, worth: int) -> int:
    """Return how many helpers to start; below 2 the work is done here.

    Args:
        n_items: How many there are.
        worth: Items that are worth a helper.
    """
    return min(os.cpu_count() or 1, _MOST, n_items // worth)


def as_json(part: Any) -> bytes:
    """Write plain values."""
    return json.dumps(part).encode()


@contextmanager
def side_by_side(
    code: str, parts: Sequence[Any], pack: Callable[[Any], bytes] = as_json
) -> Iterator[Iterator[tuple[int, Any]]]:
    """Let helpers work; yields pairs of a helper's number and its next answer.

    A helper that dies answers no more. When the work is left, all helpers are gone.

    Args:
        code: What each runs: it reads its part from standard input and prints one answer a line.
        parts: One for every helper.
        pack: Makes what is handed over of a part, while the helpers are starting.
    """
    helpers: list[subprocess.Popen[bytes]] = []
    try:
        helpers.extend(start(code) for _ in parts)
        for helper, part in zip(helpers, parts, strict=True):
            hand(helper, pack(part))
        yield _answers(helpers)
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()
            if helper.stdout is not None:
                helper.stdout.close()


def start(code: str) -> subprocess.Popen[bytes]:
    """Start a helper, which waits for its part."""
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=_ROOT,
        env=os.environ | _KEEPS_MEMORY | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def hand(helper: subprocess.Popen[bytes], part: bytes) -> None:
    """Hand a helper its part."""
    assert helper.stdin is not None
    try:
        helper.stdin.write(part)
        helper.stdin.close()
    except BrokenPipeError:
        pass  # it died at once: its items are done without it


def _answers(helpers: Sequence[subprocess.Popen[bytes]]) -> Iterator[tuple[int, Any]]:
    """Yield each helper's answers in turn; they are about as fast as one another."""
    waiting = {number: helper.stdout for number, helper in enumerate(helpers)}
    while waiting:
        for number, stream in list(waiting.items()):
            answer = _read(stream)
            if answer is None:
                del waiting[number]
            else:
                yield number, answer


def _read(stream: IO[bytes] | None) -> Any:
    """Return the next answer; None where the helper is done or gone."""
    assert stream is not None
    line = stream.readline()
    try:
        return json.loads(line)
    except ValueError:
        return None
