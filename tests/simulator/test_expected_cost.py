"""Expected costs of a period: the same mean as what the simulator charges, with less noise."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.demand import NegativeBinomialDemand, poisson
from core.demand.seasonality import Season
from core.domain import CostRates, LeadTime, Period
from core.simulator import ExpectedCost, Problem, SingleItemSystem, draw_scenario, total_costs

N_PATHS, HORIZON = 2000, 60
WEEK = Season(Period.DAY, weekday=(0.2, 0.5, 0.8, 1.0, 1.2, 1.5, 1.8))
LOST = Problem("lost", poisson(5.0), CostRates(1.0, 9.0, 4.0), LeadTime(2))
OWED = Problem("owed", poisson(5.0), CostRates(1.0, 9.0), LeadTime(2), lost_share=0.0)
PARTLY = Problem("partly", poisson(0.3), CostRates(0.5, 40.0), LeadTime(1, 0.8), lost_share=0.4)
SEASON = Problem(
    "season", NegativeBinomialDemand(level=6.0, season=WEEK, shape=2.0), CostRates(1.0, 9.0),
    LeadTime(2), start=10,
)  # fmt: skip


def both(problem: Problem, level: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Return charged and expected cost of every period and path under base-stock."""
    system, scenario = (
        SingleItemSystem([problem], N_PATHS),
        draw_scenario([problem], N_PATHS, HORIZON, 9),
    )
    expected = ExpectedCost.of([problem], N_PATHS)
    charged, foreseen = [], []
    stocks = system.start()
    for _ in range(HORIZON):
        seen = system.observe(stocks, scenario)
        stocks, flows = system.step(stocks, level - seen.inventory_position, scenario)
        charged.append(system.cost(flows))
        foreseen.append(expected(flows, seen.next_mean, system.parameters))
    return torch.stack(charged)[10:], torch.stack(foreseen)[10:]


@pytest.mark.parametrize(
    ("problem", "level"),
    [(LOST, 16.0), (OWED, 14.0), (PARTLY, 2.0), (SEASON, 25.0)],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_mean_is_that_of_the_costs_charged_and_the_noise_is_less(problem, level):
    """On 2,000 paths of 50 periods, the difference of means is within 3.5 standard errors."""
    charged, foreseen = both(problem, level)
    paths = (charged - foreseen).mean(0).double()
    assert abs(float(paths.mean())) < 3.5 * float(paths.std()) / np.sqrt(N_PATHS)
    assert float(foreseen.var()) < float(charged.var())


def test_each_period_of_a_season_has_its_own_expectation():
    """Day by day, expected and charged costs agree; a mean over the week would not."""
    charged, foreseen = both(SEASON, 25.0)
    by_day = (charged - foreseen).mean(1) / (charged.std(1) / np.sqrt(N_PATHS))
    assert float(by_day.abs().max()) < 4.5
    assert float(foreseen.mean(1).std()) > 1.0


def test_totals_of_expected_costs_have_the_same_mean_and_less_noise():
    """What is held and short is expected, what is ordered is what was ordered."""
    items, policy = [LOST, SEASON], lambda seen: 18.0 - seen.inventory_position
    system, scenario = SingleItemSystem(items, N_PATHS), draw_scenario(items, N_PATHS, HORIZON, 4)
    expected = ExpectedCost.of(items, N_PATHS)
    charged, foreseen = (
        total_costs(system, policy, scenario, warm_up=10, expected=known)
        for known in (None, expected)
    )
    assert torch.equal(charged.ordered, foreseen.ordered)
    for name in ("on_hand", "short", "cost"):
        one, other = (getattr(t, name).reshape(2, -1).double() for t in (charged, foreseen))
        apart = (one - other).mean(1) / ((one - other).std(1) / np.sqrt(N_PATHS))
        assert float(apart.abs().max()) < 3.5, name
    assert float(foreseen.short[:N_PATHS].var()) < 0.8 * float(charged.short[:N_PATHS].var())


def test_the_tables_of_some_items_are_those_of_each_alone():
    both_items = ExpectedCost.of([LOST, SEASON, PARTLY], 1)
    some = both_items.select([2, 0], 4)
    stock, mean = torch.tensor([1.0] * 4 + [3.0] * 4), torch.tensor([0.3] * 4 + [5.0] * 4)
    alone = [
        ExpectedCost.of([p], 4).short(stock[k : k + 4], mean[k : k + 4])
        for p, k in ((PARTLY, 0), (LOST, 4))
    ]
    assert torch.allclose(some.short(stock, mean), torch.cat(alone), atol=1e-5)


def test_the_expected_shortage_is_a_sum_over_the_demand_and_has_its_slope():
    """At x = 3.5, between two whole stocks: linear, with slope -P(D > 3)."""
    pmf, expected = poisson(5.0).pmf(0), ExpectedCost.of([LOST], 3)
    stock = torch.tensor([3.0, 3.5, -2.0], requires_grad=True)
    short = expected.short(stock, torch.full((3,), 5.0))
    at_3, at_4 = (float(pmf @ np.maximum(np.arange(len(pmf)) - x, 0)) for x in (3, 4))
    assert short.tolist() == pytest.approx([at_3, (at_3 + at_4) / 2, 7.0], abs=1e-5)
    short.sum().backward()
    assert stock.grad[1] == pytest.approx(-pmf[4:].sum(), abs=1e-5)
    assert stock.grad[2] == -1.0
