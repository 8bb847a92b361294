"""Paired comparison on test futures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from core.domain import (
    CostRates,
    ItemKey,
    LeadTime,
    OpenOrder,
    Outcome,
    ParameterError,
    Period,
    StockPosition,
    UnknownNameError,
)
from core.evaluation import Comparison, EvaluationSettings, StartingStock, compare
from core.evaluation import playing as playing_module

SMALL = EvaluationSettings(n_paths=40, horizon=30, warm_up=5, period=Period.WEEK)


def test_steady_demand_gives_the_costs_worked_out_by_hand(make):
    """Demand 4, nothing late: a level of 6 leaves 2 on hand, a level of 3 loses 1."""
    problems = [make.steady()]
    policies = {"high": make.base_stock(problems, 6.0), "low": make.base_stock(problems, 3.0)}
    found = compare(problems, policies, "high", SMALL)
    assert found.kpis["high"]["cost"].tolist() == [2.0]
    assert found.kpis["high"]["fill_rate"].tolist() == [1.0]
    assert found.kpis["high"]["stock_value"].tolist() == [4.0]
    assert found.kpis["low"]["cost"].tolist() == [9.0]
    assert found.kpis["low"]["fill_rate"].tolist() == [0.75]
    verdict = found.verdict("low", "A")
    assert (verdict.difference, verdict.half_width) == (7.0, 0.0)
    assert verdict.outcome is Outcome.WORSE
    assert verdict.percent == 350.0


def test_identical_policies_cannot_be_told_apart_and_differ_by_exactly_nothing(make):
    """Pairing leaves no noise between two equal rules."""
    problems = [make.problem("A"), make.problem("B", 20.0, lead_time=3)]
    policies = {name: make.base_stock(problems, 8.0, 90.0) for name in ("one", "two")}
    found = compare(problems, policies, "one", SMALL)
    for verdict in (*found.verdicts["two"], found.overall["two"]):
        assert verdict.difference == 0.0
        assert verdict.half_width == 0.0
        assert verdict.outcome is Outcome.CANNOT_TELL
    assert found.counts("two").ties == 2


def test_a_clearly_worse_level_is_worse_and_the_other_way_round_better(make):
    """Poisson(5) with p = 9: the best level is 8, a level of 3 loses sales all the time."""
    problems = [make.problem("A"), make.problem("B")]
    policies = {"good": make.base_stock(problems, 8.0), "bad": make.base_stock(problems, 3.0)}
    bad = compare(problems, policies, "good", SMALL)
    good = compare(problems, policies, "bad", SMALL)
    assert [v.outcome for v in bad.verdicts["bad"]] == [Outcome.WORSE] * 2
    assert (bad.counts("bad").losses, good.counts("good").wins) == (2, 2)
    assert good.counts("good", [1]).wins == 1
    assert good.overall["good"].difference == pytest.approx(-bad.overall["bad"].difference)


def test_the_whole_is_the_sum_of_the_items(make):
    """Costs and differences add up; each future of all items is one pair."""
    problems = [make.problem("A"), make.problem("B", 12.0, lead_time=2)]
    policies = {"a": make.base_stock(problems, 8.0, 45.0), "b": make.base_stock(problems, 6.0, 40)}
    found = compare(problems, policies, "a", SMALL)
    parts = sum(verdict.difference for verdict in found.verdicts["b"])
    assert found.overall["b"].difference == pytest.approx(parts)
    assert found.overall["b"].n_pairs == SMALL.n_paths
    split = found.cost_split()["b"]
    assert sum(split.values()) == pytest.approx(found.kpi("cost", "b"))
    squares = np.sqrt(sum(verdict.half_width**2 for verdict in found.verdicts["b"]))
    assert found.overall["b"].half_width == pytest.approx(squares, rel=0.5)


def test_same_seed_same_numbers_and_another_seed_others(make):
    """A result can be made again."""
    problems = [make.problem("A", lead_time=2)]
    policies = {"a": make.base_stock(problems, 20.0), "b": make.base_stock(problems, 18.0)}
    first, again = (compare(problems, policies, "a", SMALL) for _ in range(2))
    other = compare(problems, policies, "a", EvaluationSettings(7, 40, 30, 5))
    assert first.to_json() == again.to_json()
    assert other.verdict("b").difference != first.verdict("b").difference


def mixed(make):
    """Return four items that differ in everything, and two policies."""
    problems = [
        make.problem("fixed", 5.0, lead_time=1),
        make.problem("late", 7.0, lead_time=LeadTime(3.0, 1.0).mean, lost_share=0.0),
        make.problem("varies", 4.0, costs=CostRates(1, 5, 12, 3)),
        make.problem("none", 9.0, lead_time=0),
    ]
    levels = (14.0, 36.0, 9.0, 12.0)
    return problems, {
        "a": make.base_stock(problems, *levels),
        "b": make.base_stock(problems, *(level - 2 for level in levels)),
    }


def test_an_items_result_does_not_depend_on_the_items_beside_it(make):
    """A batch of four gives what four single runs give."""
    problems, policies = mixed(make)
    together = compare(problems, policies, "a", SMALL)
    for row, problem in enumerate(problems):
        mine = {label: policy.select([row]) for label, policy in policies.items()}
        alone = compare([problem], mine, "a", SMALL)
        for name, values in alone.kpis["b"].items():
            assert together.kpis["b"][name][row] == pytest.approx(values[0], rel=1e-6)
        assert together.verdicts["b"][row].half_width == pytest.approx(
            alone.verdicts["b"][0].half_width, rel=1e-5
        )


def test_working_in_chunks_changes_nothing(make, monkeypatch):
    """Memory is spared, the numbers stay."""
    problems, policies = mixed(make)
    whole = compare(problems, policies, "a", SMALL)
    monkeypatch.setattr(playing_module, "MAX_ENV_PERIODS", 2 * 40 * 35)
    seen = []
    parts = compare(problems, policies, "a", SMALL, on_progress=lambda *told: seen.append(told))
    assert [share for share, _ in seen] == [0.0, 0.25, 0.5, 0.75]
    for name, values in whole.kpis["b"].items():
        np.testing.assert_allclose(parts.kpis["b"][name], values, rtol=1e-6)
    assert parts.overall["b"].difference == pytest.approx(whole.overall["b"].difference)


def test_json_brings_everything_back(make):
    """What the store keeps is the whole comparison."""
    problems, policies = mixed(make)
    found = compare(problems, policies, "a", SMALL)
    text = json.dumps(found.to_json(), allow_nan=False)
    back = Comparison.from_json(json.loads(text))
    assert back.to_json() == found.to_json()
    assert back.kpi_table("late") == found.kpi_table("late")
    assert back.contract == found.contract
    assert back.verdicts == found.verdicts


def test_a_single_future_proves_nothing_and_survives_json(make):
    """One pair has no spread: the interval is infinite, which JSON cannot write."""
    problems = [make.problem()]
    policies = {"a": make.base_stock(problems, 8.0), "b": make.base_stock(problems, 2.0)}
    found = compare(problems, policies, "a", EvaluationSettings(n_paths=1, horizon=9, warm_up=0))
    assert found.verdict("b").outcome is Outcome.CANNOT_TELL
    back = Comparison.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    assert back.verdict("b").half_width == np.inf
    assert back.overall_half_width["a"] == np.inf


def expected_cost(level: float, mean: float) -> float:
    """Return E[h (S - D)+ + p (D - S)+] with h = 1, p = 9."""
    demand = np.arange(100)
    chance = stats.poisson.pmf(demand, mean)
    return float(chance @ (np.maximum(level - demand, 0) + 9 * np.maximum(demand - level, 0)))


def test_95_percent_intervals_hold_the_truth_95_times_in_100(make):
    """With no lead time the true difference is a newsvendor sum."""
    truth = expected_cost(7, 5.0) - expected_cost(8, 5.0)
    hits = []
    for seed in range(3000, 3005):
        problems = [make.problem(f"{seed}-{k}", 5.0) for k in range(400)]
        policies = {"a": make.base_stock(problems, 8.0), "b": make.base_stock(problems, 7.0)}
        settings = EvaluationSettings(seed, n_paths=40, horizon=8, warm_up=1)
        found = compare(problems, policies, "a", settings)
        hits += [verdict.low <= truth <= verdict.high for verdict in found.verdicts["b"]]
    assert 0.93 <= np.mean(hits) <= 0.97


def test_todays_stock_and_open_orders_are_where_it_starts(make):
    """Demand 4 against 5 on hand and 8 due next period; nothing is ordered below a level of 0."""
    problems = [make.steady(lead_time=2)]
    policies = {"never": make.base_stock(problems, 0.0)}
    settings = EvaluationSettings(n_paths=2, horizon=3, warm_up=0)
    found = compare(problems, policies, "never", settings, [StartingStock(5.0, (8.0,))])
    assert found.kpis["never"]["on_hand"] == pytest.approx([(1 + 5 + 1) / 3])
    assert found.contract.starts_from == "today's stock and open orders"


def test_open_orders_fall_into_the_period_they_are_due_in():
    """Weeks start on Monday; what is overdue or due this week counts as arrived."""
    today = int(Period.WEEK.number(date(2024, 4, 15)))
    orders = [(3.0, date(2024, 4, 1)), (5.0, date(2024, 4, 21)), (7.0, date(2024, 4, 29))]
    position = StockPosition(ItemKey("A"), -2.0, tuple(OpenOrder(q, due) for q, due in orders))
    stock = StartingStock.of_position(position, Period.WEEK, today)
    assert stock == StartingStock(6.0, (0.0, 7.0))


def test_items_with_other_open_orders_start_side_by_side(make):
    """One item has an order two periods away, the other none."""
    problems = [make.steady("A", lead_time=1), make.steady("B", lead_time=1)]
    policies = {"never": make.base_stock(problems, 0.0)}
    settings = EvaluationSettings(n_paths=3, horizon=3, warm_up=0)
    starts = [StartingStock(4.0, (0.0, 10.0)), StartingStock(12.0)]
    found = compare(problems, policies, "never", settings, starts)
    assert found.kpis["never"]["on_hand"] == pytest.approx([2.0, 4.0])
    assert found.kpis["never"]["stockout_frequency"] == pytest.approx([1 / 3, 0.0])


def test_the_contract_says_what_was_compared(make):
    """Seeds, futures, dates and shortages stand beside the result."""
    problems, policies = mixed(make)
    start = int(Period.WEEK.number(date(2024, 4, 15)))
    problems = [problem.at(start) for problem in problems]
    contract = compare(problems, policies, "a", SMALL).contract
    assert (contract.n_items, contract.n_lost, contract.n_backorder) == (4, 3, 1)
    assert (contract.first_day, contract.last_day) == ("2024-05-20", "2024-12-15")
    assert contract.seed == 3000


def test_what_cannot_be_compared_is_refused_in_words(make):
    """No such reference, no such item, no futures, more than the memory holds."""
    problems = [make.problem()]
    policies = {"s_S": make.base_stock(problems, 8.0)}
    with pytest.raises(UnknownNameError, match="s_S"):
        compare(problems, policies, "sS", SMALL)
    for bad in (EvaluationSettings(n_paths=0), EvaluationSettings(n_paths=10**6, horizon=10**4)):
        with pytest.raises(ParameterError, match="n_paths"):
            compare(problems, policies, "s_S", bad)
    with pytest.raises(UnknownNameError):
        compare(problems, policies, "s_S", SMALL).verdict("s_S", "Z")


def test_progress_may_stop_the_work(make):
    """Cancelling is raising from the report."""
    problems = [make.problem()]

    def stop(share: float, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(problems, {"a": make.base_stock(problems, 8.0)}, "a", SMALL, on_progress=stop)


def test_expected_costs_tell_the_same_with_narrower_intervals(make):
    """Rare, dear stock-outs: the same difference within both intervals, and less noise."""
    problem = make.problem("rare", 2.0, lead_time=2, costs=CostRates(1.0, 300.0, 0.0, 0.0))
    policies = {str(level): make.base_stock([problem], level) for level in (12.0, 13.0)}
    settings = EvaluationSettings(n_paths=400, horizon=100, warm_up=20)
    plain, calm = (
        compare([problem], policies, "13.0", replace(settings, expects=expects))
        for expects in (False, True)
    )
    charged, expected = plain.verdict("12.0"), calm.verdict("12.0")
    assert expected.half_width < 0.8 * charged.half_width
    gap = abs(expected.difference - charged.difference)
    assert gap < expected.half_width + charged.half_width
    split = calm.cost_split()["12.0"]
    assert sum(split.values()) == pytest.approx(calm.kpi("cost", "12.0"))
    assert calm.contract.expects and not plain.contract.expects
