"""Features and encoder: what an agent is told."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from core.agents.encoder import FeatureEncoder, n_buckets_for
from core.agents.features import FEATURES, MAX_BUCKETS, Group
from core.agents.references import ItemReference, References, measure
from core.demand import poisson
from core.domain import CostRates, LeadTime
from core.policies import SSPolicy
from core.simulator import InitialStock, Problem, SingleItemSystem, draw_scenario


def observe(problems, n_paths, initial=None):
    system = SingleItemSystem(problems, n_paths)
    return system.observe(system.start(initial), draw_scenario(problems, n_paths, 5, 1))


def test_every_feature_has_words_for_the_planner():
    assert len({feature.label for feature in FEATURES.values()}) == len(FEATURES)
    assert all(f.label and f.unit and isinstance(f.group, Group) for f in FEATURES.values())
    assert next(iter(FEATURES)) == "position"


def test_a_textbook_item_keeps_only_stock_features(textbook_assignment):
    """Costs never change here, and stock relative to S only repeats the position."""
    names = textbook_assignment.encoder.names
    assert names == ("position", "on_hand", "due_1", "due_2", "due_3")


def test_an_assortment_is_told_apart_by_costs_and_lead_times(assortment_assignment):
    names = set(assortment_assignment.encoder.names)
    assert {"critical_ratio", "lead_time_mean", "lost_share", "backorders", "lot"} <= names
    assert {f.group for f in assortment_assignment.encoder.features} >= {
        Group.STOCK,
        Group.DEMAND,
        Group.LEAD_TIME,
        Group.COSTS,
        Group.VARIABILITY,
    }


def test_raw_values_are_what_they_say(textbook):
    """Position, on hand and arrivals as shares of the stock scale, exactly."""
    item = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0)
    names = ("position", "on_hand", "due_1", "due_3", "above_reorder_point", "below_target")
    encoder = FeatureEncoder(names, (0.0,) * 6, (1.0,) * 6, 3)
    arrivals = torch.tensor([[5.0], [0.0], [10.0]])
    seen = observe([textbook], 1, InitialStock(torch.tensor([15.0]), arrivals))
    found = encoder.encode(seen, References.of([item], 1))[0]
    assert torch.allclose(found, torch.tensor([0.6, 0.3, 0.1, 0.2, 0.2, 0.2]))


def test_many_times_the_usual_stock_grows_as_its_logarithm(textbook):
    """Large orders make stock tens of times its scale: told apart still, and never cut off."""
    item = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0)
    encoder = FeatureEncoder(("position",), (0.0,), (1.0,), 2)
    found = []
    for stock in (99.0, 100.0, 101.0, 1000.0, 2000.0, -100.0):
        seen = observe([textbook], 1, InitialStock(torch.tensor([stock])))
        found.append(float(encoder.encode(seen, References.of([item], 1))))
    assert found[:2] == pytest.approx([1.98, 2.0])
    assert found[2] - found[1] == pytest.approx(0.02, abs=1e-3)
    assert found[3] == pytest.approx(2 * (1 + math.log(10)), rel=1e-4)
    assert found[4] - found[3] == pytest.approx(2 * math.log(2), rel=1e-4)
    assert found[5] == pytest.approx(-found[1])


def test_the_stock_scale_leaves_out_what_large_orders_add(textbook):
    """S and a period's demand: neither a dear order nor a minimum makes the scale larger."""
    rows = {"base": [14.0, 15.0], "dear": [14.0, 90.0], "never": [-500.0, 20.0]}
    scales = {}
    for name, (s, up_to) in rows.items():
        rule = SSPolicy.of([textbook], reorder_point=[s], order_up_to_level=[up_to])
        scales[name] = measure([textbook], rule, with_cost=False)[0].stock_scale
    mean = float(textbook.demand.mean(0, 1)[0])
    cover = float(textbook.lead_time.mean) + 1
    assert scales["base"] == max(15.0, mean * cover)
    assert scales["dear"] == max(14.0 + mean, mean * cover) and scales["never"] == mean * cover


def test_features_do_not_depend_on_the_unit_items_are_counted_in():
    """An item in dozens looks like the same item in pieces: one network serves both."""
    small, large = (
        Problem(f"x{k}", poisson(5.0 * k), CostRates(1.0 / k, 9.0 / k), LeadTime(3))
        for k in (1, 10)
    )
    items = [ItemReference(20.0 * k, 40.0 * k, 50.0 * k, 5.0 * k, 7.0) for k in (1, 10)]
    level = torch.tensor([12.0, 120.0])
    seen = observe([small, large], 1, InitialStock(level))
    # Poisson demand of ten times the mean is relatively steadier.
    spread = {"protection_sd", "recent_spread", "arrival_sd", "expected_lost", "demand_variation"}
    spread |= {"myopic_order", "myopic_order_sds", "below_target_sds", "on_hand_sds"}
    sized = {"demand_size", "pack_size", *spread}
    scaled = [n for n in FEATURES if n not in sized]
    encoder = FeatureEncoder(tuple(scaled), (0.0,) * len(scaled), (1.0,) * len(scaled), 2)
    first, second = encoder.encode(seen, References.of(items, 1))
    assert torch.allclose(first, second, atol=1e-5)


def test_rows_of_an_assortment_equal_the_items_alone(assortment, assortment_assignment):
    """Batched and single encoding agree, whoever stands beside an item."""
    a = assortment_assignment
    together = observe(assortment, 2)
    rows = a.encoder.encode(together, References.of(a.items, 2))
    for i, problem in enumerate(assortment):
        alone = a.encoder.encode(observe([problem], 2), References.of([a.items[i]], 2))
        assert torch.allclose(rows[2 * i : 2 * i + 2], alone, atol=1e-5)


def test_static_features_follow_the_problem(textbook, textbook_baseline):
    """What is remembered of one batch must not leak into another."""
    item = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0)
    encoder = FeatureEncoder(("position", "critical_ratio"), (0.0, 0.0), (1.0, 1.0), 1)
    dear = replace(textbook, costs=CostRates(1.0, 99.0))
    references = References.of([item], 1)
    first = encoder.encode(observe([textbook], 1), references)[0, 1]
    second = encoder.encode(observe([dear], 1), references)[0, 1]
    assert float(first) == 0.9 or abs(float(first) - 0.9) < 1e-6
    assert abs(float(second) - 0.99) < 1e-6


def test_buckets_are_exact_for_short_lead_times_and_bounded_for_long_ones(textbook):
    assert n_buckets_for([textbook]) == 3
    assert n_buckets_for([replace(textbook, lead_time=LeadTime(60))]) == MAX_BUCKETS
    assert n_buckets_for([replace(textbook, lead_time=LeadTime(0))]) == 1
