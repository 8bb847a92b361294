"""Today's stock and open orders as the policies see them."""

from __future__ import annotations

from datetime import date

import pytest
import torch

from core.domain import ParameterError, Period
from core.planning import situation_of, split_position, todays_stocks
from tests.planning.planning_parts import MONDAY, TODAY, item_of, request_of, stock_of


def test_open_orders_count_from_the_period_they_are_due_in():
    item = item_of("A")
    stock = stock_of(
        item,
        30,
        (5, date(2024, 4, 1)),
        (7, MONDAY),
        (11, date(2024, 4, 16)),
        (2, date(2024, 4, 16)),
        (13, date(2024, 4, 18)),
    )
    assert split_position(stock, Period.DAY, TODAY) == (42, (13, 0, 13))
    week = int(Period.WEEK.number(MONDAY))
    assert split_position(stock, Period.WEEK, week) == (68, ())


def test_every_item_is_observed_with_its_own_stock():
    """Units are conserved: position is on hand plus everything on order."""
    a, b = item_of("A"), item_of("B")
    request = request_of(
        (a, stock_of(a, 30, (11, date(2024, 4, 17)))), (b, stock_of(b, -4, (6, MONDAY)))
    )
    seen = todays_stocks(
        request.problems, request.items, request.positions, Period.DAY, TODAY
    ).observe()
    assert seen.inventory_level.tolist() == [30, 2]
    assert seen.inventory_position.tolist() == [41, 2]
    assert seen.outstanding(2).tolist() == [[0, 0], [11, 0]]
    assert torch.allclose(seen.protection_mean, torch.tensor([60.0, 60.0]))


def test_one_item_is_explained_in_the_state_in_which_it_is_planned():
    item = item_of("A")
    stock = stock_of(item, 30, (11, date(2024, 4, 17)))
    request = request_of((item, stock))
    seen = situation_of(request.problems[0], stock, Period.DAY, TODAY).observation
    planned = todays_stocks(
        request.problems, request.items, request.positions, Period.DAY, TODAY
    ).observe()
    assert torch.equal(seen.inventory_position, planned.inventory_position)
    assert torch.equal(seen.outstanding(4), planned.outstanding(4))


def test_no_stock_is_never_invented():
    item = item_of("A")
    request = request_of((item, stock_of(item, 30)))
    with pytest.raises(ParameterError, match="No stock is known for item A @ Mill") as caught:
        todays_stocks(request.problems, request.items, {}, Period.DAY, TODAY)
    assert "Data page" in str(caught.value)
