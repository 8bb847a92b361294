"""Every demand model keeps the contract: samples agree with mean, sd and pmf."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.demand import (
    DEMAND_MODELS,
    EmpiricalDemand,
    ForecastDemand,
    GammaDemand,
    NegativeBinomialDemand,
    PoissonDemand,
    Season,
    demand_from_name,
    demand_model_from_json,
)
from core.domain import ParameterError, Period, UnknownNameError


def _scaled_to_mean_one(ratios: tuple[float, ...]) -> tuple[float, ...]:
    middle = (np.array(ratios[1:]) + ratios[:-1]) / 2 @ [0.25, 0.25, 0.5]
    return tuple((np.array(ratios) / middle).tolist())


SEASON = Season(
    Period.DAY,
    weekday=(1.2, 0.8, 0.9, 1.0, 1.1, 1.6, 0.4),
    month=(0.7, 0.7, 0.8, 0.9, 1.1, 1.3, 1.4, 1.3, 1.1, 1.0, 0.9, 0.8),
)
CLOSED_SUNDAY = Season(Period.DAY, weekday=(1.2, 1.1, 1.1, 1.1, 1.1, 1.4, 0.0))
SATURDAY = int(Period.DAY.number(np.datetime64("2024-06-08")))
_RATIOS = ((0.0, 0.0, 0.5, 3.5), (0.2, 0.5, 0.8, 2.3))
PATH: dict[str, Any] = {
    "levels": (0.0, 0.25, 0.5, 1.0),
    "ratios": tuple(_scaled_to_mean_one(row) for row in (*_RATIOS, *_RATIOS)),
    "cycle": 2,
    "persistence": 0.6,
}
ATOMS = {"ratios": (0.0, 0.5, 1.0, 3.0), "probabilities": (0.3, 0.2, 0.3, 0.2)}

MODELS = {
    "poisson": PoissonDemand(level=3.3),
    "poisson-season": PoissonDemand(level=3.3, season=SEASON),
    "poisson-closed": PoissonDemand(level=3.3, season=CLOSED_SUNDAY),
    "nb": NegativeBinomialDemand(level=4.0, shape=2.0),
    "nb-geometric": demand_from_name("geometric", 5.0),
    "nb-season": NegativeBinomialDemand(level=40.0, shape=0.7, season=SEASON),
    "nb-closed": NegativeBinomialDemand(level=4.0, shape=2.0, season=CLOSED_SUNDAY),
    "nb-huge-shape": NegativeBinomialDemand(level=4.0, shape=1e6),
    "gamma-whole": GammaDemand(level=6.0, shape=1.5, zero_share=0.2, whole_units=True),
    "gamma-whole-large": GammaDemand(level=90.0, shape=3.0, whole_units=True, season=SEASON),
    "gamma-fraction": GammaDemand(level=2.5, shape=2.5, zero_share=0.1, season=SEASON),
    "gamma-closed": GammaDemand(level=6.0, shape=2.0, whole_units=True, season=CLOSED_SUNDAY),
    "empirical-whole": EmpiricalDemand(level=2.0, **ATOMS),
    "empirical-season": EmpiricalDemand(level=2.7, season=SEASON, **ATOMS),
    "empirical-fraction": EmpiricalDemand(level=2.7, whole_units=False, **ATOMS),
    "forecast-whole": ForecastDemand(start=SATURDAY, means=(3.0, 0.4, 40.0, 7.0), **PATH),
    "forecast-season": ForecastDemand(
        start=SATURDAY + 1, means=(9.0, 4.0, 4.0, 2.0), season=SEASON, **PATH
    ),
    "forecast-fraction": ForecastDemand(
        start=SATURDAY,
        means=(3.0, 0.4, 8.0, 7.0),
        **PATH | {"whole_units": False, "persistence": 0.0},
    ),
    "forecast-closed": ForecastDemand(start=SATURDAY, means=(3.0, 0.0, 40.0, 7.0), **PATH),
    "empirical-closed": EmpiricalDemand(level=2.7, season=CLOSED_SUNDAY, **ATOMS),
}
FRACTIONAL = {"gamma-fraction", "empirical-fraction", "forecast-fraction"}

each_model = pytest.mark.parametrize("name", MODELS)


def test_every_registered_family_is_under_contract():
    assert {model.name for model in MODELS.values()} == set(DEMAND_MODELS)


@each_model
def test_samples_are_finite_nonnegative_and_shaped(name):
    draws = MODELS[name].sample(np.random.default_rng(1), 50, 11, SATURDAY)
    assert draws.shape == (50, 11)
    assert draws.dtype == np.float64
    assert np.all(np.isfinite(draws))
    assert np.all(draws >= 0)
    if name not in FRACTIONAL:
        assert np.array_equal(draws, np.rint(draws))


@each_model
def test_same_seed_gives_the_same_path_and_another_seed_does_not(name):
    model = MODELS[name]
    first, again, other = (
        model.sample(np.random.default_rng(seed), 20, 14, SATURDAY) for seed in (7, 7, 8)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@each_model
def test_mean_and_sd_agree_with_samples(name):
    model = MODELS[name]
    draws = model.sample(np.random.default_rng(2), 200_000, 3, SATURDAY)
    mean, sd = model.mean(SATURDAY, 3), model.sd(SATURDAY, 3)
    noise = np.sqrt(np.maximum(sd, 1e-12) ** 2 / len(draws))
    assert np.all(np.abs(draws.mean(axis=0) - mean) < 5 * noise + 1e-12)
    assert draws.std(axis=0) == pytest.approx(sd, rel=0.03, abs=1e-12)


@each_model
def test_pmf_agrees_with_samples_and_with_the_mean(name):
    model = MODELS[name]
    chance = model.pmf(SATURDAY)
    units = np.arange(len(chance))
    assert chance.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.all(chance >= 0)
    assert chance @ units == pytest.approx(model.mean(SATURDAY, 1)[0], rel=1e-8)
    if name in FRACTIONAL:
        return
    assert np.sqrt(chance @ (units - chance @ units) ** 2) == pytest.approx(
        model.sd(SATURDAY, 1)[0], rel=2e-4
    )
    draws = model.sample(np.random.default_rng(3), 200_000, 1, SATURDAY)[:, 0].astype(int)
    share = np.bincount(draws, minlength=len(chance))[: len(chance)] / len(draws)
    assert np.all(np.abs(share - chance) < 5 * np.sqrt(chance / len(draws)) + 2e-5)


@each_model
def test_json_round_trip_is_exact(name):
    model = MODELS[name]
    back = demand_model_from_json(json.loads(json.dumps(model.to_json())))
    assert back == model
    assert back.to_json() == model.to_json()


@each_model
def test_scaled_multiplies_the_mean_and_keeps_the_shape(name):
    model = MODELS[name]
    more = model.scaled(1.2)
    assert more.mean(SATURDAY, 10) == pytest.approx(1.2 * model.mean(SATURDAY, 10))
    assert more.shape_json() == model.shape_json()
    with pytest.raises(ParameterError, match=r"above 0, got 0 for a what-if.*1\.2 for 20 %"):
        model.scaled(0.0)


@each_model
def test_stationary_means_that_every_period_is_alike(name):
    model = MODELS[name]
    is_flat = np.ptp(model.mean(SATURDAY, 366)) == 0
    assert model.is_stationary == is_flat


@pytest.mark.parametrize("name", [name for name in MODELS if name.endswith("closed")])
def test_a_closed_weekday_has_no_demand_at_all(name):
    model, sunday = MODELS[name], SATURDAY + 1
    assert np.all(model.sample(np.random.default_rng(0), 1000, 1, sunday) == 0)
    assert model.pmf(sunday).tolist() == [1.0]
    assert model.sd(sunday, 1).tolist() == [0.0]


def test_season_is_aligned_with_the_calendar():
    saturday, sunday = MODELS["poisson-closed"].mean(SATURDAY, 2)
    assert (saturday, sunday) == (pytest.approx(3.3 * 1.4), 0.0)


def test_geometric_pmf_is_the_textbook_formula():
    chance = demand_from_name("geometric", 5.0).pmf(0)
    assert chance[:50] == pytest.approx((1 / 6) * (5 / 6) ** np.arange(50), rel=1e-9)


def test_poisson_pmf_is_the_textbook_formula():
    chance = demand_from_name("poisson", 5.0).pmf(0)
    assert chance[:4] == pytest.approx(np.exp(-5) * np.array([1, 5, 12.5, 125 / 6]), rel=1e-12)


def test_unknown_names_get_the_closest_one():
    with pytest.raises(UnknownNameError, match="Did you mean 'poisson'"):
        demand_from_name("poison", 5.0)
    with pytest.raises(UnknownNameError, match="Did you mean 'gamma'"):
        demand_model_from_json({"name": "gama"})


BROKEN = [
    ("poisson", {"level": 0.0}, "level must be above 0"),
    ("poisson", {"level": float("nan")}, "level must be a number"),
    ("poisson", {"level": "ten"}, "level must be a number"),
    (
        "poisson",
        {"season": {"period": "day", "weekday": [1.0], "month": []}},
        "weekday must have 7",
    ),
    ("poisson", {"season": {"period": "hour", "weekday": [], "month": []}}, "period must be"),
    ("nb", {"shape": -1.0}, "shape must be above 0"),
    ("gamma-whole", {"zero_share": 1.0}, "zero_share must be"),
    ("gamma-whole", {"whole_units": "yes"}, "whole_units must be true or false"),
    ("empirical-whole", {"ratios": [0.0, 0.5, 1.0]}, "must pair"),
    ("empirical-whole", {"ratios": [0.0, 0.5, 1.0, -3.0]}, "ratios must be sorted"),
    ("empirical-whole", {"ratios": [0.0, 0.5, 1.0, 4.0]}, "the mean ratio must be 1"),
    ("empirical-whole", {"probabilities": [0.3, 0.2, 0.3, 0.3]}, "probabilities must sum to 1"),
    ("empirical-whole", {"probabilities": 3}, "must be a list of numbers"),
    ("forecast-whole", {"means": [3.0, -1.0, 2.0, 1.0]}, "means must be 0 or more"),
    ("forecast-whole", {"cycle": 9}, "cycle must be 1 to the rows"),
    ("forecast-whole", {"levels": [0.1, 0.25, 0.5, 1.0]}, "levels must rise from 0 to 1"),
    ("forecast-whole", {"ratios": [[1.0, 1.0, 1.0, 1.0]]}, "a row for each mean"),
    ("forecast-whole", {"ratios": [[0.0, 0.0, 0.0, 1.0]] * 4}, "the mean ratio must be 1"),
    ("forecast-whole", {"ratios": 4}, "ratios is missing"),
    ("forecast-whole", {"persistence": 1.0}, "persistence must be 0 to below 1"),
]


@pytest.mark.parametrize(("name", "change", "message"), BROKEN)
def test_json_out_of_bounds_is_refused_in_words(name, change, message):
    with pytest.raises(ParameterError, match=message):
        demand_model_from_json(MODELS[name].to_json() | change)


@each_model
def test_json_without_a_field_is_refused(name):
    data = MODELS[name].to_json()
    for key in set(data) - {"name", "season"}:
        with pytest.raises(ParameterError, match=f"{key} is missing"):
            demand_model_from_json({k: v for k, v in data.items() if k != key})


@pytest.mark.parametrize("shape, zero_share", [(0.05, 0.0), (0.6, 0.3), (30.0, 0.0)])
def test_the_spread_of_many_periods_is_that_of_each_alone(shape, zero_share):
    """However long each one's tail is; and it is that of the probabilities."""
    model = GammaDemand(level=4.0, shape=shape, zero_share=zero_share, whole_units=True)
    means = np.array([0.0, 0.2, 3.0, 7.5, 29.0, 80.0, 3.0])
    found = model.variance(means)
    assert found.tolist() == [float(model.variance(means[k : k + 1])[0]) for k in range(len(means))]
    chance = GammaDemand(level=7.5, shape=shape, zero_share=zero_share, whole_units=True).pmf(0)
    units = np.arange(len(chance))
    assert found[3] == pytest.approx(chance @ units**2 - (chance @ units) ** 2, rel=1e-6)
