"""Runs of zeros that are hardly chance: stock-outs that nobody marked? The planner is asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.domain import SalesHistory
from core.ingest.checks import Checks
from core.ingest.findings import MAX_EXAMPLES
from core.ingest.questions import Question
from core.ingest.text_table import Mask
from core.ingest.zero_runs import CHANCE, ZeroRuns, zero_runs

Ints = npt.NDArray[np.int64]

# A run is the season where as many of the same days a year before or after sold nothing either.
_SEASONAL = 0.8
# Runs that chance alone may bring up in a whole file, however many items it holds.
_FALSE_ALARMS = 0.05


def ask_zero_runs(checks: Checks, history: SalesHistory) -> Mask:
    """Return the periods that the planner says were out of stock, shape [n_items, n_periods].

    Nothing is asked where the file tells stock-outs itself. Runs that last to the end may be items
    that are sold no more, and runs that come every year are the season: neither is asked about.
    """
    nothing: Mask = np.zeros(history.quantity.shape, dtype=np.bool_)
    if {"in_stock", "out_of_stock"} & set(checks.columns):
        return nothing
    runs = zero_runs(history)
    chance = min(CHANCE, _FALSE_ALARMS / max(len(history.keys), 1))
    inner = (runs.chance < chance) & (runs.stop < history.n_periods)
    strange = np.flatnonzero(inner)[~_is_seasonal(history, runs, np.flatnonzero(inner))]
    if not strange.size or _ask(checks, history, runs, strange) != "stockout":
        return nothing
    for i, start, stop in zip(
        runs.item[strange], runs.start[strange], runs.stop[strange], strict=True
    ):
        nothing[i, start:stop] = True
    return nothing & (history.quantity <= 0)


def _is_seasonal(history: SalesHistory, runs: ZeroRuns, at: Ints) -> Mask:
    """Which runs have their like a year before or after, shape [n_runs]."""
    year = round(history.period.per_year)
    sold = np.zeros((len(history.keys), history.n_periods + 1))
    np.cumsum(history.quantity > 0, axis=1, out=sold[:, 1:])
    item, start, stop = runs.item[at], runs.start[at], runs.stop[at]
    found = np.zeros(len(at), dtype=np.bool_)
    for shift in (-year, year):
        low, high = start + shift, stop + shift
        is_there = (low >= history.first_listed[item]) & (high <= history.n_periods)
        low, high = (np.clip(x, 0, history.n_periods) for x in (low, high))
        n_sold = sold[item, high] - sold[item, low]
        found |= is_there & (n_sold <= (1 - _SEASONAL) * (stop - start))
    return found


def _ask(checks: Checks, history: SalesHistory, runs: ZeroRuns, strange: Ints) -> str:
    unit = history.period.value
    length = runs.stop[strange] - runs.start[strange]
    n_items = len(np.unique(runs.item[strange]))
    longest = strange[np.argsort(-length, kind="stable")][:MAX_EXAMPLES]
    starts = history.starts
    shown = tuple(
        f"{history.keys[runs.item[k]].label}, {starts[runs.start[k]]} to {starts[runs.stop[k] - 1]}"
        for k in longest
    )
    times = "once" if len(strange) == 1 else f"{len(strange):,} times"
    several = "item that sells" if n_items == 1 else "items that sell"
    return checks.ask(
        Question(
            "zero_runs",
            f"{n_items:,} {several} steadily sold nothing for {_span(length)} {unit}s in a row, "
            f"{times} in all: hardly by chance. Had they run out?",
            {
                "stockout": "out of stock: sales then say nothing about demand",
                "real": "in stock: nobody wanted them",
            },
            "real",
            shown,
        )
    )


def _span(length: Ints) -> str:
    low, high = int(length.min()), int(length.max())
    return str(low) if low == high else f"{low} to {high}"
