"""The score: known values, properness, and no look ahead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.demand import EmpiricalDemand, GammaDemand, NegativeBinomialDemand, PoissonDemand
from core.demand.backtest import Backtest
from core.demand.observations import FitPlan, observe
from core.demand.scoring import Grid, crps


def _by_samples(model, sale, mean):
    """CRPS = E|X - x| - E|X - X'| / 2."""
    draws = model.draw(np.random.default_rng(0), np.full(400_000, mean))
    half = len(draws) // 2
    return np.abs(draws - sale).mean() - np.abs(draws[:half] - draws[half:]).mean() / 2


ATOMS = {"ratios": (0.0, 0.5, 1.0, 3.0), "probabilities": (0.3, 0.2, 0.3, 0.2)}
MODELS = [
    PoissonDemand(level=8.0),
    NegativeBinomialDemand(level=8.0, shape=3.0),
    GammaDemand(level=8.0, shape=4.0, zero_share=0.1, whole_units=True),
    GammaDemand(level=8.0, shape=4.0, zero_share=0.1),
    EmpiricalDemand(level=8.3, **ATOMS),
    EmpiricalDemand(level=8.3, whole_units=False, **ATOMS),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_the_score_agrees_with_its_definition_by_samples(model):
    sales = np.array([0.0, 5.0, 9.0, 30.0])
    is_whole = getattr(model, "whole_units", True)
    grid = Grid.over(sales, True) if is_whole else Grid(np.linspace(0.0, 80.0, 4001))
    found = crps(model, sales, np.full(4, model.level), grid)
    expected = [_by_samples(model, sale, model.level) for sale in sales]
    assert found == pytest.approx(expected, abs=0.05)


def test_a_coarse_grid_for_large_numbers_changes_the_score_little():
    model = NegativeBinomialDemand(level=3000.0, shape=4.0)
    sales = model.draw(np.random.default_rng(1), np.full(200, 3000.0))
    grid = Grid.over(sales, True)
    fine = Grid(np.arange(grid.edges[0], grid.edges[-1] + 1))
    means = np.full(200, 3000.0)
    assert np.median(grid.widths) > 50
    coarse_score, fine_score = (crps(model, sales, means, g).mean() for g in (grid, fine))
    assert coarse_score == pytest.approx(fine_score, rel=0.002)


def test_the_true_model_scores_best():
    truth = NegativeBinomialDemand(level=8.0, shape=2.0)
    sales = truth.draw(np.random.default_rng(2), np.full(20_000, 8.0))
    grid = Grid.over(sales, True)
    wrong = [PoissonDemand(level=8.0), replace(truth, level=9.5), replace(truth, shape=0.8)]
    best = crps(truth, sales, np.full(len(sales), truth.level), grid).mean()
    for model in wrong:
        assert crps(model, sales, np.full(len(sales), model.level), grid).mean() > best


def test_scores_of_a_block_do_not_know_later_sales(make_history):
    sales = np.random.default_rng(3).poisson(9, 200).astype(float)
    sales[199] = sales[:199].max()  # keeps the grid the same below
    changed = sales.copy()
    changed[190:199] = 0.0
    sales[0] = changed[0] = 0.0
    plan = FitPlan(weekday=True, recent=True)
    first, second = (
        Backtest(observe(make_history(s))).scores(NegativeBinomialDemand, plan)
        for s in (sales, changed)
    )
    assert np.array_equal(first[:40], second[:40])
    assert not np.array_equal(first[40:], second[40:])


def test_the_last_quarter_is_held_out(make_history):
    backtest = Backtest(observe(make_history(np.arange(1.0, 101.0))))
    assert (backtest.n_known, backtest.n_held_out) == (75, 25)
    assert backtest.scores(PoissonDemand, FitPlan()).shape == (25,)


def test_one_huge_sale_does_not_blur_the_others():
    sales = np.append(
        PoissonDemand(level=10.0).draw(np.random.default_rng(4), np.full(200, 10.0)), 5000.0
    )
    grid = Grid.over(sales, True)
    model, means = PoissonDemand(level=10.0), np.full(200, 10.0)
    exact = crps(model, sales[:-1], means, Grid(np.arange(0.0, 60.0)))
    assert crps(model, sales[:-1], means, grid) == pytest.approx(exact, rel=0.02, abs=0.02)
