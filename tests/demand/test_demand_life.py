"""Where an item stands in its life; false alarms by simulation."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.demand import LifeState, bucketed, lives, season_table, telling
from core.demand.life import DYING_CHANCE
from core.domain import Period

DAY = np.arange(730)


def found_in(history, lead_time=None):
    tells = telling(history)
    buckets = bucketed(history, tells)
    season = season_table(history, tells, buckets)
    return lives(history, tells, buckets, season, lead_time)


def states(history, lead_time=None):
    return Counter(found_in(history, lead_time).state)


def sold(mean, n=200, seed=1):
    return np.random.default_rng(seed).poisson(np.broadcast_to(mean, (n, np.shape(mean)[-1])))


@pytest.mark.parametrize("mean", [0.03, 0.1, 0.5, 3.0])
def test_steady_demand_is_hardly_ever_called_dying_silent_or_gone(make_histories, mean):
    """4,000 items of pure chance, slow and fast: fewer than 1 in 100 is a false alarm."""
    found = states(make_histories(sold(np.full(730, mean), 4000)))
    alarms = found[LifeState.DYING] + found[LifeState.SILENT] + found[LifeState.GONE]
    assert alarms / 4000 < 0.01
    assert found[LifeState.GONE] + found[LifeState.SILENT] <= 3


@pytest.mark.parametrize("period", [Period.WEEK, Period.MONTH])
def test_lumpy_demand_raises_no_false_alarm_either(make_histories, period):
    """Sales now and then, in sizes that differ tenfold: the test asks nothing of their kind."""
    rng = np.random.default_rng(2)
    sizes = np.ceil(rng.lognormal(1.5, 1.0, (4000, 104)))
    found = states(make_histories(np.where(rng.random((4000, 104)) < 0.3, sizes, 0), period))
    assert found[LifeState.DYING] / 4000 <= 1.5 * DYING_CHANCE
    assert found[LifeState.GONE] + found[LifeState.SILENT] <= 3


def test_what_has_stopped_selling_is_gone(make_histories):
    found = found_in(make_histories(sold(np.where(DAY < 600, 0.5, 0.0))))
    assert set(found.state) == {LifeState.GONE}
    assert (found.n_silent >= 130).all() and (found.silence_chance < 1e-4).all()


def test_a_short_silence_of_a_fast_seller_is_not_yet_the_end(make_histories):
    assert set(states(make_histories(sold(np.where(DAY < 710, 5.0, 0.0))))) == {LifeState.SILENT}


def test_a_shelf_that_was_empty_is_no_silence(make_histories):
    in_stock = np.broadcast_to(DAY < 600, (50, 730)).copy()
    history = make_histories(sold(np.where(DAY < 600, 0.5, 0.0), 50), in_stock=in_stock)
    assert set(states(history)) == {LifeState.RUNNING}


def test_what_sells_a_third_of_what_it_did_is_dying(make_histories):
    found = found_in(make_histories(sold(np.where(DAY < 600, 3.0, 1.0))))
    n_dying = sum(state is LifeState.DYING for state in found.state)
    assert n_dying >= 190
    assert np.median(found.fell_to) == pytest.approx(1 / 3, abs=0.05)


def test_what_sells_a_little_less_is_not_dying(make_histories):
    assert states(make_histories(sold(np.where(DAY < 600, 30.0, 22.0))))[LifeState.DYING] == 0


def test_the_quiet_months_of_a_seasonal_item_are_no_end(make_histories):
    """Summer goods in December: nothing for months, as every year."""
    day = np.arange(4 * 365)
    mean = 4 * np.maximum(np.cos(2 * np.pi * (day - 200) / 365.25), 0.0) ** 2
    found = states(make_histories(sold(mean, 100)))
    assert found[LifeState.GONE] + found[LifeState.SILENT] + found[LifeState.DYING] <= 2


def test_new_means_a_quarter_or_two_lead_times(make_histories):
    quantity = np.zeros((3, 730))
    quantity[0, 680:] = quantity[1, 560:] = quantity[2, 2:] = 3.0
    history = make_histories(quantity)
    new, running = LifeState.NEW, LifeState.RUNNING
    assert found_in(history).state == (new, running, running)
    assert found_in(history, np.full(3, 90.0)).state == (new, new, running)


def test_a_file_of_two_months_cannot_say_what_is_new(make_histories):
    quantity = np.zeros((1, 60))
    quantity[0, 30:] = 3.0
    assert found_in(make_histories(quantity)).state == (LifeState.RUNNING,)


def test_an_item_that_never_sold_says_so(make_histories):
    assert found_in(make_histories(np.zeros((1, 100)))).state == (LifeState.NEVER_SOLD,)
