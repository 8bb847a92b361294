"""Randomness drawn first: the same for the same seed, and an item's own whatever stands beside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.demand import ForecastDemand, NegativeBinomialDemand, Season, poisson
from core.domain import LeadTime, OrderRules
from core.simulator import (
    SingleItemSystem,
    draw_scenario,
    expectations,
    lead_time_probabilities,
    scenario_from_history,
    trajectory,
)
from core.simulator.lead_times import mean_and_sd
from tests.simulator.simulator_parts import base_stock, item

WEEK = Season(weekday=(2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5))
ITEMS = [
    item(2, name="a"),
    item(LeadTime(3.0, 1.5), name="b", lost_share=0.0),
    item(0, name="c", lost_share=0.5, rules=OrderRules(pack_size=4)),
    item(1, name="d", demand=NegativeBinomialDemand(level=6.0, shape=2.0, season=WEEK)),
]


def same(one, other):
    """Whether two scenarios are equal to the last unit."""
    return torch.equal(one.demand, other.demand) and torch.equal(one.lead_time, other.lead_time)


def test_shapes_are_horizon_by_environments_item_by_item():
    """Two items, three paths: environments 0 to 2 are the first item's."""
    both = [item(1, name="low", demand=poisson(1)), item(1, name="high", demand=poisson(500))]
    scenario = draw_scenario(both, 3, 20, seed=1)
    assert scenario.demand.shape == (20, 6)
    assert (scenario.horizon, scenario.n_envs) == (20, 6)
    assert scenario.lead_time is None
    assert bool((scenario.demand[:, :3] < 100).all() and (scenario.demand[:, 3:] > 100).all())
    assert scenario.outlook.next_mean.tolist() == [[1, 1, 1, 500, 500, 500]]


def test_the_same_seed_gives_the_same_futures_and_another_seed_others():
    """Demand and lead times."""
    first, again, other = (draw_scenario(ITEMS, 4, 30, seed) for seed in (7, 7, 8))
    assert same(first, again)
    assert not torch.equal(first.demand, other.demand)
    assert not torch.equal(first.lead_time, other.lead_time)


@pytest.mark.parametrize("row", range(len(ITEMS)))
def test_an_items_futures_do_not_depend_on_its_neighbours(row):
    """Alone or among others, in any order."""
    together = draw_scenario(ITEMS, 4, 30, seed=7)
    alone = draw_scenario([ITEMS[row]], 4, 30, seed=7)
    mine = slice(4 * row, 4 * row + 4)
    assert torch.equal(alone.demand, together.demand[:, mine])
    if alone.lead_time is not None:
        assert torch.equal(alone.lead_time, together.lead_time[:, mine])


@pytest.mark.parametrize("row", range(len(ITEMS)))
def test_a_row_of_a_mixed_batch_is_the_item_run_alone(row):
    """Fixed, random and no lead time, lost and owed demand in one batch: the same orders."""
    together = trajectory(
        SingleItemSystem(ITEMS, 4), base_stock(20.0), draw_scenario(ITEMS, 4, 60, seed=7)
    )
    one = [ITEMS[row]]
    alone = trajectory(
        SingleItemSystem(one, 4), base_stock(20.0), draw_scenario(one, 4, 60, seed=7)
    )
    mine = slice(4 * row, 4 * row + 4)
    for name in ("order", "received", "inventory_level", "lost", "cost"):
        ours, batch = getattr(alone, name), getattr(together, name)[:, mine]
        assert torch.allclose(ours, batch, atol=1e-4), name


def test_neighbouring_orders_do_cross():
    """With a wide spread, some order arrives before one placed earlier."""
    late = draw_scenario([ITEMS[1]], 50, 40, seed=1).lead_time
    due = late + torch.arange(40.0).unsqueeze(1)
    assert bool((due[1:] < due[:-1]).any())
    fixed = draw_scenario(ITEMS[:1], 50, 40, seed=1).lead_time
    assert fixed is None


def test_a_season_lines_up_with_the_calendar_and_moves_with_the_offset():
    """Period 4 is a Monday (1970-01-05): the first of the week sells four times a Sunday."""
    monday, offset = ITEMS[3].at(4), 3
    rows = draw_scenario([monday], 2000, 14, seed=1).demand.mean(1)
    assert rows[[0, 7]].mean() / rows[[6, 13]].mean() == pytest.approx(4.0, rel=0.1)
    moved = draw_scenario([monday], 2000, 14, seed=1, offset=offset)
    outlook = draw_scenario([monday], 1, 14, seed=1).outlook
    assert torch.equal(moved.outlook.next_mean[:4, 0], outlook.next_mean[3:7, 0])


def test_the_outlook_adds_up_demand_until_the_next_order_can_arrive():
    """Poisson(5), L = 3 with sd 1, R = 2: mean 25; variance 25 plus that of the lead time."""
    problem = item(
        LeadTime(3.0, probabilities=(0, 0, 0.5, 0, 0.5)), rules=OrderRules(review_period=2)
    )
    outlook = draw_scenario([problem], 1, 5, seed=1, dtype=torch.float64).outlook
    assert outlook.protection_mean.item() == pytest.approx(25)
    assert outlook.protection_sd.item() == pytest.approx((25 + (1.0 * 5) ** 2) ** 0.5)


def test_the_outlook_of_a_season_sums_the_coming_periods():
    """L = 1, R = 1: from Monday on, two days at a time."""
    outlook = draw_scenario([ITEMS[3].at(4)], 1, 7, seed=1, dtype=torch.float64).outlook
    assert outlook.next_mean[:, 0].tolist() == pytest.approx([12, 6, 6, 6, 6, 3, 3])
    assert outlook.protection_mean[:, 0].tolist() == pytest.approx([18, 12, 12, 12, 9, 6, 15])


def test_real_history_is_replayed_as_it_was():
    """Every path of an item sees its demand; lead times are drawn."""
    past = np.array([[1.0, 2, 3], [4, 5, 6]])
    scenario = scenario_from_history([ITEMS[0], ITEMS[1]], past, seed=1, n_paths=2)
    assert scenario.demand.tolist() == [[1, 1, 4, 4], [2, 2, 5, 5], [3, 3, 6, 6]]
    assert scenario.lead_time.shape == (3, 4)
    assert scenario.lead_time[:, :2].tolist() == [[2, 2]] * 3


@pytest.mark.parametrize(
    ("lead_time", "chances"),
    [
        (LeadTime(0.0), [1.0]),
        (LeadTime(2.0), [0, 0, 1.0]),
        (LeadTime(1.25), [0, 0.75, 0.25]),
        (LeadTime(9.0, 2.0, probabilities=(0.5, 0.5, 0.0)), [0.5, 0.5]),
    ],
)
def test_lead_times_as_probabilities(lead_time, chances):
    """Fixed, fractional, given outright; the last one is always possible."""
    assert lead_time_probabilities(lead_time).tolist() == pytest.approx(chances)


@pytest.mark.parametrize(("mean", "sd"), [(3.0, 1.0), (10.0, 4.0), (25.0, 5.0)])
def test_a_mean_and_a_spread_are_kept_in_whole_periods(mean, sd):
    """Rounding and the cut tail move them by a few percent at most."""
    chances = lead_time_probabilities(LeadTime(mean, sd))
    assert chances.sum() == pytest.approx(1.0)
    assert chances[-1] > 0
    assert mean_and_sd(chances) == pytest.approx((mean, sd), rel=0.06)


def test_a_period_lies_side_by_side_in_memory():
    """Read column by column, demand alone took half of all time."""
    assert draw_scenario([item()], 7, 11, seed=1).demand.is_contiguous()


def test_the_spread_over_a_lead_time_holds_errors_that_carry_over():
    """Policies and agents are told how much demand on a forecast really swings."""
    demand = ForecastDemand(
        start=0,
        means=(20.0, 35.0, 15.0, 30.0, 25.0),
        levels=(0.0, 0.5, 1.0),
        ratios=((0.4, 1.0, 1.6),) * 5,
        cycle=5,
        persistence=0.7,
        whole_units=False,
    )
    problem = item(4, demand=demand)
    _, mean, sd = expectations(problem, 0, 1)[:, 0]
    cover = 4 + problem.rules.review_period
    sums = demand.sample(np.random.default_rng(0), 40_000, cover, 0).sum(axis=1)
    assert mean == pytest.approx(sums.mean(), rel=0.01)
    assert sd == pytest.approx(sums.std(), rel=0.03)
    apart = expectations(item(4, demand=replace(demand, persistence=0.0)), 0, 1)[2, 0]
    assert sd > 1.5 * apart
