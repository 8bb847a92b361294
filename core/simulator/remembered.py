"""What is known of items' latest periods as planning starts, from their sales history."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from core.domain import ItemHistory
from core.simulator.memory import Memory
from core.simulator.problem import Problem


def remembered(
    problems: Sequence[Problem],
    histories: Sequence[ItemHistory],
    n_periods: int,
    n_paths: int = 1,
    dtype: torch.dtype = torch.float32,
) -> Memory:
    """Return the sales of the last periods before each problem starts.

    Periods before an item was listed, and after its history ends, are not known.

    Args:
        problems: One per item.
        histories: In the same order; what lies at or after a problem's start is not looked at.
        n_periods: Periods to look back.
        n_paths: Environments per item.
        dtype: Number format.
    """
    assert len(problems) == len(histories)
    table = np.zeros((3, n_periods, len(problems)))
    for column, (problem, history) in enumerate(zip(problems, histories, strict=True)):
        past = history.until(problem.start)
        row = past.indices - (problem.start - n_periods)
        is_near = (row >= 0) & np.isfinite(past.quantity)
        place = row[is_near]
        table[0, place, column] = np.maximum(past.quantity[is_near], 0.0)
        table[1, place, column] = past.in_stock[is_near]
        expected = problem.demand.mean(problem.start - n_periods, n_periods)
        table[2, place, column] = expected[place]
    spread = torch.as_tensor(np.repeat(table, n_paths, axis=2), dtype=dtype)
    return Memory(spread[0], spread[1], spread[2])
