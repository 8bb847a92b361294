"""Replay of the held-out tail of real sales."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import ClassVar

import numpy as np
import pytest

from core.domain import (
    CostRates,
    HistoryError,
    Item,
    ItemKey,
    LeadTime,
    Outcome,
    ParameterError,
    Period,
    SalesHistory,
    UnknownNameError,
)
from core.evaluation import Backtest, BacktestSettings, backtest
from core.policies import BaseStockPolicy

FIRST = int(Period.WEEK.number(date(2023, 1, 2)))
N, N_TAIL = 80, 20
CUT = FIRST + N - N_TAIL


def history(tail: float = 4.0, names: str = "AB") -> SalesHistory:
    """Return 80 weeks of 4 units each, the last 20 of them as given."""
    quantity = np.full((len(names), N), 4.0)
    quantity[:, -N_TAIL:] = tail
    keys = tuple(ItemKey(name) for name in names)
    listed = np.zeros(len(names), dtype=np.int64)
    return SalesHistory(Period.WEEK, FIRST, keys, quantity, quantity >= 0, listed)


def items(names: str = "AB", lead_time: LeadTime = LeadTime(0.0)) -> list[Item]:  # noqa: B008
    """Return plain items with h = 1, p = 9."""
    return [Item(ItemKey(name), CostRates(1.0, 9.0), lead_time) for name in names]


def levels(**by_label: float):
    """Return a fit that gives every item the same base-stock level, by policy label."""
    return lambda problems: {
        label: BaseStockPolicy.of(problems, order_up_to_level=[level] * len(problems))
        for label, level in by_label.items()
    }


@pytest.fixture
def settings(make):
    """Hold out a quarter, demand as in the past on average."""
    return BacktestSettings(
        share=N_TAIL / N, choose_demand=lambda past: make.constant(float(past.quantity.mean()))
    )


def test_realised_costs_are_those_worked_out_by_hand(settings):
    """Demand 4: a level of 6 leaves 2; a level of 3 loses 1 in all but the first week."""
    found = backtest(history(), items(), levels(s_S=6.0, agent=3.0), settings)
    assert found.kpis["s_S"]["cost"] == pytest.approx([2.0, 2.0])
    # Both start with 6 on hand: the agent then has 2 left, and 3 in every later week.
    assert found.starting_levels == (6.0, 6.0)
    assert found.kpis["agent"]["cost"] == pytest.approx([(2 + 19 * 9) / 20] * 2)
    assert found.verdicts["agent"][0].outcome is Outcome.WORSE
    assert found.overall["agent"].difference == pytest.approx(2 * (173 / 20 - 2))
    assert found.overall["agent"].reference_cost == pytest.approx(4.0)
    assert found.overall_percent["agent"].difference == pytest.approx(100 * (173 / 20 - 2) / 2)
    assert found.counts("agent").losses == 2
    assert "dearer beyond noise" in found.words("agent")


def test_demand_and_rules_see_only_what_came_before_the_cut(settings):
    """Whatever the tail holds, the past that is fitted on is the same."""
    seen = []

    def fit(problems):
        seen.append(problems)
        return levels(s_S=6.0)(problems)

    pasts = []

    def choose(past):
        pasts.append(past)
        return settings.choose_demand(past)

    for tail in (4.0, 900.0):
        backtest(history(tail), items(), fit, replace(settings, choose_demand=choose))
    assert all(past.next_index == CUT for past in pasts)
    assert all(past.quantity.max() == 4.0 for past in pasts)
    assert all(problem.start == CUT for problems in seen for problem in problems)
    assert seen[0] == seen[1]


def test_the_same_rule_twice_differs_by_exactly_nothing(settings):
    """All policies start from the same stock and meet the same sales and lead times."""
    varied = history()
    varied.quantity[:, -N_TAIL:] = np.random.default_rng(0).poisson(4, size=(2, N_TAIL))
    late = items(lead_time=LeadTime(2.0, 1.0))
    found = backtest(varied, late, levels(s_S=14.0, agent=14.0, other=9.0), settings)
    assert all(verdict.difference == 0 for verdict in found.verdicts["agent"])
    assert found.overall["agent"].outcome is Outcome.CANNOT_TELL
    assert all(verdict.difference != 0 for verdict in found.verdicts["other"])
    again = backtest(varied, late, levels(s_S=14.0, agent=14.0, other=9.0), settings)
    assert again.to_json() == found.to_json()


def test_weeks_out_of_stock_are_counted_and_said(settings):
    """Three weeks of one item in the tail; one before the cut does not count."""
    sales = history()
    sales.in_stock[0, [5, 65, 70, 79]] = False
    found = backtest(sales, items(), levels(s_S=6.0), settings)
    assert found.n_out_of_stock == (3, 0)
    assert any("3 of 40" in note and "understate" in note for note in found.notes)
    none = backtest(history(), items(), levels(s_S=6.0), settings)
    assert not any("understate" in note for note in none.notes)


def test_demand_that_stock_outs_hid_is_played_in_whole_units(settings):
    """Half of the tail sold nothing for want of stock: its demand is that of the other weeks."""
    sales, full = history(), history()
    for some in (sales, full):
        some.quantity[:] = np.random.default_rng(1).poisson(6, size=some.quantity.shape)
    sales.in_stock[:, -N_TAIL::2] = False
    sales.quantity[:, -N_TAIL::2] = 0.0
    hidden = backtest(sales, items(), levels(s_S=14.0), settings)
    known = backtest(full, items(), levels(s_S=14.0), settings)
    assert hidden.kpis["s_S"]["demand"] == pytest.approx(known.kpis["s_S"]["demand"], rel=0.12)
    units = hidden.kpis["s_S"]["demand"] * N_TAIL
    assert units == pytest.approx(np.rint(units), abs=1e-3)


@pytest.mark.parametrize(("end", "saw"), [(CUT - 5, False), (CUT, False), (CUT + 1, True)])
def test_an_agent_trained_on_the_tail_is_marked_as_a_cheat(settings, end, saw):
    """Its data may end at the cut, not a week later."""
    told = replace(settings, data_ends={"agent": end, "elsewhere": CUT + 9})
    found = backtest(history(), items(), levels(s_S=6.0, agent=5.0), told)
    assert found.agent_saw_tail("agent") is saw
    assert not found.agent_saw_tail("s_S")
    assert any("flattered" in note for note in found.notes) is saw
    if saw:
        assert found.saw_tail == {"agent": "2024-03-03"}


def test_an_item_without_a_past_is_left_out_and_named(settings, make):
    """Listed after the cut, or not in the sales at all; the others are judged."""

    def choose(past):
        if past.n_periods < 2:
            raise HistoryError("Too few periods", value=past.n_periods)
        return make.constant(4.0)

    sales = history(names="AB")
    sales.first_listed[1] = N - 3
    careful = replace(settings, choose_demand=choose)
    found = backtest(sales, items("ABC"), levels(s_S=6.0), careful)
    assert found.items == ("A",)
    assert set(found.unjudged) == {"B", "C"}
    assert "Too few periods" in found.unjudged["B"]
    # One item is its own verdict: there are no other items to compare it with.
    assert found.overall["s_S"] == found.verdicts["s_S"][0]
    with pytest.raises(HistoryError, match="No item"):
        backtest(sales, items("BC"), levels(s_S=6.0), careful)


def test_json_brings_everything_back(settings):
    """What the store keeps is the whole result."""
    told = replace(settings, data_ends={"agent": CUT + 1})
    found = backtest(history(), items(), levels(s_S=6.0, agent=5.0), told)
    back = Backtest.from_json(json.loads(json.dumps(found.to_json(), allow_nan=False)))
    assert back.to_json() == found.to_json()
    assert back.notes == found.notes
    assert back.kpi_table() == found.kpi_table()
    assert (back.first_day, back.last_day) == ("2024-02-26", "2024-07-14")


def test_working_in_chunks_changes_nothing(settings, monkeypatch):
    """Memory is spared, the numbers stay."""
    from sys import modules

    import core.evaluation.backtest  # noqa: F401

    whole = backtest(history(), items(), levels(s_S=6.0, agent=5.0), settings)
    monkeypatch.setattr(modules["core.evaluation.backtest"], "MAX_ENV_PERIODS", N_TAIL)
    parts = backtest(history(), items(), levels(s_S=6.0, agent=5.0), settings)
    assert parts.to_json() == whole.to_json()


def test_what_cannot_be_replayed_is_refused_in_words(settings):
    """No such reference, a share that holds out everything."""
    with pytest.raises(UnknownNameError):
        backtest(history(), items(), levels(agent=6.0), settings)
    with pytest.raises(ParameterError, match="share"):
        backtest(history(), items(), levels(s_S=6.0), replace(settings, share=1.0))
    with pytest.raises(HistoryError, match="too short"):
        backtest(history(), items(), levels(s_S=6.0), replace(settings, share=0.01))


def test_the_real_choice_of_demand_works_from_end_to_end():
    """Demand chosen by fit, as in use."""
    rng = np.random.default_rng(3)
    sales = history()
    sales.quantity[:] = rng.poisson(6, size=sales.quantity.shape)
    found = backtest(sales, items(), levels(s_S=10.0, agent=2.0), BacktestSettings(share=0.25))
    assert found.counts("agent").losses == 2


class Rememberer(BaseStockPolicy):
    """A level of 6 that notes what it is told of the latest sales."""

    memory = 3
    told: ClassVar[list] = []

    def order(self, inventory_position, observation):
        """Note it, and order."""
        Rememberer.told.append(observation.memory.sales.T.tolist())
        return super().order(inventory_position, observation)


def test_a_policy_that_looks_back_is_told_the_real_past_and_then_its_own_sales(settings):
    """Four a week are known before the cut; then 9 are asked for, 6 there and 6 sold."""
    Rememberer.told.clear()

    def fit(problems):
        return {"s_S": Rememberer.of(problems, order_up_to_level=[6.0] * len(problems))}

    backtest(history(tail=9.0, names="A"), items("A"), fit, settings)
    assert Rememberer.told[0] == [[4, 4, 4]] and Rememberer.told[1] == [[4, 4, 6]]
