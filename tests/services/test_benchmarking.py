"""Gauges beside rules on published instances: same solvers, exact costs, refusals in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain import PolicyParameterError, UnknownNameError
from core.policies import GAUGES, POLICIES
from core.services.benchmarking import BenchmarkRequest, run_benchmark, solver_names

HEADER = "instance,demand,demand_mean,lead_time,holding_cost,stockout_cost,best_known_cost\n"
SMALL = "poisson-p4-L1,poisson,5,1,1,4,4.0407\n"
LARGE = "poisson-p9-L10,poisson,5,10,1,9,7.67552\n"


def rows_of(folder: Path, solver: str, *lines: str):
    """Return what the solver reaches on these instances of lost sales."""
    path = folder / "instances.csv"
    path.write_text(HEADER + "".join(lines))
    request = BenchmarkRequest("lost_sales", path, solver)
    return list(run_benchmark(request, lambda done, words: None))


@pytest.mark.parametrize(("name", "cost"), [("optimum", 4.0407), ("myopic_2", 4.0407)])
def test_a_gauge_reports_its_exact_cost_beside_the_simulated_one(tmp_path, name, cost):
    """Zipkin (2008): at L = 1 and p = 4 looking two periods ahead is as good as the optimum."""
    (row,) = rows_of(tmp_path, name, SMALL)
    assert row.cost == pytest.approx(cost, abs=1e-4)
    assert row.cost_ci95 == 0
    assert abs(row.gap_pct) < 0.01
    simulated, half = map(float, row.method.split("; simulation ")[1].split(" ± "))
    assert abs(simulated - row.cost) < 2 * half


def test_an_instance_too_large_for_a_gauge_is_named(tmp_path):
    """With what to do instead."""
    with pytest.raises(PolicyParameterError, match="poisson-p9-L10 with lead time 10"):
        rows_of(tmp_path, "optimum", LARGE)


def test_every_rule_and_gauge_can_be_asked_for_and_a_slip_is_answered(tmp_path):
    """One list for the command line; "did you mean" for gauges, too."""
    assert {*POLICIES, *GAUGES} <= set(solver_names())
    with pytest.raises(UnknownNameError, match="Did you mean 'optimum'"):
        rows_of(tmp_path, "optimun", SMALL)
