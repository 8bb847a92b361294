"""Forecasts of many items: made on every core, shown as a fan, used in plans."""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.demand.forecasts import (
    LABELS,
    Forecast,
    ForecastPlan,
    Panel,
    Task,
    Terms,
    common_terms,
    forecast_demand,
    in_turn,
    item_paths,
    make_forecast,
)
from core.demand.profile import DemandClass
from core.demand.protocol import Floats
from core.domain import Item, ItemHistory
from core.services.demand_rows import Row, packed, unpacked
from core.services.helpers import n_helpers, side_by_side

_WORTH_A_HELPER = 40
_HELPER = "from core.services.forecasts import answer_all; answer_all()"
_BANDS = ((0.05, 0.95), (0.1, 0.9), (0.25, 0.75))


def forecast_items(
    histories: Sequence[ItemHistory],
    items: Sequence[Item] = (),
    plan: ForecastPlan = ForecastPlan(),  # noqa: B008
    on_progress: Callable[[float, str], None] = lambda share, step: None,
) -> Forecast:
    """Forecast every item, on every core where there are many.

    Args:
        histories: Sales, one per item, all to the same period.
        items: With costs and lead times; those without are judged at common costs.
        plan: Horizon and models.
        on_progress: Told the share done and the step; may raise to stop the work.

    Raises:
        HistoryError: where no item can be forecast.
    """

    def terms(panel: Panel) -> Terms:
        return item_terms(panel, items)

    return make_forecast(histories, terms, plan, on_progress, _run)


def item_terms(panel: Panel, items: Sequence[Item]) -> Terms:
    """Return holding and stockout cost, and the periods an order has to cover.

    That is the mean lead time, rounded up, and the review period.
    """
    terms, by_key = common_terms(panel), {item.key: item for item in items}
    holding, stockout = terms.holding_cost.copy(), terms.stockout_cost.copy()
    protection = terms.protection.copy()
    for row, key in enumerate(panel.keys):
        if (item := by_key.get(key)) is not None:
            holding[row], stockout[row] = item.costs.holding_cost, item.costs.stockout_cost
            protection[row] = int(np.ceil(item.lead_time.mean)) + item.rules.review_period
    return Terms(holding, stockout, protection)


def with_forecasts(
    rows: Sequence[Row], histories: Sequence[ItemHistory], forecast: Forecast
) -> list[Row]:
    """Return the choice of demand models, with the forecast where it is proved better.

    An item whose forecast did not beat its demand model by more than a standard error at past
    origins keeps its row as it is; so does one without a forecast.

    Args:
        rows: Of ``demand_rows``, one per item.
        histories: One per item.
        forecast: Of the same histories.
    """
    place = {key: row for row, key in enumerate(forecast.keys)}
    found = []
    for row, history in zip(rows, histories, strict=True):
        number = place.get(history.key)
        if "problem" in row or number is None or not forecast.is_better[number]:
            found.append(row)
            continue
        model = forecast_demand(forecast, number, history)
        label = f"forecast: {LABELS[forecast.models[number]]}"
        told = {"model": model.to_json(), "label": label, "reason": forecast.reasons[number]}
        found.append({**row, **told})
    return found


@dataclass(frozen=True, eq=False)
class ForecastChart:
    """History and fan, ready to draw.

    Args:
        dates: First day of each past period, shape [n_past].
        sold: Units, shape [n_past].
        in_stock: False where sales understate demand, shape [n_past].
        ahead: First day of each forecast period, shape [horizon].
        mean: Units, shape [horizon].
        bands: Share of chances inside, lower and upper edge in units, widest first.
        words: Why this forecast.
    """

    dates: npt.NDArray[np.datetime64]
    sold: Floats
    in_stock: npt.NDArray[np.bool_]
    ahead: npt.NDArray[np.datetime64]
    mean: Floats
    bands: tuple[tuple[float, Floats, Floats], ...]
    words: str


def forecast_chart(history: ItemHistory, forecast: Forecast, n_past: int = 0) -> ForecastChart:
    """Return an item's past and its forecast as a fan.

    Args:
        history: The item's sales.
        forecast: Of many items.
        n_past: Latest periods to show; 0 shows all.

    Raises:
        HistoryError: where the item has no forecast; says why.
    """
    row = forecast.row(history.key)
    shown = slice(max(history.n_periods - n_past, 0) if n_past else 0, None)
    ahead = np.arange(forecast.start, forecast.start + forecast.horizon)
    quantile = dict(zip(forecast.levels, forecast.quantiles[:, row], strict=True))
    return ForecastChart(
        dates=history.period.start(history.indices[shown]),
        sold=history.quantity[shown],
        in_stock=history.in_stock[shown],
        ahead=forecast.period.start(ahead),
        mean=forecast.mean[row],
        bands=tuple((high - low, quantile[low], quantile[high]) for low, high in _BANDS),
        words=forecast.reasons[row],
    )


def _run(tasks: Sequence[Task], on_done: Callable[[int], None]) -> Iterator[Floats]:
    """Forecast items on every core; here where there are few."""
    n = n_helpers(len(tasks), _WORTH_A_HELPER)
    if n < 2:
        yield from in_turn(tasks, on_done)
        return
    found: list[Floats | None] = [None] * len(tasks)
    places = [iter(range(k, len(tasks), n)) for k in range(n)]
    parts = [[_task_json(task) for task in tasks[k::n]] for k in range(n)]
    with side_by_side(_HELPER, parts) as answers:
        for n_done, (number, answer) in enumerate(answers):
            place = next(places[number])
            found[place] = _array(answer, tasks[place])
            on_done(n_done + 1)
    # A helper that died leaves gaps: they are filled here.
    for task, paths in zip(tasks, found, strict=True):
        yield item_paths(task) if paths is None else paths


def answer_all() -> None:
    """Forecast all items of standard input, one line each: what a helper does."""
    for part in json.load(sys.stdin):
        paths = item_paths(_task(part))
        print(json.dumps(b64encode(paths.astype("<f8").tobytes()).decode()), flush=True)


def _task_json(task: Task) -> Row:
    return {
        "history": packed(task.history),
        "class": task.demand_class.value,
        "cuts": list(task.cuts),
        "horizon": task.horizon,
        "models": list(task.models),
    }


def _task(part: Mapping[str, Any]) -> Task:
    history, kind = unpacked(part["history"]), DemandClass(part["class"])
    return Task(history, kind, tuple(part["cuts"]), part["horizon"], tuple(part["models"]))


def _array(answer: str, task: Task) -> Floats:
    flat = np.frombuffer(b64decode(answer), dtype="<f8")
    return flat.reshape(len(task.names), len(task.cuts), 2, task.horizon)
