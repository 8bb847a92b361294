"""Choosing the demand models of many items: on every core, once there are enough of them.

The helpers are plain processes that talk JSON over pipes. A pool would start the program that is
running anew in each, which in the dashboard is a page.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from core.demand import choose_model, profile_demand
from core.domain import HistoryError, ItemHistory, ItemKey, Period

Row = dict[str, Any]
"""A model with its words and the item's class; or a problem, why there is none."""

_WORTH_A_HELPER = 400
_MOST_HELPERS = 8
_ROOT = Path(__file__).resolve().parents[2]
_HELPER = "from core.services.demand_rows import answer_all; answer_all()"


def demand_rows(
    histories: Sequence[ItemHistory], on_progress: Callable[[int], None] = lambda _: None
) -> list[Row]:
    """Choose every item's demand model, or say why it has none.

    Args:
        histories: One per item.
        on_progress: Told the number of items done; may raise to stop the work.
    """
    n_helpers = min(os.cpu_count() or 1, _MOST_HELPERS, len(histories) // _WORTH_A_HELPER)
    if n_helpers < 2:
        return _in_turn(histories, on_progress)
    return _side_by_side(histories, n_helpers, on_progress)


def demand_row(history: ItemHistory) -> Row:
    """Choose one item's demand model, or say why it has none."""
    try:
        choice = choose_model(history)
    except HistoryError as error:
        return {"problem": error.message}
    return {
        "model": choice.model.to_json(),
        "label": choice.chosen.label,
        "reason": choice.reason,
        "class": profile_demand(history).demand_class.value,
    }


def _in_turn(histories: Sequence[ItemHistory], on_progress: Callable[[int], None]) -> list[Row]:
    found: list[Row] = []
    for history in histories:
        on_progress(len(found))
        found.append(demand_row(history))
    return found


def _side_by_side(
    histories: Sequence[ItemHistory], n_helpers: int, on_progress: Callable[[int], None]
) -> list[Row]:
    """Deal items out in turn, so that each helper has its share of hard ones."""
    found: list[Row | None] = [None] * len(histories)
    helpers = [_start(histories[k::n_helpers]) for k in range(n_helpers)]
    try:
        places = [iter(range(k, len(histories), n_helpers)) for k in range(n_helpers)]
        for n_done, (number, row) in enumerate(_answers(helpers)):
            found[next(places[number])] = row
            on_progress(n_done + 1)
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()
    # A helper that died leaves gaps: they are filled here.
    pairs = zip(histories, found, strict=True)
    return [demand_row(history) if row is None else row for history, row in pairs]


def _start(histories: Sequence[ItemHistory]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    helper = subprocess.Popen(
        [sys.executable, "-c", _HELPER],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert helper.stdin is not None
    try:
        helper.stdin.write(json.dumps([_packed(history) for history in histories]).encode())
        helper.stdin.close()
    except BrokenPipeError:
        pass  # it died at once: its items are done without it
    return helper


def _answers(helpers: Sequence[subprocess.Popen[bytes]]) -> Iterator[tuple[int, Row]]:
    """Yield each helper's answers in turn; they are about as fast as one another."""
    waiting = {number: helper.stdout for number, helper in enumerate(helpers)}
    while waiting:
        for number, stream in list(waiting.items()):
            row = _read(stream)
            if row is None:
                del waiting[number]
            else:
                yield number, row


def _read(stream: IO[bytes] | None) -> Row | None:
    """Return the next answer; None where the helper is done or gone."""
    assert stream is not None
    line = stream.readline()
    try:
        row: Row = json.loads(line)
    except ValueError:
        return None
    return row


def answer_all() -> None:
    """Answer for all items of standard input, one line each: what a helper does."""
    for packed in json.load(sys.stdin):
        print(json.dumps(demand_row(_unpacked(packed))), flush=True)


def _packed(history: ItemHistory) -> Row:
    return {
        "key": [history.key.item, history.key.location],
        "period": history.period.value,
        "first_index": int(history.first_index),
        # JSON knows no missing number.
        "quantity": [None if q != q else q for q in history.quantity.tolist()],
        "in_stock": history.in_stock.tolist(),
    }


def _unpacked(packed: Row) -> ItemHistory:
    quantity = np.array([np.nan if q is None else q for q in packed["quantity"]], dtype=np.float64)
    in_stock = np.array(packed["in_stock"], dtype=bool)
    key, period = ItemKey(*packed["key"]), Period(packed["period"])
    return ItemHistory(key, period, packed["first_index"], quantity, in_stock)
