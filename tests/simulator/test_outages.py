"""A supplier that stands still: what waits, what does not, and that no unit is lost on the way."""

from __future__ import annotations

import pytest
import torch

from core.domain import LeadTime, ParameterError
from core.simulator import (
    InitialStock,
    Outage,
    SingleItemSystem,
    draw_scenario,
    trajectory,
    with_outage,
)
from tests.simulator.simulator_parts import base_stock, item

N_PATHS, HORIZON = 4, 40
LATE = [LeadTime(0.0), LeadTime(3.0), LeadTime(2.5), LeadTime(4.0, 2.0)]


def test_orders_placed_or_due_in_an_outage_wait_for_its_end_and_no_others():
    lead = torch.full((8, 1), 2.0)
    # Stands still in 3 and 4. Placed in 1 and 2: due then, arrive in 5. Placed in 3: two longer.
    waits = Outage(3, 2).lead_times(lead).flatten().tolist()
    assert waits == [2, 4, 3, 4, 3, 2, 2, 2]


def test_what_is_on_its_way_and_due_later_comes_as_promised():
    long = torch.full((8, 1), 6.0)
    assert Outage(3, 2).lead_times(long).flatten().tolist() == [6, 6, 6, 8, 7, 6, 6, 6]


def test_open_orders_due_in_an_outage_arrive_together_after_it():
    due = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    assert Outage(1, 3).arrivals(due).flatten().tolist() == [0, 0, 0, 10]
    assert Outage(2, 9).arrivals(due).flatten().tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]


@pytest.mark.parametrize("lead_time", LATE)
@pytest.mark.parametrize("lost_share", [0.0, 1.0])
@pytest.mark.parametrize("outage", [Outage(0, 3), Outage(5, 6), Outage(30, 60)])
def test_nothing_arrives_in_an_outage_and_every_unit_is_accounted_for(
    lead_time, lost_share, outage
):
    plain, late = _runs(item(lead_time, lost_share=lost_share), outage)
    then = slice(outage.first, outage.end)
    assert late.received[then].sum() == 0
    assert plain.received[then].sum() > 0
    assert torch.equal(late.demand, plain.demand)
    assert torch.equal(late.received[: outage.first], plain.received[: outage.first])
    came = 6 + late.received.cumsum(0)
    went = (late.demand - late.lost).cumsum(0)
    assert torch.equal(came - went, late.inventory_level)
    on_order = 3 + late.order.cumsum(0) - late.received.cumsum(0)
    position = late.inventory_position - late.demand + late.lost
    assert torch.equal(late.inventory_level + on_order, position)


def test_every_order_of_a_long_outage_arrives_in_the_end():
    problem = item(LeadTime(4.0, 2.0))
    _, late = _runs(problem, Outage(2, 12), horizon=120)
    missing = 3 + late.order.sum(0) - late.received.sum(0)
    assert (missing <= late.order[-10:].sum(0)).all()


def test_a_row_of_a_batch_is_played_as_if_it_were_alone():
    one, two = item(2, name="one"), item(LeadTime(5.0, 2.0), name="two")
    _, both = _runs_of([one, two], Outage(4, 5))
    for row, problem in enumerate((one, two)):
        _, alone = _runs_of([problem], Outage(4, 5))
        part = slice(row * N_PATHS, (row + 1) * N_PATHS)
        assert torch.equal(both.received[:, part], alone.received)
        assert torch.equal(both.cost[:, part], alone.cost)


@pytest.mark.parametrize("outage", [Outage(-1, 3), Outage(2, 0)])
def test_an_outage_that_cannot_be_is_refused_in_words(outage):
    with pytest.raises(ParameterError, match="must begin now or later"):
        outage.check()


def _runs(problem, outage, horizon=HORIZON):
    return _runs_of([problem], outage, horizon)


def _runs_of(problems, outage, horizon=HORIZON):
    """Return the same futures without and with the outage, 6 in stock and 3 due in 2 periods."""
    system = SingleItemSystem(problems, N_PATHS)
    scenario = draw_scenario(problems, N_PATHS, horizon, seed=3)
    n = len(problems) * N_PATHS
    initial = InitialStock(torch.full((n,), 6.0), torch.tensor([[0.0], [3.0]]).expand(2, n))
    late, start = with_outage(scenario, initial, system.parameters, outage)
    act = base_stock(30.0)
    return (
        trajectory(system, act, scenario, initial=initial),
        trajectory(system, act, late, initial=start),
    )
