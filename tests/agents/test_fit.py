"""check_fit: an agent made for other items is flagged, item by item, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.agents.fit import check_fit, require_fit
from core.demand import poisson
from core.domain import BundleMismatchError, CostRates, LeadTime, OrderRules


def test_the_items_of_the_training_fit(assortment, assortment_agent):
    assert check_fit(assortment_agent, assortment) == []
    require_fit(assortment_agent, assortment)


@pytest.mark.parametrize(
    ("change", "attribute", "words"),
    [
        ({"costs": CostRates(1.0, 4.0)}, "stockout_cost", "stock-out cost 9, now 4"),
        ({"costs": CostRates(2.0, 9.0)}, "holding_cost", "holding cost 1, now 2"),
        ({"lead_time": LeadTime(5)}, "lead_time", "lead time 2 periods, now 5 periods"),
        ({"lead_time": LeadTime(2, 1.0)}, "lead_time", "±"),
        ({"rules": OrderRules(pack_size=12)}, "pack_size", "pack size 1, now 12"),
        ({"rules": OrderRules(max_stock=50)}, "max_stock", "storage limit none, now 50"),
        ({"lost_share": 0.0}, "lost_share", "lost 1, now 0"),
        ({"demand": poisson(30.0)}, "demand_mean", "mean demand 20, now 30"),
    ],
)
def test_a_changed_item_is_flagged_in_words(assortment, assortment_agent, change, attribute, words):
    """Value of then, value of now, and what to do; the other items stay clean."""
    found = check_fit(assortment_agent, [replace(assortment[0], **change), *assortment[1:]])
    assert {mismatch.item for mismatch in found} == {"steady"}
    mismatch = next(m for m in found if m.attribute == attribute)
    assert words in mismatch.message and "retrain, or use (s, S)" in mismatch.message


def test_demand_may_drift_a_little(assortment, assortment_agent):
    """Every new week of sales changes the forecast; that alone is no reason to retrain."""
    assert check_fit(assortment_agent, [replace(assortment[0], demand=poisson(21.0))]) == []


def test_an_item_it_never_saw_is_flagged(assortment, assortment_agent):
    (found,) = check_fit(assortment_agent, [replace(assortment[0], name="new")])
    assert (found.item, found.attribute) == ("new", "item")
    assert "trained for 3 items, and not for this one" in found.message


def test_an_agent_that_suits_no_item_is_refused(assortment, assortment_agent):
    with pytest.raises(BundleMismatchError, match="suits none"):
        require_fit(assortment_agent, [replace(p, name=f"other {p.name}") for p in assortment])
