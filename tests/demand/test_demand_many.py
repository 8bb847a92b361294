"""All items at once: the numbers of one item at a time, and in time."""

from __future__ import annotations

import time

import numpy as np
import pytest

from core.demand import (
    abc_xyz,
    bucketed,
    find_outliers,
    lives,
    profile_all,
    profile_demand,
    season_table,
    telling,
)
from core.demand.seasonality import weekday_chance, year_chance
from core.domain import Period


@pytest.fixture
def mixed(make_histories):
    """Return 60 items of all kinds, some listed late, some out of stock, one that never sold."""
    rng = np.random.default_rng(3)
    mean = np.exp(rng.normal(-0.5, 1.5, 60))[:, None]
    quantity = rng.poisson(rng.gamma(0.7, mean / 0.7, (60, 800)))
    listed = rng.integers(0, 500, 60)
    quantity[np.arange(800) < listed[:, None]] = 0
    quantity[7] = 0
    in_stock = rng.random((60, 800)) > 0.05
    return make_histories(quantity * in_stock, in_stock=in_stock, first_listed=listed)


def test_profiles_of_all_items_are_those_of_each(mixed):
    found = profile_all(mixed)
    for row, history in enumerate(mixed.items()):
        one = profile_demand(history)
        assert found.demand_class[row] is one.demand_class
        for name in ("adi", "cv2", "mean", "sd"):
            assert getattr(found, name)[row] == pytest.approx(getattr(one, name), abs=1e-9), name
        assert found.n_out_of_stock[row] == np.count_nonzero(~history.in_stock)


def test_equal_sizes_vary_by_nothing(make_histories):
    assert profile_all(make_histories(np.full((1, 50), 0.1))).cv2[0] == 0.0


@pytest.mark.parametrize("period", [Period.DAY, Period.MONTH])
def test_seasons_of_all_items_are_those_of_each(make_histories, period):
    """The same F tests as item by item: weekdays on days, the year on months."""
    rng = np.random.default_rng(4)
    wave = 1 + 0.5 * np.sin(2 * np.pi * np.arange(60) / 12) * rng.random((20, 1))
    history = make_histories(rng.poisson(8 * wave), period, in_stock=rng.random((20, 60)) > 0.1)
    tells = telling(history)
    found = season_table(history, tells, bucketed(history, tells))
    for row, one in enumerate(history.items()):
        seen = (period, one.indices[tells[row]], one.quantity[tells[row]])
        assert found.weekday_chance[row] == pytest.approx(weekday_chance(*seen), rel=1e-6)
        if period is Period.MONTH:
            assert found.year_chance[row] == pytest.approx(year_chance(*seen), rel=1e-6)


def test_factors_follow_the_planted_pattern_and_are_flat_without_one(make_histories):
    day = np.arange(1100)
    weekly = np.where((day + 0) % 7 < 5, 1.3, 0.25)
    rng = np.random.default_rng(5)
    quantity = np.stack([rng.poisson(6 * weekly), rng.poisson(6.0, 1100)])
    history = make_histories(quantity)
    tells = telling(history)
    season = season_table(history, tells, bucketed(history, tells))
    assert season.is_weekly.tolist() == [True, False]
    index = np.arange(history.first_index, history.next_index)
    factor = season.factors(index)
    assert np.corrcoef(factor[0], weekly)[0, 1] > 0.98
    assert np.allclose(factor[1], season.year_factors_of(index)[1])


def test_buckets_end_with_the_history_and_know_what_they_do_not_know(make_histories):
    in_stock = np.ones((1, 7 * 30 + 3), dtype=bool)
    in_stock[0, -5:] = False
    history = make_histories(np.full((1, 213), 2.0), in_stock=in_stock)
    found = bucketed(history, telling(history))
    assert (found.length, found.n, found.label) == (7, 30, "week")
    assert found.first[-1] + 7 == history.next_index
    assert found.is_known[0].tolist() == [True] * 29 + [False]
    assert found.rate[0].tolist() == [2.0] * 29 + [0.0]


def test_two_thousand_daily_items_are_understood_in_a_few_seconds(make_histories):
    """A fifth of 10,000 items x 730 days, which have 10 s; about 1 s on one quiet core."""
    rng = np.random.default_rng(6)
    mean = np.exp(rng.normal(-1, 2, (2000, 1)))
    history = make_histories(rng.poisson(np.broadcast_to(mean, (2000, 730))))
    start = time.process_time()
    tells = telling(history)
    buckets = bucketed(history, tells)
    season = season_table(history, tells, buckets)
    profiles = profile_all(history, tells)
    classes = abc_xyz(history, buckets, season, np.ones(2000))
    stands = lives(history, tells, buckets, season)
    odd = find_outliers(history, tells, season)
    assert time.process_time() - start < 4.0
    assert len(profiles.mean) == len(classes.abc) == len(stands.state) == 2000
    assert odd.n <= 5
