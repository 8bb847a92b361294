"""Edits of costs and rules: checked in words, kept together or not at all, undoable."""

from __future__ import annotations

import math

import pytest

from core.domain import (
    CostRates,
    Item,
    ItemKey,
    LeadTime,
    OrderRules,
    ParameterError,
    attributes,
)
from core.ingest import Source
from core.services.bulk import BULK_RULES, bulk_edits
from core.services.editing import (
    changes,
    critical_ratio,
    edited_items,
    edits_of,
    merged,
    save_items,
)
from core.services.importing import (
    SAMPLE_FOLDER,
    can_undo,
    import_from_file,
    load_sample,
    undo_import,
)
from core.services.item_values import shortage_word, value_of
from core.services.workspace import load_plan_data
from core.store import Store, open_store

KEYS = (ItemKey("00123"), ItemKey("A-17"))


@pytest.fixture
def items() -> tuple[Item, ...]:
    costs = CostRates(0.1, 2.0, 5.0, 3.0)
    assumed = frozenset({"stockout_cost", "min_order"})
    return tuple(Item(key, costs, LeadTime(4.0, 1.0), assumed=assumed) for key in KEYS)


@pytest.fixture
def store(var_dir) -> Store:
    store = open_store()
    yield store
    store.close()


def test_an_edit_as_the_table_reports_it_changes_the_item_and_is_no_longer_assumed(items):
    edits = edits_of(KEYS, {"1": {"stockout_cost": 7, "supplier": "Alpina"}})
    (first, second), problems = edited_items(items, edits)
    assert problems == ()
    assert first == items[0]
    assert (second.costs.stockout_cost, second.supplier) == (7.0, "Alpina")
    assert second.assumed == {"min_order"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("holding_cost", 0, "Holding cost must be above 0, got 0."),
        ("stockout_cost", -3, "Stock-out cost per unit must be above 0, got -3."),
        ("fixed_cost", -1, "Fixed cost per order must be 0 or more, got -1."),
        ("unit_cost", math.inf, "Unit cost must be a number, got inf."),
        ("holding_cost", None, "Holding cost is needed and is empty."),
        ("lead_time", -1, "Lead time must be 0 or more and at most 365, got -1."),
        ("lead_time", 400, "Lead time must be at most 365, got 400."),
        ("review_period", 1.5, "Review period must be a whole number of periods, got 1.5."),
        ("pack_size", 0, "Pack size must be above 0, got 0."),
        ("price", -2, "Price must be 0 or more, got -2."),
        ("price", "cheap", "Price must be a number, got 'cheap'."),
        ("shortage", "2", "When out of stock must be lost, backorder, or a share"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words_and_the_item_stays(items, name, value, said):
    after, problems = edited_items(items, {KEYS[0]: {name: value}})
    assert [(problem.key, problem.attribute) for problem in problems] == [(KEYS[0], name)]
    assert problems[0].message.startswith(said)
    assert after == items


def test_every_fault_of_every_item_is_told_at_once(items):
    edits = {KEYS[0]: {"holding_cost": 0, "stockout_cost": -1}, KEYS[1]: {"pack_size": 0}}
    _, problems = edited_items(items, edits)
    assert [problem.attribute for problem in problems] == [
        "holding_cost",
        "stockout_cost",
        "pack_size",
    ]


def test_two_rules_that_contradict_each_other_are_told_by_their_labels(items):
    _, problems = edited_items(items, {KEYS[0]: {"min_order": 100, "max_order": 50}})
    assert len(problems) == 1
    assert "minimum order 100" in problems[0].message
    assert "largest order" in problems[0].message


def test_rules_raised_together_do_not_contradict_each_other_on_the_way(items):
    (first, _), _ = edited_items(items, {KEYS[0]: {"max_order": 50}})
    (first, _), problems = edited_items(
        (first, items[1]), {KEYS[0]: {"min_order": 100, "max_order": 200}}
    )
    assert problems == ()
    assert first.rules == OrderRules(min_order=100.0, max_order=200.0)


def test_an_emptied_rule_goes_back_to_its_default_and_counts_as_assumed(items):
    (first, _), _ = edited_items(items, {KEYS[0]: {"fixed_cost": None, "max_stock": None}})
    assert first.costs.fixed_cost == 0.0
    assert "fixed_cost" in first.assumed
    assert first.rules.max_stock == math.inf


def test_the_same_value_again_confirms_an_assumed_one_and_else_changes_nothing(items):
    edits = {KEYS[0]: {"stockout_cost": 2.0, "holding_cost": 0.1}}
    assert [change.attribute for change in changes(items, edits)] == ["stockout_cost"]
    (first, _), _ = edited_items(items, edits)
    assert first.assumed == {"min_order"}


def test_an_item_that_is_gone_is_told_and_not_a_crash(items):
    _, problems = edited_items(items, {ItemKey("gone"): {"price": 1}})
    assert "no item gone" in problems[0].message


def test_of_two_edits_of_one_value_the_later_counts():
    first = {KEYS[0]: {"price": 1, "name": "Mug"}}
    assert merged(first, {KEYS[0]: {"price": 2}}) == {KEYS[0]: {"price": 2, "name": "Mug"}}


def test_every_column_of_the_template_can_be_shown_and_set(items):
    for known in attributes("items"):
        if known.name in ("item", "location"):
            continue
        shown = value_of(items[0], known.name)
        again, problems = edited_items(items, {KEYS[0]: {known.name: shown}})
        assert problems == (), known.name
        assert value_of(again[0], known.name) == shown


def test_shares_of_lost_sales_read_back_as_they_are_written(items):
    for word, share in (("lost", 1.0), ("backorder", 0.0), ("0.5", 0.5)):
        (first, _), problems = edited_items(items, {KEYS[0]: {"shortage": word}})
        assert (problems, first.lost_share, shortage_word(first.lost_share)) == ((), share, word)


def test_a_service_sets_the_stockout_cost_that_implies_it(items):
    edits = bulk_edits(items, "service", 96, 365.25)
    (first, _), _ = edited_items(items, edits)
    ratio = critical_ratio(first.costs.stockout_cost, first.costs.holding_cost)
    assert ratio == pytest.approx(0.96)


def test_a_service_of_100_percent_is_refused_in_words(items):
    with pytest.raises(ParameterError, match="below 100 %, got 100"):
        bulk_edits(items, "service", 100, 365.25)


def test_a_yearly_holding_rate_is_spread_over_the_periods(items):
    edits = bulk_edits(items, "holding_rate", 25, 12)
    assert edits[KEYS[0]] == {"holding_cost": pytest.approx(0.25 * 3.0 / 12)}


def test_every_rule_for_many_items_sets_a_column_that_can_be_set(items):
    for name, rule in BULK_RULES.items():
        value = "lost" if rule.attribute == "shortage" else 7
        _, problems = edited_items(items, bulk_edits(items, name, value, 12))
        assert problems == (), name


def test_saved_edits_count_and_can_be_undone(store):
    load_sample(store)
    data = load_plan_data(store)
    key = data.items[0].key
    save_items(store, data, {key: {"stockout_cost": 9.5}})
    assert load_plan_data(store).item(key).costs.stockout_cost == 9.5
    assert can_undo(store, "items")
    undo_import(store, "items")
    assert load_plan_data(store).item(key) == data.item(key)
    assert not can_undo(store, "items")


def test_nothing_is_saved_where_one_edit_is_wrong(store):
    load_sample(store)
    data = load_plan_data(store)
    good, bad = data.items[0].key, data.items[1].key
    with pytest.raises(ParameterError, match=f"Holding cost must be above 0.*{bad.label}"):
        save_items(store, data, {good: {"price": 1.0}, bad: {"holding_cost": 0}})
    assert load_plan_data(store).items == data.items


def test_edits_of_the_sample_go_with_it_when_own_sales_come(store):
    load_sample(store)
    data = load_plan_data(store)
    save_items(store, data, {data.items[0].key: {"price": 1.0}})
    sales = b"date,item,quantity\n" + b"".join(b"2026-01-%02d,CK-101,3\n" % d for d in range(1, 29))
    import_from_file(store, "history", Source("sales.csv", sales))
    assert store.datasets.active("items") is None
    assert "unit_cost" in load_plan_data(store).items[0].assumed


def test_items_without_sales_outlive_an_edit(store):
    load_sample(store)
    table = (SAMPLE_FOLDER / "items.csv").read_bytes()
    sales = b"date,item,quantity\n" + b"".join(b"2026-01-%02d,CK-101,3\n" % d for d in range(1, 29))
    import_from_file(store, "items", Source("items.csv", table))
    import_from_file(store, "history", Source("sales.csv", sales))
    data = load_plan_data(store)
    save_items(store, data, {data.items[0].key: {"price": 1.0}})
    assert store.datasets.active("items").n_rows == 40


def test_saved_edits_are_not_lost_by_an_edit_in_another_window(store):
    load_sample(store)
    stale = load_plan_data(store)
    first, second = stale.items[0].key, stale.items[1].key
    save_items(store, load_plan_data(store), {first: {"price": 1.0}})
    save_items(store, load_plan_data(store), {second: {"price": 2.0}})
    now = load_plan_data(store)
    assert (now.item(first).price, now.item(second).price) == (1.0, 2.0)


def test_a_critical_ratio_that_cannot_be_is_nan():
    assert math.isnan(critical_ratio(0.0, 1.0))
