"""Lost sales without a fixed cost: the optimum, myopic-2 and the best base-stock as published."""

from __future__ import annotations

import time

import pytest

from core.demand import demand_from_name
from core.domain import CostRates, LeadTime
from core.policies import BaseStockPolicy, SearchSettings, exact_cost, fit_gauge
from core.simulator import Problem

# Zipkin (2008), Old and new methods for lost-sales inventory systems, Operations Research 56(5),
# tables 1 and 2: mean demand 5, h = 1; two decimals. The optimum to four decimals is that of the
# project's reference file, shared/reference/lost_sales.csv. Columns: demand,
# p, L, optimum, best base-stock, myopic-2.
ZIPKIN = [
    ("poisson", 4, 1, 4.0407, 4.16, 4.04),
    ("poisson", 4, 2, 4.3953, 4.64, 4.41),
    ("poisson", 4, 3, 4.5987, 4.98, 4.64),
    ("poisson", 4, 4, 4.7285, 5.20, 4.82),
    ("poisson", 9, 1, 5.4382, 5.55, 5.44),
    ("poisson", 9, 2, 6.0936, 6.32, 6.10),
    ("poisson", 9, 3, 6.5314, 6.86, 6.57),
    ("poisson", 9, 4, 6.8359, 7.27, 6.92),
    ("poisson", 19, 1, 6.6757, 6.73, 6.68),
    ("poisson", 19, 2, 7.6644, 7.84, 7.67),
    ("poisson", 19, 3, 8.3625, 8.60, 8.40),
    ("poisson", 19, 4, 8.8872, 9.23, 8.96),
    ("geometric", 4, 1, 9.8175, 10.04, 9.83),
    ("geometric", 4, 2, 10.2402, 10.70, 10.29),
    ("geometric", 4, 3, 10.4667, 11.13, 10.59),
    ("geometric", 4, 4, 10.6065, 11.44, 10.79),
    ("geometric", 9, 1, 14.5082, 14.73, 14.51),
    ("geometric", 9, 2, 15.5029, 15.99, 15.57),
    ("geometric", 9, 3, 16.1367, 16.87, 16.32),
    ("geometric", 9, 4, 16.5774, 17.54, 16.89),
]
HALF_CENT = 0.005 + 1e-4


def instance(demand: str, p: float, lead_time: int) -> Problem:
    """Return an instance; its order of events is ours."""
    name = f"{demand}-p{p}-L{lead_time}"
    return Problem(name, demand_from_name(demand, 5), CostRates(1.0, p), LeadTime(lead_time))


@pytest.mark.parametrize(("demand", "p", "lead_time", "optimum", "base_stock", "myopic_2"), ZIPKIN)
def test_the_optimum_is_the_published_one_to_four_decimals(
    demand, p, lead_time, optimum, base_stock, myopic_2
):
    """By value iteration, in a second (Poisson) or a few (geometric)."""
    started = time.process_time()
    gauge = fit_gauge("optimum", [instance(demand, p, lead_time)])
    seconds = time.process_time() - started
    assert gauge.cost_of(0) == pytest.approx(optimum, abs=5.5e-5)
    assert seconds < (1.0 if demand == "poisson" else 4.0)


@pytest.mark.parametrize(("demand", "p", "lead_time", "optimum", "base_stock", "myopic_2"), ZIPKIN)
def test_myopic_2_costs_what_is_published(demand, p, lead_time, optimum, base_stock, myopic_2):
    """To two decimals; looking one period only is never better."""
    problem = instance(demand, p, lead_time)
    cost = fit_gauge("myopic_2", [problem]).cost_of(0)
    assert cost == pytest.approx(myopic_2, abs=HALF_CENT)
    assert fit_gauge("myopic", [problem]).cost_of(0) >= cost


@pytest.mark.parametrize(("demand", "p", "lead_time", "optimum", "base_stock", "myopic_2"), ZIPKIN)
def test_the_best_base_stock_costs_what_is_published(
    demand, p, lead_time, optimum, base_stock, myopic_2
):
    """The least exact cost over all levels near the searched one, to two decimals."""
    problem = instance(demand, p, lead_time)
    near = int(BaseStockPolicy.fit([problem], SearchSettings()).order_up_to_level[0])
    levels = range(near - 2, near + 3)
    costs = [
        exact_cost(problem, BaseStockPolicy.of([problem], order_up_to_level=[level]))
        for level in levels
    ]
    assert min(costs) == pytest.approx(base_stock, abs=HALF_CENT)
    assert costs[0] > min(costs) < costs[-1]
