"""Choosing the demand models of many items: on every core, once there are enough of them."""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.demand import choose_model, profile_demand
from core.domain import HistoryError, ItemHistory, ItemKey, Period
from core.services.helpers import n_helpers, side_by_side

Row = dict[str, Any]
"""A model with its words and the item's class; or a problem, why there is none."""

_WORTH_A_HELPER = 400
_HELPER = "from core.services.demand_rows import answer_all; answer_all()"


def demand_rows(
    histories: Sequence[ItemHistory], on_progress: Callable[[int], None] = lambda _: None
) -> list[Row]:
    """Choose every item's demand model, or say why it has none.

    Args:
        histories: One per item.
        on_progress: Told the number of items done; may raise to stop the work.
    """
    n = n_helpers(len(histories), _WORTH_A_HELPER)
    return _in_turn(histories, on_progress) if n < 2 else _dealt(histories, n, on_progress)


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


def _dealt(
    histories: Sequence[ItemHistory], n: int, on_progress: Callable[[int], None]
) -> list[Row]:
    """Deal items out in turn, so that each helper has its share of hard ones."""
    found: list[Row | None] = [None] * len(histories)
    places = [iter(range(k, len(histories), n)) for k in range(n)]
    parts = [[packed(history) for history in histories[k::n]] for k in range(n)]
    with side_by_side(_HELPER, parts) as answers:
        for n_done, (number, row) in enumerate(answers):
            found[next(places[number])] = row
            on_progress(n_done + 1)
    # A helper that died leaves gaps: they are filled here.
    pairs = zip(histories, found, strict=True)
    return [demand_row(history) if row is None else row for history, row in pairs]


def answer_all() -> None:
    """Answer for all items of standard input, one line each: what a helper does."""
    for part in json.load(sys.stdin):
        print(json.dumps(demand_row(unpacked(part))), flush=True)


def packed(history: ItemHistory) -> Row:
    """Write a history as JSON values, for a helper."""
    share = history.stocked_share
    return {
        "key": [history.key.item, history.key.location],
        "period": history.period.value,
        "first_index": int(history.first_index),
        # As numbers, millions of them would take longer to read than to work on.
        "quantity": b64encode(history.quantity.astype("<f8").tobytes()).decode(),
        "in_stock": b64encode(history.in_stock.astype("?").tobytes()).decode(),
        "share": None if share is None else b64encode(share.astype("<f8").tobytes()).decode(),
    }


def unpacked(part: Row) -> ItemHistory:
    """Read what ``packed`` wrote."""
    quantity = np.frombuffer(b64decode(part["quantity"]), dtype="<f8")
    in_stock = np.frombuffer(b64decode(part["in_stock"]), dtype="?")
    key, period = ItemKey(*part["key"]), Period(part["period"])
    share = part["share"]
    if share is not None:
        share = np.frombuffer(b64decode(share), dtype="<f8")
    return ItemHistory(key, period, part["first_index"], quantity, in_stock, share)
