"""The real sales that benchmarks replay, one panel each; nothing of them is shipped."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.agents.past import Past
from core.demand import choose_model
from core.domain import CostRates, HistoryError, Item, ItemHistory, ItemKey, LeadTime, Period
from core.simulator import Problem
from core.simulator.seeds import TEST_SEED

Floats = npt.NDArray[np.float64]

M5 = "m5_walmart_tx3_foods3_daily_wide.csv"
_M5_FIRST_DAY = np.datetime64("2011-01-29")
SHARE = 0.125
# An item needs this share of the past on its shelf: less tells nobody anything.
_LEAST_PERIODS = 26


@dataclass(frozen=True, eq=False)
class Panel:
    """Items with their past, and the held-out tail that nobody may see before it is replayed.

    Args:
        words: What it is.
        problems: As they stood at the cut, one per item.
        histories: Sales before the cut, one per item.
        tail: Demand after the cut, units, shape [n_items, n_periods].
        left_out: Why items were left out, by label.
    """

    words: str
    problems: tuple[Problem, ...]
    histories: tuple[ItemHistory, ...]
    tail: Floats
    left_out: dict[str, str]

    def before(self, share: float) -> Panel:
        """Return a panel whose tail is the last part of this one's past, to try things on."""
        first = self.histories[0]
        cut = first.next_index - round(share * max(h.n_periods for h in self.histories))
        items = [
            Item(h.key, p.costs, p.lead_time, p.rules, p.lost_share)
            for p, h in zip(self.problems, self.histories, strict=True)
        ]
        return pose(self.words, items, self.histories, cut)


def m5(folder: Path, period: Period, costs: CostRates, lead_time: int) -> Panel:
    """Read the 120 retail items by day, or by week from Monday to Sunday; unmet demand is lost."""
    with (folder / M5).open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))[1:]
    daily = np.array([[float(value) for value in row[1:]] for row in rows])
    first = _M5_FIRST_DAY
    if period is Period.WEEK:
        skip = int((7 - (first - np.datetime64("1970-01-05")).astype(int) % 7) % 7)
        n_weeks = (daily.shape[1] - skip) // 7
        daily = daily[:, skip : skip + 7 * n_weeks].reshape(len(rows), n_weeks, 7).sum(2)
        first = first + skip
    start = int(period.number(first))
    cut = start + daily.shape[1] - round(SHARE * daily.shape[1])
    histories = [
        listed(ItemKey(row[0].removesuffix("_TX_3_validation")), period, start, units)
        for row, units in zip(rows, daily, strict=True)
    ]
    items = [Item(h.key, costs, LeadTime(lead_time)) for h in histories]
    return pose(f"m5_walmart by {period}, p = {costs.stockout_cost:g}", items, histories, cut)


def listed(key: ItemKey, period: Period, start: int, units: Floats) -> ItemHistory:
    """Return a history without the zeros before the first sale: not listed yet."""
    skip = int(np.argmax(units > 0))
    return ItemHistory(key, period, start + skip, units[skip:], np.ones(len(units) - skip, bool))


def pose(words: str, items: Sequence[Item], histories: Sequence[ItemHistory], cut: int) -> Panel:
    """Return the problems as they stood at the cut, each with the demand model of its past."""
    problems, kept, whole = [], [], []
    left_out: dict[str, str] = {}
    for item, history in zip(items, histories, strict=True):
        past = history.until(cut)
        if past.n_periods < _LEAST_PERIODS:
            left_out[item.key.label] = f"fewer than {_LEAST_PERIODS} periods before the cut"
            continue
        try:
            model = choose_model(past).model
        except HistoryError as error:
            left_out[item.key.label] = error.message
            continue
        problems.append(Problem.of_item(item, model, cut))
        kept.append(past)
        whole.append(history)
    everything = Past.of(problems, whole)
    # Out of stock, what was asked for is not known: drawn from the model, no less than was sold.
    tail = everything.demand(TEST_SEED)[:, cut - everything.start :]
    return Panel(words, tuple(problems), tuple(kept), tail, left_out)
