"""Unusual sales: what is marked, and what must not be; false marks by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from core.demand import bucketed, find_outliers, season_table, telling
from core.domain import Period

DAY = np.arange(730)


def marks(history):
    tells = telling(history)
    return find_outliers(history, tells, season_table(history, tells, bucketed(history, tells)))


def draw(mean, n=200, seed=1):
    return np.random.default_rng(seed).poisson(np.broadcast_to(mean, (n, np.shape(mean)[-1])))


@pytest.mark.parametrize("mean", [0.02, 0.3, 2.0, 40.0])
def test_pure_chance_gets_less_than_a_mark_in_a_thousand_years(make_histories, mean):
    """4,000 years of Poisson sales by the day."""
    found = marks(make_histories(draw(np.full(730, mean), 2000)))
    assert found.n < 4


@pytest.mark.parametrize("mean", [0.2, 5.0])
def test_pure_chance_by_the_week_gets_no_more(make_histories, mean):
    found = marks(make_histories(draw(np.full(156, mean), 1300), Period.WEEK))
    assert found.n < 4


def test_ten_of_a_slow_mover_of_one_or_two_is_odd(make_histories):
    rng = np.random.default_rng(2)
    sizes = rng.integers(1, 3, (100, 730))
    quantity = np.where(rng.random((100, 730)) < 0.03, sizes, 0)
    quantity[:, 400] = 10
    found = marks(make_histories(quantity))
    assert len(set(found.row)) >= 98 and set(found.column) == {400}
    assert found.quantity.tolist() == [10.0] * found.n
    assert np.all((found.usual >= 1) & (found.usual <= 2))


def test_many_outliers_do_not_hide_each_other(make_histories):
    quantity = draw(np.full(730, 5.0), 50)
    columns = np.random.default_rng(3).choice(np.arange(0, 730, 2), 20, replace=False)
    quantity[:, columns] = 40
    found = marks(make_histories(quantity))
    assert found.n == 50 * 20 and set(found.column) == set(columns.tolist())


def test_neighbouring_days_are_one_event(make_histories):
    quantity = draw(np.full(730, 5.0), 1)
    quantity[0, 300:304] = 60
    found = marks(make_histories(quantity))
    assert (found.column.tolist(), found.length.tolist()) == ([300], [4])
    assert found.quantity[0] == 240 and found.usual[0] == pytest.approx(20, abs=4)


@pytest.mark.parametrize(
    "mean",
    [
        np.linspace(1, 20, 730),
        np.where(DAY < 400, 2.0, 20.0),
        5 * (1 + 0.8 * np.sin(2 * np.pi * DAY / 365.25)),
        5 * np.where(DAY % 7 < 5, 1.3, 0.25),
    ],
    ids=["growth", "a new level", "a season", "weekends"],
)
def test_what_is_usual_for_its_time_is_not_odd(make_histories, mean):
    assert marks(make_histories(draw(mean))).n <= 1


def test_sales_that_always_vary_widely_are_left_alone(make_histories, negative_binomial):
    """Negative binomial, standard deviation above the mean: hardly any mark in 1,000 years."""
    quantity = negative_binomial(np.full((500, 730), 10.0), 0.8, 4)
    assert marks(make_histories(quantity)).n <= 5


def test_the_unit_of_measure_does_not_matter(make_histories):
    """Grams or kilograms: the same event."""
    rng = np.random.default_rng(5)
    grams = np.round(rng.gamma(8, 130, (1, 365)))
    grams[0, 200] = 9000
    for unit in (1.0, 0.001):
        found = marks(make_histories(grams * unit))
        assert found.column.tolist() == [200]


def test_a_sale_while_out_of_stock_and_few_sales_are_not_judged(make_histories):
    quantity = np.zeros((2, 200))
    quantity[0, [5, 50, 100]], quantity[0, 150] = 1, 30
    quantity[1], quantity[1, 150] = 5, 90
    in_stock = np.ones((2, 200), dtype=bool)
    in_stock[1, 150] = False
    assert marks(make_histories(quantity, in_stock=in_stock)).n == 0


def test_nothing_at_all_has_no_outliers(make_histories):
    assert marks(make_histories(np.zeros((2, 30)))).n == 0
