"""Published (s, S) optima with backorders, reproduced row by row."""

from __future__ import annotations

import csv
import time

import pytest

from core.demand import demand_from_name
from core.domain import CostRates, LeadTime
from core.policies import exact_s_s, fit_gauge, long_run_cost
from core.simulator import Problem

# Zheng and Federgruen (1991), Operations Research 39(4), Table I: Poisson demand, L = 0, K = 64,
# h = 1, p = 9. Columns: demand mean, s, S, cost per period.
ZHENG_FEDERGRUEN = [
    (10, 6, 40, 35.022),
    (15, 10, 49, 42.698),
    (20, 14, 62, 49.173),
    (21, 15, 65, 50.406),
    (23, 17, 52, 52.757),
    (25, 19, 56, 54.262),
    (30, 23, 66, 57.819),
    (40, 33, 87, 64.512),
    (45, 37, 97, 67.776),
    (50, 42, 108, 70.975),
    (60, 52, 129, 77.306),
    (65, 56, 75, 78.518),
    (70, 62, 81, 79.037),
    (75, 67, 86, 79.554),
]
# Snyder and Shen (2019), Fundamentals of Supply Chain Theory, example 4.7.
SNYDER_SHEN = (6, CostRates(1.0, 4.0, 5.0), 4, 10, 8.034112)
TEXTBOOK = CostRates(1.0, 9.0, 64.0)


@pytest.mark.parametrize(("mean", "s", "S", "cost"), ZHENG_FEDERGRUEN)
def test_the_exact_rule_is_that_of_zheng_and_federgruen(mean, s, S, cost):  # noqa: N803
    """s, S and the cost to three decimals."""
    rule = exact_s_s(demand_from_name("poisson", mean).pmf(0), TEXTBOOK, 0)
    assert (rule.reorder_point, rule.order_up_to_level) == (s, S)
    assert rule.cost == pytest.approx(cost, abs=5.001e-4)


def test_the_exact_rule_is_that_of_snyder_and_shen():
    """Another book, another cost ratio."""
    mean, costs, s, up_to, cost = SNYDER_SHEN
    rule = exact_s_s(demand_from_name("poisson", mean).pmf(0), costs, 0)
    assert (rule.reorder_point, rule.order_up_to_level) == (s, up_to)
    assert rule.cost == pytest.approx(cost, abs=1e-6)


def test_every_row_of_the_reference_file_in_half_a_second(shared):
    """The file itself, timed together with the demand distributions."""
    path = shared / "reference" / "s_S_backlog.csv"
    if not path.exists():
        pytest.skip("no reference/s_S_backlog.csv in ../shared")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    started = time.process_time()
    rules = [_solve(row) for row in rows]
    seconds = time.process_time() - started
    assert len(rows) == 15
    for row, rule in zip(rows, rules, strict=True):
        assert rule.reorder_point == int(row["reorder_point"]), row["instance"]
        assert rule.order_up_to_level == int(row["order_up_to_level"]), row["instance"]
        assert rule.cost == pytest.approx(float(row["optimal_cost"]), abs=5.001e-4)
    assert seconds < 0.5


@pytest.mark.parametrize(("mean", "cost"), [(row[0], row[3]) for row in ZHENG_FEDERGRUEN])
def test_value_iteration_over_all_rules_finds_no_better_one(mean, cost):
    """The optimum among all rules, found without any theory of (s, S), is the same to a digit."""
    demand = demand_from_name("poisson", mean)
    problem = Problem("zf", demand, TEXTBOOK, LeadTime(0), lost_share=0.0)
    assert fit_gauge("optimum", [problem]).cost_of(0) == pytest.approx(cost, abs=6e-4)


def test_the_cost_of_a_given_rule_is_that_of_the_best_one_at_its_numbers():
    """long_run_cost and exact_s_s speak of the same cost."""
    pmf = demand_from_name("poisson", 20).pmf(0)
    assert long_run_cost(14, 62, pmf, TEXTBOOK, 0) == pytest.approx(49.173, abs=5e-4)
    assert long_run_cost(14, 63, pmf, TEXTBOOK, 0) > long_run_cost(14, 62, pmf, TEXTBOOK, 0)


def _solve(row):
    pmf = demand_from_name(row["demand"], float(row["demand_mean"])).pmf(0)
    costs = CostRates(
        float(row["holding_cost"]), float(row["stockout_cost"]), float(row["fixed_cost"])
    )
    return exact_s_s(pmf, costs, int(row["lead_time"]))
