"""Published instances: files, long-run costs, gaps."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain import CostRates, InputFileError, UnknownNameError
from core.evaluation import (
    FAMILIES,
    Instance,
    LongRunSettings,
    Solution,
    benchmark,
    long_run_cost_of,
    read_instances,
)
from core.evaluation import long_run as long_run_module
from core.policies import SSPolicy, fit_policy
from core.policies.s_s import exact_rule_of

HEADER = "instance,demand,demand_mean,lead_time,holding_cost,stockout_cost,best_known_cost"
GOOD = "one,poisson,5,2,1,4,4.4"
QUICK = LongRunSettings(n_paths=1024, horizon=100, error_percent=0.5)


def write(tmp_path, *lines: str):
    """Return a file of these lines."""
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_row_becomes_the_problem_it_describes(tmp_path):
    """Columns in any order, more allowed, no best cost needed."""
    path = write(
        tmp_path,
        "note,stockout_cost,demand,instance,lead_time,demand_mean,holding_cost,fixed_cost",
        "hello,9,geometric,mine,3,7.5,2,64",
        "",
    )
    (instance,) = read_instances(path, "s_S_backlog")
    problem = instance.problem
    assert (instance.name, instance.best_known_cost) == ("mine", None)
    assert problem.costs == CostRates(2.0, 9.0, 64.0, 0.0)
    assert (problem.lead_time.mean, problem.lost_share, problem.purchase_cost) == (3.0, 0.0, 0.0)
    assert problem.demand.mean(0, 1)[0] == 7.5
    assert problem.demand.sd(0, 1)[0] == pytest.approx(np.sqrt(7.5 + 7.5**2))


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_published_file_can_be_read(shared, family):
    """The reference files as they are."""
    instances = read_instances(shared / "reference" / f"{family}.csv", family)
    assert all(instance.best_known_cost > 0 for instance in instances)
    assert {instance.problem.lost_share for instance in instances} == {FAMILIES[family].lost_share}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "empty"),
        ([" , ,", ""], "empty"),
        ([HEADER], "no instances"),
        (["instance,demand,demand_mean", GOOD], "holding_cost, stockout_cost"),
        ([HEADER.replace(",", ";"), GOOD.replace(",", ";")], "Separate columns by commas"),
        ([HEADER, GOOD, "two,poisson,five,2,1,4,4.4"], "'five'.*row 3, column demand_mean"),
        ([HEADER, "two,poisson,5,2.5,1,4,4.4"], "lead_time must be a whole number.*2.5"),
        ([HEADER, "two,poisson,5,-1,1,4,4.4"], "lead_time"),
        ([HEADER, "two,poisson,5,2,0,4,4.4"], "holding_cost must be above 0"),
        ([HEADER, "two,poisson,nan,2,1,4,4.4"], "demand_mean"),
        ([HEADER, "two,poisson,5,2,1,inf,4.4"], "stockout_cost"),
        ([HEADER, "two,poisson,5,2,1,4,-3"], "best_known_cost must be above 0"),
        ([HEADER, "two,poison,5,2,1,4,4.4"], "'poison'.*Did you mean 'poisson'"),
        ([HEADER, "two,poisson,5,2,1,4"], "7 cells"),
        ([HEADER, ",poisson,5,2,1,4,4.4"], "instance must have a name"),
        ([HEADER, GOOD, GOOD], "named only once"),
    ],
)
def test_a_bad_file_is_refused_naming_row_column_and_value(tmp_path, lines, message):
    """Nothing is repaired silently."""
    with pytest.raises(InputFileError, match=message):
        read_instances(write(tmp_path, *lines), "lost_sales")


def test_all_faults_of_a_file_are_listed_at_once(tmp_path):
    """The planner mends them in one go."""
    path = write(tmp_path, HEADER, "a,poisson,x,2,1,4,", GOOD, "b,zipf,5,2,1,4,")
    with pytest.raises(InputFileError, match="1 more rows") as caught:
        read_instances(path, "lost_sales")
    assert len(caught.value.findings) == 2


def test_files_that_are_no_text_or_not_there_are_refused(tmp_path):
    """Bytes of another code page, a wrong path, an unknown family."""
    odd = tmp_path / "odd.csv"
    odd.write_bytes(HEADER.encode() + b"\n\xff\xfe\xe4")
    with pytest.raises(InputFileError, match="UTF-8"):
        read_instances(odd, "lost_sales")
    with pytest.raises(InputFileError, match="cannot be read"):
        read_instances(tmp_path / "none.csv", "lost_sales")
    with pytest.raises(UnknownNameError, match="lost_sales"):
        read_instances(odd, "lost_sale")


def test_steady_demand_has_the_cost_worked_out_by_hand(make):
    """Demand 4 up to 6: 2 on hand, every period."""
    problem = make.steady()
    found = long_run_cost_of(problem, make.base_stock([problem], 6.0), QUICK)
    assert found.cost == pytest.approx(2.0, rel=1e-14)
    assert (found.half_width, found.n_paths) == (0.0, 1024)


def test_long_order_cycles_are_counted_many_times(make):
    """An order every 141 periods: 200 periods would hold one cycle or two."""
    costs = CostRates(1.0, 9.0, 1e5, 0.0)
    problem = make.problem("A", 10.0, lead_time=2, lost_share=0.0, costs=costs)
    rule = exact_rule_of(problem)
    policy = SSPolicy.of(
        [problem], reorder_point=[rule.reorder_point], order_up_to_level=[rule.order_up_to_level]
    )
    found = long_run_cost_of(problem, policy)
    assert abs(found.cost - rule.cost) < 4 * found.standard_error
    assert found.standard_error < 0.001 * rule.cost


def test_orders_like_clockwork_are_measured_over_whole_cycles(make):
    """300 a period and S - s = 707: an order every third period, all futures in step."""
    costs = CostRates(0.5, 4.0, 500.0, 0.0)
    problem = make.problem("A", 300.0, lead_time=5, lost_share=0.0, costs=costs)
    rule = exact_rule_of(problem)
    policy = SSPolicy.of(
        [problem], reorder_point=[rule.reorder_point], order_up_to_level=[rule.order_up_to_level]
    )
    found = long_run_cost_of(problem, policy)
    assert abs(found.cost - rule.cost) < 4 * found.standard_error


@pytest.mark.parametrize("lead_time", [0, 2])
def test_the_long_run_cost_of_s_S_is_the_exact_one(make, lead_time):  # noqa: N802
    """Within four standard errors of the renewal formula."""
    problem = make.problem(
        "A", 6.0, lead_time=lead_time, lost_share=0.0, costs=CostRates(1.0, 4.0, 20.0, 0.0)
    )
    rule = exact_rule_of(problem)
    policy = SSPolicy.of(
        [problem], reorder_point=[rule.reorder_point], order_up_to_level=[rule.order_up_to_level]
    )
    found = long_run_cost_of(problem, policy, LongRunSettings(error_percent=0.1))
    assert found.cost == pytest.approx(rule.cost, abs=4 * found.standard_error)
    assert found.standard_error < 0.001 * rule.cost


def test_expected_costs_have_the_same_mean_and_less_noise(make, monkeypatch):
    """Conditional Monte Carlo against counting what happened, lost sales."""
    problem = make.problem("A", 5.0, lead_time=3)
    policy = make.base_stock([problem], 24.0)
    settings = LongRunSettings(n_paths=2048, horizon=100, error_percent=0.0, max_batches=1)
    smooth = long_run_cost_of(problem, policy, settings)
    monkeypatch.setattr(long_run_module, "_expected_cost", lambda system: None)
    counted = long_run_cost_of(problem, policy, settings)
    error = np.hypot(smooth.standard_error, counted.standard_error)
    assert smooth.cost == pytest.approx(counted.cost, abs=4 * error)
    assert smooth.standard_error < 0.8 * counted.standard_error


def test_batches_are_added_until_the_error_is_small_enough(make):
    """Each batch takes futures of its own."""
    problem = make.problem("A", 5.0, lead_time=3)
    policy = make.base_stock([problem], 24.0)
    told = []
    settings = LongRunSettings(n_paths=256, horizon=50, error_percent=0.2)
    found = long_run_cost_of(problem, policy, settings, lambda *done: told.append(done))
    assert len(told) > 1
    assert told[-1][1] < 0.2 <= told[-2][1]
    assert found.n_paths == 256 * len(told)


def test_published_base_stock_costs_are_met(make):
    """Lost sales, Poisson(5), p = 4: 4.16, 4.64, 4.98, 5.20 for L = 1 to 4 (Zipkin 2008)."""
    for lead_time, published in enumerate((4.16, 4.64, 4.98, 5.20), start=1):
        problem = make.problem("A", 5.0, lead_time=lead_time, costs=CostRates(1.0, 4.0, 0.0, 0.0))
        policy = fit_policy("base_stock", [problem])
        found = long_run_cost_of(problem, policy, LongRunSettings(error_percent=0.1))
        assert found.cost == pytest.approx(published, abs=0.005 + 3 * found.standard_error)


def test_results_come_one_by_one_with_their_gap(make):
    """The first is there before the second is begun."""
    instances = [Instance(n, make.steady(n), best) for n, best in (("A", 1.6), ("B", None))]
    begun = []

    def solver(problem):
        begun.append(problem.name)
        return Solution(make.base_stock([problem], 6.0), "level 6")

    results = benchmark(instances, solver, QUICK)
    first = next(results)
    assert begun == ["A"]
    assert first.gap_pct == pytest.approx(25.0)
    assert first.to_json() == {
        "instance": "A",
        "cost": pytest.approx(2.0, rel=1e-14),
        "cost_ci95": 0.0,
        "best_known_cost": 1.6,
        "gap_pct": pytest.approx(25.0),
        "seconds": first.seconds,
        "method": "level 6; simulation 2 ± 0",
    }
    assert next(results).gap_pct is None


def test_an_exact_cost_is_reported_with_the_simulation_beside_it(make):
    """The formula counts; the method says what the simulation made of it."""
    instance = Instance("A", make.steady(), 2.0)
    policy = make.base_stock([instance.problem], 6.0)
    (row,) = benchmark([instance], lambda _: Solution(policy, "exact", 2.0), QUICK)
    assert (row.cost, row.cost_ci95, row.gap_pct) == (2.0, 0.0, 0.0)
    assert row.method == "exact; simulation 2 ± 0"
