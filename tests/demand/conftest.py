"""Histories with planted demand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.domain import ItemHistory, ItemKey, Period

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
def negative_binomial() -> Callable[..., np.ndarray]:
    """Draw negative binomial sales: mean per period (array), shape r, seed."""

    def draw(mean, shape, seed) -> np.ndarray:
        rng = np.random.default_rng(seed)
        return rng.poisson(rng.gamma(shape, np.asarray(mean) / shape)).astype(np.float64)

    return draw
