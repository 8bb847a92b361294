"""Forecasts on the Data page: offered, made, set aside; shown beside the plan on the Item page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.ingest import Source
from core.jobs import run_inline
from core.services.assortment import build_assortment
from core.services.forecast_job import FORECAST
from core.services.forecast_use import uses_forecasts
from core.services.importing import import_from_file
from core.services.workspace import load_plan_data
from core.store import Store, open_store
from tests.pages.page_parts import opened, sound
from tests.services.plan_parts import shop

PAGE = "pages/setup/data.py"


def said(app) -> str:
    return "\n".join(each.value for each in (*app.markdown, *app.caption))


def growing() -> str:
    """Half a year of days: three items that grow by a hundredth a day, and three that do not."""
    rng, rows = np.random.default_rng(0), ["date,item,quantity"]
    for day in range(180):
        when = date(2026, 3, 1) + timedelta(days=day)
        for item in range(6):
            rows.append(f"{when},I{item},{rng.poisson(10 * 1.01 ** (day * (item < 3)))}")
    return "\n".join(rows) + "\n"


@pytest.fixture(scope="module")
def forecast_home(tmp_path_factory) -> Path:
    """Forecast once; every test then starts from a copy."""
    home = tmp_path_factory.mktemp("forecast")
    record = open_store(home)
    record.settings.set("sample_offered", True)
    import_from_file(record, "history", Source("sales.csv", growing().encode()))
    run_inline(record, FORECAST, {"horizon": 14, "models": []}, lambda report: None)
    record.close()
    return home


@pytest.fixture
def forecast_made(forecast_home, var_dir) -> Iterator[Store]:
    shutil.copytree(forecast_home, var_dir, dirs_exist_ok=True)
    record = open_store(var_dir)
    yield record
    record.close()


def test_without_one_it_is_offered_with_what_is_proved(var_dir):
    shop(var_dir).close()
    app = opened(PAGE)
    assert "our own benchmarks show no lower cost" in said(app)
    assert any(button.label.startswith("Forecast my items (about") for button in app.button)


def test_plans_by_the_day_use_it_once_the_planner_says_so(forecast_made):
    data = load_plan_data(forecast_made)
    assert not uses_forecasts(forecast_made, data.period)
    app = opened(PAGE)
    assert "Plans could use it" in said(app)
    (switch,) = [box for box in app.toggle if box.label.startswith("Plan on forecasts")]
    app = sound(switch.set_value(True).run())
    assert uses_forecasts(forecast_made, data.period) and "Plans use it" in said(app)
    labels = [plan.demand_label for plan in build_assortment(data, forecast_made).planned]
    assert any(label.startswith("forecast: ") for label in labels)


def test_a_forecast_that_is_not_used_is_drawn_beside_what_is_expected(forecast_made):
    app = opened("pages/plan/item.py")
    assert "Beside it the forecast." in said(app)
