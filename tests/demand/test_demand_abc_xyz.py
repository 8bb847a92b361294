"""Which items matter and which are steady."""

from __future__ import annotations

import numpy as np
import pytest

from core.demand import abc_xyz, bucketed, season_table, telling
from core.domain import Period


def classed(history, price=None):
    tells = telling(history)
    buckets = bucketed(history, tells)
    price = np.ones(len(history.keys)) if price is None else np.asarray(price, dtype=float)
    return abc_xyz(history, buckets, season_table(history, tells, buckets), price)


def test_value_is_cut_at_80_and_95_percent(make_histories):
    """Shares 60, 25, 8, 4, 3, 0 %: the item that crosses a cut still belongs above it."""
    units = np.array([60, 25, 8, 4, 3, 0], dtype=float)
    found = classed(make_histories(units[:, None] * np.ones((6, 24)), Period.MONTH))
    assert found.abc == ("A", "A", "B", "B", "C", "C")
    assert found.share.tolist() == pytest.approx([0.6, 0.25, 0.08, 0.04, 0.03, 0.0])


def test_price_decides_what_matters(make_histories):
    history = make_histories(np.array([[90.0], [10.0]]) * np.ones((2, 12)), Period.MONTH)
    assert classed(history).abc == ("A", "B")
    assert classed(history, [1.0, 100.0]).abc == ("B", "A")


def test_only_the_last_year_counts(make_histories):
    quantity = np.ones((2, 36))
    quantity[0, :24], quantity[0, 24:] = 1000.0, 0.0
    found = classed(make_histories(quantity, Period.MONTH))
    assert found.share.tolist() == [0.0, 1.0]
    assert found.abc == ("C", "A")
    assert found.xyz == ("", "X"), "nothing sold for a year has no steadiness"


def test_nobody_sold_anything(make_histories):
    found = classed(make_histories(np.zeros((3, 20)), Period.MONTH))
    assert found.abc == ("C", "C", "C") and found.xyz == ("", "", "")


def test_steady_varying_and_erratic_items_are_told_apart(make_histories):
    rng = np.random.default_rng(1)
    cv = np.array([0.2, 0.75, 2.0])[:, None]
    found = classed(make_histories(rng.gamma(1 / cv**2, 50 * cv**2, (3, 36)), Period.MONTH))
    assert found.xyz == ("X", "Y", "Z")


def test_a_season_is_not_variability(make_histories):
    """Swings from 0.2 to 1.8 and back each year: steady once the season is known."""
    rng = np.random.default_rng(2)
    wave = 1 + 0.8 * np.sin(2 * np.pi * np.arange(48) / 12)
    history = make_histories(rng.poisson(200 * wave)[None, :], Period.MONTH)
    raw = history.quantity[0, -12:].std() / history.quantity[0, -12:].mean()
    assert raw > 0.5 and classed(history).xyz == ("X",)


def test_days_out_of_stock_do_not_make_an_item_erratic(make_histories):
    rng = np.random.default_rng(3)
    quantity = rng.poisson(20.0, (1, 730)).astype(float)
    in_stock = np.ones((1, 730), dtype=bool)
    in_stock[0, 400:560] = False
    quantity[~in_stock] = 0
    assert classed(make_histories(quantity)).xyz == ("Y",)
    assert classed(make_histories(quantity, in_stock=in_stock)).xyz == ("X",)
