"""Choosing the demand models of many items: on every core, once there are enough of them.

The helpers are plain processes that talk over pipes. A pool would start the program that is running
anew in each, which in the dashboard is a page.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from core.demand.selection import DemandChoice, choose_model
from core.domain import HistoryError, ItemHistory

Chosen = DemandChoice | HistoryError
"""A model, or why there is none."""

_WORTH_A_HELPER = 400
_MOST_HELPERS = 8
_ROOT = Path(__file__).resolve().parents[2]


def choose_models(
    histories: Sequence[ItemHistory], on_progress: Callable[[int], None] = lambda _: None
) -> list[Chosen]:
    """Choose every item's demand model, or say why it has none.

    Args:
        histories: One per item.
        on_progress: Told the number of items done; may raise to stop the work.
    """
    n_helpers = min(os.cpu_count() or 1, _MOST_HELPERS, len(histories) // _WORTH_A_HELPER)
    if n_helpers < 2:
        return _in_turn(histories, on_progress)
    return _side_by_side(histories, n_helpers, on_progress)


def _in_turn(histories: Sequence[ItemHistory], on_progress: Callable[[int], None]) -> list[Chosen]:
    found: list[Chosen] = []
    for history in histories:
        on_progress(len(found))
        found.append(_choose(history))
    return found


def _choose(history: ItemHistory) -> Chosen:
    try:
        return choose_model(history)
    except HistoryError as error:
        return error


def _side_by_side(
    histories: Sequence[ItemHistory], n_helpers: int, on_progress: Callable[[int], None]
) -> list[Chosen]:
    """Deal items out in turn, so that each helper has its share of hard ones."""
    found: list[Chosen | None] = [None] * len(histories)
    helpers = [_start(histories[k::n_helpers]) for k in range(n_helpers)]
    try:
        rows = [iter(range(k, len(histories), n_helpers)) for k in range(n_helpers)]
        for n_done, (number, chosen) in enumerate(_answers(helpers)):
            found[next(rows[number])] = chosen
            on_progress(n_done + 1)
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()
    # A helper that died leaves gaps: they are filled here.
    return [_choose(h) if c is None else c for h, c in zip(histories, found, strict=True)]


def _start(histories: Sequence[ItemHistory]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    helper = subprocess.Popen(
        [sys.executable, "-c", "from core.demand.many import answer_all; answer_all()"],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert helper.stdin is not None
    pickle.dump(list(histories), helper.stdin)
    helper.stdin.close()
    return helper


def _answers(helpers: Sequence[subprocess.Popen[bytes]]) -> Iterator[tuple[int, Chosen]]:
    """Yield each helper's answers in turn; they are about as fast as one another."""
    waiting = {k: helper.stdout for k, helper in enumerate(helpers)}
    while waiting:
        for k, stream in list(waiting.items()):
            answer = _read(stream)
            if answer is None:
                del waiting[k]
            else:
                yield k, answer


def _read(stream: IO[bytes] | None) -> Any:
    assert stream is not None
    try:
        return pickle.load(stream)
    except (EOFError, pickle.UnpicklingError):
        return None


def answer_all() -> None:
    """Answer for all items of standard input, one after the other: what a helper does."""
    histories = pickle.load(sys.stdin.buffer)
    for history in histories:
        pickle.dump(_choose(history), sys.stdout.buffer)
        sys.stdout.buffer.flush()
