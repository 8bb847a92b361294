"""The sample is believable, complete, and the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.domain import Period
from core.ingest import Source, join_stock, read_history, read_items, read_open_orders, read_stock
from core.ingest.sample import END, SampleFiles, make_sample, write_sample

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def sample() -> SampleFiles:
    return make_sample()


def test_committed_files_are_what_the_script_makes(tmp_path: Path) -> None:
    for path in write_sample(tmp_path):
        assert path.read_bytes() == (SAMPLE / path.name).read_bytes(), path.name


def test_sample_reads_without_warnings_that_a_planner_must_act_on() -> None:
    history = read_history(Source.from_path(SAMPLE / "history.csv"), as_of=END)
    known = history.value.keys
    assert (len(known), history.value.n_periods, history.value.period) == (40, 730, Period.DAY)
    items = read_items(Source.from_path(SAMPLE / "items.csv"), known=known)
    stock = read_stock(Source.from_path(SAMPLE / "stock.csv"), known=known)
    orders = read_open_orders(Source.from_path(SAMPLE / "open_orders.csv"), known=known, as_of=END)
    assert not items.findings + stock.findings + orders.findings
    assert {f.code for f in history.findings} <= {"returns", "returns_carried_back"}
    assert tuple(item.key for item in items.value) == known
    assert not any(item.assumed for item in items.value)
    assert len({item.supplier for item in items.value}) == 6
    joined = join_stock(known, stock.value, orders.value)
    assert sum(position.on_order > 0 for position in joined) >= 4
    assert any(position.on_hand == 0 for position in joined)


def test_sales_stop_short_of_demand_on_out_of_stock_days(sample: SampleFiles) -> None:
    history = sample.history
    share = (history["in_stock"] == "no").mean()
    assert 0.005 < share < 0.05
    assert (history["quantity"] < 0).mean() < 0.1
    assert (history["promotion"] == "yes").any()


def test_weekday_season_launch_and_end_of_life_show(sample: SampleFiles) -> None:
    sales = sample.history[sample.history["quantity"] >= 0]
    day = pd.to_datetime(sales["date"], format="%Y-%m-%d")
    by_weekday = sales.groupby(day.dt.weekday)["quantity"].mean()
    assert by_weekday[5] > 1.4 * by_weekday[0]
    hats = sales[sales["item"] == "NT-404"].groupby(day.dt.month)["quantity"].mean()
    assert hats[12] > 3 * hats[6]
    assert sales[sales["item"] == "LO-505"]["date"].min() > "2026-04-01"
    fading = sales[sales["item"] == "NT-408"].groupby("date")["quantity"].sum()
    assert fading[-60:].sum() < 0.1 * fading[:60].sum()


def test_demand_patterns_are_mixed(sample: SampleFiles) -> None:
    sales = sample.history[sample.history["quantity"] >= 0]
    rates = sales.groupby("item")["quantity"].agg(lambda q: float((q > 0).mean()))
    assert (rates > 0.9).sum() >= 10
    assert (rates < 0.35).sum() >= 6
    assert sample.history["quantity"].dtype == np.int64


def test_another_seed_gives_other_customers() -> None:
    other = make_sample(seed=8)
    assert not other.stock.equals(make_sample().stock)
