"""Forecasts: accuracy and coverage on published series, what plans gain, and how long they take."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.real_sales import M5, listed
from benchmarks.report import Row
from core.demand import DemandModel, choose_model
from core.demand.forecasts import HORIZONS, LABELS, Forecast, common_terms, forecast_demand
from core.demand.forecasts.classical import classical_path
from core.demand.forecasts.panel import SEASONS, Panel
from core.domain import ItemHistory, ItemKey, Period
from core.services.forecasts import forecast_items

Floats = npt.NDArray[np.float64]

_M3, _M5_NEXT = "m3_monthly_micro_industry_long.csv", "m5_walmart_tx3_foods3_next56_wide.csv"
_SINGLES = ("ets", "theta", "mstl", "seasonal_naive", "arima")
_M5_FIRST_DAY = np.datetime64("2011-01-29")
_N_ITEMS, _N_DAYS, _FIRST_DAY = 1_000, 730, 19_358
_N_PATHS, _SEED = 2_000, 11


@dataclass(frozen=True, eq=False)
class _Series:
    """Sales that are known, and what came after."""

    histories: list[ItemHistory]
    actual: Floats

    @property
    def scale(self) -> Floats:
        """In-sample error of the seasonal naive forecast, units, shape [n_items]."""
        steps = SEASONS[self.histories[0].period]
        gaps = (np.abs(h.quantity[steps:] - h.quantity[:-steps]).mean() for h in self.histories)
        return np.array(list(gaps))

    def mase(self, mean: Floats) -> float:
        """Mean absolute scaled error (Hyndman and Koehler 2006), mean over items."""
        return float((np.abs(mean - self.actual).mean(axis=1) / self.scale).mean())

    def covered(self, low: Floats, high: Floats) -> float:
        """Share of what came that lies inside."""
        return float(((self.actual >= low) & (self.actual <= high)).mean())


def m3_rows(folder: Path) -> list[Row]:
    """Compare the mix with each single model on the 140 monthly series."""
    if not (folder / _M3).exists():
        return []
    series = _m3(folder)
    begin = time.perf_counter()
    forecast = forecast_items(series.histories)
    took = time.perf_counter() - begin
    singles = {name: _single(series, name) for name in _SINGLES}
    errors = {name: series.mase(paths[:, 0]) for name, paths in singles.items()}
    best = min(errors, key=lambda name: errors[name])
    mix = series.mase(forecast.mean)
    note = f"140 series, last 18 months held out; {took:.0f} s for the mix"
    others = ", ".join(f"{LABELS[name]} {errors[name]:.4f}" for name in _SINGLES)
    spread = 1.2815515655446004 * singles[best][:, 1]
    own = series.covered(singles[best][:, 0] - spread, singles[best][:, 0] + spread)
    return [
        Row(
            "M3 monthly: MASE of the chosen mix",
            "not above AutoETS",
            f"{mix:.4f} (best single model, {LABELS[best]}: {errors[best]:.4f}; all: {others})",
            mix <= errors["ets"],
            note,
        ),
        Row(
            "M3 monthly: sales inside the 80 % interval",
            "80 %",
            f"{100 * _inside(series, forecast):.1f} % ({LABELS[best]} alone: {100 * own:.1f} %)",
            None,
            note,
        ),
        _gain("M3 monthly", series, forecast),
    ]


def m5_rows(folder: Path) -> list[Row]:
    """Plan 120 retail items for 28 days, with and without forecasts; two years known."""
    if not (folder / M5).exists():
        return []
    series = _m5(folder)
    forecast = forecast_items(series.histories)
    inside = f"{100 * _inside(series, forecast):.1f} %"
    note = "120 items, last 28 days held out"
    return [
        Row("M5 daily: sales inside the 80 % interval", "80 %", inside, None, note),
        _gain("M5 daily", series, forecast),
    ]


def time_rows() -> list[Row]:
    """Time a thousand daily items."""
    histories = _drawn()
    begin = time.perf_counter()
    forecast = forecast_items(histories)
    took = time.perf_counter() - begin
    return [
        Row(
            f"{_N_ITEMS:,} items x {_N_DAYS} days: forecasts of {forecast.horizon} days",
            "under 180 s on two cores",
            f"{took:.0f} s",
            took < 180,
            "five models and the mean of them at three past origins and now, library start "
            "included, a process on each core",
        )
    ]


def _single(series: _Series, name: str) -> Floats:
    """Return mean and sd of one model, shape [n_items, 2, horizon]."""
    period, horizon = series.histories[0].period, series.actual.shape[1]
    return np.stack(
        [
            classical_path(name, h.quantity, SEASONS[period], horizon, period)
            for h in series.histories
        ]
    )


def _inside(series: _Series, forecast: Forecast) -> float:
    low, high = (forecast.quantiles[forecast.levels.index(level)] for level in (0.1, 0.9))
    return series.covered(low, high)


def _gain(words: str, series: _Series, forecast: Forecast) -> Row:
    """Compare the cost of stock levels set with and without forecasts, where plans use them."""
    terms = common_terms(Panel.of(series.histories))
    cover, ratio = int(terms.protection[0]), float(terms.ratio[0])
    rows = np.flatnonzero(forecast.is_better)
    pairs = []
    for row in rows:
        history, actual = series.histories[row], series.actual[row]
        models = (choose_model(history).model, forecast_demand(forecast, int(row), history))
        unit = max(float(history.quantity.mean()), 1e-9)
        pairs.append([_cost(model, history, actual, cover, ratio) / unit for model in models])
    cost = np.array(pairs).reshape(-1, 2)
    gain = cost[:, 1] - cost[:, 0]
    error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else float("nan")
    base = cost[:, 0].mean()
    return Row(
        f"{words}: cost of planning with the forecast, where it is used",
        "below planning without",
        f"{100 * gain.mean() / base:+.1f} % ± {100 * error / base:.1f} on {len(rows)} of "
        f"{len(series.histories)} items",
        bool(gain.mean() < 0),
        f"stock up to the {ratio:.0%} quantile of {cover} {series.histories[0].period}s' demand, "
        "on the held-out part, cost over the item's mean sales, ± standard error over items",
    )


def _cost(
    model: DemandModel, history: ItemHistory, actual: Floats, cover: int, ratio: float
) -> float:
    """Return the newsvendor cost of each stretch of ``cover`` periods, mean; h = 1."""
    rng, horizon = np.random.default_rng(_SEED), len(actual) // cover * cover
    paths = model.sample(rng, _N_PATHS, horizon, history.next_index)
    level = np.quantile(paths.reshape(_N_PATHS, -1, cover).sum(axis=2), ratio, axis=0)
    left = level - actual[:horizon].reshape(-1, cover).sum(axis=1)
    return float(np.where(left > 0, left, -left * ratio / (1 - ratio)).mean())


def _m3(folder: Path) -> _Series:
    found: dict[str, dict[str, list[float]]] = {}
    with (folder / _M3).open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            parts = found.setdefault(row["series"], {"train": [], "test": []})
            parts[row["part"]].append(float(row["value"]))
    # Series end in different months; all are set on one calendar, as a planner's file would be.
    # The model over all items then takes their months for one another's, which cannot help it.
    end = 300
    histories = [
        ItemHistory(
            ItemKey(name),
            Period.MONTH,
            end - len(parts["train"]),
            np.array(parts["train"]),
            np.ones(len(parts["train"]), dtype=bool),
        )
        for name, parts in found.items()
    ]
    return _Series(histories, np.array([parts["test"] for parts in found.values()]))


def _m5(folder: Path) -> _Series:
    known, following = (_wide(folder / name) for name in (M5, _M5_NEXT))
    start = int(Period.DAY.number(_M5_FIRST_DAY)) + known[1].shape[1] - _N_DAYS
    histories = [
        listed(ItemKey(name), Period.DAY, start, units[-_N_DAYS:])
        for name, units in zip(*known, strict=True)
    ]
    return _Series(histories, following[1][:, : HORIZONS[Period.DAY]])


def _wide(path: Path) -> tuple[list[str], Floats]:
    with path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))[1:]
    return [row[0] for row in rows], np.array([[float(unit) for unit in row[1:]] for row in rows])


def _drawn() -> list[ItemHistory]:
    """Draw two years of sales: levels from 0.1 to 100 a day, weekdays, some lumpy."""
    rng, histories = np.random.default_rng(_SEED), []
    for row in range(_N_ITEMS):
        mean, shape = np.exp(rng.uniform(np.log(0.1), np.log(100))), np.exp(rng.uniform(-1, 3))
        week = np.exp(rng.normal(0.0, 0.25, 7))
        level = mean * np.tile(week / week.mean(), _N_DAYS // 7 + 1)[:_N_DAYS]
        quantity = rng.poisson(rng.gamma(shape, level / shape)).astype(np.float64)
        in_stock = np.ones(_N_DAYS, dtype=bool)
        histories.append(
            ItemHistory(ItemKey(f"item {row}"), Period.DAY, _FIRST_DAY, quantity, in_stock)
        )
    return histories
