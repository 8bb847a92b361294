"""A trained agent as a Policy."""

from __future__ import annotations

import torch

from core.simulator import SingleItemSystem, draw_scenario, total_costs


def test_an_agent_keeps_the_contract_of_a_policy(assortment, assortment_agent):
    """Shapes, finite, not negative, and the same twice."""
    policy = assortment_agent.policy(assortment)
    system = SingleItemSystem(assortment, 5)
    seen = system.observe(system.start(), draw_scenario(assortment, 5, 3, 1))
    orders = policy.act(seen)
    assert orders.shape == (15,) and bool(torch.isfinite(orders).all())
    assert bool((orders >= 0).all()) and torch.equal(orders, policy.act(seen))
    assert (policy.n_items, policy.name) == (3, "tiny")
    assert policy.parameters_of(0)["order_up_to_level"] > 0


def test_selecting_items_gives_their_own_orders(assortment, assortment_agent):
    """A selection orders what the whole would for those items."""
    policy = assortment_agent.policy(assortment)
    scenario = draw_scenario(assortment, 8, 40, 5)
    whole = total_costs(SingleItemSystem(assortment, 8), policy.act, scenario).cost
    for row, problem in enumerate(assortment):
        alone = total_costs(
            SingleItemSystem([problem], 8),
            policy.select([row]).act,
            draw_scenario([problem], 8, 40, 5),
        )
        assert torch.allclose(alone.cost, whole[8 * row : 8 * row + 8], rtol=1e-4)


def test_items_as_in_training_keep_their_measures(assortment, assortment_agent):
    """No (s, S) is fitted for them again: the agent orders as it did when it was trained."""
    found = assortment_agent.policy(assortment[::-1]).items
    assert found == tuple(card.reference for card in assortment_agent.cards[::-1])


def test_changed_items_are_measured_by_the_baseline_of_today(
    assortment, assortment_agent, assortment_baseline
):
    from dataclasses import replace

    from core.domain import LeadTime

    changed = [replace(assortment[0], lead_time=LeadTime(6)), *assortment[1:]]
    policy = assortment_agent.policy(changed, assortment_baseline)
    before = assortment_agent.cards[0].reference
    assert policy.items[0].stock_scale > before.stock_scale
    assert policy.items[1:] == tuple(card.reference for card in assortment_agent.cards[1:])
