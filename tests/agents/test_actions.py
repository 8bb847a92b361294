"""Order codes: what a choice means."""

from __future__ import annotations

import pytest
import torch

from core.agents.actions import (
    ORDER_CODES,
    AroundRule,
    ShiftedRule,
    UnitRange,
    WholeUnits,
    choices_for,
    controls_for,
    order_code_from_json,
)
from core.agents.references import ItemReference, References

ITEM = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0)
CODES = [WholeUnits(14), AroundRule((-0.2, 0.0, 0.2)), UnitRange(14), ShiftedRule(0.6)]


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


def test_choices_around_the_rule_lead_to_their_levels():
    """With s = 20, S = 40, scale 50: at 25 the rule waits, nothing is nothing, else 30, 40, 50."""
    code, references = AroundRule((-0.2, 0.0, 0.2)), References.of([ITEM], 5)
    orders = code.decode(torch.arange(5), torch.full((5,), 25.0), references)
    assert orders.tolist() == [0.0, 0.0, 5.0, 15.0, 25.0]


@pytest.mark.parametrize("code", [AroundRule((0.0,)), ShiftedRule(0.6)], ids=lambda c: c.kind)
def test_an_untrained_choice_is_the_rule_itself(code):
    position = torch.arange(-5.0, 60.0)
    references = References.of([ITEM], len(position))
    rule = torch.where(position <= 20, 40 - position, 0.0)
    actions = torch.zeros(len(position), dtype=torch.long)
    if not code.n_choices:
        actions = torch.zeros(len(position), 2)
    assert torch.equal(code.decode(actions, position, references), rule)
    assert torch.equal(code.encode(rule, position, references), actions)


def test_shifts_move_both_numbers_of_the_rule():
    """A shift of 0.2 scales: s = 30, S = 50."""
    code, references = ShiftedRule(0.2), References.of([ITEM], 2)
    orders = code.decode(torch.ones(2, 2), torch.tensor([30.0, 31.0]), references)
    assert orders.tolist() == [20.0, 0.0]


@pytest.mark.parametrize(
    "bad",
    [
        None,
        {"kind": "exec"},
        {"kind": "whole_units", "most": 1e9},
        {"kind": "whole_units", "most": True},
        {"kind": "around_rule", "offsets": []},
        {"kind": "around_rule", "offsets": ["x"]},
        {"kind": "shifted_rule", "span": float("nan")},
    ],
)
def test_damaged_codes_are_refused(bad):
    with pytest.raises(ValueError, match=r"must be|unknown"):
        order_code_from_json(bad)


def test_small_items_choose_whole_units_and_others_a_level(textbook, assortment):
    items = [ITEM] * 3
    assert isinstance(choices_for([textbook], items[:1]), WholeUnits)
    assert isinstance(controls_for([textbook], items[:1]), UnitRange)
    assert isinstance(choices_for(assortment, items), AroundRule)
    assert isinstance(controls_for(assortment, items), ShiftedRule)
