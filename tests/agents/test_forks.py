"""Whether to order is learned from forks: every way from a state is played on the same future."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from core.agents import TrainingConfig
from core.agents import forks as forks_module
from core.agents.actions import levels_for
from core.agents.clock import Clock
from core.agents.forks import Fork, Forks, joined, loss_of, weights_of
from core.agents.layers import Layers
from core.agents.learner import Lesson
from core.agents.levels import MovedLevels
from core.agents.references import ItemReference, References
from core.agents.task import assign
from core.demand import PoissonDemand, Season, poisson
from core.domain import CostRates, LeadTime, OrderRules
from core.policies import SSPolicy
from core.simulator import InitialStock, Problem

CODE = MovedLevels(3.0)
# s = 20, S = 40, a standard deviation of 5 over lead time and review.
TWENTY = ItemReference(20.0, 40.0, 50.0, 5.0, 7.0, protection_mean=15.0, protection_sd=5.0)
REACH = 0.2


def dear(name="dear", mean=5.0, **changes) -> Problem:
    """Return an item with K = 64: under its best rule it orders every five periods or so."""
    problem = Problem(name, poisson(mean), CostRates(1.0, 9.0, 64.0), LeadTime(2))
    return replace(problem, **changes)


def forks_of(problems, s, up_to, kept=None, loyalty=0.0) -> Forks:
    """Return forks on the way of these (s, S)."""
    baseline = SSPolicy.of(problems, reorder_point=s, order_up_to_level=up_to)
    assignment = assign(problems, baseline, levels_for)
    config = TrainingConfig.preset("quick", "pathwise", width=8)
    lesson, noise = Lesson(assignment, config, Clock(3600.0)), torch.Generator().manual_seed(0)
    return Forks(lesson, noise, kept, loyalty)


def still(forks: Forks) -> Layers:
    """Return a network that leaves s and S as they are."""
    n = forks._assignment.encoder.n_features
    return Layers.drawn([n, 4, 2], torch.Generator().manual_seed(0))


def at_level(forks: Forks, level, t: int = 5):
    """Set all paths to this stock, with nothing under way, and return the next fork."""
    actor = still(forks)
    with torch.no_grad():
        scenario = forks._advance(actor)
        start = torch.as_tensor(level, dtype=torch.float32)
        n = forks._system.parameters.n_envs
        stocks = forks._system.start(InitialStock(start.expand(n).clone()))
        forks._stocks = replace(stocks, t=t)
        forks._advance = lambda _: scenario
        return forks._next(actor, REACH)


# --- What a fork finds out ------------------------------------------------------------------------


def test_far_below_the_reorder_point_ordering_is_cheaper():
    """Empty shelves, nothing under way: without an order every unit is lost, at 9 each."""
    fork = at_level(forks_of([dear()], [14.0], [40.0]), 0.0)
    assert float((fork.order_cost < 0).float().mean()) > 0.85
    assert float(fork.order_cost.mean()) < -0.5


def test_far_above_the_order_up_to_level_not_ordering_is_cheaper():
    """150 units for 30 periods, S at 180: an order costs 64 and stands about for nothing."""
    fork = at_level(forks_of([dear()], [14.0], [180.0]), 150.0)
    assert float((fork.order_cost > 0).float().mean()) > 0.95
    assert float(fork.order_cost.mean()) > 0.5


def test_in_between_it_turns_from_cheaper_to_dearer_once():
    """Somewhere between empty and full; on average over the futures."""
    forks = forks_of([dear()], [14.0], [40.0])
    means = [float(at_level(forks, level).order_cost.mean()) for level in (0.0, 6.0, 24.0, 36.0)]
    assert means[0] < 0 and means[1] < 0 < means[2] and means[3] > 0


def test_too_low_a_level_wants_to_be_raised():
    """S of 15 for a dear order: each unit more saves a share of the next 64."""
    fork = at_level(forks_of([dear()], [14.0], [16.0]), 0.0)
    assert float(fork.level_cost.mean()) < 0


def test_too_high_a_level_wants_to_be_lowered():
    """S of 250, fifty periods' worth, where 40 would do: each unit more is held for long."""
    fork = at_level(forks_of([dear()], [14.0], [250.0]), 0.0)
    assert float(fork.level_cost.mean()) > 0


def test_the_slope_of_the_level_is_that_of_the_two_ways_beside_it(monkeypatch):
    """Costs of 100, 90, 70 and 130 by hand: order - none = -10, slope = (130 - 70) / (2 steps)."""
    forks = forks_of([dear()], [14.0], [40.0])
    n = forks._n_paths
    outcomes = tuple(torch.full((n,), cost) for cost in (100.0, 90.0, 70.0, 130.0))
    monkeypatch.setattr(forks, "_outcomes", lambda actor, orders: outcomes)
    forks._usual, forks._usual_level = torch.full((n,), 5.0), torch.full((n,), 2.0)
    fork = at_level(forks, 10.0)
    step = REACH * 26.0
    assert fork.order_cost.tolist() == pytest.approx([-2.0] * n)
    assert fork.level_cost.tolist() == pytest.approx([30.0 / (2 * step)] * n)


def test_costs_are_measured_by_how_much_their_own_item_costs_and_varies():
    """The same item with all its costs a thousand times higher learns the same."""
    much = CostRates(1000.0, 9000.0, 64_000.0)
    few, many = (at_level(forks_of([dear("a", **c)], [14.0], [40.0]), 6.0)
                 for c in ({}, {"costs": much}))  # fmt: skip
    assert torch.allclose(few.order_cost, many.order_cost, rtol=1e-3, atol=1e-4)
    assert torch.allclose(few.level_cost, many.level_cost, rtol=1e-3, atol=1e-4)


def test_a_rare_stock_out_counts_in_full():
    """Measured by the very futures it is rare in, it would be cut off, and no order look cheap."""
    forks = forks_of([dear()], [14.0], [40.0])
    n = forks._n_paths
    none = torch.zeros(n)
    none[0] = 300.0 * float(forks._usual[0])
    assert float(forks_module._bounded(-none / forks._usual).sum()) == pytest.approx(-300.0)
    assert float(forks_module._bounded(torch.tensor(1e9))) < 1e4


def test_what_counts_less_and_less_is_played_by_the_rule(monkeypatch):
    """The agent, which takes longer, acts only while periods count in full."""
    forks, calls = forks_of([dear()], [14.0], [40.0]), []
    act = forks._act
    monkeypatch.setattr(forks, "_act", lambda *a: calls.append(a) or act(*a))
    outcomes_of(forks, [24.0] * 4)
    n_full = int((forks._weights[:, 0] == 1.0).sum())
    many = [call for call in calls if call[2] is forks._many_references]
    assert len(many) == n_full - 1 < len(forks._weights) - 1


# --- One future for all ways ----------------------------------------------------------------------


def outcomes_of(forks: Forks, orders) -> list[torch.Tensor]:
    """Play four ways with these first orders from the forks' state; shape [n_envs] each."""
    actor = still(forks)
    with torch.no_grad():
        forks._advance(actor)
        n_items, n_paths = len(forks._assignment.items), forks._n_paths
        rows = [torch.full((n_items, 1, n_paths), float(order)) for order in orders]
        return list(forks._outcomes(actor, torch.cat(rows, 1).flatten()))


def late_and_seasonal() -> list[Problem]:
    season = Season(weekday=(2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5))
    return [
        dear("a", lead_time=LeadTime(3, 1.5)),
        dear("b", mean=30.0, demand=PoissonDemand(level=30.0, season=season)),
        dear("c", lost_share=0.0, rules=OrderRules(min_order=12, pack_size=6)),
    ]


def test_identical_ways_cost_the_same_to_the_last_cent():
    """Random lead times and a season, too: all four ways share one future."""
    forks = forks_of(late_and_seasonal(), [14.0, 80.0, 20.0], [40.0, 300.0, 60.0])
    first, *others = outcomes_of(forks, [24.0] * 4)
    assert float(first.std()) > 0
    assert all(torch.equal(first, other) for other in others)


def test_different_ways_differ_and_in_the_order_of_ways():
    """No order at all is without the fixed cost of the first period: the first way differs."""
    forks = forks_of([dear()], [14.0], [40.0])
    none, one, two, same = outcomes_of(forks, [0.0, 24.0, 48.0, 24.0])
    assert torch.equal(one, same)
    assert not torch.equal(one, none) and not torch.equal(one, two)


def test_every_way_of_an_items_path_gets_that_paths_value():
    """Three items: item by item, then way by way, then path by path."""
    forks = forks_of([dear(x) for x in "abc"], [14.0] * 3, [40.0] * 3)
    n = forks._n_paths
    values = torch.arange(3 * n)
    spread = forks._spread(values)
    assert spread.shape == (3 * 4 * n,)
    for row in range(3):
        mine = spread.reshape(3, 4, n)[row]
        assert all(torch.equal(way, values[row * n : (row + 1) * n]) for way in mine)
    table = torch.stack([values, values + 1000])
    assert torch.equal(forks._spread(table), torch.stack([spread, spread + 1000]))


def test_what_is_spread_stands_by_its_own_item_in_the_larger_system():
    """Costs of environment k are those of the item whose stock was put there."""
    forks = forks_of(
        [dear("a"), dear("b", costs=CostRates(3.0, 30.0, 10.0))], [14.0] * 2, [40.0] * 2
    )
    few, many = forks._system.parameters, forks._many.parameters
    for name in ("holding_cost", "stockout_cost", "fixed_cost"):
        assert torch.equal(forks._spread(getattr(few, name)), getattr(many, name))
    for name in ("reorder_point", "stock_scale"):
        mine, theirs = getattr(forks._references, name), getattr(forks._many_references, name)
        assert torch.equal(forks._spread(mine), theirs)


def test_ways_are_no_order_up_to_the_level_below_and_above_it():
    """From a stock of 10, S = 40, s = 14: a fifth of 26 is 5 units, rounded."""
    forks = forks_of([dear("a"), dear("b")], [14.0, 14.0], [40.0, 40.0])
    seen_orders = []
    play = forks._outcomes
    forks._outcomes = lambda actor, orders: seen_orders.append(orders) or play(actor, orders)
    at_level(forks, 10.0)
    ways = seen_orders[0].reshape(2, 4, forks._n_paths)
    assert bool((ways == ways[:, :, :1]).all())
    assert ways[:, :, 0].tolist() == [[0.0, 30.0, 25.0, 35.0]] * 2


def test_packs_are_tried_half_a_pack_lower_and_higher():
    """Else the ways below and above would order the same."""
    item = ItemReference(20.0, 22.0, 50.0, 5.0, 7.0, lot=12.0)
    assert forks_module._step(References.of([item], 1), 0.1).tolist() == [6.0]
    assert forks_module._step(References.of([replace(item, lot=1.0)], 1), 0.1).tolist() == [1.0]


def test_the_way_goes_on_and_new_futures_begin_where_these_run_out():
    """Some periods from fork to fork; never beyond the horizon."""
    forks = forks_of([dear()], [14.0], [40.0])
    actor = still(forks)
    times = []
    for _ in range(12 * forks._horizon // len(forks._weights)):
        list(forks.losses(actor, 0.5))
        times.append(forks._stocks.t)
    pairs = list(pairwise(times))
    assert all(later > earlier or later <= 12 for earlier, later in pairs)
    assert any(later < earlier for earlier, later in pairs)
    assert max(times) + len(forks._weights) <= forks._horizon + 1
    assert forks.n_played == len(times)


# --- How far ahead --------------------------------------------------------------------------------


def test_periods_count_fully_until_the_order_after_the_next_is_in_and_then_less():
    """L = 2, R = 1 and an order for 5 periods: fully to 8, and nothing from 21 on."""
    item = ItemReference(14.0, 39.0, 50.0, 5.0, 7.0)
    weights = weights_of([dear()], [item])[:, 0]
    assert weights.shape == (21,)
    assert bool((weights[:9] == 1.0).all())
    assert bool((weights[1:] <= weights[:-1]).all())
    assert 0.0 < float(weights[-1]) < 0.1


def test_rare_orders_are_watched_for_no_more_than_so_long():
    rare = ItemReference(14.0, 5014.0, 50.0, 5.0, 7.0)
    weights = weights_of([dear(), dear()], [rare, replace(rare, order_up_to_level=39.0)])
    assert weights.shape == (128, 2)
    assert float(weights[100, 1]) == 0.0 < float(weights[100, 0])


# --- Learning from it -----------------------------------------------------------------------------


def fork_by_hand(n: int = 5, dtype=torch.float64) -> Fork:
    """Return states on both sides of s, some better off with an order and some without."""
    now = References.of([TWENTY], n)
    now = replace(
        now, **{f: getattr(now, f).to(dtype) for f in ("reorder_point", "order_up_to_level",
                                                       "stock_scale", "protection_sd", "unit")}
    )  # fmt: skip
    return Fork(
        features=torch.zeros(n, 1, dtype=dtype),
        position=torch.linspace(16.0, 24.0, n, dtype=dtype),
        now=now,
        order_cost=torch.linspace(-1.0, 1.5, n, dtype=dtype),
        level_cost=torch.linspace(0.3, -0.2, n, dtype=dtype),
    )


@pytest.mark.parametrize("moves", [(0.0, 0.0), (0.05, -0.1), (-0.08, 0.2)])
@pytest.mark.parametrize("row", range(5))
def test_the_loss_has_the_gradient_of_its_finite_differences_in_s(moves, row):
    """State by state. The yes of the level's part is taken as given: it is left out here."""
    fork = replace(fork_by_hand(), level_cost=torch.zeros(5, dtype=torch.float64))
    slope = slope_of(fork, moves, row)[0]
    assert slope == pytest.approx(difference(fork, moves, row, 0), rel=1e-5, abs=1e-10)
    assert slope != 0.0


@pytest.mark.parametrize("moves", [(0.0, 0.0), (0.05, -0.1), (-0.08, 0.2)])
@pytest.mark.parametrize("row", range(5))
def test_the_loss_has_the_gradient_of_its_finite_differences_in_the_level(moves, row):
    fork = fork_by_hand()
    slope = slope_of(fork, moves, row)[1]
    assert slope == pytest.approx(difference(fork, moves, row, 1), rel=1e-5, abs=1e-10)
    assert slope != 0.0


def test_the_level_does_not_move_the_yes_or_no():
    """With nothing to choose between order and no order, s stays, whatever S costs."""
    fork = replace(fork_by_hand(), order_cost=torch.zeros(5, dtype=torch.float64))
    assert [slope_of(fork, (0.02, 0.02), row)[0] for row in range(5)] == [0.0] * 5


def slope_of(fork, moves, row) -> list[float]:
    given = torch.tensor(moves, dtype=torch.float64).expand(5, 2).clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss_of(fork, given, CODE), given)
    return slope[row].tolist()


def difference(fork, moves, row, control, step=1e-5) -> float:
    """Return the slope of the loss in one control of one state, by central differences."""
    costs = []
    for by in (step, -step):
        given = torch.tensor(moves, dtype=torch.float64).expand(5, 2).clone()
        given[row, control] += by
        costs.append(float(loss_of(fork, given, CODE)))
    return (costs[0] - costs[1]) / (2 * step)


def test_steps_down_the_loss_move_s_to_where_ordering_begins_to_pay():
    """Ordering pays at or below 20 and not above: from an s of 15 or 25 it comes to about 20."""
    n = 41
    item = TWENTY
    position = torch.linspace(0.0, 40.0, n)
    cost = torch.where(position <= 20.0, -1.0, 1.0)
    fork = Fork(torch.zeros(n, 1), position, References.of([item], n), cost, torch.zeros_like(cost))
    for start in (-1.0, 1.0):
        moves = torch.tensor([start, 0.0], requires_grad=True)
        optimiser = torch.optim.Adam([moves], lr=0.05)
        for _ in range(150):
            optimiser.zero_grad()
            loss_of(fork, moves.expand(n, 2), CODE).backward()
            optimiser.step()
        gate, level = moves.tolist()
        assert 5.0 * gate == pytest.approx(0.0, abs=1.0)
        assert level == 0.0


def test_a_yes_or_no_that_is_wholly_wrong_still_feels_a_pull():
    """Far below s, where ordering is dearer: the gate alone has no slope there any more."""
    for position, cost, sign in ((-60.0, 1.0, 1.0), (100.0, -1.0, -1.0)):
        fork = Fork(
            torch.zeros(1, 1),
            torch.tensor([position]),
            References.of([TWENTY], 1),
            torch.tensor([cost]),
            torch.zeros(1),
        )
        moves = torch.zeros(1, 2, requires_grad=True)
        (slope,) = torch.autograd.grad(loss_of(fork, moves, CODE), moves)
        assert sign * float(slope[0, 0]) > 0.05


def test_several_forks_count_as_one_with_all_their_states():
    first, second = fork_by_hand(5, torch.float32), fork_by_hand(3, torch.float32)
    both = joined([first, second])
    assert both.position.tolist() == [*first.position.tolist(), *second.position.tolist()]
    assert both.now.reorder_point.shape == (8,)
    moves = torch.full((8, 2), 0.03)
    parts = (5 * loss_of(first, moves[:5], CODE) + 3 * loss_of(second, moves[5:], CODE)) / 8
    assert float(loss_of(both, moves, CODE)) == pytest.approx(float(parts), rel=1e-5)


def test_drills_that_keep_their_forks_together_learn_from_all_of_them():
    """And at a price for every move away from (s, S)."""
    kept = deque(maxlen=40)
    problems = [dear("a"), dear("b", mean=8.0)]
    both = [forks_of([p], [14.0], [40.0], kept) for p in problems]
    both[1]._assignment = replace(both[1]._assignment, encoder=both[0]._assignment.encoder)
    for drill in both:
        list(drill.losses(still(drill), 0.5))
    assert len(kept) == 2
    n = sum(drill._n_paths for drill in both)
    seen = []
    list(both[0].losses(lambda x: seen.append(len(x)) or torch.zeros(len(x), 2), 0.5))
    assert seen[-4:] == [n + both[0]._n_paths] * 4


def test_loyalty_costs_the_square_of_every_move():
    def losses(loyalty, move):
        forks = forks_of([dear()], [14.0], [40.0], None, loyalty)
        return torch.stack([*forks.losses(lambda x: torch.full((len(x), 2), move), 0.5)])

    assert torch.equal(losses(0.7, 0.0), losses(0.0, 0.0))
    more = losses(0.7, 0.3) - losses(0.0, 0.3)
    assert more.tolist() == pytest.approx([0.7 * 2 * 0.09] * 4, abs=1e-4)


def test_a_drill_learns_from_the_latest_forks_several_times():
    """Four steps from each fork, with at most four forks at once."""
    forks = forks_of([dear()], [14.0], [40.0])
    actor = still(forks)
    for n_kept in (1, 2, 3, 4, 4):
        losses = list(forks.losses(actor, 0.5))
        assert len(losses) == 4 and len(forks._kept) == n_kept
        assert all(loss.requires_grad and loss.ndim == 0 for loss in losses)
