"""Today's practice, and setting costs by a point of the frontier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.demand import estimated_demand
from core.domain import ItemKey, ParameterError
from core.services.cost_choice import cost_choice, set_costs
from core.services.importing import undo_import
from core.services.practice import todays_practice
from core.services.workspace import load_plan_data
from tests.services.plan_parts import FULL, LAMP, MUG, TENT, problems_of


def test_the_fill_rate_until_now_counts_what_customers_did_not_get(store):
    assortment = problems_of(store)
    found = todays_practice(assortment, MUG)
    history = assortment.data.history.item(MUG)
    assert found.n_out == 2 and found.n_periods == 120
    assert found.fill_rate == pytest.approx(
        history.quantity.sum() / estimated_demand(history).sum()
    )
    assert 0.95 < found.fill_rate < 1.0
    assert todays_practice(assortment, LAMP).fill_rate == 1.0


def test_stock_is_worth_what_it_cost_and_unknown_without_a_stock_file(store):
    assortment = problems_of(store)
    assert todays_practice(assortment, TENT).stock_value == 4 * 150
    assert todays_practice(assortment).stock_value == 0 * 4 + 9 * 20 + 4 * 150 + 900 * 3
    bare = replace(assortment, data=replace(assortment.data, positions={}))
    assert todays_practice(bare).stock_value is None


def test_without_marks_of_stock_outs_no_fill_rate_is_claimed(store):
    assortment = problems_of(store)
    history = assortment.data.history
    full = replace(history, in_stock=np.ones_like(history.in_stock))
    unmarked = replace(assortment, data=replace(assortment.data, history=full))
    found = todays_practice(unmarked)
    assert found.fill_rate is None and found.n_out == 0


def costs_of(store) -> dict[ItemKey, float]:
    data = load_plan_data(store)
    assert data is not None
    return {item.key: item.costs.stockout_cost for item in data.items}


def test_a_point_says_what_changes_and_sets_it_so_that_it_can_be_undone(store):
    assortment, before = problems_of(store), costs_of(store)
    one = cost_choice(assortment, 2.0, LAMP)
    assert one.words == "Stock-out cost × 2 for LAMP: from 6 to 12 a unit"
    every = cost_choice(assortment, 0.5)
    assert set(every.edits) == {MUG, LAMP, TENT, FULL} and "all 4 items" in every.words
    set_costs(store, assortment.data, one)
    assert costs_of(store) == {**before, LAMP: 12.0}
    undo_import(store, "items")
    assert costs_of(store) == before


def test_a_cost_that_another_window_changed_is_not_overwritten(store):
    assortment = problems_of(store)
    chosen = cost_choice(assortment, 2.0, LAMP)
    set_costs(store, assortment.data, cost_choice(assortment, 4.0, LAMP))
    now = load_plan_data(store)
    assert now is not None
    with pytest.raises(ParameterError, match="another window made the stock-out cost 24"):
        set_costs(store, now, chosen)
    assert costs_of(store)[LAMP] == 24.0
