"""Plans stand on a forecast of exactly these sales, where it is better, until it is set aside."""

from __future__ import annotations

import numpy as np
import pytest

from core.demand.forecasts import Forecast
from core.ingest import ReadOptions, Source
from core.jobs import run_inline
from core.services.assortment import build_assortment
from core.services.forecast_job import FORECAST, latest_forecast
from core.services.forecast_use import (
    forecast_in_use,
    forecast_mark,
    forecast_state,
    use_forecasts,
)
from core.services.importing import keep_import, preview_import, undo_import
from core.services.previewing import ImportRequest
from core.services.workspace import PlanData, load_plan_data
from core.store import Store


def sales(n_months: int) -> str:
    """Two items that double every year, and one that does not change."""
    rng = np.random.default_rng(0)
    rows = ["date,item,quantity"]
    for month in range(n_months):
        day = f"{2018 + month // 12}-{month % 12 + 1:02d}-01"
        for item, growth in (("A", 1.0), ("B", 1.0), ("C", 0.0)):
            rows.append(f"{day},{item},{rng.poisson(20 * 2 ** (growth * month / 12))}")
    return "\n".join(rows) + "\n"


def kept(store: Store, n_months: int) -> PlanData:
    source = Source("sales.csv", sales(n_months).encode())
    request = ImportRequest("history", source, ReadOptions(answers={"append": "replace"}))
    keep_import(store, preview_import(request, load_plan_data(store)))
    data = load_plan_data(store)
    assert data is not None
    return data


@pytest.fixture(scope="module")
def forecast_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    from core.store import open_store

    store = open_store(tmp_path_factory.mktemp("var"))
    kept(store, 60)
    run_inline(store, FORECAST, {"horizon": None, "models": []}, lambda report: None)
    return store


def test_growing_items_are_planned_on_their_forecast(forecast_store: Store) -> None:
    data = load_plan_data(forecast_store)
    assert data is not None
    found = latest_forecast(forecast_store, data)
    assert isinstance(found, Forecast)
    planned = build_assortment(data, forecast_store).planned
    labels = {plan.key.item: plan.demand_label for plan in planned}
    better = {key.item for key, yes in zip(found.keys, found.is_better, strict=True) if yes}
    assert {"A", "B"} <= better
    assert all(label.startswith("forecast: ") == (key in better) for key, label in labels.items())
    told = forecast_state(forecast_store, data)
    assert (told.n_items, told.n_better, told.is_used) == (3, len(better), True)
    assert sum(n for _, n in told.models) == 3


def test_set_aside_the_demand_models_are_back(forecast_store: Store) -> None:
    data = load_plan_data(forecast_store)
    assert data is not None
    with_it = build_assortment(data, forecast_store).fingerprint
    mark = forecast_mark(forecast_store, data)
    use_forecasts(forecast_store, use=False)
    assert forecast_in_use(forecast_store, data) is None
    assert forecast_mark(forecast_store, data) != mark
    planned = build_assortment(data, forecast_store)
    assert not any(plan.demand_label.startswith("forecast") for plan in planned.planned)
    assert planned.fingerprint != with_it
    use_forecasts(forecast_store, use=True)
    assert build_assortment(data, forecast_store).fingerprint == with_it


def test_other_sales_have_no_forecast_until_theirs_is_made(forecast_store: Store) -> None:
    data = kept(forecast_store, 48)
    assert forecast_state(forecast_store, data).made_at is None
    assert forecast_in_use(forecast_store, data) is None
    undo_import(forecast_store, "history")
    before = load_plan_data(forecast_store)
    assert before is not None and forecast_in_use(forecast_store, before) is not None
