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
_M5_BACK = (28, 56, 112, 168, 224)
_UNIT_PERIODS, _LEAST_UNIT = {Period.DAY: 182, Period.WEEK: 52, Period.MONTH: 24}, 0.02


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
        _gain("M3 monthly", [(series, forecast)]),
    ]


def m5_rows(folder: Path) -> list[Row]:
    """Plan retail items for 28 days from five dates, with and without; two years known."""
    if not (folder / M5).exists():
        return []
    parts = [_m5(folder, back) for back in _M5_BACK]
    pairs = [(part, forecast_items(part.histories)) for part in parts]
    inside = [_inside(*pair) for pair in pairs]
    covered = f"{100 * np.mean(inside):.1f} % ({100 * min(inside):.1f} to {100 * max(inside):.1f})"
    note = f"up to 120 items, the 28 days after each of {len(parts)} dates"
    return [
        Row("M5 daily: sales inside the 80 % interval", "80 %", covered, None, note),
        _gain("M5 daily", pairs),
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


def _gain(words: str, parts: list[tuple[_Series, Forecast]]) -> Row:
    """Compare the cost of stock levels set with and without forecasts, where plans use them."""
    cost = np.concatenate([_costs(series, forecast) for series, forecast in parts])
    gain, base = cost[:, 1] - cost[:, 0], cost[:, 0].mean()
    error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else float("nan")
    n_all = sum(len(series.histories) for series, _ in parts)
    first = parts[0][0].histories
    terms = common_terms(Panel.of(first))
    return Row(
        f"{words}: cost of planning with the forecast, where it is used",
        "below planning without",
        f"{100 * gain.mean() / base:+.1f} % ± {100 * error / base:.1f} on {len(gain)} of {n_all}",
        bool(gain.mean() < 0),
        f"stock up to the {terms.ratio[0]:.0%} quantile of {terms.protection[0]} "
        f"{first[0].period}s' demand, on the held-out part, cost over the item's mean sales, "
        "± standard error over items; settings of the gate were tried on some of these periods, "
        "so it is no clean test",
    )


def _costs(series: _Series, forecast: Forecast) -> Floats:
    """Return the cost without and with the forecast of each item that uses it, shape [n, 2]."""
    terms = common_terms(Panel.of(series.histories))
    cover, ratio = int(terms.protection[0]), float(terms.ratio[0])
    found = []
    for row in np.flatnonzero(forecast.is_better):
        key = forecast.keys[row]
        place = next(k for k, h in enumerate(series.histories) if h.key == key)
        history, actual = series.histories[place], series.actual[place]
        models = (choose_model(history).model, forecast_demand(forecast, int(row), history))
        unit = max(float(history.quantity[-_UNIT_PERIODS[history.period] :].mean()), _LEAST_UNIT)
        found.append([_cost(model, history, actual, cover, ratio) / unit for model in models])
    return np.array(found).reshape(-1, 2)


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


def _m5(folder: Path, back: int) -> _Series:
    """Return two years before a date, which lies so many days before the last 28, and 28 after."""
    (names, known), (_, following) = (_wide(folder / name) for name in (M5, _M5_NEXT))
    every, horizon = np.hstack([known, following]), HORIZONS[Period.DAY]
    cut = every.shape[1] - horizon - back
    start = int(Period.DAY.number(_M5_FIRST_DAY)) + cut - _N_DAYS
    kept = [row for row in range(len(names)) if (every[row, cut - _N_DAYS : cut] > 0).sum() > 1]
    histories = [
        listed(ItemKey(names[row]), Period.DAY, start, every[row, cut - _N_DAYS : cut])
        for row in kept
    ]
    return _Series(histories, every[kept, cut : cut + horizon])


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
