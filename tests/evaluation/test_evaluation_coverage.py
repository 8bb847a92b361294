"""95 % intervals of what an order costs and risks hold the truth, on futures as simulated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from core.demand import NegativeBinomialDemand, Season
from core.domain import CostRates, LeadTime, OrderRules, Period, Verdict
from core.explain import Situation, futures_of
from core.explain.consequences import Draw
from core.policies import quick_s_s
from core.simulator import Problem

N_TRUTH, N_EXPERIMENTS = 60_000, 2000


def pool(level: float, shape: float) -> tuple[np.ndarray, np.ndarray]:
    """Return cost and running out after a double and a single order, shape [2, n] each."""
    demand = NegativeBinomialDemand(level=level, season=Season(), shape=shape)
    costs = CostRates(holding_cost=0.02, stockout_cost=12.0, fixed_cost=5.0, unit_cost=10.0)
    problem = Problem("A", demand, costs, LeadTime(5.0), OrderRules(), 1.0, start=20_000)
    rule = quick_s_s([problem])
    numbers = rule.parameters_of(0)
    order = numbers["order_up_to_level"] - numbers["reorder_point"]
    today = Situation(problem, numbers["reorder_point"], (), Period.DAY)
    parts = [
        futures_of(today, (2 * order, order), rule, draws=(Draw(20_000, 8000 + k),))[0][0]
        for k in range(N_TRUTH // 20_000)
    ]
    cost = np.concatenate([[each.cost for each in part] for part in parts], axis=1)
    risk = np.concatenate([[each.ran_out for each in part] for part in parts], axis=1)
    return cost, risk


@pytest.fixture(scope="module", params=["smooth", "lumpy"])
def simulated(request):
    """Return an item that sells every day, and one that sells seldom and then much."""
    return pool(*{"smooth": (20.0, 6.0), "lumpy": (3.0, 0.12)}[request.param])


def coverage(pairs: np.ndarray, n: int, verdict) -> float:
    """Return how often n pairs, drawn from all, say an interval that holds the mean of all."""
    rng = np.random.default_rng(3)
    truth = float((pairs[0] - pairs[1]).mean())
    found = [verdict(*pairs[:, rng.integers(0, pairs.shape[1], n)]) for _ in range(N_EXPERIMENTS)]
    return float(np.mean([each.low <= truth <= each.high for each in found]))


def test_the_interval_of_a_cost_difference_holds_its_mean(simulated):
    """Skewed as it is: one future in hundreds runs out and costs a fortune."""
    cost, _ = simulated
    difference = cost[0] - cost[1]
    middle = difference - difference.mean()
    assert abs((middle**3).mean()) / difference.std() ** 3 > 1.5, "not what this is to test"
    assert 0.93 <= coverage(cost, 1000, Verdict.from_pairs) <= 0.97
    assert 0.90 <= coverage(cost, 400, Verdict.from_pairs) <= 0.97


def test_the_interval_of_a_risk_difference_holds_it(simulated):
    """Of shares near 0."""
    _, risk = simulated
    assert 0.0005 < np.abs(risk[0] - risk[1]).mean() < 0.2
    assert 0.93 <= coverage(risk, 1000, Verdict.from_shares) <= 0.97


def test_an_interval_of_the_wrong_width_would_not_pass(simulated):
    """With 90 % intervals in the place of 95 %, the same test fails."""

    def narrow(cost, other):
        found = Verdict.from_pairs(cost, other)
        half = found.half_width * special.ndtri(0.95) / special.ndtri(0.975)
        return Verdict(found.difference, half, found.reference_cost, found.n_pairs)

    assert coverage(simulated[0], 1000, narrow) < 0.93


def test_skewed_differences_widen_the_interval_and_others_do_not():
    """Against Student's t, by hand."""
    rng = np.random.default_rng(0)
    even = rng.normal(size=1000)
    skewed = (rng.random(1000) < 0.005) * 100.0
    none = np.zeros(1000)
    widths = [
        Verdict.from_pairs(each, none).half_width
        / (special.stdtrit(999, 0.975) * each.std(ddof=1) / np.sqrt(1000))
        for each in (even, skewed)
    ]
    assert widths[0] == pytest.approx(1.0, abs=0.001)
    assert 1.05 < widths[1] < 1.5
    constant = Verdict.from_pairs(np.full(10, 0.1), none[:10])
    assert constant.half_width == pytest.approx(0.0, abs=1e-12)
