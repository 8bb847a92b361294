"""What the store keeps reads back as the same planning data."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from core.domain import (
    CostRates,
    Item,
    ItemKey,
    LeadTime,
    OpenOrder,
    OrderRules,
    Period,
    SalesHistory,
    StockPosition,
)
from core.services.tables import (
    history_frame,
    history_of,
    items_frame,
    items_of,
    open_orders_frame,
    positions_of,
    stock_frame,
)

KEYS = (ItemKey("00123", "North"), ItemKey("00123", "South"), ItemKey("A @ 17"))


@pytest.mark.parametrize("period", list(Period))
def test_a_history_reads_back_with_its_listing_dates_flags_and_codes(period):
    rng = np.random.default_rng(3)
    listed = np.array([0, 4, 2])
    quantity = rng.poisson(2.0, (3, 9)).astype(np.float64)
    in_stock = rng.random((3, 9)) > 0.2
    for row, first in enumerate(listed):
        quantity[row, :first], in_stock[row, :first] = 0.0, True
    history = SalesHistory(period, 700, KEYS, quantity, in_stock, listed)
    again = history_of(history_frame(history))
    assert again.returned is None and again.stocked_share is None
    assert (again.period, again.first_index, again.keys) == (period, 700, KEYS)
    np.testing.assert_array_equal(again.quantity, quantity)
    np.testing.assert_array_equal(again.in_stock, in_stock)
    np.testing.assert_array_equal(again.first_listed, listed)


def test_units_that_came_back_are_kept_with_their_periods():
    cells = np.array([[3.0, 5, 1], [4, 4, 4]])
    back = np.array([[0.0, 2, 0], [1, 0, 0]])
    listed = np.zeros(2, dtype=np.int64)
    flags = np.ones(cells.shape, bool)
    history = SalesHistory(Period.WEEK, 700, KEYS[:2], cells, flags, listed, returned=back)
    again = history_of(history_frame(history))
    np.testing.assert_array_equal(again.returned, back)
    own = again.item(KEYS[0])
    assert own.returned.tolist() == [0, 2, 0] and own.since(701).returned.tolist() == [2, 0]
    assert again.select([KEYS[1]]).returned.tolist() == [[1, 0, 0]]


def test_items_read_back_equal_extra_columns_and_missing_prices_included():
    full = Item(
        KEYS[0],
        CostRates(0.1, 2.5, 7.0, 3.0),
        LeadTime(4.5, 1.25),
        OrderRules(24.0, 12.0, 480.0, math.inf, 7),
        lost_share=0.25,
        name='Kühlbox "groß", blau',
        supplier="Müller & Söhne",
        price=9.99,
        assumed=frozenset({"price", "min_order"}),
        extra={"weight": "1,5 kg", "Größe": "XL"},
    )
    bare = Item(KEYS[2], CostRates(0.1, 2.5), LeadTime(0.0))
    assert items_of(items_frame([full, bare])) == (full, bare)


def test_stock_and_open_orders_meet_again_by_item():
    orders = (OpenOrder(10.0, date(2026, 9, 18)), OpenOrder(5.0, date(2026, 9, 30)))
    positions = [StockPosition(KEYS[0], -3.0, orders), StockPosition(KEYS[1], 12.0)]
    again = positions_of(stock_frame(positions), open_orders_frame(positions))
    assert list(again.values()) == positions


def test_orders_without_a_stock_row_leave_the_stock_an_estimate():
    order = StockPosition(KEYS[0], 0.0, (OpenOrder(10.0, date(2026, 9, 18)),))
    again = positions_of(None, open_orders_frame([order]))
    assert again[KEYS[0]].is_estimate
    assert again[KEYS[0]].on_order == 10.0
    assert positions_of(None, None) == {}


def test_an_estimate_is_never_written_as_if_it_were_counted():
    frame = stock_frame([StockPosition(KEYS[0], 0.0, (), is_estimate=True)])
    assert frame.empty
    assert isinstance(frame, pd.DataFrame)


def test_shares_of_days_in_stock_read_back():
    history = SalesHistory(
        Period.DAY,
        19000,
        (ItemKey("A"), ItemKey("B")),
        np.array([[0.0, 2.0, 1.0], [4.0, 0.0, 3.0]]),
        np.array([[True, True, False], [True, False, True]]),
        np.array([1, 0]),
        np.array([[1.0, 1.0, 0.7], [1.0, 0.25, 1.0]]),
    )
    again = history_of(history_frame(history))
    assert np.array_equal(again.stocked_share, history.stocked_share)
    assert again.item(ItemKey("A")).since(19002).stocked_share.tolist() == [0.7]
    assert again.item(ItemKey("B")).until(19002).stocked_share.tolist() == [1.0, 0.25]
