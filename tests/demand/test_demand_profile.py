"""What kind of seller an item is."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.demand import DemandClass, profile_demand

_M5 = Path(__file__).parents[3] / "shared" / "data" / "m5_walmart_tx3_foods3_daily_wide.csv"

CASES = {
    DemandClass.SMOOTH: [5.0, 6.0, 5.0, 4.0],
    DemandClass.ERRATIC: [1.0, 20.0, 1.0, 2.0],
    DemandClass.INTERMITTENT: [5.0, 0.0, 5.0, 0.0],
    DemandClass.LUMPY: [1.0, 0.0, 20.0, 0.0, 1.0, 0.0],
    DemandClass.NONE: [0.0, 0.0],
}


@pytest.mark.parametrize(("expected", "quantity"), CASES.items())
def test_each_class_is_told(expected, quantity, make_history):
    assert profile_demand(make_history(quantity)).demand_class is expected


def test_the_numbers_of_a_profile_by_hand(make_history):
    in_stock = np.array([True] * 7 + [False])
    profile = profile_demand(make_history([0, 0, 2, 0, 4, 0, 6, 0], in_stock=in_stock))
    assert profile.adi == pytest.approx(5 / 3)
    assert profile.cv2 == pytest.approx((8 / 3) / 16)
    assert (profile.mean, profile.share_zero) == (pytest.approx(2.4), pytest.approx(0.4))
    assert profile.sd == pytest.approx(np.std([2, 0, 4, 0, 6]))
    assert profile.share_out_of_stock == pytest.approx(1 / 8)


def test_an_item_that_never_sold_has_a_profile(make_history):
    profile = profile_demand(make_history(np.zeros(10)))
    assert (profile.adi, profile.mean, profile.share_zero) == (math.inf, 0.0, 1.0)
    assert profile_demand(make_history([])).demand_class is DemandClass.NONE


@pytest.mark.skipif(not _M5.exists(), reason="the public M5 extract is not beside the project")
def test_class_counts_of_the_m5_extract(make_history):
    pandas = pytest.importorskip("pandas")
    rows = pandas.read_csv(_M5).iloc[:, 1:].to_numpy(dtype=float)
    counts = Counter(profile_demand(make_history(row)).demand_class for row in rows)
    assert counts == {
        DemandClass.SMOOTH: 22,
        DemandClass.ERRATIC: 12,
        DemandClass.INTERMITTENT: 67,
        DemandClass.LUMPY: 19,
    }
