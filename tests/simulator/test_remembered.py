"""What is known of the latest periods when planning starts, read off a sales history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.domain import ItemHistory, ItemKey, Period
from core.simulator import remembered
from tests.simulator.simulator_parts import item


def history(first: int, quantity, in_stock=None) -> ItemHistory:
    units = np.asarray(quantity, dtype=np.float64)
    flags = np.ones(len(units), bool) if in_stock is None else np.asarray(in_stock, bool)
    return ItemHistory(ItemKey("item"), Period.DAY, first, units, flags)


def test_the_last_periods_before_the_start_with_their_flags():
    problem = replace(item(), start=105)
    memory = remembered([problem], [history(100, [1, 2, 3, 0, 5], [1, 1, 1, 0, 1])], 3)
    assert memory.sales.T.tolist() == [[3, 0, 5]]
    assert memory.in_stock.T.tolist() == [[1, 0, 1]]
    assert memory.expected.T.tolist() == [[5, 5, 5]]


def test_sales_from_the_start_on_are_not_looked_at():
    problem = replace(item(), start=103)
    memory = remembered([problem], [history(100, [1, 2, 3, 90, 91])], 2, n_paths=2)
    assert memory.sales.T.tolist() == [[2, 3], [2, 3]]


def test_what_no_history_tells_is_not_known():
    """Listed two periods before the start, or a history that ends one before it."""
    late, ended = replace(item(), start=105), replace(item(), start=105)
    memory = remembered([late, ended], [history(103, [4, 5]), history(100, [1, 2, 3, 4])], 3)
    assert memory.sales.T.tolist() == [[0, 4, 5], [3, 4, 0]]
    assert memory.expected.T.tolist() == [[0, 5, 5], [5, 5, 0]]
    assert memory.in_stock.T.tolist() == [[0, 1, 1], [1, 1, 0]]
