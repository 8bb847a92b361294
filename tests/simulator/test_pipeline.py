"""Orders that overtake one another: counted slot by slot, they are where sorting puts them."""

from __future__ import annotations

import pytest
import torch

from core.simulator.pipeline import AlignedOrders, CrossingOrders, crossing_pipeline

LONGEST, N_ENVS = 5, 7


def sorted_pipeline(arrivals: torch.Tensor) -> CrossingOrders:
    """Return the same start, kept in the way that suits any mix of items."""
    slots = torch.zeros(LONGEST - 1, N_ENVS)
    slots[: arrivals.shape[0]] = arrivals
    due = torch.arange(1.0, LONGEST).unsqueeze(1).repeat(1, N_ENVS)
    return CrossingOrders(slots, due, due.clone(), torch.full((N_ENVS,), float(LONGEST)))


@pytest.mark.parametrize("n_rows", [1, 3, 4, 9])
@pytest.mark.parametrize("n_due", [0, 2, 4])
def test_both_ways_deliver_and_show_the_same(n_rows, n_due):
    """Forty periods of drawn orders and lead times, 0 and the longest among them."""
    rng = torch.Generator().manual_seed(n_due)
    arrivals = torch.randint(9, (n_due, N_ENVS), generator=rng).float()
    quick = crossing_pipeline(arrivals, torch.full((N_ENVS,), float(LONGEST)))
    assert isinstance(quick, AlignedOrders)
    plain = sorted_pipeline(arrivals)
    for t in range(40):
        assert torch.equal(quick.outstanding(t, n_rows), plain.outstanding(t, n_rows))
        order = torch.randint(20, (N_ENVS,), generator=rng).float()
        wait = torch.randint(LONGEST + 1, (N_ENVS,), generator=rng).float()
        lead_time = None if t % 10 == 9 else wait
        at_once, quick = quick.place(order, t, lead_time)
        other, plain = plain.place(order, t, lead_time)
        assert torch.equal(at_once, other)
        arrived, quick = quick.receive(t + 1)
        other, plain = plain.receive(t + 1)
        assert torch.equal(arrived, other)


def test_items_that_wait_differently_long_are_sorted():
    waits = torch.tensor([5.0, 5.0, 3.0])
    assert isinstance(crossing_pipeline(torch.zeros(0, 3), waits), CrossingOrders)
    # More rows under way than any new order can take.
    late = crossing_pipeline(torch.zeros(6, 3), torch.full((3,), 5.0))
    assert isinstance(late, CrossingOrders)


def test_environments_can_be_picked():
    orders = AlignedOrders(torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.tensor([[1.0, 1], [2, 1]]))
    found = orders.mapped(lambda rows: rows[..., [1]])
    assert isinstance(found, AlignedOrders)
    assert found.quantity.tolist() == [[2.0], [4.0]] and found.due.tolist() == [[1.0], [1.0]]
