"""Order codes: what a choice means."""

from __future__ import annotations

import pytest
import torch

from core.agents.actions import (
    ORDER_CODES,
    GatedOrderUpTo,
    OrderUpTo,
    UnitRange,
    WholeUnits,
    choose_code,
    order_code_from_json,
)
from core.agents.references import ItemReference, References

ITEM = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0)
CODES = [WholeUnits(14), OrderUpTo((-0.2, 0.0, 0.2)), UnitRange(14), GatedOrderUpTo(0.6)]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.kind)
def test_a_code_survives_json(code):
    assert order_code_from_json(code.to_json()) == code
    assert code.kind in ORDER_CODES


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.kind)
def test_encoding_an_order_and_decoding_it_gives_it_back(code):
    """Orders that a code can express come back exactly: nothing, and up to S."""
    references = References.of([ITEM], 2)
    position = torch.tensor([30.0, 30.0])
    quantity = torch.tensor([0.0, 10.0])
    again = code.decode(code.encode(quantity, position, references), position, references)
    assert torch.equal(again, quantity)


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.kind)
def test_orders_are_never_negative_and_always_whole(code):
    n, noise = 500, torch.Generator().manual_seed(0)
    position = torch.randint(-20, 80, (n,), generator=noise).float()
    if code.n_choices:
        actions = torch.randint(code.n_choices, (n,), generator=noise)
    else:
        actions = 4 * torch.rand(n, code.n_controls, generator=noise) - 2
    orders = code.decode(actions, position, References.of([ITEM], n))
    assert bool((orders >= 0).all()) and torch.equal(orders, orders.round())


def test_order_up_to_leads_to_its_level():
    code, references = OrderUpTo((-0.2, 0.0, 0.2)), References.of([ITEM], 4)
    orders = code.decode(torch.tensor([0, 1, 2, 3]), torch.full((4,), 25.0), references)
    assert orders.tolist() == [0.0, 5.0, 15.0, 25.0]


@pytest.mark.parametrize(
    "bad",
    [
        None,
        {"kind": "exec"},
        {"kind": "whole_units", "most": 1e9},
        {"kind": "whole_units", "most": True},
        {"kind": "order_up_to", "offsets": []},
        {"kind": "order_up_to", "offsets": ["x"]},
        {"kind": "gated_order_up_to", "span": float("nan")},
    ],
)
def test_damaged_codes_are_refused(bad):
    with pytest.raises(ValueError, match=r"must be|unknown"):
        order_code_from_json(bad)


def test_small_items_choose_whole_units_and_others_a_level(textbook, assortment):
    items = [ITEM] * 3
    assert isinstance(choose_code([textbook], items[:1], is_continuous=False), WholeUnits)
    assert isinstance(choose_code([textbook], items[:1], is_continuous=True), UnitRange)
    assert isinstance(choose_code(assortment, items, is_continuous=False), OrderUpTo)
    assert isinstance(choose_code(assortment, items, is_continuous=True), GatedOrderUpTo)
