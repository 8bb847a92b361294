"""Unmarked stock-outs are seen where they stand out, and hardly ever where there are none."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pytest

from core.domain import ItemKey, Period, SalesHistory
from core.ingest.zero_runs import likely_stockouts, zero_runs

M5 = Path(__file__).parents[3] / "shared" / "data" / "m5_walmart_tx3_foods3_daily_wide.csv"
DAYS = 730


def history_of(quantity, in_stock=None, first=19358, first_listed=None) -> SalesHistory:
    quantity = np.asarray(quantity, dtype=np.float64)
    n = len(quantity)
    return SalesHistory(
        Period.DAY,
        first,
        tuple(ItemKey(f"item {row:05d}") for row in range(n)),
        quantity,
        np.ones(quantity.shape, dtype=bool) if in_stock is None else in_stock,
        np.zeros(n, dtype=np.int64) if first_listed is None else first_listed,
    )


def sales(n, seed, trend=1.0, low=0.02, high=5.0):
    """Draw items from hardly ever to often sold, smooth and lumpy, each with its own weekdays."""
    rng = np.random.default_rng(seed)
    mean = np.exp(rng.uniform(np.log(low), np.log(high), (n, 1)))
    shape = np.exp(rng.uniform(-1, 3, (n, 1)))
    week = np.exp(rng.normal(0, 0.5, (n, 7)))
    week = np.tile(week / week.mean(1, keepdims=True), DAYS // 7 + 1)[:, :DAYS]
    return rng.poisson(rng.gamma(shape, mean * week * trend / shape)).astype(np.float64)


@pytest.mark.parametrize(
    "trend",
    [
        np.ones(DAYS),
        1 + 0.5 * np.sin(2 * np.pi * np.arange(DAYS) / 365.25),
        np.linspace(1, 0.05, DAYS),
    ],
    ids=["steady", "yearly", "fading"],
)
def test_fewer_than_one_item_in_a_thousand_is_marked_a_year_where_nothing_ran_out(trend):
    n = 10_000
    marked = likely_stockouts(history_of(sales(n, 0, trend))).any(axis=1).sum()
    assert marked / (n * DAYS / 365) < 1e-3


def test_a_fortnight_without_a_sale_is_seen_in_items_that_sell_daily():
    quantity = sales(400, 1, low=3.0, high=50.0)
    start = np.random.default_rng(2).integers(100, 600, 400)
    columns = np.arange(DAYS)
    out = (columns >= start[:, None]) & (columns < start[:, None] + 14)
    quantity[::2] = np.where(out, 0.0, quantity)[::2]
    mask = likely_stockouts(history_of(quantity))
    seen = mask[::2] & out[::2]
    assert seen.sum() / out[::2].sum() > 0.85
    # Days on which nobody came, on either side of the empty shelf, cannot be told from it.
    assert (mask & ~out).sum() < 0.05 * seen.sum()
    assert not mask[1::2].any()


def test_a_closed_weekday_and_a_day_on_which_all_were_closed_are_no_stock_outs():
    quantity = sales(20, 3, low=5.0, high=50.0)
    quantity[:, np.arange(DAYS) % 7 >= 5] = 0.0
    quantity[:, 300:312] = 0.0
    assert not likely_stockouts(history_of(quantity)).any()


def test_what_is_marked_already_or_lies_before_the_listing_is_not_marked():
    quantity = sales(20, 4, low=5.0, high=50.0)
    quantity[0, 200:220] = 0.0
    quantity[1, :100] = 0.0
    in_stock = np.ones(quantity.shape, dtype=bool)
    in_stock[0, 200:220] = False
    first = np.zeros(20, dtype=np.int64)
    first[2] = 50
    quantity[2, :50] = 0.0
    assert not likely_stockouts(history_of(quantity, in_stock, first_listed=first)).any()


def test_a_run_to_the_end_is_marked_and_can_be_told_apart():
    quantity = sales(20, 5, low=5.0, high=50.0)
    quantity[3, -20:] = 0.0
    history = history_of(quantity)
    mask = likely_stockouts(history)
    assert mask[3, -20:].all()
    assert mask.sum() == mask[3].sum()
    runs = zero_runs(history)
    assert runs.stop[runs.item == 3].max() == DAYS


def test_nothing_sold_at_all_and_a_single_item_are_no_trouble():
    assert not likely_stockouts(history_of(np.zeros((2, 50)))).any()
    one = np.full((1, 60), 4.0)
    one[0, 30:45] = 0.0
    assert likely_stockouts(history_of(one))[0].nonzero()[0].tolist() == list(range(30, 45))


def test_thousands_of_items_take_seconds():
    history = history_of(sales(3000, 6))
    start = time.process_time()
    likely_stockouts(history)
    # A tenth of a second when it was written.
    assert time.process_time() - start < 3


@pytest.mark.skipif(not M5.exists(), reason="the real data files are not here")
def test_top_sellers_of_the_m5_extract_ran_out_for_weeks():
    with M5.open(encoding="utf-8", newline="") as text:
        daily = np.array([[float(v) for v in row[1:]] for row in list(csv.reader(text))[1:]])
    listed = np.argmax(daily > 0, axis=1)
    history = history_of(daily, first=15003, first_listed=listed)
    top = np.argsort(-daily.sum(axis=1), kind="stable")[:40]
    runs = zero_runs(history)
    n_days = (runs.stop - runs.start)[(runs.chance < 1e-4) & np.isin(runs.item, top)]
    assert 100 <= len(n_days) <= 140
    assert np.median(n_days) == pytest.approx(28, abs=3)
    assert not likely_stockouts(history)[:, : listed.min()].any()
