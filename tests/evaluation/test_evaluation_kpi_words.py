"""The one table of key figures."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from core.domain import Period
from core.evaluation import KPI_WORDS
from core.evaluation.kpi_words import OVER_ITEMS, kpi_row, over_items
from core.simulator import Kpis


def test_every_key_figure_has_its_words():
    """A new field of Kpis shows up on screens, or this fails."""
    assert set(KPI_WORDS) == {field.name for field in fields(Kpis)}
    for word in KPI_WORDS.values():
        assert word.label
        assert word.description.endswith(".")
        assert word.better in {"lower", "higher", ""}
        assert word.over_items in OVER_ITEMS
        assert format(0.5, word.format)


@pytest.mark.parametrize(
    ("name", "period", "value", "shown", "unit"),
    [
        ("turnover", Period.MONTH, 0.5, 6.0, "turns/year"),
        ("turnover", None, 0.5, 0.5, "turns/period"),
        ("cover", Period.WEEK, 3.0, 21.0, "days"),
        ("cover", Period.DAY, 3.0, 3.0, "days"),
        ("cover", None, 3.0, 3.0, "periods"),
        ("cost", Period.WEEK, 3.0, 3.0, "money/week"),
    ],
)
def test_screens_show_years_and_days(name, period, value, shown, unit):
    """Turns per year and days of cover, whatever the period."""
    word = KPI_WORDS[name]
    assert word.shown(value, period) == pytest.approx(shown)
    assert word.unit_for(period) == unit


def test_over_all_items_a_rate_is_weighted_and_money_is_added():
    """90 of 100 units and 0 of 10 units are 90 of 110."""
    per_item = {
        "demand": np.array([100.0, 10.0]),
        "fill_rate": np.array([0.9, 0.0]),
        "cost": np.array([5.0, 7.0]),
        "turnover": np.array([2.0, 8.0]),
        "stock_value": np.array([30.0, 10.0]),
        "stockout_severity": np.array([4.0, 0.0]),
        "stockout_frequency": np.array([0.0, 0.0]),
    }
    assert over_items("fill_rate", per_item) == pytest.approx(90 / 110)
    assert over_items("cost", per_item) == 12.0
    assert over_items("turnover", per_item) == pytest.approx((60 + 80) / 40)
    assert over_items("stockout_severity", per_item) == 2.0


def test_a_row_holds_words_values_and_texts():
    """What a table needs, ready to show."""
    row = kpi_row("fill_rate", {"s_S": 0.9512, "agent": 1.0}, Period.WEEK)
    assert row["label"] == "Fill rate"
    assert row["texts"] == {"s_S": "95.1%", "agent": "100.0%"}
    assert row["values"]["s_S"] == 0.9512


def test_nearly_everything_served_is_not_written_as_everything():
    """A fill rate of 100.0% beside a stock-out cost would read as a mistake."""
    row = kpi_row("fill_rate", {"a": 0.99984, "b": 0.9999999, "c": 1.0, "d": 0.9944}, None)
    assert row["texts"] == {"a": "99.98%", "b": "99.99%", "c": "100.0%", "d": "99.4%"}
