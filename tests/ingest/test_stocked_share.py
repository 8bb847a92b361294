"""The share of a day's demand in the hours in stock, from rows for each hour."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.demand import choose_model
from core.domain import ItemKey, Period
from core.ingest.bucketing import SalesRows, bucket
from core.ingest.stocked_share import hour_shares, stocked_share

SHOP = Path(__file__).parents[3] / "shared" / "data" / "freshretail_hourly_stockouts.csv"
FIRST = np.datetime64("2024-03-04")


def rows_of(sold, in_stock) -> tuple[SalesRows, np.ndarray]:
    """Write a table [n_items, n_days, 24] as rows."""
    item, day, hour = (places.ravel() for places in np.indices(sold.shape))
    keys = tuple(ItemKey(f"item {row}") for row in range(len(sold)))
    return SalesRows(keys, item, FIRST + day, sold.ravel(), in_stock.ravel()), hour


@pytest.fixture(scope="module")
def shelves():
    """Two items, busier at noon and in the evening; stock is gone for the evening every other day.

    On every fifth day the shelf is empty in the morning instead.
    """
    usual = np.zeros(24)
    usual[8:20] = [1, 1, 2, 3, 3, 1, 1, 1, 2, 4, 4, 1]
    usual /= usual.sum()
    level = np.array([40.0, 15.0])[:, None, None]
    sold = np.random.default_rng(0).poisson(level * usual, (2, 200, 24)).astype(float)
    in_stock = np.ones(sold.shape, dtype=bool)
    in_stock[:, ::2, 16:] = False
    in_stock[:, ::5, 16:] = True
    in_stock[:, ::5, :12] = False
    return usual, np.where(in_stock, sold, 0.0), in_stock


def test_the_hours_of_demand_are_seen_through_stock_outs(shelves):
    usual, sold, in_stock = shelves
    found = hour_shares(in_stock.sum(1).astype(float), sold.sum(1))
    assert found == pytest.approx(usual, abs=0.01)


def test_a_day_is_in_stock_for_the_share_of_demand_in_its_hours(shelves):
    usual, sold, in_stock = shelves
    rows, hour = rows_of(sold, in_stock)
    history, _ = bucket(rows, Period.DAY)
    share = stocked_share(history, rows, hour)
    assert share == pytest.approx(in_stock @ usual, abs=0.02)
    assert np.all(share[history.in_stock] == 1.0)


def test_demand_is_found_whatever_emptied_the_shelf(shelves):
    _, sold, in_stock = shelves
    rows, hour = rows_of(sold, in_stock)
    history, _ = bucket(rows, Period.DAY)
    share = stocked_share(history, rows, hour)
    items = replace(history, stocked_share=share).items()
    for item, level in zip(items, (40.0, 15.0), strict=True):
        choice = choose_model(item)
        assert choice.model.mean(0, 7).mean() == pytest.approx(level, rel=0.05)
        assert choice.n_out_of_stock_left_out == 0


def test_where_only_whole_days_run_out_there_is_nothing_to_share():
    sold = np.ones((1, 10, 24))
    in_stock = np.ones(sold.shape, dtype=bool)
    in_stock[0, 3] = False
    rows, hour = rows_of(sold * in_stock, in_stock)
    assert stocked_share(bucket(rows, Period.DAY)[0], rows, hour) is None


@pytest.mark.skipif(not SHOP.exists(), reason="the real data files are not here")
def test_most_days_of_the_real_shop_that_ran_out_were_in_stock_for_much_of_their_demand():
    with SHOP.open(encoding="utf-8", newline="") as text:
        lines = list(csv.DictReader(text))
    names = sorted({(line["product_id"], line["store_id"]) for line in lines})
    place = {name: row for row, name in enumerate(names)}
    hour = np.array([int(line["hour"]) for line in lines])
    out = np.array([line["hourly_stockout"] == "1" for line in lines])
    rows = SalesRows(
        tuple(ItemKey(*name) for name in names),
        np.array([place[line["product_id"], line["store_id"]] for line in lines]),
        np.array([line["dt"] for line in lines], dtype="datetime64[D]"),
        np.array([float(line["hourly_sale"]) for line in lines]),
        ~(out & (hour >= 6) & (hour < 22)),
    )
    history, _ = bucket(rows, Period.DAY)
    share = stocked_share(history, rows, hour)
    ran_out = share[~history.in_stock]
    assert np.all((share >= 0) & (share <= 1))
    assert np.mean(ran_out >= 0.3) > 0.7
    assert history.quantity[~history.in_stock][ran_out == 0].sum() < 0.01 * history.quantity.sum()
