"""The estimated demand of periods that ran out follows season, level and what was sold."""

from __future__ import annotations

import numpy as np
import pytest

from core.demand import DemandClass, estimated_demand, profile_demand

WEEKDAY = np.array([1.3, 0.9, 0.8, 0.9, 1.1, 1.5, 0.5])


def test_without_stock_outs_it_is_what_was_sold(make_history, negative_binomial):
    history = make_history(negative_binomial(np.full(60, 3.0), 2.0, 0))
    assert estimated_demand(history) is history.quantity


def test_periods_that_ran_out_get_at_least_what_was_sold_and_what_was_lost(
    make_history, negative_binomial
):
    lost, regained = 0.0, 0.0
    for seed in range(10):
        demand = negative_binomial(10 * np.resize(WEEKDAY, 400), 4.0, seed)
        stock = np.where(np.arange(400) % 3 == 0, 8.0, 1e9)
        sold, in_stock = np.minimum(demand, stock), demand < stock
        wanted = estimated_demand(make_history(sold, in_stock=in_stock))
        assert np.array_equal(wanted[in_stock], sold[in_stock])
        assert np.all(wanted >= sold)
        lost += (demand - sold).sum()
        regained += (wanted - sold).sum()
    assert regained == pytest.approx(lost, rel=0.05)


def test_empty_periods_get_the_usual_of_their_weekday_and_time(make_history, negative_binomial):
    rise = np.where(np.arange(700) < 350, 5.0, 20.0)
    demand = negative_binomial(rise * np.resize(WEEKDAY, 700), 20.0, 3)
    empty = np.zeros(700, dtype=bool)
    empty[140:161] = empty[560:581] = True
    history = make_history(np.where(empty, 0.0, demand), in_stock=~empty)
    wanted = estimated_demand(history)
    assert wanted[140:161].mean() == pytest.approx(5.0, rel=0.25)
    assert wanted[560:581].mean() == pytest.approx(20.0, rel=0.15)
    by_day = wanted[560:581].reshape(3, 7).mean(0)
    assert by_day / by_day.mean() == pytest.approx(WEEKDAY, abs=0.15)


def test_what_nothing_can_be_said_of_keeps_its_sales(make_history):
    history = make_history([0.0, 3.0], in_stock=np.array([True, False]))
    assert estimated_demand(history).tolist() == [0.0, 3.0]


def test_the_profile_of_an_item_that_often_ran_out_is_that_of_its_demand(
    make_history, negative_binomial
):
    found = []
    for seed in range(10):
        demand = negative_binomial(np.full(500, 1.2), 1.0, seed)
        stock = np.random.default_rng(seed).integers(1, 4, 500).astype(float)
        history = make_history(np.minimum(demand, stock), in_stock=demand < stock)
        whole, cut = profile_demand(make_history(demand)), profile_demand(history)
        assert cut.demand_class in {DemandClass.INTERMITTENT, DemandClass.LUMPY}
        found.append((cut.mean / whole.mean, cut.adi / whole.adi))
    mean, adi = np.mean(found, axis=0)
    assert mean == pytest.approx(1.0, abs=0.05)
    assert adi == pytest.approx(1.0, abs=0.01)
