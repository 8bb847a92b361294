"""Histories with planted demand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.domain import ItemHistory, ItemKey, Period, SalesHistory

MakeHistory = Callable[..., ItemHistory]


@pytest.fixture(scope="session")
def make_history() -> MakeHistory:
    """Build a history from quantities; first day 2022-01-03, a Monday."""

    def make(quantity, period=Period.DAY, in_stock=None) -> ItemHistory:
        quantity = np.asarray(quantity, dtype=np.float64)
        in_stock = np.ones(len(quantity), dtype=bool) if in_stock is None else in_stock
        first = int(period.number(np.datetime64("2022-01-03")))
        return ItemHistory(ItemKey("A17"), period, first, quantity, in_stock)

    return make


@pytest.fixture(scope="session")
def make_histories() -> Callable[..., SalesHistory]:
    """Build the history of many items from quantities, shape [n_items, n_periods]."""

    def make(quantity, period=Period.DAY, in_stock=None, first_listed=None) -> SalesHistory:
        quantity = np.asarray(quantity, dtype=np.float64)
        keys = tuple(ItemKey(f"I{row:05d}") for row in range(len(quantity)))
        first = int(period.number(np.datetime64("2022-01-03")))
        in_stock = np.ones(quantity.shape, dtype=bool) if in_stock is None else in_stock
        listed = np.zeros(len(keys), dtype=int) if first_listed is None else first_listed
        return SalesHistory(period, first, keys, quantity, in_stock, np.asarray(listed))

    return make


@pytest.fixture(scope="session")
def negative_binomial() -> Callable[..., np.ndarray]:
    """Draw negative binomial sales: mean per period (array), shape r, seed."""

    def draw(mean, shape, seed) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return rng.poisson(rng.gamma(shape, np.asarray(mean) / shape)).astype(np.float64)

    return draw
